//! Twilio Flex without its interactions: configuration, users, plugins, and the start of its desktop.

pub mod browser;
pub mod configuration;
pub mod plugins;
pub mod rest;
pub mod users;
