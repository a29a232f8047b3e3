//! The REST API `events.twilio.com`: sinks, subscriptions, subscribed events and types.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use serde::Deserialize;
use serde_json::{json, Value};
use url::Url;

use super::types::event_type;
use super::{EventType, Sink, Subscription, TYPES};
use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::readings::SinkPassword;
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::World;

const BASE: &str = "https://events.twilio.com/v1";
/// The status of every sink.
const ACTIVE: &str = "active";

type InSubscription = Path<(String, String)>;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/v1/Sinks", get(list_sinks).post(create_sink))
        .route(
            "/v1/Sinks/{sink}",
            get(fetch_sink).post(update_sink).delete(remove_sink),
        )
        .route(
            "/v1/Subscriptions",
            get(list_subscriptions).post(create_subscription),
        )
        .route(
            "/v1/Subscriptions/{subscription}",
            get(fetch_subscription)
                .post(update_subscription)
                .delete(remove_subscription),
        )
        .route(
            "/v1/Subscriptions/{subscription}/SubscribedEvents",
            get(list_subscribed).post(subscribe),
        )
        .route(
            "/v1/Subscriptions/{subscription}/SubscribedEvents/{kind}",
            get(fetch_subscribed).post(resubscribe).delete(unsubscribe),
        )
        .route("/v1/Types", get(list_types))
        .route("/v1/Types/{kind}", get(fetch_type))
}

async fn list_sinks(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let streams = &world.event_streams;
    let selected = streams.sinks.values().filter(|sink| {
        let in_use = streams.is_in_use(&sink.sid).to_string();
        request.selects("InUse", Some(&in_use)) && request.selects("Status", Some(ACTIVE))
    });
    page::list(&request, "sinks", selected, |s| sink(&world, s))
}

async fn create_sink(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let configuration = request
        .json("SinkConfiguration")?
        .filter(Value::is_object)
        .ok_or_else(|| invalid("SinkConfiguration", "a JSON object"))?;
    let mut world = sim.world.lock();
    let made = world.create_sink(
        request.needed("Description")?.to_owned(),
        request.needed("SinkType")?.to_lowercase(),
        configuration,
    )?;
    Ok(page::created(sink(&world, &made)))
}

async fn fetch_sink(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(sink(&world, world.event_streams.sink(&sid)?)))
}

async fn update_sink(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let description = request.needed("Description")?.to_owned();
    let mut world = sim.world.lock();
    let changed = world.describe_sink(&sid, description)?;
    Ok(page::ok(sink(&world, &changed)))
}

async fn remove_sink(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    sim.world.lock().remove_sink(&sid)?;
    Ok(page::no_content())
}

async fn list_subscriptions(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let all = world.event_streams.subscriptions.values();
    let selected = all.filter(|s| request.selects("SinkSid", Some(&s.sink_sid)));
    page::list(&request, "subscriptions", selected, |s| {
        subscription(&world, s)
    })
}

/// An element of the parameter `Types`.
#[derive(Deserialize)]
struct WantedType {
    #[serde(rename = "type")]
    kind: String,
    schema_version: Option<u32>,
}

async fn create_subscription(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let texts = request.list("Types").unwrap_or_default();
    let wanted: Result<Vec<WantedType>, _> = texts
        .iter()
        .map(|text| serde_json::from_str(text))
        .collect();
    let wanted = wanted.map_err(|_| {
        invalid(
            "Types",
            "JSON objects with `type` and perhaps `schema_version`",
        )
    })?;
    let wanted: Vec<(String, Option<u32>)> = wanted
        .into_iter()
        .map(|wanted| (wanted.kind, wanted.schema_version))
        .collect();
    let description = request.needed("Description")?.to_owned();
    let mut world = sim.world.lock();
    let made = world.create_subscription(description, request.needed("SinkSid")?, &wanted)?;
    Ok(page::created(subscription(&world, &made)))
}

async fn fetch_subscription(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    let world = sim.world.lock();
    let found = world.event_streams.subscription(&sid)?;
    Ok(page::ok(subscription(&world, found)))
}

async fn update_subscription(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    let changed = match request.owned("Description") {
        Some(description) => world.describe_subscription(&sid, description)?,
        None => world.event_streams.subscription(&sid)?.clone(),
    };
    Ok(page::ok(subscription(&world, &changed)))
}

