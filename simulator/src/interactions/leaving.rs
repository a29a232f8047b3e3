//! Flex's own Leave and Pause: all agents leave a channel, and its conversation goes on.
//!
//! The customer's next message creates a task. The agent who has paused a channel can also resume it. Source:
//! the requests of Flex UI, and <https://www.twilio.com/docs/flex/developer/conversations>.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{json, Value};

use super::{Channel, ChannelStatus};
use crate::conversations::{ConversationState, Message};
use crate::readings::{LeftConversation, NativeLeave};
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The way in which the agents leave a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// Any available agent is asked when the customer writes.
    Leave,
    /// The same agent may also resume the channel.
    Pause,
}

/// The last agent of a channel that was left, and the agent's task.
#[derive(Debug, Clone, Serialize)]
pub struct LastAgent {
    /// `WK…`
    pub worker_sid: Sid,
    /// The chat identity.
    pub identity: String,
    /// `UT…`
    pub participant_sid: Sid,
    /// The task's attributes.
    pub attributes: Value,
    /// The task's workflow, if it had one.
    pub workflow_sid: Option<Sid>,
    pub queue_sid: Option<Sid>,
    pub task_channel_unique_name: String,
    pub date_left: Timestamp,
}

impl World {
    /// Removes all agents from a channel. Their tasks are completed or, with `wrapup`, move to wrap-up.
    pub fn leave_channel(
        &mut self,
        interaction_sid: &str,
        sid: &str,
        leaving: Leaving,
        wrapup: bool,
    ) -> Result<Channel> {
        let channel = self.channel(interaction_sid, sid)?;
        if channel.status == ChannelStatus::Closed {
            return Err(Error::Transition("The channel is closed".into()));
        }
        let conversation_sid = channel.conversation_sid.clone();
        let agents = channel.participants.iter().filter(|p| p.routing.is_some());
        let agents: Vec<Sid> = agents.map(|p| p.sid.clone()).collect();
        let last_agent = agents
            .last()
            .and_then(|agent| self.last_agent(channel, agent));
        for agent in agents {
            self.close_channel_participant(interaction_sid, sid, &agent, wrapup)?;
        }
        let channel = self.changed_channel(sid)?;
        channel.status = match leaving {
            Leaving::Leave => ChannelStatus::Inactive,
            Leaving::Pause => ChannelStatus::Pause,
        };
        channel.last_agent = last_agent;
        let left = channel.clone();
        let is_active = self.conversation(&conversation_sid)?.state == ConversationState::Active;
        if is_active && self.readings.left_conversation == LeftConversation::Inactive {
            self.move_conversation(&conversation_sid, ConversationState::Inactive, "API", true)?;
        }
        Ok(left)
    }

    fn last_agent(&self, channel: &Channel, participant_sid: &str) -> Option<LastAgent> {
        let participant = channel.participant(participant_sid).ok()?;
        let routing = participant.routing.as_ref()?;
        let task = self.taskrouter.task(&routing.task_sid).ok()?;
        let worker = self.taskrouter.worker(&routing.worker_sid).ok()?;
        Some(LastAgent {
            worker_sid: worker.sid.clone(),
            identity: worker.friendly_name.clone(),
            participant_sid: participant_sid.into(),
            attributes: task.attributes.clone(),
            workflow_sid: task.workflow_sid.clone(),
            queue_sid: task.queue_sid.clone(),
            task_channel_unique_name: task.task_channel_unique_name.clone(),
            date_left: self.now(),
        })
    }

    /// Invites the agent who has paused a channel again.
    pub fn resume_channel(&mut self, interaction_sid: &str, sid: &str) -> Result<Channel> {
        let channel = self.channel(interaction_sid, sid)?;
        let last = match (&channel.last_agent, channel.status) {
            (Some(last), ChannelStatus::Pause) => last.clone(),
            _ => return Err(Error::Transition("The channel is not paused".into())),
        };
        let properties = json!({
            "workspace_sid": self.taskrouter.workspace_sid,
            "worker_sid": last.worker_sid,
            "queue_sid": last.queue_sid,
            "task_channel_unique_name": last.task_channel_unique_name,
            "attributes": last.attributes,
        });
        self.reopen_channel(interaction_sid, sid, &properties)?;
        Ok(self.channel(interaction_sid, sid)?.clone())
    }

    /// Creates a task for a channel that was left, because its customer writes.
    pub(crate) fn create_task_after_leave(
        &mut self,
        conversation_sid: &str,
        message: &Message,
    ) -> Result<()> {
        let Some(channel) = self.channel_of_conversation(conversation_sid) else {
            return Ok(());
        };
        let is_left = matches!(
            channel.status,
            ChannelStatus::Inactive | ChannelStatus::Pause
        );
        let by_customer = channel.participants.iter().any(|participant| {
            participant.kind == "customer"
                && participant.conversation_participant_sid.is_some()
                && participant.conversation_participant_sid == message.participant_sid
        });
        let is_asked = self.open_invites(channel).next().is_some();
        if !is_left || !by_customer || is_asked || self.readings.native_leave == NativeLeave::Silent
        {
            return Ok(());
        }
        let Some(last) = channel.last_agent.clone() else {
            return Ok(());
        };
        let (interaction_sid, sid) = (channel.interaction_sid.clone(), channel.sid.clone());
        let first = self.taskrouter.workflows.first();
        let properties = json!({
            "workspace_sid": self.taskrouter.workspace_sid,
            "workflow_sid": last.workflow_sid.or_else(|| first.map(|workflow| workflow.sid.clone())),
            "task_channel_unique_name": last.task_channel_unique_name,
            "attributes": last.attributes,
        });
        self.reopen_channel(&interaction_sid, &sid, &properties)
    }

    fn reopen_channel(
        &mut self,
        interaction_sid: &str,
        sid: &str,
        properties: &Value,
    ) -> Result<()> {
        let conversation_sid = self.channel(interaction_sid, sid)?.conversation_sid.clone();
        if self.conversation(&conversation_sid)?.state == ConversationState::Inactive {
            self.move_conversation(&conversation_sid, ConversationState::Active, "API", true)?;
        }
        self.invite(interaction_sid, sid, json!({"properties": properties}))?;
        self.changed_channel(sid)?.status = ChannelStatus::Active;
        Ok(())
    }

    /// Returns the channels that a worker has paused.
    pub fn channels_paused_by<'a>(
        &'a self,
        worker_sid: &'a str,
    ) -> impl Iterator<Item = (&'a Channel, &'a LastAgent)> {
        let paused = self
            .channels
            .values()
            .filter(|channel| channel.status == ChannelStatus::Pause);
        paused
            .filter_map(|channel| Some((channel, channel.last_agent.as_ref()?)))
            .filter(move |(_, last)| last.worker_sid == worker_sid)
    }
}
