use serde::Deserialize;
use serde_json::json;

use crate::sid::{QueueSid, TaskSid, WorkerSid, WorkflowSid};
use crate::twilio::body::{Body, JsonText, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

/// How long `TaskRouter` keeps its log, in minutes: 30 days.
pub const LOGGED_MINUTES: u32 = 30 * 24 * 60;

/// How many events of a task are read, the newest.
pub const LOGGED_EVENTS: u32 = 100;

/// Reads what `TaskRouter` has logged of a task, the newest first. `TaskRouter` keeps its log for much longer than the task, and
/// nobody can change it.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/event>. That `event_data` has the callback's parameters under names in
/// lower case is inferred from the examples there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListTaskEvents(pub TaskSid);

/// Something that happened to a task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TaskEvent {
    /// What happened, `task.created` for example.
    pub kind: String,
    /// The task's attributes at that moment, JSON text.
    pub task_attributes: Option<String>,
    /// The workflow that routed it.
    pub workflow: Option<WorkflowSid>,
    /// The queue it was in.
    pub queue: Option<QueueSid>,
    /// Its task channel.
    pub task_channel_unique_name: Option<String>,
    /// The worker whom it happened with.
    pub worker: Option<WorkerSid>,
}

impl Call for ListTaskEvents {
    type Answer = Vec<TaskEvent>;
    answers_as!(ListTaskEvents);

    fn http(&self, access: &Access) -> Http {
        let query = json!({
            "TaskSid": self.0.as_str(), "PageSize": LOGGED_EVENTS, "Minutes": LOGGED_MINUTES,
        });
        Http::get(Uri::workspace(access).part("Events")).query(query)
    }

    fn read(&self, body: Body<'_>) -> Result<Vec<TaskEvent>, Unreadable> {
        TaskEvent::parse_list(body)
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
