use serde::Deserialize;
use serde_json::json;

use crate::sid::{ChannelSid, TaskSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// Reads the open tasks of an interaction channel, by the attribute `flexInteractionChannelSid` that Flex writes.
/// Twilio allows three such requests per second and account, and a new task is listed with a delay.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/task>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListTasks(pub ChannelSid);

impl Call for ListTasks {
    type Answer = Vec<TaskSid>;

    fn http(&self, access: &Access) -> Http {
        Http::get(Uri::workspace(access).part("Tasks")).with_query(json!({
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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(ChannelSid::example())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_open_tasks_are_listed() {
        let call = example::<ListTasks>();
        assert_eq!(
            request(&call),
            json!({
                "method": "get",
                "uri": "https://taskrouter.twilio.com/v1/Workspaces/WS…/Tasks",
                "params": {
                    "EvaluateTaskAttributes": "flexInteractionChannelSid == \"UO…\"",
                    "AssignmentStatus": "pending,reserved,assigned",
                    "PageSize": 50,
                },
            })
        );
        let body = json!({ "tasks": [{ "sid": sid("WT"), "attributes": "{}" }] });
        assert_eq!(answer(&call, &body), [TaskSid::example()]);
    }
}
