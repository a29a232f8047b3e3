//! REST routes of tasks.

use std::time::Duration;

use axum::extract::Path;
use axum::http::header::ETAG;
use axum::response::Response;
use axum::routing::get;
use axum::Router;
use jiff::Timestamp;
use serde_json::{json, Value};

use super::{check_version, filter, in_workspace, object, Named, Workspace};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::http::surrogates::json_text;
use crate::sim::Sim;
use crate::taskrouter::engine::NewTask;
use crate::taskrouter::expression::Scope;
use crate::taskrouter::{AssignmentStatus, Task, TaskChange};
use crate::world::clock::iso;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/Tasks", get(list_tasks).post(create_task))
        .route(
            "/Tasks/{sid}",
            get(fetch_task).post(update_task).delete(remove_task),
        )
}

async fn list_tasks(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    for name in ["WorkflowName", "TaskQueueName", "HasAddons"] {
        if request.text(name).is_some() {
            return Err(TwilioError::not_built());
        }
    }
    let statuses = statuses(&request)?;
    let wanted = filter(&request, "EvaluateTaskAttributes")?;
    let priority: Option<u64> = request.number("Priority")?;
    let fits = |t: &&Task| {
        world.is_kept(t)
            && statuses
                .as_ref()
                .is_none_or(|statuses| statuses.contains(&t.assignment_status))
            && wanted
                .as_ref()
                .is_none_or(|expression| expression.holds(Scope::new(&t.attributes)))
            && request.selects("WorkflowSid", t.workflow_sid.as_deref())
            && request.selects("TaskQueueSid", t.queue_sid.as_deref())
            && request.selects("RoutingTarget", t.routing_target.as_deref())
            && priority.is_none_or(|priority| t.priority == priority)
    };
    let mut found: Vec<&Task> = world.taskrouter.tasks.values().filter(fits).collect();
    order(
        &mut found,
        request.text("Ordering").unwrap_or("DateCreated:asc"),
    )?;
    page::list(&request, "tasks", found.into_iter(), |t| task(&world, t))
}

async fn create_task(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let virtual_start_time = virtual_start(&request)?;
    // Documented for tasks that name a worker: without the parameter, too, capacity and availability are
    // ignored.
    let respects = request
        .text("IgnoreCapacity")
        .is_some_and(|text| !["true", "1", "yes"].contains(&text));
    let mut new = NewTask {
        attributes: object(&request, "Attributes")?.unwrap_or_else(|| json!({})),
        workflow_sid: request.owned("WorkflowSid"),
        queue_sid: request.owned("TaskQueueSid"),
        worker_sid: None,
        task_channel: request.owned("TaskChannel"),
        priority: request.number("Priority")?,
        timeout: request.number("Timeout")?.map(Duration::from_secs),
        virtual_start_time,
        ignores_capacity: !respects,
        is_for_queue: false,
        invite: None,
    };
    route_to(&mut new, request.text("RoutingTarget").unwrap_or_default());
    let mut world = sim.world.lock();
    if virtual_start_time.is_some_and(|time| time > world.now()) {
        return Err(invalid("VirtualStartTime", "a time in the past"));
    }
    if new.workflow_sid.is_none() && new.worker_sid.is_none() && !new.is_for_queue {
        new.workflow_sid = world.taskrouter.workflows.first().map(|w| w.sid.clone());
    }
    let made = world.create_task(new)?;
    Ok(with_version(page::created(task(&world, &made)), &made))
}

async fn fetch_task(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    let world = sim.world.lock();
    let kept = world.kept_task(&sid)?;
    Ok(with_version(page::ok(task(&world, kept)), kept))
}

async fn update_task(
    Workspace(sim): Workspace,
    Path((_, sid)): Named,
    request: RestRequest,
) -> RestResult {
    if request.text("TaskChannel").is_some() {
        return Err(TwilioError::not_built());
    }
    let change = TaskChange {
        attributes: object(&request, "Attributes")?,
        status: request
            .text("AssignmentStatus")
            .and_then(AssignmentStatus::from_name),
        reason: request.owned("Reason"),
        priority: request.number("Priority")?,
        virtual_start_time: virtual_start(&request)?,
    };
    let mut world = sim.world.lock();
    check_version(&request, world.kept_task(&sid)?.version)?;
    let changed = world.update_task(&sid, change)?;
    Ok(with_version(page::ok(task(&world, &changed)), &changed))
}

/// Adds the task's version to a response.
fn with_version(mut response: Response, task: &Task) -> Response {
    if let Ok(version) = format!("\"{}\"", task.version).parse() {
        response.headers_mut().insert(ETAG, version);
    }
    response
}

async fn remove_task(
    Workspace(sim): Workspace,
    Path((_, sid)): Named,
    request: RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    check_version(&request, world.kept_task(&sid)?.version)?;
    world.delete_task(&sid)?;
    Ok(page::no_content())
}

/// Sets the routing target, which is a worker, a queue or a workflow.
fn route_to(new: &mut NewTask, target: &str) {
    match target.get(..2) {
        Some("WK") => new.worker_sid = Some(target.into()),
        Some("WW") => new.workflow_sid = Some(target.into()),
        Some("WQ") => {
            new.queue_sid = Some(target.into());
            new.is_for_queue = true;
        }
        _ => {}
    }
}

