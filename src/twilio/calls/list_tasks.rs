use serde::Deserialize;
use serde_json::json;

use crate::sid::{ChannelSid, TaskSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

/// Reads which tasks are open for an interaction channel, by the attribute in which Flex says so. Twilio takes three such requests a
/// second for a whole account, and their list is a moment behind.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/task>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListTasks(pub ChannelSid);

impl Call for ListTasks {
    type Answer = Vec<TaskSid>;
    answers_as!(ListTasks);

    fn http(&self, access: &Access) -> Http {
        Http::get(Uri::workspace(access).part("Tasks")).query(json!({
            "EvaluateTaskAttributes": format!("flexInteractionChannelSid == \"{}\"", self.0),
            "AssignmentStatus": "pending,reserved,assigned",
            "PageSize": 50,
        }))
    }

    fn read(&self, body: Body<'_>) -> Result<Vec<TaskSid>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            tasks: Vec<RawTask>,
        }
        #[derive(Deserialize)]
        struct RawTask {
            sid: TaskSid,
        }

        let raw: Raw = body.parse()?;
        Ok(raw.tasks.into_iter().map(|task| task.sid).collect())
    }
}
