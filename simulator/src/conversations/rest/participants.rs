//! REST routes of the participants of a conversation.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::BASE;
use crate::conversations::{Binding, Horizon, NewParticipant, Participant, ParticipantChange};
use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::RestRequest;
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route(
            "/v1/Conversations/{sid}/Participants",
            get(list).post(create),
        )
        .route(
            "/v1/Conversations/{sid}/Participants/{participant}",
            get(fetch).post(update).delete(remove),
        )
}

async fn list(State(sim): State<Sim>, Path(sid): Path<String>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    page::list(&request, "participants", found.participants.iter(), |p| {
        participant(&world, &found.sid, p)
    })
}

async fn create(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let binding = request
        .owned("MessagingBinding.Address")
        .map(|address| Binding {
            kind: Binding::kind_of(&address),
            address,
            proxy_address: request
                .owned("MessagingBinding.ProxyAddress")
                .unwrap_or_default(),
        });
    let new = NewParticipant {
        identity: request.owned("Identity"),
        binding,
        attributes: request.owned("Attributes"),
    };
    let mut world = sim.world.lock();
    let made = world.add_participant(&sid, new, request.wants_webhooks())?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::created(participant(&world, conversation_sid, &made)))
}

async fn fetch(State(sim): State<Sim>, Path((sid, name)): Path<(String, String)>) -> RestResult {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    Ok(page::ok(participant(
        &world,
        &found.sid,
        found.participant(&name)?,
    )))
}

async fn update(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let change = ParticipantChange {
        attributes: request.owned("Attributes"),
        horizon: request
            .number("LastReadMessageIndex")?
            .map_or(Horizon::Keep, Horizon::Read),
        notification_level: None,
    };
    let mut world = sim.world.lock();
    let changed = world.update_participant(&sid, &name, change, request.wants_webhooks())?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::ok(participant(&world, conversation_sid, &changed)))
}

async fn remove(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    sim.world
        .lock()
        .remove_participant(&sid, &name, request.wants_webhooks())?;
    Ok(page::no_content())
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
