//! Tests of events: which are logged and posted for tasks and reservations.

use std::collections::BTreeMap;

use serde_json::json;

use crate::taskrouter::engine::NewTask;
use crate::taskrouter::{AssignmentStatus, TaskChange};
use crate::world::error::Error;
use crate::world::stage::Stage;

const TARGET: &str = "https://park-interaction-1234.twil.io/heard";

impl Stage {
    fn set_callback(&mut self, filter: &str) {
        self.world
            .set_event_callback(Some(TARGET.into()), Some(filter.into()))
            .unwrap();
        self.deliveries();
    }

    /// Returns the names of the events that were posted since the last time.
    fn posted_events(&mut self) -> Vec<String> {
        let mut posted = self.deliveries();
        posted.retain(|delivery| delivery.url == TARGET);
        posted
            .into_iter()
            .map(|mut delivery| delivery.params.remove("EventType").unwrap())
            .collect()
    }

    /// Returns the one callback that was posted since the last time.
    fn callback(&mut self) -> BTreeMap<String, String> {
        let [delivery] = <[_; 1]>::try_from(self.deliveries()).unwrap();
        delivery.params
    }
}

#[test]
fn task_events_from_creation_to_end() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.set_callback("");
    stage.leave("charlie");
    assert_eq!(
        stage.posted_events(),
        ["task.completed", "reservation.completed"]
    );
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow}))
        .unwrap();
    assert_eq!(
        stage.posted_events(),
        [
            "task.created",
            "workflow.entered",
            "workflow.target-matched",
            "reservation.created"
        ]
    );
    let change = TaskChange {
        attributes: Some(json!({"seen": true})),
        ..TaskChange::default()
    };
    stage.world.update_task(&task.sid, change).unwrap();
    assert_eq!(stage.posted_events(), ["task.updated"]);
    let offer = stage.offer(&task.sid).unwrap().sid;
    stage.world.reject_reservation(&offer, None).unwrap();
    assert_eq!(
        stage.posted_events(),
        ["reservation.rejected", "reservation.created"]
    );
    let offer = stage.offer(&task.sid).unwrap().sid;
    stage.world.accept_reservation(&offer).unwrap();
    stage.world.wrap_up_reservation(&offer).unwrap();
    stage.world.complete_reservation(&offer).unwrap();
    assert_eq!(
        stage.posted_events(),
        [
            "reservation.accepted",
            "task.wrapup",
            "reservation.wrapup",
            "task.completed",
            "reservation.completed"
        ]
    );
}

#[test]
fn canceled_task_events_carry_task_and_reason() {
    let mut stage = Stage::new();
    let (workflow, everyone) = (
        stage.workflow(),
        stage.world.taskrouter.queues[0].sid.clone(),
    );
    stage.leave("charlie");
    let attributes = json!({"conversationSid": stage.conversation("charlie")});
    let task = stage
        .invite(
            "charlie",
            json!({"workflow_sid": workflow, "attributes": attributes}),
        )
        .unwrap();
    stage.set_callback("task.canceled");
    stage.advance_seconds(7);
    let change = TaskChange {
        status: Some(AssignmentStatus::Canceled),
        reason: Some("hangup".into()),
        ..TaskChange::default()
    };
    stage.world.update_task(&task.sid, change).unwrap();
    let posted = stage.callback();
    let now = stage.world.now();
    for (name, value) in [
        ("EventType", "task.canceled"),
        ("AccountSid", &stage.world.account_sid),
        ("WorkspaceSid", &stage.world.taskrouter.workspace_sid),
        ("WorkspaceName", "Flex Task Assignment"),
        ("ResourceType", "task"),
        ("ResourceSid", &task.sid),
        ("Timestamp", &now.as_second().to_string()),
        ("TimestampMs", &now.as_millisecond().to_string()),
        ("TaskSid", &task.sid),
        (
            "TaskAttributes",
            &stage.task(&task.sid).attributes.to_string(),
        ),
        ("TaskAge", "7"),
        ("TaskPriority", "0"),
        ("TaskAssignmentStatus", "canceled"),
        ("TaskCanceledReason", "hangup"),
        ("TaskChannelUniqueName", "chat"),
        ("TaskQueueSid", &everyone),
        ("TaskQueueName", "Everyone"),
        ("WorkflowSid", &workflow),
        ("WorkflowName", "Assign to known agent, then anyone"),
    ] {
        assert_eq!(posted.get(name).map(String::as_str), Some(value), "{name}");
    }
}

