//! Flex in the browser: what its desktop loads and asks for when it starts.

pub mod assets;
pub mod start;
