//! The requests of the `TaskRouter` SDK in the browser over the event bridge: reads and changes.

use serde_json::{json, Value};

use super::payload;
use super::route::Route;
use crate::http::bridge::{invalid, text, BridgeError, BridgeResult};
use crate::iam::Token;
use crate::taskrouter::engine::NewTask;
use crate::taskrouter::{AssignmentStatus, ReservationStatus, TaskChange, WorkerChange};
use crate::world::World;

/// Answers a request to read a resource; `None` if the event bridge has no such request.
pub fn read(world: &World, caller: &Token, route: Route<'_>) -> Option<BridgeResult> {
    let router = &world.taskrouter;
    Some(match route {
        Route::Activities => {
            let activities = router.activities.iter();
            Ok(payload::page(
                activities.map(|activity| payload::activity(world, activity)),
            ))
        }
        Route::TaskQueues => Ok(payload::page(router.queues.iter().map(payload::queue))),
        Route::Workers => {
            let workers = router.workers.iter();
            Ok(payload::page(
                workers.map(|worker| payload::worker(world, worker)),
            ))
        }
        Route::Worker(sid) => router
            .worker(sid)
            .map(|worker| payload::worker(world, worker))
            .map_err(BridgeError::from),
        Route::WorkerChannels(sid) => worker_channels(world, sid),
        Route::Reservations(sid) if caller.may_act_for(sid) => Ok(reservations(world, sid)),
        Route::Reservation {
            worker_sid,
            reservation_sid,
        } if caller.may_act_for(worker_sid) => reservation_payload(world, reservation_sid),
        Route::Reservations(_) | Route::Reservation { .. } => Err(BridgeError::Forbidden),
        Route::Transfers(_) => Ok(payload::page([].into_iter())),
        Route::Task(sid) => world
            .kept_task(sid)
            .map(|task| payload::task(world, task))
            .map_err(BridgeError::from),
        Route::Tasks => return None,
    })
}

/// Answers a request to change a resource; `None` if the event bridge has no such request.
pub fn write(
    world: &mut World,
    caller: &Token,
    route: Route<'_>,
    params: &Value,
) -> Option<BridgeResult> {
    Some(match route {
        Route::Worker(sid) => change_worker(world, caller, sid, params),
        Route::Reservation {
            worker_sid,
            reservation_sid,
        } => change_reservation(world, caller, worker_sid, reservation_sid, params),
        Route::Tasks => create_task(world, caller, params),
        Route::Task(sid) => change_task(world, caller, sid, params),
        _ => return None,
    })
}

fn worker_channels(world: &World, sid: &str) -> BridgeResult {
    let channels = world.taskrouter.worker(sid)?.channels.iter();
    Ok(payload::page(channels.map(|channel| {
        payload::worker_channel(world, sid, channel)
    })))
}

/// Parses attributes, which come as a JSON text or as JSON.
fn attributes(params: &Value) -> Result<Option<Value>, BridgeError> {
    match params.get("Attributes") {
        None => Ok(None),
        Some(Value::String(text)) => serde_json::from_str(text)
            .map(Some)
            .map_err(|_| invalid("Attributes", "a JSON text")),
        Some(value) => Ok(Some(value.clone())),
    }
}

fn reservations(world: &World, worker_sid: &str) -> Value {
    let open = world
        .taskrouter
        .reservations_of_worker(worker_sid)
        .filter(|reservation| reservation.status.takes_capacity());
    payload::page(open.filter_map(|reservation| {
        let task = world.taskrouter.task(&reservation.task_sid).ok()?;
        Some(payload::reservation(world, reservation, task))
    }))
}

fn reservation_payload(world: &World, sid: &str) -> BridgeResult {
    let reservation = world.taskrouter.reservation(sid)?;
    let task = world.taskrouter.task(&reservation.task_sid)?;
    Ok(payload::reservation(world, reservation, task))
}

fn change_worker(world: &mut World, caller: &Token, sid: &str, params: &Value) -> BridgeResult {
    if !caller.may_act_for(sid) {
        return Err(BridgeError::Forbidden);
    }
    let rejects_pending = text(params, "RejectPendingReservations") == Some("true")
        || params.get("RejectPendingReservations") == Some(&json!(true));
    let change = WorkerChange {
        activity_sid: text(params, "ActivitySid").map(str::to_owned),
        rejects_pending,
        attributes: attributes(params)?,
        ..WorkerChange::default()
    };
    let worker = world.update_worker(sid, change)?;
    Ok(payload::worker(world, &worker))
}

fn change_reservation(
    world: &mut World,
    caller: &Token,
    worker: &str,
    sid: &str,
    params: &Value,
) -> BridgeResult {
    let own = world.taskrouter.reservation(sid)?.worker_sid == worker;
    if !own || !caller.may_act_for(worker) {
        return Err(BridgeError::Forbidden);
    }
    match text(params, "ReservationStatus").and_then(ReservationStatus::from_name) {
        Some(ReservationStatus::Accepted) => world.accept_reservation(sid)?,
        Some(ReservationStatus::Rejected) => {
            world.reject_reservation(sid, text(params, "WorkerActivitySid").map(str::to_owned))?
        }
        Some(ReservationStatus::Wrapping) => world.wrap_up_reservation(sid)?,
        Some(ReservationStatus::Completed) => world.complete_reservation(sid)?,
        _ => {
            return Err(invalid(
                "ReservationStatus",
                "accepted, rejected, wrapping or completed",
            ))
        }
    };
    reservation_payload(world, sid)
}

/// Creates a task for the calling worker, as for an outbound call.
fn create_task(world: &mut World, caller: &Token, params: &Value) -> BridgeResult {
    let owned = |name: &str| text(params, name).map(str::to_owned);
    let target = owned("RoutingTarget");
    if !target
        .as_deref()
        .is_some_and(|worker| caller.may_act_for(worker))
    {
        return Err(BridgeError::Forbidden);
    }
    let task = world.create_task(NewTask {
        attributes: attributes(params)?.unwrap_or_else(|| json!({})),
        workflow_sid: owned("WorkflowSid"),
        queue_sid: owned("TaskQueueSid"),
        worker_sid: target,
        task_channel: owned("TaskChannelUniqueName").or_else(|| owned("TaskChannelSid")),
        ignores_capacity: true,
        ..NewTask::default()
    })?;
    Ok(payload::task(world, &task))
}

fn change_task(world: &mut World, caller: &Token, sid: &str, params: &Value) -> BridgeResult {
    let own = world
        .taskrouter
        .reservations_of_task(sid)
        .any(|reservation| {
            reservation.status.takes_capacity() && caller.may_act_for(&reservation.worker_sid)
        });
    if !own && !caller.oversees() {
        return Err(BridgeError::Forbidden);
    }
    let change = TaskChange {
        attributes: attributes(params)?,
        status: text(params, "AssignmentStatus").and_then(AssignmentStatus::from_name),
        reason: text(params, "Reason").map(str::to_owned),
        ..TaskChange::default()
    };
    let task = world.update_task(sid, change)?;
    Ok(payload::task(world, &task))
}
