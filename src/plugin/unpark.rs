//! Resume: routes a parked conversation to the agent who asks for it.

use super::call::CallFailure;
use super::effect::{NotificationId, ShimEffect, ShimOutcome};
use super::json::{Field, Json, MalformedField};
use crate::reply::Reply;
use crate::request::UnparkRequest;
use crate::sid::ConversationSid;

/// Returns the request for the payload of the Flex action `UnparkInteraction`. The names of its fields are older than
/// this plugin. Its `WebhookSid` is not needed, because the Function finds the webhook.
pub fn request(payload: &Json) -> Result<UnparkRequest, MalformedField> {
    let payload = Field::root("", payload);
    Ok(UnparkRequest {
        conversation_sid: payload.at("ConversationSid").sid(ConversationSid::parse)?,
    })
}

/// Returns the outcome after the call.
#[must_use]
pub fn outcome(called: Result<Reply, CallFailure>) -> ShimOutcome {
    let id = match called {
        Err(failure) => return ShimOutcome::failed(&failure),
        Ok(Reply::Routed) => NotificationId::ParkInteractionRouted,
        Ok(Reply::AlreadyRouted | Reply::Settled) => NotificationId::ParkInteractionAlreadyRouted,
        Ok(_) => return ShimOutcome::failed(&CallFailure::Unreadable { status: 200 }),
    };
    ShimOutcome::done(vec![ShimEffect::notify(id)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::super::task::tests::json;
    use super::*;

    const CONVERSATION: &str = "CH00000000000000000000000000000001";

    #[test]
    fn the_payload_of_other_plugins_is_accepted() {
        let payload = json(&json!({
            "ConversationSid": CONVERSATION,
            "WebhookSid": "WH00000000000000000000000000000001",
        }));
        let request = request(&payload).unwrap();
        assert_eq!(request.conversation_sid.as_str(), CONVERSATION);
    }

    #[test]
    fn a_malformed_payload_is_refused() {
        for payload in [
            json!(null),
            json!({ "ConversationSid": "x" }),
            json!({ "ConversationSid": 1 }),
        ] {
            assert_eq!(
                request(&json(&payload)).unwrap_err().path,
                "ConversationSid"
            );
        }
    }

    #[test]
    fn every_reply_notifies_the_agent() {
        for (reply, id) in [
            (Reply::Routed, NotificationId::ParkInteractionRouted),
            (
                Reply::AlreadyRouted,
                NotificationId::ParkInteractionAlreadyRouted,
            ),
            (Reply::Settled, NotificationId::ParkInteractionAlreadyRouted),
        ] {
            assert_eq!(
                outcome(Ok(reply)),
                ShimOutcome::done(vec![ShimEffect::notify(id)])
            );
        }
        for reply in [Reply::Ignored, Reply::Waiting] {
            assert!(outcome(Ok(reply)).error.is_some());
        }
        assert!(outcome(Err(CallFailure::Unreachable)).error.is_some());
    }
}
