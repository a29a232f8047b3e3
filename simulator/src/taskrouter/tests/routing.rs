//! Tests of routing: who is offered a task, when, and what follows without an answer.

use std::time::Duration;

use serde_json::json;

use crate::contact_centre::seed::Plan;
use crate::taskrouter::engine::NewTask;
use crate::taskrouter::AssignmentStatus::{Assigned, Canceled, Completed, Pending, Reserved};
use crate::taskrouter::{ReservationStatus, WorkerChange};
use crate::world::sids::Sid;
use crate::world::stage::Stage;

/// Creates a workflow that waits a minute for the known agent, unless `skip_if` holds, and then offers the task
/// to everyone.
fn known_agent_first(stage: &mut Stage, skip_if: Option<&str>) -> Sid {
    let everyone = stage.world.taskrouter.queues[0].sid.clone();
    let mut known = json!({
        "queue": everyone, "timeout": 60, "known_worker_sid": "task.originalRouting.workerSid",
    });
    if let Some(skip_if) = skip_if {
        known["skip_if"] = json!(skip_if);
    }
    let configuration = json!({"task_routing": {"filters": [
        {"expression": "1 == 1", "targets": [known, {"queue": everyone}]},
    ]}});
    stage
        .world
        .create_workflow(
            "Known agent",
            &configuration.to_string(),
            Duration::from_secs(120),
        )
        .unwrap()
        .sid
}

#[test]
fn the_known_agent_is_asked_first() {
    let mut stage = Stage::new();
    let ben = stage.worker("ben");
    stage.leave("charlie");
    let task = stage.invite_known(&ben);
    assert_eq!(task.assignment_status, Reserved);
    assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, ben);
}

#[test]
fn absent_known_agents_are_skipped() {
    let mut stage = Stage::new();
    let (ada, ben) = (stage.worker("ada"), stage.worker("ben"));
    stage.leave("charlie");
    stage.set_activity("ada", "Offline");
    let task = stage.invite_known(&ada);
    assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, ben);
}

#[test]
fn busy_known_agents_are_waited_for() {
    let mut stage = Stage::new();
    let (ada, ben) = (stage.worker("ada"), stage.worker("ben"));
    let workflow = known_agent_first(&mut stage, None);
    stage.leave("charlie");
    stage
        .world
        .update_worker_channel(&ada, "chat", Some(2), None)
        .unwrap();
    let task = stage.invite_known_by(&workflow, &ada);
    assert_eq!(task.assignment_status, Pending);
    stage.advance_seconds(59);
    assert!(stage.offer(&task.sid).is_none());
    stage.advance_seconds(1);
    assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, ben);
}

#[test]
fn freed_known_agents_get_the_task() {
    let mut stage = Stage::new();
    let ada = stage.worker("ada");
    let workflow = known_agent_first(&mut stage, None);
    stage.leave("charlie");
    stage
        .world
        .update_worker_channel(&ada, "chat", Some(2), None)
        .unwrap();
    let task = stage.invite_known_by(&workflow, &ada);
    stage.leave("sam");
    assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, ada);
}

/// `skip_if` is evaluated only if nobody can take the task at once.
#[test]
fn targets_with_a_free_worker_are_not_skipped() {
    for (ada_has_room, expected) in [(true, "ada"), (false, "ben")] {
        let mut stage = Stage::new();
        let (ada, expected) = (stage.worker("ada"), stage.worker(expected));
        let workflow = known_agent_first(&mut stage, Some("1 == 1"));
        stage.leave("charlie");
        if !ada_has_room {
            let full = stage
                .world
                .update_worker_channel(&ada, "chat", Some(2), None);
            full.unwrap();
        }
        let task = stage.invite_known_by(&workflow, &ada);
        assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, expected);
    }
}

/// As Twilio documents it: not the workers of the target.
#[test]
fn skip_if_counts_the_queues_workers() {
    let mut stage = Stage::new();
    let (ada, ben) = (stage.worker("ada"), stage.worker("ben"));
    let workflow = known_agent_first(&mut stage, Some("workers.available == 0"));
    stage.leave("charlie");
    stage.set_activity("ada", "Offline");
    let task = stage.invite_known_by(&workflow, &ada);
    assert!(stage.offer(&task.sid).is_none(), "Ben is available");
    stage.advance_seconds(60);
    assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, ben);
}

#[test]
fn rejected_tasks_go_to_another_worker() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.leave("charlie");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow}))
        .unwrap();
    let first = stage.offer(&task.sid).unwrap();
    stage.world.reject_reservation(&first.sid, None).unwrap();
    let second = stage.offer(&task.sid).unwrap();
    assert_ne!(first.worker_sid, second.worker_sid);
    assert_eq!(stage.task(&task.sid).declined_by, [first.worker_sid]);
}

#[test]
fn unanswered_offers_put_the_worker_offline() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.leave("charlie");
    stage.set_activity("ben", "Offline");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow}))
        .unwrap();
    let offer = stage.offer(&task.sid).unwrap();
    assert_eq!(stage.load("ada"), 3);
    stage.advance_seconds(120);
    assert_eq!(
        stage
            .world
            .taskrouter
            .reservation(&offer.sid)
            .unwrap()
            .status,
        ReservationStatus::Timeout
    );
    let ada = stage.world.taskrouter.worker_named("ada").unwrap();
    assert_eq!(
        ada.activity_sid,
        stage
            .world
            .taskrouter
            .activity_named("Offline")
            .unwrap()
            .sid
    );
    assert_eq!(stage.load("ada"), 2);
    assert_eq!(stage.task(&task.sid).assignment_status, Pending);
}

