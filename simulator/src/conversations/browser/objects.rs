//! The Sync objects from which the Conversations SDK reads conversations, messages, participants and users.
//!
//! Twilio exposes Conversations to its browser SDK through Sync: per conversation a document, a list of
//! messages and a map of participants; per user a map of conversations and a map with the user's name. Their
//! content is derived from the world.

use serde_json::{json, Value};

use super::may_see;
use crate::conversations::{Conversation, Media, Participant};
use crate::iam::Token;
use crate::sync::browser::object::{Content, Key, ObjectKind};
use crate::sync::browser::opened::Source;
use crate::world::clock::iso_millis;
use crate::world::World;

/// An object of Conversations.
#[derive(Debug)]
enum Shown {
    /// A conversation, by its SID.
    Conversation(String),
    /// A conversation's messages.
    Messages(String),
    /// A conversation's participants.
    Roster(String),
    /// The conversations that a user is in.
    MyConversations(String),
    /// A user's name and attributes.
    UserInfo(String),
}

/// Returns the name of the document of a conversation.
#[must_use]
pub fn conversation_name(sid: &str) -> String {
    format!("{sid}.channel")
}

/// Returns the name of the list of a conversation's messages.
#[must_use]
pub fn messages_name(sid: &str) -> String {
    format!("{sid}.messages")
}

/// Returns the name of the map of a conversation's participants.
#[must_use]
pub fn roster_name(sid: &str) -> String {
    format!("{sid}.roster")
}

/// Returns the name of the map of a user's conversations.
#[must_use]
pub fn my_conversations_name(identity: &str) -> String {
    format!("{identity}.my_channels")
}

/// Returns the name of the map with a user's name and attributes.
#[must_use]
pub fn user_info_name(identity: &str) -> String {
    format!("{identity}.user_info")
}

/// Returns the object of this kind and name, if the caller may read it.
pub fn find(world: &World, caller: &Token, kind: ObjectKind, id: &str) -> Option<Box<dyn Source>> {
    let of_conversation = |suffix: &str| {
        let conversation = world.conversation(id.strip_suffix(suffix)?).ok()?;
        may_see(caller, conversation).then(|| conversation.sid.clone())
    };
    let shown = match kind {
        ObjectKind::Document => of_conversation(".channel").map(Shown::Conversation),
        ObjectKind::List => of_conversation(".messages").map(Shown::Messages),
        ObjectKind::Map => of_conversation(".roster")
            .map(Shown::Roster)
            .or_else(|| {
                (id == my_conversations_name(&caller.identity))
                    .then(|| Shown::MyConversations(caller.identity.clone()))
            })
            .or_else(|| {
                id.strip_suffix(".user_info")
                    .map(|identity| Shown::UserInfo(identity.to_owned()))
            }),
        ObjectKind::LiveQuery => None,
    };
    shown.map(|shown| Box::new(shown) as Box<dyn Source>)
}

impl Source for Shown {
    fn id(&self) -> String {
        match self {
            Self::Conversation(sid) => conversation_name(sid),
            Self::Messages(sid) => messages_name(sid),
            Self::Roster(sid) => roster_name(sid),
            Self::MyConversations(identity) => my_conversations_name(identity),
            Self::UserInfo(identity) => user_info_name(identity),
        }
    }

    fn content(&self, world: &World) -> Option<Content> {
        match self {
            Self::Conversation(sid) => world.conversation(sid).ok().map(|c| only(document(c))),
            Self::Messages(sid) => world.conversation(sid).ok().map(messages),
            Self::Roster(sid) => world.conversation(sid).ok().map(roster),
            Self::MyConversations(identity) => Some(my_conversations(world, identity)),
            Self::UserInfo(identity) => Some(user_info(world, identity)),
        }
    }
}

fn only(data: Value) -> Content {
    Content::from([(Key::only(), data.into())])
}

/// Parses a JSON text, because the SDK expects attributes as JSON.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!({}))
}

fn document(conversation: &Conversation) -> Value {
    let sid = &conversation.sid;
    json!({
        "sid": sid,
        "uniqueName": conversation.unique_name,
        "friendlyName": conversation.friendly_name,
        "attributes": parsed(&conversation.attributes),
        "messages": messages_name(sid),
        "roster": roster_name(sid),
        "state": {"current": conversation.state.name(), "dateUpdated": iso_millis(conversation.date_updated)},
        "dateCreated": iso_millis(conversation.date_created),
        "dateUpdated": iso_millis(conversation.date_updated),
        "createdBy": conversation.created_by,
        "lastMessage": conversation.messages.last().map(|message| json!({
            "index": message.index,
            "timestamp": iso_millis(message.date_created),
        })),
        "bindings": {},
    })
}

fn messages(conversation: &Conversation) -> Content {
    let data = |message: &crate::conversations::Message| {
        json!({
            "sid": message.sid,
            "author": message.author,
            "text": message.body,
            "type": if message.media.is_empty() { "text" } else { "media" },
            "media": message.media.first().map(media),
            "medias": (!message.media.is_empty()).then(|| message.media.iter().map(media).collect::<Vec<_>>()),
            "timestamp": iso_millis(message.date_created),
            "dateUpdated": iso_millis(message.date_updated),
            "lastUpdatedBy": message.last_updated_by,
            "attributes": message.attributes,
            "memberSid": message.participant_sid,
            "delivery": null,
        })
    };
    conversation
        .messages
        .iter()
        .map(|message| (Key::Index(message.index), data(message).into()))
        .collect()
}

fn media(media: &Media) -> Value {
    json!({
        "sid": media.sid,
        "category": media.category,
        "filename": media.filename,
        "contentType": media.content_type,
        "size": media.size,
    })
}

fn roster(conversation: &Conversation) -> Content {
    let data = |participant: &Participant| {
        json!({
            "identity": participant.identity,
            "roleSid": participant.role_sid,
            "userInfo": participant.identity.as_deref().map(user_info_name),
            "type": participant.binding.as_ref().map_or("chat", |binding| binding.kind.as_str()),
            "attributes": participant.attributes,
            "dateCreated": iso_millis(participant.date_created),
            "dateUpdated": iso_millis(participant.date_updated),
            "lastConsumedMessageIndex": participant.last_read_message_index,
            "lastConsumptionTimestamp": participant.last_read_timestamp.map(iso_millis),
            "bindings": {},
        })
    };
    conversation
        .participants
        .iter()
        .map(|participant| (Key::Name(participant.sid.clone()), data(participant).into()))
        .collect()
}

fn my_conversations(world: &World, identity: &str) -> Content {
    world
        .conversations_of(identity)
        .into_iter()
        .map(|conversation| {
            let me = conversation.participant_with_identity(identity);
            let read = me.and_then(|me| me.last_read_message_index);
            let data = json!({
                "status": "joined",
                "channel": conversation_name(&conversation.sid),
                "lastConsumedMessageIndex": read,
                "notificationLevel": me.map_or("default", |me| &me.notification_level),
            });
            (Key::Name(conversation.sid.clone()), data.into())
        })
        .collect()
}

fn user_info(world: &World, identity: &str) -> Content {
    let name = world.friendly_name_of(identity);
    let attributes = world
        .users
        .get(identity)
        .map_or("{}", |user| &user.attributes);
    Content::from([
        (
            Key::Name("friendlyName".into()),
            json!({"value": name}).into(),
        ),
        (
            Key::Name("attributes".into()),
            json!({"value": attributes}).into(),
        ),
        (Key::Name("reachability".into()), json!({}).into()),
    ])
}
