//! The maps with the present figures of the workspace and of each queue, which Flex shows to its supervisors.
//!
//! Source: the maps, items and fields that Flex UI reads for its real-time queues view. The figures of the last
//! 30 minutes and of the day are left out; Flex shows a dash for them.

use std::collections::BTreeMap;

use serde_json::{json, Map, Value};

use crate::iam::Token;
use crate::sync::browser::object::{Content, Key, ObjectKind};
use crate::sync::browser::opened::Source;
use crate::taskrouter::expression::{self, Scope};
use crate::taskrouter::{AssignmentStatus, Queue, Task, Worker};
use crate::world::clock::iso_millis;
use crate::world::World;

/// The name of the workspace's map.
const WORKSPACE: &str = "realtime_statistics_v1";
/// The suffix of the name of a queue's map, after the queue's SID.
const QUEUE_SUFFIX: &str = ".realtime_statistics.v1";

#[derive(Debug)]
enum Statistics {
    Workspace,
    /// Those of the queue with this SID.
    Queue(String),
}

/// Returns the map with this name, if the caller may read it.
pub fn find(
    world: &World,
    caller: &Token,
    kind: ObjectKind,
    name: &str,
) -> Option<Box<dyn Source>> {
    if kind != ObjectKind::Map || !caller.oversees() {
        return None;
    }
    let found = if name == WORKSPACE {
        Statistics::Workspace
    } else {
        let sid = name.strip_suffix(QUEUE_SUFFIX)?;
        Statistics::Queue(world.taskrouter.queue(sid).ok()?.sid.clone())
    };
    Some(Box::new(found))
}

impl Source for Statistics {
    fn id(&self) -> String {
        match self {
            Self::Workspace => WORKSPACE.to_owned(),
            Self::Queue(sid) => format!("{sid}{QUEUE_SUFFIX}"),
        }
    }

    fn content(&self, world: &World) -> Option<Content> {
        let items = match self {
            Self::Workspace => vec![("workspace", workspace(world))],
            Self::Queue(sid) => {
                let queue = world.taskrouter.queue(sid).ok()?;
                vec![
                    ("tasks_now", tasks_of(world, queue)),
                    ("worker_activities_statistics", workers_of(world, queue)),
                ]
            }
        };
        let items = items.into_iter();
        Some(
            items
                .map(|(key, data)| (Key::Name(key.to_owned()), data.into()))
                .collect(),
        )
    }
}

fn workspace(world: &World) -> Value {
    let all: Vec<&Task> = open_tasks(world).collect();
    let count = |status| with_status(&all, status).count();
    let waiting = longest_waiting(&all);
    json!({
        "total_tasks": all.len(),
        "total_workers": world.taskrouter.workers.len(),
        "activity_statistics": activities(world, &world.taskrouter.workers.iter()),
        "tasks_by_priority": by_priority(&all),
        "tasks_by_status": {
            "pending": count(AssignmentStatus::Pending),
            "reserved": count(AssignmentStatus::Reserved),
            "assigned": count(AssignmentStatus::Assigned),
            "wrapping": count(AssignmentStatus::Wrapping),
        },
        "longest_task_waiting_sid": waiting.map(|task| &task.sid),
        "longest_task_waiting_from": waiting.map(|task| iso_millis(task.date_created)),
    })
}

/// Returns the figures of the queue's tasks: of all, and by the SID of the task channel.
fn tasks_of(world: &World, queue: &Queue) -> Value {
    let own: Vec<&Task> = open_tasks(world)
        .filter(|task| task.queue_sid.as_ref() == Some(&queue.sid))
        .collect();
    let channels = world.taskrouter.task_channels.iter().map(|channel| {
        let of_channel = own.iter().copied();
        let of_channel =
            of_channel.filter(|task| task.task_channel_unique_name == channel.unique_name);
        (channel.sid.clone(), tasks(&of_channel.collect::<Vec<_>>()))
    });
    let mut all = Map::from_iter([("queue".to_owned(), tasks(&own))]);
    all.extend(channels);
    Value::Object(all)
}

fn tasks(of: &[&Task]) -> Value {
    let count = |status| with_status(of, status).count();
    let waiting = longest_waiting(of);
    json!({
        "total_tasks": of.len(),
        "pending_tasks": count(AssignmentStatus::Pending),
        "reserved_tasks": count(AssignmentStatus::Reserved),
        "assigned_tasks": count(AssignmentStatus::Assigned),
        "wrapping_tasks": count(AssignmentStatus::Wrapping),
        "tasks_by_priority": by_priority(of),
        "longest_task_waiting_sid": waiting.map(|task| &task.sid),
        "longest_task_waiting_from": waiting.map(|task| iso_millis(task.date_created)),
    })
}

/// Returns the figures of the workers whom the queue selects.
fn workers_of(world: &World, queue: &Queue) -> Value {
    let target = expression::parse(&queue.target_workers).ok();
    let eligible: Vec<&Worker> = world
        .taskrouter
        .workers
        .iter()
        .filter(|worker| {
            let mut target = target.iter();
            target.any(|target| target.holds(Scope::new(&worker.attributes)))
        })
        .collect();
    let available = eligible.iter().filter(|worker| is_available(world, worker));
    let since = available.clone().map(|worker| worker.date_status_changed);
    json!({
        "total_eligible_workers": eligible.len(),
        "total_available_workers": available.count(),
        "activity_statistics": activities(world, &eligible.iter().copied()),
        "longest_available_timestamp": since.min().map(jiff::Timestamp::as_millisecond),
    })
}

/// Returns the number of workers in each activity.
fn activities<'a>(world: &World, workers: &(impl Iterator<Item = &'a Worker> + Clone)) -> Value {
    let all = world.taskrouter.activities.iter().map(|activity| {
        let in_it = workers
            .clone()
            .filter(|worker| worker.activity_sid == activity.sid);
        let count = in_it.count();
        json!({
            "sid": activity.sid,
            "friendly_name": activity.friendly_name,
            "workers": count,
            "available_workers": if activity.available { count } else { 0 },
        })
    });
    all.collect()
}

fn is_available(world: &World, worker: &Worker) -> bool {
    let activity = world.taskrouter.activity(&worker.activity_sid);
    activity.is_ok_and(|activity| activity.available)
}

fn open_tasks(world: &World) -> impl Iterator<Item = &Task> {
    let all = world.taskrouter.tasks.values();
    all.filter(|task| !task.assignment_status.is_final())
}

fn with_status<'a>(
    tasks: &'a [&Task],
    status: AssignmentStatus,
) -> impl Iterator<Item = &'a Task> + 'a {
    let all = tasks.iter().copied();
    all.filter(move |task| task.assignment_status == status)
}

/// Returns the pending task that was created first.
fn longest_waiting<'a>(tasks: &'a [&Task]) -> Option<&'a Task> {
    with_status(tasks, AssignmentStatus::Pending).min_by_key(|task| task.date_created)
}

fn by_priority(tasks: &[&Task]) -> Value {
    let mut counts = BTreeMap::<String, u64>::new();
    for task in tasks {
        *counts.entry(task.priority.to_string()).or_default() += 1;
    }
    json!(counts)
}
