//! The participants of a conversation: identities, addresses and read horizons.

use jiff::Timestamp;
use serde::Serialize;

use super::events::ConversationEvent;
use super::{
    attributes_or_empty, checked_attributes, Conversation, ConversationState,
    MAX_SMALL_ATTRIBUTES_BYTES,
};
use crate::world::error::{Error, Result};
use crate::world::event::WorldEvent;
use crate::world::sids::Sid;
use crate::world::World;

/// A participant.
#[derive(Debug, Clone, Serialize)]
pub struct Participant {
    /// `MB…`
    pub sid: Sid,
    /// The chat identity; `None` for participants with an address only.
    pub identity: Option<String>,
    /// The messaging address; `None` for participants in the chat only.
    pub binding: Option<Binding>,
    /// A JSON text.
    pub attributes: String,
    /// `RL…`
    pub role_sid: Sid,
    /// The index of the last message that the participant has read.
    pub last_read_message_index: Option<u32>,
    pub last_read_timestamp: Option<Timestamp>,
    /// `default` or `muted`.
    pub notification_level: String,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// An address on a messaging channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Binding {
    /// The channel type: `sms`, `whatsapp`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The participant's own address.
    pub address: String,
    /// The contact centre's address.
    pub proxy_address: String,
}

impl Binding {
    /// Returns the channel type of an address: its prefix before the colon, or `sms`.
    #[must_use]
    pub fn kind_of(address: &str) -> String {
        let kind = address.split_once(':').map_or("sms", |(kind, _)| kind);
        kind.to_owned()
    }
}

/// A participant to add.
#[derive(Debug, Clone, Default)]
pub struct NewParticipant {
    pub identity: Option<String>,
    pub binding: Option<Binding>,
    /// Defaults to `{}`.
    pub attributes: Option<String>,
}

/// A change of a read horizon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Horizon {
    #[default]
    Keep,
    /// Marks all messages as unread.
    Unread,
    /// Marks all messages up to this index as read.
    Read(u32),
}

/// A change to a participant; `None` keeps a field.
#[derive(Debug, Clone, Default)]
pub struct ParticipantChange {
    /// The new attributes, which replace the old ones.
    pub attributes: Option<String>,
    pub horizon: Horizon,
    pub notification_level: Option<String>,
}

impl Conversation {
    /// Returns the participant with this SID or chat identity.
    pub fn participant(&self, name: &str) -> Result<&Participant> {
        self.participants
            .iter()
            .find(|p| p.is(name))
            .ok_or_else(|| not_found(name))
    }

    /// Returns the participant who writes as `author`, an identity or an address.
    #[must_use]
    pub fn participant_writing_as(&self, author: &str) -> Option<&Participant> {
        self.participants.iter().find(|p| p.writes_as(author))
    }

    /// Returns the participant with this chat identity.
    #[must_use]
    pub fn participant_with_identity(&self, identity: &str) -> Option<&Participant> {
        self.participants
            .iter()
            .find(|p| p.identity.as_deref() == Some(identity))
    }
}

impl Participant {
    fn is(&self, name: &str) -> bool {
        self.sid == name || self.identity.as_deref() == Some(name)
    }

    fn writes_as(&self, author: &str) -> bool {
        self.identity.as_deref() == Some(author)
            || self.binding.as_ref().is_some_and(|b| b.address == author)
    }
}

