//! Twilio Conversations: conversations with their participants, messages, webhooks and timers.

pub mod browser;
pub mod events;
mod media;
mod messages;
mod participants;
pub mod rest;
#[cfg(test)]
mod tests;
mod timers;
mod users;
mod webhooks;

pub use media::{AllMedia, Media, NewMedia};
pub use messages::{Message, MessageChange, NewMessage, Source};
pub use participants::{Binding, Horizon, NewParticipant, Participant, ParticipantChange};
pub use timers::{TimerChange, Timers, TimersChange};
pub use users::User;
pub use webhooks::{Webhook, WebhookConfiguration};

use jiff::Timestamp;
use serde::Serialize;

use crate::http::surrogates;
use crate::readings::{number, ClosedUpdate};
use crate::world::error::{Error, Result};
use crate::world::event::WorldEvent;
use crate::world::sids::Sid;
use crate::world::World;
use events::ConversationEvent;

/// The maximum size of a conversation's attributes, in bytes.
const MAX_ATTRIBUTES_BYTES: usize = 16 * 1024;
/// The maximum size of a message's or participant's attributes, in bytes.
const MAX_SMALL_ATTRIBUTES_BYTES: usize = 4 * 1024;

/// A conversation.
#[derive(Debug, Clone, Serialize)]
pub struct Conversation {
    /// `CH…`
    pub sid: Sid,
    pub unique_name: Option<String>,
    pub friendly_name: Option<String>,
    /// A JSON text.
    pub attributes: String,
    pub state: ConversationState,
    pub timers: Timers,
    /// The Messaging Service of its text messages, `MG…`.
    pub messaging_service_sid: Sid,
    /// In order of joining.
    pub participants: Vec<Participant>,
    /// In order of their indexes.
    pub messages: Vec<Message>,
    pub webhooks: Vec<Webhook>,
    /// The index of the next message. Removed messages do not free theirs.
    pub next_index: u32,
    /// The creator: an identity, or `system`.
    pub created_by: String,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// The state of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ConversationState {
    Active,
    /// Without activity; the next message makes it active.
    Inactive,
    /// Closed for ever.
    Closed,
}

impl ConversationState {
    /// Returns the state with this name of Twilio.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "active" => Some(Self::Active),
            "inactive" => Some(Self::Inactive),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }

    /// Returns Twilio's name for the state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Closed => "closed",
        }
    }
}

/// A conversation to create.
#[derive(Debug, Clone, Default)]
pub struct NewConversation {
    pub unique_name: Option<String>,
    pub friendly_name: Option<String>,
    /// Defaults to `{}`.
    pub attributes: Option<String>,
    /// Defaults to active.
    pub state: Option<ConversationState>,
    pub timers: TimersChange,
    /// Defaults to the account's.
    pub messaging_service_sid: Option<Sid>,
    /// Defaults to `system`.
    pub created_by: Option<String>,
}

/// A change to a conversation; `None` keeps a field.
#[derive(Debug, Clone, Default)]
pub struct ConversationChange {
    /// The new attributes, which replace the old ones.
    pub attributes: Option<String>,
    pub friendly_name: Option<String>,
    /// An empty text removes it.
    pub unique_name: Option<String>,
    pub state: Option<ConversationState>,
    pub timers: TimersChange,
}

impl World {
    /// Returns the conversation with this SID or unique name.
    pub fn conversation(&self, name: &str) -> Result<&Conversation> {
        self.conversations
            .get(name)
            .or_else(|| {
                self.conversations
                    .values()
                    .find(|c| c.unique_name.as_deref() == Some(name))
            })
            .ok_or_else(|| Error::NotFound(format!("/Conversations/{name}")))
    }

    /// Returns all conversations in which this chat identity is a participant.
    #[must_use]
    pub fn conversations_of(&self, identity: &str) -> Vec<&Conversation> {
        self.conversations
            .values()
            .filter(|c| c.participant_with_identity(identity).is_some())
            .collect()
    }

    /// Creates a conversation.
    pub fn create_conversation(&mut self, new: NewConversation) -> Result<Conversation> {
        let attributes = attributes_or_empty(new.attributes, MAX_ATTRIBUTES_BYTES)?;
        if let Some(name) = &new.unique_name {
            self.unique_name_is_free(name)?;
        }
        let now = self.now();
        let mut timers = Timers::new(now);
        timers.apply(&new.timers, now, self.readings.longest_timer)?;
        let conversation = Conversation {
            sid: self.sids.next("CH"),
            unique_name: new.unique_name,
            friendly_name: new.friendly_name,
            attributes,
            state: new.state.unwrap_or(ConversationState::Active),
            timers,
            messaging_service_sid: new
                .messaging_service_sid
                .unwrap_or_else(|| self.messaging_service_sid.clone()),
            participants: Vec::new(),
            messages: Vec::new(),
            webhooks: Vec::new(),
            next_index: 0,
            created_by: new.created_by.unwrap_or_else(|| "system".into()),
            date_created: now,
            date_updated: now,
        };
        self.conversations
            .insert(conversation.sid.clone(), conversation.clone());
        self.emit(WorldEvent::Changed);
        Ok(conversation)
    }

