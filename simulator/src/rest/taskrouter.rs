//! `taskrouter.twilio.com`

use std::time::Duration;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use jiff::Timestamp;
use serde_json::{json, Value};

use super::call::{invalid, Call};
use super::error::{Answer, TwilioError};
use super::page;
use crate::sim::Sim;
use crate::world::clock::{iso, later};
use crate::world::error::Error;
use crate::world::taskrouter::engine::NewTask;
use crate::world::taskrouter::expression::{self, Scope};
use crate::world::taskrouter::{
    Activity, AssignmentStatus, Queue, Reservation, ReservationStatus, Task, TaskChange,
    TaskChannel, Worker, WorkerChange, WorkerChannel, Workflow, KEEPS_FINISHED_TASKS,
    WORKSPACE_NAME,
};
use crate::world::World;

const BASE: &str = "https://taskrouter.twilio.com/v1/Workspaces";
const DEFAULT_RESERVATION_TIMEOUT: u64 = 120;

/// All routes of the product that are built.
pub fn routes() -> Router<Sim> {
    let in_workspace = Router::new()
        .route("/Activities", get(list_activities).post(create_activity))
        .route("/Activities/{sid}", get(fetch_activity))
        .route("/TaskChannels", get(list_task_channels))
        .route("/TaskChannels/{sid}", get(fetch_task_channel))
        .route("/TaskQueues", get(list_queues).post(create_queue))
        .route("/TaskQueues/{sid}", get(fetch_queue))
        .route("/Workflows", get(list_workflows).post(create_workflow))
        .route(
            "/Workflows/{sid}",
            get(fetch_workflow).post(update_workflow),
        )
        .route("/Workers", get(list_workers).post(create_worker))
        .route("/Workers/{sid}", get(fetch_worker).post(update_worker))
        .route("/Workers/{sid}/Channels", get(list_worker_channels))
        .route(
            "/Workers/{sid}/Channels/{channel}",
            get(fetch_worker_channel).post(update_worker_channel),
        )
        .route("/Workers/{sid}/Reservations", get(list_worker_reservations))
        .route(
            "/Workers/{sid}/Reservations/{reservation}",
            get(fetch_reservation).post(update_reservation),
        )
        .route("/Tasks", get(list_tasks).post(create_task))
        .route("/Tasks/{sid}", get(fetch_task).post(update_task))
        .route("/Tasks/{sid}/Reservations", get(list_task_reservations))
        .route(
            "/Tasks/{sid}/Reservations/{reservation}",
            get(fetch_reservation).post(update_reservation),
        );
    Router::new()
        .route("/v1/Workspaces", get(list_workspaces))
        .route(
            "/v1/Workspaces/{workspace}",
            get(fetch_workspace).post(update_workspace),
        )
        .nest("/v1/Workspaces/{workspace}", in_workspace)
}

/// A path of the workspace and one thing in it.
type Named = Path<(String, String)>;
/// A path of the workspace, a thing in it and a part of that.
type Part = Path<(String, String, String)>;

async fn list_workspaces(State(sim): State<Sim>, call: Call) -> Answer {
    let only = workspace(&sim.world.lock())?;
    page::list(&call, "workspaces", std::iter::once(only), |only| only)
}

async fn fetch_workspace(State(sim): State<Sim>, Path(sid): Path<String>) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &sid)?;
    Ok(page::shown(workspace(&world)?))
}

async fn update_workspace(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    refuse_all_but(&call, &["EventCallbackUrl", "EventsFilter"])?;
    let mut world = sim.world.lock();
    check_workspace(&world, &sid)?;
    world.set_event_callback(call.owned("EventCallbackUrl"), call.owned("EventsFilter"))?;
    Ok(page::shown(workspace(&world)?))
}

async fn list_activities(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let all = world.taskrouter.activities.iter();
    let named = all.filter(|a| {
        call.text("FriendlyName")
            .is_none_or(|name| a.friendly_name == name)
    });
    let found = named.filter(|a| {
        call.text("Available")
            .is_none_or(|text| a.available.to_string() == text)
    });
    page::list(&call, "activities", found, |a| activity(&world, a))
}

async fn create_activity(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let mut world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let made = world.create_activity(
        call.needed("FriendlyName")?,
        call.text("Available") == Some("true"),
    );
    Ok(page::created(activity(&world, &made)))
}

async fn fetch_activity(State(sim): State<Sim>, Path((workspace, sid)): Named) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    Ok(page::shown(activity(
        &world,
        world.taskrouter.activity(&sid)?,
    )))
}

