//! Tests of the rules of Conversations.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod readings;
mod timers;
mod webhooks;
