use serde::Deserialize;
use serde_json::json;

use crate::attributes::Attributes;
use crate::last_line::first_line;
use crate::sid::{ConversationParticipantSid, ConversationSid, MessageSid};
use crate::twilio::body::{Body, JsonText, Text, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::time::{self, Millis};
use crate::twilio::Call;

use super::{next_page, Meta, Page};

/// The size of a page. It is small because the last messages are usually enough. Twilio uses it for the later pages
/// too.
const PAGE_SIZE: u32 = 20;

/// Reads a page of a conversation's messages, newest first.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-message-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListMessages {
    pub conversation: ConversationSid,
    /// The page. `None`: the first.
    pub page: Option<PageRef>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// Its index in the conversation.
    pub index: u32,
    pub sid: Option<MessageSid>,
    /// The author's identity or address.
    pub author: String,
    /// The author's participant, if Twilio names it.
    pub participant: Option<ConversationParticipantSid>,
    /// The creation time.
    pub written_at: Option<Millis>,
    /// The operation that has written it to tell the customer of the park.
    pub notice: Option<String>,
    /// The first line of its text. `None`: it has none, such as a picture.
    pub line: Option<String>,
}

impl Message {
    /// Returns true if an operation has written it in the name of `agent`. Anybody can write the attributes of their own messages.
    #[must_use]
    pub fn is_notice_of(&self, agent: &str) -> bool {
        self.notice.is_some() && self.author == agent
    }
}

/// The key in a message's attributes under which an operation leaves its name.
pub const NOTICE: &str = "parkInteraction";

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
    #[serde(default)]
    attributes: Option<JsonText>,
    #[serde(default)]
    body: Option<Text>,
}

impl From<RawMessage> for Message {
    fn from(raw: RawMessage) -> Self {
        Self {
            index: raw.index,
            sid: raw.sid,
            author: raw.author.unwrap_or_default().0,
            participant: raw.participant_sid,
            written_at: raw.date_created.and_then(|text| time::parse(&text)),
            notice: raw.attributes.and_then(|text| {
                let attributes = Attributes::parse(&text.0).ok()?;
                attributes.text_at(NOTICE)
            }),
            line: raw.body.and_then(|body| first_line(&body.0)),
        }
    }
}

impl Call for ListMessages {
    type Answer = Page<Message>;

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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            conversation: ConversationSid::example(),
            page: None,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_newest_messages_are_listed() {
        assert_eq!(
            request(&example::<ListMessages>()),
            json!({
                "method": "get",
                "uri": "https://conversations.twilio.com/v1/Conversations/CH…/Messages",
                "params": { "Order": "desc", "PageSize": 20 },
            })
        );
    }

    #[test]
    fn messages_are_read() {
        let body = json!({ "messages": [
            { "index": 1, "sid": sid("IM"), "author": "ada", "participant_sid": sid("MB"),
                "date_created": "2017-07-14T02:40:00Z", "body": "Here it is:\n17", "attributes": "{\"parkInteraction\":\"op\"}" },
            { "index": 0, "author": null, "participant_sid": null, "body": null },
        ] });
        let expected = [
            Message {
                index: 1,
                sid: Some(MessageSid::example()),
                author: "ada".into(),
                participant: Some(ConversationParticipantSid::example()),
                written_at: Some(1_500_000_000_000),
                notice: Some("op".into()),
                line: Some("Here it is:".into()),
            },
            Message {
                index: 0,
                sid: None,
                author: String::new(),
                participant: None,
                written_at: None,
                notice: None,
                line: None,
            },
        ];
        assert_eq!(answer(&example::<ListMessages>(), &body).entries, expected);
    }
}