    /// Changes a conversation. `webhooks` is true if webhooks receive the change.
    pub fn update_conversation(
        &mut self,
        name: &str,
        change: ConversationChange,
        webhooks: bool,
    ) -> Result<Conversation> {
        let found = self.conversation(name)?;
        let (sid, from) = (found.sid.clone(), found.state);
        let allowed = self.readings.closed_update == ClosedUpdate::Allowed;
        let reopens = change
            .state
            .is_some_and(|to| to != ConversationState::Closed);
        if from == ConversationState::Closed && (reopens || !allowed) {
            return Err(self.closed());
        }
        let attributes = change
            .attributes
            .map(|text| checked_attributes(text, MAX_ATTRIBUTES_BYTES))
            .transpose()?;
        if let Some(name) = change
            .unique_name
            .as_ref()
            .filter(|name| !name.is_empty() && found.unique_name.as_ref() != Some(*name))
        {
            self.unique_name_is_free(name)?;
        }
        let now = self.now();
        let mut timers = found.timers.clone();
        timers.apply(&change.timers, now, self.readings.longest_timer)?;
        let conversation = self.conversation_mut(&sid)?;
        conversation.timers = timers;
        if let Some(attributes) = attributes {
            conversation.attributes = attributes;
        }
        if let Some(name) = change.friendly_name {
            conversation.friendly_name = Some(name);
        }
        if let Some(name) = change.unique_name {
            conversation.unique_name = Some(name).filter(|name| !name.is_empty());
        }
        conversation.date_updated = now;
        let updated = match change.state {
            Some(to) if to != from => self.move_conversation(&sid, to, "API", webhooks)?,
            _ => {
                let updated = conversation.clone();
                self.emit(WorldEvent::Changed);
                updated
            }
        };
        if webhooks {
            self.fire(&updated.sid, &ConversationEvent::ConversationUpdated);
        }
        Ok(updated)
    }

    /// Moves a conversation to another state. `reason` is `API`, `TIMER` or `EVENT`.
    pub fn move_conversation(
        &mut self,
        sid: &str,
        to: ConversationState,
        reason: &'static str,
        webhooks: bool,
    ) -> Result<Conversation> {
        let now = self.now();
        let conversation = self.conversation_mut(sid)?;
        let from = std::mem::replace(&mut conversation.state, to);
        conversation.date_updated = now;
        conversation.timers.state_changed = now;
        let moved = conversation.clone();
        self.emit(WorldEvent::Changed);
        if webhooks {
            self.fire(sid, &ConversationEvent::StateUpdated { from, to, reason });
        }
        self.stream_state(&moved, from, reason);
        if to == ConversationState::Closed {
            self.end_tasks_of_closed_conversation(sid)?;
        }
        Ok(moved)
    }

    /// Writes a conversation's attributes without validation: the text may be invalid JSON.
    pub fn write_raw_attributes(&mut self, name: &str, attributes: String) -> Result<()> {
        let sid = self.conversation(name)?.sid.clone();
        let now = self.now();
        let conversation = self.conversation_mut(&sid)?;
        conversation.attributes = attributes;
        conversation.date_updated = now;
        self.emit(WorldEvent::Changed);
        Ok(())
    }

    /// Deletes a conversation.
    pub fn remove_conversation(&mut self, name: &str, webhooks: bool) -> Result<()> {
        let sid = self.conversation(name)?.sid.clone();
        if webhooks {
            self.fire(&sid, &ConversationEvent::ConversationRemoved);
        }
        self.conversations.remove(&sid);
        self.emit(WorldEvent::Changed);
        Ok(())
    }

    /// Returns the error of a write to a closed conversation.
    pub(crate) fn closed(&self) -> Error {
        Error::Closed {
            status: number(self.readings.closed_status.name(), 400),
            code: number(self.readings.closed_code.name(), 50_377),
        }
    }

    fn unique_name_is_free(&self, name: &str) -> Result<()> {
        match self.conversation(name) {
            Ok(_) => Err(Error::ConversationExists),
            Err(_) => Ok(()),
        }
    }

    fn conversation_mut(&mut self, sid: &str) -> Result<&mut Conversation> {
        self.conversations
            .get_mut(sid)
            .ok_or_else(|| Error::NotFound(format!("/Conversations/{sid}")))
    }
}

/// Returns `text` if it is JSON of at most `most` bytes.
fn checked_attributes(text: String, most: usize) -> Result<String> {
    if text.len() > most {
        return Err(Error::Attributes(format!(
            "Attributes too long, at most {most} bytes are allowed"
        )));
    }
    match serde_json::from_str::<serde_json::Value>(&surrogates::hide(&text)) {
        Ok(_) => Ok(text),
        Err(_) => Err(Error::Attributes(
            "Attributes not valid, expected a JSON text".into(),
        )),
    }
}

fn attributes_or_empty(text: Option<String>, most: usize) -> Result<String> {
    text.map_or_else(|| Ok("{}".into()), |text| checked_attributes(text, most))
}