async fn list_task_channels(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let all = world.taskrouter.task_channels.iter();
    page::list(&call, "channels", all, |c| task_channel(&world, c))
}

async fn fetch_task_channel(State(sim): State<Sim>, Path((workspace, sid)): Named) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    Ok(page::shown(task_channel(
        &world,
        world.taskrouter.task_channel(&sid)?,
    )))
}

async fn list_queues(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let all = world.taskrouter.queues.iter();
    let named = all.filter(|q| {
        call.text("FriendlyName")
            .is_none_or(|name| q.friendly_name == name)
    });
    let worker = call
        .text("WorkerSid")
        .map(|sid| world.taskrouter.worker(sid))
        .transpose()?;
    let found = named.filter(|q| worker.is_none_or(|worker| works_in(q, worker)));
    page::list(&call, "task_queues", found, |q| queue(&world, q))
}

async fn create_queue(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let mut world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let made = world.create_queue(
        call.needed("FriendlyName")?,
        call.text("TargetWorkers").unwrap_or("1==1"),
    )?;
    Ok(page::created(queue(&world, &made)))
}

async fn fetch_queue(State(sim): State<Sim>, Path((workspace, sid)): Named) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    Ok(page::shown(queue(&world, world.taskrouter.queue(&sid)?)))
}

async fn list_workflows(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let all = world.taskrouter.workflows.iter();
    let found = all.filter(|w| {
        call.text("FriendlyName")
            .is_none_or(|name| w.friendly_name == name)
    });
    page::list(&call, "workflows", found, |w| workflow(&world, w))
}

async fn create_workflow(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let timeout = call
        .number("TaskReservationTimeout")?
        .unwrap_or(DEFAULT_RESERVATION_TIMEOUT);
    let mut world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let (name, configuration) = (call.needed("FriendlyName")?, call.needed("Configuration")?);
    let made = world.create_workflow(name, configuration, Duration::from_secs(timeout))?;
    Ok(page::created(workflow(&world, &made)))
}

async fn fetch_workflow(State(sim): State<Sim>, Path((workspace, sid)): Named) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    Ok(page::shown(workflow(
        &world,
        world.taskrouter.workflow(&sid)?,
    )))
}

async fn update_workflow(
    State(sim): State<Sim>,
    Path((workspace, sid)): Named,
    call: Call,
) -> Answer {
    let timeout = call
        .number("TaskReservationTimeout")?
        .map(Duration::from_secs);
    let mut world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    let changed = world.update_workflow(
        &sid,
        call.owned("FriendlyName"),
        call.owned("Configuration"),
        timeout,
    )?;
    Ok(page::shown(workflow(&world, &changed)))
}

async fn list_workers(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let wanted = filter(&call, "TargetWorkersExpression")?;
    let fits = |w: &&Worker| {
        let doing = world.taskrouter.activity(&w.activity_sid).ok();
        let is = |name: &str, own: Option<String>| {
            call.owned(name).is_none_or(|wanted| own == Some(wanted))
        };
        is("FriendlyName", Some(w.friendly_name.clone()))
            && is("ActivitySid", Some(w.activity_sid.clone()))
            && is("ActivityName", doing.map(|a| a.friendly_name.clone()))
            && is("Available", doing.map(|a| a.available.to_string()))
            && wanted
                .as_ref()
                .is_none_or(|expression| expression.holds(Scope::of(&w.attributes)))
    };
    let found = world.taskrouter.workers.iter().filter(fits);
    page::list(&call, "workers", found, |w| worker(&world, w))
}

async fn create_worker(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let attributes = object(&call, "Attributes")?.unwrap_or_else(|| json!({}));
    let mut world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let activity_sid = match call.owned("ActivitySid") {
        Some(sid) => sid,
        None => world.taskrouter.activity_named("Offline")?.sid.clone(),
    };
    let made = world.create_worker(call.needed("FriendlyName")?, attributes, &activity_sid)?;
    Ok(page::created(worker(&world, &made)))
}

async fn fetch_worker(State(sim): State<Sim>, Path((workspace, sid)): Named) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    Ok(page::shown(worker(&world, world.taskrouter.worker(&sid)?)))
}

async fn update_worker(
    State(sim): State<Sim>,
    Path((workspace, sid)): Named,
    call: Call,
) -> Answer {
    let change = WorkerChange {
        activity_sid: call.owned("ActivitySid"),
        rejects_pending: call.text("RejectPendingReservations") == Some("true"),
        attributes: object(&call, "Attributes")?,
        friendly_name: call.owned("FriendlyName"),
    };
    let mut world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    check_version(&call, world.taskrouter.worker(&sid)?.version)?;
    let changed = world.update_worker(&sid, change)?;
    Ok(page::shown(worker(&world, &changed)))
}

