//! The messages of a conversation: create, update and remove.

use jiff::Timestamp;
use serde::Serialize;

use super::events::ConversationEvent;
use super::{
    attributes_or_empty, checked_attributes, Conversation, ConversationState, Media,
    MAX_SMALL_ATTRIBUTES_BYTES,
};
use crate::readings::AdapterParticipant;
use crate::world::error::{Error, Result};
use crate::world::event::WorldEvent;
use crate::world::sids::Sid;
use crate::world::World;

/// A message.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// `IM…`
    pub sid: Sid,
    /// The index in the conversation. Removed messages do not free theirs.
    pub index: u32,
    /// An identity or an address.
    pub author: String,
    pub body: String,
    /// The content template from which it was made.
    pub content_sid: Option<String>,
    pub media: Vec<Media>,
    /// A JSON text.
    pub attributes: String,
    /// The identity of the last editor, or `system`; `None` if nobody has edited it.
    pub last_updated_by: Option<String>,
    /// The author's participant, if the author is in the conversation.
    pub participant_sid: Option<Sid>,
    /// The origin of the message.
    pub source: Source,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// The origin of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Source {
    #[default]
    Api,
    /// A browser or mobile SDK.
    Sdk,
    Sms,
    Whatsapp,
}

impl Source {
    /// Returns true if the message came through a messaging service.
    #[must_use]
    pub fn is_messaging(self) -> bool {
        matches!(self, Self::Sms | Self::Whatsapp)
    }

    /// Returns Twilio's name for it, as in a webhook's `Source`.
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

/// A message to create.
#[derive(Debug, Clone, Default)]
pub struct NewMessage {
    /// The content template. Its text is Twilio's and not known here.
    pub content_sid: Option<String>,
    pub author: String,
    pub body: String,
    pub media: Vec<Media>,
    /// Defaults to `{}`.
    pub attributes: Option<String>,
    pub source: Source,
    /// True if webhooks receive the message: always, except for REST requests that do not ask for it.
    pub webhooks: bool,
}

/// A change to a message.
#[derive(Debug, Clone)]
pub struct MessageChange {
    /// The editor: an identity, or `system`.
    pub by: String,
    pub body: Option<String>,
    /// The new attributes, which replace the old ones.
    pub attributes: Option<String>,
}

impl Conversation {
    /// Returns the message with this SID.
    pub fn message(&self, sid: &str) -> Result<&Message> {
        self.messages
            .iter()
            .find(|m| m.sid == sid)
            .ok_or_else(|| not_found(sid))
    }
}

impl World {
    /// Adds a message, and makes an inactive conversation active.
    pub fn post_message(&mut self, conversation: &str, post: NewMessage) -> Result<Message> {
        let found = self.conversation(conversation)?;
        let (sid, state) = (found.sid.clone(), found.state);
        if state == ConversationState::Closed {
            return Err(self.closed());
        }
        let attributes = attributes_or_empty(post.attributes, MAX_SMALL_ATTRIBUTES_BYTES)?;
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
            content_sid: post.content_sid,
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
        self.emit(WorldEvent::Changed);
        if state == ConversationState::Inactive {
            self.move_conversation(&sid, ConversationState::Active, "EVENT", true)?;
        }
        if post.webhooks {
            self.fire(&sid, &ConversationEvent::MessageAdded(message.clone()));
        }
        self.create_task_after_leave(&sid, &message)?;
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
            .map(|text| checked_attributes(text, MAX_SMALL_ATTRIBUTES_BYTES))
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
        self.emit(WorldEvent::Changed);
        if webhooks {
            self.fire(&sid, &ConversationEvent::MessageUpdated(message.clone()));
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
        self.emit(WorldEvent::Changed);
        if webhooks {
            self.fire(&sid, &ConversationEvent::MessageRemoved(message));
        }
        Ok(())
    }
}

fn not_found(sid: &str) -> Error {
    Error::NotFound(format!("/Messages/{sid}"))
}
