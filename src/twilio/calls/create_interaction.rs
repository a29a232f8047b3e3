use serde::Deserialize;
use serde_json::json;

use crate::sid::{ChannelSid, ConversationSid, InteractionSid, TaskSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

use super::{ChannelRef, CreateInvite};

/// Makes a new interaction for a conversation whose own is gone, with a first invite. Twilio deletes a channel after 180 days without
/// a change of it; the conversation stays.
///
/// Twilio refuses it with 409 as long as the conversation has a channel, so that twice sent it is once done.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/interactions>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreateInteraction {
    /// The conversation.
    pub conversation: ConversationSid,
    /// By what the customer writes, as Twilio names it: `web`, `sms`, `whatsapp` …
    pub medium: String,
    /// How it is routed. The channel that it names is the former one.
    pub invite: CreateInvite,
}

/// The interaction that was made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MadeInteraction {
    /// Where agents are invited to from now on.
    pub channel: ChannelRef,
    /// The task of its first invite. Absent where Twilio does not name it.
    pub task: Option<TaskSid>,
}

impl Call for CreateInteraction {
    type Answer = MadeInteraction;
    answers_as!(CreateInteraction);

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
}
