//! Which Sync objects there are, and what is in them now.
//!
//! Twilio keeps conversations for its browser SDK in Sync: a document for the conversation, a list of its
//! messages, a map of its participants, and for each user a map of the conversations they are in and one with
//! their name. All of it is read from the world here; the objects that the project itself makes in Sync are too.

use serde_json::{json, Value};

use super::may_see;
use super::sync_objects::{Content, Fresh, Key, Kind};
use crate::world::clock::{iso, iso_millis};
use crate::world::conversations::{Conversation, Media, Participant};
use crate::world::tokens::Token;
use crate::world::World;

/// Where an object's content comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A conversation itself, by its SID.
    Conversation(String),
    /// What was written in it.
    Messages(String),
    /// Who is in it.
    Roster(String),
    /// The conversations that a user is in.
    MyConversations(String),
    /// A user's name and attributes.
    UserInfo(String),
    /// Who is in the call of a task, by the task's SID: nobody, as nobody can call here.
    Call(String),
    /// A map of the Sync service, by its SID.
    Map(String),
    /// A document of the Sync service, by its SID.
    Document(String),
}

/// The name of the document of a conversation.
#[must_use]
pub fn conversation_name(sid: &str) -> String {
    format!("{sid}.channel")
}

/// The name of the list of a conversation's messages.
#[must_use]
pub fn messages_name(sid: &str) -> String {
    format!("{sid}.messages")
}

/// The name of the map of a conversation's participants.
#[must_use]
pub fn roster_name(sid: &str) -> String {
    format!("{sid}.roster")
}

/// The name of the map of the conversations that a user is in.
#[must_use]
pub fn my_conversations_name(identity: &str) -> String {
    format!("{identity}.my_channels")
}

/// The name of the map with a user's name and attributes.
#[must_use]
pub fn user_info_name(identity: &str) -> String {
    format!("{identity}.user_info")
}

impl Source {
    /// The object of this kind with this name or SID, if there is one and the caller may see it.
    #[must_use]
    pub fn find(world: &World, caller: &Token, kind: Kind, id: &str) -> Option<Self> {
        let of_conversation = |suffix: &str| {
            let conversation = world.conversation(id.strip_suffix(suffix)?).ok()?;
            may_see(caller, conversation).then(|| conversation.sid.clone())
        };
        match kind {
            Kind::Document => of_conversation(".channel")
                .map(Self::Conversation)
                .or_else(|| {
                    world
                        .document(world.agent_sync_service_sid(), id)
                        .ok()
                        .map(|document| Self::Document(document.sid.clone()))
                }),
            Kind::List => of_conversation(".messages").map(Self::Messages),
            Kind::Map => of_conversation(".roster")
                .map(Self::Roster)
                .or_else(|| {
                    (id == my_conversations_name(&caller.identity))
                        .then(|| Self::MyConversations(caller.identity.clone()))
                })
                .or_else(|| {
                    id.strip_suffix(".user_info")
                        .map(|identity| Self::UserInfo(identity.to_owned()))
                })
                .or_else(|| {
                    world
                        .map(world.agent_sync_service_sid(), id)
                        .ok()
                        .map(|map| Self::Map(map.sid.clone()))
                })
                .or_else(|| {
                    let task = world.taskrouter.task(id.strip_suffix(".CS")?).ok()?;
                    (task.task_channel_unique_name == "voice").then(|| Self::Call(task.sid.clone()))
                }),
        }
    }

    /// The SID that the world gives the object, for those of the Sync service.
    #[must_use]
    pub fn own_sid(&self) -> Option<&str> {
        match self {
            Self::Map(sid) | Self::Document(sid) => Some(sid),
            _ => None,
        }
    }

    /// The name it goes by, if it has one.
    #[must_use]
    pub fn name(&self, world: &World) -> Option<String> {
        match self {
            Self::Conversation(sid) => Some(conversation_name(sid)),
            Self::Messages(sid) => Some(messages_name(sid)),
            Self::Roster(sid) => Some(roster_name(sid)),
            Self::MyConversations(identity) => Some(my_conversations_name(identity)),
            Self::UserInfo(identity) => Some(user_info_name(identity)),
            Self::Call(task) => Some(format!("{task}.CS")),
            Self::Map(sid) => world
                .map(world.agent_sync_service_sid(), sid)
                .ok()?
                .unique_name
                .clone(),
            Self::Document(sid) => world
                .document(world.agent_sync_service_sid(), sid)
                .ok()?
                .unique_name
                .clone(),
        }
    }

    /// The revision of one that counts its changes itself; `None` also when it is gone.
    #[must_use]
    pub fn revision(&self, world: &World) -> Option<u64> {
        let service = world.agent_sync_service_sid();
        match self {
            Self::Map(sid) => world.map(service, sid).ok().map(|map| map.revision),
            Self::Document(sid) => world.document(service, sid).ok().map(|d| d.revision),
            _ => None,
        }
    }

    /// What is in it now; `None` when it is gone.
    #[must_use]
    pub fn content(&self, world: &World) -> Option<Content> {
        match self {
            Self::Conversation(sid) => world.conversation(sid).ok().map(|c| only(document(c))),
            Self::Messages(sid) => world.conversation(sid).ok().map(messages),
            Self::Roster(sid) => world.conversation(sid).ok().map(roster),
            Self::MyConversations(identity) => Some(my_conversations(world, identity)),
            Self::UserInfo(identity) => Some(user_info(world, identity)),
            Self::Call(_) => Some(Content::new()),
            Self::Map(sid) => world
                .map(world.agent_sync_service_sid(), sid)
                .ok()
                .map(|map| {
                    map.items
                        .by_key()
                        .values()
                        .map(|item| {
                            let fresh = Fresh {
                                data: item.data.clone(),
                                revision: Some(item.revision.to_string()),
                                date_expires: item.date_expires.map(iso),
                            };
                            (Key::Name(item.key.clone()), fresh)
                        })
                        .collect()
                }),
            Self::Document(sid) => world
                .document(world.agent_sync_service_sid(), sid)
                .ok()
                .map(|document| {
                    let fresh = Fresh {
                        data: document.data.clone(),
                        revision: Some(document.revision.to_string()),
                        date_expires: document.date_expires.map(iso),
                    };
                    Content::from([(Key::only(), fresh)])
                }),
        }
    }
}

fn only(data: Value) -> Content {
    Content::from([(Key::only(), data.into())])
}

/// A JSON text as JSON, as the SDK wants attributes.
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
    let data = |message: &crate::world::conversations::Message| {
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
    let name = friendly_name(world, identity);
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

/// What people see of somebody with a chat identity.
#[must_use]
pub fn friendly_name<'a>(world: &'a World, identity: &'a str) -> &'a str {
    world
        .users
        .get(identity)
        .and_then(|user| user.friendly_name.as_deref())
        .unwrap_or(identity)
}
