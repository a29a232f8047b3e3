//! `TaskRouter` in the browser: the requests and WebSocket of its SDK, and the objects that Flex opens for its
//! supervisors.

pub mod calls;
pub mod insights;
mod payload;
mod requests;
mod route;
pub mod socket;
pub mod statistics;

pub use requests::{read, write};
pub use route::Route;
