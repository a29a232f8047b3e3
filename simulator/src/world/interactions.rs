//! Flex interactions: channels that join a customer's conversation to the agents' tasks.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::clock::later;
use super::conversations::{number, NewParticipant, State};
use super::error::{Error, Result};
use super::sids::Sid;
use super::taskrouter::engine::NewTask;
use super::taskrouter::{AssignmentStatus, InviteLink};
use super::World;
use crate::readings::{
    AlreadyParticipant, InactiveInvite, InviteList, InviteStartTime, LeftParticipants, NamedWorker,
    OldChannel,
};

/// How late a new invite shows in a list, under one of the readings.
const INVITE_LATENESS: Duration = Duration::from_secs(30);
/// How long a channel is kept that does not change.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/limits>.
const KEEPS_CHANNELS: Duration = Duration::from_secs(180 * 86_400);
/// How many agents of earlier years a list shows, under one of the readings: more than one page.
const EARLIER_AGENTS: u32 = 60;

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
    /// Who has left it, in the order of leaving.
    pub former_participants: Vec<ChannelParticipant>,
    /// Who was asked to join.
    pub invites: Vec<Invite>,
    /// When it last changed.
    pub date_updated: Timestamp,
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
    /// The time from which the customer is taken to have waited, in ISO 8601.
    pub virtual_start_time: Option<String>,
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

    /// Returns the invites of a channel that a list shows, if there is one.
    pub fn listed_invites<'a>(&'a self, channel: &'a Channel) -> Result<Vec<&'a Invite>> {
        let status = match self.readings.invite_list {
            InviteList::Answers | InviteList::WithoutTask | InviteList::Late => {
                let visible = |invite: &&Invite| {
                    self.readings.invite_list != InviteList::Late
                        || later(invite.date_created, INVITE_LATENESS) <= self.now()
                };
                return Ok(channel.invites.iter().filter(visible).collect());
            }
            InviteList::Forbidden => 403,
            InviteList::NotFound => 404,
            InviteList::NotAllowed => 405,
        };
        Err(Error::InvitesUnreadable { status })
    }

    /// Returns the participants of a channel that a list shows: who is in it and, under some readings, who has left.
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
        // SIDs count on: who came first stands first.
        known.sort_by(|a, b| a.participant.sid.cmp(&b.participant.sid));
        if self.readings.left_participants == LeftParticipants::ClosedMany {
            let mut all: Vec<_> = earlier_agents().iter().map(listed(true)).collect();
            all.append(&mut known);
            return all;
        }
        known
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
            return Err(self.closed_to_invites());
        }
        let conversation_sid = conversation.sid.clone();
        let carried = self.channel_of_conversation(&conversation_sid);
        if carried.is_some_and(|channel| channel.status != ChannelStatus::Closed) {
            return Err(Error::ChannelExists);
        }
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
            former_participants: Vec::new(),
            invites: Vec::new(),
            date_updated: self.now(),
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
        let state = self
            .conversation(&conversation_sid)
            .map_or(State::Closed, |conversation| conversation.state);
        if channel.status == ChannelStatus::Closed || state == State::Closed {
            return Err(self.closed_to_invites());
        }
        if state == State::Inactive && self.readings.inactive_invite == InactiveInvite::Refused {
            return Err(Error::Transition("The conversation is inactive".into()));
        }
        let start = self.virtual_start(properties.virtual_start_time.as_deref())?;
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
            virtual_start_time: start,
            ignores_capacity: self.readings.named_worker == NamedWorker::Offered,
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
        self.changed_channel(channel_sid)?
            .invites
            .push(invite.clone());
        Ok(invite)
    }

    /// Reads the time from which the customer of an invite is taken to have waited.
    fn virtual_start(&self, text: Option<&str>) -> Result<Option<Timestamp>> {
        let Some(text) = text else { return Ok(None) };
        let invalid = |expected: &str| Error::Invalid {
            name: "Routing",
            expected: format!("`properties.virtual_start_time` to be {expected}"),
        };
        let time: Timestamp = text.parse().map_err(|_| invalid("an ISO 8601 time"))?;
        match self.readings.invite_start_time {
            InviteStartTime::Taken if time > self.now() => Err(invalid("in the past")),
            InviteStartTime::Taken => Ok(Some(time)),
            InviteStartTime::Ignored => Ok(None),
            InviteStartTime::Refused => Err(invalid("absent")),
        }
    }

    /// Returns the refusal of an invite to a closed conversation.
    fn closed_to_invites(&self) -> Error {
        Error::Closed {
            status: number(self.readings.closed_status.name(), 400),
            code: number(self.readings.closed_invite_code.name(), 45_354),
        }
    }

    /// Returns the time at which the next channel has not changed for so long that Twilio deletes it.
    pub(super) fn next_channel_end(&self) -> Option<Timestamp> {
        let reading = self.readings.old_channel;
        let channels = self.channels.values();
        let oldest = channels.map(|channel| channel.date_updated).min();
        oldest
            .filter(|_| reading == OldChannel::Deleted)
            .map(|oldest| later(oldest, KEEPS_CHANNELS))
    }

    /// Deletes the channels that have not changed for so long, with their interactions.
    pub(super) fn fire_due_channels(&mut self) {
        if self.readings.old_channel == OldChannel::Kept {
            return;
        }
        let now = self.now();
        self.channels
            .retain(|_, channel| later(channel.date_updated, KEEPS_CHANNELS) > now);
        let left: BTreeSet<&Sid> = self.channels.values().map(|c| &c.interaction_sid).collect();
        self.interactions.retain(|sid, _| left.contains(sid));
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
        let channel = self.changed_channel(sid)?;
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
        let channel = self.changed_channel(&link.channel_sid)?;
        channel.status = ChannelStatus::Active;
        channel.participants.push(participant);
        Ok(())
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

    /// Returns a channel to be changed now.
    fn changed_channel(&mut self, sid: &str) -> Result<&mut Channel> {
        let now = self.now();
        let channel = self
            .channels
            .get_mut(sid)
            .ok_or_else(|| not_found("Channels", sid))?;
        channel.date_updated = now;
        Ok(channel)
    }
}

/// Somebody in a list of a channel's participants.
#[derive(Debug, Clone)]
pub struct ListedParticipant {
    /// The participant.
    pub participant: ChannelParticipant,
    /// Whether they have left.
    pub left: bool,
}

/// Returns agents who were in a channel years ago, with SIDs that nobody has now.
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

fn not_found(kind: &str, sid: &str) -> Error {
    Error::NotFound(format!("/{kind}/{sid}"))
}
