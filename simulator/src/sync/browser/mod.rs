//! Sync in the browser: what its SDK asks for over Twilsock, and the objects that it hears of.

pub mod object;
pub mod opened;
mod own;
pub mod sdk;

pub use own::find;
