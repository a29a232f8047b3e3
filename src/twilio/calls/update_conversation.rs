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

/// The shortest time after which a timer may close a conversation, in seconds.
///
/// Source: <https://www.twilio.com/docs/api/errors/50376>
pub const SHORTEST_CLOSING_SECONDS: u32 = 600;

/// The accepted difference of the end of an inactive timer from the wanted one, in seconds.
const TOLERANCE_SECONDS: u64 = 5;

/// The same for a closing timer: it stays in full minutes, by which a later park knows its length.
const CLOSING_TOLERANCE_SECONDS: u64 = 60;

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
    /// The part of this timer that must be left after the update, in seconds, if `inactive_after_seconds` may be wrong: Twilio does not
    /// document whether a timer runs from the update or from the last message. If Twilio then shows another end, a second request
    /// corrects the timer.
    pub inactive_left_seconds: Option<u32>,
    /// The time without a message after which it is closed, in seconds, or 0 for no timer.
    pub closed_after_seconds: Option<u32>,
    /// The part of this timer that must be left after the update, in seconds, if `closed_after_seconds` may be too long.
    pub closed_left_seconds: Option<u32>,
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
            inactive_left_seconds: None,
            closed_after_seconds: None,
            closed_left_seconds: None,
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

/// What is left of a conversation's timers after an update, in seconds, negative for a timer that is over. `None`: it has no such timer,
/// or Twilio does not show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct TimersLeft {
    /// Until a timer makes it inactive.
    pub inactive_seconds: Option<i64>,
    /// Until a timer closes it.
    pub closed_seconds: Option<i64>,
}

/// Returns the time from an update to the end of a timer, in seconds. Both are Twilio's times, so the own clock may be wrong.
fn left(updated_at: Option<Millis>, ends_at: Option<Millis>) -> Option<i64> {
    let seconds = |at: Millis| i64::try_from(at / 1_000).ok();
    Some(seconds(ends_at?)? - seconds(updated_at?)?)
}

/// Returns the length of a timer of which `wanted` seconds are left, if the one of `after` seconds leaves another time.
fn corrected(after: u32, wanted: u32, left: i64, shortest: u32, tolerance: u64) -> Option<u32> {
    let too_long_by = left.saturating_sub(wanted.into());
    if too_long_by.unsigned_abs() <= tolerance {
        return None;
    }
    let corrected = i64::from(after).saturating_sub(too_long_by);
    let corrected = corrected.clamp(shortest.into(), u32::MAX.into());
    u32::try_from(corrected)
        .ok()
        .filter(|corrected| *corrected != after)
}

impl Call for UpdateConversation {
    type Answer = TimersLeft;

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

    fn read(&self, body: Body<'_>) -> Result<TimersLeft, Unreadable> {
        // The update was carried out, even if this body cannot be read.
        let Ok(shown) = FetchConversation(self.conversation.clone()).read(body) else {
            return Ok(TimersLeft::default());
        };
        Ok(TimersLeft {
            inactive_seconds: left(shown.updated_at, shown.inactive_at),
            closed_seconds: left(shown.updated_at, shown.closed_at),
        })
    }

    fn next(&self, result: &Result<TimersLeft, Failure>) -> Option<Self> {
        let left = result.as_ref().ok()?;
        let inactive = self
            .inactive_after_seconds
            .zip(self.inactive_left_seconds)
            .and_then(|(after, wanted)| match left.inactive_seconds {
                Some(left) => corrected(
                    after,
                    wanted,
                    left,
                    SHORTEST_TIMER_SECONDS,
                    TOLERANCE_SECONDS,
                ),
                // Without a time the shortest timer is used: a check that comes too early does no harm.
                None => Some(SHORTEST_TIMER_SECONDS).filter(|shortest| *shortest != after),
            });
        // Without a time this timer stays: one that ends too early would close the conversation for good.
        let closed = self
            .closed_after_seconds
            .zip(self.closed_left_seconds)
            .zip(left.closed_seconds)
            .and_then(|((after, wanted), left)| {
                corrected(
                    after,
                    wanted,
                    left,
                    SHORTEST_CLOSING_SECONDS,
                    CLOSING_TOLERANCE_SECONDS,
                )
            });
        (inactive.is_some() || closed.is_some()).then(|| Self {
            inactive_after_seconds: inactive,
            closed_after_seconds: closed,
            ..Self::new(self.conversation.clone())
        })
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let nothing = Self::new(ConversationSid::example());
        let everything = Self {
            inactive_after_seconds: Some(600),
            inactive_left_seconds: Some(600),
            closed_after_seconds: Some(86_400),
            closed_left_seconds: Some(43_200),
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
            "Attributes": "{}", "Timers.Inactive": "PT600S", "Timers.Closed": "PT86400S",
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
    fn what_is_left_of_the_timers_is_read_if_it_is_shown() {
        let timers = json!({
            "date_inactive": "2017-07-14T02:40:00Z", "date_closed": "2017-07-15T02:40:00Z",
        });
        let updated = "2017-07-14T02:39:00Z";
        let both = TimersLeft {
            inactive_seconds: Some(60),
            closed_seconds: Some(86_460),
        };
        for (body, left) in [
            (
                json!({ "state": "active", "timers": timers, "date_updated": updated }),
                both,
            ),
            (
                json!({ "state": "active", "timers": timers }),
                TimersLeft::default(),
            ),
            (
                json!({ "state": "active", "date_updated": updated }),
                TimersLeft::default(),
            ),
            (json!(null), TimersLeft::default()),
        ] {
            assert_eq!(answer(&example::<UpdateConversation>(), &body), left);
        }
    }

    /// Twilio does not document whether a timer runs from the update or from the last message.
    #[test]
    fn a_timer_that_leaves_another_time_is_corrected_once() {
        let call = example::<UpdateConversation>();
        let seconds = |inactive_seconds| {
            let next = call.next(&Ok(TimersLeft {
                inactive_seconds,
                closed_seconds: call.closed_left_seconds.map(Into::into),
            }))?;
            let set = next.inactive_after_seconds;
            let only = UpdateConversation {
                inactive_after_seconds: set,
                ..UpdateConversation::new(call.conversation.clone())
            };
            assert_eq!(next, only);
            set
        };
        assert_eq!(seconds(Some(600)), None);
        assert_eq!(seconds(Some(605)), None);
        assert_eq!(seconds(Some(720)), Some(480));
        assert_eq!(seconds(Some(480)), Some(720));
        assert_eq!(seconds(Some(-3_600)), Some(4_800), "it is over");
        assert_eq!(seconds(Some(10_000)), Some(60));
        assert_eq!(seconds(None), Some(60));
        assert_eq!(call.next(&Err(Failure::Unavailable)), None);
    }

    #[test]
    fn a_closing_timer_is_corrected_only_by_a_time_that_is_shown() {
        let call = example::<UpdateConversation>();
        let seconds = |closed_seconds| {
            let next = call.next(&Ok(TimersLeft {
                inactive_seconds: call.inactive_left_seconds.map(Into::into),
                closed_seconds,
            }))?;
            assert_eq!(next.inactive_after_seconds, None);
            next.closed_after_seconds
        };
        assert_eq!(seconds(Some(43_200)), None, "from the last message");
        assert_eq!(seconds(Some(43_260)), None, "in full minutes");
        assert_eq!(seconds(Some(86_400)), Some(43_200), "from the update");
        assert_eq!(seconds(Some(36_000)), Some(93_600));
        assert_eq!(seconds(Some(864_000)), Some(600));
        assert_eq!(seconds(None), None);
    }
}
