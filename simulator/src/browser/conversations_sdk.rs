//! The REST side of the Conversations SDK in the browser: what it asks of `aim.<region>.twilio.com`.
//!
//! What it shows it reads from Sync (see [`super::projection`]); here it gets the names of those objects, and here
//! it writes.

use serde_json::{json, Value};

use super::answer::{Answer, Request};
use super::oversees;
use super::projection::{
    conversation_name, friendly_name, messages_name, my_conversations_name, user_info_name,
};
use crate::world::clock::iso_millis;
use crate::world::conversations::{
    Conversation, ConversationChange, NewParticipant, ParticipantChange, Post, Source,
};
use crate::world::error::Error;
use crate::world::tokens::Token;
use crate::world::World;

const AIM: &str = "https://aim.us1.twilio.com/Client/v2";

/// Answers what the SDK may ask; `None` for anything else.
pub fn answer(world: &mut World, caller: &Token, request: &Request) -> Option<Answer> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["Client", "v2", rest @ ..] = segments.as_slice() else {
        return None;
    };
    let (["Services", _, rest @ ..] | rest) = rest;
    Some(match (request.method.as_str(), rest) {
        ("GET", ["Configuration"]) => Answer::ok(configuration(world, caller)),
        ("GET", ["Users", _, "Conversations"]) => Answer::ok(my_conversations(world, caller)),
        ("GET", ["Users", _, "Conversations", sid]) => {
            mine(world, caller, sid).map(Answer::ok).into()
        }
        ("POST", ["Users", _, "Conversations", sid]) => {
            read_up_to(world, caller, sid, request).into()
        }
        ("GET", ["Users", identity]) => Answer::ok(user(world, identity)),
        ("POST", ["Users", identity]) if *identity == caller.identity => {
            rename(world, identity, request)
        }
        ("GET", ["Conversations", sid]) => seen(world, caller, sid)
            .map(|c| Answer::ok(describe(c)))
            .into(),
        ("POST", ["Conversations", sid]) => change(world, caller, sid, request).into(),
        ("POST", ["Conversations", sid, "Messages"]) => post(world, caller, sid, request).into(),
        ("GET", ["Conversations", _, "Messages", _, "ChannelMetadata"]) => {
            Answer::refused(404, 50530, "Channel metadata not found")
        }
        ("GET", ["Conversations", _, "Messages", _, "Receipts"]) => {
            Answer::ok(page("delivery_receipts"))
        }
        ("GET", ["Conversations", _, "MessageRecipients"]) => {
            Answer::ok(page("message_recipients"))
        }
        ("POST", ["Conversations", sid, "Participants"]) => {
            join(world, caller, sid, request).into()
        }
        ("DELETE", ["Conversations", sid, "Participants", who]) => {
            leave(world, caller, sid, who).into()
        }
        // Typing is shown to nobody here.
        ("POST", ["Typing"]) => Answer::ok(json!({})),
        _ => return None,
    })
}

fn configuration(world: &World, caller: &Token) -> Value {
    let service = format!("{AIM}/Services/{}", world.chat_service_sid);
    let me = format!("{service}/Users/{}", caller.identity);
    let media = format!(
        "https://mcs.us1.twilio.com/v1/Services/{}",
        world.chat_service_sid
    );
    json!({
        "identity": caller.identity,
        "service_sid": world.chat_service_sid,
        "user_sid": caller.flex_user_sid.replacen("FU", "US", 1),
        "links": {
            "my_conversations": format!("{me}/Conversations"),
            "conversations": format!("{service}/Conversations"),
            "users": format!("{service}/Users"),
            "current_user": me,
            "typing": format!("{service}/Typing"),
            "media_service": format!("{media}/Media"),
            "media_set_service": format!("{media}/MediaSet"),
            "messages_receipts": format!("{service}/Conversations/{{sid}}/Receipts"),
        },
        "options": {
            "media_attachments_count_limit": 10,
            "media_attachment_size_limit_in_mb": 20,
            "media_attachments_total_size_limit_in_mb": 50,
            "email_histories_allowed_mime_types": [],
            "email_bodies_allowed_mime_types": [],
            "reachability_enabled": false,
            "user_infos_to_subscribe": 50,
            // The SDK keeps answers for so long; what changes must be seen at once here.
            "http_cache_interval": "PT0S",
            "consumption_report_interval": "PT1S",
        },
        "sync_objects": {
            "my_user_info": user_info_name(&caller.identity),
            "my_conversations": my_conversations_name(&caller.identity),
        },
    })
}

fn my_conversations(world: &World, caller: &Token) -> Value {
    let conversations: Vec<Value> = world
        .conversations_of(&caller.identity)
        .into_iter()
        .map(|conversation| membership(conversation, caller))
        .collect();
    json!({"conversations": conversations, "meta": {"next_token": null}})
}

fn mine(world: &World, caller: &Token, sid: &str) -> Result<Value, Error> {
    let conversation = world.conversation(sid)?;
    conversation
        .participant_with_identity(&caller.identity)
        .map(|_| membership(conversation, caller))
        .ok_or_else(|| Error::NotFound(format!("/Conversations/{sid}")))
}

