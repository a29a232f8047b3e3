//! The events of `TaskRouter`: kept in the log, and posted to the workspace's `EventCallbackUrl`.
//!
//! Source: <https://www.twilio.com/docs/taskrouter/api/event/reference>.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{json, Map, Value};

use super::events::{snake_case, LoggedEvent};
use super::{AssignmentStatus, Reservation, Task, WORKSPACE_NAME};
use crate::event_streams::StreamEvent;
use crate::http::surrogates::json_text;
use crate::readings::{StreamPayload, TaskCallback};
use crate::world::clock::iso_millis;
use crate::world::deliveries::Delivery;
use crate::world::deliveries::DeliveryQueue;
use crate::world::error::{Error, Result};
use crate::world::World;

/// The time for which `TaskRouter` waits for a response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);

/// The delay of a callback, under one of the readings.
const LATENESS: Duration = Duration::from_secs(30);

/// The beginning of the names of `TaskRouter`'s events in Event Streams.
const STREAM_PREFIX: &str = "com.twilio.taskrouter.";

/// The fields that are numbers in Event Streams.
const NUMBERS: [&str; 2] = ["task_age", "task_priority"];

/// A parameter of a callback.
type Field = (&'static str, String);

impl World {
    /// Sets the URL of event callbacks, and the events that it receives: `filter` names them, separated by
    /// commas; an empty filter selects all. `None` keeps a setting, an empty text removes it.
    pub fn set_event_callback(
        &mut self,
        url: Option<String>,
        filter: Option<String>,
    ) -> Result<()> {
        if let Some(url) = url {
            self.taskrouter.event_callback_url = Some(url)
                .filter(|url| !url.is_empty())
                .map(check)
                .transpose()?;
        }
        if let Some(filter) = filter {
            self.taskrouter.events_filter = Some(filter).filter(|filter| !filter.is_empty());
        }
        Ok(())
    }

    /// Logs and posts an event of a task: created, updated, ended or deleted.
    pub(super) fn call_back_task(&mut self, event: &'static str, task: &Task) {
        let fields = self.task_fields(task);
        self.call_back(event, ("task", &task.sid), fields);
    }

    /// Logs and posts an event about a task in its workflow.
    pub(super) fn call_back_workflow(&mut self, event: &'static str, task: &Task) {
        let Some(workflow_sid) = task.workflow_sid.clone() else {
            return;
        };
        let mut fields = self.task_fields(task);
        fields.extend(
            task.filter_name
                .clone()
                .map(|name| ("WorkflowFilterName", name)),
        );
        self.call_back(event, ("workflow", &workflow_sid), fields);
    }

    /// Logs and posts an event of a reservation, named by its status.
    pub(super) fn call_back_reservation(&mut self, reservation: &Reservation, task: &Task) {
        let mut fields = self.task_fields(task);
        fields.push(("ReservationSid", reservation.sid.clone()));
        fields.extend(
            reservation
                .canceled_reason_code
                .map(|code| ("ReservationCanceledReasonCode", code.to_string())),
        );
        fields.extend(self.worker_fields(reservation));
        let event = reservation.status.event();
        self.call_back(event, ("reservation", &reservation.sid), fields);
    }

    /// Logs an event of a resource, and posts it if the callback is set and selects it.
    fn call_back(
        &mut self,
        event: &'static str,
        (resource_type, resource_sid): (&'static str, &str),
        fields: Vec<Field>,
    ) {
        let mut fields = fields;
        fields.push(("WorkspaceSid", self.taskrouter.workspace_sid.clone()));
        fields.push(("WorkspaceName", WORKSPACE_NAME.to_owned()));
        let unit = self.taskrouter.operating_unit_sid.clone();
        fields.push(("OperatingUnitSid", unit));
        let logged = LoggedEvent {
            sid: self.sids.next("EV"),
            event_type: event,
            description: format!("{event} {resource_sid}"),
            resource_type,
            resource_sid: resource_sid.to_owned(),
            date: self.now(),
            data: fields
                .iter()
                .map(|(name, value)| (snake_case(name), value.clone()))
                .collect(),
        };
        self.post_event(&logged, fields);
        self.stream_event(&logged);
        self.taskrouter.events.push(logged);
    }

    fn post_event(&mut self, event: &LoggedEvent, fields: Vec<Field>) {
        let router = &self.taskrouter;
        let Some(url) = &router.event_callback_url else {
            return;
        };
        let wanted = |filter: &String| {
            let mut names = filter.split(',');
            names.any(|name| name.trim() == event.event_type)
        };
        if !router.events_filter.as_ref().is_none_or(wanted) {
            return;
        }
        let common = [
            ("Sid", event.sid.clone()),
            ("EventType", event.event_type.to_owned()),
            ("EventDescription", event.description.clone()),
            ("AccountSid", self.account_sid.clone()),
            ("ResourceType", event.resource_type.to_owned()),
            ("ResourceSid", event.resource_sid.clone()),
            ("Timestamp", seconds(event.date)),
            ("TimestampMs", event.date.as_millisecond().to_string()),
        ];
        let delivery = Delivery {
            url: url.clone(),
            method: "POST".into(),
            params: common
                .into_iter()
                .chain(fields)
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            events: None,
            response_timeout: RESPONSE_TIMEOUT,
        };
        match self.readings.task_callback {
            TaskCallback::Delivered => self.deliver(delivery),
            TaskCallback::Late => self.deliver_later(LATENESS, delivery),
            TaskCallback::Twice => {
                self.deliver(delivery.clone());
                self.deliver(delivery);
            }
            TaskCallback::Swapped => self.deliver_swapped(DeliveryQueue::Events, delivery),
            TaskCallback::Never => {}
        }
    }

    /// Sends an event to Event Streams.
    fn stream_event(&mut self, event: &LoggedEvent) {
        let kind = format!("{STREAM_PREFIX}{}", event.event_type);
        if !self.is_streamed(&kind) {
            return;
        }
        let workspace_sid = &self.taskrouter.workspace_sid;
        let payload = match self.readings.stream_payload {
            StreamPayload::Object => self.stream_payload(event),
            StreamPayload::Text => json_text(&self.stream_payload(event)).into(),
        };
        let data = json!({
            "sid": event.sid,
            "name": event.description,
            "account_sid": self.account_sid,
            "timestamp": iso_millis(event.date),
            "level": "INFO",
            "group": event.resource_type,
            "product_name": "TaskRouter",
            "publisher": WORKSPACE_NAME,
            "publisher_metadata": json_text(&json!({"workspace_sid": workspace_sid})),
            "payload_type": "application/json",
            "payload": payload,
        });
        self.stream(&StreamEvent {
            sid: event.sid.clone(),
            kind,
            source: format!("/v1/Workspaces/{workspace_sid}/Events/{}", event.sid),
            data,
        });
    }

    /// Returns the fields of an event as Event Streams has them: as in the log, with some numbers.
    fn stream_payload(&self, event: &LoggedEvent) -> Value {
        let number = |name: &str, text: &str| {
            let number = NUMBERS.contains(&name).then(|| text.parse().ok());
            number.flatten().map(|number: i64| Value::from(number))
        };
        let mut payload = Map::from_iter([
            ("sid".to_owned(), json!(event.sid)),
            ("eventtype".to_owned(), json!(event.event_type)),
            ("account_sid".to_owned(), json!(self.account_sid)),
            ("timestamp".to_owned(), json!(iso_millis(event.date))),
        ]);
        payload.extend(event.data.iter().map(|(name, text)| {
            let value = number(name, text).unwrap_or_else(|| json!(text));
            (name.clone(), value)
        }));
        payload.into()
    }

    fn task_fields(&self, task: &Task) -> Vec<Field> {
        let age = self.now().duration_since(task.date_created).as_secs();
        let mut fields = vec![
            ("TaskSid", task.sid.clone()),
            ("TaskAttributes", json_text(&task.attributes)),
            ("TaskAge", age.to_string()),
            ("TaskPriority", task.priority.to_string()),
            (
                "TaskAssignmentStatus",
                task.assignment_status.name().to_owned(),
            ),
            ("TaskVersion", task.version.to_string()),
            ("TaskDateCreated", seconds(task.date_created)),
        ];
        let reason = match task.assignment_status {
            AssignmentStatus::Canceled => Some("TaskCanceledReason"),
            AssignmentStatus::Completed => Some("TaskCompletedReason"),
            _ => None,
        };
        fields.extend(reason.zip(task.reason.clone()));
        if let Ok(channel) = self.taskrouter.task_channel(&task.task_channel_unique_name) {
            fields.push(("TaskChannelSid", channel.sid.clone()));
            fields.push(("TaskChannelName", channel.friendly_name.clone()));
            fields.push(("TaskChannelUniqueName", channel.unique_name.clone()));
        }
        if let Some(queue) = self.taskrouter.queue_of(task) {
            fields.push(("TaskQueueSid", queue.sid.clone()));
            fields.push(("TaskQueueName", queue.friendly_name.clone()));
            fields.push(("TaskQueueTargetExpression", queue.target_workers.clone()));
        }
        fields.extend(
            task.queue_entered
                .map(|entered| ("TaskQueueEnteredDate", seconds(entered))),
        );
        if let Some(workflow) = self.taskrouter.workflow_of(task) {
            fields.push(("WorkflowSid", workflow.sid.clone()));
            fields.push(("WorkflowName", workflow.friendly_name.clone()));
        }
        fields
    }

    fn worker_fields(&self, reservation: &Reservation) -> Vec<Field> {
        let Ok(worker) = self.taskrouter.worker(&reservation.worker_sid) else {
            return Vec::new();
        };
        let mut fields = vec![
            ("WorkerSid", worker.sid.clone()),
            ("WorkerName", worker.friendly_name.clone()),
            ("WorkerAttributes", json_text(&worker.attributes)),
            ("WorkerActivitySid", worker.activity_sid.clone()),
        ];
        if let Ok(activity) = self.taskrouter.activity(&worker.activity_sid) {
            fields.push(("WorkerActivityName", activity.friendly_name.clone()));
        }
        fields
    }
}

/// Returns the event of a task that has reached this status; `None` for a status without an event.
pub(super) fn task_event(status: AssignmentStatus) -> Option<&'static str> {
    match status {
        AssignmentStatus::Wrapping => Some("task.wrapup"),
        AssignmentStatus::Completed => Some("task.completed"),
        AssignmentStatus::Canceled => Some("task.canceled"),
        AssignmentStatus::Pending | AssignmentStatus::Reserved | AssignmentStatus::Assigned => None,
    }
}

/// Formats a time as in callbacks: seconds since 1970.
fn seconds(time: Timestamp) -> String {
    time.as_second().to_string()
}

fn check(url: String) -> Result<String> {
    match url::Url::parse(&url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(url),
        _ => Err(Error::Invalid {
            name: "EventCallbackUrl",
            expected: "an absolute http or https URL".into(),
        }),
    }
}
