//! Flex interactions: channels that join a customer's conversation to the agents' tasks.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::conversations::{NewParticipant, State};
use super::error::{Error, Result};
use super::sids::Sid;
use super::taskrouter::engine::NewTask;
use super::taskrouter::{AssignmentStatus, InviteLink};
use super::World;
use crate::readings::AlreadyParticipant;

/// One customer's contact.
#[derive(Debug, Clone, Serialize)]
pub struct Interaction {
    /// `KD…`
    pub sid: Sid,
    /// How it came to be, as given.
    pub channel: Value,
    /// How it was routed at first, as given.
    pub routing: Value,
    /// When it was made.
    pub date_created: Timestamp,
}

/// The part of an interaction that goes over one medium.
#[derive(Debug, Clone, Serialize)]
pub struct Channel {
    /// `UO…`
    pub sid: Sid,
    /// `KD…`
    pub interaction_sid: Sid,
    /// `web`, `sms`, `whatsapp`, `chat`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether agents can still join.
    pub status: ChannelStatus,
    /// The conversation that it carries.
    pub conversation_sid: Sid,
    /// Who is in it.
    pub participants: Vec<ChannelParticipant>,
    /// Who was asked to join.
    pub invites: Vec<Invite>,
}

/// Whether agents can still join a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelStatus {
    /// They can.
    Active,
    /// They can, but nobody has written for long.
    Inactive,
    /// They cannot.
    Closed,
}

impl ChannelStatus {
    /// Twilio's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Closed => "closed",
        }
    }
}

/// Somebody in a channel.
#[derive(Debug, Clone, Serialize)]
pub struct ChannelParticipant {
    /// `UT…`
    pub sid: Sid,
    /// `customer`, `agent`, `supervisor`, `external` or `unknown`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same person in the conversation.
    pub conversation_participant_sid: Option<Sid>,
    /// For agents: the way they came.
    pub routing: Option<ParticipantRouting>,
    /// Whether the agent has left the conversation and tidies up.
    pub wrapping: bool,
}

/// The way an agent came into a channel.
#[derive(Debug, Clone, Serialize)]
pub struct ParticipantRouting {
    /// `WK…`
    pub worker_sid: Sid,
    /// `WT…`
    pub task_sid: Sid,
    /// `WR…`
    pub reservation_sid: Sid,
}

/// A request to join a channel, which a task carries.
#[derive(Debug, Clone, Serialize)]
pub struct Invite {
    /// `KG…`
    pub sid: Sid,
    /// The task that carries it.
    pub task_sid: Sid,
    /// How it was to be routed, as given.
    pub routing: Value,
    /// When it was made.
    pub date_created: Timestamp,
}

/// How an invite is to be routed: the `properties` of the parameter `Routing`. The published descriptions
/// do not tell of them, so a property that is not documented is refused here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingProperties {
    /// `WS…`, required.
    pub workspace_sid: Sid,
    /// The rules to route by.
    pub workflow_sid: Option<Sid>,
    /// The queue, where a worker is named.
    pub queue_sid: Option<Sid>,
    /// The one worker it is for.
    pub worker_sid: Option<Sid>,
    /// The kind of work.
    pub task_channel_unique_name: Option<String>,
    /// The kind of work, by SID.
    pub task_channel_sid: Option<Sid>,
    /// The task's attributes.
    #[serde(default)]
    pub attributes: Value,
    /// The task's priority.
    pub priority: Option<u64>,
    /// The task's life in seconds.
    pub timeout: Option<u64>,
}

impl RoutingProperties {
    /// Reads the value of the parameter `Routing`.
    pub fn parse(routing: &Value) -> Result<Self> {
        let invalid = |expected: String| Error::Invalid {
            name: "Routing",
            expected,
        };
        let properties = routing
            .get("properties")
            .cloned()
            .ok_or_else(|| invalid("an object with `properties`".into()))?;
        serde_json::from_value(properties).map_err(|error| invalid(error.to_string()))
    }
}

impl Channel {
    /// The participant with this SID.
    pub fn participant(&self, sid: &str) -> Result<&ChannelParticipant> {
        self.participants
            .iter()
            .find(|p| p.sid == sid)
            .ok_or_else(|| not_found("Participants", sid))
    }
}

impl World {
    /// The interaction with this SID.
    pub fn interaction(&self, sid: &str) -> Result<&Interaction> {
        self.interactions
            .get(sid)
            .ok_or_else(|| not_found("Interactions", sid))
    }

