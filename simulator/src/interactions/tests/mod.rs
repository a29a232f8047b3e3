//! Tests of the rules of interactions.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod invites;
mod leaving;
mod readings;
