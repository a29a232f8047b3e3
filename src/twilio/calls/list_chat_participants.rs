use serde::Deserialize;
use serde_json::json;

use crate::sid::{ConversationParticipantSid, ConversationSid};
use crate::twilio::body::{Body, Text, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// Reads the participants of a conversation: customers, agents and bots.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-participant-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListChatParticipants(pub ConversationSid);

/// A participant of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChatParticipant {
    pub sid: ConversationParticipantSid,
    /// The chat identity.
    pub identity: Option<String>,
    /// The address of a participant outside Twilio, e.g. a phone number. An agent in a group text has a binding with a
    /// projected address only, and so has none here.
    pub address: Option<String>,
    /// The medium of a participant outside Twilio: `sms`, `whatsapp` …
    pub medium: Option<String>,
}

impl Call for ListChatParticipants {
    type Answer = Vec<ChatParticipant>;

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.0).part("Participants");
        Http::get(uri).with_query(json!({ "PageSize": 100 }))
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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(ConversationSid::example())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_participants_are_listed() {
        assert_eq!(
            request(&example::<ListChatParticipants>()),
            json!({
                "method": "get",
                "uri": "https://conversations.twilio.com/v1/Conversations/CH…/Participants",
                "params": { "PageSize": 100 },
            })
        );
    }

    #[test]
    fn identity_address_and_medium_are_read() {
        let body = json!({ "participants": [
            { "sid": sid("MB"), "identity": "ada", "messaging_binding": null },
            { "sid": sid("MB"), "identity": null,
                "messaging_binding": { "type": "sms", "address": "+15550001111" } },
            { "sid": sid("MB"), "identity": "",
                "messaging_binding": { "type": "sms", "projected_address": "+15550002222" } },
        ] });
        let read = answer(&example::<ListChatParticipants>(), &body);
        let read: Vec<_> = read
            .iter()
            .map(|one| {
                (
                    one.identity.as_deref(),
                    one.address.as_deref(),
                    one.medium.as_deref(),
                )
            })
            .collect();
        let expected = [
            (Some("ada"), None, None),
            (None, Some("+15550001111"), Some("sms")),
            (None, None, Some("sms")),
        ];
        assert_eq!(read, expected);
    }
}
