use serde_json::{json, Map, Value};

use crate::sid::ConversationSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

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
    /// After how many seconds without a message it is closed, for good; 0 takes the timer away.
    pub closed_after_seconds: Option<u32>,
    /// Whether to make it active. An invite may be refused while it is inactive.
    pub activate: bool,
}

impl UpdateConversation {
    /// Replaces the attributes only.
    #[must_use]
    pub fn attributes(conversation: ConversationSid, attributes: String) -> Self {
        Self {
            conversation,
            attributes: Some(attributes),
            inactive_after_seconds: None,
            closed_after_seconds: None,
            activate: false,
        }
    }
}

impl Call for UpdateConversation {
    type Answer = ();
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

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }
}
