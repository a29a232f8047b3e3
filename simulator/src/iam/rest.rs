//! The REST API `iam.twilio.com`: validation of Flex tokens.
//!
//! It is absent from the published descriptions. Source: `twilio-flex-token-validator`.

use axum::extract::{Path, State};
use axum::routing::post;
use axum::Router;
use serde_json::{json, Value};

use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::sim::Sim;
use crate::world::clock::iso_millis;
use crate::world::error::Error;

pub fn routes() -> Router<Sim> {
    Router::new().route("/v1/Accounts/{account}/Tokens/validate", post(validate))
}

async fn validate(
    State(sim): State<Sim>,
    Path(account): Path<String>,
    request: RestRequest,
) -> RestResult {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let token = body
        .get("token")
        .and_then(Value::as_str)
        .ok_or_else(|| invalid("token", "a text"))?;
    let world = sim.world.lock();
    if account != world.account_sid {
        return Err(Error::NotFound(format!("/Accounts/{account}")).into());
    }
    Ok(page::ok(match world.valid_token(token) {
        Some(token) => json!({
            "valid": true,
            "code": 0,
            "message": null,
            "identity": token.identity,
            "realm_user_id": token.identity,
            "worker_sid": token.worker_sid,
            "roles": token.roles,
            "expiration": iso_millis(token.expires),
        }),
        None => json!({"valid": false, "code": 20101, "message": "Invalid Access Token"}),
    }))
}
