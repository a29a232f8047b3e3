//! REST routes of conversations.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::BASE;
use crate::conversations::{
    Conversation, ConversationChange, ConversationState, NewConversation, TimerChange, TimersChange,
};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/v1/Conversations", get(list).post(create))
        .route(
            "/v1/Conversations/{sid}",
            get(fetch).post(update).delete(remove),
        )
}

async fn list(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let state = request.text("State").map(state_named).transpose()?;
    let world = sim.world.lock();
    let found = world
        .conversations
        .values()
        .filter(|c| state.is_none_or(|state| c.state == state));
    page::list(&request, "conversations", found, |c| {
        conversation(&world, c)
    })
}

async fn create(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let new = NewConversation {
        unique_name: request.owned("UniqueName"),
        friendly_name: request.owned("FriendlyName"),
        attributes: request.owned("Attributes"),
        state: request.text("State").map(state_named).transpose()?,
        timers: timers(&request)?,
        messaging_service_sid: request.owned("MessagingServiceSid"),
        created_by: None,
    };
    let mut world = sim.world.lock();
    let made = world.create_conversation(new)?;
    Ok(page::created(conversation(&world, &made)))
}

async fn fetch(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(conversation(&world, world.conversation(&sid)?)))
}

async fn update(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let change = ConversationChange {
        attributes: request.owned("Attributes"),
        friendly_name: request.owned("FriendlyName"),
        unique_name: request.owned("UniqueName"),
        state: request.text("State").map(state_named).transpose()?,
        timers: timers(&request)?,
    };
    let mut world = sim.world.lock();
    let changed = world.update_conversation(&sid, change, request.wants_webhooks())?;
    Ok(page::ok(conversation(&world, &changed)))
}

async fn remove(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    sim.world
        .lock()
        .remove_conversation(&sid, request.wants_webhooks())?;
    Ok(page::no_content())
}

fn state_named(name: &str) -> Result<ConversationState, TwilioError> {
    ConversationState::from_name(name).ok_or_else(|| invalid("State", "active, inactive or closed"))
}

fn timers(request: &RestRequest) -> Result<TimersChange, TwilioError> {
    let read = |name: &'static str| match request.text(name) {
        None => Ok(TimerChange::Keep),
        Some(text) => TimerChange::parse(name, text),
    };
    Ok(TimersChange {
        inactive: read("Timers.Inactive")?,
        closed: read("Timers.Closed")?,
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
        "timers": timer_dates(world, c),
        "bindings": {},
        "url": url,
        "links": {
            "participants": format!("{url}/Participants"),
            "messages": format!("{url}/Messages"),
            "webhooks": format!("{url}/Webhooks"),
        },
    })
}

/// Returns the dates at which the timers end, for the timers that are set.
pub(super) fn timer_dates(world: &World, c: &Conversation) -> Value {
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