async fn list_worker_channels(
    State(sim): State<Sim>,
    Path((workspace, sid)): Named,
    call: Call,
) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    let own = world.taskrouter.worker(&sid)?;
    page::list(&call, "channels", own.channels.iter(), |c| {
        worker_channel(&world, own, c)
    })
}

async fn fetch_worker_channel(
    State(sim): State<Sim>,
    Path((workspace, sid, name)): Part,
) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    let own = world.taskrouter.worker(&sid)?;
    let mut channels = own.channels.iter();
    let found = channels
        .find(|c| [&c.sid, &c.task_channel_sid, &c.task_channel_unique_name].contains(&&name))
        .ok_or_else(|| Error::NotFound(format!("/Channels/{name}")))?;
    Ok(page::shown(worker_channel(&world, own, found)))
}

async fn update_worker_channel(
    State(sim): State<Sim>,
    Path((workspace, sid, name)): Part,
    call: Call,
) -> Answer {
    let (capacity, available) = (call.number("Capacity")?, call.number("Available")?);
    let mut world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    let changed = world.update_worker_channel(&sid, &name, capacity, available)?;
    Ok(page::shown(worker_channel(
        &world,
        world.taskrouter.worker(&sid)?,
        &changed,
    )))
}

async fn list_worker_reservations(
    State(sim): State<Sim>,
    Path((workspace, sid)): Named,
    call: Call,
) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    world.taskrouter.worker(&sid)?;
    list_reservations(&world, &call, world.taskrouter.reservations_of_worker(&sid))
}

async fn list_task_reservations(
    State(sim): State<Sim>,
    Path((workspace, sid)): Named,
    call: Call,
) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    kept_task(&world, &sid)?;
    let of_worker = |r: &&Reservation| {
        call.text("WorkerSid")
            .is_none_or(|worker| r.worker_sid == worker)
    };
    list_reservations(
        &world,
        &call,
        world
            .taskrouter
            .reservations_of_task(&sid)
            .filter(of_worker),
    )
}

fn list_reservations<'a>(
    world: &World,
    call: &Call,
    all: impl Iterator<Item = &'a Reservation>,
) -> Answer {
    let found = all.filter(|r| {
        call.text("ReservationStatus")
            .is_none_or(|status| r.status.name() == status)
    });
    page::list(call, "reservations", found, |r| reservation(world, r))
}

async fn fetch_reservation(State(sim): State<Sim>, Path((workspace, owner, sid)): Part) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    Ok(page::shown(reservation(
        &world,
        owned_reservation(&world, &owner, &sid)?,
    )))
}

async fn update_reservation(
    State(sim): State<Sim>,
    Path((workspace, owner, sid)): Part,
    call: Call,
) -> Answer {
    refuse_all_but(&call, &["ReservationStatus", "WorkerActivitySid"])?;
    let status = ReservationStatus::named(call.needed("ReservationStatus")?);
    let mut world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    check_version(&call, owned_reservation(&world, &owner, &sid)?.version)?;
    let changed = match status {
        Some(ReservationStatus::Accepted) => world.accept_reservation(&sid)?,
        Some(ReservationStatus::Rejected) => {
            world.reject_reservation(&sid, call.owned("WorkerActivitySid"))?
        }
        Some(ReservationStatus::Wrapping) => world.wrap_up_reservation(&sid)?,
        Some(ReservationStatus::Completed) => world.complete_reservation(&sid)?,
        _ => {
            return Err(invalid(
                "ReservationStatus",
                "accepted, rejected, wrapping or completed",
            ))
        }
    };
    Ok(page::shown(reservation(&world, &changed)))
}

