use serde::Deserialize;
use serde_json::json;

use crate::sid::{ConversationParticipantSid, ConversationSid};
use crate::twilio::body::{Body, Text, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

/// Reads who is in a conversation: customers, agents and bots.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-participant-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListChatParticipants(pub ConversationSid);

/// A participant of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChatParticipant {
    /// Its SID.
    pub sid: ConversationParticipantSid,
    /// The identity of somebody who chats.
    pub identity: Option<String>,
    /// The address of somebody who writes from outside, by SMS for example. A binding with nothing but a projected address is
    /// an agent in a group text, who writes from inside.
    pub address: Option<String>,
    /// By what somebody writes from outside: `sms`, `whatsapp` …
    pub medium: Option<String>,
}

impl Call for ListChatParticipants {
    type Answer = Vec<ChatParticipant>;
    answers_as!(ListChatParticipants);

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.0).part("Participants");
        Http::get(uri).query(json!({ "PageSize": 100 }))
    }

    fn read(&self, body: Body<'_>) -> Result<Vec<ChatParticipant>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            participants: Vec<RawParticipant>,
        }
        #[derive(Deserialize)]
        struct RawParticipant {
            sid: ConversationParticipantSid,
            #[serde(default)]
            identity: Option<Text>,
            #[serde(default)]
            messaging_binding: Option<Binding>,
        }
        #[derive(Deserialize)]
        struct Binding {
            #[serde(default)]
            address: Option<Text>,
            #[serde(default, rename = "type")]
            kind: Option<Text>,
        }

        let text = |text: Option<Text>| text.map(|text| text.0).filter(|text| !text.is_empty());
        let raw: Raw = body.parse()?;
        let participants = raw.participants.into_iter().map(|raw| {
            let (address, kind) = raw
                .messaging_binding
                .map_or((None, None), |binding| (binding.address, binding.kind));
            ChatParticipant {
                sid: raw.sid,
                identity: text(raw.identity),
                address: text(address),
                medium: text(kind),
            }
        });
        Ok(participants.collect())
    }
}
