//! The reason and the note of a park: a Sync item, because a customer's web chat can read a conversation's attributes.
//!
//! Every agent's browser can write Sync items, so both texts are data for people and decide nothing. The last message goes into the
//! row with them, and not into the item.

use crate::attributes::Attributes;
use crate::last_line::{BY_AGENT, BY_CUSTOMER};
use crate::request::{Appointment, ParkTarget, LONGEST_NOTE, LONGEST_REASON};
use crate::row_data::LastMessage;
use crate::sid::ConversationSid;
use crate::sync_name::MapName;
use crate::twilio::calls::{DeleteItem, FetchItem, Item};
use crate::twilio::time::Millis;

/// The time for which Sync keeps a note at least, in seconds: 181 days, longer than a conversation's channel.
const TTL_SECONDS: u32 = 181 * 24 * 60 * 60;

/// The texts that an agent has left with a park.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ParkNote {
    /// The reason, from the owner's list.
    pub reason: Option<String>,
    /// The note.
    pub note: Option<String>,
    /// The last message of the conversation, for the row only.
    pub last: LastMessage<Millis>,
}

impl ParkNote {
    /// Returns the texts of a request.
    #[must_use]
    pub fn of(appointment: &Appointment) -> Self {
        Self {
            reason: appointment.reason.clone(),
            note: appointment.note.clone(),
            last: LastMessage::default(),
        }
    }

    /// Reads the data of an item. A text that is damaged or too long counts as missing.
    #[must_use]
    pub fn read(data: &str) -> Self {
        let data = Attributes::parse(data).unwrap_or_default();
        let text = |key: &str, most: usize| {
            let text = data.text_at(key)?;
            let fits = !text.is_empty() && text.chars().count() <= most;
            fits.then_some(text)
        };
        Self {
            reason: text("reason", LONGEST_REASON),
            note: text("note", LONGEST_NOTE),
            last: LastMessage::default(),
        }
    }

    /// Returns true if there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reason.is_none() && self.note.is_none()
    }

    /// Writes the texts into an object. A missing one is left out.
    pub fn write(&self, object: &mut Attributes) {
        for (key, text) in [("reason", &self.reason), ("note", &self.note)] {
            if let Some(text) = text {
                object.set(key, text);
            }
        }
    }

    /// Returns the item of a conversation's note.
    #[must_use]
    pub fn item(&self, conversation: &ConversationSid) -> Item {
        let mut data = Attributes::default();
        self.write(&mut data);
        Item {
            map: MapName::notes(conversation),
            key: conversation.clone(),
            data: data.text(),
            ttl_seconds: TTL_SECONDS,
        }
    }
}

/// Returns the last message on the agent's screen, for the row.
#[must_use]
pub fn last_message(target: &ParkTarget) -> LastMessage<Millis> {
    let is_agents = target.last_line_by.as_deref() == Some(BY_AGENT);
    let by = if is_agents { BY_AGENT } else { BY_CUSTOMER };
    LastMessage {
        line: target.last_line.clone(),
        by: target.last_line_by.as_ref().map(|_| by.into()),
        customer_wrote_at: target
            .customer_wrote_at
            .map(|seconds| u64::from(seconds) * 1_000),
        unread: None,
    }
}

/// Returns the call that reads a conversation's note.
#[must_use]
pub fn fetch(conversation: &ConversationSid) -> FetchItem {
    FetchItem {
        map: MapName::notes(conversation),
        key: conversation.clone(),
    }
}

/// Returns the call that deletes a conversation's note.
#[must_use]
pub fn delete(conversation: &ConversationSid) -> DeleteItem {
    DeleteItem {
        map: MapName::notes(conversation),
        key: conversation.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let note = ParkNote {
            reason: Some("Order number".into()),
            note: Some("Tonight, \"after 8\"".into()),
            ..ParkNote::default()
        };
        let item = note.item(&ConversationSid::example());
        assert_eq!(ParkNote::read(&item.data), note);
    }

    #[test]
    fn a_damaged_or_oversized_text_counts_as_missing() {
        let long = "x".repeat(LONGEST_NOTE + 1);
        for data in [
            "[]",
            "{",
            r#"{"reason":3,"note":[]}"#,
            r#"{"reason":"","note":null}"#,
            &format!(r#"{{"note":"{long}"}}"#),
        ] {
            assert!(ParkNote::read(data).is_empty(), "{data}");
        }
    }
}
