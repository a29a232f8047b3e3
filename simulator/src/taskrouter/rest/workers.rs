//! REST routes of workers and their channels.

use axum::extract::Path;
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::{check_version, filter, in_workspace, object, Named, Part, Workspace};
use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::RestRequest;
use crate::http::surrogates::json_text;
use crate::readings::ListedAttributes;
use crate::sim::Sim;
use crate::taskrouter::expression::Scope;
use crate::taskrouter::{Worker, WorkerChange, WorkerChannel};
use crate::world::clock::iso;
use crate::world::error::Error;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/Workers", get(list_workers).post(create_worker))
        .route(
            "/Workers/{sid}",
            get(fetch_worker).post(update_worker).delete(remove_worker),
        )
        .route("/Workers/{sid}/Channels", get(list_worker_channels))
        .route(
            "/Workers/{sid}/Channels/{channel}",
            get(fetch_worker_channel).post(update_worker_channel),
        )
}

async fn list_workers(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let wanted = filter(&request, "TargetWorkersExpression")?;
    let fits = |w: &&Worker| {
        let doing = world.taskrouter.activity(&w.activity_sid).ok();
        let available = doing.map(|a| a.available.to_string());
        request.selects("FriendlyName", Some(&w.friendly_name))
            && request.selects("ActivitySid", Some(&w.activity_sid))
            && request.selects("ActivityName", doing.map(|a| a.friendly_name.as_str()))
            && request.selects("Available", available.as_deref())
            && wanted
                .as_ref()
                .is_none_or(|expression| expression.holds(Scope::new(&w.attributes)))
    };
    let found = world.taskrouter.workers.iter().filter(fits);
    let without_attributes = world.readings.listed_attributes == ListedAttributes::Null;
    page::list(&request, "workers", found, |w| {
        let mut shown = worker(&world, w);
        if let Some(attributes) = shown.get_mut("attributes").filter(|_| without_attributes) {
            *attributes = Value::Null;
        }
        shown
    })
}

async fn create_worker(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let attributes = object(&request, "Attributes")?.unwrap_or_else(|| json!({}));
    let mut world = sim.world.lock();
    let activity_sid = match request.owned("ActivitySid") {
        Some(sid) => sid,
        None => world.taskrouter.activity_named("Offline")?.sid.clone(),
    };
    let made = world.create_worker(request.needed("FriendlyName")?, attributes, &activity_sid)?;
    Ok(page::created(worker(&world, &made)))
}

async fn fetch_worker(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(worker(&world, world.taskrouter.worker(&sid)?)))
}

async fn update_worker(
    Workspace(sim): Workspace,
    Path((_, sid)): Named,
    request: RestRequest,
) -> RestResult {
    let change = WorkerChange {
        activity_sid: request.owned("ActivitySid"),
        rejects_pending: request.text("RejectPendingReservations") == Some("true"),
        attributes: object(&request, "Attributes")?,
        friendly_name: request.owned("FriendlyName"),
    };
    let mut world = sim.world.lock();
    check_version(&request, world.taskrouter.worker(&sid)?.version)?;
    let changed = world.update_worker(&sid, change)?;
    Ok(page::ok(worker(&world, &changed)))
}

async fn remove_worker(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    sim.world.lock().remove_worker(&sid)?;
    Ok(page::no_content())
}

async fn list_worker_channels(
    Workspace(sim): Workspace,
    Path((_, sid)): Named,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let own = world.taskrouter.worker(&sid)?;
    page::list(&request, "channels", own.channels.iter(), |c| {
        worker_channel(&world, own, c)
    })
}

async fn fetch_worker_channel(Workspace(sim): Workspace, Path((_, sid, name)): Part) -> RestResult {
    let world = sim.world.lock();
    let own = world.taskrouter.worker(&sid)?;
    let mut channels = own.channels.iter();
    let found = channels
        .find(|c| [&c.sid, &c.task_channel_sid, &c.task_channel_unique_name].contains(&&name))
        .ok_or_else(|| Error::NotFound(format!("/Channels/{name}")))?;
    Ok(page::ok(worker_channel(&world, own, found)))
}

async fn update_worker_channel(
    Workspace(sim): Workspace,
    Path((_, sid, name)): Part,
    request: RestRequest,
) -> RestResult {
    let (capacity, available) = (request.number("Capacity")?, request.number("Available")?);
    let mut world = sim.world.lock();
    let changed = world.update_worker_channel(&sid, &name, capacity, available)?;
    Ok(page::ok(worker_channel(
        &world,
        world.taskrouter.worker(&sid)?,
        &changed,
    )))
}

fn worker(world: &World, w: &Worker) -> Value {
    let doing = world.taskrouter.activity(&w.activity_sid).ok();
    let url = in_workspace(world, "Workers", &w.sid);
    json!({
        "sid": w.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "friendly_name": w.friendly_name,
        "attributes": json_text(&w.attributes),
        "activity_sid": w.activity_sid,
        "activity_name": doing.map(|a| &a.friendly_name),
        "available": doing.map(|a| a.available),
        "date_created": iso(w.date_created),
        "date_updated": iso(w.date_updated),
        "date_status_changed": iso(w.date_status_changed),
        "url": url,
        "links": {"channels": format!("{url}/Channels"), "reservations": format!("{url}/Reservations")},
    })
}

fn worker_channel(world: &World, w: &Worker, c: &WorkerChannel) -> Value {
    json!({
        "sid": c.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "worker_sid": w.sid,
        "task_channel_sid": c.task_channel_sid,
        "task_channel_unique_name": c.task_channel_unique_name,
        "configured_capacity": c.configured_capacity,
        "assigned_tasks": c.assigned_tasks,
        "available": c.available,
        "available_capacity_percentage": c.available_percentage(),
        "date_created": iso(c.date_created),
        "date_updated": iso(c.date_updated),
        "url": format!("{}/Channels/{}", in_workspace(world, "Workers", &w.sid), c.sid),
    })
}
