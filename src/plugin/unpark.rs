//! Resume: the agent asks for a parked conversation.

use super::call::Failure;
use super::effect::{Effect, NotificationId, Outcome};
use super::json::{Field, Json, Malformed};
use crate::reply::Reply;
use crate::request::UnparkRequest;
use crate::sid::{ChannelSid, ConversationSid, InteractionSid};

/// The request for the payload of `UnparkInteraction`, whose names are older than this plugin. Its
/// `WebhookSid` is not needed: the parked record on the server has it.
pub fn request(payload: &Json) -> Result<UnparkRequest, Malformed> {
    let payload = Field::root("", payload);
    Ok(UnparkRequest {
        conversation_sid: payload.at("ConversationSid").sid(ConversationSid::parse)?,
        interaction_sid: payload
            .at("InteractionSid")
            .optional_sid(InteractionSid::parse)?,
        channel_sid: payload.at("ChannelSid").optional_sid(ChannelSid::parse)?,
    })
}

/// What to do after the call of the function.
#[must_use]
pub fn outcome(called: Result<Reply, Failure>) -> Outcome {
    let id = match called {
        Err(failure) => return Outcome::failed(&failure),
        Ok(Reply::Routed) => NotificationId::ParkInteractionRouted,
        Ok(Reply::AlreadyRouted | Reply::Settled) => NotificationId::ParkInteractionAlreadyRouted,
        Ok(_) => return Outcome::failed(&Failure::Unreadable { status: 200 }),
    };
    Outcome::done(vec![Effect::notify(id)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::super::task::tests::json;
    use super::*;

    const CONVERSATION: &str = "CH00000000000000000000000000000001";

    #[test]
    fn the_payload_that_other_plugins_send_is_understood() {
        let payload = json(&json!({
            "ConversationSid": CONVERSATION,
            "WebhookSid": "WH00000000000000000000000000000001",
        }));
        let request = request(&payload).unwrap();
        assert_eq!(request.conversation_sid.as_str(), CONVERSATION);
        assert_eq!(request.channel_sid, None);
    }

    #[test]
    fn a_row_of_the_list_may_name_interaction_and_channel_too() {
        let payload = json(&json!({
            "ConversationSid": CONVERSATION,
            "InteractionSid": "KD00000000000000000000000000000001",
            "ChannelSid": "UO00000000000000000000000000000001",
        }));
        let request = request(&payload).unwrap();
        assert!(request.interaction_sid.is_some() && request.channel_sid.is_some());
    }

    #[test]
    fn a_malformed_payload_is_refused_before_anything_is_sent() {
        for (payload, path) in [
            (json!(null), "ConversationSid"),
            (json!({ "ConversationSid": "x" }), "ConversationSid"),
            (
                json!({ "ConversationSid": CONVERSATION, "ChannelSid": 1 }),
                "ChannelSid",
            ),
        ] {
            assert_eq!(request(&json(&payload)).unwrap_err().path, path);
        }
    }

    #[test]
    fn every_answer_is_announced() {
        for (reply, id) in [
            (Reply::Routed, NotificationId::ParkInteractionRouted),
            (
                Reply::AlreadyRouted,
                NotificationId::ParkInteractionAlreadyRouted,
            ),
            (Reply::Settled, NotificationId::ParkInteractionAlreadyRouted),
        ] {
            assert_eq!(outcome(Ok(reply)), Outcome::done(vec![Effect::notify(id)]));
        }
        assert!(outcome(Ok(Reply::Ignored)).error.is_some());
        assert!(outcome(Err(Failure::Unreachable)).error.is_some());
    }
}
