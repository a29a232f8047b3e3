//! What the plugin sends to the Functions: the same types write it and read it.

use serde::{Deserialize, Serialize};

use crate::sid::{ChannelSid, ConversationSid, InteractionSid, TaskSid};

/// Where the functions live below the Functions' domain. Workflows, Studio flows and other
/// plugins rely on these paths.
pub mod path {
    /// Parks a conversation. Takes a [`super::ParkRequest`].
    pub const PARK: &str = "/features/park-interaction/flex/park-interaction";
    /// Resumes a parked conversation. Takes an [`super::UnparkRequest`].
    pub const UNPARK: &str = "/features/park-interaction/flex/unpark-interaction";
    /// Tidies up once an agent has joined. Takes a [`super::SettleRequest`].
    pub const SETTLE: &str = "/features/park-interaction/flex/settle-interaction";
    /// Looks whether a conversation that waits for an agent is asked for. Takes a [`super::CheckRequest`].
    pub const CHECK: &str = "/features/park-interaction/flex/check-interaction";
    /// The target of the webhook that wakes a conversation. Only Twilio calls it.
    pub const WAKE: &str = "/features/park-interaction/common/unpark-interaction";
    /// The target of the workspace's event callback: brings back what a canceled task took away. Only Twilio calls it.
    pub const TASK_EVENT: &str = "/features/park-interaction/common/task-event";
    /// Looks over everything that is parked. For the account's owner, who can sign for it.
    pub const RECONCILE: &str = "/features/park-interaction/common/reconcile";
}

/// An agent's wish to park the conversation of one of their tasks.
///
/// The worker is not in it: it comes from the validated token.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParkRequest {
    /// The conversation to park.
    pub conversation_sid: ConversationSid,
    /// The interaction that the conversation belongs to.
    pub interaction_sid: InteractionSid,
    /// The interaction's channel that carries the conversation.
    pub channel_sid: ChannelSid,
    /// The agent's task for it.
    pub task_sid: TaskSid,
    /// Index of the last message that the agent's screen held, if it held any. Anything after it
    /// has not been seen, and wakes the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message_index: Option<u32>,
    /// Whether the conversation is to stand in the agent's list of parked interactions.
    #[serde(default)]
    pub show_list: bool,
    /// How long it stays in the list, in seconds; 0 is for ever. Absent: a day. Text messages stay whatever this says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_ttl_seconds: Option<u32>,
    /// Whether the webhook of a Studio flow that is not this product's is taken away while the conversation is parked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pause_studio_flow: bool,
}

#[cfg(feature = "functions")]
impl ParkRequest {
    /// The channel.
    #[must_use]
    pub fn channel(&self) -> crate::twilio::calls::ChannelRef {
        crate::twilio::calls::ChannelRef {
            interaction: self.interaction_sid.clone(),
            channel: self.channel_sid.clone(),
        }
    }
}

/// An agent's wish to resume a parked conversation. Where it is, the server knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnparkRequest {
    /// The conversation to resume.
    pub conversation_sid: ConversationSid,
}

/// An agent's word that they joined a conversation that had been parked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettleRequest {
    /// The conversation that was joined.
    pub conversation_sid: ConversationSid,
}

/// A desktop's question whether somebody is asked to take a conversation with an unheard message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckRequest {
    /// The conversation that waits.
    pub conversation_sid: ConversationSid,
}
