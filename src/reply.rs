//! What the Functions answer: the same types write it and read it.

use serde::{Deserialize, Serialize};

use crate::sid::WebhookSid;

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
    /// The Functions' environment lacks something or names something that is not there.
    Misconfigured {
        /// The environment variable.
        field: String,
    },
    /// Twilio did not answer, or answered with an error.
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
            Self::Busy | Self::SeveralAgents | Self::NotParkable => 409,
            Self::ConversationClosed => 410,
            Self::TooLarge | Self::TooManyWebhooks => 422,
            Self::Misconfigured { .. } => 500,
            Self::TwilioUnavailable => 503,
        }
    }
}
