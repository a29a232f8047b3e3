//! The REST API `flex-api.twilio.com/v1/Interactions`: interactions, their channels, participants, invites and transfers.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::Router;
use serde_json::{json, Value};

use super::leaving::Leaving;
use super::transfers::{NewTransfer, Transfer};
use super::{Channel, ChannelParticipant, Interaction, Invite};
use crate::conversations::{Binding, NewConversation, NewParticipant};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::readings::{EmptyChannelEnd, InviteList};
use crate::sim::Sim;
use crate::taskrouter::rest::tasks::embedded_task;
use crate::world::clock::iso;
use crate::world::World;

const BASE: &str = "https://flex-api.twilio.com/v1/Interactions";

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/v1/Interactions", post(create))
        .route("/v1/Interactions/{interaction}", get(fetch))
        .route(
            "/v1/Interactions/{interaction}/Channels",
            get(list_channels),
        )
        .route(
            "/v1/Interactions/{interaction}/Channels/{channel}",
            get(fetch_channel).post(update_channel),
        )
        .route(
            "/v1/Interactions/{interaction}/Channels/{channel}/Participants",
            get(list_participants),
        )
        .route(
            "/v1/Interactions/{interaction}/Channels/{channel}/Participants/{participant}",
            post(update_participant),
        )
        .route(
            "/v1/Interactions/{interaction}/Channels/{channel}/Invites",
            get(list_invites).post(create_invite),
        )
        .route(
            "/v1/Interactions/{interaction}/Channels/{channel}/Transfers",
            post(create_transfer),
        )
        .route(
            "/v1/Interactions/{interaction}/Channels/{channel}/Transfers/{transfer}",
            get(fetch_transfer),
        )
}

async fn create(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let channel = request.json("Channel")?.unwrap_or_default();
    let kind = text(&channel, "type").ok_or_else(|| invalid("Channel", "a `type`"))?;
    let routing = request.json("Routing")?.unwrap_or_default();
    let mut world = sim.world.lock();
    let conversation_sid = match channel
        .pointer("/properties/media_channel_sid")
        .and_then(Value::as_str)
    {
        Some(sid) => sid.to_owned(),
        None => conversation_for(&mut world, &kind, &channel)?,
    };
    let made = world.create_interaction(&kind, &conversation_sid, channel, routing)?;
    Ok(page::ok(interaction(&world, &made)))
}

/// Creates the conversation of an interaction that names its participants.
fn conversation_for(world: &mut World, kind: &str, channel: &Value) -> Result<String, TwilioError> {
    let conversation = world.create_conversation(NewConversation::default())?;
    for person in channel
        .get("participants")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let binding = text(person, "address").map(|address| Binding {
            kind: kind.to_owned(),
            address,
            proxy_address: text(person, "proxy_address").unwrap_or_default(),
        });
        let new = NewParticipant {
            identity: text(person, "identity"),
            binding,
            attributes: None,
        };
        world.add_participant(&conversation.sid, new, false)?;
    }
    Ok(conversation.sid)
}

async fn fetch(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(interaction(&world, world.interaction(&sid)?)))
}

async fn list_channels(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    world.interaction(&sid)?;
    page::list(&request, "channels", world.channels_of(&sid), channel)
}

async fn fetch_channel(
    State(sim): State<Sim>,
    Path((interaction, sid)): Path<(String, String)>,
) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(channel(world.channel(&interaction, &sid)?)))
}

