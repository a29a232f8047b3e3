use serde_json::{json, Map, Value};

use crate::sid::ConversationSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::time::Millis;
use crate::twilio::{answers_as, Call, Failure};

use super::FetchConversation;

/// The shortest timer by which a conversation becomes inactive, in seconds.
///
/// Source: <https://www.twilio.com/docs/api/errors/50375>
pub const SHORTEST_TIMER_SECONDS: u32 = 60;

/// A timer may end so much later than it is to.
const TOLERANCE_MS: Millis = 5_000;

/// Changes a conversation; what is absent stays as it is.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateConversation {
    /// The conversation.
    pub conversation: ConversationSid,
    /// Its attributes, JSON text. They are replaced whole.
    pub attributes: Option<String>,
    /// After how many seconds without a message it becomes inactive, 60 at least; 0 takes the timer away.
    pub inactive_after_seconds: Option<u32>,
    /// When that is to be, where `inactive_after_seconds` may be too long: it is shortened then by what Twilio shows.
    pub inactive_at: Option<Millis>,
    /// After how many seconds without a message it is closed, for good; 0 takes the timer away.
    pub closed_after_seconds: Option<u32>,
    /// Whether to make it active. An invite may be refused while it is inactive.
    pub activate: bool,
}

impl UpdateConversation {
    /// Changes nothing yet.
    #[must_use]
    pub fn of(conversation: ConversationSid) -> Self {
        Self {
            conversation,
            attributes: None,
            inactive_after_seconds: None,
            inactive_at: None,
            closed_after_seconds: None,
            activate: false,
        }
    }

    /// Replaces the attributes only.
    #[must_use]
    pub fn attributes(conversation: ConversationSid, attributes: String) -> Self {
        Self {
            attributes: Some(attributes),
            ..Self::of(conversation)
        }
    }
}

impl Call for UpdateConversation {
    /// When its timer makes it inactive. Absent: it has none.
    type Answer = Option<Millis>;
    answers_as!(UpdateConversation);

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
        Http::post(
            Uri::conversations().id(&self.conversation),
            Value::Object(data),
        )
    }

    fn read(&self, body: Body<'_>) -> Result<Option<Millis>, Unreadable> {
        // That it was done is known without it.
        let shown = FetchConversation(self.conversation.clone()).read(body);
        Ok(shown.ok().and_then(|conversation| conversation.inactive_at))
    }

    fn next(&self, result: &Result<Option<Millis>, Failure>) -> Option<Self> {
        let (after, wanted) = (self.inactive_after_seconds?, self.inactive_at?);
        let too_long = match result.as_ref().ok()? {
            Some(shown) => shown.saturating_sub(wanted),
            // The shortest is too early at worst.
            None => Millis::MAX,
        };
        let seconds = u32::try_from(too_long / 1_000).unwrap_or(u32::MAX);
        let shortened = after.saturating_sub(seconds).max(SHORTEST_TIMER_SECONDS);
        (too_long > TOLERANCE_MS && shortened < after).then(|| Self {
            inactive_after_seconds: Some(shortened),
            ..Self::of(self.conversation.clone())
        })
    }
}
