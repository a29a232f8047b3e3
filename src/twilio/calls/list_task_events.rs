use serde::Deserialize;
use serde_json::json;

use crate::sid::{QueueSid, TaskSid, WorkerSid, WorkflowSid};
use crate::twilio::body::{Body, JsonText, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// The time for which `TaskRouter` keeps its log, in minutes: 30 days.
pub const LOGGED_MINUTES: u32 = 30 * 24 * 60;

/// The number of events that are read: the newest ones of a task.
pub const LOGGED_EVENTS: u32 = 100;

/// Reads the events of a task in `TaskRouter`'s log, newest first. `TaskRouter` keeps them for much longer than the
/// task, and nobody can change them.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/event>. Inferred from the examples there: `event_data` has the
/// callback's
/// parameters under lower-case names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListTaskEvents(pub TaskSid);

/// An event of a task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TaskEvent {
    /// The type, e.g. `task.created`.
    pub kind: String,
    /// The task's attributes at that time, JSON text.
    pub task_attributes: Option<String>,
    /// The workflow that routed it.
    pub workflow: Option<WorkflowSid>,
    pub queue: Option<QueueSid>,
    pub task_channel_unique_name: Option<String>,
    /// The worker of the reservation.
    pub worker: Option<WorkerSid>,
}

impl Call for ListTaskEvents {
    type Answer = Vec<TaskEvent>;

    fn http(&self, access: &Access) -> Http {
        let query = json!({
            "TaskSid": self.0.as_str(), "PageSize": LOGGED_EVENTS, "Minutes": LOGGED_MINUTES,
        });
        Http::get(Uri::workspace(access).part("Events")).with_query(query)
    }

    fn read(&self, body: Body<'_>) -> Result<Vec<TaskEvent>, Unreadable> {
        TaskEvent::parse_list(body)
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(TaskSid::example())]
    }
}

impl TaskEvent {
    /// Reads a page of events.
    pub fn parse_list(body: Body<'_>) -> Result<Vec<Self>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            events: Vec<RawEvent>,
        }
        #[derive(Deserialize)]
        struct RawEvent {
            event_type: String,
            #[serde(default)]
            event_data: Data,
        }
        #[derive(Default, Deserialize)]
        struct Data {
            #[serde(default)]
            task_attributes: Option<JsonText>,
            #[serde(default)]
            workflow_sid: Option<WorkflowSid>,
            #[serde(default)]
            task_queue_sid: Option<QueueSid>,
            #[serde(default)]
            task_channel_unique_name: Option<String>,
            #[serde(default)]
            worker_sid: Option<WorkerSid>,
        }

        let raw: Raw = body.parse()?;
        let events = raw.events.into_iter().map(|raw| Self {
            kind: raw.event_type,
            task_attributes: raw.event_data.task_attributes.map(|text| text.0),
            workflow: raw.event_data.workflow_sid,
            queue: raw.event_data.task_queue_sid,
            task_channel_unique_name: raw.event_data.task_channel_unique_name,
            worker: raw.event_data.worker_sid,
        });
        Ok(events.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_whole_log_of_a_task_is_listed() {
        assert_eq!(
            request(&example::<ListTaskEvents>()),
            json!({
                "method": "get",
                "uri": "https://taskrouter.twilio.com/v1/Workspaces/WS…/Events",
                "params": { "TaskSid": "WT…", "PageSize": 100, "Minutes": 43_200 },
            })
        );
    }

    #[test]
    fn events_with_and_without_data_are_read() {
        let body = json!({ "events": [
            { "event_type": "reservation.accepted", "event_data": {
                "worker_sid": sid("WK"), "task_queue_sid": sid("WQ"), "workflow_sid": sid("WW"),
                "task_channel_unique_name": "chat", "task_attributes": "{}",
            } },
            { "event_type": "task.created" },
        ] });
        let nothing = TaskEvent {
            kind: "task.created".into(),
            task_attributes: None,
            workflow: None,
            queue: None,
            task_channel_unique_name: None,
            worker: None,
        };
        let accepted = TaskEvent {
            kind: "reservation.accepted".into(),
            task_attributes: Some("{}".into()),
            workflow: Some(WorkflowSid::example()),
            queue: Some(QueueSid::example()),
            task_channel_unique_name: Some("chat".into()),
            worker: Some(WorkerSid::example()),
        };
        assert_eq!(
            answer(&example::<ListTaskEvents>(), &body),
            [accepted, nothing]
        );
    }
}
