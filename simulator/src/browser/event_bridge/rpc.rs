//! The event bridge's requests: `{url, method, params, token}` in one POST, answered with `{payload}`.

use serde::Deserialize;
use serde_json::{json, Value};

use super::payload;
use super::route::Route;
use crate::browser::answer::Answer;
use crate::browser::oversees;
use crate::world::error::Error;
use crate::world::taskrouter::engine::NewTask;
use crate::world::taskrouter::{AssignmentStatus, ReservationStatus, TaskChange, WorkerChange};
use crate::world::tokens::Token;
use crate::world::World;

/// A request as the SDKs send it.
#[derive(Debug, Deserialize)]
pub struct Call {
    /// The resource; see [`Route`].
    pub url: String,
    /// `GET` or `POST`.
    pub method: String,
    /// What to change, or what to list.
    #[serde(default)]
    pub params: Value,
    /// The caller's Flex token.
    pub token: String,
}

/// Answers a call; `None` when the event bridge knows no such thing.
pub fn answer(world: &mut World, call: &Call) -> Option<Answer> {
    let route = Route::parse(&call.url)?;
    let Some(caller) = world.valid_token(&call.token).cloned() else {
        return Some(Answer::token_refused());
    };
    let payload = match call.method.as_str() {
        "GET" => read(world, &caller, route),
        "POST" => write(world, &caller, route, &call.params),
        _ => None,
    }?;
    Some(match payload {
        Ok(payload) => Answer::ok(json!({"payload": payload})),
        Err(Refusal::World(error)) => error.into(),
        Err(Refusal::Forbidden) => Answer::forbidden(),
    })
}

/// Why a call is not answered with what it asked for.
enum Refusal {
    World(Error),
    Forbidden,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::World(error)
    }
}

type Payload = Result<Value, Refusal>;

fn read(world: &World, caller: &Token, route: Route<'_>) -> Option<Payload> {
    let router = &world.taskrouter;
    Some(match route {
        Route::Activities => {
            Ok(payload::page(router.activities.iter().map(|activity| payload::activity(world, activity)).collect()))
        }
        Route::TaskQueues => Ok(payload::page(
            router
                .queues
                .iter()
                .map(|queue| json!({"sid": queue.sid, "queue_sid": queue.sid, "queue_name": queue.friendly_name, "friendly_name": queue.friendly_name}))
                .collect(),
        )),
        Route::Workers => Ok(payload::page(router.workers.iter().map(|worker| payload::worker(world, worker)).collect())),
        Route::Worker(sid) => router.worker(sid).map(|worker| payload::worker(world, worker)).map_err(Refusal::from),
        Route::WorkerChannels(sid) => router
            .worker(sid)
            .map(|worker| {
                payload::page(worker.channels.iter().map(|channel| payload::worker_channel(world, sid, channel)).collect())
            })
            .map_err(Refusal::from),
        Route::Reservations(sid) if may_act_for(caller, sid) => Ok(reservations(world, sid)),
        Route::Reservation(sid, reservation) if may_act_for(caller, sid) => reservation_payload(world, reservation),
        Route::Reservations(_) | Route::Reservation(..) => Err(Refusal::Forbidden),
        Route::Transfers(_) | Route::ChannelTransfers(..) => Ok(payload::page(Vec::new())),
        Route::Task(sid) => world.kept_task(sid).map(|task| payload::task(world, task)).map_err(Refusal::from),
        Route::Channels(kd) => {
            let channels: Vec<Value> = world.channels_of(kd).map(payload::channel).collect();
            Ok(json!({"channels": channels, "meta": {}}))
        }
        Route::Channel(kd, uo) => world.channel(kd, uo).map(payload::channel).map_err(Refusal::from),
        Route::Participants(kd, uo) => participants(world, kd, uo),
        Route::PausedChannels => Ok(json!({"content": [], "meta": {}})),
        Route::Tasks | Route::Participant(..) | Route::Invites(..) | Route::Invite(..) => return None,
    })
}

fn write(world: &mut World, caller: &Token, route: Route<'_>, params: &Value) -> Option<Payload> {
    Some(match route {
        Route::Worker(sid) => change_worker(world, caller, sid, params),
        Route::Reservation(worker, sid) => change_reservation(world, caller, worker, sid, params),
        Route::Tasks => create_task(world, caller, params),
        Route::Task(sid) => change_task(world, caller, sid, params),
        Route::Channel(kd, uo) => change_channel(world, caller, kd, uo, params),
        Route::Participant(kd, uo, ut) => change_participant(world, caller, kd, uo, ut, params),
        Route::Invites(kd, uo) => invite(world, caller, kd, uo, params),
        Route::Invite(kd, uo, kg) => answer_invite(world, caller, kd, uo, kg, params),
        _ => return None,
    })
}

fn may_act_for(caller: &Token, worker_sid: &str) -> bool {
    caller.worker_sid.as_deref() == Some(worker_sid) || oversees(caller)
}

fn text<'a>(params: &'a Value, name: &str) -> Option<&'a str> {
    params.get(name).and_then(Value::as_str)
}

/// `None` as an error of the caller: which parameter was expected to be what.
fn invalid(name: &'static str, expected: &str) -> Refusal {
    Refusal::World(Error::Invalid {
        name,
        expected: expected.to_owned(),
    })
}

/// Attributes come as a JSON text or as JSON.
fn attributes(params: &Value) -> Result<Option<Value>, Refusal> {
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
    payload::page(
        open.filter_map(|reservation| {
            let task = world.taskrouter.task(&reservation.task_sid).ok()?;
            Some(payload::reservation(world, reservation, task))
        })
        .collect(),
    )
}