async fn update_channel(
    State(sim): State<Sim>,
    Path((interaction, sid)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let routing = request.json("Routing")?.unwrap_or_default();
    let routing = text(&routing, "status");
    let mut world = sim.world.lock();
    let changed = match request.needed("Status")? {
        "closed" => {
            let wrapup = routing.as_deref() == Some("wrapup");
            let channel = world.channel(&interaction, &sid)?;
            let is_empty = channel.participants.iter().all(|p| p.routing.is_none());
            if is_empty && world.readings.empty_channel_end == EmptyChannelEnd::Refused {
                return Err(invalid("Status", "a channel with agents"));
            }
            world.close_channel(&interaction, &sid, wrapup)?
        }
        // As documented for this status.
        _ if routing.as_deref() != Some("closed") => {
            return Err(invalid("Routing", "a `status` of closed"));
        }
        _ => world.leave_channel(&interaction, &sid, Leaving::Leave, false)?,
    };
    Ok(page::ok(channel(&changed)))
}

async fn list_participants(
    State(sim): State<Sim>,
    Path((interaction, sid)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.channel(&interaction, &sid)?;
    let listed = world.listed_participants(found);
    page::list(&request, "participants", listed.iter(), |listed| {
        let mut shown = participant(found, &listed.participant);
        if let (true, Value::Object(fields)) = (listed.left, &mut shown) {
            fields.insert("status".into(), "closed".into());
        }
        shown
    })
}

async fn update_participant(
    State(sim): State<Sim>,
    Path((interaction, sid, name)): Path<(String, String, String)>,
    request: RestRequest,
) -> RestResult {
    let wrapup = request.needed("Status")? == "wrapup";
    let mut world = sim.world.lock();
    let changed = world.close_channel_participant(&interaction, &sid, &name, wrapup)?;
    let found = world.channel(&interaction, &sid)?;
    Ok(page::ok(participant(found, &changed)))
}

async fn list_invites(
    State(sim): State<Sim>,
    Path((interaction, sid)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.channel(&interaction, &sid)?;
    let without_task = world.readings.invite_list == InviteList::WithoutTask;
    let listed = world.listed_invites(found)?;
    page::list(&request, "invites", listed.into_iter(), |i| {
        let mut shown = invite(&world, found, i);
        let properties = shown.pointer_mut("/routing/properties");
        if let Some(properties) = properties
            .filter(|_| without_task)
            .and_then(Value::as_object_mut)
        {
            properties.shift_remove("sid");
        }
        shown
    })
}

async fn create_invite(
    State(sim): State<Sim>,
    Path((interaction, sid)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let routing = request.json("Routing")?.unwrap_or_default();
    let mut world = sim.world.lock();
    let made = world.invite(&interaction, &sid, routing)?;
    let found = world.channel(&interaction, &sid)?;
    Ok(page::ok(invite(&world, found, &made)))
}

async fn create_transfer(
    State(sim): State<Sim>,
    Path((interaction, sid)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|error| TwilioError::new(400, 20001, error.to_string()))?;
    let mut world = sim.world.lock();
    let made = world.transfer_channel(&interaction, &sid, new_transfer(&body))?;
    let found = world.channel(&interaction, &sid)?;
    Ok(page::created(transfer(&world, found, &made)))
}

async fn fetch_transfer(
    State(sim): State<Sim>,
    Path((interaction, sid, name)): Path<(String, String, String)>,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.channel(&interaction, &sid)?;
    Ok(page::ok(transfer(&world, found, found.transfer(&name)?)))
}

/// Parses a transfer in the form of Flex and REST.
pub fn new_transfer(body: &Value) -> NewTransfer {
    NewTransfer {
        kind: text(body, "type").unwrap_or_else(|| "cold".into()),
        from: text(body, "from").unwrap_or_default(),
        to: text(body, "to").unwrap_or_default(),
        note_sid: text(body, "noteSid").or_else(|| text(body, "note_sid")),
        summary_sid: text(body, "summarySid").or_else(|| text(body, "summary_sid")),
    }
}

/// Returns a transfer in the form of Flex and REST.
pub fn transfer(world: &World, c: &Channel, t: &Transfer) -> Value {
    json!({
        "sid": t.sid,
        "account_sid": world.account_sid,
        "instance_sid": world.flex_instance_sid,
        "interaction_sid": c.interaction_sid,
        "channel_sid": c.sid,
        "execution_sid": null,
        "type": t.kind,
        "status": world.transfer_status(t),
        "from": t.from,
        "to": t.to,
        "note_sid": t.note_sid,
        "summary_sid": t.summary_sid,
        "date_created": iso(t.date_created),
        "date_updated": iso(t.date_created),
        "url": format!("{}/Transfers/{}", channel_url(c), t.sid),
    })
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn interaction(world: &World, i: &Interaction) -> Value {
    let url = format!("{BASE}/{}", i.sid);
    let first = world.channels_of(&i.sid).next();
    let invited = first.and_then(|c| c.invites.first());
    json!({
        "sid": i.sid,
        "channel": first.map(|c| json!({"type": c.kind, "sid": c.sid})),
        "routing": invited.map(|invite| routing(world, invite)),
        "interaction_context_sid": null,
        "webhook_ttid": null,
        "url": url,
        "links": {"channels": format!("{url}/Channels")},
    })
}

fn channel_url(c: &Channel) -> String {
    format!("{BASE}/{}/Channels/{}", c.interaction_sid, c.sid)
}

fn channel(c: &Channel) -> Value {
    let url = channel_url(c);
    json!({
        "sid": c.sid,
        "interaction_sid": c.interaction_sid,
        "type": c.kind,
        "status": c.status.name(),
        "error_code": null,
        "error_message": null,
        "url": url,
        "links": {
            "participants": format!("{url}/Participants"),
            "invites": format!("{url}/Invites"),
            "transfers": format!("{url}/Transfers"),
        },
    })
}

fn participant(c: &Channel, p: &ChannelParticipant) -> Value {
    json!({
        "sid": p.sid,
        "type": p.kind,
        "interaction_sid": c.interaction_sid,
        "channel_sid": c.sid,
        "routing_properties": p.routing,
        "url": format!("{}/Participants/{}", channel_url(c), p.sid),
    })
}

fn invite(world: &World, c: &Channel, i: &Invite) -> Value {
    json!({
        "sid": i.sid,
        "interaction_sid": c.interaction_sid,
        "channel_sid": c.sid,
        "routing": routing(world, i),
        "url": format!("{}/Invites/{}", channel_url(c), i.sid),
    })
}

fn routing(world: &World, i: &Invite) -> Value {
    let task = world.taskrouter.task(&i.task_sid).ok();
    json!({"reservation": null, "properties": task.map(|task| embedded_task(world, task))})
}