    /// The channel with this SID, which must belong to that interaction.
    pub fn channel(&self, interaction_sid: &str, sid: &str) -> Result<&Channel> {
        self.channels
            .get(sid)
            .filter(|channel| channel.interaction_sid == interaction_sid)
            .ok_or_else(|| not_found("Channels", sid))
    }

    /// The channels of an interaction.
    pub fn channels_of<'a>(
        &'a self,
        interaction_sid: &'a str,
    ) -> impl Iterator<Item = &'a Channel> {
        self.channels
            .values()
            .filter(move |channel| channel.interaction_sid == interaction_sid)
    }

    /// The channel that carries a conversation.
    #[must_use]
    pub fn channel_of_conversation(&self, conversation_sid: &str) -> Option<&Channel> {
        self.channels
            .values()
            .find(|channel| channel.conversation_sid == conversation_sid)
    }

    /// The invites of a channel that nobody has answered for good yet.
    pub fn open_invites<'a>(&'a self, channel: &'a Channel) -> impl Iterator<Item = &'a Invite> {
        channel.invites.iter().filter(|invite| {
            self.taskrouter.task(&invite.task_sid).is_ok_and(|task| {
                matches!(
                    task.assignment_status,
                    AssignmentStatus::Pending | AssignmentStatus::Reserved
                )
            })
        })
    }

    /// Makes an interaction around a conversation that exists, with a first invite when `routing` is given.
    pub fn create_interaction(
        &mut self,
        kind: &str,
        conversation: &str,
        channel: Value,
        routing: Value,
    ) -> Result<Interaction> {
        let conversation = self.conversation(conversation)?;
        if conversation.state == State::Closed {
            return Err(Error::InviteToClosed);
        }
        let conversation_sid = conversation.sid.clone();
        let customers: Vec<Sid> = conversation
            .participants
            .iter()
            .map(|p| p.sid.clone())
            .collect();
        let properties = if routing.is_null() {
            None
        } else {
            Some(RoutingProperties::parse(&routing)?)
        };
        let interaction = Interaction {
            sid: self.sids.next("KD"),
            channel,
            routing: routing.clone(),
            date_created: self.now(),
        };
        let participants = customers
            .into_iter()
            .map(|sid| ChannelParticipant {
                sid: self.sids.next("UT"),
                kind: "customer".into(),
                conversation_participant_sid: Some(sid),
                routing: None,
                wrapping: false,
            })
            .collect();
        let channel = Channel {
            sid: self.sids.next("UO"),
            interaction_sid: interaction.sid.clone(),
            kind: kind.into(),
            status: ChannelStatus::Active,
            conversation_sid,
            participants,
            invites: Vec::new(),
        };
        let channel_sid = channel.sid.clone();
        self.interactions
            .insert(interaction.sid.clone(), interaction.clone());
        self.channels.insert(channel_sid.clone(), channel);
        if properties.is_some() {
            self.invite(&interaction.sid, &channel_sid, routing)?;
        }
        Ok(interaction)
    }

    /// Asks an agent into a channel: makes a task. Nothing is taken over from earlier tasks.
    pub fn invite(
        &mut self,
        interaction_sid: &str,
        channel_sid: &str,
        routing: Value,
    ) -> Result<Invite> {
        let properties = RoutingProperties::parse(&routing)?;
        let channel = self.channel(interaction_sid, channel_sid)?;
        let conversation_sid = channel.conversation_sid.clone();
        let closed = channel.status == ChannelStatus::Closed
            || self
                .conversation(&conversation_sid)
                .map_or(true, |c| c.state == State::Closed);
        if closed {
            return Err(Error::InviteToClosed);
        }
        if properties.workspace_sid != self.taskrouter.workspace_sid {
            return Err(not_found("Workspaces", &properties.workspace_sid));
        }
        let inside = |worker: &Sid| {
            channel.participants.iter().any(|p| {
                p.routing
                    .as_ref()
                    .is_some_and(|r| r.worker_sid == *worker && !p.wrapping)
            })
        };
        if properties.worker_sid.as_ref().is_some_and(inside) {
            return Err(Error::AlreadyInChannel);
        }
        let invite_sid = self.sids.next("KG");
        let mut attributes = match properties.attributes {
            Value::Object(map) => map,
            Value::Null => Map::new(),
            _ => {
                return Err(Error::Invalid {
                    name: "Routing",
                    expected: "`properties.attributes` to be an object".into(),
                })
            }
        };
        for (name, sid) in [
            ("conversationSid", conversation_sid.as_str()),
            ("flexInteractionSid", interaction_sid),
            ("flexInteractionChannelSid", channel_sid),
            ("flexChannelInviteSid", invite_sid.as_str()),
        ] {
            attributes.insert(name.into(), sid.into());
        }
        let task = self.create_task(NewTask {
            attributes: Value::Object(attributes),
            workflow_sid: properties.workflow_sid,
            queue_sid: properties.queue_sid,
            worker_sid: properties.worker_sid,
            task_channel: properties
                .task_channel_unique_name
                .or(properties.task_channel_sid),
            priority: properties.priority,
            timeout: properties.timeout.map(Duration::from_secs),
            invite: Some(InviteLink {
                interaction_sid: interaction_sid.into(),
                channel_sid: channel_sid.into(),
                invite_sid: invite_sid.clone(),
            }),
        })?;
        let invite = Invite {
            sid: invite_sid,
            task_sid: task.sid,
            routing,
            date_created: self.now(),
        };
        self.channel_mut(channel_sid)?.invites.push(invite.clone());
        Ok(invite)
    }

    /// An agent leaves a channel: with `wrapup` they tidy up, otherwise the task is completed. The
    /// conversation stays as it is. Closing a customer's participant takes the customer out.
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
        let participants = &mut self.channel_mut(channel_sid)?.participants;
        if kept {
            if let Some(own) = participants.iter_mut().find(|p| p.sid == sid) {
                own.wrapping = true;
            }
        } else {
            participants.retain(|p| p.sid != sid);
        }
        if let Some(routing) = &participant.routing {
            self.end_task(&routing.task_sid, wrapup)?;
        }
        Ok(participant)
    }

    /// Closes a channel, and with it the conversation: agents complete their tasks or, with `wrapup`,
    /// tidy up; whoever is still being asked is no longer.
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
            .is_ok_and(|c| c.state != State::Closed)
        {
            self.move_conversation(&conversation_sid, State::Closed, "API", true)?;
        }
        Ok(self.channel(interaction_sid, sid)?.clone())
    }

    /// Pauses a channel: every agent leaves, the conversation can go on.
    pub fn pause_channel(&mut self, interaction_sid: &str, sid: &str) -> Result<Channel> {
        let agents: Vec<Sid> = self
            .channel(interaction_sid, sid)?
            .participants
            .iter()
            .filter(|p| p.routing.is_some())
            .map(|p| p.sid.clone())
            .collect();
        for agent in agents {
            self.close_channel_participant(interaction_sid, sid, &agent, false)?;
        }
        let channel = self.channel_mut(sid)?;
        channel.status = ChannelStatus::Inactive;
        Ok(channel.clone())
    }

    /// What follows for the agents when a conversation was closed in another way than by its channel.
    pub(super) fn conversation_was_closed(&mut self, conversation_sid: &str) -> Result<()> {
        let open = self
            .channel_of_conversation(conversation_sid)
            .filter(|c| c.status != ChannelStatus::Closed);
        match open.map(|channel| channel.sid.clone()) {
            Some(sid) => self.end_channel(&sid, true),
            None => Ok(()),
        }
    }

    /// Returns true if the worker of a pending reservation is a participant of the task's conversation already, and
    /// cannot join it once more.
    pub(super) fn joins_twice(&self, reservation_sid: &str) -> Result<bool> {
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

    /// The worker of an accepted reservation joins the channel and the conversation that the task is for.
    pub(super) fn agent_joins(&mut self, reservation_sid: &str) -> Result<()> {
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
        let channel = self.channel_mut(&link.channel_sid)?;
        channel.status = ChannelStatus::Active;
        channel.participants.push(participant);
        Ok(())
    }

    fn end_channel(&mut self, sid: &str, wrapup: bool) -> Result<()> {
        let channel = self.channel_mut(sid)?;
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

    fn end_task(&mut self, sid: &str, wrapup: bool) -> Result<()> {
        let Ok(task) = self.taskrouter.task(sid) else {
            // It was deleted, and with that it has ended.
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

    fn channel_mut(&mut self, sid: &str) -> Result<&mut Channel> {
        self.channels
            .get_mut(sid)
            .ok_or_else(|| not_found("Channels", sid))
    }
}

fn not_found(kind: &str, sid: &str) -> Error {
    Error::NotFound(format!("/{kind}/{sid}"))
}
