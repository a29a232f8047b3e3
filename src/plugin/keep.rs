//! Keep: restarts the longest wait that the owner allows for a parked conversation.

use super::call::CallFailure;
use super::effect::{Deed, NotificationId, ShimEffect, ShimOutcome};
use super::json::{Json, MalformedField};
use super::unpark;
use crate::flags::FLAGS;
use crate::reply::Reply;
use crate::request::{KeepRequest, SECONDS_PER_HOUR};

/// Returns the wait that begins with a click at the time `now`, in milliseconds since 1970: its hours, and its end in seconds
/// since 1970. `flag_hours` is the owner's flag. If the owner has switched the longest wait off since the park, it is the longest one possible.
#[must_use]
pub fn wait(flag_hours: u32, now: f64) -> (u32, u32) {
    let hours = match flag_hours {
        0 => FLAGS.expires_after_hours.range.1,
        hours => hours,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the time is positive, and a cast saturates"
    )]
    let clicked = (now / 1_000.0) as u32;
    (hours, clicked.saturating_add(hours * SECONDS_PER_HOUR))
}

/// Returns the request for the payload of the Flex action `KeepParkedInteraction`, which is that of `UnparkInteraction`.
pub fn request(payload: &Json, hours: u32) -> Result<KeepRequest, MalformedField> {
    Ok(KeepRequest {
        conversation_sid: unpark::request(payload)?.conversation_sid,
        expires_after_hours: hours,
    })
}

/// Returns the outcome after the call. `until` is the new end of the wait, in seconds since 1970.
#[must_use]
pub fn outcome(until: u32, called: Result<Reply, CallFailure>) -> ShimOutcome {
    match called {
        Ok(Reply::Extended) => ShimOutcome::done(vec![ShimEffect::Notify {
            id: NotificationId::ParkInteractionExtended,
            field: None,
            time: Some(until),
            what: None,
            patience: None,
        }]),
        Ok(Reply::Routed) => notified(NotificationId::ParkInteractionRouted),
        // The customer has written, or somebody was faster.
        Ok(Reply::AlreadyRouted | Reply::Settled | Reply::Waiting) => {
            notified(NotificationId::ParkInteractionAlreadyRouted)
        }
        Ok(_) => ShimOutcome::failed_to(Deed::Keep, &CallFailure::Unreadable { status: 200 }),
        Err(failure) => ShimOutcome::failed_to(Deed::Keep, &failure),
    }
}

fn notified(id: NotificationId) -> ShimOutcome {
    ShimOutcome::done(vec![ShimEffect::notify(id)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::super::task::tests::json;
    use super::*;
    use crate::reply::Refusal;

    const NOW: f64 = 1_790_000_000_999.0;

    #[test]
    fn the_wait_begins_at_the_click() {
        for (flag, hours) in [(1, 1), (4_320, 4_320), (0, 4_320)] {
            let expected = (hours, 1_790_000_000 + hours * 3_600);
            assert_eq!(wait(flag, NOW), expected);
        }
    }

    #[test]
    fn the_payload_is_that_of_a_resume() {
        let sid = "CH00000000000000000000000000000001";
        let payload = json(&json!({ "ConversationSid": sid }));
        let request = request(&payload, 72).unwrap();
        assert_eq!(
            serde_json::to_value(request).unwrap(),
            json!({ "conversationSid": sid, "expiresAfterHours": 72 })
        );
        let malformed = super::request(&Json::Null, 72).unwrap_err();
        assert_eq!(malformed.path, "ConversationSid");
    }

    #[test]
    fn every_reply_notifies_the_agent() {
        let kept = outcome(1_790_003_600, Ok(Reply::Extended));
        assert_eq!(
            kept,
            ShimOutcome::done(vec![ShimEffect::Notify {
                id: NotificationId::ParkInteractionExtended,
                field: None,
                time: Some(1_790_003_600),
                what: None,
                patience: None,
            }])
        );
        for (reply, id) in [
            (Reply::Routed, NotificationId::ParkInteractionRouted),
            (
                Reply::AlreadyRouted,
                NotificationId::ParkInteractionAlreadyRouted,
            ),
            (Reply::Settled, NotificationId::ParkInteractionAlreadyRouted),
            (Reply::Waiting, NotificationId::ParkInteractionAlreadyRouted),
        ] {
            assert_eq!(
                outcome(0, Ok(reply)),
                ShimOutcome::done(vec![ShimEffect::notify(id)])
            );
        }
        assert!(outcome(0, Ok(Reply::Ignored)).error.is_some());
    }

    #[test]
    fn a_refusal_is_named() {
        for refusal in [
            Refusal::NotParked,
            Refusal::NotAllowed,
            Refusal::NotExpiring,
        ] {
            let name = refusal.name().as_str();
            let refused = outcome(0, Err(CallFailure::Refused(refusal)));
            assert_eq!(refused.error.unwrap().variant, name);
            assert_eq!(refused.effects.len(), 1);
        }
    }
}
