//! The agent's list of parked conversations.

pub mod view;
