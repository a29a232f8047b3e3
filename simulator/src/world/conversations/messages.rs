//! What is written in a conversation.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    attributes_or_empty, checked_attributes, Conversation, Media, State, MAX_SMALL_ATTRIBUTES,
};
use crate::readings::AdapterParticipant;
use crate::world::error::{Error, Result};
use crate::world::event::Event;
use crate::world::hooks::Hook;
use crate::world::sids::Sid;
use crate::world::World;

/// One thing that was written.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// `IM…`
    pub sid: Sid,
    /// Its place; counts on even when messages are deleted.
    pub index: u32,
    /// An identity or an address.
    pub author: String,
    /// The text.
    pub body: String,
    /// What is attached to it.
    pub media: Vec<Media>,
    /// A JSON text.
    pub attributes: String,
    /// Who changed it last, if anybody did: an identity, or `system`.
    pub last_updated_by: Option<String>,
    /// Whose it is, where the author is in the conversation.
    pub participant_sid: Option<Sid>,
    /// The way it came.
    pub source: Source,
    /// When it was written.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// The way a message came into a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Source {
    /// The REST API.
    #[default]
    Api,
    /// A browser or mobile SDK.
    Sdk,
    /// A text message.
    Sms,
    /// A `WhatsApp` message.
    Whatsapp,
}

impl Source {
    /// Twilio's name for it, as in a webhook's `Source`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "API",
            Self::Sdk => "SDK",
            Self::Sms => "SMS",
            Self::Whatsapp => "WHATSAPP",
        }
    }
}

/// A message on its way in.
#[derive(Debug, Clone, Default)]
pub struct Post {
    /// See [`Message`].
    pub author: String,
    /// See [`Message`].
    pub body: String,
    /// See [`Message`].
    pub media: Vec<Media>,
    /// See [`Message`]; `{}` when not given.
    pub attributes: Option<String>,
    /// See [`Message`].
    pub source: Source,
    /// Whether webhooks hear of it: always, except for what is made through REST without asking for it.
    pub webhooks: bool,
}

/// What may change about a message.
#[derive(Debug, Clone)]
pub struct MessageChange {
    /// Who changes it: an identity, or `system`.
    pub by: String,
    /// See [`Message`].
    pub body: Option<String>,
    /// Replaces the attributes whole.
    pub attributes: Option<String>,
}

impl Conversation {
    /// The message with this SID.
    pub fn message(&self, sid: &str) -> Result<&Message> {
        self.messages
            .iter()
            .find(|m| m.sid == sid)
            .ok_or_else(|| not_found(sid))
    }
}

impl World {
    /// Adds a message. It wakes a conversation that is inactive.
    pub fn post_message(&mut self, conversation: &str, post: Post) -> Result<Message> {
        let found = self.conversation(conversation)?;
        let (sid, state) = (found.sid.clone(), found.state);
        if state == State::Closed {
            return Err(self.closed());
        }
        let attributes = attributes_or_empty(post.attributes, MAX_SMALL_ATTRIBUTES)?;
        let now = self.now();
        let message_sid = self.sids.next("IM");
        let nameless = post.source == Source::Api
            && self.readings.adapter_participant == AdapterParticipant::Missing;
        let conversation = self.conversation_mut(&sid)?;
        let message = Message {
            sid: message_sid,
            index: conversation.next_index,
            participant_sid: conversation
                .participant_writing_as(&post.author)
                .filter(|_| !nameless)
                .map(|p| p.sid.clone()),
            author: post.author,
            body: post.body,
            media: post.media,
            attributes,
            last_updated_by: None,
            source: post.source,
            date_created: now,
            date_updated: now,
        };
        conversation.next_index += 1;
        conversation.date_updated = now;
        conversation.timers.last_message = now;
        conversation.messages.push(message.clone());
        self.emit(Event::Changed);
        if state == State::Inactive {
            self.move_conversation(&sid, State::Active, "EVENT", true)?;
        }
        if post.webhooks {
            self.fire(&sid, &Hook::MessageAdded(message.clone()));
        }
        Ok(message)
    }

    /// Changes a message's text or attributes.
    pub fn update_message(
        &mut self,
        conversation: &str,
        message_sid: &str,
        change: MessageChange,
        webhooks: bool,
    ) -> Result<Message> {
        let sid = self.conversation(conversation)?.sid.clone();
        let attributes = change
            .attributes
            .map(|text| checked_attributes(text, MAX_SMALL_ATTRIBUTES))
            .transpose()?;
        let now = self.now();
        let message = self
            .conversation_mut(&sid)?
            .messages
            .iter_mut()
            .find(|m| m.sid == message_sid)
            .ok_or_else(|| not_found(message_sid))?;
        if let Some(body) = change.body {
            message.body = body;
        }
        message.last_updated_by = Some(change.by);
        if let Some(attributes) = attributes {
            message.attributes = attributes;
        }
        message.date_updated = now;
        let message = message.clone();
        self.emit(Event::Changed);
        if webhooks {
            self.fire(&sid, &Hook::MessageUpdated(message.clone()));
        }
        Ok(message)
    }

    /// Deletes a message.
    pub fn remove_message(
        &mut self,
        conversation: &str,
        message_sid: &str,
        webhooks: bool,
    ) -> Result<()> {
        let sid = self.conversation(conversation)?.sid.clone();
        let messages = &mut self.conversation_mut(&sid)?.messages;
        let position = messages
            .iter()
            .position(|m| m.sid == message_sid)
            .ok_or_else(|| not_found(message_sid))?;
        let message = messages.remove(position);
        self.emit(Event::Changed);
        if webhooks {
            self.fire(&sid, &Hook::MessageRemoved(message));
        }
        Ok(())
    }
}

fn not_found(sid: &str) -> Error {
    Error::NotFound(format!("/Messages/{sid}"))
}
