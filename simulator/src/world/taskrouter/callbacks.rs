//! Event callbacks: what `TaskRouter` posts to the workspace's `EventCallbackUrl`.
//!
//! Names and fields as in <https://www.twilio.com/docs/taskrouter/api/event/reference>.

use std::time::Duration;

use super::{AssignmentStatus, Reservation, Task, WORKSPACE_NAME};
use crate::world::error::{Error, Result};
use crate::world::hooks::Delivery;
use crate::world::World;

/// How long `TaskRouter` waits for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// A parameter of a callback.
type Field = (&'static str, String);

impl World {
    /// Changes where event callbacks go, and which: `filter` names events with commas between them, without
    /// one all are told. An empty text takes either away, `None` leaves it alone.
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

    /// Tells that a task was made, changed or ended.
    pub(super) fn call_back_task(&self, event: &'static str, task: &Task) {
        let about = [
            ("ResourceType", "task".to_owned()),
            ("ResourceSid", task.sid.clone()),
        ];
        self.call_back(event, &task.sid, about, || self.task_fields(task));
    }

    /// Tells that an offer was made, or moved to another status.
    pub(super) fn call_back_reservation(&self, reservation: &Reservation, task: &Task) {
        let about = [
            ("ResourceType", "reservation".to_owned()),
            ("ResourceSid", reservation.sid.clone()),
        ];
        let event = reservation.status.event();
        self.call_back(event, &reservation.sid, about, || {
            let mut fields = self.task_fields(task);
            fields.push(("ReservationSid", reservation.sid.clone()));
            fields.extend(self.worker_fields(reservation));
            fields
        });
    }

    fn call_back(
        &self,
        event: &'static str,
        sid: &str,
        about: [Field; 2],
        fields: impl FnOnce() -> Vec<Field>,
    ) {
        let router = &self.taskrouter;
        let Some(url) = &router.event_callback_url else {
            return;
        };
        let wanted = |filter: &String| filter.split(',').any(|name| name.trim() == event);
        if !router.events_filter.as_ref().is_none_or(wanted) {
            return;
        }
        let now = self.now();
        let mut params = vec![
            ("EventType", event.to_owned()),
            ("EventDescription", format!("{event} {sid}")),
            ("AccountSid", self.account_sid.clone()),
            ("WorkspaceSid", router.workspace_sid.clone()),
            ("WorkspaceName", WORKSPACE_NAME.to_owned()),
            ("Timestamp", now.as_second().to_string()),
            ("TimestampMs", now.as_millisecond().to_string()),
        ];
        params.extend(about);
        params.extend(fields());
        self.deliver(Delivery {
            url: url.clone(),
            method: "POST".into(),
            params: params
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            patience: PATIENCE,
        });
    }

    fn task_fields(&self, task: &Task) -> Vec<Field> {
        let age = self.now().duration_since(task.date_created).as_secs();
        let mut fields = vec![
            ("TaskSid", task.sid.clone()),
            ("TaskAttributes", task.attributes.to_string()),
            ("TaskAge", age.to_string()),
            ("TaskPriority", task.priority.to_string()),
            (
                "TaskAssignmentStatus",
                task.assignment_status.name().to_owned(),
            ),
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
        }
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
            ("WorkerAttributes", worker.attributes.to_string()),
            ("WorkerActivitySid", worker.activity_sid.clone()),
        ];
        if let Ok(activity) = self.taskrouter.activity(&worker.activity_sid) {
            fields.push(("WorkerActivityName", activity.friendly_name.clone()));
        }
        fields
    }
}

/// The event of a task that has come to this status, if it is told.
pub(super) fn task_event(status: AssignmentStatus) -> Option<&'static str> {
    match status {
        AssignmentStatus::Wrapping => Some("task.wrapup"),
        AssignmentStatus::Completed => Some("task.completed"),
        AssignmentStatus::Canceled => Some("task.canceled"),
        AssignmentStatus::Pending | AssignmentStatus::Reserved | AssignmentStatus::Assigned => None,
    }
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
