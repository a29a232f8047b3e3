use serde::Deserialize;

use crate::sid::ConversationSid;
use crate::twilio::body::{Body, JsonText, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::time::{self, Millis};
use crate::twilio::Call;

/// Reads a conversation.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchConversation(pub ConversationSid);

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conversation {
    /// True if it is closed. A closed conversation cannot be opened again.
    pub closed: bool,
    /// True if a timer has made it inactive. The next message makes it active again.
    pub inactive: bool,
    /// Its attributes, JSON text.
    pub attributes: String,
    /// The time of its last change.
    pub updated_at: Option<Millis>,
    /// The time at which a timer makes it inactive. `None`: it has no such timer.
    pub inactive_at: Option<Millis>,
    /// The time at which a timer closes it. `None`: it has no such timer.
    pub closed_at: Option<Millis>,
}

impl Call for FetchConversation {
    type Answer = Conversation;

    fn http(&self, _: &Access) -> Http {
        Http::get(Uri::conversations().id(&self.0))
    }

    fn read(&self, body: Body<'_>) -> Result<Conversation, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            state: String,
            #[serde(default)]
            attributes: Option<JsonText>,
            #[serde(default)]
            date_updated: Option<String>,
            #[serde(default)]
            timers: Option<Timers>,
        }
        #[derive(Default, Deserialize)]
        struct Timers {
            #[serde(default)]
            date_inactive: Option<String>,
            #[serde(default)]
            date_closed: Option<String>,
        }

        let raw: Raw = body.parse()?;
        let timers = raw.timers.unwrap_or_default();
        let time = |text: Option<String>| text.and_then(|text| time::parse(&text));
        Ok(Conversation {
            closed: raw.state == "closed",
            inactive: raw.state == "inactive",
            attributes: raw.attributes.unwrap_or_default().0,
            updated_at: time(raw.date_updated),
            inactive_at: time(timers.date_inactive),
            closed_at: time(timers.date_closed),
        })
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(ConversationSid::example())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};
    use serde_json::json;

    #[test]
    fn the_conversation_is_fetched() {
        assert_eq!(
            request(&example::<FetchConversation>()),
            json!({
                "method": "get",
                "uri": "https://conversations.twilio.com/v1/Conversations/CH…",
            })
        );
    }

    #[test]
    fn state_attributes_and_timers_are_read() {
        let read = |body| answer(&example::<FetchConversation>(), &body);
        let conversation = read(json!({
            "state": "inactive", "attributes": "{\"a\":1}", "date_updated": "2017-07-14T02:40:00Z",
            "timers": { "date_closed": "2017-07-14T02:41:00Z" },
        }));
        let expected = Conversation {
            closed: false,
            inactive: true,
            attributes: r#"{"a":1}"#.into(),
            updated_at: Some(1_500_000_000_000),
            inactive_at: None,
            closed_at: Some(1_500_000_060_000),
        };
        assert_eq!(conversation, expected);
        let closed = read(json!({ "state": "closed", "timers": null }));
        assert_eq!((closed.closed, closed.closed_at), (true, None));
    }
}
