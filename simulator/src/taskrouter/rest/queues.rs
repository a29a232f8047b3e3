//! REST routes of task queues.

use axum::extract::Path;
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::{in_workspace, Named, Workspace};
use crate::http::error::RestResult;
use crate::http::page;
use crate::http::request::RestRequest;
use crate::sim::Sim;
use crate::taskrouter::expression::{self, Scope};
use crate::taskrouter::{Queue, Worker};
use crate::world::clock::iso;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/TaskQueues", get(list_queues).post(create_queue))
        .route("/TaskQueues/{sid}", get(fetch_queue).delete(remove_queue))
}

async fn list_queues(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let worker = request
        .text("WorkerSid")
        .map(|sid| world.taskrouter.worker(sid))
        .transpose()?;
    let found = world.taskrouter.queues.iter().filter(|q| {
        request.selects("FriendlyName", Some(&q.friendly_name))
            && worker.is_none_or(|worker| works_in(q, worker))
    });
    page::list(&request, "task_queues", found, |q| queue(&world, q))
}

async fn create_queue(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let mut world = sim.world.lock();
    let made = world.create_queue(
        request.needed("FriendlyName")?,
        request.text("TargetWorkers").unwrap_or("1==1"),
    )?;
    Ok(page::created(queue(&world, &made)))
}

async fn fetch_queue(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(queue(&world, world.taskrouter.queue(&sid)?)))
}

async fn remove_queue(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    sim.world.lock().remove_queue(&sid)?;
    Ok(page::no_content())
}

fn works_in(queue: &Queue, worker: &Worker) -> bool {
    expression::parse(&queue.target_workers)
        .is_ok_and(|expression| expression.holds(Scope::new(&worker.attributes)))
}

fn queue(world: &World, q: &Queue) -> Value {
    json!({
        "sid": q.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "friendly_name": q.friendly_name,
        "target_workers": q.target_workers,
        "task_order": "FIFO",
        "max_reserved_workers": 1,
        "assignment_activity_sid": null,
        "assignment_activity_name": null,
        "reservation_activity_sid": null,
        "reservation_activity_name": null,
        "date_created": iso(q.date_created),
        "date_updated": iso(q.date_created),
        "url": in_workspace(world, "TaskQueues", &q.sid),
        "links": {},
    })
}
