//! What a call that failed for good means to whoever asked for the operation.

use crate::reply::Refusal;

use super::call::Failure;
use super::Outcome;

/// The refusal, and words for an engineer. `what` names what was being done.
pub(super) fn refusal_for(failure: &Failure, what: &str) -> (Refusal, String) {
    match failure {
        Failure::NotFound => (
            Refusal::NotParkable,
            format!("{what}: Twilio knows no such thing"),
        ),
        Failure::InvalidToken => (
            Refusal::InvalidToken,
            format!("{what}: Twilio refused the token"),
        ),
        Failure::Throttled => (
            Refusal::TwilioUnavailable,
            format!("{what}: Twilio is limiting the rate of requests"),
        ),
        Failure::Unavailable | Failure::Conflict => (
            Refusal::TwilioUnavailable,
            format!("{what}: Twilio did not answer"),
        ),
        Failure::Refused { status, code } => (
            Refusal::TwilioUnavailable,
            format!("{what}: Twilio refused with status {status}, error {code}"),
        ),
        Failure::Malformed { field } => (
            Refusal::TwilioUnavailable,
            format!("{what}: Twilio's answer lacks `{field}`"),
        ),
    }
}

/// How an operation ends whose caller's token could not be validated.
pub(super) fn token_refused(failure: &Failure) -> Outcome {
    match failure {
        Failure::InvalidToken => {
            Outcome::refused(Refusal::InvalidToken, "the Flex token is not valid")
        }
        _ => Outcome::refused(
            Refusal::TwilioUnavailable,
            "the Flex token could not be checked",
        ),
    }
}
