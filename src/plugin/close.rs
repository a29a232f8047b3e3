//! End and give: the two ways out of the list besides a resume.

use super::call::CallFailure;
use super::effect::{Deed, NotificationId, ShimEffect, ShimOutcome, ShimOutcomeError, StringKey};
use super::json::{Json, MalformedField};
use super::unpark;
use crate::reply::Reply;
use crate::request::{EndRequest, GiveRequest};
use crate::stored::ReadFrom;

/// Returns the request for the payload of the Flex action `EndParkedInteraction`: that of `UnparkInteraction`, and the number of
/// unheard messages in the row when the agent was asked.
pub fn end_request(payload: &Json) -> Result<EndRequest, MalformedField> {
    Ok(EndRequest {
        conversation_sid: unpark::request(payload)?.conversation_sid,
        unread: u32::read_from(payload, "unread"),
    })
}

/// Returns the request for the payload of the Flex action `GiveParkedInteraction`, which is that of `UnparkInteraction`.
pub fn give_request(payload: &Json) -> Result<GiveRequest, MalformedField> {
    Ok(GiveRequest {
        conversation_sid: unpark::request(payload)?.conversation_sid,
    })
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

/// Returns the outcome after the call that gives a conversation to the queue.
#[must_use]
pub fn give_outcome(called: Result<Reply, CallFailure>) -> ShimOutcome {
    match called {
        Ok(Reply::Routed) => notified(NotificationId::ParkInteractionRouted),
        Ok(Reply::AlreadyRouted | Reply::Settled) => {
            notified(NotificationId::ParkInteractionAlreadyRouted)
        }
        Ok(_) => ShimOutcome::failed_to(Deed::Give, &CallFailure::Unreadable { status: 200 }),
        Err(failure) => ShimOutcome::failed_to(Deed::Give, &failure),
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

    use serde_json::json;

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
            let payload = json(&json!({ "ConversationSid": CONVERSATION, "unread": unread }));
            let request = end_request(&payload).unwrap();
            assert_eq!(request.conversation_sid.as_str(), CONVERSATION);
            assert_eq!(request.unread, expected, "{unread}");
        }
        let request = give_request(&json(&json!({ "ConversationSid": CONVERSATION }))).unwrap();
        assert_eq!(request.conversation_sid.as_str(), CONVERSATION);
        assert_eq!(
            end_request(&Json::Null).unwrap_err().path,
            "ConversationSid"
        );
        assert_eq!(
            give_request(&Json::Null).unwrap_err().path,
            "ConversationSid"
        );
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
        for (reply, expected) in [
            (Reply::Routed, (Id::ParkInteractionRouted, None, true)),
            (
                Reply::AlreadyRouted,
                (Id::ParkInteractionAlreadyRouted, None, true),
            ),
        ] {
            assert_eq!(shown(&give_outcome(Ok(reply))), expected);
        }
        assert!(give_outcome(Ok(Reply::Ignored)).error.is_some());
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
                    give_outcome(Err(CallFailure::Refused(refusal.clone()))),
                    StringKey::ParkInteractionGiveFailed,
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
