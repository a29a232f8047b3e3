//! A differential test: the Twilio in memory, which native tests and the model checker use, against the simulator.
//!
//! The same calls go to both. The simulator gets each as the HTTP request that the Functions send, and its response is read as they
//! read it; the typed results must be the same, apart from SIDs and other names that Twilio makes up. [`coarse`] lists the
//! differences that are intended.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail"
)]

mod coarse;
mod names;
mod pair;
mod random;
mod stories;
