//! The answers of the Functions: the same types write and read them.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::refusal::{Refusal, RefusalName};
use crate::sid::{ConversationSid, WebhookSid, WorkerSid};

/// Declares each reply without data once: its variant, and its name on the wire.
macro_rules! replies {
    ($($(#[doc = $doc:literal])+ $Reply:ident = $name:literal;)*) => {
        /// The body of every answer of the Functions.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(tag = "outcome", rename_all = "camelCase")]
        pub enum Reply {
            /// The agent is out and the conversation waits for the customer.
            #[serde(rename_all = "camelCase")]
            Parked {
                /// The armed webhook.
                webhook_sid: Option<WebhookSid>,
                /// The time of the appointment that stands, in seconds since 1970. A repeated click may have asked for another
                /// one. Absent where only a message brings the conversation back.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                until: Option<u32>,
                /// True if the first message before that time waits.
                #[serde(default, skip_serializing_if = "is_false")]
                keep_time: bool,
            },
            /// A part of the parked conversations has been reconciled or released.
            #[serde(rename_all = "camelCase")]
            Reconciled {
                /// The number of conversations and rows in this part.
                looked_at: u32,
                /// The conversations for which there was something to do.
                changed: Vec<Changed>,
                /// The parameter `next` of the call for the next part. Absent: this was the last part.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                next: Option<String>,
            },
            /// The agents whose parked conversations the caller may see.
            #[serde(rename_all = "camelCase")]
            Team {
                /// The extent of what the caller sees.
                sees: Sees,
                /// The agents of this part, by name.
                agents: Vec<TeamAgent>,
                /// The parameter `next` of the call for the next part. Absent: this was the last part.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                next: Option<String>,
            },
            /// The room that agents have for conversations.
            Room {
                /// The agents of the request that the caller may see.
                rooms: Vec<AgentRoom>,
            },
            /// Nothing was changed; `refusal` says why.
            Refused {
                /// The reason.
                refusal: Refusal,
                /// The same in words, for an engineer.
                message: String,
            },
            $($(#[doc = $doc])+ #[serde(rename = $name)] $Reply,)*
        }

        impl Reply {
            /// Returns the reply without data that has this name.
            #[must_use]
            pub fn without_data(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$Reply),)*
                    _ => None,
                }
            }

            /// Returns the reply's name, or that of its refusal.
            #[must_use]
            pub fn name(&self) -> OutcomeName {
                OutcomeName::Replied(match self {
                    Self::Refused { refusal, .. } => return OutcomeName::Refused(refusal.name()),
                    Self::Parked { .. } => ReplyName::Parked,
                    Self::Reconciled { .. } => ReplyName::Reconciled,
                    Self::Team { .. } => ReplyName::Team,
                    Self::Room { .. } => ReplyName::Room,
                    $(Self::$Reply => ReplyName::$Reply,)*
                })
            }

            /// Every reply, with some data where it has any.
            #[cfg(test)]
            pub(crate) fn examples() -> Vec<Self> {
                let message = "in words".to_owned();
                let refused = |refusal| Self::Refused { refusal, message: message.clone() };
                let mut all: Vec<Self> = Refusal::examples().into_iter().map(refused).collect();
                all.extend([
                    Self::Parked { webhook_sid: None, until: None, keep_time: false },
                    Self::Parked {
                        webhook_sid: Some(WebhookSid::example()),
                        until: Some(1_790_000_000),
                        keep_time: true,
                    },
                    Self::Reconciled { looked_at: 0, changed: Vec::new(), next: None },
                    Self::Team { sees: Sees::All, agents: vec![TeamAgent::example()], next: None },
                    Self::Team { sees: Sees::Team, agents: Vec::new(), next: Some("Page=1".into()) },
                    Self::Room {
                        rooms: vec![AgentRoom { worker_sid: WorkerSid::example(), free: 2, capacity: 3 }],
                    },
                    $(Self::$Reply,)*
                ]);
                all
            }
        }

        /// The name of a reply that is no refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum ReplyName {
            /// See [`Reply::Parked`].
            Parked,
            /// See [`Reply::Reconciled`].
            Reconciled,
            /// See [`Reply::Team`].
            Team,
            /// See [`Reply::Room`].
            Room,
            $($(#[doc = $doc])+ #[serde(rename = $name)] $Reply,)*
        }

        impl ReplyName {
            /// Returns the name as it stands on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    Self::Parked => "parked",
                    Self::Reconciled => "reconciled",
                    Self::Team => "team",
                    Self::Room => "room",
                    $(Self::$Reply => $name,)*
                }
            }
        }
    };
}

