use serde::Serialize;
use serde_json::json;

use crate::attributes::Attributes;
use crate::sid::{QueueSid, TaskSid, WorkerSid, WorkflowSid, WorkspaceSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::time::{self, Millis};
use crate::twilio::{Call, ReadBack};

use super::list_invites::invite;
use super::{ChannelRef, ListInvites, ListTasks};

/// The wait before an unanswered invite is looked for again, in milliseconds. With the first wait it makes the three seconds
/// that an invite may take to show in the list (inferred: Twilio documents no figure).
const SHOWS_AFTER_MS: Millis = 2_600;

/// Creates an invite into an interaction channel, which creates a task.
///
/// Twilio has no idempotency key for it: a second request would create a second task. So an unanswered request is read
/// back.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/invites-subresource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreateInvite {
    pub channel: ChannelRef,
    /// The workflow that routes the task.
    pub workflow: WorkflowSid,
    pub task_channel_unique_name: String,
    /// The task's attributes, JSON text.
    pub attributes: String,
    /// The worker who is asked. `None`: the workflow decides.
    pub worker: Option<NamedWorker>,
    /// The time since which the customer waits, if the task is not the first one for it: `TaskRouter` orders tasks by it. The time
    /// must have passed.
    pub waiting_since: Option<Millis>,
    /// The tasks of earlier invites. A task that is not among them belongs to this invite.
    pub earlier: Vec<TaskSid>,
}

/// The worker whom an invite asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamedWorker {
    pub worker: WorkerSid,
    /// The queue that the task counts for.
    pub queue: QueueSid,
    /// The time after which Twilio cancels the task if the worker has not accepted it, in seconds. Twilio's default is
    /// a day.
    pub timeout_seconds: u32,
}

impl CreateInvite {
    /// Returns the parameter `Routing`, JSON text. It contains the task's attributes unchanged, so no number in them is
    /// rounded.
    pub(super) fn routing(&self, workspace: &WorkspaceSid) -> String {
        #[derive(Serialize)]
        struct Properties<'a> {
            workspace_sid: &'a WorkspaceSid,
            workflow_sid: &'a WorkflowSid,
            task_channel_unique_name: &'a str,
            attributes: Attributes,
            #[serde(skip_serializing_if = "Option::is_none")]
            queue_sid: Option<&'a QueueSid>,
            #[serde(skip_serializing_if = "Option::is_none")]
            worker_sid: Option<&'a WorkerSid>,
            #[serde(skip_serializing_if = "Option::is_none")]
            timeout: Option<u32>,
            #[serde(skip_serializing_if = "Option::is_none")]
            virtual_start_time: Option<String>,
        }

        #[derive(Serialize)]
        struct Routing<'a> {
            properties: Properties<'a>,
        }

        let worker = self.worker.as_ref();
        let properties = Properties {
            workspace_sid: workspace,
            workflow_sid: &self.workflow,
            task_channel_unique_name: &self.task_channel_unique_name,
            attributes: Attributes::parse(&self.attributes).unwrap_or_default(),
            queue_sid: worker.map(|named| &named.queue),
            worker_sid: worker.map(|named| &named.worker),
            timeout: worker.map(|named| named.timeout_seconds),
            virtual_start_time: self.waiting_since.and_then(time::text),
        };
        // Serialization of strings and JSON cannot fail.
        serde_json::to_string(&Routing { properties }).unwrap_or_default()
    }
}

impl Call for CreateInvite {
    /// The invite's task. `None`: Twilio did not name it.
    type Answer = Option<TaskSid>;

    fn http(&self, access: &Access) -> Http {
        let data = json!({ "Routing": self.routing(&access.workspace) });
        Http::post(self.channel.uri().part("Invites"), data)
    }

    fn read(&self, body: Body<'_>) -> Result<Option<TaskSid>, Unreadable> {
        let json: Box<serde_json::value::RawValue> = body.parse()?;
        Ok(invite(json.get()).map(|made| made.task))
    }

