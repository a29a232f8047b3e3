use serde::Deserialize;

use crate::sid::{QueueSid, TaskSid, WorkflowSid};
use crate::twilio::body::{Body, JsonText, Text, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::time::{self, Millis};
use crate::twilio::Call;

/// Reads a task. Twilio deletes a task five minutes after it has ended.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/task>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchTask(pub TaskSid);

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Task {
    /// Its attributes, JSON text.
    pub attributes: String,
    /// The workflow that routed it. `None`: it was created for one worker.
    pub workflow: Option<WorkflowSid>,
    pub queue: Option<QueueSid>,
    pub queue_name: String,
    pub task_channel_unique_name: String,
    pub status: TaskStatus,
    /// True if it has ended after a worker had accepted it. False for a canceled task.
    pub was_accepted: bool,
    /// The time of its last change.
    pub updated_at: Option<Millis>,
    /// Its version, for [`super::UpdateTask`], if Twilio names one.
    pub version: Option<String>,
}

/// The status of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// No worker has accepted it yet (`pending`, `reserved`).
    Waiting,
    /// A worker has accepted it.
    Assigned,
    /// It has ended, or its worker is in wrap-up.
    Over,
}

impl TaskStatus {
    /// Returns true if a worker has the task or is being asked.
    #[must_use]
    pub fn is_open(self) -> bool {
        self != Self::Over
    }
}

impl Call for FetchTask {
    type Answer = Task;

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
                // `wrapping`, `completed`, `canceled`
                _ => TaskStatus::Over,
            },
            was_accepted: matches!(raw.assignment_status.as_str(), "wrapping" | "completed"),
            updated_at: raw.date_updated.and_then(|text| time::parse(&text)),
            version: body.etag().map(Into::into),
        })
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(TaskSid::example())]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]

    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};
    use serde_json::json;

    #[test]
    fn the_task_is_fetched() {
        assert_eq!(
            request(&example::<FetchTask>()),
            json!({
                "method": "get",
                "uri": "https://taskrouter.twilio.com/v1/Workspaces/WS…/Tasks/WT…",
            })
        );
    }

    #[test]
    fn the_routing_of_a_task_is_read() {
        let task = answer(
            &example::<FetchTask>(),
            &json!({
                "attributes": "{}", "assignment_status": "assigned", "workflow_sid": sid("WW"),
                "task_queue_sid": sid("WQ"), "task_queue_friendly_name": "Everyone",
                "task_channel_unique_name": "chat", "date_updated": "2017-07-14T02:40:00Z",
            }),
        );
        let expected = Task {
            attributes: "{}".into(),
            workflow: Some(WorkflowSid::example()),
            queue: Some(QueueSid::example()),
            queue_name: "Everyone".into(),
            task_channel_unique_name: "chat".into(),
            status: TaskStatus::Assigned,
            was_accepted: false,
            updated_at: Some(1_500_000_000_000),
            version: None,
        };
        assert_eq!(task, expected);
    }

    #[test]
    fn the_version_stands_in_a_header() {
        let body = json!({ "attributes": "{}", "assignment_status": "assigned" });
        let body = serde_json::value::to_raw_value(&body).unwrap();
        let body = Body::new(Some(&body)).with_etag(Some("\"7\""));
        let task = example::<FetchTask>().read(body).unwrap();
        assert_eq!(task.version.as_deref(), Some("\"7\""));
    }

    #[test]
    fn an_ended_task_was_accepted_or_canceled() {
        for (status, expected, was_accepted) in [
            ("pending", TaskStatus::Waiting, false),
            ("reserved", TaskStatus::Waiting, false),
            ("wrapping", TaskStatus::Over, true),
            ("completed", TaskStatus::Over, true),
            ("canceled", TaskStatus::Over, false),
        ] {
            let body = json!({ "attributes": "{}", "assignment_status": status });
            let task = answer(&example::<FetchTask>(), &body);
            assert_eq!(
                (task.status, task.was_accepted),
                (expected, was_accepted),
                "{status}"
            );
        }
    }
}
