//! The event bridge: through it the `TaskRouter` SDK and the Flex SDK in the browser read and write, and hear
//! what is new.

mod payload;
mod route;
pub mod rpc;
pub mod socket;
