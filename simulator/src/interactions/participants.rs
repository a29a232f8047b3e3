//! The participants of a channel: customers, and agents who join, leave and wrap up.

use serde::Serialize;

use super::{Channel, ChannelStatus};
use crate::conversations::NewParticipant;
use crate::readings::{AlreadyParticipant, LeftParticipants};
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The number of agents of earlier years in a list, under one of the readings: more than one page.
const EARLIER_AGENTS: u32 = 60;

/// A participant of a channel.
#[derive(Debug, Clone, Serialize)]
pub struct ChannelParticipant {
    /// `UT…`
    pub sid: Sid,
    /// `customer`, `agent`, `supervisor`, `external` or `unknown`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The corresponding participant of the conversation.
    pub conversation_participant_sid: Option<Sid>,
    /// For agents: the reservation by which they came.
    pub routing: Option<ParticipantRouting>,
    /// True if the agent has left the conversation and is in wrap-up.
    pub wrapping: bool,
}

/// The task and reservation by which an agent came into a channel.
#[derive(Debug, Clone, Serialize)]
pub struct ParticipantRouting {
    /// `WK…`
    pub worker_sid: Sid,
    /// `WT…`
    pub task_sid: Sid,
    /// `WR…`
    pub reservation_sid: Sid,
}

/// An entry of a list of a channel's participants.
#[derive(Debug, Clone)]
pub struct ListedParticipant {
    pub participant: ChannelParticipant,
    /// True for former participants.
    pub left: bool,
}

impl World {
    /// Returns the participants that a list of the channel shows: the current ones and, under some readings,
    /// former ones.
    #[must_use]
    pub fn listed_participants(&self, channel: &Channel) -> Vec<ListedParticipant> {
        let listed = |left| {
            move |participant: &ChannelParticipant| ListedParticipant {
                participant: participant.clone(),
                left,
            }
        };
        let present = channel.participants.iter().map(listed(false));
        let former = channel.former_participants.iter().map(listed(true));
        let mut known: Vec<ListedParticipant> = match self.readings.left_participants {
            LeftParticipants::Unlisted => present.collect(),
            LeftParticipants::Closed | LeftParticipants::ClosedMany => {
                present.chain(former).collect()
            }
        };
        // SIDs are counted, so this is the order of joining.
        known.sort_by(|a, b| a.participant.sid.cmp(&b.participant.sid));
        if self.readings.left_participants == LeftParticipants::ClosedMany {
            let mut all: Vec<_> = earlier_agents().iter().map(listed(true)).collect();
            all.append(&mut known);
            return all;
        }
        known
    }

    /// Returns true if the worker of a pending reservation is a participant of the task's conversation already
    /// and, by the reading, cannot join it again.
    pub(crate) fn is_duplicate_join(&self, reservation_sid: &str) -> Result<bool> {
        if self.readings.already_participant == AlreadyParticipant::Joins {
            return Ok(false);
        }
        let reservation = self.taskrouter.reservation(reservation_sid)?;
        let task = self.taskrouter.task(&reservation.task_sid)?;
        let Some(link) = &task.invite else {
            return Ok(false);
        };
        let channel = self.channel(&link.interaction_sid, &link.channel_sid)?;
        let conversation = self.conversation(&channel.conversation_sid)?;
        Ok(conversation
            .participant_with_identity(&reservation.worker_name)
            .is_some())
    }

    /// Adds the worker of an accepted reservation to the channel and the conversation of its task.
    pub(crate) fn join_agent(&mut self, reservation_sid: &str) -> Result<()> {
        let reservation = self.taskrouter.reservation(reservation_sid)?;
        let task = self.taskrouter.task(&reservation.task_sid)?;
        let Some(link) = task.invite.clone() else {
            return Ok(());
        };
        let routing = ParticipantRouting {
            worker_sid: reservation.worker_sid.clone(),
            task_sid: task.sid.clone(),
            reservation_sid: reservation.sid.clone(),
        };
        let identity = reservation.worker_name.clone();
        let conversation_sid = self
            .channel(&link.interaction_sid, &link.channel_sid)?
            .conversation_sid
            .clone();
        let known = self
            .conversation(&conversation_sid)?
            .participant_with_identity(&identity)
            .map(|p| p.sid.clone());
        let participant_sid = if let Some(sid) = known {
            sid
        } else {
            let new = NewParticipant {
                identity: Some(identity),
                ..NewParticipant::default()
            };
            self.add_participant(&conversation_sid, new, true)?.sid
        };
        let participant = ChannelParticipant {
            sid: self.sids.next("UT"),
            kind: "agent".into(),
            conversation_participant_sid: Some(participant_sid),
            routing: Some(routing),
            wrapping: false,
        };
        let channel = self.changed_channel(&link.channel_sid)?;
        channel.status = ChannelStatus::Active;
        channel.participants.push(participant);
        Ok(())
    }

    /// Removes a participant from a channel. An agent's task is completed or, with `wrapup`, moves to wrap-up;
    /// the conversation keeps its state. Removing a customer's participant also removes the customer from the
    /// conversation.
    pub fn close_channel_participant(
        &mut self,
        interaction_sid: &str,
        channel_sid: &str,
        sid: &str,
        wrapup: bool,
    ) -> Result<ChannelParticipant> {
        let channel = self.channel(interaction_sid, channel_sid)?;
        let conversation_sid = channel.conversation_sid.clone();
        let participant = channel.participant(sid)?.clone();
        if let Some(inside) = participant
            .conversation_participant_sid
            .as_deref()
            .filter(|_| !participant.wrapping)
        {
            match self.remove_participant(&conversation_sid, inside, true) {
                Ok(_) | Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let kept = wrapup && participant.routing.is_some();
        let channel = self.changed_channel(channel_sid)?;
        if kept {
            if let Some(own) = channel.participants.iter_mut().find(|p| p.sid == sid) {
                own.wrapping = true;
            }
        } else {
            channel.participants.retain(|p| p.sid != sid);
            channel.former_participants.push(participant.clone());
        }
        if let Some(routing) = &participant.routing {
            self.end_task(&routing.task_sid, wrapup)?;
        }
        Ok(participant)
    }

    /// Removes the agent of a completed task, who was in wrap-up, from the channel.
    pub(crate) fn remove_finished_agent(&mut self, task_sid: &str) {
        let task = self.taskrouter.task(task_sid);
        let link = task.ok().and_then(|task| task.invite.as_ref());
        let Some(sid) = link.map(|link| link.channel_sid.clone()) else {
            return;
        };
        let Ok(channel) = self.changed_channel(&sid) else {
            return;
        };
        let is_done = |participant: &ChannelParticipant| {
            let routing = participant.routing.as_ref();
            participant.wrapping && routing.is_some_and(|routing| routing.task_sid == task_sid)
        };
        let all = std::mem::take(&mut channel.participants);
        let (done, present): (Vec<_>, Vec<_>) = all.into_iter().partition(is_done);
        channel.participants = present;
        channel.former_participants.extend(done);
    }
}

/// Returns agents of earlier years, with SIDs that no current object has.
fn earlier_agents() -> Vec<ChannelParticipant> {
    let sid = |prefix: &str, n: u32| format!("{prefix}e{n:031x}");
    (0..EARLIER_AGENTS)
        .map(|n| ChannelParticipant {
            sid: sid("UT", n),
            kind: "agent".into(),
            conversation_participant_sid: None,
            routing: Some(ParticipantRouting {
                worker_sid: sid("WK", n),
                task_sid: sid("WT", n),
                reservation_sid: sid("WR", n),
            }),
            wrapping: false,
        })
        .collect()
}
