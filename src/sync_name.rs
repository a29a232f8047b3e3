//! The names of the Sync objects of parking, made from SIDs. The Functions write these objects, and the plugin reads
//! them.
//!
//! Sync allows 20 writes per second to one map. So each agent has a map of their own, and the conversations that wait
//! for an agent, and the notes of agents, are spread over [`WAITING_MAPS`] maps each.

use crate::sid::{sealed, ConversationSid, Identifier, WorkerSid};

const LIST: &str = "ParkedInteractions_";
const WAITING: &str = "ParkInteractionWaiting_";
#[cfg(feature = "functions")]
const NOTES: &str = "ParkInteractionNotes_";
#[cfg(feature = "functions")]
const CLAIM: &str = "ParkInteraction_";

/// The number of maps for the conversations that wait for an agent.
pub const WAITING_MAPS: u8 = 4;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl sealed::Sealed for $name {}

        impl Identifier for $name {
            fn as_segment(&self) -> &str {
                &self.0
            }
        }

        impl $name {
            /// Returns the name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

name! {
    /// The unique name of a Sync map.
    MapName
}

impl MapName {
    /// Returns the map of an agent's list.
    #[must_use]
    pub fn list_of(worker: &WorkerSid) -> Self {
        Self(format!("{LIST}{worker}"))
    }

    /// Returns the map of a conversation that waits for an agent.
    #[must_use]
    pub fn waiting(conversation: &ConversationSid) -> Self {
        Self(format!("{WAITING}{}", shard(conversation)))
    }

    /// Returns the map of the note that an agent has left with a conversation.
    #[cfg(feature = "functions")]
    #[must_use]
    pub fn notes(conversation: &ConversationSid) -> Self {
        Self(format!("{NOTES}{}", shard(conversation)))
    }

    /// Returns all maps of conversations that wait for an agent.
    pub fn all_waiting() -> impl Iterator<Item = Self> {
        (0..WAITING_MAPS).map(|number| Self(format!("{WAITING}{number}")))
    }
}

/// Returns the number of a conversation's map, of those over which conversations are spread.
fn shard(conversation: &ConversationSid) -> u32 {
    let last = conversation.as_str().bytes().last().unwrap_or_default();
    let digit = char::from(last).to_digit(16).unwrap_or_default();
    digit % u32::from(WAITING_MAPS)
}

/// Returns the worker whose list has this unique name, or `None` for any other map.
#[must_use]
pub fn worker_of_list(name: &str) -> Option<WorkerSid> {
    WorkerSid::parse(name.strip_prefix(LIST)?).ok()
}

/// Returns true if the keys of the map with this unique name are conversations.
#[cfg(feature = "functions")]
#[must_use]
pub fn holds_conversations(name: &str) -> bool {
    worker_of_list(name).is_some() || MapName::all_waiting().any(|map| map.as_str() == name)
}

#[cfg(feature = "functions")]
name! {
    /// The unique name of a Sync document.
    DocumentName
}

#[cfg(feature = "functions")]
impl DocumentName {
    /// Returns the document of the claim on a conversation.
    #[must_use]
    pub fn claim_on(conversation: &ConversationSid) -> Self {
        Self(format!("{CLAIM}{conversation}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_known_by_its_name() {
        let worker = WorkerSid::example();
        let map = MapName::list_of(&worker);
        assert_eq!(worker_of_list(map.as_str()), Some(worker));
        assert_eq!(worker_of_list("ParkedInteractions_../x"), None);
        assert_eq!(worker_of_list("Others"), None);
    }

    #[cfg(feature = "functions")]
    #[test]
    fn maps_of_conversations_are_known_by_their_names() {
        let list = MapName::list_of(&WorkerSid::example());
        let all = MapName::all_waiting().chain([list]);
        assert!(all.into_iter().all(|map| holds_conversations(map.as_str())));
        for other in ["Others", "ParkedInteractions_x", "ParkInteractionWaiting_x"] {
            assert!(!holds_conversations(other), "{other}");
        }
    }

    #[test]
    fn every_conversation_waits_in_one_of_the_maps() {
        for digit in "0123456789abcdefABCDEF".chars() {
            let sid = format!("CH{}{digit}", "0".repeat(31));
            let map = ConversationSid::parse(sid).map(|sid| MapName::waiting(&sid));
            assert!(map.is_ok_and(|map| MapName::all_waiting().any(|one| one == map)));
        }
    }
}
