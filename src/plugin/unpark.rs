//! Resume: routes a parked conversation to the agent who asks for it.

use super::call::CallFailure;
use super::effect::{Deed, NotificationId, ShimEffect, ShimOutcome};
use super::json::{Field, Json, MalformedField};
use crate::reply::{Refusal, Reply};
use crate::request::UnparkRequest;
use crate::sid::{ConversationSid, WorkerSid};

/// Returns the request for the payload of the Flex action `UnparkInteraction`. The names of its fields are older than
/// this plugin. Its `WebhookSid` is not needed, because the Function finds the webhook. `given` is true if the plugin itself resumes
/// what was given to the agent; for `ownerSid` see [`owner`].
pub fn request(payload: &Json) -> Result<UnparkRequest, MalformedField> {
    Ok(UnparkRequest {
        conversation_sid: Field::root("", payload)
            .at("ConversationSid")
            .sid(ConversationSid::parse)?,
        owner_sid: owner(payload),
        given: *payload.get("given") == Json::Bool(true),
    })
}

/// Returns the agent in whose list the conversation of a payload stands, as far as the caller knows. A malformed one counts as missing:
/// it comes from a row.
#[must_use]
pub fn owner(payload: &Json) -> Option<WorkerSid> {
    WorkerSid::parse(payload.get_text("ownerSid")?).ok()
}

/// The time within which a task that was on its way reaches this agent too, in milliseconds: another tab, or the customer's message,
/// may have asked for it a moment earlier.
const OWN_WITHIN_MS: u32 = 3_000;

/// Returns the outcome after the call.
#[must_use]
pub fn outcome(request: &UnparkRequest, called: Result<Reply, CallFailure>) -> ShimOutcome {
    ShimOutcome::done(vec![match called {
        Err(failure) => {
            let mut outcome = ShimOutcome::failed_to(Deed::Resume, &failure);
            // Another tab of this agent may have resumed it.
            if let (
                CallFailure::Refused(Refusal::NotParked),
                Some(ShimEffect::Notify {
                    field, patience, ..
                }),
            ) = (&failure, outcome.effects.first_mut())
            {
                *field = Some(request.conversation_sid.to_string());
                *patience = Some(OWN_WITHIN_MS);
            }
            return outcome;
        }
        Ok(Reply::Routed) => ShimEffect::notify(NotificationId::ParkInteractionRouted),
        Ok(Reply::AlreadyRouted | Reply::Settled) => ShimEffect::Notify {
            id: NotificationId::ParkInteractionAlreadyRouted,
            field: Some(request.conversation_sid.to_string()),
            time: None,
            what: None,
            patience: Some(OWN_WITHIN_MS),
        },
        Ok(_) => {
            let failure = CallFailure::Unreadable { status: 200 };
            return ShimOutcome::failed_to(Deed::Resume, &failure);
        }
    }])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::{json, Value};

    use super::super::task::tests::json;
    use super::*;

    const CONVERSATION: &str = "CH00000000000000000000000000000001";

    fn asked() -> UnparkRequest {
        request(&json(&json!({ "ConversationSid": CONVERSATION }))).unwrap()
    }

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
    fn the_payload_says_whose_conversation_it_is_and_who_asks() {
        let asked = |more: &Value| {
            let mut payload = json!({ "ConversationSid": CONVERSATION });
            let fields = payload.as_object_mut().unwrap();
            fields.extend(more.as_object().unwrap().clone());
            let request = request(&json(&payload)).unwrap();
            (request.owner_sid, request.given)
        };
        let ada = WorkerSid::example();
        for (more, owner, given) in [
            (json!({}), None, false),
            (json!({ "ownerSid": ada }), Some(ada.clone()), false),
            (json!({ "ownerSid": "Ada" }), None, false),
            (json!({ "ownerSid": [ada] }), None, false),
            (json!({ "given": true }), None, true),
            (json!({ "given": "true" }), None, false),
            (json!({ "given": false }), None, false),
        ] {
            assert_eq!(asked(&more), (owner, given), "{more}");
        }
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
        let elsewhere = ShimEffect::Notify {
            id: NotificationId::ParkInteractionAlreadyRouted,
            field: Some(CONVERSATION.into()),
            time: None,
            what: None,
            patience: Some(3_000),
        };
        let routed = ShimEffect::notify(NotificationId::ParkInteractionRouted);
        for (reply, effect) in [
            (Reply::Routed, routed),
            (Reply::AlreadyRouted, elsewhere.clone()),
            (Reply::Settled, elsewhere),
        ] {
            assert_eq!(
                outcome(&asked(), Ok(reply)),
                ShimOutcome::done(vec![effect])
            );
        }
        for reply in [Reply::Ignored, Reply::Waiting] {
            assert!(outcome(&asked(), Ok(reply)).error.is_some());
        }
        let failed = outcome(&asked(), Err(CallFailure::Unreachable));
        assert!(failed.error.is_some());
    }

    #[test]
    fn what_another_tab_has_resumed_is_not_announced_as_gone() {
        let patience = |refusal| {
            let outcome = outcome(&asked(), Err(CallFailure::Refused(refusal)));
            match outcome.effects.first() {
                Some(ShimEffect::Notify {
                    field, patience, ..
                }) => (field.clone(), *patience),
                _ => (None, None),
            }
        };
        let waits = (Some(CONVERSATION.to_owned()), Some(3_000));
        assert_eq!(patience(Refusal::NotParked), waits);
        assert_eq!(patience(Refusal::NotAllowed), (None, None));
    }
}
