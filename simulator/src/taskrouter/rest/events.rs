//! REST routes of the events of the last 30 days.

use std::time::Duration;

use axum::extract::Path;
use axum::routing::get;
use axum::Router;
use jiff::Timestamp;
use serde_json::{json, Value};

use super::{in_workspace, Named, Workspace};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::readings::EventPages;
use crate::sim::Sim;
use crate::taskrouter::events::LoggedEvent;
use crate::world::clock::{earlier, iso};
use crate::world::World;

/// The period of a list, in minutes, if the request names none.
const DEFAULT_MINUTES: u64 = 15;
/// The filters by a resource, with the field of an event's data that they match.
const RESOURCE_FILTERS: [(&str, &str); 6] = [
    ("TaskSid", "task_sid"),
    ("WorkerSid", "worker_sid"),
    ("ReservationSid", "reservation_sid"),
    ("WorkflowSid", "workflow_sid"),
    ("TaskQueueSid", "task_queue_sid"),
    ("TaskChannel", "task_channel_unique_name"),
];

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/Events", get(list_events))
        .route("/Events/{sid}", get(fetch_event))
}

async fn list_events(Workspace(sim): Workspace, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let period = Period::from_request(&request, world.now())?;
    let fits = |event: &&LoggedEvent| {
        period.contains(event.date)
            && request.selects("EventType", Some(event.event_type))
            && request.selects("Sid", Some(&event.sid))
            && RESOURCE_FILTERS.iter().all(|(parameter, field)| {
                request.selects(parameter, event.data.get(*field).map(String::as_str))
            })
    };
    let events = world.taskrouter.events.newest_first(world.now());
    let found = events.filter(fits);
    let show = |e| event(&world, e);
    match world.readings.event_pages {
        EventPages::All => page::list(&request, "events", found, show),
        EventPages::FirstOnly => page::first(&request, "events", found, show),
    }
}

async fn fetch_event(Workspace(sim): Workspace, Path((_, sid)): Named) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(event(&world, world.event(&sid)?)))
}

/// The period of a list: `StartDate` to `EndDate`, or the last `Minutes`.
struct Period {
    start: Timestamp,
    end: Timestamp,
}

impl Period {
    fn from_request(request: &RestRequest, now: Timestamp) -> Result<Self, TwilioError> {
        let end = date(request, "EndDate")?.unwrap_or(now);
        let minutes: Option<u64> = request.number("Minutes")?;
        let start = match (minutes, date(request, "StartDate")?) {
            (None, Some(start)) => start,
            // A single event may be of any age.
            (None, None) if request.text("Sid").is_some() => Timestamp::MIN,
            (minutes, _) => {
                let minutes = minutes.unwrap_or(DEFAULT_MINUTES);
                earlier(end, Duration::from_secs(minutes.saturating_mul(60)))
            }
        };
        Ok(Self { start, end })
    }

    fn contains(&self, date: Timestamp) -> bool {
        self.start <= date && date <= self.end
    }
}

fn date(request: &RestRequest, name: &str) -> Result<Option<Timestamp>, TwilioError> {
    let parsed = request.text(name).map(str::parse).transpose();
    parsed.map_err(|_| invalid(name, "an ISO 8601 date and time"))
}

fn event(world: &World, e: &LoggedEvent) -> Value {
    let workspace_sid = &world.taskrouter.workspace_sid;
    let kind = match e.resource_type {
        "task" => "Tasks",
        "workflow" => "Workflows",
        _ => "Reservations",
    };
    let resource_url = match e.data.get("task_sid") {
        Some(task) if kind == "Reservations" => {
            let task_url = in_workspace(world, "Tasks", task);
            format!("{task_url}/Reservations/{}", e.resource_sid)
        }
        _ => in_workspace(world, kind, &e.resource_sid),
    };
    json!({
        "sid": e.sid,
        "account_sid": world.account_sid,
        "workspace_sid": workspace_sid,
        "event_type": e.event_type,
        "event_date": iso(e.date),
        "event_date_ms": e.date.as_millisecond(),
        "event_data": e.data,
        "description": e.description,
        "resource_type": e.resource_type,
        "resource_sid": e.resource_sid,
        "resource_url": resource_url,
        "actor_type": "workspace",
        "actor_sid": workspace_sid,
        "actor_url": format!("{}/{workspace_sid}", super::BASE),
        "source": "twilio",
        "source_ip_address": null,
        "url": in_workspace(world, "Events", &e.sid),
    })
}
