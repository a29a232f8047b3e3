//! `conversations.twilio.com`

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use serde_json::{json, Map, Value};

use super::call::{invalid, Call};
use super::error::{Answer, TwilioError};
use super::openapi::Mismatch;
use super::page::{self, in_order};
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::conversations::{
    Binding, Configuration, Conversation, ConversationChange, Horizon, Media, Message,
    MessageChange, NewConversation, NewParticipant, Participant, ParticipantChange, Post, Source,
    State as ConversationState, TimerChange, TimersChange, Webhook,
};
use crate::world::World;

const BASE: &str = "https://conversations.twilio.com/v1/Conversations";

/// All routes of the product that are built.
pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/v1/Conversations", get(list).post(create))
        .route(
            "/v1/Conversations/{sid}",
            get(fetch).post(update).delete(remove),
        )
        .route(
            "/v1/Conversations/{sid}/Participants",
            get(list_participants).post(create_participant),
        )
        .route(
            "/v1/Conversations/{sid}/Participants/{participant}",
            get(fetch_participant)
                .post(update_participant)
                .delete(remove_participant),
        )
        .route(
            "/v1/Conversations/{sid}/Messages",
            get(list_messages).post(create_message),
        )
        .route(
            "/v1/Conversations/{sid}/Messages/{message}",
            get(fetch_message)
                .post(update_message)
                .delete(remove_message),
        )
        .route(
            "/v1/Conversations/{sid}/Webhooks",
            get(list_webhooks).post(create_webhook),
        )
        .route(
            "/v1/Conversations/{sid}/Webhooks/{webhook}",
            get(fetch_webhook)
                .post(update_webhook)
                .delete(remove_webhook),
        )
        .route(
            "/v1/ParticipantConversations",
            get(participant_conversations),
        )
}

/// Returns the refusal of what differs from the description, where Conversations has a code of its own for it.
///
/// Source: <https://www.twilio.com/docs/api/errors>.
pub fn own_refusal(call: &Call, mismatch: &Mismatch) -> Option<TwilioError> {
    if !call.path.contains("/Webhooks") {
        return None;
    }
    let code = match mismatch {
        Mismatch::Missing { name } if name == "Target" => 50368,
        Mismatch::Invalid { name, .. } => match name.as_str() {
            "Sid" => 50363,
            "Target" => 50364,
            "Configuration.FlowSid" => 50367,
            _ => return None,
        },
        _ => return None,
    };
    Some(TwilioError::new(400, code, mismatch.to_string()))
}

async fn list(State(sim): State<Sim>, call: Call) -> Answer {
    let state = call.text("State").map(state_named).transpose()?;
    let world = sim.world.lock();
    let found = world
        .conversations
        .values()
        .filter(|c| state.is_none_or(|state| c.state == state));
    page::list(&call, "conversations", found, |c| conversation(&world, c))
}

async fn create(State(sim): State<Sim>, call: Call) -> Answer {
    let new = NewConversation {
        unique_name: call.owned("UniqueName"),
        friendly_name: call.owned("FriendlyName"),
        attributes: call.owned("Attributes"),
        state: call.text("State").map(state_named).transpose()?,
        timers: timers(&call)?,
        messaging_service_sid: call.owned("MessagingServiceSid"),
        created_by: None,
    };
    let mut world = sim.world.lock();
    let made = world.create_conversation(new)?;
    Ok(page::created(conversation(&world, &made)))
}

async fn fetch(State(sim): State<Sim>, Path(sid): Path<String>) -> Answer {
    let world = sim.world.lock();
    Ok(page::shown(conversation(&world, world.conversation(&sid)?)))
}

async fn update(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let change = ConversationChange {
        attributes: call.owned("Attributes"),
        friendly_name: call.owned("FriendlyName"),
        unique_name: call.owned("UniqueName"),
        state: call.text("State").map(state_named).transpose()?,
        timers: timers(&call)?,
    };
    let mut world = sim.world.lock();
    let changed = world.update_conversation(&sid, change, call.wants_webhooks())?;
    Ok(page::shown(conversation(&world, &changed)))
}

async fn remove(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    sim.world
        .lock()
        .remove_conversation(&sid, call.wants_webhooks())?;
    Ok(page::gone())
}

async fn list_participants(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    page::list(&call, "participants", found.participants.iter(), |p| {
        participant(&world, &found.sid, p)
    })
}

async fn create_participant(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let binding = call
        .owned("MessagingBinding.Address")
        .map(|address| Binding {
            kind: Binding::kind_of(&address),
            address,
            proxy_address: call
                .owned("MessagingBinding.ProxyAddress")
                .unwrap_or_default(),
        });
    let new = NewParticipant {
        identity: call.owned("Identity"),
        binding,
        attributes: call.owned("Attributes"),
    };
    let mut world = sim.world.lock();
    let made = world.add_participant(&sid, new, call.wants_webhooks())?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::created(participant(&world, conversation_sid, &made)))
}

