//! The REST API `flex-api.twilio.com/v4`: Flex users and their tokens.
//!
//! It is a public beta and absent from the published descriptions. Source:
//! <https://www.twilio.com/docs/flex/developer/user-management/flex-users-api> and
//! <https://www.twilio.com/docs/flex/developer/user-management/flex-token-api>.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::Router;
use serde_json::{json, Value};

use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::error::Error;
use crate::world::World;

/// The default life of a token, in seconds.
const DEFAULT_TTL_SECONDS: u64 = 3600;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/v4/Instances/{instance}/Users/Provision", post(provision))
        .route(
            "/v4/Instances/{instance}/Users/Deprovision",
            post(deprovision),
        )
        .route(
            "/v4/Instances/{instance}/Users/{user}/Tokens",
            post(create_token),
        )
}

async fn provision(
    State(sim): State<Sim>,
    Path(instance): Path<String>,
    request: RestRequest,
) -> RestResult {
    let body = read(&request)?;
    let (username, full_name) = (text(&body, "username")?, text(&body, "full_name")?);
    let email = text(&body, "email")?;
    let roles = body
        .get("roles")
        .filter(|roles| roles.is_array())
        .ok_or_else(|| invalid("roles", "a list"))?;
    let worker = body
        .get("worker")
        .filter(|worker| worker.is_object())
        .ok_or_else(|| invalid("worker", "an object"))?;
    let mut world = sim.world.lock();
    check_instance(&world, &instance)?;
    let mut attributes = json!({
        "full_name": full_name,
        "email": email,
        "roles": roles,
        "contact_uri": format!("client:{username}"),
    });
    if let Some(more) = worker.get("attributes") {
        crate::flex::configuration::merge(&mut attributes, more);
    }
    let (user_sid, worker) = world.provision_user(username, attributes)?;
    let date = iso(worker.date_created);
    Ok(page::created(json!({
        "account_sid": world.account_sid,
        "flex_user_sid": user_sid,
        "instance_sid": instance,
        "username": username,
        "email": email,
        "full_name": full_name,
        "roles": roles,
        "worker": {
            "worker_sid": worker.sid,
            "workspace_sid": world.taskrouter.workspace_sid,
        },
        "deactivated": false,
        "created_date": date,
        "updated_date": date,
        "deactivated_date": null,
        "version": 1,
    })))
}

async fn deprovision(
    State(sim): State<Sim>,
    Path(instance): Path<String>,
    request: RestRequest,
) -> RestResult {
    let body = read(&request)?;
    let mut world = sim.world.lock();
    check_instance(&world, &instance)?;
    world.deprovision_user(text(&body, "flex_user_sid")?)?;
    Ok(page::no_content())
}

async fn create_token(
    State(sim): State<Sim>,
    Path((instance, user)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let body = read(&request)?;
    let ttl = body
        .get("ttl")
        .map_or(Some(DEFAULT_TTL_SECONDS), Value::as_u64);
    let ttl = ttl.ok_or_else(|| invalid("ttl", "a whole number of seconds"))?;
    let mut world = sim.world.lock();
    check_instance(&world, &instance)?;
    let token = world.issue_user_token(&user, Duration::from_secs(ttl))?;
    Ok(page::created(json!({
        "access_token": token.token,
        "token_info": {
            "account_sid": world.account_sid,
            "expiration": iso(token.expires),
            "flex_instance_sid": instance,
            "flex_user_sid": user,
            "identity": token.identity,
            "roles": token.roles,
            "username": token.identity,
        },
    })))
}

fn read(request: &RestRequest) -> Result<Value, TwilioError> {
    serde_json::from_slice(&request.body).map_err(|_| invalid("body", "a JSON object"))
}

fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, TwilioError> {
    let value = body.get(name).and_then(Value::as_str);
    value.ok_or_else(|| invalid(name, "a text"))
}

fn check_instance(world: &World, sid: &str) -> Result<(), TwilioError> {
    if world.flex_instance_sid == sid {
        Ok(())
    } else {
        Err(Error::NotFound(format!("/Instances/{sid}")).into())
    }
}