fn reservation_payload(world: &World, sid: &str) -> Payload {
    let reservation = world.taskrouter.reservation(sid)?;
    let task = world.taskrouter.task(&reservation.task_sid)?;
    Ok(payload::reservation(world, reservation, task))
}

fn participants(world: &World, kd: &str, uo: &str) -> Payload {
    let channel = world.channel(kd, uo)?;
    let participants: Vec<Value> = channel
        .participants
        .iter()
        .map(|participant| payload::participant(world, channel, participant))
        .collect();
    Ok(json!({"participants": participants, "channel_type": channel.kind}))
}

fn change_worker(world: &mut World, caller: &Token, sid: &str, params: &Value) -> Payload {
    if !may_act_for(caller, sid) {
        return Err(Refusal::Forbidden);
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
) -> Payload {
    let own = world.taskrouter.reservation(sid)?.worker_sid == worker;
    if !own || !may_act_for(caller, worker) {
        return Err(Refusal::Forbidden);
    }
    match text(params, "ReservationStatus").and_then(ReservationStatus::named) {
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

/// A worker makes a task for themself, as for an outbound call.
fn create_task(world: &mut World, caller: &Token, params: &Value) -> Payload {
    let owned = |name: &str| text(params, name).map(str::to_owned);
    let target = owned("RoutingTarget");
    if !target
        .as_deref()
        .is_some_and(|worker| may_act_for(caller, worker))
    {
        return Err(Refusal::Forbidden);
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

fn change_task(world: &mut World, caller: &Token, sid: &str, params: &Value) -> Payload {
    let own = world
        .taskrouter
        .reservations_of_task(sid)
        .any(|reservation| {
            reservation.status.takes_capacity() && may_act_for(caller, &reservation.worker_sid)
        });
    if !own && !oversees(caller) {
        return Err(Refusal::Forbidden);
    }
    let change = TaskChange {
        attributes: attributes(params)?,
        status: text(params, "AssignmentStatus").and_then(AssignmentStatus::named),
        reason: text(params, "Reason").map(str::to_owned),
        ..TaskChange::default()
    };
    let task = world.update_task(sid, change)?;
    Ok(payload::task(world, &task))
}

/// Whether the caller is an agent of the channel.
fn is_inside(world: &World, caller: &Token, kd: &str, uo: &str) -> Result<bool, Refusal> {
    let channel = world.channel(kd, uo)?;
    Ok(channel.participants.iter().any(|participant| {
        participant
            .routing
            .as_ref()
            .is_some_and(|routing| caller.worker_sid.as_ref() == Some(&routing.worker_sid))
    }))
}

/// Ends a chat, completes the task after it, or leaves it open without agents.
fn change_channel(
    world: &mut World,
    caller: &Token,
    kd: &str,
    uo: &str,
    params: &Value,
) -> Payload {
    if !is_inside(world, caller, kd, uo)? && !oversees(caller) {
        return Err(Refusal::Forbidden);
    }
    let wrapup = params.pointer("/routing/status").and_then(Value::as_str) == Some("wrapup");
    let channel = match text(params, "status") {
        Some("closed") => world.close_channel(kd, uo, wrapup)?,
        Some("inactive" | "pause") => world.pause_channel(kd, uo)?,
        _ => return Err(invalid("status", "closed or inactive")),
    };
    Ok(payload::channel(&channel))
}

/// An agent leaves, or takes somebody out.
fn change_participant(
    world: &mut World,
    caller: &Token,
    kd: &str,
    uo: &str,
    ut: &str,
    params: &Value,
) -> Payload {
    if !is_inside(world, caller, kd, uo)? && !oversees(caller) {
        return Err(Refusal::Forbidden);
    }
    let wrapup = match text(params, "status") {
        Some("closed") => false,
        Some("wrapup") => true,
        _ => return Err(invalid("status", "closed or wrapup")),
    };
    let gone = world.close_channel_participant(kd, uo, ut, wrapup)?;
    let channel = world.channel(kd, uo)?;
    Ok(payload::participant(world, channel, &gone))
}

fn invite(world: &mut World, caller: &Token, kd: &str, uo: &str, params: &Value) -> Payload {
    if !is_inside(world, caller, kd, uo)? && !oversees(caller) {
        return Err(Refusal::Forbidden);
    }
    let invite = world.invite(kd, uo, params.get("routing").cloned().unwrap_or_default())?;
    Ok(
        json!({"sid": invite.sid, "interaction_sid": kd, "channel_sid": uo, "routing": invite.routing}),
    )
}

fn answer_invite(
    world: &mut World,
    caller: &Token,
    kd: &str,
    uo: &str,
    kg: &str,
    params: &Value,
) -> Payload {
    let channel = world.channel(kd, uo)?;
    let known = channel
        .invites
        .iter()
        .find(|invite| invite.sid == kg)
        .cloned();
    let invite = known.ok_or_else(|| Error::NotFound(format!("/Invites/{kg}")))?;
    let sid = params
        .pointer("/routing/reservation/sid")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let reservation = world.taskrouter.reservation(&sid)?;
    if reservation.task_sid != invite.task_sid || !may_act_for(caller, &reservation.worker_sid) {
        return Err(Refusal::Forbidden);
    }
    match text(params, "action") {
        Some("accept") => world.accept_reservation(&sid)?,
        Some("decline") => world.reject_reservation(&sid, None)?,
        _ => return Err(invalid("action", "accept or decline")),
    };
    Ok(
        json!({"sid": kg, "interaction_sid": kd, "channel_sid": uo, "routing": params.get("routing")}),
    )
}
