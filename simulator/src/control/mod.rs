//! Control endpoints below `/__sim`: for tests, and for pages that act for people outside Twilio.

mod actions;
mod body;
mod facts;
mod people;
mod readings;
mod sync;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Json, Path, State};
use axum::middleware::map_response;
use axum::routing::{delete, get, post};
use axum::Router;
use serde::Deserialize;
use serde_json::{json, Map, Value};

use crate::contact_centre::seed::Plan;
use crate::flex::configuration::merge;
use crate::gate::faults::Fault;
use crate::gate::journal::RequestCounts;
use crate::gate::limits::Rates;
use crate::http::error::TwilioError;
use crate::http::request::invalid;
use crate::http::surrogates;
use crate::readings::Readings;
use crate::sim::Sim;
use crate::taskrouter::WorkerChange;

/// The result of a control endpoint.
pub type Reply = Result<Json<Value>, TwilioError>;

/// Returns the routes of all control endpoints.
pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/facts", get(facts::facts))
        .route("/world", get(facts::world))
        .route("/reset", post(reset))
        .route("/seed", post(seed))
        .route("/journal", get(journal).delete(clear_journal))
        .route("/unknown", get(unknown))
        .route("/activity", get(activity))
        .route("/clock", get(clock).post(set_clock))
        .route("/faults", get(faults).post(arm_fault).delete(clear_faults))
        .route("/faults/{id}", delete(disarm_fault))
        .route(
            "/limits",
            get(limits).post(switch_limits_on).delete(switch_limits_off),
        )
        .route("/latency", post(set_latency))
        .route("/config", post(set_config))
        .route("/runtimes", post(set_runtimes))
        .route("/tokens", post(people::tokens))
        .route("/agents", post(people::create_agent))
        .route("/agents/{identity}", post(people::update_agent))
        .route("/agents/{identity}/messages", post(actions::post_as_agent))
        .route(
            "/customers",
            get(people::customers).post(people::create_customer),
        )
        .route("/customers/{id}", get(people::customer))
        .route("/customers/{id}/messages", post(actions::post_as_customer))
        .route(
            "/customers/{id}/typing",
            post(actions::signal_customer_typing),
        )
        .route("/conversations/{sid}", post(actions::write_conversation))
        .route("/reservations/{sid}", post(actions::answer_reservation))
        .route("/maps/{name}/items", post(sync::put_items))
        .route("/tasks/{sid}", post(actions::end_task))
        .route(
            "/readings",
            get(readings::list)
                .post(readings::change)
                .delete(readings::restore),
        )
        .fallback(unknown_endpoint)
        .layer(map_response(surrogates::restore_in))
}

async fn unknown_endpoint() -> TwilioError {
    TwilioError::new(404, 20404, "there is no such control endpoint")
}

/// Resets the world to the last plan.
async fn reset(State(sim): State<Sim>, body: Bytes) -> Reply {
    let (readings, rest) = split_readings(&sim, &body)?;
    if !rest.is_empty() {
        return Err(invalid("the body", "no field but `readings`"));
    }
    sim.reset(None, readings)?;
    facts::facts(State(sim)).await
}

/// Resets the world to the plan in the body, or to the default plan if the body is empty.
async fn seed(State(sim): State<Sim>, body: Bytes) -> Reply {
    let (readings, plan) = split_readings(&sim, &body)?;
    let plan: Plan = serde_json::from_value(Value::Object(plan))
        .map_err(|error| TwilioError::new(400, 20001, format!("the plan: {error}")))?;
    sim.reset(Some(plan), readings)?;
    facts::facts(State(sim)).await
}

/// Removes `readings` from a body and returns the readings to set, or `None` if the body has none. Readings
/// that it does not name go back to their values at the start.
fn split_readings(
    sim: &Sim,
    body: &Bytes,
) -> Result<(Option<Readings>, Map<String, Value>), TwilioError> {
    if body.is_empty() {
        return Ok((None, Map::new()));
    }
    let mut rest: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| TwilioError::new(400, 20001, format!("the body: {error}")))?;
    let readings = match rest.remove("readings") {
        None => None,
        Some(Value::Object(values)) => {
            let mut readings = sim.initial_readings;
            readings.merge(&values)?;
            Some(readings)
        }
        Some(_) => return Err(invalid("readings", "an object")),
    };
    Ok((readings, rest))
}

