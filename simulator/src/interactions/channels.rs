//! The channels of an interaction: their status, their end, and their retention.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::leaving::LastAgent;
use super::transfers::Transfer;
use super::{not_found, ChannelParticipant, Invite};
use crate::conversations::ConversationState;
use crate::readings::OldChannel;
use crate::taskrouter::AssignmentStatus;
use crate::world::clock::later;
use crate::world::error::Result;
use crate::world::sids::Sid;
use crate::world::World;

/// The time after which an unchanged channel is deleted.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/limits>.
const CHANNEL_RETENTION: Duration = Duration::from_secs(180 * 86_400);

/// A channel: the part of an interaction in one medium.
#[derive(Debug, Clone, Serialize)]
pub struct Channel {
    /// `UO…`
    pub sid: Sid,
    /// `KD…`
    pub interaction_sid: Sid,
    /// `web`, `sms`, `whatsapp`, `chat`, …
    #[serde(rename = "type")]
    pub kind: String,
    pub status: ChannelStatus,
    /// The conversation in which its messages are.
    pub conversation_sid: Sid,
    pub participants: Vec<ChannelParticipant>,
    /// Former participants, in the order of leaving.
    pub former_participants: Vec<ChannelParticipant>,
    pub invites: Vec<Invite>,
    pub transfers: Vec<Transfer>,
    /// The last agent, after Flex's own Leave or Pause.
    pub last_agent: Option<LastAgent>,
    pub date_updated: Timestamp,
}

/// The status of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelStatus {
    /// Agents can join.
    Active,
    /// After Leave, until the customer writes.
    Inactive,
    /// After Pause, until the customer writes or the agent resumes.
    Pause,
    /// Nobody can join.
    Closed,
}

impl ChannelStatus {
    /// Returns Twilio's name for the status.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Pause => "pause",
            Self::Closed => "closed",
        }
    }
}

impl Channel {
    /// Returns the participant with this SID.
    pub fn participant(&self, sid: &str) -> Result<&ChannelParticipant> {
        self.participants
            .iter()
            .find(|p| p.sid == sid)
            .ok_or_else(|| not_found("Participants", sid))
    }
}

impl World {
    /// Returns the channel with this SID, which must belong to the interaction.
    pub fn channel(&self, interaction_sid: &str, sid: &str) -> Result<&Channel> {
        self.channels
            .get(sid)
            .filter(|channel| channel.interaction_sid == interaction_sid)
            .ok_or_else(|| not_found("Channels", sid))
    }

    /// Returns the channels of an interaction.
    pub fn channels_of<'a>(
        &'a self,
        interaction_sid: &'a str,
    ) -> impl Iterator<Item = &'a Channel> {
        self.channels
            .values()
            .filter(move |channel| channel.interaction_sid == interaction_sid)
    }

    /// Returns the channel of a conversation.
    #[must_use]
    pub fn channel_of_conversation(&self, conversation_sid: &str) -> Option<&Channel> {
        self.channels
            .values()
            .find(|channel| channel.conversation_sid == conversation_sid)
    }

    /// Closes a channel and its conversation. The agents' tasks are completed or, with `wrapup`, move to
    /// wrap-up; open invites are canceled.
    pub fn close_channel(
        &mut self,
        interaction_sid: &str,
        sid: &str,
        wrapup: bool,
    ) -> Result<Channel> {
        let channel = self.channel(interaction_sid, sid)?;
        let conversation_sid = channel.conversation_sid.clone();
        self.end_channel(sid, wrapup)?;
        if self
            .conversation(&conversation_sid)
            .is_ok_and(|c| c.state != ConversationState::Closed)
        {
            self.move_conversation(&conversation_sid, ConversationState::Closed, "API", true)?;
        }
        Ok(self.channel(interaction_sid, sid)?.clone())
    }

    /// Ends the agents' tasks after a conversation was closed other than by its channel.
    pub(crate) fn end_tasks_of_closed_conversation(
        &mut self,
        conversation_sid: &str,
    ) -> Result<()> {
        let open = self
            .channel_of_conversation(conversation_sid)
            .filter(|c| c.status != ChannelStatus::Closed);
        match open.map(|channel| channel.sid.clone()) {
            Some(sid) => self.end_channel(&sid, true),
            None => Ok(()),
        }
    }

    fn end_channel(&mut self, sid: &str, wrapup: bool) -> Result<()> {
        let channel = self.changed_channel(sid)?;
        channel.status = ChannelStatus::Closed;
        let channel = channel.clone();
        for participant in &channel.participants {
            if let Some(routing) = &participant.routing {
                self.end_task(&routing.task_sid, wrapup)?;
            }
        }
        let open: Vec<Sid> = self
            .open_invites(&channel)
            .map(|invite| invite.task_sid.clone())
            .collect();
        for task_sid in open {
            self.cancel_task(&task_sid, "the conversation was closed")?;
        }
        Ok(())
    }

    pub(super) fn end_task(&mut self, sid: &str, wrapup: bool) -> Result<()> {
        let Ok(task) = self.taskrouter.task(sid) else {
            // A deleted task has ended.
            return Ok(());
        };
        match task.assignment_status {
            AssignmentStatus::Assigned if wrapup => self.wrap_up_task(sid),
            AssignmentStatus::Assigned | AssignmentStatus::Wrapping if !wrapup => {
                self.complete_task(sid, "completed")
            }
            _ => Ok(()),
        }
    }

    /// Returns a channel for a change, with the time of the change noted.
    pub(crate) fn changed_channel(&mut self, sid: &str) -> Result<&mut Channel> {
        let now = self.now();
        let channel = self
            .channels
            .get_mut(sid)
            .ok_or_else(|| not_found("Channels", sid))?;
        channel.date_updated = now;
        Ok(channel)
    }

    /// Returns the time at which the next channel is deleted for its age.
    pub(crate) fn next_channel_end(&self) -> Option<Timestamp> {
        let reading = self.readings.old_channel;
        let channels = self.channels.values();
        let oldest = channels.map(|channel| channel.date_updated).min();
        oldest
            .filter(|_| reading == OldChannel::Deleted)
            .map(|oldest| later(oldest, CHANNEL_RETENTION))
    }

    /// Deletes the channels that have not changed for too long, with their interactions.
    pub(crate) fn fire_due_channels(&mut self) {
        if self.readings.old_channel == OldChannel::Kept {
            return;
        }
        let now = self.now();
        self.channels
            .retain(|_, channel| later(channel.date_updated, CHANNEL_RETENTION) > now);
        let left: BTreeSet<&Sid> = self.channels.values().map(|c| &c.interaction_sid).collect();
        self.interactions.retain(|sid, _| left.contains(sid));
    }
}