fn membership(conversation: &Conversation, caller: &Token) -> Value {
    let mut value = describe(conversation);
    let read = conversation
        .participant_with_identity(&caller.identity)
        .and_then(|me| me.last_read_message_index);
    let unread = conversation
        .messages
        .iter()
        .filter(|message| read.is_none_or(|read| message.index > read))
        .count();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("status".into(), "joined".into());
        fields.insert("last_read_message_index".into(), read.into());
        fields.insert("notification_level".into(), "default".into());
        fields.insert("unread_messages_count".into(), read.map(|_| unread).into());
    }
    value
}

fn describe(conversation: &Conversation) -> Value {
    let sid = &conversation.sid;
    json!({
        "sid": sid,
        "conversation_sid": sid,
        "unique_name": conversation.unique_name,
        "friendly_name": conversation.friendly_name,
        "attributes": conversation.attributes,
        "state": conversation.state.name(),
        "created_by": "system",
        "date_created": iso_millis(conversation.date_created),
        "date_updated": iso_millis(conversation.date_updated),
        "bindings": {},
        "messages_count": conversation.messages.len(),
        "participants_count": conversation.participants.len(),
        "sync_objects": {"conversation": conversation_name(sid), "messages": messages_name(sid)},
    })
}

fn user(world: &World, identity: &str) -> Value {
    json!({
        "identity": identity,
        "friendly_name": friendly_name(world, identity),
        "attributes": world.users.get(identity).map_or("{}", |user| &user.attributes),
        "is_online": null,
        "is_notifiable": null,
        "sync_objects": {"user_info_map": user_info_name(identity)},
    })
}

/// Flex writes the signed-in user's name and picture when it starts.
fn rename(world: &mut World, identity: &str, request: &Request) -> Answer {
    let user = world.user(identity);
    if let Some(name) = request.text("friendly_name") {
        user.friendly_name = Some(name);
    }
    if let Some(attributes) = request.text("attributes") {
        user.attributes = attributes;
    }
    Answer::ok(self::user(world, identity))
}

/// The conversation, if the caller may look into it.
fn seen<'a>(world: &'a World, caller: &Token, sid: &str) -> Result<&'a Conversation, Error> {
    let conversation = world.conversation(sid)?;
    if oversees(caller)
        || conversation
            .participant_with_identity(&caller.identity)
            .is_some()
    {
        Ok(conversation)
    } else {
        Err(Error::NotFound(format!("/Conversations/{sid}")))
    }
}

fn change(
    world: &mut World,
    caller: &Token,
    sid: &str,
    request: &Request,
) -> Result<Answer, Error> {
    seen(world, caller, sid)?;
    let change = ConversationChange {
        attributes: request.text("attributes"),
        friendly_name: request.text("friendly_name"),
        unique_name: request.text("unique_name"),
        ..ConversationChange::default()
    };
    world
        .update_conversation(sid, change, true)
        .map(|conversation| Answer::ok(describe(&conversation)))
}

fn post(world: &mut World, caller: &Token, sid: &str, request: &Request) -> Result<Answer, Error> {
    if world
        .conversation(sid)?
        .participant_with_identity(&caller.identity)
        .is_none()
    {
        return Ok(Answer::forbidden());
    }
    let post = Post {
        author: caller.identity.clone(),
        body: request.text("body").unwrap_or_default(),
        attributes: request.text("attributes"),
        source: Source::Sdk,
        webhooks: true,
    };
    let message = world.post_message(sid, post)?;
    Ok(Answer::created(json!({
        "sid": message.sid,
        "index": message.index,
        "conversation_sid": sid,
        "author": message.author,
        "body": message.body,
        "attributes": message.attributes,
        "date_created": iso_millis(message.date_created),
        "date_updated": iso_millis(message.date_updated),
    })))
}

fn read_up_to(
    world: &mut World,
    caller: &Token,
    sid: &str,
    request: &Request,
) -> Result<Answer, Error> {
    let index = request
        .body
        .get("last_read_message_index")
        .and_then(Value::as_u64)
        .and_then(|index| u32::try_from(index).ok());
    if let Some(index) = index {
        let change = ParticipantChange {
            last_read_message_index: Some(index),
            ..ParticipantChange::default()
        };
        world.update_participant(sid, &caller.identity, change, true)?;
    }
    mine(world, caller, sid).map(Answer::ok)
}

fn join(world: &mut World, caller: &Token, sid: &str, request: &Request) -> Result<Answer, Error> {
    let identity = request.text("identity").unwrap_or_default();
    if !oversees(caller) {
        return Ok(Answer::forbidden());
    }
    let new = NewParticipant {
        identity: Some(identity),
        attributes: request.text("attributes"),
        ..NewParticipant::default()
    };
    world.add_participant(sid, new, true).map(|participant| {
        Answer::created(json!({
            "sid": participant.sid,
            "identity": participant.identity,
            "role_sid": participant.role_sid,
            "attributes": participant.attributes,
            "date_created": iso_millis(participant.date_created),
            "date_updated": iso_millis(participant.date_updated),
        }))
    })
}

fn leave(world: &mut World, caller: &Token, sid: &str, who: &str) -> Result<Answer, Error> {
    let own = world
        .conversation(sid)?
        .participant_with_identity(&caller.identity)
        .is_some_and(|me| me.sid == who || caller.identity == who);
    if !own && !oversees(caller) {
        return Ok(Answer::forbidden());
    }
    world.remove_participant(sid, who, true).map(|_| Answer {
        status: 204,
        body: Value::Null,
    })
}

fn page(name: &str) -> Value {
    json!({name: [], "meta": {"previous_token": null, "next_token": null}})
}
