//! REST routes of the webhooks of a conversation.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use serde_json::{json, Map, Value};

use super::BASE;
use crate::conversations::{Webhook, WebhookConfiguration};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::RestRequest;
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/v1/Conversations/{sid}/Webhooks", get(list).post(create))
        .route(
            "/v1/Conversations/{sid}/Webhooks/{webhook}",
            get(fetch).post(update).delete(remove),
        )
}

async fn list(State(sim): State<Sim>, Path(sid): Path<String>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    page::list(&request, "webhooks", found.webhooks.iter(), |w| {
        webhook(&world, &found.sid, w)
    })
}

async fn create(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    let made = world.add_webhook(&sid, request.needed("Target")?, configuration(&request)?)?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::created(webhook(&world, conversation_sid, &made)))
}

async fn fetch(State(sim): State<Sim>, Path((sid, name)): Path<(String, String)>) -> RestResult {
    let world = sim.world.lock();
    let conversation_sid = &world.conversation(&sid)?.sid;
    let found = world.webhook(&sid, &name)?;
    Ok(page::ok(webhook(&world, conversation_sid, found)))
}

async fn update(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    let changed = world.update_webhook(&sid, &name, configuration(&request)?)?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::ok(webhook(&world, conversation_sid, &changed)))
}

async fn remove(State(sim): State<Sim>, Path((sid, name)): Path<(String, String)>) -> RestResult {
    sim.world.lock().remove_webhook(&sid, &name)?;
    Ok(page::no_content())
}

fn configuration(request: &RestRequest) -> Result<WebhookConfiguration, TwilioError> {
    Ok(WebhookConfiguration {
        url: request.owned("Configuration.Url"),
        method: request.owned("Configuration.Method"),
        filters: request.list("Configuration.Filters"),
        triggers: request.list("Configuration.Triggers"),
        flow_sid: request.owned("Configuration.FlowSid"),
        replay_after: request.number("Configuration.ReplayAfter")?,
    })
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
