use serde::Deserialize;
use serde_json::json;

use crate::sid::{ConversationParticipantSid, ConversationSid, MessageSid};
use crate::twilio::body::{Body, Text, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::time::{self, Millis};
use crate::twilio::{answers_as, Call};

use super::{next_page, Meta, Page};

/// The first page is short, because the last messages are usually enough; Twilio keeps the size for the pages after it.
const PAGE_SIZE: u32 = 20;

/// Reads a conversation's messages, the newest first.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-message-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListMessages {
    /// The conversation.
    pub conversation: ConversationSid,
    /// The page; absent: the first.
    pub page: Option<PageRef>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// Its place in the conversation.
    pub index: u32,
    /// Its SID.
    pub sid: Option<MessageSid>,
    /// The author's identity or address.
    pub author: String,
    /// The author as a participant of the conversation, where Twilio says.
    pub participant: Option<ConversationParticipantSid>,
    /// When it was written.
    pub written_at: Option<Millis>,
}

#[derive(Deserialize)]
pub(super) struct RawMessage {
    index: u32,
    #[serde(default)]
    sid: Option<MessageSid>,
    #[serde(default)]
    author: Option<Text>,
    #[serde(default)]
    participant_sid: Option<ConversationParticipantSid>,
    #[serde(default)]
    date_created: Option<String>,
}

impl From<RawMessage> for Message {
    fn from(raw: RawMessage) -> Self {
        Self {
            index: raw.index,
            sid: raw.sid,
            author: raw.author.unwrap_or_default().0,
            participant: raw.participant_sid,
            written_at: raw.date_created.and_then(|text| time::parse(&text)),
        }
    }
}

impl Call for ListMessages {
    type Answer = Page<Message>;
    answers_as!(ListMessages);

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.conversation).part("Messages");
        let first = json!({ "Order": "desc", "PageSize": PAGE_SIZE });
        Http::get_page(uri, self.page.as_ref(), first)
    }

    fn read(&self, body: Body<'_>) -> Result<Page<Message>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            messages: Vec<RawMessage>,
            #[serde(default)]
            meta: Option<Meta>,
        }

        let raw: Raw = body.parse()?;
        Ok(Page {
            entries: raw.messages.into_iter().map(Message::from).collect(),
            next: next_page(raw.meta),
        })
    }
}
