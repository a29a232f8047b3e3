//! REST routes of workflows.

use std::time::Duration;

use axum::extract::Path;
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::{in_workspace, Named, Workspace};
use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::RestRequest;
use crate::sim::Sim;
use crate::taskrouter::Workflow;
use crate::world::clock::iso;
use crate::world::World;

const DEFAULT_RESERVATION_TIMEOUT_SECONDS: u64 = 120;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/Workflows", get(list_workflows).post(create_workflow))
        .route(
            "/Workflows/{sid}",
            get(fetch_workflow)
                .post(update_workflow)
                .delete(remove_workflow),
        )
}

async fn list_workflows(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let all = world.taskrouter.workflows.iter();
    let found = all.filter(|w| request.selects("FriendlyName", Some(&w.friendly_name)));
    page::list(&request, "workflows", found, |w| workflow(&world, w))
}

async fn create_workflow(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let timeout = request
        .number("TaskReservationTimeout")?
        .unwrap_or(DEFAULT_RESERVATION_TIMEOUT_SECONDS);
    let mut world = sim.world.lock();
    let (name, configuration) = (
        request.needed("FriendlyName")?,
        request.needed("Configuration")?,
    );
    let made = world.create_workflow(name, configuration, Duration::from_secs(timeout))?;
    Ok(page::created(workflow(&world, &made)))
}

async fn fetch_workflow(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(workflow(&world, world.taskrouter.workflow(&sid)?)))
}

async fn update_workflow(
    Workspace(sim): Workspace,
    Path((_, sid)): Named,
    request: RestRequest,
) -> RestResult {
    let timeout = request
        .number("TaskReservationTimeout")?
        .map(Duration::from_secs);
    let mut world = sim.world.lock();
    let changed = world.update_workflow(
        &sid,
        request.owned("FriendlyName"),
        request.owned("Configuration"),
        timeout,
    )?;
    Ok(page::ok(workflow(&world, &changed)))
}

async fn remove_workflow(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    sim.world.lock().remove_workflow(&sid)?;
    Ok(page::no_content())
}

fn workflow(world: &World, w: &Workflow) -> Value {
    json!({
        "sid": w.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "friendly_name": w.friendly_name,
        "configuration": w.configuration,
        "document_content_type": "application/json",
        "task_reservation_timeout": w.task_reservation_timeout.as_secs(),
        "assignment_callback_url": null,
        "fallback_assignment_callback_url": null,
        "date_created": iso(w.date_created),
        "date_updated": iso(w.date_updated),
        "url": in_workspace(world, "Workflows", &w.sid),
        "links": {},
    })
}
