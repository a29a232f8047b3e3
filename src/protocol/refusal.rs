//! What a call that failed for good means to whoever asked for the operation.

use crate::reply::Refusal;

use super::call::Failure;

/// The refusal, and words for an engineer. `what` names what was being done.
pub(super) fn refusal_for(failure: &Failure, what: &str) -> (Refusal, String) {
    match failure {
        Failure::NotFound => (
            Refusal::NotParkable,
            format!("{what}: Twilio knows no such thing"),
        ),
        Failure::InvalidToken => (Refusal::InvalidToken, "the Flex token is not valid".into()),
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