impl World {
    /// Adds a participant to a conversation.
    pub fn add_participant(
        &mut self,
        conversation: &str,
        new: NewParticipant,
        webhooks: bool,
    ) -> Result<Participant> {
        let found = self.conversation(conversation)?;
        let sid = found.sid.clone();
        if found.state == ConversationState::Closed {
            return Err(self.closed());
        }
        if new.identity.is_none() && new.binding.is_none() {
            return Err(Error::Invalid {
                name: "Identity",
                expected: "an identity or a messaging binding".into(),
            });
        }
        let names = [
            new.identity.as_deref(),
            new.binding.as_ref().map(|b| b.address.as_str()),
        ];
        if names
            .into_iter()
            .flatten()
            .any(|name| found.participant_writing_as(name).is_some())
        {
            return Err(Error::ParticipantExists);
        }
        if let Some(taken) = new.binding.as_ref().and_then(|b| self.bound_elsewhere(b)) {
            return Err(Error::BindingTaken(taken));
        }
        let attributes = attributes_or_empty(new.attributes, MAX_SMALL_ATTRIBUTES_BYTES)?;
        if let Some(identity) = &new.identity {
            self.user(identity);
        }
        let now = self.now();
        let participant = Participant {
            sid: self.sids.next("MB"),
            identity: new.identity,
            binding: new.binding,
            attributes,
            role_sid: self.role_sid.clone(),
            last_read_message_index: None,
            last_read_timestamp: None,
            notification_level: "default".into(),
            date_created: now,
            date_updated: now,
        };
        self.conversation_mut(&sid)?
            .participants
            .push(participant.clone());
        self.emit(WorldEvent::Changed);
        if webhooks {
            self.fire(
                &sid,
                &ConversationEvent::ParticipantAdded(participant.clone()),
            );
        }
        Ok(participant)
    }

    /// Returns the open conversation that uses this pair of addresses; Twilio allows at most one.
    ///
    /// Source: <https://www.twilio.com/docs/api/errors/50416>.
    fn bound_elsewhere(&self, binding: &Binding) -> Option<Sid> {
        let is_bound = |conversation: &&Conversation| {
            let mut bindings = conversation
                .participants
                .iter()
                .filter_map(|p| p.binding.as_ref());
            conversation.state != ConversationState::Closed
                && bindings.any(|taken| {
                    taken.address == binding.address && taken.proxy_address == binding.proxy_address
                })
        };
        let taken = self.conversations.values().find(is_bound)?;
        Some(taken.sid.clone())
    }

    /// Signals to the other participants that a participant types.
    pub fn signal_typing(&mut self, conversation: &str, identity: &str) -> Result<()> {
        let found = self.conversation(conversation)?;
        if found.participant_with_identity(identity).is_none() {
            return Err(not_found(identity));
        }
        self.emit(WorldEvent::Typing {
            conversation_sid: found.sid.clone(),
            identity: identity.into(),
        });
        Ok(())
    }

    /// Changes a participant, named by SID or identity.
    pub fn update_participant(
        &mut self,
        conversation: &str,
        name: &str,
        change: ParticipantChange,
        webhooks: bool,
    ) -> Result<Participant> {
        let sid = self.conversation(conversation)?.sid.clone();
        let attributes = change
            .attributes
            .map(|text| checked_attributes(text, MAX_SMALL_ATTRIBUTES_BYTES))
            .transpose()?;
        let now = self.now();
        let participant = self
            .conversation_mut(&sid)?
            .participants
            .iter_mut()
            .find(|p| p.is(name))
            .ok_or_else(|| not_found(name))?;
        if let Some(attributes) = attributes {
            participant.attributes = attributes;
        }
        match change.horizon {
            Horizon::Keep => {}
            Horizon::Unread => {
                participant.last_read_message_index = None;
                participant.last_read_timestamp = None;
            }
            Horizon::Read(index) => {
                participant.last_read_message_index = Some(index);
                participant.last_read_timestamp = Some(now);
            }
        }
        if let Some(level) = change.notification_level {
            participant.notification_level = level;
        }
        participant.date_updated = now;
        let participant = participant.clone();
        self.emit(WorldEvent::Changed);
        if webhooks {
            self.fire(
                &sid,
                &ConversationEvent::ParticipantUpdated(participant.clone()),
            );
        }
        Ok(participant)
    }

    /// Removes a participant, named by SID or identity.
    pub fn remove_participant(
        &mut self,
        conversation: &str,
        name: &str,
        webhooks: bool,
    ) -> Result<Participant> {
        let sid = self.conversation(conversation)?.sid.clone();
        let participants = &mut self.conversation_mut(&sid)?.participants;
        let position = participants
            .iter()
            .position(|p| p.is(name))
            .ok_or_else(|| not_found(name))?;
        let participant = participants.remove(position);
        self.emit(WorldEvent::Changed);
        if webhooks {
            self.fire(
                &sid,
                &ConversationEvent::ParticipantRemoved(participant.clone()),
            );
        }
        Ok(participant)
    }
}

fn not_found(name: &str) -> Error {
    Error::NotFound(format!("/Participants/{name}"))
}
