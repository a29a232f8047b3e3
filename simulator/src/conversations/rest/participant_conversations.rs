//! REST route of the conversations of one identity or address.

use axum::extract::State;
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::conversations::timer_dates;
use super::BASE;
use crate::conversations::{Conversation, Participant};
use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new().route("/v1/ParticipantConversations", get(list))
}

async fn list(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let ((Some(name), None) | (None, Some(name))) =
        (request.text("Identity"), request.text("Address"))
    else {
        return Err(invalid("Identity", "either Identity or Address"));
    };
    let world = sim.world.lock();
    let found = world
        .conversations
        .values()
        .filter_map(|c| Some((c, c.participant_writing_as(name)?)));
    page::list(&request, "conversations", found, |(c, p)| {
        participant_conversation(&world, c, p)
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
        "conversation_timers": timer_dates(world, c),
        "links": {"conversation": format!("{BASE}/{}", c.sid)},
    })
}