#[test]
fn reservation_events_carry_the_worker() {
    let mut stage = Stage::new();
    let (workflow, ben) = (stage.workflow(), stage.worker("ben"));
    stage.leave("charlie");
    stage.set_callback("task.created, reservation.created");
    let attributes = json!({"originalRouting": {"workerSid": ben}});
    let task = stage
        .invite(
            "charlie",
            json!({"workflow_sid": workflow, "attributes": attributes}),
        )
        .unwrap();
    let offer = stage.offer(&task.sid).unwrap().sid;
    let mut posted = stage.deliveries();
    assert_eq!(posted.remove(0).params["EventType"], "task.created");
    let posted = posted.remove(0).params;
    for (name, value) in [
        ("EventType", "reservation.created"),
        ("ResourceType", "reservation"),
        ("ResourceSid", &offer),
        ("ReservationSid", &offer),
        ("TaskSid", &task.sid),
        ("TaskAssignmentStatus", "reserved"),
        ("WorkerSid", &ben),
        ("WorkerName", "ben"),
        ("WorkerActivityName", "Available"),
    ] {
        assert_eq!(posted.get(name).map(String::as_str), Some(value), "{name}");
    }
}

#[test]
fn timeouts_are_events() {
    let mut stage = Stage::new();
    stage.leave("charlie");
    stage.set_activity("ben", "Available");
    stage.set_callback("reservation.timeout,reservation.canceled,task.canceled");
    stage.invite_worker("charlie", "ben").unwrap();
    stage.advance_seconds(120);
    assert_eq!(
        stage.posted_events(),
        ["reservation.timeout", "task.canceled"]
    );
    for agent in ["ada", "ben"] {
        stage.set_activity(agent, "Offline");
    }
    let workflow = stage.workflow();
    stage
        .invite("charlie", json!({"workflow_sid": workflow, "timeout": 30}))
        .unwrap();
    stage.advance_seconds(30);
    assert_eq!(stage.callback()["TaskCanceledReason"], "Task TTL Exceeded");
    stage.set_activity("ben", "Available");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow}))
        .unwrap();
    stage
        .world
        .cancel_task(&task.sid, "no longer needed")
        .unwrap();
    assert_eq!(
        stage.posted_events(),
        ["task.canceled", "reservation.canceled"]
    );
}

#[test]
fn the_last_targets_timeout_cancels_the_task() {
    let mut stage = Stage::new();
    let everyone = stage.world.taskrouter.queues[0].sid.clone();
    let configuration = json!({"task_routing": {"filters": [{
        "expression": "1==1",
        "targets": [{"queue": everyone, "timeout": 40}],
    }]}});
    let workflow = stage
        .world
        .create_workflow(
            "Short",
            &configuration.to_string(),
            std::time::Duration::from_secs(15),
        )
        .unwrap();
    for agent in ["ada", "ben"] {
        stage.set_activity(agent, "Offline");
    }
    stage.set_callback("task.canceled");
    let task = stage
        .world
        .create_task(NewTask {
            attributes: json!({}),
            workflow_sid: Some(workflow.sid),
            ..NewTask::default()
        })
        .unwrap();
    stage.advance_seconds(39);
    assert!(stage.posted_events().is_empty());
    stage.advance_seconds(1);
    let posted = stage.callback();
    assert_eq!(posted["TaskSid"], task.sid);
    assert_eq!(
        posted["TaskCanceledReason"],
        "Task canceled on Workflow timeout"
    );
}

#[test]
fn declined_named_invites_are_canceled() {
    let mut stage = Stage::new();
    stage.leave("charlie");
    stage.deliveries();
    let task = stage.invite_worker("charlie", "ben").unwrap();
    let offer = stage.offer(&task.sid).unwrap().sid;
    stage.world.reject_reservation(&offer, None).unwrap();
    let delivery = stage.deliveries().remove(0);
    assert_eq!(
        delivery.url,
        "https://park-interaction-1234.twil.io/features/park-interaction/common/task-event"
    );
    assert_eq!(delivery.params["EventType"], "task.canceled");
    assert_eq!(delivery.params["TaskSid"], task.sid);
}

