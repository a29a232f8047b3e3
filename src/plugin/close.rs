//! End and give: the ways out of the list besides a resume.

use super::call::CallFailure;
use super::effect::{Deed, NotificationId, ShimEffect, ShimOutcome, ShimOutcomeError, StringKey};
use super::json::{shortened, Field, Json, MalformedField};
use super::unpark;
use crate::reply::Reply;
use crate::request::{EndRequest, GiveRequest, LONGEST_REASON};
use crate::sid::WorkerSid;
use crate::stored::ReadFrom;

/// Returns the request for the payload of the Flex action `EndParkedInteraction`: that of `UnparkInteraction`, and the number of
/// unheard messages in the row when the agent was asked.
pub fn end_request(payload: &Json) -> Result<EndRequest, MalformedField> {
    Ok(EndRequest {
        conversation_sid: unpark::request(payload)?.conversation_sid,
        owner_sid: unpark::owner(payload),
        unread: u32::read_from(payload, "unread"),
    })
}

/// Returns the request for the payload of the Flex action `GiveParkedInteraction`: that of `UnparkInteraction`, and `workerSid` of the
/// agent who gets the conversation, with `agentName` of the one who gives it. Without `workerSid` it is for the queue.
pub fn give_request(payload: &Json) -> Result<GiveRequest, MalformedField> {
    let worker = Field::root("", payload).at("workerSid");
    Ok(GiveRequest {
        conversation_sid: unpark::request(payload)?.conversation_sid,
        owner_sid: unpark::owner(payload),
        worker_sid: worker.optional_sid(WorkerSid::parse)?,
        // The name is for people. One that is too long is no reason not to give.
        agent_name: payload
            .get_text("agentName")
            .map(|name| shortened(name, LONGEST_REASON).to_owned()),
    })
}

/// Returns the deed of a payload of that action.
#[must_use]
pub fn giving(payload: &Json) -> Deed {
    match payload.get("workerSid") {
        Json::Null => Deed::Give,
        _ => Deed::GiveToAgent,
    }
}

/// Returns the outcome after the call that ends a conversation. It has failed if the conversation is still open.
#[must_use]
pub fn end_outcome(called: Result<Reply, CallFailure>) -> ShimOutcome {
    match called {
        Ok(Reply::Ended) => notified(NotificationId::ParkInteractionEnded),
        Ok(Reply::EndedUnheard) => notified(NotificationId::ParkInteractionEndedUnheard),
        Ok(Reply::CustomerWrote) => not_ended(NotificationId::ParkInteractionCustomerWrote),
        // The agent whose park is not over is still in it.
        Ok(Reply::AlreadyRouted | Reply::Settled | Reply::Ignored) => {
            not_ended(NotificationId::ParkInteractionAlreadyRouted)
        }
        Ok(_) => ShimOutcome::failed_to(Deed::End, &CallFailure::Unreadable { status: 200 }),
        Err(failure) => ShimOutcome::failed_to(Deed::End, &failure),
    }
}

/// Returns the outcome after the call that gives a conversation to the queue, or to another agent.
#[must_use]
pub fn give_outcome(request: &GiveRequest, called: Result<Reply, CallFailure>) -> ShimOutcome {
    let deed = match request.worker_sid {
        None => Deed::Give,
        Some(_) => Deed::GiveToAgent,
    };
    match called {
        Ok(Reply::Given) if deed == Deed::GiveToAgent => {
            notified(NotificationId::ParkInteractionGiven)
        }
        // The customer of a conversation that an agent shall have has written, so that the queue has it.
        Ok(Reply::Routed) => notified(NotificationId::ParkInteractionRouted),
        Ok(Reply::AlreadyRouted | Reply::Settled) => {
            notified(NotificationId::ParkInteractionAlreadyRouted)
        }
        Ok(Reply::Waiting) if deed == Deed::GiveToAgent => {
            notified(NotificationId::ParkInteractionAlreadyRouted)
        }
        Ok(_) => ShimOutcome::failed_to(deed, &CallFailure::Unreadable { status: 200 }),
        Err(failure) => ShimOutcome::failed_to(deed, &failure),
    }
}

fn notified(id: NotificationId) -> ShimOutcome {
    ShimOutcome::done(vec![ShimEffect::notify(id)])
}

