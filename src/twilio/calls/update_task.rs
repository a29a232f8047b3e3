use serde_json::json;

use crate::sid::TaskSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// Replaces the attributes of a task.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/task>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateTask {
    pub task: TaskSid,
    /// JSON text.
    pub attributes: String,
}

impl Call for UpdateTask {
    type Answer = ();

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::workspace(access).part("Tasks").id(&self.task);
        Http::post(uri, json!({ "Attributes": self.attributes }))
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            task: TaskSid::example(),
            attributes: "{}".into(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_attributes_are_replaced() {
        let call = example::<UpdateTask>();
        assert_eq!(
            request(&call),
            json!({
                "method": "post",
                "uri": "https://taskrouter.twilio.com/v1/Workspaces/WS…/Tasks/WT…",
                "data": { "Attributes": "{}" },
            })
        );
        answer(&call, &json!({ "sid": "WT" }));
    }
}
