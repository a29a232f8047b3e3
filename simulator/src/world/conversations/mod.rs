//! Conversations with their participants, messages and webhooks.

mod media;
mod messages;
mod participants;
mod timers;
mod webhooks;

pub use media::{AllMedia, Media, NewMedia};
pub use messages::{Message, MessageChange, Post, Source};
pub use participants::{Binding, Horizon, NewParticipant, Participant, ParticipantChange};
pub use timers::{TimerChange, Timers, TimersChange};
pub use webhooks::{Configuration, Webhook};

use jiff::Timestamp;
use serde::Serialize;

use super::error::{Error, Result};
use super::event::Event;
use super::hooks::Hook;
use super::sids::Sid;
use super::World;
use crate::readings::ClosedUpdate;
use crate::surrogates;

/// The most bytes of a conversation's attributes.
const MAX_ATTRIBUTES: usize = 16 * 1024;
/// The most bytes of a message's or participant's attributes.
const MAX_SMALL_ATTRIBUTES: usize = 4 * 1024;

/// A container of messages between people.
#[derive(Debug, Clone, Serialize)]
pub struct Conversation {
    /// `CH…`
    pub sid: Sid,
    /// Another name to find it by.
    pub unique_name: Option<String>,
    /// What people see.
    pub friendly_name: Option<String>,
    /// A JSON text.
    pub attributes: String,
    /// Whether it can still be written to.
    pub state: State,
    /// When it becomes inactive and when it is closed, if nothing happens.
    pub timers: Timers,
    /// The Messaging Service, where one was given.
    pub messaging_service_sid: Option<Sid>,
    /// Who is in it, in order of joining.
    pub participants: Vec<Participant>,
    /// What was written, in order.
    pub messages: Vec<Message>,
    /// Who is told of what happens in it.
    pub webhooks: Vec<Webhook>,
    /// The index that the next message gets: deleting a message does not free its index.
    pub next_index: u32,
    /// Who made it: an identity, or `system`.
    pub created_by: String,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// A conversation's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In use.
    Active,
    /// Asleep; a message wakes it.
    Inactive,
    /// Ended for good.
    Closed,
}

impl State {
    /// The state that Twilio calls `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "active" => Some(Self::Active),
            "inactive" => Some(Self::Inactive),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }

    /// Twilio's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Closed => "closed",
        }
    }
}

/// What is needed to make a conversation.
#[derive(Debug, Clone, Default)]
pub struct NewConversation {
    /// See [`Conversation`].
    pub unique_name: Option<String>,
    /// See [`Conversation`].
    pub friendly_name: Option<String>,
    /// See [`Conversation`]; `{}` when not given.
    pub attributes: Option<String>,
    /// See [`Conversation`]; active when not given.
    pub state: Option<State>,
    /// The timers to set.
    pub timers: TimersChange,
    /// See [`Conversation`].
    pub messaging_service_sid: Option<Sid>,
    /// See [`Conversation`]; `system` when not given.
    pub created_by: Option<String>,
}

/// What may change in a conversation; `None` leaves a thing alone.
#[derive(Debug, Clone, Default)]
pub struct ConversationChange {
    /// Replaces the attributes whole.
    pub attributes: Option<String>,
    /// See [`Conversation`].
    pub friendly_name: Option<String>,
    /// See [`Conversation`]; an empty text takes it away.
    pub unique_name: Option<String>,
    /// The state to move to.
    pub state: Option<State>,
    /// The timers to set or to take away.
    pub timers: TimersChange,
}

impl World {
    /// The conversation with this SID or unique name.
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

    /// All conversations that somebody with this chat identity is in.
    #[must_use]
    pub fn conversations_of(&self, identity: &str) -> Vec<&Conversation> {
        self.conversations
            .values()
            .filter(|c| c.participant_with_identity(identity).is_some())
            .collect()
    }

    /// Makes a conversation.
    pub fn create_conversation(&mut self, new: NewConversation) -> Result<Conversation> {
        let attributes = attributes_or_empty(new.attributes, MAX_ATTRIBUTES)?;
        if let Some(name) = &new.unique_name {
            self.unique_name_is_free(name)?;
        }
        let now = self.now();
        let mut timers = Timers::starting_at(now);
        timers.apply(&new.timers, now, self.readings.longest_timer)?;
        let conversation = Conversation {
            sid: self.sids.next("CH"),
            unique_name: new.unique_name,
            friendly_name: new.friendly_name,
            attributes,
            state: new.state.unwrap_or(State::Active),
            timers,
            messaging_service_sid: new.messaging_service_sid,
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
        self.emit(Event::Changed);
        Ok(conversation)
    }

    /// Changes a conversation. `webhooks` says whether webhooks hear of it.
    pub fn update_conversation(
        &mut self,
        name: &str,
        change: ConversationChange,
        webhooks: bool,
    ) -> Result<Conversation> {
        let found = self.conversation(name)?;
        let (sid, from) = (found.sid.clone(), found.state);
        let allowed = self.readings.closed_update == ClosedUpdate::Allowed;
        let reopens = change.state.is_some_and(|to| to != State::Closed);
        if from == State::Closed && (reopens || !allowed) {
            return Err(self.closed());
        }
        let attributes = change
            .attributes
            .map(|text| checked_attributes(text, MAX_ATTRIBUTES))
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
                self.emit(Event::Changed);
                updated
            }
        };
        if webhooks {
            self.fire(&updated.sid, &Hook::ConversationUpdated);
        }
        Ok(updated)
    }

    /// Moves a conversation to another state; `reason` is `API`, `TIMER` or `EVENT`.
    pub fn move_conversation(
        &mut self,
        sid: &str,
        to: State,
        reason: &'static str,
        webhooks: bool,
    ) -> Result<Conversation> {
        let now = self.now();
        let conversation = self.conversation_mut(sid)?;
        let from = std::mem::replace(&mut conversation.state, to);
        conversation.date_updated = now;
        conversation.timers.state_changed = now;
        let moved = conversation.clone();
        self.emit(Event::Changed);
        if webhooks {
            self.fire(sid, &Hook::StateUpdated { from, to, reason });
        }
        if to == State::Closed {
            self.conversation_was_closed(sid)?;
        }
        Ok(moved)
    }

    /// Writes a conversation's attributes as they are given, even if they are not JSON.
    pub fn write_raw_attributes(&mut self, name: &str, attributes: String) -> Result<()> {
        let sid = self.conversation(name)?.sid.clone();
        let now = self.now();
        let conversation = self.conversation_mut(&sid)?;
        conversation.attributes = attributes;
        conversation.date_updated = now;
        self.emit(Event::Changed);
        Ok(())
    }

    /// Deletes a conversation.
    pub fn remove_conversation(&mut self, name: &str, webhooks: bool) -> Result<()> {
        let sid = self.conversation(name)?.sid.clone();
        if webhooks {
            self.fire(&sid, &Hook::ConversationRemoved);
        }
        self.conversations.remove(&sid);
        self.emit(Event::Changed);
        Ok(())
    }

    /// Returns the refusal of a write to a closed conversation.
    pub(super) fn closed(&self) -> Error {
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

/// Reads the name of a reading's value that is a number.
pub(super) fn number<N: std::str::FromStr>(name: &str, otherwise: N) -> N {
    name.parse().unwrap_or(otherwise)
}

/// Checks that `text` is JSON and of at most `most` bytes.
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
