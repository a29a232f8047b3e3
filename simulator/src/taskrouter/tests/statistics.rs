//! Tests of the figures of the real-time queues view.

use serde_json::{json, Value};

use crate::iam::DEFAULT_TOKEN_LIFE;
use crate::sync::browser::object::{Key, ObjectKind};
use crate::taskrouter::browser::statistics::find;
use crate::world::stage::Stage;

/// Returns an item of a map, as this person sees it.
fn item(stage: &mut Stage, identity: &str, map: &str, key: &str) -> Option<Value> {
    let caller = stage.world.issue_token(identity, DEFAULT_TOKEN_LIFE);
    let source = find(&stage.world, &caller, ObjectKind::Map, map)?;
    let mut content = source.content(&stage.world)?;
    Some(content.remove(&Key::Name(key.into()))?.data)
}

fn map_of_everyone(stage: &Stage) -> String {
    format!(
        "{}.realtime_statistics.v1",
        stage.world.taskrouter.queues[0].sid
    )
}

#[test]
fn a_queue_counts_its_tasks_by_status_and_channel() {
    let mut stage = Stage::new();
    let map = map_of_everyone(&stage);
    stage.leave("charlie");
    stage.set_activity("ben", "Offline");
    let waiting = stage.invite_worker("charlie", "ben").unwrap();
    let now = item(&mut stage, "sue", &map, "tasks_now").unwrap();
    let all = &now["queue"];
    assert_eq!(
        (
            &all["total_tasks"],
            &all["assigned_tasks"],
            &all["pending_tasks"]
        ),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(all["longest_task_waiting_sid"], json!(waiting.sid));
    let channel = |name| &stage.world.taskrouter.task_channel(name).unwrap().sid;
    let (chat, voice) = (channel("chat"), channel("voice"));
    assert_eq!(now[chat.as_str()], *all);
    assert_eq!(now[voice.as_str()]["total_tasks"], json!(0));
}

#[test]
fn a_queue_counts_its_workers_by_activity() {
    let mut stage = Stage::new();
    let map = map_of_everyone(&stage);
    stage.set_activity("ben", "Break");
    let workers = item(&mut stage, "sue", &map, "worker_activities_statistics").unwrap();
    assert_eq!(workers["total_eligible_workers"], json!(3));
    assert_eq!(workers["total_available_workers"], json!(1));
    let of_each = workers["activity_statistics"].as_array().unwrap();
    let counts: Vec<_> = of_each
        .iter()
        .map(|one| (one["friendly_name"].as_str().unwrap(), &one["workers"]))
        .collect();
    assert_eq!(
        counts,
        [
            ("Available", &json!(1)),
            ("Offline", &json!(1)),
            ("Unavailable", &json!(0)),
            ("Break", &json!(1)),
        ]
    );
}

#[test]
fn the_workspace_counts_all() {
    let mut stage = Stage::new();
    let all = item(&mut stage, "sue", "realtime_statistics_v1", "workspace").unwrap();
    assert_eq!(all["total_workers"], json!(3));
    assert_eq!(all["tasks_by_status"]["assigned"], json!(3));
    assert_eq!(all["tasks_by_priority"], json!({"0": 3}));
}

#[test]
fn agents_and_unknown_queues_have_no_figures() {
    let mut stage = Stage::new();
    let map = map_of_everyone(&stage);
    for (identity, name) in [
        ("ada", map.as_str()),
        ("ada", "realtime_statistics_v1"),
        (
            "sue",
            "WQ00000000000000000000000000000099.realtime_statistics.v1",
        ),
        ("sue", "realtime_statistics.v2"),
    ] {
        assert_eq!(
            item(&mut stage, identity, name, "workspace"),
            None,
            "{identity} {name}"
        );
    }
}