async fn fetch_participant(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
) -> Answer {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    Ok(page::shown(participant(
        &world,
        &found.sid,
        found.participant(&name)?,
    )))
}

async fn update_participant(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    call: Call,
) -> Answer {
    let change = ParticipantChange {
        attributes: call.owned("Attributes"),
        horizon: call
            .number("LastReadMessageIndex")?
            .map_or(Horizon::Keep, Horizon::Read),
        notification_level: None,
    };
    let mut world = sim.world.lock();
    let changed = world.update_participant(&sid, &name, change, call.wants_webhooks())?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::shown(participant(&world, conversation_sid, &changed)))
}

async fn remove_participant(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    call: Call,
) -> Answer {
    sim.world
        .lock()
        .remove_participant(&sid, &name, call.wants_webhooks())?;
    Ok(page::gone())
}

async fn list_messages(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    let messages = in_order(&call, found.messages.iter());
    page::list(&call, "messages", messages, |m| {
        message(&world, &found.sid, m)
    })
}

async fn create_message(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    if ["ContentSid", "ContentVariables", "Subject"]
        .iter()
        .any(|part| call.text(part).is_some())
    {
        return Err(super::not_built());
    }
    let mut world = sim.world.lock();
    let media = call.text("MediaSid").map(|sid| world.media(sid).cloned());
    let post = Post {
        author: call.owned("Author").unwrap_or_else(|| "system".into()),
        body: call.owned("Body").unwrap_or_default(),
        media: media.transpose()?.into_iter().collect(),
        attributes: call.owned("Attributes"),
        source: Source::Api,
        webhooks: call.wants_webhooks(),
    };
    let made = world.post_message(&sid, post)?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::created(message(&world, conversation_sid, &made)))
}

async fn fetch_message(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
) -> Answer {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    Ok(page::shown(message(
        &world,
        &found.sid,
        found.message(&name)?,
    )))
}

async fn update_message(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    call: Call,
) -> Answer {
    let mut world = sim.world.lock();
    let change = MessageChange {
        by: "system".into(),
        body: call.owned("Body"),
        attributes: call.owned("Attributes"),
    };
    let changed = world.update_message(&sid, &name, change, call.wants_webhooks())?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::shown(message(&world, conversation_sid, &changed)))
}

async fn remove_message(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    call: Call,
) -> Answer {
    sim.world
        .lock()
        .remove_message(&sid, &name, call.wants_webhooks())?;
    Ok(page::gone())
}

async fn list_webhooks(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    page::list(&call, "webhooks", found.webhooks.iter(), |w| {
        webhook(&world, &found.sid, w)
    })
}

async fn create_webhook(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let mut world = sim.world.lock();
    let made = world.add_webhook(&sid, call.needed("Target")?, configuration(&call)?)?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::created(webhook(&world, conversation_sid, &made)))
}

async fn fetch_webhook(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
) -> Answer {
    let world = sim.world.lock();
    let conversation_sid = &world.conversation(&sid)?.sid;
    let found = world.webhook(&sid, &name)?;
    Ok(page::shown(webhook(&world, conversation_sid, found)))
}

async fn update_webhook(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    call: Call,
) -> Answer {
    let mut world = sim.world.lock();
    let changed = world.update_webhook(&sid, &name, configuration(&call)?)?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::shown(webhook(&world, conversation_sid, &changed)))
}

async fn remove_webhook(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
) -> Answer {
    sim.world.lock().remove_webhook(&sid, &name)?;
    Ok(page::gone())
}

async fn participant_conversations(State(sim): State<Sim>, call: Call) -> Answer {
    let ((Some(name), None) | (None, Some(name))) = (call.text("Identity"), call.text("Address"))
    else {
        return Err(invalid("Identity", "either Identity or Address"));
    };
    let world = sim.world.lock();
    let found = world
        .conversations
        .values()
        .filter_map(|c| Some((c, c.participant_writing_as(name)?)));
    page::list(&call, "conversations", found, |(c, p)| {
        participant_conversation(&world, c, p)
    })
}

fn state_named(name: &str) -> Result<ConversationState, TwilioError> {
    ConversationState::named(name).ok_or_else(|| invalid("State", "active, inactive or closed"))
}

fn timers(call: &Call) -> Result<TimersChange, TwilioError> {
    let read = |name: &'static str| match call.text(name) {
        None => Ok(TimerChange::Keep),
        Some(text) => TimerChange::parse(name, text),
    };
    Ok(TimersChange {
        inactive: read("Timers.Inactive")?,
        closed: read("Timers.Closed")?,
    })
}

fn configuration(call: &Call) -> Result<Configuration, TwilioError> {
    Ok(Configuration {
        url: call.owned("Configuration.Url"),
        method: call.owned("Configuration.Method"),
        filters: call.list("Configuration.Filters"),
        triggers: call.list("Configuration.Triggers"),
        flow_sid: call.owned("Configuration.FlowSid"),
        replay_after: call.number("Configuration.ReplayAfter")?,
    })
}

