//! Tests of the readings that change `TaskRouter`.

use serde_json::json;

use crate::taskrouter::engine::NewTask;
use crate::taskrouter::AssignmentStatus::{Canceled, Pending, Reserved};
use crate::world::stage::{Stage, TARGET};

#[test]
fn invites_for_absent_workers_follow_the_reading() {
    for (reading, status) in [
        ("waits", Pending),
        ("canceled", Canceled),
        ("offered", Reserved),
    ] {
        let mut stage = Stage::with_readings(&[("named-worker", reading)]);
        stage.leave("charlie");
        stage.set_activity("ben", "Offline");
        let task = stage.invite_worker("charlie", "ben").unwrap();
        assert_eq!(stage.task(&task.sid).assignment_status, status, "{reading}");
    }
}

#[test]
fn event_callbacks_follow_the_reading() {
    for (reading, at_once, after_a_second, after_30_seconds) in [
        (
            "delivered",
            vec!["task.canceled", "reservation.canceled"],
            vec![],
            vec![],
        ),
        (
            "late",
            vec![],
            vec![],
            vec!["task.canceled", "reservation.canceled"],
        ),
        (
            "twice",
            vec![
                "task.canceled",
                "task.canceled",
                "reservation.canceled",
                "reservation.canceled",
            ],
            vec![],
            vec![],
        ),
        (
            "swapped",
            vec!["reservation.canceled"],
            vec!["task.canceled"],
            vec![],
        ),
        ("never", vec![], vec![], vec![]),
    ] {
        let mut stage = Stage::with_readings(&[("task-callback", reading)]);
        let filter = "task.canceled,reservation.canceled";
        let set = stage
            .world
            .set_event_callback(Some(TARGET.into()), Some(filter.into()));
        set.unwrap();
        let workflow = stage.workflow();
        stage.leave("charlie");
        let task = stage
            .invite("charlie", json!({"workflow_sid": workflow}))
            .unwrap();
        stage.world.cancel_task(&task.sid, "hangup").unwrap();
        let received = |stage: &mut Stage| -> Vec<String> {
            stage
                .webhook_params()
                .into_iter()
                .map(|p| p["EventType"].clone())
                .collect()
        };
        assert_eq!(received(&mut stage), at_once, "{reading}");
        stage.advance_seconds(1);
        assert_eq!(received(&mut stage), after_a_second, "{reading}");
        stage.advance_seconds(29);
        assert_eq!(received(&mut stage), after_30_seconds, "{reading}");
    }
}

#[test]
fn finished_tasks_follow_the_reading() {
    for (reading, kept) in [("deleted", false), ("kept", true)] {
        let mut stage = Stage::with_readings(&[("finished-tasks", reading)]);
        let task = stage.agents("charlie")[0].routing.clone().unwrap().task_sid;
        stage.leave("charlie");
        stage.advance_seconds(299);
        assert!(stage.world.kept_task(&task).is_ok(), "{reading}");
        stage.advance_seconds(1);
        assert_eq!(stage.world.kept_task(&task).is_ok(), kept, "{reading}");
    }
}

#[test]
fn exhausted_targets_follow_the_reading() {
    for (reading, status) in [("canceled", Canceled), ("default-filter", Pending)] {
        let mut stage = Stage::with_readings(&[("exhausted-targets", reading)]);
        let [everyone, support] = [0, 1].map(|n| stage.world.taskrouter.queues[n].sid.clone());
        let configuration = json!({"task_routing": {
            "filters": [{"expression": "1 == 1", "targets": [{"queue": everyone, "timeout": 40}]}],
            "default_filter": {"queue": support},
        }});
        let timeout = std::time::Duration::from_secs(60);
        let made = stage
            .world
            .create_workflow("Own", &configuration.to_string(), timeout);
        for agent in ["ada", "ben"] {
            stage.set_activity(agent, "Offline");
        }
        let task = stage
            .world
            .create_task(NewTask {
                attributes: json!({}),
                workflow_sid: Some(made.unwrap().sid),
                ..NewTask::default()
            })
            .unwrap();
        stage.advance_seconds(40);
        let ended = stage.task(&task.sid);
        assert_eq!(ended.assignment_status, status, "{reading}");
        if status == Pending {
            assert_eq!(ended.queue_sid, Some(support));
        }
    }
}