    fn read_back(&self) -> Option<ReadBack<'_, Option<TaskSid>>> {
        let new = |task: &TaskSid| !self.earlier.contains(task);
        let by_invites = ReadBack::new(ListInvites(self.channel.clone()), move |made| {
            let task = made.iter().map(|one| &one.task).find(|task| new(task))?;
            Some(Some(task.clone()))
        });
        // The list of invites may show none, or show them late: then the task itself does.
        let by_tasks = ListTasks(self.channel.channel.clone());
        Some(
            by_invites
                .with_again_after_ms(SHOWS_AFTER_MS)
                .with_other(by_tasks, move |open| {
                    Some(Some(open.iter().find(|task| new(task))?.clone()))
                }),
        )
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let workflow = Self {
            channel: crate::twilio::testing::channel(),
            workflow: WorkflowSid::example(),
            task_channel_unique_name: "chat".into(),
            attributes: "{}".into(),
            worker: None,
            waiting_since: None,
            earlier: Vec::new(),
        };
        let worker = Self {
            worker: Some(NamedWorker {
                worker: WorkerSid::example(),
                queue: QueueSid::example(),
                timeout_seconds: 60,
            }),
            ..workflow.clone()
        };
        let second = Self {
            waiting_since: Some(1_500_000_000_000),
            ..workflow.clone()
        };
        vec![workflow, worker, second]
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a failed test may panic"
    )]
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};
    use crate::twilio::AnyAnswer;
    use serde_json::Value;

    use super::super::MadeInvite;

    fn routing(call: &CreateInvite) -> Value {
        let sent = request(call);
        let uri = "https://flex-api.twilio.com/v1/Interactions/KD…/Channels/UO…/Invites";
        assert_eq!(
            (&sent["method"], &sent["uri"]),
            (&json!("post"), &json!(uri))
        );
        serde_json::from_str(sent["data"]["Routing"].as_str().unwrap()).unwrap()
    }

    #[test]
    fn an_invite_goes_to_the_workflow_or_to_one_worker() {
        let mut properties = json!({
            "workspace_sid": "WS…", "workflow_sid": "WW…", "task_channel_unique_name": "chat",
            "attributes": {},
        });
        let calls = CreateInvite::examples();
        assert_eq!(routing(&calls[0]), json!({ "properties": properties }));
        properties["queue_sid"] = json!("WQ…");
        properties["worker_sid"] = json!("WK…");
        properties["timeout"] = json!(60);
        assert_eq!(routing(&calls[1]), json!({ "properties": properties }));
    }

    #[test]
    fn the_task_attributes_are_sent_unchanged() {
        let attributes = r#"{"order":12345678901234567890123,"amount":1.10,"a":1}"#;
        let call = CreateInvite {
            attributes: attributes.into(),
            ..example()
        };
        let routing = call.routing(&WorkspaceSid::example());
        let expected = format!(r#""attributes":{attributes}"#);
        assert!(routing.contains(&expected), "{routing}");
    }

    #[test]
    fn the_task_is_read_if_it_is_named() {
        let call = example::<CreateInvite>();
        let body = json!({ "sid": sid("KG"), "routing": { "properties": { "sid": sid("WT") } } });
        assert_eq!(answer(&call, &body), Some(TaskSid::example()));
        let body = json!({ "sid": sid("KG"), "routing": { "properties": {} } });
        assert_eq!(answer(&call, &body), None);
    }

    #[test]
    fn an_unanswered_invite_is_found_among_the_new_ones() {
        let earlier = TaskSid::parse(format!("WT{}", "0".repeat(32))).unwrap();
        let call = CreateInvite {
            earlier: vec![earlier.clone()],
            ..example()
        };
        let read_back = call.read_back().unwrap();
        let listed = |tasks: &[&TaskSid]| {
            let made = tasks.iter().map(|task| MadeInvite {
                task: (*task).clone(),
                created_at: None,
            });
            read_back.adopt(&AnyAnswer::ListInvites(made.collect()))
        };
        let new = TaskSid::example();
        let waits = [0, 1, 2, 3].map(|number| read_back.wait_ms(number));
        assert_eq!(waits, [Some(400), Some(2_600), Some(400), None]);
        assert_eq!(listed(&[&earlier]), None);
        assert_eq!(listed(&[&earlier, &new]), Some(Some(new.clone())));
        let open = |tasks: Vec<TaskSid>| read_back.adopt(&AnyAnswer::ListTasks(tasks));
        assert_eq!(open(vec![earlier.clone()]), None);
        assert_eq!(open(vec![earlier, new.clone()]), Some(Some(new)));
    }
}
