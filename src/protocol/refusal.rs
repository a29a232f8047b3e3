//! From a failed call to the refusal of the operation. The kinds of refusals are in [`crate::refusal`].

use crate::reply::Refusal;
use crate::twilio::Failure;

use super::Outcome;

/// A refused operation: the refusal, and the message for an engineer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Refused {
    pub refusal: Refusal,
    pub message: String,
}

impl Refused {
    pub fn new(refusal: Refusal, message: impl Into<String>) -> Self {
        Self {
            refusal,
            message: message.into(),
        }
    }

    /// Returns the refusal for a failed call. The message begins with `action`: the action or its object.
    pub fn from_failure(failure: &Failure, action: &str) -> Self {
        let (refusal, why) = match failure {
            Failure::NotFound => (
                Refusal::NotParkable,
                "Twilio knows no such thing".to_owned(),
            ),
            Failure::InvalidToken => (Refusal::InvalidToken, "Twilio refused the token".to_owned()),
            Failure::Throttled => (
                Refusal::TwilioUnavailable,
                "Twilio is limiting the rate of requests".to_owned(),
            ),
            Failure::Unavailable | Failure::Conflict => (
                Refusal::TwilioUnavailable,
                "Twilio did not answer".to_owned(),
            ),
            Failure::Refused { status, code } => (
                refusal_for_code(*code),
                format!("Twilio refused with status {status}, error {code}"),
            ),
            Failure::UnreadableResponse { field } => (
                Refusal::TwilioUnavailable,
                format!("`{field}` in Twilio's answer cannot be read"),
            ),
        };
        Self::new(refusal, format!("{action}: {why}"))
    }
}

impl From<Refused> for Outcome {
    fn from(refused: Refused) -> Self {
        Self::refused(refused.refusal, refused.message)
    }
}

/// Returns true if Twilio's error code says that a conversation or its channel has ended.
///
/// Source: <https://www.twilio.com/docs/api/errors>
pub(super) fn says_closed(failure: &Failure) -> bool {
    let Failure::Refused { code, .. } = failure else {
        return false;
    };
    matches!(code, 45_354 | 45_376 | 50_367 | 50_377)
}

/// Maps Twilio's error codes to refusals that somebody can act on. Most causes were checked before the call; these are for changes
/// in between.
///
/// Source: <https://www.twilio.com/docs/api/errors>
fn refusal_for_code(code: u32) -> Refusal {
    match code {
        45_354 | 45_376 | 50_367 | 50_377 => Refusal::ConversationClosed,
        50_361 => Refusal::TooManyWebhooks,
        50_304 | 50_372 | 54_006 => Refusal::TooLarge,
        // Twilio cannot reach the webhook's address: the Functions run on somebody's own machine, for example.
        50_388 => Refusal::Misconfigured {
            field: "DOMAIN_NAME".into(),
        },
        code => Refusal::TwilioRefused { code },
    }
}

/// Returns the outcome for a caller whose token could not be validated.
pub(super) fn token_refused(failure: &Failure) -> Outcome {
    match failure {
        Failure::InvalidToken => {
            Outcome::refused(Refusal::InvalidToken, "the Flex token is not valid")
        }
        Failure::UnreadableResponse { field } if field == "valid" => {
            Outcome::refused(Refusal::InvalidToken, "the Flex token is not valid")
        }
        _ => Outcome::refused(
            Refusal::TwilioUnavailable,
            "the Flex token could not be checked",
        ),
    }
}

/// Returns the outcome of an operation that waited in vain for another one on the same conversation.
pub(super) fn busy() -> Outcome {
    Outcome::refused(
        Refusal::Busy,
        "another operation on this conversation is under way",
    )
}

/// Returns the outcome of an operation that must have the claim and cannot ask for it.
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
    fn twilios_error_codes_map_to_refusals() {
        let refusal =
            |code| Refused::from_failure(&Failure::Refused { status: 400, code }, "saving").refusal;
        assert_eq!(refusal(50_367), Refusal::ConversationClosed);
        assert_eq!(refusal(50_361), Refusal::TooManyWebhooks);
        assert_eq!(refusal(54_006), Refusal::TooLarge);
        let field = "DOMAIN_NAME".into();
        assert_eq!(refusal(50_388), Refusal::Misconfigured { field });
        assert_eq!(refusal(20_001), Refusal::TwilioRefused { code: 20_001 });
    }
}
