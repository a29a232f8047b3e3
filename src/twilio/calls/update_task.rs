use serde_json::json;

use crate::sid::TaskSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// Replaces the attributes of a task, if it still has this version.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/task>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateTask {
    pub task: TaskSid,
    /// JSON text.
    pub attributes: String,
    /// The version of the task from which these attributes were made. `None`: Twilio named none, and nothing is checked.
    pub version: Option<String>,
}

impl Call for UpdateTask {
    type Answer = ();

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::workspace(access).part("Tasks").id(&self.task);
        let http = Http::post(uri, json!({ "Attributes": self.attributes }));
        match &self.version {
            Some(version) => http.with_header("If-Match", version),
            None => http,
        }
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            task: TaskSid::example(),
            attributes: "{}".into(),
            version: Some("\"7\"".into()),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request, respond};
    use crate::twilio::Failure;

    #[test]
    fn the_attributes_of_one_version_are_replaced() {
        let call = example::<UpdateTask>();
        assert_eq!(
            request(&call),
            json!({
                "method": "post",
                "uri": "https://taskrouter.twilio.com/v1/Workspaces/WS…/Tasks/WT…",
                "data": { "Attributes": "{}" },
                "headers": { "If-Match": "\"7\"" },
            })
        );
        answer(&call, &json!({ "sid": "WT" }));
        let changed = respond(&call, 412, &json!({ "code": 20_001 }));
        assert_eq!(changed, Err(Failure::Conflict));
        let unchecked = UpdateTask {
            version: None,
            ..call
        };
        assert_eq!(request(&unchecked).get("headers"), None);
    }
}
