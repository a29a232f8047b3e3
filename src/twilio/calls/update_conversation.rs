use serde_json::{json, Map, Value};

use crate::sid::ConversationSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::time::Millis;
use crate::twilio::{Call, Failure};

use super::FetchConversation;

/// The shortest time after which a timer may make a conversation inactive, in seconds.
///
/// Source: <https://www.twilio.com/docs/api/errors/50375>
pub const SHORTEST_TIMER_SECONDS: u32 = 60;

/// The accepted delay of the end of a timer.
const TOLERANCE_MS: Millis = 5_000;

/// Changes a conversation. A field with `None` stays unchanged.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateConversation {
    pub conversation: ConversationSid,
    /// The attributes, JSON text. They replace all old ones.
    pub attributes: Option<String>,
    /// The time without a message after which it becomes inactive, in seconds: 60 or more, or 0 for no timer.
    pub inactive_after_seconds: Option<u32>,
    /// The time at which it should become inactive, if `inactive_after_seconds` may be wrong: Twilio does not document
    /// whether a timer runs from the update or from the last message. If Twilio then shows another time, a second
    /// request corrects the timer.
    pub inactive_at: Option<Millis>,
    /// The time without a message after which it is closed, in seconds, or 0 for no timer.
    pub closed_after_seconds: Option<u32>,
    /// True: make it active. Twilio may refuse an invite while it is inactive.
    pub activate: bool,
    /// True: close it for good. The account's webhooks are told, as when Flex ends a conversation.
    pub close: bool,
}

impl UpdateConversation {
    /// Makes an update without changes.
    #[must_use]
    pub fn new(conversation: ConversationSid) -> Self {
        Self {
            conversation,
            attributes: None,
            inactive_after_seconds: None,
            inactive_at: None,
            closed_after_seconds: None,
            activate: false,
            close: false,
        }
    }

    /// Sets the attributes.
    #[must_use]
    pub fn with_attributes(self, attributes: String) -> Self {
        Self {
            attributes: Some(attributes),
            ..self
        }
    }
}

fn seconds(period: Millis) -> u32 {
    u32::try_from(period / 1_000).unwrap_or(u32::MAX)
}

impl Call for UpdateConversation {
    /// The time at which a timer makes the conversation inactive. `None`: it has no such timer.
    type Answer = Option<Millis>;

    fn http(&self, _: &Access) -> Http {
        let mut data = Map::new();
        if let Some(attributes) = &self.attributes {
            data.insert("Attributes".into(), json!(attributes));
        }
        if let Some(seconds) = self.inactive_after_seconds {
            data.insert("Timers.Inactive".into(), json!(format!("PT{seconds}S")));
        }
        if let Some(seconds) = self.closed_after_seconds {
            data.insert("Timers.Closed".into(), json!(format!("PT{seconds}S")));
        }
        if self.activate {
            data.insert("State".into(), json!("active"));
        }
        if self.close {
            data.insert("State".into(), json!("closed"));
        }
        let http = Http::post(
            Uri::conversations().id(&self.conversation),
            Value::Object(data),
        );
        if self.close {
            http.with_header("X-Twilio-Webhook-Enabled", "true")
        } else {
            http
        }
    }

    fn read(&self, body: Body<'_>) -> Result<Option<Millis>, Unreadable> {
        // The update was carried out, even if this body cannot be read.
        let shown = FetchConversation(self.conversation.clone()).read(body);
        Ok(shown.ok().and_then(|conversation| conversation.inactive_at))
    }

    fn next(&self, result: &Result<Option<Millis>, Failure>) -> Option<Self> {
        let (after, wanted) = (self.inactive_after_seconds?, self.inactive_at?);
        let corrected = match result.as_ref().ok()? {
            Some(shown) if shown.abs_diff(wanted) <= TOLERANCE_MS => after,
            Some(shown) if *shown < wanted => after.saturating_add(seconds(wanted - shown)),
            Some(shown) => after.saturating_sub(seconds(shown - wanted)),
            // Without a time the shortest timer is used: a check that comes too early does no harm.
            None => SHORTEST_TIMER_SECONDS,
        };
        let corrected = corrected.max(SHORTEST_TIMER_SECONDS);
        (corrected != after).then(|| Self {
            inactive_after_seconds: Some(corrected),
            ..Self::new(self.conversation.clone())
        })
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let nothing = Self::new(ConversationSid::example());
        let everything = Self {
            inactive_after_seconds: Some(600),
            inactive_at: Some(1_500_000_000_000),
            closed_after_seconds: Some(0),
            activate: true,
            ..nothing.clone().with_attributes("{}".into())
        };
        let end = Self {
            close: true,
            ..nothing.clone()
        };
        vec![everything, nothing, end]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn only_changed_fields_are_sent() {
        let all = json!({
            "Attributes": "{}", "Timers.Inactive": "PT600S", "Timers.Closed": "PT0S",
            "State": "active",
        });
        for (call, data) in UpdateConversation::examples().iter().zip([all, json!({})]) {
            let uri = "https://conversations.twilio.com/v1/Conversations/CH…";
            let sent = json!({ "method": "post", "uri": uri, "data": data });
            assert_eq!(request(call), sent);
        }
    }

    /// A REST request is silent otherwise, and Flex's own End is not.
    #[test]
    fn an_end_tells_the_accounts_webhooks() {
        let end = UpdateConversation::examples().pop().unwrap();
        assert_eq!(
            request(&end),
            json!({
                "method": "post",
                "uri": "https://conversations.twilio.com/v1/Conversations/CH…",
                "data": { "State": "closed" },
                "headers": { "X-Twilio-Webhook-Enabled": "true" },
            })
        );
    }

    #[test]
    fn the_end_of_the_timer_is_read_if_it_is_shown() {
        let timers = json!({ "date_inactive": "2017-07-14T02:40:00Z" });
        for (body, inactive_at) in [
            (
                json!({ "state": "active", "timers": timers }),
                Some(1_500_000_000_000),
            ),
            (json!({ "state": "active" }), None),
            (json!(null), None),
        ] {
            assert_eq!(answer(&example::<UpdateConversation>(), &body), inactive_at);
        }
    }

    /// Twilio does not document whether a timer runs from the update or from the last message.
    #[test]
    fn a_timer_that_ends_too_late_is_shortened_once() {
        let call = example::<UpdateConversation>();
        let wanted = call.inactive_at.unwrap();
        let seconds = |shown| {
            let next = call.next(&Ok(shown))?;
            assert_eq!(
                (next.inactive_at, next.attributes, next.activate),
                (None, None, false)
            );
            next.inactive_after_seconds
        };
        assert_eq!(seconds(Some(wanted)), None);
        assert_eq!(seconds(Some(wanted + 5_000)), None);
        assert_eq!(seconds(Some(wanted + 120_000)), Some(480));
        assert_eq!(seconds(Some(wanted + 10_000_000)), Some(60));
        assert_eq!(seconds(None), Some(60));
        assert_eq!(call.next(&Err(Failure::Unavailable)), None);
    }
}