fn not_ended(id: NotificationId) -> ShimOutcome {
    ShimOutcome {
        error: Some(ShimOutcomeError {
            variant: "notEnded".into(),
            message: "the conversation goes on".into(),
            is_unclear: false,
        }),
        effects: vec![ShimEffect::Notify {
            id,
            field: None,
            time: None,
            what: Some(StringKey::ParkInteractionEndFailed),
            patience: None,
        }],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::{json, Value};

    use super::super::task::tests::json;
    use super::*;
    use crate::reply::Refusal;

    const CONVERSATION: &str = "CH00000000000000000000000000000001";

    #[test]
    fn the_payload_says_what_the_agent_has_seen() {
        for (unread, expected) in [
            (json!(2), Some(2)),
            (json!(null), None),
            (json!(-1), None),
            (json!("2"), None),
        ] {
            let ada = WorkerSid::example();
            let payload = json(
                &json!({ "ConversationSid": CONVERSATION, "unread": unread, "ownerSid": ada }),
            );
            let request = end_request(&payload).unwrap();
            assert_eq!(request.owner_sid, Some(ada));
            assert_eq!(request.conversation_sid.as_str(), CONVERSATION);
            assert_eq!(request.unread, expected, "{unread}");
        }
        assert_eq!(
            end_request(&Json::Null).unwrap_err().path,
            "ConversationSid"
        );
        assert_eq!(
            give_request(&Json::Null).unwrap_err().path,
            "ConversationSid"
        );
    }

    fn give(more: &Value) -> Result<GiveRequest, MalformedField> {
        let mut payload = json!({ "ConversationSid": CONVERSATION });
        let fields = payload.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        give_request(&json(&payload))
    }

    #[test]
    fn a_gift_is_for_the_queue_or_for_one_agent() {
        let ben = WorkerSid::example();
        for (payload, worker, name) in [
            (json!({}), None, None),
            (
                json!({ "workerSid": null, "agentName": "Sue" }),
                None,
                Some("Sue"),
            ),
            (json!({ "workerSid": ben }), Some(ben.clone()), None),
            (
                json!({ "workerSid": ben, "agentName": "Sue Supervisor" }),
                Some(ben.clone()),
                Some("Sue Supervisor"),
            ),
        ] {
            let request = give(&payload).unwrap();
            assert_eq!(request.conversation_sid.as_str(), CONVERSATION);
            assert_eq!(request.owner_sid, None);
            let found = (request.worker_sid, request.agent_name.as_deref());
            assert_eq!(found, (worker, name), "{payload}");
        }
        let from_ben = give(&json!({ "ownerSid": ben })).unwrap();
        assert_eq!(from_ben.owner_sid, Some(ben.clone()));
        let long = give(&json!({ "workerSid": ben, "agentName": "s".repeat(99) })).unwrap();
        assert_eq!(long.agent_name, Some("s".repeat(60)));
        for worker in [json!("Ben"), json!(7)] {
            let payload = json!({ "workerSid": worker });
            assert_eq!(give(&payload).unwrap_err().path, "workerSid");
            assert_eq!(giving(&json(&payload)), Deed::GiveToAgent);
        }
    }

    fn shown(outcome: &ShimOutcome) -> (NotificationId, Option<StringKey>, bool) {
        match outcome.effects.as_slice() {
            [ShimEffect::Notify { id, what, .. }] => (*id, *what, outcome.error.is_none()),
            other => unreachable!("expected one notification: {other:?}"),
        }
    }

    #[test]
    fn an_end_is_done_only_if_the_conversation_is_closed() {
        use NotificationId as Id;
        let not_ended = Some(StringKey::ParkInteractionEndFailed);
        for (reply, expected) in [
            (Reply::Ended, (Id::ParkInteractionEnded, None, true)),
            (
                Reply::EndedUnheard,
                (Id::ParkInteractionEndedUnheard, None, true),
            ),
            (
                Reply::CustomerWrote,
                (Id::ParkInteractionCustomerWrote, not_ended, false),
            ),
            (
                Reply::AlreadyRouted,
                (Id::ParkInteractionAlreadyRouted, not_ended, false),
            ),
            (
                Reply::Settled,
                (Id::ParkInteractionAlreadyRouted, not_ended, false),
            ),
            (
                Reply::Ignored,
                (Id::ParkInteractionAlreadyRouted, not_ended, false),
            ),
        ] {
            assert_eq!(shown(&end_outcome(Ok(reply))), expected);
        }
        assert!(end_outcome(Ok(Reply::Routed)).error.is_some());
        let lost = end_outcome(Err(CallFailure::TimedOut));
        let unclear = Some(StringKey::ParkInteractionEndUnclear);
        assert_eq!(
            shown(&lost),
            (Id::ParkInteractionUnreachable, unclear, false)
        );
    }

    #[test]
    fn a_gift_says_where_the_conversation_goes() {
        use NotificationId as Id;
        let to_queue = give(&json!({})).unwrap();
        let to_agent = give(&json!({ "workerSid": WorkerSid::example() })).unwrap();
        for (reply, expected) in [
            (Reply::Routed, (Id::ParkInteractionRouted, None, true)),
            (
                Reply::AlreadyRouted,
                (Id::ParkInteractionAlreadyRouted, None, true),
            ),
        ] {
            for request in [&to_queue, &to_agent] {
                assert_eq!(shown(&give_outcome(request, Ok(reply.clone()))), expected);
            }
        }
        for (reply, id) in [
            (Reply::Given, Id::ParkInteractionGiven),
            (Reply::Waiting, Id::ParkInteractionAlreadyRouted),
        ] {
            let outcome = give_outcome(&to_agent, Ok(reply.clone()));
            assert_eq!(shown(&outcome), (id, None, true));
            assert!(give_outcome(&to_queue, Ok(reply)).error.is_some());
        }
        assert!(give_outcome(&to_queue, Ok(Reply::Ignored)).error.is_some());
    }

    #[test]
    fn a_refusal_is_named() {
        for refusal in [
            Refusal::NotParked,
            Refusal::NotAllowed,
            Refusal::ConversationClosed,
        ] {
            for (outcome, what) in [
                (
                    end_outcome(Err(CallFailure::Refused(refusal.clone()))),
                    StringKey::ParkInteractionEndFailed,
                ),
                (
                    give_outcome(
                        &give(&json!({})).unwrap(),
                        Err(CallFailure::Refused(refusal.clone())),
                    ),
                    StringKey::ParkInteractionGiveFailed,
                ),
                (
                    give_outcome(
                        &give(&json!({ "workerSid": WorkerSid::example() })).unwrap(),
                        Err(CallFailure::Refused(refusal.clone())),
                    ),
                    StringKey::ParkInteractionGiveToAgentFailed,
                ),
            ] {
                assert_eq!(
                    outcome.error.as_ref().unwrap().variant,
                    refusal.name().as_str()
                );
                assert_eq!(shown(&outcome).1, Some(what));
            }
        }
    }
}