fn conversation(world: &World, c: &Conversation) -> Value {
    let url = format!("{BASE}/{}", c.sid);
    json!({
        "sid": c.sid,
        "account_sid": world.account_sid,
        "chat_service_sid": world.chat_service_sid,
        "messaging_service_sid": c.messaging_service_sid,
        "friendly_name": c.friendly_name,
        "unique_name": c.unique_name,
        "attributes": c.attributes,
        "state": c.state.name(),
        "date_created": iso(c.date_created),
        "date_updated": iso(c.date_updated),
        "timers": shown_timers(world, c),
        "bindings": {},
        "url": url,
        "links": {
            "participants": format!("{url}/Participants"),
            "messages": format!("{url}/Messages"),
            "webhooks": format!("{url}/Webhooks"),
        },
    })
}

fn shown_timers(world: &World, c: &Conversation) -> Value {
    let dates = c.timer_dates(world.readings.timers_count_from);
    let timers = [
        ("date_inactive", dates.inactive),
        ("date_closed", dates.closed),
    ];
    let set = timers
        .into_iter()
        .filter_map(|(name, date)| Some((name.to_owned(), Value::from(iso(date?)))));
    Value::Object(set.collect())
}

fn participant(world: &World, conversation_sid: &str, p: &Participant) -> Value {
    json!({
        "sid": p.sid,
        "account_sid": world.account_sid,
        "conversation_sid": conversation_sid,
        "identity": p.identity,
        "attributes": p.attributes,
        "messaging_binding": p.binding,
        "role_sid": p.role_sid,
        "last_read_message_index": p.last_read_message_index,
        "last_read_timestamp": p.last_read_timestamp.map(iso),
        "date_created": iso(p.date_created),
        "date_updated": iso(p.date_updated),
        "url": format!("{BASE}/{conversation_sid}/Participants/{}", p.sid),
    })
}

fn participant_conversation(world: &World, c: &Conversation, p: &Participant) -> Value {
    let user = p
        .identity
        .as_ref()
        .and_then(|identity| world.users.get(identity));
    json!({
        "account_sid": world.account_sid,
        "chat_service_sid": world.chat_service_sid,
        "participant_sid": p.sid,
        "participant_user_sid": user.map(|user| &user.sid),
        "participant_identity": p.identity,
        "participant_messaging_binding": p.binding,
        "conversation_sid": c.sid,
        "conversation_unique_name": c.unique_name,
        "conversation_friendly_name": c.friendly_name,
        "conversation_attributes": c.attributes,
        "conversation_date_created": iso(c.date_created),
        "conversation_date_updated": iso(c.date_updated),
        "conversation_created_by": c.created_by,
        "conversation_state": c.state.name(),
        "conversation_timers": shown_timers(world, c),
        "links": {"conversation": format!("{BASE}/{}", c.sid)},
    })
}

fn message(world: &World, conversation_sid: &str, m: &Message) -> Value {
    json!({
        "sid": m.sid,
        "account_sid": world.account_sid,
        "conversation_sid": conversation_sid,
        "index": m.index,
        "author": m.author,
        "body": m.body,
        "attributes": m.attributes,
        "participant_sid": m.participant_sid,
        "media": shown_media(&m.media),
        "delivery": null,
        "content_sid": null,
        "date_created": iso(m.date_created),
        "date_updated": iso(m.date_updated),
        "url": format!("{BASE}/{conversation_sid}/Messages/{}", m.sid),
        "links": {},
    })
}

fn shown_media(media: &[Media]) -> Option<Vec<Value>> {
    let shown = media.iter().map(|media| {
        json!({
            "sid": media.sid,
            "category": media.category,
            "filename": media.filename,
            "content_type": media.content_type,
            "size": media.size,
        })
    });
    (!media.is_empty()).then(|| shown.collect())
}

fn webhook(world: &World, conversation_sid: &str, w: &Webhook) -> Value {
    let own = &w.configuration;
    let parts = [
        ("url", json!(own.url)),
        ("method", json!(own.method)),
        ("filters", json!(own.filters)),
        ("triggers", json!(own.triggers)),
        ("flow_sid", json!(own.flow_sid)),
        ("replay_after", json!(own.replay_after)),
    ];
    let set = parts.into_iter().filter(|(_, value)| !value.is_null());
    let configuration: Map<String, Value> =
        set.map(|(name, value)| (name.to_owned(), value)).collect();
    json!({
        "sid": w.sid,
        "account_sid": world.account_sid,
        "conversation_sid": conversation_sid,
        "target": w.target,
        "configuration": configuration,
        "date_created": iso(w.date_created),
        "date_updated": iso(w.date_updated),
        "url": format!("{BASE}/{conversation_sid}/Webhooks/{}", w.sid),
    })
}
