//! Conversations with their participants, messages and webhooks.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::clock::later;
use super::error::{Error, Result};
use super::event::Event;
use super::hooks::{self, Configuration, Hook, Webhook};
use super::sids::Sid;
use super::World;

/// The most bytes of a conversation's attributes.
pub const MAX_ATTRIBUTES: usize = 16 * 1024;
/// The most bytes of a message's or participant's attributes.
pub const MAX_SMALL_ATTRIBUTES: usize = 4 * 1024;
/// The most webhooks of one conversation.
pub const MAX_WEBHOOKS: usize = 5;

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
    /// When it goes to sleep and when it ends, if nobody writes.
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

/// Periods without activity after which the state changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Timers {
    /// To `inactive`.
    pub inactive_after: Option<Duration>,
    /// To `closed`.
    pub closed_after: Option<Duration>,
}

/// Somebody in a conversation.
#[derive(Debug, Clone, Serialize)]
pub struct Participant {
    /// `MB…`
    pub sid: Sid,
    /// Their name in the chat; `None` for those who are only an address.
    pub identity: Option<String>,
    /// Their address on a messaging channel; `None` for those who are only in the chat.
    pub binding: Option<Binding>,
    /// A JSON text.
    pub attributes: String,
    /// `RL…`
    pub role_sid: Sid,
    /// The last message they have seen.
    pub last_read_message_index: Option<u32>,
    /// When they saw it.
    pub last_read_timestamp: Option<Timestamp>,
    /// When they joined.
    pub date_created: Timestamp,
    /// When that last changed.
    pub date_updated: Timestamp,
}

/// An address on a messaging channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Binding {
    /// `sms`, `whatsapp`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The person's own.
    pub address: String,
    /// The one they write to.
    pub proxy_address: String,
}

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
    /// A JSON text.
    pub attributes: String,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Source {
    /// The REST API.
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
    /// See [`Conversation`].
    pub timers: Timers,
    /// See [`Conversation`].
    pub messaging_service_sid: Option<Sid>,
}

/// What may change in a conversation; `None` leaves a thing alone.
#[derive(Debug, Clone, Default)]
pub struct ConversationChange {
    /// Replaces the attributes whole.
    pub attributes: Option<String>,
    /// See [`Conversation`].
    pub friendly_name: Option<String>,
    /// See [`Conversation`].
    pub unique_name: Option<String>,
    /// The state to move to.
    pub state: Option<State>,
    /// See [`Conversation`].
    pub timers: Option<Timers>,
}

/// What is needed to join a conversation.
#[derive(Debug, Clone, Default)]
pub struct NewParticipant {
    /// See [`Participant`].
    pub identity: Option<String>,
    /// See [`Participant`].
    pub binding: Option<Binding>,
    /// See [`Participant`]; `{}` when not given.
    pub attributes: Option<String>,
}

/// What may change about a participant.
#[derive(Debug, Clone, Default)]
pub struct ParticipantChange {
    /// Replaces the attributes whole.
    pub attributes: Option<String>,
    /// Moves the read horizon.
    pub last_read_message_index: Option<u32>,
}

/// A message on its way in.
#[derive(Debug, Clone)]
pub struct Post {
    /// See [`Message`].
    pub author: String,
    /// See [`Message`].
    pub body: String,
    /// See [`Message`]; `{}` when not given.
    pub attributes: Option<String>,
    /// See [`Message`].
    pub source: Source,
    /// Whether webhooks hear of it: always, except for what is made through REST without asking for it.
    pub webhooks: bool,
}

impl Conversation {
    /// The participant who writes as `author`, an identity or an address.
    #[must_use]
    pub fn participant_writing_as(&self, author: &str) -> Option<&Participant> {
        self.participants.iter().find(|p| p.writes_as(author))
    }

    /// The participant with this chat identity.
    #[must_use]
    pub fn participant_with_identity(&self, identity: &str) -> Option<&Participant> {
        self.participants
            .iter()
            .find(|p| p.identity.as_deref() == Some(identity))
    }

    /// When a timer next changes the state, and to what.
    #[must_use]
    pub fn next_timer(&self) -> Option<(Timestamp, State)> {
        let at = |after: Option<Duration>, state| {
            after.map(|after| (later(self.date_updated, after), state))
        };
        let inactive =
            at(self.timers.inactive_after, State::Inactive).filter(|_| self.state == State::Active);
        let closed =
            at(self.timers.closed_after, State::Closed).filter(|_| self.state != State::Closed);
        inactive
            .into_iter()
            .chain(closed)
            .min_by_key(|(time, _)| *time)
    }
}

