//! Flex in the browser: the files and requests with which its desktop starts.

pub mod assets;
pub mod start;
