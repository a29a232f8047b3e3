//! Twilio's string identifiers as types, so that one cannot be taken for another.
//!
//! Source: <https://www.twilio.com/docs/glossary/what-is-a-sid>: two letters that name the kind,
//! then 32 hexadecimal digits.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Why a text is not the SID that it should be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InvalidSid {
    /// The two letters that the SID should start with.
    pub prefix: &'static str,
}

impl fmt::Display for InvalidSid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected `{}` followed by 32 hexadecimal digits",
            self.prefix
        )
    }
}

impl std::error::Error for InvalidSid {}

fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A segment of an address: a SID, or a name that is made from SIDs.
///
/// Only types of this crate implement it, so that a text cannot become a part of a path.
pub trait Identifier: sealed::Sealed {
    /// Returns the segment.
    fn as_segment(&self) -> &str;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

macro_rules! sids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The two letters that every such SID starts with.
            pub const PREFIX: &'static str = $prefix;

            /// Takes `text` for a SID of this kind, or says what was expected.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidSid> {
                let text = text.into();
                if is_sid(&text, Self::PREFIX) {
                    Ok(Self(text))
                } else {
                    Err(InvalidSid { prefix: Self::PREFIX })
                }
            }

            /// Some SID of this kind, for tests.
            #[cfg(test)]
            #[allow(dead_code, reason = "not every kind is needed")]
            pub(crate) fn example() -> Self {
                Self(example(Self::PREFIX))
            }

            /// The SID as Twilio writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl sealed::Sealed for $name {}

        impl Identifier for $name {
            fn as_segment(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

sids! {
    /// A Twilio account.
    AccountSid = "AC";
    /// A conversation, Twilio's container of messages.
    ConversationSid = "CH";
    /// A Flex interaction, which holds the channels of one customer's contact.
    InteractionSid = "KD";
    /// A channel of an interaction.
    ChannelSid = "UO";
    /// A participant of an interaction channel.
    ParticipantSid = "UT";
    /// An invite to an interaction channel; it makes a task.
    InviteSid = "KG";
    /// A participant of a conversation.
    ConversationParticipantSid = "MB";
    /// A `TaskRouter` task.
    TaskSid = "WT";
    /// A `TaskRouter` workflow.
    WorkflowSid = "WW";
    /// A `TaskRouter` task queue.
    QueueSid = "WQ";
    /// A `TaskRouter` worker: a Flex agent.
    WorkerSid = "WK";
    /// A `TaskRouter` workspace.
    WorkspaceSid = "WS";
    /// A message of a conversation.
    MessageSid = "IM";
    /// A webhook of one conversation.
    WebhookSid = "WH";
    /// A Studio flow.
    FlowSid = "FW";
    /// A Sync service.
    SyncServiceSid = "IS";
    /// A Sync map.
    MapSid = "MP";
}

/// The text of some SID of a kind, for tests.
#[cfg(test)]
pub(crate) fn example(prefix: &str) -> String {
    format!("{prefix}{}", "a".repeat(32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_of_the_right_kind_is_taken() {
        let text = "CH00000000000000000000000000000001";
        assert_eq!(
            ConversationSid::parse(text).map(|s| s.to_string()),
            Ok(text.into())
        );
    }

    #[test]
    fn another_prefix_a_path_and_a_wrong_length_are_refused() {
        for text in [
            "",
            "CH",
            "UO00000000000000000000000000000001",
            "CH0000000000000000000000000000001",
            "CH000000000000000000000000000000011",
            "CH/../Services/ISaaaaaaaaaaaaaaaaaa",
            "CHzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        ] {
            assert!(ConversationSid::parse(text).is_err(), "`{text}` was taken");
        }
    }
}
