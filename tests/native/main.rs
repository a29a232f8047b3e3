//! The protocol as it ships, against the Twilio in memory with a clock of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test may panic"
)]

mod appointments;
mod bare_rows;
mod change;
mod claim;
mod conditions;
mod damaged;
mod end;
mod faults;
mod forged;
mod give;
mod hostile;
mod insights;
mod keep;
mod notice;
mod oversight;
mod owners_timers;
mod park;
mod properties;
mod readings;
mod reports;
mod restore;
mod stage;
mod streams;
mod studio;
mod team;
mod unheard;
mod unpark;