async fn list_tasks(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &sid)?;
    let statuses = call.list("AssignmentStatus").map(|all| all.join(","));
    let statuses: Option<Vec<AssignmentStatus>> = match statuses {
        Some(text) => {
            let named = text
                .split(',')
                .map(|name| AssignmentStatus::named(name.trim()));
            Some(
                named
                    .collect::<Option<_>>()
                    .ok_or_else(|| invalid("AssignmentStatus", "a task's statuses"))?,
            )
        }
        None => None,
    };
    let wanted = filter(&call, "EvaluateTaskAttributes")?;
    let priority: Option<u64> = call.number("Priority")?;
    let now = world.now();
    let mut found: Vec<&Task> = world
        .taskrouter
        .tasks
        .iter()
        .filter(|t| is_kept(t, now))
        .filter(|t| {
            statuses
                .as_ref()
                .is_none_or(|statuses| statuses.contains(&t.assignment_status))
        })
        .filter(|t| {
            wanted
                .as_ref()
                .is_none_or(|expression| expression.holds(Scope::of(&t.attributes)))
        })
        .filter(|t| {
            call.text("WorkflowSid")
                .is_none_or(|sid| t.workflow_sid.as_deref() == Some(sid))
        })
        .filter(|t| {
            call.text("TaskQueueSid")
                .is_none_or(|sid| t.queue_sid.as_deref() == Some(sid))
        })
        .filter(|t| {
            call.text("RoutingTarget")
                .is_none_or(|sid| t.routing_target.as_deref() == Some(sid))
        })
        .filter(|t| priority.is_none_or(|priority| t.priority == priority))
        .collect();
    for name in ["WorkflowName", "TaskQueueName", "HasAddons"] {
        if call.text(name).is_some() {
            return Err(super::not_built());
        }
    }
    order(
        &mut found,
        call.text("Ordering").unwrap_or("DateCreated:asc"),
    )?;
    page::list(&call, "tasks", found.into_iter(), |t| task(&world, t))
}

async fn create_task(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    if call
        .text("IgnoreCapacity")
        .or(call.text("VirtualStartTime"))
        .is_some()
    {
        return Err(super::not_built());
    }
    let mut new = NewTask {
        attributes: object(&call, "Attributes")?.unwrap_or_else(|| json!({})),
        workflow_sid: call.owned("WorkflowSid"),
        queue_sid: call.owned("TaskQueueSid"),
        worker_sid: call.owned("RoutingTarget"),
        task_channel: call.owned("TaskChannel"),
        priority: call.number("Priority")?,
        timeout: call.number("Timeout")?.map(Duration::from_secs),
        invite: None,
    };
    let mut world = sim.world.lock();
    check_workspace(&world, &sid)?;
    if new.workflow_sid.is_none() && new.worker_sid.is_none() {
        new.workflow_sid = world.taskrouter.workflows.first().map(|w| w.sid.clone());
    }
    let made = world.create_task(new)?;
    Ok(page::created(task(&world, &made)))
}

async fn fetch_task(State(sim): State<Sim>, Path((workspace, sid)): Named) -> Answer {
    let world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    Ok(page::shown(task(&world, kept_task(&world, &sid)?)))
}

async fn update_task(State(sim): State<Sim>, Path((workspace, sid)): Named, call: Call) -> Answer {
    if call
        .text("TaskChannel")
        .or(call.text("VirtualStartTime"))
        .is_some()
    {
        return Err(super::not_built());
    }
    let change = TaskChange {
        attributes: object(&call, "Attributes")?,
        status: call
            .text("AssignmentStatus")
            .and_then(AssignmentStatus::named),
        reason: call.owned("Reason"),
        priority: call.number("Priority")?,
    };
    let mut world = sim.world.lock();
    check_workspace(&world, &workspace)?;
    check_version(&call, kept_task(&world, &sid)?.version)?;
    let changed = world.update_task(&sid, change)?;
    Ok(page::shown(task(&world, &changed)))
}

fn refuse_all_but(call: &Call, built: &[&str]) -> Result<(), TwilioError> {
    let is_built = |(name, _): &(String, String)| built.contains(&name.as_str());
    if call.form.iter().all(is_built) {
        Ok(())
    } else {
        Err(super::not_built())
    }
}

fn check_workspace(world: &World, sid: &str) -> Result<(), TwilioError> {
    if world.taskrouter.workspace_sid == sid {
        Ok(())
    } else {
        Err(Error::NotFound(format!("/Workspaces/{sid}")).into())
    }
}

fn check_version(call: &Call, current: u64) -> Result<(), TwilioError> {
    match call.header("if-match") {
        Some(expected) if expected.trim_matches('"') != current.to_string() => {
            Err(Error::RevisionMismatch.into())
        }
        _ => Ok(()),
    }
}

fn kept_task<'a>(world: &'a World, sid: &str) -> Result<&'a Task, TwilioError> {
    let found = world.taskrouter.task(sid)?;
    if is_kept(found, world.now()) {
        Ok(found)
    } else {
        Err(Error::NotFound(format!("/Tasks/{sid}")).into())
    }
}

fn is_kept(task: &Task, now: Timestamp) -> bool {
    !task.assignment_status.is_final() || later(task.date_updated, KEEPS_FINISHED_TASKS) > now
}