async fn journal(State(sim): State<Sim>) -> Json<Value> {
    Json(json!(*sim.journal.entries()))
}

async fn clear_journal(State(sim): State<Sim>) -> Json<Value> {
    sim.journal.clear();
    Json(json!({}))
}

async fn unknown(State(sim): State<Sim>) -> Json<Value> {
    Json(json!(sim.journal.entries().unknown))
}

async fn activity(State(sim): State<Sim>) -> Json<Value> {
    let RequestCounts {
        requests,
        under_way,
    } = sim.journal.activity();
    let deliveries = sim.world.lock().deliveries_on_their_way();
    Json(json!({
        "requests": requests, "underWay": under_way, "deliveries": deliveries, "functions": sim.runs.going(),
    }))
}

async fn clock(State(sim): State<Sim>) -> Json<Value> {
    let mut world = sim.world.lock();
    let now = world.now();
    Json(json!({"now": now, "speed": world.clock_mut().speed()}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockChange {
    advance_ms: Option<u64>,
    speed: Option<f64>,
}

async fn set_clock(State(sim): State<Sim>, Json(change): Json<ClockChange>) -> Json<Value> {
    {
        let mut world = sim.world.lock();
        if let Some(speed) = change.speed {
            world.clock_mut().run_at(speed);
        }
        world
            .clock_mut()
            .advance(Duration::from_millis(change.advance_ms.unwrap_or(0)));
        world.run_due();
    }
    clock(State(sim)).await
}

async fn faults(State(sim): State<Sim>) -> Json<Value> {
    Json(json!(sim.faults.armed()))
}

async fn arm_fault(State(sim): State<Sim>, Json(fault): Json<Fault>) -> Reply {
    let id = sim
        .faults
        .arm(fault)
        .map_err(|error| TwilioError::new(400, 20001, format!("pathPattern: {error}")))?;
    Ok(Json(json!({ "id": id })))
}

async fn disarm_fault(State(sim): State<Sim>, Path(id): Path<u64>) -> Reply {
    if sim.faults.disarm(id) {
        Ok(Json(json!({})))
    } else {
        Err(TwilioError::new(404, 20404, "there is no such fault"))
    }
}

async fn clear_faults(State(sim): State<Sim>) -> Json<Value> {
    sim.faults.clear();
    Json(json!({}))
}

async fn limits(State(sim): State<Sim>) -> Json<Value> {
    Json(json!(sim.limits.report()))
}

async fn switch_limits_on(State(sim): State<Sim>, Json(rates): Json<Rates>) -> Json<Value> {
    sim.limits.switch_on(rates);
    limits(State(sim)).await
}

async fn switch_limits_off(State(sim): State<Sim>) -> Json<Value> {
    sim.limits.switch_off();
    limits(State(sim)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Latency {
    ms: u64,
}

async fn set_latency(State(sim): State<Sim>, Json(latency): Json<Latency>) -> Json<Value> {
    sim.faults.set_latency(Duration::from_millis(latency.ms));
    Json(json!({}))
}

/// Sets the runtimes on this machine that run the builds with a certain file, by a part of its path.
async fn set_runtimes(
    State(sim): State<Sim>,
    Json(urls): Json<BTreeMap<String, String>>,
) -> Json<Value> {
    sim.runtimes.set(urls);
    Json(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConfigChange {
    /// Merged into `ui_attributes`; `null` removes a key.
    #[serde(default)]
    ui_attributes: Value,
    /// Replaces top-level properties of the configuration.
    #[serde(default)]
    configuration: Map<String, Value>,
    /// Merged into the workers' attributes, by identity.
    #[serde(default)]
    worker_attributes: Map<String, Value>,
}

async fn set_config(State(sim): State<Sim>, Json(change): Json<ConfigChange>) -> Reply {
    let mut world = sim.world.lock();
    if !change.configuration.is_empty() {
        world.update_flex_configuration(change.configuration);
    }
    if !change.ui_attributes.is_null() {
        world.patch_ui_attributes(&change.ui_attributes);
    }
    for (identity, patch) in change.worker_attributes {
        let worker = people::worker_named(&world, &identity)?;
        let (sid, mut attributes) = (worker.sid.clone(), worker.attributes.clone());
        merge(&mut attributes, &patch);
        let change = WorkerChange {
            attributes: Some(attributes),
            ..WorkerChange::default()
        };
        world.update_worker(&sid, change)?;
    }
    Ok(Json(world.flex_configuration()))
}
