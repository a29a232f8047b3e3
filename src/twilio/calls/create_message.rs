use serde::Deserialize;
use serde_json::{json, Value};

use crate::attributes::Attributes;
use crate::sid::{ContentSid, ConversationSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{Call, ReadBack};

use super::{ListMessages, NOTICE};

/// Adds a message to a conversation, in an agent's name. No webhook receives it.
///
/// An unanswered request is read back: a second one would add a second message.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-message-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreateMessage {
    pub conversation: ConversationSid,
    /// The author's identity.
    pub author: String,
    pub content: Content,
    /// The name of the operation, by which the message is found again.
    pub notice: String,
}

/// The content of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Content {
    /// A text.
    Text(String),
    /// A content template, which `WhatsApp` takes at any time.
    Template(ContentSid),
}

impl Call for CreateMessage {
    type Answer = u32;

    fn http(&self, _: &Access) -> Http {
        let mut attributes = Attributes::default();
        attributes.set(NOTICE, &self.notice);
        let mut data = json!({ "Author": self.author, "Attributes": attributes.text() });
        let (name, content) = match &self.content {
            Content::Text(text) => ("Body", text.as_str()),
            Content::Template(sid) => ("ContentSid", sid.as_str()),
        };
        if let Value::Object(data) = &mut data {
            data.insert(name.into(), content.into());
        }
        Http::post(
            Uri::conversations().id(&self.conversation).part("Messages"),
            data,
        )
    }

    /// Reads the message's index.
    fn read(&self, body: Body<'_>) -> Result<u32, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            index: u32,
        }

        body.parse::<Raw>().map(|raw| raw.index)
    }

    fn read_back(&self) -> Option<ReadBack<'_, u32>> {
        let list = ListMessages {
            conversation: self.conversation.clone(),
            page: None,
        };
        Some(ReadBack::new(list, |page| {
            let mut all = page.entries.iter();
            let sent = all.find(|message| message.notice.as_ref() == Some(&self.notice))?;
            Some(sent.index)
        }))
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let call = |content| Self {
            conversation: ConversationSid::example(),
            author: "ada".into(),
            content,
            notice: "operation".into(),
        };
        vec![
            call(Content::Text("Back soon".into())),
            call(Content::Template(ContentSid::example())),
        ]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]

    use super::super::{Message, Page};
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, request};
    use crate::twilio::AnyAnswer;

    #[test]
    fn the_request_has_a_text_or_a_template() {
        let contents = [("Body", "Back soon"), ("ContentSid", "HX…")];
        for (call, (name, content)) in CreateMessage::examples().iter().zip(contents) {
            let attributes = r#"{"parkInteraction":"operation"}"#;
            assert_eq!(
                request(call),
                json!({
                    "method": "post",
                    "uri": "https://conversations.twilio.com/v1/Conversations/CH…/Messages",
                    "data": { "Author": "ada", "Attributes": attributes, name: content },
                })
            );
            assert_eq!(answer(call, &json!({ "sid": sid("IM"), "index": 3 })), 3);
        }
    }

    #[test]
    fn an_unanswered_request_is_found_by_its_operation() {
        let call = CreateMessage::examples().remove(0);
        let read_back = call.read_back().unwrap();
        let listed = |notice: Option<&str>| {
            let message = Message {
                index: 3,
                sid: None,
                author: "ada".into(),
                participant: None,
                written_at: None,
                line: None,
                notice: notice.map(Into::into),
            };
            read_back.adopt(&AnyAnswer::ListMessages(Page {
                entries: vec![message],
                next: None,
            }))
        };
        assert_eq!(listed(Some("operation")), Some(3));
        assert_eq!(listed(Some("another")), None);
        assert_eq!(listed(None), None);
    }
}
