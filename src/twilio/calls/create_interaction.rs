use serde::Deserialize;
use serde_json::json;

use crate::sid::{ChannelSid, ConversationSid, InteractionSid, TaskSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

use super::{ChannelRef, CreateInvite};

/// Creates an interaction with a first invite, for a conversation whose former interaction is gone: Twilio deletes a
/// channel after 180 days without a change, and the conversation stays.
///
/// Twilio refuses it with 409 while the conversation has a channel, so it may be sent twice.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/interactions>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreateInteraction {
    pub conversation: ConversationSid,
    /// The customer's medium, in Twilio's words: `web`, `sms`, `whatsapp` …
    pub medium: String,
    /// The routing of the first invite. Its channel is the former one and is not used.
    pub invite: CreateInvite,
}

/// An interaction that was created.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MadeInteraction {
    /// The new channel.
    pub channel: ChannelRef,
    /// The task of the first invite. `None`: Twilio did not name it.
    pub task: Option<TaskSid>,
}

impl Call for CreateInteraction {
    type Answer = MadeInteraction;

    fn http(&self, access: &Access) -> Http {
        let channel = json!({
            "type": self.medium,
            "initiated_by": "customer",
            "properties": { "media_channel_sid": self.conversation },
        });
        let data = json!({
            "Channel": channel.to_string(),
            "Routing": self.invite.routing(&access.workspace),
        });
        Http::post(Uri::interactions(), data)
    }

    fn read(&self, body: Body<'_>) -> Result<MadeInteraction, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            sid: InteractionSid,
            channel: RawChannel,
            #[serde(default)]
            routing: Option<Routing>,
        }
        #[derive(Deserialize)]
        struct RawChannel {
            sid: ChannelSid,
        }
        #[derive(Deserialize)]
        struct Routing {
            #[serde(default)]
            properties: Option<Properties>,
        }
        #[derive(Deserialize)]
        struct Properties {
            #[serde(default)]
            sid: Option<TaskSid>,
        }

        let raw: Raw = body.parse()?;
        let task = raw.routing.and_then(|routing| routing.properties);
        Ok(MadeInteraction {
            channel: ChannelRef {
                interaction: raw.sid,
                channel: raw.channel.sid,
            },
            task: task.and_then(|properties| properties.sid),
        })
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            conversation: ConversationSid::example(),
            medium: "whatsapp".into(),
            invite: crate::twilio::testing::example(),
        }]
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a failed test may panic"
    )]
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, channel, example, request, respond};
    use crate::twilio::Failure;

    #[test]
    fn the_channel_and_the_routing_are_sent_as_json_texts() {
        let sent = request(&example::<CreateInteraction>());
        let channel = concat!(
            r#"{"type":"whatsapp","initiated_by":"customer","#,
            r#""properties":{"media_channel_sid":"CH…"}}"#,
        );
        let channel: serde_json::Value = serde_json::from_str(channel).unwrap();
        let field =
            |name: &str| serde_json::from_str(sent["data"][name].as_str().unwrap()).unwrap();
        assert_eq!(sent["method"], "post");
        assert_eq!(sent["uri"], "https://flex-api.twilio.com/v1/Interactions");
        assert_eq!(channel, field("Channel"));
        let routing: serde_json::Value = field("Routing");
        assert_eq!(routing["properties"]["workflow_sid"], "WW…");
    }

    #[test]
    fn the_new_channel_is_read_with_and_without_a_task() {
        let call = example::<CreateInteraction>();
        for (routing, task) in [
            (
                json!({ "properties": { "sid": sid("WT") } }),
                Some(TaskSid::example()),
            ),
            (json!({ "properties": {} }), None),
            (json!(null), None),
        ] {
            let body =
                json!({ "sid": sid("KD"), "channel": { "sid": sid("UO") }, "routing": routing });
            let made = MadeInteraction {
                channel: channel(),
                task,
            };
            assert_eq!(answer(&call, &body), made);
        }
    }

    /// The conversation has a channel, so somebody else was faster: no other request follows.
    #[test]
    fn a_conflict_is_final() {
        let refused = respond(
            &example::<CreateInteraction>(),
            409,
            &json!({ "code": 45_005 }),
        );
        let expected = Failure::Refused {
            status: 409,
            code: 45_005,
        };
        assert_eq!(refused, Err(expected));
    }
}
