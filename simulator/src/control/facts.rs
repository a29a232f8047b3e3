//! Facts for tests: SIDs, and the whole world for assertions.

use axum::extract::{Json, State};
use serde_json::{json, Map, Value};
use url::form_urlencoded::Serializer;

use super::Reply;
use crate::contact_centre::customers::Customer;
use crate::contact_centre::seed::EVENTS_KEY;
use crate::iam::Token;
use crate::sim::Sim;
use crate::taskrouter::Worker;
use crate::world::clock::iso_millis;
use crate::world::{World, AUTH_TOKEN};

/// Returns every SID that a test may need, so that tests hard-code none.
pub async fn facts(State(sim): State<Sim>) -> Reply {
    let world = sim.world.lock();
    let router = &world.taskrouter;
    let named = |all: Vec<(&String, &String)>| -> Map<String, Value> {
        all.into_iter()
            .map(|(name, sid)| (name.clone(), json!(sid)))
            .collect()
    };
    Ok(Json(json!({
        "accountSid": world.account_sid,
        "authToken": AUTH_TOKEN,
        "flexInstanceSid": world.flex_instance_sid,
        "chatServiceSid": world.chat_service_sid,
        "syncServiceSid": world.sync_service_sid,
        "flexSyncServiceSid": world.flex_sync_service_sid,
        "agentSyncServiceSid": world.agent_sync_service_sid(),
        "workspaceSid": router.workspace_sid,
        "workflowSid": router.workflows.first().map(|workflow| &workflow.sid),
        "workflows": named(router.workflows.iter().map(|w| (&w.friendly_name, &w.sid)).collect()),
        "queues": named(router.queues.iter().map(|q| (&q.friendly_name, &q.sid)).collect()),
        "activities": named(router.activities.iter().map(|a| (&a.friendly_name, &a.sid)).collect()),
        "taskChannels": named(router.task_channels.iter().map(|c| (&c.unique_name, &c.sid)).collect()),
        "functionsDomain": world.functions_domain,
        "eventsKey": EVENTS_KEY,
        "agents": router.workers.iter().map(|worker| agent(&world, worker)).collect::<Vec<_>>(),
        "customers": world.customers.iter().map(|known| customer(&world, known)).collect::<Vec<_>>(),
    })))
}

/// Returns the whole world, for assertions.
pub async fn world(State(sim): State<Sim>) -> Json<Value> {
    let world = sim.world.lock();
    let router = &world.taskrouter;
    Json(json!({
        "now": world.now(),
        "conversations": world.conversations.values().collect::<Vec<_>>(),
        "interactions": world.interactions.values().collect::<Vec<_>>(),
        "channels": world.channels.values().collect::<Vec<_>>(),
        "tasks": router.tasks.values().collect::<Vec<_>>(),
        "reservations": router.reservations.values().collect::<Vec<_>>(),
        "workers": router.workers,
        "workflows": router.workflows,
        "maps": world.maps.values().collect::<Vec<_>>(),
        "documents": world.documents.values().collect::<Vec<_>>(),
        "customers": world.customers,
    }))
}

/// Returns an agent with the newest valid token, and the address of the desktop with that token.
pub fn agent(world: &World, worker: &Worker) -> Value {
    let own = world
        .tokens
        .values()
        .filter(|token| token.identity == worker.friendly_name);
    let token = own
        .filter(|token| token.expires > world.now())
        .max_by_key(|token| token.expires);
    json!({
        "identity": worker.friendly_name,
        "name": worker.attributes.get("full_name"),
        "workerSid": worker.sid,
        "roles": worker.attributes.get("roles"),
        "token": token.map(|token| &token.token),
        "tokenExpires": token.map(|token| iso_millis(token.expires)),
        "url": token.map(desktop_url),
    })
}

/// Returns a customer and the conversation of the customer.
pub fn customer(world: &World, customer: &Customer) -> Value {
    let channel = customer
        .conversation_sid
        .as_deref()
        .and_then(|sid| world.channel_of_conversation(sid));
    json!({
        "id": customer.id,
        "name": customer.name,
        "channel": customer.channel.name(),
        "address": customer.address,
        "conversationSid": customer.conversation_sid,
        "interactionSid": channel.map(|channel| &channel.interaction_sid),
        "channelSid": channel.map(|channel| &channel.sid),
        "url": format!("/customer?id={}", customer.id),
    })
}

/// Returns the path and query of a desktop that is signed in by `token`.
fn desktop_url(token: &Token) -> String {
    let query = Serializer::new(String::new())
        .append_pair("Identity", &token.identity)
        .append_pair("Expiration", &iso_millis(token.expires))
        .append_pair("Token", &token.token)
        .append_pair("Roles", &token.roles.join(","))
        .append_pair("flexUserSid", &token.flex_user_sid)
        .finish();
    format!("/?{query}")
}
