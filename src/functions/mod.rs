//! The Functions' side: reads a request, runs its operation, and writes the calls as HTTP.
//!
//! A handler of Twilio Functions drives it: it performs the [`Instruction`]s with the official client
//! and reports back, until it is told what to answer.

mod exports;
mod fields;
mod incoming;
mod parked;
mod paths;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod recorded;
mod session;

pub use exports::Invocation;
pub use incoming::{BadRequest, Environment, Incoming, TASK_ENDS};
pub use session::{Beginning, Instruction, Report, Session};