/// Without a URL nothing is posted.
#[test]
fn callback_urls_are_checked() {
    let mut stage = Stage::new();
    stage
        .world
        .set_event_callback(Some(String::new()), None)
        .unwrap();
    stage.leave("charlie");
    let workflow = stage.workflow();
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow}))
        .unwrap();
    stage.world.cancel_task(&task.sid, "").unwrap();
    assert!(stage.deliveries().is_empty());
    for url in ["ftp://a.example/x", "/x"] {
        assert!(
            matches!(
                stage.world.set_event_callback(Some(url.into()), None),
                Err(Error::Invalid { .. })
            ),
            "`{url}` was taken"
        );
    }
}

/// Returns the names of a task's logged events, oldest first.
fn kept(stage: &Stage, task_sid: &str) -> Vec<&'static str> {
    let events = stage
        .world
        .taskrouter
        .events
        .newest_first(stage.world.now());
    let mut names: Vec<&str> = events
        .filter(|event| event.data.get("task_sid").map(String::as_str) == Some(task_sid))
        .map(|event| event.event_type)
        .collect();
    names.reverse();
    names
}

/// Creates a workflow with this `task_routing`.
fn workflow(stage: &mut Stage, task_routing: &serde_json::Value) -> String {
    let configuration = json!({"task_routing": task_routing}).to_string();
    let timeout = std::time::Duration::from_secs(60);
    let made = stage.world.create_workflow("Own", &configuration, timeout);
    made.unwrap().sid
}

/// A client that has missed a callback reads the events: they must not depend on the callback's URL or filter.
#[test]
fn events_are_kept_without_a_callback() {
    let mut stage = Stage::new();
    stage
        .world
        .set_event_callback(Some(String::new()), None)
        .unwrap();
    let seeded = stage.workflow();
    stage.leave("charlie");
    let attributes = json!({"n": 1});
    let task = stage
        .invite(
            "charlie",
            json!({"workflow_sid": seeded, "attributes": attributes}),
        )
        .unwrap();
    let before = task.attributes.to_string();
    let change = TaskChange {
        attributes: Some(json!({"n": 2})),
        ..TaskChange::default()
    };
    stage.world.update_task(&task.sid, change).unwrap();
    stage.world.cancel_task(&task.sid, "hangup").unwrap();
    assert_eq!(
        kept(&stage, &task.sid),
        [
            "task.created",
            "workflow.entered",
            "workflow.target-matched",
            "reservation.created",
            "task.updated",
            "task.canceled",
            "reservation.canceled"
        ]
    );
    let all: Vec<_> = stage
        .world
        .taskrouter
        .events
        .newest_first(stage.world.now())
        .collect();
    let named = |name: &str| *all.iter().find(|event| event.event_type == name).unwrap();
    let canceled = named("task.canceled");
    assert_eq!(canceled.data["task_canceled_reason"], "hangup");
    assert_eq!(canceled.data["task_attributes"], r#"{"n":2}"#);
    assert_eq!(named("task.created").data["task_attributes"], before);
    assert_eq!(named("reservation.created").data["workflow_sid"], seeded);
}

#[test]
fn events_are_kept_for_30_days() {
    let mut stage = Stage::new();
    let seeded = stage.workflow();
    stage.leave("charlie");
    let task = stage
        .invite("charlie", json!({"workflow_sid": seeded}))
        .unwrap();
    stage.world.cancel_task(&task.sid, "hangup").unwrap();
    stage.advance_seconds(30 * 86_400);
    assert!(kept(&stage, &task.sid).contains(&"task.canceled"));
    stage.advance_seconds(1);
    assert_eq!(kept(&stage, &task.sid), [] as [&str; 0]);
}

/// Twilio cancels such a task at once, so a workflow without a default filter loses conversations.
#[test]
fn unmatched_tasks_are_canceled_at_once() {
    let mut stage = Stage::new();
    let everyone = stage.world.taskrouter.queues[0].sid.clone();
    let routing = json!({"filters": [
        {"friendly_name": "Never", "expression": "1 == 2", "targets": [{"queue": everyone}]},
    ]});
    let workflow_sid = workflow(&mut stage, &routing);
    stage.leave("charlie");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow_sid}))
        .unwrap();
    assert_eq!(task.assignment_status, AssignmentStatus::Canceled);
    assert_eq!(
        kept(&stage, &task.sid),
        ["task.created", "workflow.entered", "task.canceled"]
    );
}

