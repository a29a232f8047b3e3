//! Sync in the browser: the requests of its SDK, and the objects that clients open and follow.

pub mod object;
pub mod opened;
mod own;
pub mod sdk;

pub use own::find;