impl Participant {
    fn writes_as(&self, author: &str) -> bool {
        self.identity.as_deref() == Some(author)
            || self.binding.as_ref().is_some_and(|b| b.address == author)
    }
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
        let conversation = Conversation {
            sid: self.sids.next("CH"),
            unique_name: new.unique_name,
            friendly_name: new.friendly_name,
            attributes,
            state: new.state.unwrap_or(State::Active),
            timers: new.timers,
            messaging_service_sid: new.messaging_service_sid,
            participants: Vec::new(),
            messages: Vec::new(),
            webhooks: Vec::new(),
            next_index: 0,
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
        if from == State::Closed && change.state.is_some_and(|to| to != State::Closed) {
            return Err(Error::ConversationStaysClosed);
        }
        let attributes = change
            .attributes
            .map(|text| checked_attributes(text, MAX_ATTRIBUTES))
            .transpose()?;
        if let Some(name) = change
            .unique_name
            .as_ref()
            .filter(|name| found.unique_name.as_ref() != Some(*name))
        {
            self.unique_name_is_free(name)?;
        }
        let now = self.now();
        let conversation = self.conversation_mut(&sid)?;
        if let Some(attributes) = attributes {
            conversation.attributes = attributes;
        }
        if let Some(name) = change.friendly_name {
            conversation.friendly_name = Some(name);
        }
        if let Some(name) = change.unique_name {
            conversation.unique_name = Some(name);
        }
        if let Some(timers) = change.timers {
            conversation.timers = timers;
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

    /// Deletes a conversation.
    pub fn remove_conversation(&mut self, name: &str) -> Result<()> {
        let sid = self.conversation(name)?.sid.clone();
        self.conversations.remove(&sid);
        self.emit(Event::Changed);
        Ok(())
    }

    /// Lets somebody join a conversation.
    pub fn add_participant(
        &mut self,
        conversation: &str,
        new: NewParticipant,
        webhooks: bool,
    ) -> Result<Participant> {
        let found = self.conversation(conversation)?;
        let sid = found.sid.clone();
        if found.state == State::Closed {
            return Err(Error::ConversationClosed);
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
        let attributes = attributes_or_empty(new.attributes, MAX_SMALL_ATTRIBUTES)?;
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
            date_created: now,
            date_updated: now,
        };
        self.conversation_mut(&sid)?
            .participants
            .push(participant.clone());
        self.emit(Event::Changed);
        if webhooks {
            self.fire(&sid, &Hook::ParticipantAdded(participant.clone()));
        }
        Ok(participant)
    }

    /// Changes what is kept about a participant.
    pub fn update_participant(
        &mut self,
        conversation: &str,
        participant_sid: &str,
        change: ParticipantChange,
    ) -> Result<Participant> {
        let sid = self.conversation(conversation)?.sid.clone();
        let attributes = change
            .attributes
            .map(|text| checked_attributes(text, MAX_SMALL_ATTRIBUTES))
            .transpose()?;
        let now = self.now();
        let participant = self
            .conversation_mut(&sid)?
            .participants
            .iter_mut()
            .find(|p| p.sid == participant_sid || p.identity.as_deref() == Some(participant_sid))
            .ok_or_else(|| not_found_participant(participant_sid))?;
        if let Some(attributes) = attributes {
            participant.attributes = attributes;
        }
        if let Some(index) = change.last_read_message_index {
            participant.last_read_message_index = Some(index);
            participant.last_read_timestamp = Some(now);
        }
        participant.date_updated = now;
        let participant = participant.clone();
        self.emit(Event::Changed);
        Ok(participant)
    }

    /// Takes somebody, named by SID or identity, out of a conversation.
    pub fn remove_participant(
        &mut self,
        conversation: &str,
        participant_sid: &str,
        webhooks: bool,
    ) -> Result<Participant> {
        let sid = self.conversation(conversation)?.sid.clone();
        let participants = &mut self.conversation_mut(&sid)?.participants;
        let position = participants
            .iter()
            .position(|p| {
                p.sid == participant_sid || p.identity.as_deref() == Some(participant_sid)
            })
            .ok_or_else(|| not_found_participant(participant_sid))?;
        let participant = participants.remove(position);
        self.emit(Event::Changed);
        if webhooks {
            self.fire(&sid, &Hook::ParticipantRemoved(participant.clone()));
        }
        Ok(participant)
    }

    /// Adds a message. It wakes a conversation that is inactive.
    pub fn post_message(&mut self, conversation: &str, post: Post) -> Result<Message> {
        let found = self.conversation(conversation)?;
        let (sid, state) = (found.sid.clone(), found.state);
        if state == State::Closed {
            return Err(Error::ConversationClosed);
        }
        let attributes = attributes_or_empty(post.attributes, MAX_SMALL_ATTRIBUTES)?;
        let now = self.now();
        let message_sid = self.sids.next("IM");
        let conversation = self.conversation_mut(&sid)?;
        let message = Message {
            sid: message_sid,
            index: conversation.next_index,
            participant_sid: conversation
                .participant_writing_as(&post.author)
                .map(|p| p.sid.clone()),
            author: post.author,
            body: post.body,
            attributes,
            source: post.source,
            date_created: now,
            date_updated: now,
        };
        conversation.next_index += 1;
        conversation.date_updated = now;
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
        body: Option<String>,
        attributes: Option<String>,
    ) -> Result<Message> {
        let sid = self.conversation(conversation)?.sid.clone();
        let attributes = attributes
            .map(|text| checked_attributes(text, MAX_SMALL_ATTRIBUTES))
            .transpose()?;
        let now = self.now();
        let message = self
            .conversation_mut(&sid)?
            .messages
            .iter_mut()
            .find(|m| m.sid == message_sid)
            .ok_or_else(|| Error::NotFound(format!("/Messages/{message_sid}")))?;
        if let Some(body) = body {
            message.body = body;
        }
        if let Some(attributes) = attributes {
            message.attributes = attributes;
        }
        message.date_updated = now;
        let message = message.clone();
        self.emit(Event::Changed);
        Ok(message)
    }

    /// Deletes a message.
    pub fn remove_message(&mut self, conversation: &str, message_sid: &str) -> Result<()> {
        let sid = self.conversation(conversation)?.sid.clone();
        let messages = &mut self.conversation_mut(&sid)?.messages;
        let position = messages
            .iter()
            .position(|m| m.sid == message_sid)
            .ok_or_else(|| Error::NotFound(format!("/Messages/{message_sid}")))?;
        messages.remove(position);
        self.emit(Event::Changed);
        Ok(())
    }

    /// Arms a webhook of one conversation, and replays to it what came after `replay_after`.
    pub fn add_webhook(
        &mut self,
        conversation: &str,
        target: &str,
        configuration: Configuration,
    ) -> Result<Webhook> {
        let found = self.conversation(conversation)?;
        let sid = found.sid.clone();
        if found.state == State::Closed {
            return Err(Error::ConversationClosed);
        }
        if found.webhooks.len() >= MAX_WEBHOOKS {
            return Err(Error::TooManyWebhooks);
        }
        hooks::check(target, &configuration)?;
        let now = self.now();
        let webhook = Webhook {
            sid: self.sids.next("WH"),
            target: target.into(),
            configuration,
            date_created: now,
            date_updated: now,
        };
        self.conversation_mut(&sid)?.webhooks.push(webhook.clone());
        if let Some(after) = webhook.configuration.replay_after {
            self.replay(&sid, &webhook, after);
        }
        Ok(webhook)
    }

    /// Changes a webhook of one conversation; only the parts of `change` that are set.
    pub fn update_webhook(
        &mut self,
        conversation: &str,
        webhook_sid: &str,
        change: Configuration,
    ) -> Result<Webhook> {
        let sid = self.conversation(conversation)?.sid.clone();
        let now = self.now();
        let webhook = self
            .conversation_mut(&sid)?
            .webhooks
            .iter_mut()
            .find(|w| w.sid == webhook_sid)
            .ok_or_else(|| not_found_webhook(webhook_sid))?;
        let merged = webhook.configuration.merged(change);
        hooks::check(&webhook.target, &merged)?;
        webhook.configuration = merged;
        webhook.date_updated = now;
        Ok(webhook.clone())
    }

    /// Disarms a webhook of one conversation.
    pub fn remove_webhook(&mut self, conversation: &str, webhook_sid: &str) -> Result<()> {
        let sid = self.conversation(conversation)?.sid.clone();
        let webhooks = &mut self.conversation_mut(&sid)?.webhooks;
        let before = webhooks.len();
        webhooks.retain(|w| w.sid != webhook_sid);
        if webhooks.len() == before {
            return Err(not_found_webhook(webhook_sid));
        }
        Ok(())
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

/// Checks that `text` is JSON and of at most `most` bytes.
pub fn checked_attributes(text: String, most: usize) -> Result<String> {
    if text.len() > most {
        return Err(Error::Attributes(format!(
            "Attributes too long, at most {most} bytes are allowed"
        )));
    }
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(Error::Attributes(
            "Attributes not valid, expected a JSON text".into(),
        )),
    }
}

fn attributes_or_empty(text: Option<String>, most: usize) -> Result<String> {
    text.map_or_else(|| Ok("{}".into()), |text| checked_attributes(text, most))
}

fn not_found_participant(sid: &str) -> Error {
    Error::NotFound(format!("/Participants/{sid}"))
}

/// The refusal for a webhook that is not there.
#[must_use]
pub fn not_found_webhook(sid: &str) -> Error {
    Error::NotFound(format!("/Webhooks/{sid}"))
}
