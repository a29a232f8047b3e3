//! `TaskRouter`'s resources in the form in which its browser SDK reads them: times in seconds, attributes as
//! JSON texts.

use jiff::Timestamp;
use serde_json::{json, Value};

use crate::http::surrogates::json_text;
use crate::taskrouter::{Activity, Queue, Reservation, Task, Worker, WorkerChannel};
use crate::world::World;

/// Returns a page with all `contents`.
pub fn page(contents: impl Iterator<Item = Value>) -> Value {
    let contents: Vec<Value> = contents.collect();
    json!({"total": contents.len(), "contents": Value::Array(contents), "after_sid": null})
}

pub fn activity(world: &World, activity: &Activity) -> Value {
    json!({
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "sid": activity.sid,
        "friendly_name": activity.friendly_name,
        "available": activity.available,
        "date_created": seconds(activity.date_created),
        "date_updated": seconds(activity.date_created),
    })
}

pub fn queue(queue: &Queue) -> Value {
    json!({
        "sid": queue.sid,
        "queue_sid": queue.sid,
        "queue_name": queue.friendly_name,
        "friendly_name": queue.friendly_name,
    })
}

pub fn worker(world: &World, worker: &Worker) -> Value {
    let activity = world.taskrouter.activity(&worker.activity_sid).ok();
    json!({
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "sid": worker.sid,
        "friendly_name": worker.friendly_name,
        "attributes": json_text(&worker.attributes),
        "activity_sid": worker.activity_sid,
        "activity_name": activity.map(|activity| &activity.friendly_name),
        "available": activity.is_some_and(|activity| activity.available),
        "date_created": seconds(worker.date_created),
        "date_updated": seconds(worker.date_updated),
        "date_status_changed": seconds(worker.date_status_changed),
        "version": worker.version.to_string(),
    })
}

pub fn worker_channel(world: &World, worker_sid: &str, channel: &WorkerChannel) -> Value {
    json!({
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "worker_sid": worker_sid,
        "sid": channel.sid,
        "task_channel_sid": channel.task_channel_sid,
        "task_channel_unique_name": channel.task_channel_unique_name,
        "assigned_tasks": channel.assigned_tasks,
        "available": channel.available,
        "available_capacity_percentage": channel.available_percentage(),
        "configured_capacity": channel.configured_capacity,
        "last_reserved_time": channel.last_reserved.map(seconds),
        "date_created": seconds(channel.date_created),
        "date_updated": seconds(channel.date_updated),
    })
}

pub fn task(world: &World, task: &Task) -> Value {
    let queue = world.taskrouter.queue_of(task);
    let workflow = world.taskrouter.workflow_of(task);
    let channel = world
        .taskrouter
        .task_channel(&task.task_channel_unique_name)
        .ok();
    json!({
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "sid": task.sid,
        "addons": "{}",
        "age": world.now().duration_since(task.date_created).as_secs(),
        "assignment_status": task.assignment_status.name(),
        "attributes": json_text(&task.attributes),
        "priority": task.priority,
        "queue_name": queue.map(|queue| &queue.friendly_name),
        "queue_sid": task.queue_sid,
        "reason": task.reason,
        "routing_target": task.routing_target,
        "task_channel_unique_name": task.task_channel_unique_name,
        "task_channel_sid": channel.map(|channel| &channel.sid),
        "timeout": task.timeout.as_secs(),
        "workflow_name": workflow.map(|workflow| &workflow.friendly_name),
        "workflow_sid": task.workflow_sid,
        "date_created": seconds(task.date_created),
        "date_updated": seconds(task.date_updated),
        "virtual_start_time": seconds(task.virtual_start_time),
        "version": task.version.to_string(),
    })
}

pub fn reservation(world: &World, reservation: &Reservation, of: &Task) -> Value {
    json!({
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "sid": reservation.sid,
        "worker_sid": reservation.worker_sid,
        "worker_name": reservation.worker_name,
        "reservation_status": reservation.status.name(),
        "reservation_timeout": reservation.timeout.as_secs(),
        "canceled_reason_code": reservation.canceled_reason_code,
        "date_created": seconds(reservation.date_created),
        "date_updated": seconds(reservation.date_updated),
        "version": reservation.version.to_string(),
        "task": task(world, of),
    })
}

fn seconds(time: Timestamp) -> i64 {
    time.as_second()
}
