use serde::Deserialize;

use crate::sid::ConversationSid;
use crate::twilio::body::{Body, JsonText, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::time::{self, Millis};
use crate::twilio::{answers_as, Call};

/// Reads a conversation.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchConversation(pub ConversationSid);

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conversation {
    /// Whether it is closed: closed ones can never be opened again.
    pub closed: bool,
    /// Whether a timer has made it inactive: the next message makes it active again.
    pub inactive: bool,
    /// Its attributes, JSON text.
    pub attributes: String,
    /// When it last changed.
    pub updated_at: Option<Millis>,
    /// When its timer makes it inactive. Absent: it has none.
    pub inactive_at: Option<Millis>,
    /// When its timer closes it, for good. Absent: it has none.
    pub closed_at: Option<Millis>,
}

impl Call for FetchConversation {
    type Answer = Conversation;
    answers_as!(FetchConversation);

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
}
