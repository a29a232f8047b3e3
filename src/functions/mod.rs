//! The core's part of the Functions: parses a request, runs its operation, and makes HTTP requests of its calls. The other part is
//! the folder `functions/` of the repository: the JavaScript handlers, which load this module as Wasm.
//!
//! The handler of a Function drives it: it performs each [`Instruction`] with the official client and reports the
//! result, until the instruction is to respond.

mod callers;
mod exports;
mod fields;
mod incoming;
mod memory;
mod paths;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod recorded;
mod session;
mod unparked;

pub use callers::Callers;
pub use exports::Invocation;
pub use incoming::{
    function_url, stream_types, wake_url, BadRequest, Environment, Incoming, TASK_ENDS,
};
pub use memory::Memory;
pub use session::{Instruction, InvocationInput, Report, Session};
