//! The indices that Flex searches for its supervisors' views: workers, reservations and queues.
//!
//! Source: the indices, fields and queries that Flex UI uses.

use serde_json::{json, Value};

use crate::http::sdk::{SdkRequest, SdkResponse};
use crate::iam::Token;
use crate::sync::browser::object::{Content, Key, ObjectKind};
use crate::sync::browser::opened::{Objects, Source};
use crate::taskrouter::expression::{self, Expression, Scope};
use crate::taskrouter::{Reservation, ReservationStatus, Task, Worker};
use crate::world::clock::iso_millis;
use crate::world::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    Workers,
    /// Reservations with their tasks.
    Reservations,
    Queues,
}

impl Index {
    /// Returns the index with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "tr-worker" => Some(Self::Workers),
            "tr-reservation" => Some(Self::Reservations),
            "tr-queue" => Some(Self::Queues),
            _ => None,
        }
    }

    /// Returns the name.
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

/// A live query: an index and a filter.
#[derive(Debug)]
struct LiveQuery {
    index: Index,
    query: String,
}

/// Returns the live query with this name, if the caller may read its result.
pub fn find(_: &World, caller: &Token, kind: ObjectKind, name: &str) -> Option<Box<dyn Source>> {
    let (index, query) = name
        .split_once(':')
        .filter(|_| kind == ObjectKind::LiveQuery)?;
    let index = Index::from_name(index).filter(|_| caller.oversees())?;
    parsed(query)?;
    Some(Box::new(LiveQuery {
        index,
        query: query.to_owned(),
    }))
}

impl Source for LiveQuery {
    fn id(&self) -> String {
        format!("{}:{}", self.index.name(), self.query)
    }

    fn content(&self, world: &World) -> Option<Content> {
        Some(found(world, self.index, &self.query))
    }
}

/// Answers a query to an index, and keeps the result up to date for its subscribers; `None` for any other
/// request.
pub fn answer(
    world: &World,
    objects: &mut Objects,
    caller: &Token,
    request: &SdkRequest,
) -> Option<SdkResponse> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["v3", rest @ ..] = segments.as_slice() else {
        return None;
    };
    let (["Services", _, rest @ ..] | rest) = rest;
    match (request.method.as_str(), rest) {
        ("POST", ["Insights", index, "Items"]) => {
            Some(search(world, objects, caller, index, request))
        }
        _ => None,
    }
}

fn search(
    world: &World,
    objects: &mut Objects,
    caller: &Token,
    index: &str,
    request: &SdkRequest,
) -> SdkResponse {
    let query = request.text("query_string").unwrap_or_default();
    let name = match Index::from_name(index) {
        Some(index) if parsed(&query).is_some() => LiveQuery { index, query }.id(),
        Some(_) => return SdkResponse::refused(400, 54507, "Invalid query"),
        None => return SdkResponse::refused(404, 54500, "not found"),
    };
    match objects.describe(world, caller, ObjectKind::LiveQuery, &name, true) {
        Some(found) => {
            let field = |name: &str| found.get(name).cloned().unwrap_or_default();
            SdkResponse::ok(json!({
                "query_id": field("sid"),
                "last_event_id": field("last_event_id"),
                "items": field("items"),
            }))
        }
        None => SdkResponse::forbidden(),
    }
}

/// Returns the result of a query.
fn found(world: &World, index: Index, query: &str) -> Content {
    let Some(query) = parsed(query) else {
        return Content::new();
    };
    let entries = index.entries(world).into_iter();
    entries
        .filter(|(_, data)| query.holds(Scope::new(&json!({"data": data}))))
        .map(|(key, data)| (Key::Name(key), data.into()))
        .collect()
}

/// Parses a query. The language is that of `TaskRouter`'s expressions, with other words for some operators.
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
        // The age at the last change: an index does not count seconds.
        "task_age": r.date_updated.duration_since(task.date_created).as_secs(),
        "task_routing_target": task.routing_target,
        "task_channel_unique_name": task.task_channel_unique_name,
        "queue_name": queue.map(|queue| &queue.friendly_name),
        "date_created": iso_millis(r.date_created),
        "date_updated": iso_millis(r.date_updated),
        "workspace_sid": world.taskrouter.workspace_sid,
    })
}
