//! The world's rules, tried on a seeded contact centre whose clock stands still.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod event_callbacks;
mod interactions;
mod leaving;
mod readings;
mod routing;

use super::stage::Stage;