#[test]
fn declined_named_tasks_are_canceled() {
    let mut stage = Stage::new();
    stage.leave("charlie");
    let task = stage.invite_worker("charlie", "ben").unwrap();
    let offer = stage.offer(&task.sid).unwrap();
    stage.world.reject_reservation(&offer.sid, None).unwrap();
    assert_eq!(stage.task(&task.sid).assignment_status, Canceled);
    assert!(stage.agents("charlie").is_empty());
    assert_eq!(
        stage
            .world
            .conversation(&stage.conversation("charlie"))
            .unwrap()
            .state
            .name(),
        "active"
    );
}

#[test]
fn unanswered_named_tasks_are_canceled() {
    let mut stage = Stage::new();
    stage.leave("charlie");
    let task = stage.invite_worker("charlie", "ben").unwrap();
    stage.advance_seconds(120);
    assert_eq!(stage.task(&task.sid).assignment_status, Canceled);
}

#[test]
fn waiting_tasks_end_at_their_timeout() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.leave("charlie");
    stage.set_activity("ada", "Offline");
    stage.set_activity("ben", "Offline");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow, "timeout": 300}))
        .unwrap();
    stage.advance_seconds(299);
    assert_eq!(stage.task(&task.sid).assignment_status, Pending);
    stage.advance_seconds(1);
    let ended = stage.task(&task.sid);
    assert_eq!(ended.assignment_status, Canceled);
    assert_eq!(ended.reason.as_deref(), Some("Task TTL Exceeded"));
}

/// A day in one step must leave the world as a real day does.
#[test]
fn timers_fire_in_order_after_a_jump() {
    let mut stage = Stage::new();
    let ada = stage.worker("ada");
    stage.leave("charlie");
    let task = stage.invite_known(&ada);
    let start = task.date_created;
    stage.advance_seconds(86_400);
    let offers: Vec<_> = stage
        .world
        .taskrouter
        .reservations_of_task(&task.sid)
        .collect();
    let times: Vec<i64> = offers
        .iter()
        .map(|r| r.date_updated.duration_since(start).as_secs())
        .collect();
    assert_eq!(times, [120, 240], "Ada's offer ended, then Ben's");
    assert_eq!(stage.task(&task.sid).assignment_status, Canceled);
}

#[test]
fn higher_priority_comes_first() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.set_activity("ada", "Offline");
    stage.set_activity("ben", "Offline");
    let ben = stage.worker("ben");
    stage
        .world
        .update_worker_channel(&ben, "chat", Some(1), None)
        .unwrap();
    let mut make = |priority| {
        let new = NewTask {
            attributes: json!({}),
            workflow_sid: Some(workflow.clone()),
            task_channel: Some("chat".into()),
            priority: Some(priority),
            ..NewTask::default()
        };
        stage.world.create_task(new).unwrap().sid
    };
    let (low, high) = (make(1), make(9));
    stage.set_activity("ben", "Available");
    assert!(stage.offer(&high).is_some());
    assert!(stage.offer(&low).is_none());
}

#[test]
fn completing_frees_capacity() {
    let mut stage = Stage::new();
    stage.set_activity("ben", "Offline");
    let ada = stage.worker("ada");
    stage
        .world
        .update_worker_channel(&ada, "chat", Some(3), None)
        .unwrap();
    let new = NewTask {
        attributes: json!({}),
        workflow_sid: Some(stage.workflow()),
        task_channel: Some("chat".into()),
        ..NewTask::default()
    };
    let waiting = stage.world.create_task(new).unwrap();
    assert_eq!(waiting.assignment_status, Pending);
    let done = stage.agents("charlie")[0].routing.clone().unwrap();
    stage
        .world
        .wrap_up_reservation(&done.reservation_sid)
        .unwrap();
    assert!(
        stage.offer(&waiting.sid).is_none(),
        "tidying up takes capacity"
    );
    stage
        .world
        .complete_reservation(&done.reservation_sid)
        .unwrap();
    assert_eq!(stage.task(&done.task_sid).assignment_status, Completed);
    let offer = stage.offer(&waiting.sid).unwrap();
    stage.world.accept_reservation(&offer.sid).unwrap();
    assert_eq!(stage.task(&waiting.sid).assignment_status, Assigned);
}

#[test]
fn an_answered_offer_cannot_be_answered_again() {
    let mut stage = Stage::new();
    let accepted = stage.agents("charlie")[0].routing.clone().unwrap();
    assert!(stage
        .world
        .accept_reservation(&accepted.reservation_sid)
        .is_err());
    assert!(stage
        .world
        .reject_reservation(&accepted.reservation_sid, None)
        .is_err());
}

#[test]
fn offline_workers_are_not_asked_again() {
    let mut stage = Stage::new();
    let (ada, ben) = (stage.worker("ada"), stage.worker("ben"));
    stage.leave("charlie");
    let task = stage.invite_known(&ada);
    let router = &stage.world.taskrouter;
    let change = WorkerChange {
        activity_sid: Some(router.activity_named("Offline").unwrap().sid.clone()),
        rejects_pending: true,
        ..WorkerChange::default()
    };
    stage.world.update_worker(&ada, change).unwrap();
    assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, ben);
}

#[test]
fn offers_last_as_planned() {
    let plan = Plan {
        offer_seconds: 5,
        ..Plan::default()
    };
    let mut stage = Stage::from_plan(&plan);
    let workflow = stage.workflow();
    stage.leave("charlie");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow}))
        .unwrap();
    let first = stage.offer(&task.sid).unwrap().sid;
    stage.advance_seconds(4);
    assert_eq!(stage.offer(&task.sid).unwrap().sid, first);
    stage.advance_seconds(1);
    assert_ne!(stage.offer(&task.sid).map(|offer| offer.sid), Some(first));
}