replies! {
    /// The agent is out, but had not seen a message of the customer: the conversation has been routed again.
    ParkedAndWoken = "parkedAndWoken";
    /// A new task has been made for the conversation.
    Routed = "routed";
    /// A task for it is open already; nothing was done.
    AlreadyRouted = "alreadyRouted";
    /// An agent is in the conversation and nothing of the parking is left.
    Settled = "settled";
    /// The missing parts of the parked state have come back.
    Restored = "restored";
    /// The rest of the parking is gone: the conversation is closed, or not parked.
    Removed = "removed";
    /// A customer's message is unheard and the last invite ended at once: the next one follows a little later.
    Waiting = "waiting";
    /// The customer's message waits, because the agent has kept the time of the appointment.
    Kept = "kept";
    /// The longest wait of the parked conversation has begun again.
    Extended = "extended";
    /// The parked conversation belongs to another agent, and is in their list.
    Given = "given";
    /// Time or reason of the parked conversation have changed.
    Changed = "changed";
    /// The Function is awake and knows the caller. Nothing was changed.
    Ready = "ready";
    /// The caller may read their list in Sync.
    Allowed = "allowed";
    /// The conversation is closed for good, because an agent has ended it.
    Ended = "ended";
    /// As `ended`, but the customer wrote at the same moment, and no agent has seen that message.
    EndedUnheard = "endedUnheard";
    /// The conversation was not ended: the customer has written, and the agent had not seen it. It is routed as after any message.
    CustomerWrote = "customerWrote";
    /// Nothing had to be done: the message was not the customer's, or the conversation is not parked.
    Ignored = "ignored";
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// The extent of what a supervisor sees: the owner's flag `supervisors_see`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sees {
    /// The conversations of all agents.
    All,
    /// The conversations of the agents of their own team.
    Team,
}

impl Sees {
    /// Reads a word of the flag or of an answer.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "all" => Some(Self::All),
            "team" => Some(Self::Team),
            _ => None,
        }
    }
}

/// An agent whose parked conversations the caller may see.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamAgent {
    /// The agent.
    pub worker_sid: WorkerSid,
    /// The agent's name for people.
    pub name: String,
    /// The name of the agent's team, or else its id. Empty: none.
    pub team: String,
    /// True if the agent is in the caller's own team.
    pub is_mine: bool,
    /// The name of the agent's activity.
    pub activity: String,
    /// True if the activity takes tasks.
    pub is_available: bool,
}

/// The room that an agent has on the task channel of chats.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentRoom {
    /// The agent.
    pub worker_sid: WorkerSid,
    /// The number of conversations that the agent can still take.
    pub free: u32,
    /// The most conversations at a time.
    pub capacity: u32,
}

#[cfg(test)]
impl TeamAgent {
    /// An agent, for tests.
    fn example() -> Self {
        Self {
            worker_sid: WorkerSid::example(),
            name: "Ada Agent".into(),
            team: "One".into(),
            is_mine: true,
            activity: "Available".into(),
            is_available: true,
        }
    }
}

/// The name of the outcome of an operation, for logs and lists: of its reply, or of its refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OutcomeName {
    /// It was done, or there was nothing to do.
    Replied(ReplyName),
    /// It was refused.
    Refused(RefusalName),
}

impl fmt::Display for OutcomeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Replied(reply) => reply.as_str(),
            Self::Refused(refusal) => refusal.as_str(),
        })
    }
}

/// A conversation for which there was something to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// The outcome for it.
    pub outcome: OutcomeName,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]

    use super::*;

    #[test]
    fn a_reply_has_one_name_everywhere() {
        for reply in Reply::examples() {
            let name = reply.name();
            let written = serde_json::to_value(&reply).unwrap();
            let on_the_wire = match &reply {
                Reply::Refused { .. } => written.pointer("/refusal/kind").unwrap(),
                _ => written.get("outcome").unwrap(),
            };
            assert_eq!(on_the_wire, &name.to_string());
            assert_eq!(serde_json::to_value(name).unwrap(), name.to_string());
            assert_eq!(serde_json::from_value::<Reply>(written).unwrap(), reply);
        }
    }

    #[test]
    fn the_name_of_a_refused_reply_is_that_of_its_refusal() {
        let refused = Reply::Refused {
            refusal: Refusal::Busy,
            message: String::new(),
        };
        assert_eq!(refused.name(), OutcomeName::Refused(RefusalName::Busy));
        let read: OutcomeName = serde_json::from_str("\"busy\"").unwrap();
        assert_eq!(read, refused.name());
        assert!(serde_json::from_str::<OutcomeName>("\"an error\"").is_err());
    }
}
