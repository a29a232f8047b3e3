use serde::Deserialize;

use crate::sid::{QueueSid, TaskSid, WorkflowSid};
use crate::twilio::body::{Body, JsonText, Text, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::time::{self, Millis};
use crate::twilio::{answers_as, Call};

/// Reads a task. Tasks that are over are removed after five minutes.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/task>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchTask(pub TaskSid);

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Task {
    /// Its attributes, JSON text.
    pub attributes: String,
    /// The workflow that routed it. Absent where it was made for one worker.
    pub workflow: Option<WorkflowSid>,
    /// The queue it came from.
    pub queue: Option<QueueSid>,
    /// The queue's name.
    pub queue_name: String,
    /// The task channel.
    pub task_channel_unique_name: String,
    /// How far it is.
    pub status: TaskStatus,
    /// Whether a worker had it before it was over: it was not canceled.
    pub was_accepted: bool,
    /// When it last changed.
    pub updated_at: Option<Millis>,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// It waits for a worker, or one is being asked.
    Waiting,
    /// A worker has it.
    Assigned,
    /// It is over, or its worker tidies up after it.
    Over,
}

impl TaskStatus {
    /// Whether somebody has it or is being asked.
    #[must_use]
    pub fn is_open(self) -> bool {
        self != Self::Over
    }
}

impl Call for FetchTask {
    type Answer = Task;
    answers_as!(FetchTask);

    fn http(&self, access: &Access) -> Http {
        Http::get(Uri::workspace(access).part("Tasks").id(&self.0))
    }

    fn read(&self, body: Body<'_>) -> Result<Task, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            attributes: JsonText,
            assignment_status: String,
            #[serde(default)]
            workflow_sid: Option<WorkflowSid>,
            #[serde(default)]
            task_queue_sid: Option<QueueSid>,
            #[serde(default)]
            task_queue_friendly_name: Option<Text>,
            #[serde(default)]
            task_channel_unique_name: Option<String>,
            #[serde(default)]
            date_updated: Option<String>,
        }

        let raw: Raw = body.parse()?;
        Ok(Task {
            attributes: raw.attributes.0,
            workflow: raw.workflow_sid,
            queue: raw.task_queue_sid,
            queue_name: raw.task_queue_friendly_name.unwrap_or_default().0,
            task_channel_unique_name: raw.task_channel_unique_name.unwrap_or_default(),
            status: match raw.assignment_status.as_str() {
                "pending" | "reserved" => TaskStatus::Waiting,
                "assigned" => TaskStatus::Assigned,
                _ => TaskStatus::Over,
            },
            was_accepted: matches!(raw.assignment_status.as_str(), "wrapping" | "completed"),
            updated_at: raw.date_updated.and_then(|text| time::parse(&text)),
        })
    }
}
