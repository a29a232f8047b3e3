//! REST routes of task channels.

use axum::extract::Path;
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::{in_workspace, Named, Workspace};
use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::RestRequest;
use crate::sim::Sim;
use crate::taskrouter::TaskChannel;
use crate::world::clock::iso;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/TaskChannels", get(list_task_channels))
        .route("/TaskChannels/{sid}", get(fetch_task_channel))
}

async fn list_task_channels(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let all = world.taskrouter.task_channels.iter();
    page::list(&request, "channels", all, |c| task_channel(&world, c))
}

async fn fetch_task_channel(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(task_channel(
        &world,
        world.taskrouter.task_channel(&sid)?,
    )))
}

fn task_channel(world: &World, c: &TaskChannel) -> Value {
    json!({
        "sid": c.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "friendly_name": c.friendly_name,
        "unique_name": c.unique_name,
        "channel_optimized_routing": false,
        "date_created": iso(c.date_created),
        "date_updated": iso(c.date_created),
        "url": in_workspace(world, "TaskChannels", &c.sid),
        "links": {},
    })
}
