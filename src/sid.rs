//! Twilio's string identifiers (SIDs) as types, so that two kinds cannot be mixed up.
//!
//! A SID has two letters for its kind, and then 32 hexadecimal digits.
//! Source: <https://www.twilio.com/docs/glossary/what-is-a-sid>

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// An error for a text that is no SID of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InvalidSid {
    /// The expected first two letters.
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
            /// The first two letters.
            pub const PREFIX: &'static str = $prefix;

            /// Parses a SID of this kind.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidSid> {
                let text = text.into();
                if is_sid(&text, Self::PREFIX) {
                    Ok(Self(text))
                } else {
                    Err(InvalidSid { prefix: Self::PREFIX })
                }
            }

            /// Returns an example SID, for tests.
            #[cfg(test)]
            #[allow(dead_code, reason = "not every kind is needed")]
            pub(crate) fn example() -> Self {
                Self(example(Self::PREFIX))
            }

            /// Returns the SID as text.
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
    /// A conversation.
    ConversationSid = "CH";
    /// A Flex interaction, which has the channels of one contact of a customer.
    InteractionSid = "KD";
    /// A channel of an interaction.
    ChannelSid = "UO";
    /// A participant of an interaction channel.
    ParticipantSid = "UT";
    /// An invite into an interaction channel, which creates a task.
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
    /// A content template.
    ContentSid = "HX";
    /// A webhook of one conversation.
    WebhookSid = "WH";
    /// A Studio flow.
    FlowSid = "FW";
    /// A Sync service.
    SyncServiceSid = "IS";
    /// A Sync map.
    MapSid = "MP";
    /// A Sync document.
    DocumentSid = "ET";
}

/// Returns the text of an example SID, for tests.
#[cfg(test)]
pub(crate) fn example(prefix: &str) -> String {
    format!("{prefix}{}", "a".repeat(32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_of_the_right_kind_is_parsed() {
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
            assert!(
                ConversationSid::parse(text).is_err(),
                "`{text}` was accepted"
            );
        }
    }
}