#[test]
fn workflow_ends_are_events() {
    for (target, event, reason) in [
        (
            json!({"timeout": 40}),
            "workflow.timeout",
            "Task canceled on Workflow timeout",
        ),
        (
            json!({"skip_if": "1 == 1"}),
            "workflow.skipped",
            "Task canceled on Workflow skip",
        ),
    ] {
        let mut stage = Stage::new();
        let mut target = target;
        target["queue"] = json!(stage.world.taskrouter.queues[0].sid);
        let routing = json!({"filters": [
            {"filter_friendly_name": "All", "expression": "1 == 1", "targets": [target]},
        ]});
        let workflow_sid = workflow(&mut stage, &routing);
        for agent in ["ada", "ben"] {
            stage.set_activity(agent, "Offline");
        }
        let task = stage
            .invite("charlie", json!({"workflow_sid": workflow_sid}))
            .unwrap();
        stage.advance_seconds(40);
        assert_eq!(
            kept(&stage, &task.sid),
            [
                "task.created",
                "workflow.entered",
                "workflow.target-matched",
                event,
                "task.canceled"
            ]
        );
        assert_eq!(stage.task(&task.sid).reason.as_deref(), Some(reason));
        let all: Vec<_> = stage
            .world
            .taskrouter
            .events
            .newest_first(stage.world.now())
            .collect();
        let ended = all.iter().find(|e| e.event_type == event).unwrap();
        assert_eq!(ended.data["workflow_filter_name"], "All");
    }
}

/// Like a cancellation, but with another event, it leaves the conversation without an agent.
#[test]
fn deleting_a_task_cancels_its_reservation() {
    type Delete = fn(&mut crate::world::World, &str) -> Result<(), Error>;
    for (delete, event) in [
        (crate::world::World::delete_task as Delete, "task.deleted"),
        (
            crate::world::World::system_delete_task,
            "task.system-deleted",
        ),
    ] {
        let mut stage = Stage::new();
        let seeded = stage.workflow();
        stage.leave("charlie");
        let task = stage
            .invite("charlie", json!({"workflow_sid": seeded}))
            .unwrap();
        let load = stage.load("ada") + stage.load("ben");
        stage.set_callback("");
        delete(&mut stage.world, &task.sid).unwrap();
        assert_eq!(stage.posted_events(), [event, "reservation.canceled"]);
        assert!(stage.world.taskrouter.task(&task.sid).is_err());
        assert_eq!(stage.load("ada") + stage.load("ben"), load - 1);
        let channel = stage.channel("charlie");
        assert_eq!(stage.world.open_invites(&channel).count(), 0);
    }
}

#[test]
fn agents_of_deleted_tasks_can_leave() {
    let mut stage = Stage::new();
    let task = stage.agents("charlie")[0].routing.clone().unwrap().task_sid;
    stage.world.delete_task(&task).unwrap();
    stage.leave("charlie");
    assert!(stage.agents("charlie").is_empty());
}

#[test]
fn unaccepted_tasks_can_be_completed() {
    let mut stage = Stage::new();
    let seeded = stage.workflow();
    stage.leave("charlie");
    let task = stage
        .invite("charlie", json!({"workflow_sid": seeded}))
        .unwrap();
    stage.set_callback("");
    stage
        .world
        .complete_without_worker(&task.sid, "done elsewhere")
        .unwrap();
    assert_eq!(
        stage.posted_events(),
        ["reservation.canceled", "task.completed"]
    );
    assert!(stage
        .world
        .complete_without_worker(&task.sid, "again")
        .is_err());
}
