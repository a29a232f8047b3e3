//! The REST API `taskrouter.twilio.com`: the account's only workspace and its resources.

mod activities;
mod events;
mod queues;
mod reservations;
mod task_channels;
pub mod tasks;
mod workers;
mod workflows;

use axum::extract::{FromRequestParts, Path, RawPathParams, State};
use axum::http::request::Parts;
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::{expression, WORKSPACE_NAME};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::error::Error;
use crate::world::World;

const BASE: &str = "https://taskrouter.twilio.com/v1/Workspaces";

pub fn routes() -> Router<Sim> {
    let in_workspace = Router::new()
        .merge(activities::routes())
        .merge(events::routes())
        .merge(queues::routes())
        .merge(reservations::routes())
        .merge(task_channels::routes())
        .merge(tasks::routes())
        .merge(workers::routes())
        .merge(workflows::routes());
    Router::new()
        .route("/v1/Workspaces", get(list_workspaces))
        .route(
            "/v1/Workspaces/{workspace}",
            get(fetch_workspace).post(update_workspace),
        )
        .nest("/v1/Workspaces/{workspace}", in_workspace)
}

/// An extractor that checks the workspace in the path.
struct Workspace(Sim);

impl FromRequestParts<Sim> for Workspace {
    type Rejection = TwilioError;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, TwilioError> {
        let named = RawPathParams::from_request_parts(parts, sim).await;
        let named = named.map_err(|error| TwilioError::new(400, 20001, error.body_text()))?;
        let mut named = named.iter();
        let sid = named.find_map(|(name, sid)| (name == "workspace").then_some(sid));
        let sid = sid.unwrap_or_default();
        if sim.world.lock().taskrouter.workspace_sid == sid {
            Ok(Self(sim.clone()))
        } else {
            Err(Error::NotFound(format!("/Workspaces/{sid}")).into())
        }
    }
}

/// The path of a resource in the workspace.
type Named = Path<(String, String)>;
/// The path of a subresource in the workspace.
type Part = Path<(String, String, String)>;

async fn list_workspaces(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let only = workspace(&sim.world.lock())?;
    page::list(&request, "workspaces", std::iter::once(only), |only| only)
}

async fn fetch_workspace(Workspace(sim): Workspace) -> RestResult {
    Ok(page::ok(workspace(&sim.world.lock())?))
}

async fn update_workspace(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    refuse_all_but(&request, &["EventCallbackUrl", "EventsFilter"])?;
    let mut world = sim.world.lock();
    world.set_event_callback(
        request.owned("EventCallbackUrl"),
        request.owned("EventsFilter"),
    )?;
    Ok(page::ok(workspace(&world)?))
}

/// Returns 501 for parameters that Twilio accepts and the simulator does not imitate.
fn refuse_all_but(request: &RestRequest, built: &[&str]) -> Result<(), TwilioError> {
    let is_built = |(name, _): &(String, String)| built.contains(&name.as_str());
    if request.form.iter().all(is_built) {
        Ok(())
    } else {
        Err(TwilioError::not_built())
    }
}

/// Returns an error unless `If-Match` is absent or names the current version.
fn check_version(request: &RestRequest, current: u64) -> Result<(), TwilioError> {
    match request.header("if-match") {
        Some(expected) if expected.trim_matches('"') != current.to_string() => {
            Err(Error::VersionMismatch.into())
        }
        _ => Ok(()),
    }
}

/// Parses a parameter that is an expression.
fn filter(
    request: &RestRequest,
    name: &str,
) -> Result<Option<expression::Expression>, TwilioError> {
    let parsed = request.text(name).map(expression::parse).transpose();
    parsed.map_err(|reason| invalid(name, &format!("an expression; {reason}")))
}

/// Parses a parameter that is a JSON object.
fn object(request: &RestRequest, name: &str) -> Result<Option<Value>, TwilioError> {
    match request.json(name)? {
        Some(value) if !value.is_object() => Err(invalid(name, "a JSON object")),
        value => Ok(value),
    }
}

/// Returns the URL of a resource in the workspace.
fn in_workspace(world: &World, kind: &str, sid: &str) -> String {
    format!("{BASE}/{}/{kind}/{sid}", world.taskrouter.workspace_sid)
}

fn workspace(world: &World) -> Result<Value, TwilioError> {
    let router = &world.taskrouter;
    let timeout = router.activity(&router.timeout_activity_sid)?;
    let url = format!("{BASE}/{}", router.workspace_sid);
    Ok(json!({
        "sid": router.workspace_sid,
        "account_sid": world.account_sid,
        "friendly_name": WORKSPACE_NAME,
        "date_created": iso(timeout.date_created),
        "date_updated": iso(timeout.date_created),
        "default_activity_name": timeout.friendly_name,
        "default_activity_sid": timeout.sid,
        "timeout_activity_name": timeout.friendly_name,
        "timeout_activity_sid": timeout.sid,
        "event_callback_url": router.event_callback_url,
        "events_filter": router.events_filter,
        "multi_task_enabled": true,
        "prioritize_queue_order": "FIFO",
        "url": url,
        "links": {
            "events": format!("{url}/Events"),
            "tasks": format!("{url}/Tasks"),
            "workers": format!("{url}/Workers"),
        },
    }))
}
