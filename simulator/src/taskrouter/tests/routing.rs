//! Tests of routing: who is offered a task, when, and what happens without an answer.

use std::time::Duration;

use serde_json::json;

use crate::contact_centre::seed::Plan;
use crate::taskrouter::engine::NewTask;
use crate::taskrouter::AssignmentStatus::{Assigned, Canceled, Completed, Pending, Reserved};
use crate::taskrouter::{ReservationStatus, WorkerChange};
use crate::world::sids::Sid;
use crate::world::stage::Stage;

/// A workflow that asks the known agent for a minute, passes that over when this holds, and then asks everyone.
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
fn an_absent_known_agent_is_passed_over_at_once() {
    let mut stage = Stage::new();
    let (ada, ben) = (stage.worker("ada"), stage.worker("ben"));
    stage.leave("charlie");
    stage.go("ada", "Offline");
    let task = stage.invite_known(&ada);
    assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, ben);
}

#[test]
fn a_busy_known_agent_is_waited_for_until_the_target_ends() {
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
    stage.pass(59);
    assert!(stage.offer(&task.sid).is_none());
    stage.pass(1);
    assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, ben);
}

#[test]
fn a_busy_known_agent_gets_the_task_when_they_have_room() {
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

#[test]
fn a_target_is_passed_over_only_when_nobody_can_take_the_task_at_once() {
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

/// As Twilio documents it: not those of the target.
#[test]
fn the_available_workers_that_a_condition_counts_are_those_of_the_queue() {
    let mut stage = Stage::new();
    let (ada, ben) = (stage.worker("ada"), stage.worker("ben"));
    let workflow = known_agent_first(&mut stage, Some("workers.available == 0"));
    stage.leave("charlie");
    stage.go("ada", "Offline");
    let task = stage.invite_known_by(&workflow, &ada);
    assert!(stage.offer(&task.sid).is_none(), "Ben is available");
    stage.pass(60);
    assert_eq!(stage.offer(&task.sid).unwrap().worker_sid, ben);
}

#[test]
fn a_rejected_task_goes_to_somebody_else() {
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
fn an_unanswered_offer_ends_and_puts_the_worker_offline() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.leave("charlie");
    stage.go("ben", "Offline");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow}))
        .unwrap();
    let offer = stage.offer(&task.sid).unwrap();
    assert_eq!(stage.load("ada"), 3);
    stage.pass(120);
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
fn a_task_for_one_worker_is_canceled_when_they_decline() {
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
fn a_task_for_one_worker_is_canceled_when_they_do_not_answer() {
    let mut stage = Stage::new();
    stage.leave("charlie");
    let task = stage.invite_worker("charlie", "ben").unwrap();
    stage.pass(120);
    assert_eq!(stage.task(&task.sid).assignment_status, Canceled);
}

#[test]
fn a_task_that_nobody_can_take_ends_with_its_life() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.leave("charlie");
    stage.go("ada", "Offline");
    stage.go("ben", "Offline");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow, "timeout": 300}))
        .unwrap();
    stage.pass(299);
    assert_eq!(stage.task(&task.sid).assignment_status, Pending);
    stage.pass(1);
    let ended = stage.task(&task.sid);
    assert_eq!(ended.assignment_status, Canceled);
    assert_eq!(ended.reason.as_deref(), Some("Task TTL Exceeded"));
}

#[test]
fn a_day_that_passes_at_once_shows_what_a_day_would_have_shown() {
    let mut stage = Stage::new();
    let ada = stage.worker("ada");
    stage.leave("charlie");
    let task = stage.invite_known(&ada);
    let start = task.date_created;
    stage.pass(86_400);
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
fn the_more_urgent_task_comes_first() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.go("ada", "Offline");
    stage.go("ben", "Offline");
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
    stage.go("ben", "Available");
    assert!(stage.offer(&high).is_some());
    assert!(stage.offer(&low).is_none());
}

#[test]
fn completing_a_task_frees_the_capacity_for_the_next_one() {
    let mut stage = Stage::new();
    stage.go("ben", "Offline");
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
fn who_goes_offline_and_declines_what_is_pending_is_not_asked_again() {
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
fn an_offer_lasts_as_long_as_the_plan_says() {
    let plan = Plan {
        offer_seconds: 5,
        ..Plan::default()
    };
    let mut stage = Stage::planned(&plan);
    let workflow = stage.workflow();
    stage.leave("charlie");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow}))
        .unwrap();
    let first = stage.offer(&task.sid).unwrap().sid;
    stage.pass(4);
    assert_eq!(stage.offer(&task.sid).unwrap().sid, first);
    stage.pass(1);
    assert_ne!(stage.offer(&task.sid).map(|offer| offer.sid), Some(first));
}
