//! Tests of the rules of `TaskRouter`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod event_callbacks;
mod readings;
mod routing;
mod statistics;
