//! What a call that failed for good means to whoever asked for the operation.

use crate::reply::Refusal;

use super::call::Failure;
use super::Outcome;

/// Twilio's error for an invite into a closed conversation.
pub(super) const CONVERSATION_CLOSED: u32 = 45_354;

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
            refusal_for_code(*code),
            format!("{what}: Twilio refused with status {status}, error {code}"),
        ),
        Failure::Malformed { field } => (
            Refusal::TwilioUnavailable,
            format!("{what}: Twilio's answer lacks `{field}`"),
        ),
    }
}

/// What Twilio's error codes say that an agent can act on. Most of it was looked at before; this is what changed in between.
///
/// Source: <https://www.twilio.com/docs/api/errors>
fn refusal_for_code(code: u32) -> Refusal {
    match code {
        CONVERSATION_CLOSED | 50_367 => Refusal::ConversationClosed,
        50_361 => Refusal::TooManyWebhooks,
        50_304 | 54_006 => Refusal::TooLarge,
        _ => Refusal::TwilioUnavailable,
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

/// How an operation ends that waited in vain for another one on the same conversation.
pub(super) fn busy() -> Outcome {
    Outcome::refused(
        Refusal::Busy,
        "another operation on this conversation is under way",
    )
}

/// How an operation ends that must have the claim and cannot ask for it.
pub(super) fn not_claimed() -> Outcome {
    Outcome::refused(
        Refusal::TwilioUnavailable,
        "the conversation could not be claimed in Sync",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_twilio_that_an_agent_can_act_on_is_named() {
        let refusal = |code| refusal_for(&Failure::Refused { status: 400, code }, "saving").0;
        assert_eq!(refusal(50_367), Refusal::ConversationClosed);
        assert_eq!(refusal(50_361), Refusal::TooManyWebhooks);
        assert_eq!(refusal(54_006), Refusal::TooLarge);
        assert_eq!(refusal(20_001), Refusal::TwilioUnavailable);
    }
}
