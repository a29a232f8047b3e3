//! The REST API `flex-api.twilio.com/v1/Configuration`: the configuration of the account.

use axum::extract::State;
use axum::routing::get;
use axum::Router;
use serde_json::Value;

use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::sim::Sim;

pub fn routes() -> Router<Sim> {
    Router::new().route("/v1/Configuration", get(fetch).post(update))
}

async fn fetch(State(sim): State<Sim>) -> RestResult {
    Ok(page::ok(sim.world.lock().flex_configuration()))
}

async fn update(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let Ok(Value::Object(mut properties)) = serde_json::from_slice(&request.body) else {
        return Err(invalid("body", "a JSON object"));
    };
    let mut world = sim.world.lock();
    let account = properties.remove("account_sid");
    if account.as_ref().and_then(Value::as_str) != Some(&world.account_sid) {
        return Err(invalid("account_sid", "the account's own SID"));
    }
    world.update_flex_configuration(properties);
    Ok(page::ok(world.flex_configuration()))
}
