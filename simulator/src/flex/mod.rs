//! Twilio Flex apart from its interactions: configuration, users, plugins, and how its desktop starts.

pub mod browser;
pub mod configuration;
pub mod plugins;
pub mod rest;
pub mod users;
