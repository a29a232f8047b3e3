//! Twilio's REST APIs, as far as parking uses them: one file for each call.
//!
//! A call is a struct that holds its parameters. Its file also has its HTTP request, the reading of its response, and
//! its retry class. One list in [`calls`] makes two closed sets of them, [`AnyCall`] and [`AnyAnswer`], because the
//! model checker needs values that can be copied, compared and hashed. The type of a call determines the type of its
//! answer, so a wrong pair does not compile.

mod any_call;
pub mod body;
pub mod calls;
mod failure;
pub mod http;
pub mod time;

#[cfg(test)]
pub(crate) mod testing;

pub use any_call::{Listed, ReadBack};
pub use calls::{AnyAnswer, AnyCall, Twilio};
pub use failure::Failure;
pub use http::{Http, Method};

use body::{Body, Unreadable};
use http::Access;

/// The time limit of one request, in milliseconds.
pub const TIMEOUT_MS: u32 = 2_000;

/// A call to Twilio.
///
/// The retry class is the last four methods. By default a call is sent again after [`Failure::Throttled`] and
/// [`Failure::Unavailable`], and every other failure is final.
pub trait Call: Listed + Clone + std::fmt::Debug + PartialEq + Eq + std::hash::Hash {
    /// The result of a success.
    type Answer: Clone + std::fmt::Debug + PartialEq + Eq + std::hash::Hash;

    /// Returns the request that performs the call.
    fn http(&self, access: &Access) -> Http;

    /// Reads the body of a successful response.
    fn read(&self, body: Body<'_>) -> Result<Self::Answer, Unreadable>;

    /// Maps an unsuccessful HTTP status and Twilio's error code to a failure.
    fn failure(&self, status: u16, code: u32) -> Failure {
        Failure::from_status(status, code)
    }

    /// Returns the answer if the failure means that nothing was left to do, e.g. a deletion of something that is gone.
    fn done_already(&self, _failure: &Failure) -> Option<Self::Answer> {
        None
    }

    /// Returns the next request of the same call after an expected result, e.g. "replace" after "create" failed because
    /// the key is taken.
    fn next(&self, _result: &Result<Self::Answer, Failure>) -> Option<Self> {
        None
    }

    /// Returns how to find out whether an unanswered request was carried out. Only a call that must not be sent twice
    /// has this.
    fn read_back(&self) -> Option<ReadBack<'_, Self::Answer>> {
        None
    }

    /// Returns one value for each kind of request that the call makes, for tests of all calls.
    #[cfg(test)]
    fn examples() -> Vec<Self>;
}
