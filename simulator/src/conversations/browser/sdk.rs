//! The requests of the Conversations SDK in the browser, to `aim.<region>.twilio.com`.
//!
//! The SDK reads its objects from Sync (see [`super::objects`]). Here it gets their names, and sends its
//! changes.

use serde_json::{json, Value};

use super::may_see;
use super::objects::{
    conversation_name, messages_name, my_conversations_name, roster_name, user_info_name,
};
use crate::conversations::{
    Binding, Conversation, ConversationChange, Horizon, Media, Message, MessageChange,
    NewConversation, NewMessage, NewParticipant, Participant, ParticipantChange, Source,
};
use crate::http::sdk::{SdkRequest, SdkResponse};
use crate::iam::Token;
use crate::world::clock::iso_millis;
use crate::world::error::Error;
use crate::world::World;

const AIM: &str = "https://aim.us1.twilio.com/Client/v2";
/// The time for which a typing signal lasts, in seconds.
pub const TYPING_SECONDS: u64 = 5;

/// Answers a request of the SDK; `None` if the SDK has no such request.
pub fn answer(world: &mut World, caller: &Token, request: &SdkRequest) -> Option<SdkResponse> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["Client", "v2", rest @ ..] = segments.as_slice() else {
        return None;
    };
    let (["Services", _, rest @ ..] | rest) = rest;
    Some(match (request.method.as_str(), rest) {
        ("GET", ["Configuration"]) => SdkResponse::ok(configuration(world, caller)),
        ("GET", ["Users", _, "Conversations"]) => SdkResponse::ok(my_conversations(world, caller)),
        ("GET", ["Users", _, "Conversations", sid]) => own_membership(world, caller, sid)
            .map(SdkResponse::ok)
            .into(),
        ("POST", ["Users", _, "Conversations", sid]) => {
            read_up_to(world, caller, sid, request).into()
        }
        ("GET", ["Users", identity]) => SdkResponse::ok(user(world, identity)),
        ("POST", ["Users", identity]) if *identity == caller.identity => {
            rename(world, identity, request)
        }
        ("GET", ["Conversations", sid]) => readable(world, caller, sid)
            .map(|c| SdkResponse::ok(describe(world, c)))
            .into(),
        ("POST", ["Conversations"]) => create(world, caller, request).into(),
        ("POST", ["Conversations", sid]) => change(world, caller, sid, request).into(),
        ("DELETE", ["Conversations", sid]) => remove(world, caller, sid).into(),
        ("POST", ["Conversations", sid, "Messages"]) => post(world, caller, sid, request).into(),
        ("POST", ["Conversations", sid, "Messages", message]) => {
            edit(world, caller, sid, message, request).into()
        }
        ("DELETE", ["Conversations", sid, "Messages", message]) => {
            delete_message(world, caller, sid, message).into()
        }
        ("GET", ["Conversations", _, "Messages", _, "ChannelMetadata"]) => {
            SdkResponse::refused(404, 50530, "Channel metadata not found")
        }
        ("GET", ["Conversations", _, "Messages", _, "Receipts"]) => {
            SdkResponse::ok(page("delivery_receipts"))
        }
        ("GET", ["Conversations", _, "MessageRecipients"]) => {
            SdkResponse::ok(page("message_recipients"))
        }
        ("POST", ["Conversations", sid, "Participants"]) => {
            join(world, caller, sid, request).into()
        }
        ("POST", ["Conversations", sid, "Participants", who]) => {
            update_participant(world, caller, sid, who, request).into()
        }
        ("DELETE", ["Conversations", sid, "Participants", who]) => {
            leave(world, caller, sid, who).into()
        }
        ("POST", ["Typing"]) => signal_typing(world, caller, request).into(),
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
            "messages_receipts": format!("{service}/Conversations/%s/Messages/%s/Receipts"),
        },
        "options": {
            "media_attachments_count_limit": 10,
            "media_attachment_size_limit_in_mb": 20,
            "media_attachments_total_size_limit_in_mb": 50,
            "email_histories_allowed_mime_types": [],
            "email_bodies_allowed_mime_types": [],
            "reachability_enabled": false,
            "user_infos_to_subscribe": 50,
            // The SDK caches answers for this time; here each change must be visible at once.
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
        .map(|conversation| membership(world, conversation, caller))
        .collect();
    json!({"conversations": conversations, "meta": {"next_token": null}})
}

fn own_membership(world: &World, caller: &Token, sid: &str) -> Result<Value, Error> {
    let conversation = world.conversation(sid)?;
    conversation
        .participant_with_identity(&caller.identity)
        .map(|_| membership(world, conversation, caller))
        .ok_or_else(|| Error::NotFound(format!("/Conversations/{sid}")))
}

fn membership(world: &World, conversation: &Conversation, caller: &Token) -> Value {
    let mut value = describe(world, conversation);
    let me = conversation.participant_with_identity(&caller.identity);
    let read = me.and_then(|me| me.last_read_message_index);
    let level = me.map_or("default", |me| &me.notification_level);
    let unread = conversation
        .messages
        .iter()
        .filter(|message| read.is_none_or(|read| message.index > read))
        .count();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("status".into(), "joined".into());
        fields.insert("last_read_message_index".into(), read.into());
        fields.insert("notification_level".into(), level.into());
        fields.insert("unread_messages_count".into(), read.map(|_| unread).into());
    }
    value
}

