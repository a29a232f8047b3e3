//! Change: another time or reason for a parked conversation.

use super::call::CallFailure;
use super::effect::{Deed, NotificationId, ShimEffect, ShimOutcome};
use super::json::{characters, Field, Json, MalformedField};
use super::unpark;
use crate::reply::Reply;
use crate::request::{ChangeRequest, ParkOptions, LONGEST_REASON};

/// Returns the request for the payload of the Flex action `ChangeParkedInteraction`: that of `UnparkInteraction`, and `until`,
/// `keepTime` and `reason`, of which each may be missing. `until` is in seconds since 1970; 0 takes the time away, and an empty
/// `reason` the reason.
pub fn request(payload: &Json, options: &ParkOptions) -> Result<ChangeRequest, MalformedField> {
    let unpark = unpark::request(payload)?;
    let payload = Field::root("", payload);
    let until = payload.at("until").integer((0, u32::MAX))?;
    let reason = payload.at("reason");
    let reason = match reason.text()?.map(str::trim) {
        Some(text) if characters(text) > LONGEST_REASON => {
            return Err(reason.malformed("a text of at most 60 characters"))
        }
        text => text.map(Into::into),
    };
    if until.is_none() && reason.is_none() {
        let until = payload.at("until");
        return Err(until.malformed("a time in seconds since 1970, or a reason"));
    }
    let keep_time = payload.at("keepTime");
    let keeps = keep_time.flag()?.unwrap_or_default();
    if keeps && until.unwrap_or_default() == 0 {
        return Err(keep_time.malformed("true only with `until`"));
    }
    Ok(ChangeRequest {
        conversation_sid: unpark.conversation_sid,
        owner_sid: unpark.owner_sid,
        until,
        keep_time: keeps,
        reason,
        expires_after_hours: options.expires_after_hours,
        keep_ceiling_minutes: options.keep_ceiling_minutes,
    })
}

/// Returns the outcome after the call.
#[must_use]
pub fn outcome(called: Result<Reply, CallFailure>) -> ShimOutcome {
    let id = match called {
        Ok(Reply::Changed) => NotificationId::ParkInteractionChanged,
        Ok(Reply::Routed) => NotificationId::ParkInteractionRouted,
        // The customer has written, or somebody was faster.
        Ok(Reply::AlreadyRouted | Reply::Settled | Reply::Waiting) => {
            NotificationId::ParkInteractionAlreadyRouted
        }
        Ok(_) => {
            let failure = CallFailure::Unreadable { status: 200 };
            return ShimOutcome::failed_to(Deed::Change, &failure);
        }
        Err(failure) => return ShimOutcome::failed_to(Deed::Change, &failure),
    };
    ShimOutcome::done(vec![ShimEffect::notify(id)])
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a panic is a failed test"
    )]

    use serde_json::{json, Value};

    use super::super::effect::StringKey;
    use super::super::task::tests::json;
    use super::*;
    use crate::reply::Refusal;

    const CONVERSATION: &str = "CH00000000000000000000000000000001";
    const UNTIL: u32 = 1_790_003_600;

    fn asked(more: &Value) -> Result<ChangeRequest, MalformedField> {
        let mut payload = json!({ "ConversationSid": CONVERSATION });
        let fields = payload.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        let options = ParkOptions {
            expires_after_hours: Some(72),
            ..ParkOptions::default()
        };
        request(&json(&payload), &options)
    }

    #[test]
    fn missing_stays_and_empty_goes() {
        for (payload, until, keep_time, reason) in [
            (json!({ "until": UNTIL }), Some(UNTIL), false, None),
            (
                json!({ "until": UNTIL, "keepTime": true }),
                Some(UNTIL),
                true,
                None,
            ),
            (
                json!({ "until": 0, "keepTime": false }),
                Some(0),
                false,
                None,
            ),
            (
                json!({ "reason": " Order number " }),
                None,
                false,
                Some("Order number"),
            ),
            (
                json!({ "reason": "", "until": null }),
                None,
                false,
                Some(""),
            ),
            (
                json!({ "until": 0, "reason": " " }),
                Some(0),
                false,
                Some(""),
            ),
        ] {
            let request = asked(&payload).unwrap();
            assert_eq!(request.conversation_sid.as_str(), CONVERSATION);
            let found = (request.until, request.keep_time, request.reason.as_deref());
            assert_eq!(found, (until, keep_time, reason), "{payload}");
            // The Functions need it where an appointment is taken away.
            assert_eq!(request.expires_after_hours, Some(72));
        }
    }

    #[test]
    fn a_malformed_field_is_named() {
        for (payload, path) in [
            (json!({}), "until"),
            (json!({ "keepTime": true }), "until"),
            (json!({ "until": "tomorrow" }), "until"),
            (json!({ "until": -1 }), "until"),
            (json!({ "until": 1.5 }), "until"),
            (json!({ "until": 0, "keepTime": true }), "keepTime"),
            (json!({ "reason": "", "keepTime": true }), "keepTime"),
            (json!({ "until": UNTIL, "keepTime": 1 }), "keepTime"),
            (json!({ "reason": 7 }), "reason"),
            (json!({ "reason": "x".repeat(61) }), "reason"),
            (
                json!({ "reason": "", "ConversationSid": "CH" }),
                "ConversationSid",
            ),
        ] {
            assert_eq!(asked(&payload).unwrap_err().path, path, "{payload}");
        }
    }

    #[test]
    fn every_reply_notifies_the_agent() {
        for (reply, id) in [
            (Reply::Changed, NotificationId::ParkInteractionChanged),
            (Reply::Routed, NotificationId::ParkInteractionRouted),
            (
                Reply::AlreadyRouted,
                NotificationId::ParkInteractionAlreadyRouted,
            ),
            (Reply::Settled, NotificationId::ParkInteractionAlreadyRouted),
            (Reply::Waiting, NotificationId::ParkInteractionAlreadyRouted),
        ] {
            let expected = ShimOutcome::done(vec![ShimEffect::notify(id)]);
            assert_eq!(outcome(Ok(reply)), expected);
        }
        let unexpected = outcome(Ok(Reply::Extended));
        assert_eq!(unexpected.error.unwrap().variant, "unreadable");
        let refused = outcome(Err(CallFailure::Refused(Refusal::TimeOutOfRange)));
        assert_eq!(refused.error.unwrap().variant, "timeOutOfRange");
        assert!(matches!(
            refused.effects.as_slice(),
            [ShimEffect::Notify {
                what: Some(StringKey::ParkInteractionChangeFailed),
                ..
            }]
        ));
    }
}
