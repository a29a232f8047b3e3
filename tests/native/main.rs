//! The protocol, run as it ships against a small Twilio in memory with a clock of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test may panic"
)]

mod claim_document;
mod desk;
mod faults;
mod park;
mod properties;
mod restore;
mod sids;
mod stage;
mod studio;
mod unpark;