fn describe(world: &World, conversation: &Conversation) -> Value {
    let sid = &conversation.sid;
    let url = format!(
        "{AIM}/Services/{}/Conversations/{sid}",
        world.chat_service_sid
    );
    json!({
        "sid": sid,
        "conversation_sid": sid,
        "unique_name": conversation.unique_name,
        "friendly_name": conversation.friendly_name,
        "attributes": conversation.attributes,
        "state": conversation.state.name(),
        "created_by": conversation.created_by,
        "date_created": iso_millis(conversation.date_created),
        "date_updated": iso_millis(conversation.date_updated),
        "bindings": {},
        "messages_count": conversation.messages.len(),
        "participants_count": conversation.participants.len(),
        "sync_objects": {
            "conversation": conversation_name(sid),
            "messages": messages_name(sid),
            "participants": roster_name(sid),
        },
        "url": url,
        "links": {
            "participants": format!("{url}/Participants"),
            "messages": format!("{url}/Messages"),
            "message_recipients": format!("{url}/MessageRecipients"),
        },
    })
}

fn user(world: &World, identity: &str) -> Value {
    json!({
        "identity": identity,
        "friendly_name": world.friendly_name_of(identity),
        "attributes": world.users.get(identity).map_or("{}", |user| &user.attributes),
        "is_online": null,
        "is_notifiable": null,
        "sync_objects": {"user_info_map": user_info_name(identity)},
    })
}

/// Sets the name of the signed-in user, which Flex writes when it starts, with a picture.
fn rename(world: &mut World, identity: &str, request: &SdkRequest) -> SdkResponse {
    let user = world.user(identity);
    if let Some(name) = request.text("friendly_name") {
        user.friendly_name = Some(name);
    }
    if let Some(attributes) = request.text("attributes") {
        user.attributes = attributes;
    }
    SdkResponse::ok(self::user(world, identity))
}

/// Returns the conversation, if the caller may read it.
fn readable<'a>(world: &'a World, caller: &Token, sid: &str) -> Result<&'a Conversation, Error> {
    let conversation = world.conversation(sid)?;
    if may_see(caller, conversation) {
        Ok(conversation)
    } else {
        Err(Error::NotFound(format!("/Conversations/{sid}")))
    }
}

fn create(world: &mut World, caller: &Token, request: &SdkRequest) -> Result<SdkResponse, Error> {
    let made = world.create_conversation(NewConversation {
        unique_name: request.text("unique_name"),
        friendly_name: request.text("friendly_name"),
        attributes: request.text("attributes"),
        created_by: Some(caller.identity.clone()),
        ..NewConversation::default()
    })?;
    Ok(SdkResponse::created(describe(world, &made)))
}

/// Deletes a conversation that the client itself has created.
fn remove(world: &mut World, caller: &Token, sid: &str) -> Result<SdkResponse, Error> {
    let created_by = &readable(world, caller, sid)?.created_by;
    if *created_by != caller.identity && !caller.oversees() {
        return Ok(SdkResponse::forbidden());
    }
    world.remove_conversation(sid, true)?;
    Ok(SdkResponse::no_content())
}

fn change(
    world: &mut World,
    caller: &Token,
    sid: &str,
    request: &SdkRequest,
) -> Result<SdkResponse, Error> {
    readable(world, caller, sid)?;
    let change = ConversationChange {
        attributes: request.text("attributes"),
        friendly_name: request.text("friendly_name"),
        unique_name: request.text("unique_name"),
        ..ConversationChange::default()
    };
    world
        .update_conversation(sid, change, true)
        .map(|conversation| SdkResponse::ok(describe(world, &conversation)))
}

fn post(
    world: &mut World,
    caller: &Token,
    sid: &str,
    request: &SdkRequest,
) -> Result<SdkResponse, Error> {
    if world
        .conversation(sid)?
        .participant_with_identity(&caller.identity)
        .is_none()
    {
        return Ok(SdkResponse::forbidden());
    }
    let files = request.body.get("media_sids").and_then(Value::as_array);
    let sids = files.into_iter().flatten().filter_map(Value::as_str);
    let media: Vec<Media> = sids
        .map(|sid| world.media(sid).cloned())
        .collect::<Result<_, Error>>()?;
    let post = NewMessage {
        content_sid: None,
        author: caller.identity.clone(),
        body: request.text("body").unwrap_or_default(),
        media,
        attributes: request.text("attributes"),
        source: Source::Sdk,
        webhooks: true,
    };
    let message = world.post_message(sid, post)?;
    Ok(SdkResponse::created(describe_message(sid, &message)))
}

