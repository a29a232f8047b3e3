//! The Functions' side: reads a request, runs its operation, and writes the calls as HTTP.
//!
//! A handler of Twilio Functions drives it: it performs the [`Instruction`]s with the official client
//! and reports back, until it is told what to answer.

mod answer;
mod exports;
mod fields;
mod http;
mod incoming;
mod parked;
#[cfg(test)]
mod properties;
mod session;

pub use http::{Http, Verb};
pub use incoming::{Environment, Incoming};
pub use session::{Instruction, Report, Session};