async fn remove_subscription(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    sim.world.lock().remove_subscription(&sid)?;
    Ok(page::no_content())
}

async fn list_subscribed(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let types = world.event_streams.subscription(&sid)?.types.iter();
    page::list(&request, "types", types, |(kind, version)| {
        subscribed(&world, &sid, kind, *version)
    })
}

async fn subscribe(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let kind = request.needed("Type")?;
    let mut world = sim.world.lock();
    let version = world.subscribe(&sid, kind, request.number("SchemaVersion")?)?;
    Ok(page::created(subscribed(&world, &sid, kind, version)))
}

async fn fetch_subscribed(State(sim): State<Sim>, Path((sid, kind)): InSubscription) -> RestResult {
    let world = sim.world.lock();
    let types = &world.event_streams.subscription(&sid)?.types;
    let version = types.get(&kind).copied();
    let version = version.ok_or_else(|| super::not_subscribed(&kind))?;
    Ok(page::ok(subscribed(&world, &sid, &kind, version)))
}

async fn resubscribe(
    State(sim): State<Sim>,
    Path((sid, kind)): InSubscription,
    request: RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    let version = world.resubscribe(&sid, &kind, request.number("SchemaVersion")?)?;
    Ok(page::ok(subscribed(&world, &sid, &kind, version)))
}

async fn unsubscribe(State(sim): State<Sim>, Path((sid, kind)): InSubscription) -> RestResult {
    sim.world.lock().unsubscribe(&sid, &kind)?;
    Ok(page::no_content())
}

async fn list_types(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let selected = TYPES
        .iter()
        .filter(|known| request.selects("SchemaId", Some(known.schema)));
    page::list(&request, "types", selected, |known| {
        shown_type(&world, known)
    })
}

async fn fetch_type(State(sim): State<Sim>, Path(kind): Path<String>) -> RestResult {
    let found = event_type(&kind)?;
    Ok(page::ok(shown_type(&sim.world.lock(), found)))
}

fn sink(world: &World, s: &Sink) -> Value {
    let url = format!("{BASE}/Sinks/{}", s.sid);
    let configuration = match world.readings.sink_password {
        SinkPassword::Shown => s.configuration.clone(),
        SinkPassword::Hidden => without_user(&s.configuration),
    };
    json!({
        "sid": s.sid,
        "description": s.description,
        "sink_configuration": configuration,
        "sink_type": s.sink_type,
        "status": ACTIVE,
        "date_created": iso(s.date_created),
        "date_updated": iso(s.date_updated),
        "url": url,
        "links": {
            "sink_test": format!("{url}/Test"),
            "sink_validate": format!("{url}/Validate"),
        },
    })
}

/// Returns a configuration whose destination names neither user nor password.
fn without_user(configuration: &Value) -> Value {
    let mut hidden = configuration.clone();
    if let Some(Value::String(destination)) = hidden.get_mut("destination") {
        if let Ok(mut url) = Url::parse(destination) {
            // Both fail for a URL without a host only, which a sink cannot have.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            *destination = url.into();
        }
    }
    hidden
}

fn subscription(world: &World, s: &Subscription) -> Value {
    let url = format!("{BASE}/Subscriptions/{}", s.sid);
    json!({
        "sid": s.sid,
        "account_sid": world.account_sid,
        "description": s.description,
        "sink_sid": s.sink_sid,
        "date_created": iso(s.date_created),
        "date_updated": iso(s.date_updated),
        "url": url,
        "links": {"subscribed_events": format!("{url}/SubscribedEvents")},
    })
}

fn subscribed(world: &World, sid: &str, kind: &str, version: u32) -> Value {
    json!({
        "account_sid": world.account_sid,
        "subscription_sid": sid,
        "type": kind,
        "schema_version": version,
        "url": format!("{BASE}/Subscriptions/{sid}/SubscribedEvents/{kind}"),
    })
}

fn shown_type(world: &World, known: &EventType) -> Value {
    let date = iso(world.flex_config.date_created);
    json!({
        "type": known.name,
        "schema_id": known.schema,
        "description": known.name,
        "status": "available",
        "documentation_url": null,
        "date_created": date,
        "date_updated": date,
        "url": format!("{BASE}/Types/{}", known.name),
        "links": {"schema": format!("{BASE}/Schemas/{}/Versions", known.schema)},
    })
}
