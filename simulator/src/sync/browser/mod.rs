//! Sync in the browser: its SDK's requests, and the objects that clients open and hear of.

pub mod object;
pub mod opened;
mod own;
pub mod sdk;

pub use own::find;
