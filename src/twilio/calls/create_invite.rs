use serde::Serialize;
use serde_json::json;

use crate::attributes::Attributes;
use crate::sid::{QueueSid, TaskSid, WorkerSid, WorkflowSid, WorkspaceSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::{answers_as, AnyAnswer, AnyCall, Call};

use super::list_invites::invite;
use super::{ChannelRef, ListInvites};

/// Makes a new task for an interaction channel.
///
/// Twilio knows no idempotency key for it: sent twice, it makes two tasks.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/invites-subresource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreateInvite {
    /// The channel.
    pub channel: ChannelRef,
    /// The workflow that routes the task.
    pub workflow: WorkflowSid,
    /// The task channel.
    pub task_channel_unique_name: String,
    /// The task's attributes, JSON text.
    pub attributes: String,
    /// The one worker who is asked. Without it the workflow decides.
    pub worker: Option<NamedWorker>,
    /// The tasks of earlier invites: any other one that shows is this one's.
    pub earlier: Vec<TaskSid>,
}

/// The one worker whom an invite asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamedWorker {
    /// The worker.
    pub worker: WorkerSid,
    /// The queue that the task counts for.
    pub queue: QueueSid,
    /// After how many seconds the task is canceled if the worker has not accepted it. Twilio's default is a day.
    pub timeout_seconds: u32,
}

impl CreateInvite {
    /// The parameter `Routing`, JSON text. The task's attributes go in as the text that they are, so that no number in them
    /// is rounded.
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
        };
        // Texts and JSON always have a JSON form.
        serde_json::to_string(&Routing { properties }).unwrap_or_default()
    }
}

impl Call for CreateInvite {
    /// The invite's task. Absent where Twilio does not name it, or its answer was lost and the task is not listed yet.
    type Answer = Option<TaskSid>;
    answers_as!(CreateInvite);

    fn http(&self, access: &Access) -> Http {
        let data = json!({ "Routing": self.routing(&access.workspace) });
        Http::post(self.channel.uri().part("Invites"), data)
    }

    fn read(&self, body: Body<'_>) -> Result<Option<TaskSid>, Unreadable> {
        let json: Box<serde_json::value::RawValue> = body.parse()?;
        Ok(invite(json.get()).map(|made| made.task))
    }

    fn read_back(&self) -> Option<AnyCall> {
        Some(ListInvites(self.channel.clone()).into())
    }

    fn adopt(&self, read: &AnyAnswer) -> Option<Option<TaskSid>> {
        let made = ListInvites::answer(read)?;
        made.iter()
            .find(|one| !self.earlier.contains(&one.task))
            .map(|one| Some(one.task.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::{ChannelSid, InteractionSid};

    #[test]
    fn the_attributes_of_the_next_task_go_out_to_the_letter() {
        let attributes = r#"{"order":12345678901234567890123,"amount":1.10,"a":1}"#;
        let invite = CreateInvite {
            channel: ChannelRef {
                interaction: InteractionSid::example(),
                channel: ChannelSid::example(),
            },
            workflow: WorkflowSid::example(),
            task_channel_unique_name: "chat".into(),
            attributes: attributes.into(),
            worker: None,
            earlier: Vec::new(),
        };
        let routing = invite.routing(&WorkspaceSid::example());
        let expected = format!(r#""attributes":{attributes}"#);
        assert!(routing.contains(&expected), "{routing}");
        assert!(!routing.contains("worker_sid"), "{routing}");
    }
}