fn owned_reservation<'a>(
    world: &'a World,
    owner: &str,
    sid: &str,
) -> Result<&'a Reservation, TwilioError> {
    let found = world.taskrouter.reservation(sid)?;
    if found.task_sid == owner || found.worker_sid == owner {
        Ok(found)
    } else {
        Err(Error::NotFound(format!("/Reservations/{sid}")).into())
    }
}

fn works_in(queue: &Queue, worker: &Worker) -> bool {
    expression::parse(&queue.target_workers)
        .is_ok_and(|expression| expression.holds(Scope::of(&worker.attributes)))
}

fn filter(call: &Call, name: &str) -> Result<Option<expression::Expression>, TwilioError> {
    let parsed = call.text(name).map(expression::parse).transpose();
    parsed.map_err(|reason| invalid(name, &format!("an expression; {reason}")))
}

fn object(call: &Call, name: &str) -> Result<Option<Value>, TwilioError> {
    match call.json(name)? {
        Some(value) if !value.is_object() => Err(invalid(name, "a JSON object")),
        value => Ok(value),
    }
}

/// Sorts by what a parameter like `Priority:desc,DateCreated:asc` says.
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
        "links": {"tasks": format!("{url}/Tasks"), "workers": format!("{url}/Workers")},
    }))
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

fn worker(world: &World, w: &Worker) -> Value {
    let doing = world.taskrouter.activity(&w.activity_sid).ok();
    let url = in_workspace(world, "Workers", &w.sid);
    json!({
        "sid": w.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "friendly_name": w.friendly_name,
        "attributes": w.attributes.to_string(),
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

fn reservation(world: &World, r: &Reservation) -> Value {
    let url = format!(
        "{}/Reservations/{}",
        in_workspace(world, "Tasks", &r.task_sid),
        r.sid
    );
    json!({
        "sid": r.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "task_sid": r.task_sid,
        "worker_sid": r.worker_sid,
        "worker_name": r.worker_name,
        "reservation_status": r.status.name(),
        "date_created": iso(r.date_created),
        "date_updated": iso(r.date_updated),
        "url": url,
        "links": {"task": in_workspace(world, "Tasks", &r.task_sid), "worker": in_workspace(world, "Workers", &r.worker_sid)},
    })
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
        "attributes": t.attributes.to_string(),
        "addons": "{}",
        "date_created": iso(t.date_created),
        "date_updated": iso(t.date_updated),
        "task_queue_entered_date": t.queue_entered.map(iso),
        "virtual_start_time": iso(t.date_created),
        "priority": t.priority,
        "reason": t.reason,
        "task_queue_sid": t.queue_sid,
        "task_queue_friendly_name": queue,
        "task_channel_sid": channel.map(|c| &c.sid),
        "task_channel_unique_name": t.task_channel_unique_name,
        "timeout": t.timeout.as_secs(),
        "workflow_sid": t.workflow_sid,
        "workflow_friendly_name": workflow,
        "ignore_capacity": false,
        "routing_target": t.routing_target,
        "url": url,
        "links": {"reservations": format!("{url}/Reservations")},
    })
}

/// A task as it stands inside an invite: other names, and times in seconds.
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
        "attributes": t.attributes.to_string(),
        "addons": "{}",
        "assignment_status": t.assignment_status.name(),
        "assignmentCounter": 0,
        "age": age(world, t.date_created),
        "age_in_queue": t.queue_entered.map(|entered| age(world, entered)),
        "date_created": t.date_created.as_second(),
        "date_updated": t.date_updated.as_second(),
        "task_queue_entered_date": t.queue_entered.map(Timestamp::as_second),
        "priority": t.priority,
        "reason": t.reason,
        "queue_sid": t.queue_sid,
        "queue_name": queue,
        "workflow_sid": t.workflow_sid,
        "workflow_name": workflow,
        "task_channel_sid": channel.map(|c| &c.sid),
        "task_channel_unique_name": t.task_channel_unique_name,
        "timeout": t.timeout.as_secs(),
        "routing_target": t.routing_target,
    })
}

fn age(world: &World, since: Timestamp) -> i64 {
    world.now().duration_since(since).as_secs()
}

/// The names of a task's workflow and queue.
fn names<'a>(world: &'a World, t: &Task) -> (Option<&'a str>, Option<&'a str>) {
    let workflow = t
        .workflow_sid
        .as_ref()
        .and_then(|sid| world.taskrouter.workflow(sid).ok());
    let queue = t
        .queue_sid
        .as_ref()
        .and_then(|sid| world.taskrouter.queue(sid).ok());
    (
        workflow.map(|w| w.friendly_name.as_str()),
        queue.map(|q| q.friendly_name.as_str()),
    )
}
