//! REST routes of activities.

use axum::extract::Path;
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::{in_workspace, Named, Workspace};
use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::RestRequest;
use crate::sim::Sim;
use crate::taskrouter::Activity;
use crate::world::clock::iso;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/Activities", get(list_activities).post(create_activity))
        .route("/Activities/{sid}", get(fetch_activity))
}

async fn list_activities(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let found = world.taskrouter.activities.iter().filter(|a| {
        request.selects("FriendlyName", Some(&a.friendly_name))
            && request.selects("Available", Some(&a.available.to_string()))
    });
    page::list(&request, "activities", found, |a| activity(&world, a))
}

async fn create_activity(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let mut world = sim.world.lock();
    let made = world.create_activity(
        request.needed("FriendlyName")?,
        request.text("Available") == Some("true"),
    );
    Ok(page::created(activity(&world, &made)))
}

async fn fetch_activity(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(activity(&world, world.taskrouter.activity(&sid)?)))
}

fn activity(world: &World, a: &Activity) -> Value {
    json!({
        "sid": a.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "friendly_name": a.friendly_name,
        "available": a.available,
        "date_created": iso(a.date_created),
        "date_updated": iso(a.date_created),
        "url": in_workspace(world, "Activities", &a.sid),
        "links": {},
    })
}