fn describe_message(conversation: &str, message: &Message) -> Value {
    json!({
        "sid": message.sid,
        "index": message.index,
        "conversation_sid": conversation,
        "author": message.author,
        "body": message.body,
        "attributes": message.attributes,
        "last_updated_by": message.last_updated_by,
        "date_created": iso_millis(message.date_created),
        "date_updated": iso_millis(message.date_updated),
    })
}

/// Returns true if the caller may change or remove the message, as its author or a supervisor.
fn may_change(world: &World, caller: &Token, sid: &str, message: &str) -> Result<bool, Error> {
    let message = readable(world, caller, sid)?.message(message)?;
    Ok(message.author == caller.identity || caller.oversees())
}

fn edit(
    world: &mut World,
    caller: &Token,
    sid: &str,
    message: &str,
    request: &SdkRequest,
) -> Result<SdkResponse, Error> {
    if !may_change(world, caller, sid, message)? {
        return Ok(SdkResponse::forbidden());
    }
    let change = MessageChange {
        by: caller.identity.clone(),
        body: request.text("body"),
        attributes: request.text("attributes"),
    };
    let message = world.update_message(sid, message, change, true)?;
    Ok(SdkResponse::ok(describe_message(sid, &message)))
}

fn delete_message(
    world: &mut World,
    caller: &Token,
    sid: &str,
    message: &str,
) -> Result<SdkResponse, Error> {
    if !may_change(world, caller, sid, message)? {
        return Ok(SdkResponse::forbidden());
    }
    world.remove_message(sid, message, true)?;
    Ok(SdkResponse::no_content())
}

/// Signals that the caller types. The form names only the conversation.
fn signal_typing(
    world: &mut World,
    caller: &Token,
    request: &SdkRequest,
) -> Result<SdkResponse, Error> {
    let form = request.body.as_str().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    let sid = pairs.find(|(name, _)| name == "ChannelSid");
    let sid = sid.map(|(_, sid)| sid.into_owned());
    let sid = sid
        .or_else(|| request.text("ChannelSid"))
        .unwrap_or_default();
    world.signal_typing(&sid, &caller.identity)?;
    Ok(SdkResponse::ok(json!({"typing_timeout": TYPING_SECONDS})))
}

fn read_up_to(
    world: &mut World,
    caller: &Token,
    sid: &str,
    request: &SdkRequest,
) -> Result<SdkResponse, Error> {
    let index = request.body.get("last_read_message_index");
    let change = ParticipantChange {
        horizon: index.map_or(Horizon::Keep, |index| {
            let index = index.as_u64().and_then(|index| u32::try_from(index).ok());
            index.map_or(Horizon::Unread, Horizon::Read)
        }),
        notification_level: request.text("notification_level"),
        ..ParticipantChange::default()
    };
    world.update_participant(sid, &caller.identity, change, true)?;
    own_membership(world, caller, sid).map(SdkResponse::ok)
}

fn join(
    world: &mut World,
    caller: &Token,
    sid: &str,
    request: &SdkRequest,
) -> Result<SdkResponse, Error> {
    readable(world, caller, sid)?;
    let binding = |name: &str| {
        let binding = request.body.get("messaging_binding")?;
        binding.get(name)?.as_str().map(str::to_owned)
    };
    let new = NewParticipant {
        identity: request.text("identity"),
        binding: binding("address").map(|address| Binding {
            kind: Binding::kind_of(&address),
            address,
            proxy_address: binding("proxy_address").unwrap_or_default(),
        }),
        attributes: request.text("attributes"),
    };
    let participant = world.add_participant(sid, new, true)?;
    Ok(SdkResponse::created(describe_participant(&participant)))
}

fn describe_participant(participant: &Participant) -> Value {
    json!({
        "sid": participant.sid,
        "identity": participant.identity,
        "role_sid": participant.role_sid,
        "attributes": participant.attributes,
        "date_created": iso_millis(participant.date_created),
        "date_updated": iso_millis(participant.date_updated),
    })
}

fn update_participant(
    world: &mut World,
    caller: &Token,
    sid: &str,
    who: &str,
    request: &SdkRequest,
) -> Result<SdkResponse, Error> {
    readable(world, caller, sid)?;
    let change = ParticipantChange {
        attributes: request.text("attributes"),
        ..ParticipantChange::default()
    };
    let participant = world.update_participant(sid, who, change, true)?;
    Ok(SdkResponse::ok(describe_participant(&participant)))
}

fn leave(world: &mut World, caller: &Token, sid: &str, who: &str) -> Result<SdkResponse, Error> {
    let found = readable(world, caller, sid)?;
    let me = found.participant_with_identity(&caller.identity);
    let own = me.is_some_and(|me| me.sid == who || caller.identity == who);
    if !own && !caller.oversees() && found.created_by != caller.identity {
        return Ok(SdkResponse::forbidden());
    }
    world.remove_participant(sid, who, true)?;
    Ok(SdkResponse::no_content())
}

fn page(name: &str) -> Value {
    json!({name: [], "meta": {"previous_token": null, "next_token": null}})
}
