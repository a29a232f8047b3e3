//! The indices that Flex searches for its supervisors' views: workers, reservations and queues, by a query.
//!
//! Indices, fields and the language of queries are those that Flex UI reads and writes.

use serde_json::{json, Value};

use super::sync_objects::{Content, Key};
use crate::world::clock::iso_millis;
use crate::world::taskrouter::expression::{self, Expression, Scope};
use crate::world::taskrouter::{Reservation, ReservationStatus, Task, Worker};
use crate::world::World;

/// An index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// Workers.
    Workers,
    /// Reservations, with their tasks.
    Reservations,
    /// Queues.
    Queues,
}

impl Index {
    /// The index with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "tr-worker" => Some(Self::Workers),
            "tr-reservation" => Some(Self::Reservations),
            "tr-queue" => Some(Self::Queues),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Workers => "tr-worker",
            Self::Reservations => "tr-reservation",
            Self::Queues => "tr-queue",
        }
    }

    fn entries(self, world: &World) -> Vec<(String, Value)> {
        let router = &world.taskrouter;
        match self {
            Self::Workers => {
                let workers = router.workers.iter();
                workers.map(|w| (w.sid.clone(), worker(world, w))).collect()
            }
            Self::Reservations => {
                let all = router.reservations.values().filter_map(|r| {
                    let task = router.task(&r.task_sid).ok()?;
                    Some((r.sid.clone(), reservation(world, r, task)))
                });
                all.collect()
            }
            Self::Queues => {
                let queues = router.queues.iter().map(|queue| {
                    let data = json!({
                        "queue_sid": queue.sid,
                        "queue_name": queue.friendly_name,
                        "workspace_sid": router.workspace_sid,
                        "date_updated": iso_millis(queue.date_created),
                    });
                    (queue.sid.clone(), data)
                });
                queues.collect()
            }
        }
    }
}

/// Returns whether a query can be read.
#[must_use]
pub fn is_query(query: &str) -> bool {
    parsed(query).is_some()
}

/// Returns what an index finds for a query.
#[must_use]
pub fn find(world: &World, index: Index, query: &str) -> Content {
    let Some(query) = parsed(query) else {
        return Content::new();
    };
    let entries = index.entries(world).into_iter();
    entries
        .filter(|(_, data)| query.holds(Scope::of(&json!({"data": data}))))
        .map(|(key, data)| (Key::Name(key), data.into()))
        .collect()
}

/// Queries are written like `TaskRouter`'s expressions, with other words for some operators.
fn parsed(query: &str) -> Option<Expression> {
    let words = [
        ("&&", " AND "),
        ("||", " OR "),
        (" not_in ", " NOT IN "),
        (" NOT_IN ", " NOT IN "),
    ];
    let text = words
        .into_iter()
        .fold(query.to_owned(), |text, (word, operator)| {
            text.replace(word, operator)
        });
    expression::parse(&text).ok()
}

fn worker(world: &World, w: &Worker) -> Value {
    let activity = world.taskrouter.activity(&w.activity_sid).ok();
    json!({
        "worker_sid": w.sid,
        "friendly_name": w.friendly_name,
        "attributes": w.attributes,
        "activity_name": activity.map(|activity| &activity.friendly_name),
        "date_activity_changed": iso_millis(w.date_status_changed),
        "date_updated": iso_millis(w.date_updated),
        "workspace_sid": world.taskrouter.workspace_sid,
    })
}

fn reservation(world: &World, r: &Reservation, task: &Task) -> Value {
    let status = match r.status {
        ReservationStatus::Wrapping => "wrapup",
        status => status.name(),
    };
    let queue = world.taskrouter.queue_of(task);
    json!({
        "reservation_sid": r.sid,
        "worker_sid": r.worker_sid,
        "worker_name": r.worker_name,
        "task_sid": task.sid,
        "status": status,
        "task_status": task.assignment_status.name(),
        "attributes": task.attributes,
        "task_priority": task.priority,
        // As old as it was at the last change: an index does not count seconds.
        "task_age": r.date_updated.duration_since(task.date_created).as_secs(),
        "task_routing_target": task.routing_target,
        "task_channel_unique_name": task.task_channel_unique_name,
        "queue_name": queue.map(|queue| &queue.friendly_name),
        "date_created": iso_millis(r.date_created),
        "date_updated": iso_millis(r.date_updated),
        "workspace_sid": world.taskrouter.workspace_sid,
    })
}
