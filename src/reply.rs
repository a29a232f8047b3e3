//! What the Functions answer: the same types write it and read it.

use serde::{Deserialize, Serialize};

use crate::sid::{ConversationSid, WebhookSid};

/// The body of every answer of the Functions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum Reply {
    /// The agent is out and the conversation waits for the customer.
    #[serde(rename_all = "camelCase")]
    Parked {
        /// The armed webhook.
        webhook_sid: Option<WebhookSid>,
    },
    /// The agent is out, but the customer had written what the agent had not seen: the conversation
    /// has been routed again.
    ParkedAndWoken,
    /// A new task has been made for the conversation.
    Routed,
    /// A task for it is open already; nothing was done.
    AlreadyRouted,
    /// An agent is in the conversation and nothing of the parking is left.
    Settled,
    /// What was missing of the parked state has come back.
    Restored,
    /// What was left of the parking is gone: the conversation is closed, or not parked.
    Removed,
    /// A part of what is parked has been looked over.
    #[serde(rename_all = "camelCase")]
    Reconciled {
        /// How many conversations and rows were looked at.
        looked_at: u32,
        /// What was not as it should be: the conversation, and what came of it.
        changed: Vec<Changed>,
        /// What to call again with, to look over the rest. Absent: that was all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    },
    /// A customer's message is unheard and the last invite ended at once: the next one follows a little later.
    Waiting,
    /// Nothing had to be done: the message was not the customer's, or the conversation is not parked.
    Ignored,
    /// Nothing was changed; `refusal` says why.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The same in words, for an engineer.
        message: String,
    },
}

#[cfg(feature = "functions")]
impl Reply {
    /// Its name on the wire; of a refusal, that of its kind.
    #[must_use]
    pub fn name(&self) -> String {
        let value = match self {
            Self::Refused { refusal, .. } => serde_json::to_value(refusal),
            reply => serde_json::to_value(reply),
        };
        let value = value.unwrap_or_default();
        ["outcome", "kind"]
            .iter()
            .find_map(|tag| value.get(tag)?.as_str())
            .unwrap_or("unknown")
            .to_owned()
    }
}

/// A conversation that was not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// What came of it: the name of the reply or refusal.
    pub outcome: String,
}

/// Why an operation was not done. Nothing has changed when one is answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Refusal {
    /// A field is missing or malformed.
    BadRequest {
        /// The field's name.
        field: String,
    },
    /// The Flex token is missing, expired or not valid.
    InvalidToken,
    /// The caller may not do this to this conversation.
    NotAllowed,
    /// The task is not a conversation-based messaging task, or not for this conversation.
    NotParkable,
    /// The conversation is closed.
    ConversationClosed,
    /// More than one agent is in the conversation, or another one is being invited.
    SeveralAgents,
    /// The parked state does not fit beside the conversation's other attributes (16 KB in all).
    TooLarge,
    /// The conversation has five webhooks already.
    TooManyWebhooks,
    /// The conversation is not parked.
    NotParked,
    /// Another park or resume of this conversation is under way.
    Busy,
    /// The agent who wants the conversation is in an activity in which they take no tasks.
    Away,
    /// The agent who wants the conversation has no room for another one.
    Full,
    /// The Functions' environment lacks something or names something that is not there.
    Misconfigured {
        /// The environment variable.
        field: String,
    },
    /// Twilio refused for good: trying again does not help.
    TwilioRefused {
        /// Twilio's error code.
        code: u32,
    },
    /// Twilio did not answer, or answered with an error that passes.
    TwilioUnavailable,
}

impl Refusal {
    /// The HTTP status that goes with it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::BadRequest { .. } => 400,
            Self::InvalidToken => 401,
            Self::NotAllowed => 403,
            Self::NotParked => 404,
            Self::Busy | Self::SeveralAgents | Self::NotParkable | Self::Away | Self::Full => 409,
            Self::ConversationClosed => 410,
            Self::TooLarge | Self::TooManyWebhooks => 422,
            Self::Misconfigured { .. } => 500,
            Self::TwilioRefused { .. } => 502,
            Self::TwilioUnavailable => 503,
        }
    }
}