fn virtual_start(request: &RestRequest) -> Result<Option<Timestamp>, TwilioError> {
    let parsed = request.text("VirtualStartTime").map(str::parse).transpose();
    parsed.map_err(|_| invalid("VirtualStartTime", "an ISO 8601 date and time"))
}

/// Returns the requested statuses, if there are any.
fn statuses(request: &RestRequest) -> Result<Option<Vec<AssignmentStatus>>, TwilioError> {
    let Some(all) = request.list("AssignmentStatus") else {
        return Ok(None);
    };
    let names = all.iter().flat_map(|names| names.split(','));
    let statuses: Option<Vec<_>> = names
        .map(|name| AssignmentStatus::from_name(name.trim()))
        .collect();
    statuses
        .map(Some)
        .ok_or_else(|| invalid("AssignmentStatus", "a task's statuses"))
}

/// Sorts tasks by a parameter such as `Priority:desc,DateCreated:asc`.
fn order(tasks: &mut [&Task], ordering: &str) -> Result<(), TwilioError> {
    let mut keys = Vec::new();
    for part in ordering.split(',') {
        let (name, direction) = part.split_once(':').unwrap_or((part, "asc"));
        if !matches!(name, "DateCreated" | "Priority") || !matches!(direction, "asc" | "desc") {
            return Err(invalid(
                "Ordering",
                "DateCreated or Priority with asc or desc",
            ));
        }
        keys.push((name, direction));
    }
    tasks.sort_by(|a, b| {
        let by = |(name, direction): &(&str, &str)| {
            let ascending = match *name {
                "Priority" => a.priority.cmp(&b.priority),
                _ => a
                    .date_created
                    .cmp(&b.date_created)
                    .then_with(|| a.sid.cmp(&b.sid)),
            };
            if *direction == "desc" {
                ascending.reverse()
            } else {
                ascending
            }
        };
        keys.iter()
            .map(by)
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok(())
}

fn task(world: &World, t: &Task) -> Value {
    let (workflow, queue) = names(world, t);
    let channel = world
        .taskrouter
        .task_channel(&t.task_channel_unique_name)
        .ok();
    let url = in_workspace(world, "Tasks", &t.sid);
    json!({
        "sid": t.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "age": age(world, t.date_created),
        "assignment_status": t.assignment_status.name(),
        "attributes": json_text(&t.attributes),
        "addons": "{}",
        "date_created": iso(t.date_created),
        "date_updated": iso(t.date_updated),
        "task_queue_entered_date": t.queue_entered.map(iso),
        "virtual_start_time": iso(t.virtual_start_time),
        "priority": t.priority,
        "reason": t.reason,
        "task_queue_sid": t.queue_sid,
        "task_queue_friendly_name": queue,
        "task_channel_sid": channel.map(|c| &c.sid),
        "task_channel_unique_name": t.task_channel_unique_name,
        "timeout": t.timeout.as_secs(),
        "workflow_sid": t.workflow_sid,
        "workflow_friendly_name": workflow,
        "ignore_capacity": t.ignores_capacity,
        "routing_target": t.routing_target,
        "url": url,
        "links": {"reservations": format!("{url}/Reservations")},
    })
}

/// Returns a task in the form of an invite's `routing`: with other names, and times in seconds.
pub fn embedded_task(world: &World, t: &Task) -> Value {
    let (workflow, queue) = names(world, t);
    let channel = world
        .taskrouter
        .task_channel(&t.task_channel_unique_name)
        .ok();
    json!({
        "sid": t.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "attributes": json_text(&t.attributes),
        "addons": "{}",
        "assignment_status": t.assignment_status.name(),
        "assignmentCounter": 0,
        "age": age(world, t.date_created),
        "age_in_queue": t.queue_entered.map(|entered| age(world, entered)),
        "date_created": t.date_created.as_second(),
        "date_updated": t.date_updated.as_second(),
        "task_queue_entered_date": t.queue_entered.map(Timestamp::as_second),
        "priority": t.priority,
        "reason": t.reason.as_deref().unwrap_or_default(),
        "queue_sid": t.queue_sid,
        "queue_name": queue,
        "workflow_sid": t.workflow_sid,
        "workflow_name": workflow,
        "task_channel_sid": channel.map(|c| &c.sid),
        "task_channel_unique_name": t.task_channel_unique_name,
        "timeout": t.timeout.as_secs(),
        "routing_target": t.routing_target,
        "virtual_start_time": t.virtual_start_time.as_second(),
        "ignore_capacity": t.ignores_capacity,
        "version": t.version,
        "custom_context": null,
        "required_attention": null,
        "twilio_context": null,
    })
}

fn age(world: &World, since: Timestamp) -> i64 {
    world.now().duration_since(since).as_secs()
}

/// Returns the names of a task's workflow and queue.
fn names<'a>(world: &'a World, t: &Task) -> (Option<&'a str>, Option<&'a str>) {
    let workflow = world.taskrouter.workflow_of(t);
    let queue = world.taskrouter.queue_of(t);
    (
        workflow.map(|w| w.friendly_name.as_str()),
        queue.map(|q| q.friendly_name.as_str()),
    )
}
