//! The invites to a channel, each with its task.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};

use super::{not_found, Channel, ChannelStatus};
use crate::conversations::ConversationState;
use crate::readings::{number, InactiveInvite, InviteList, InviteStartTime, NamedWorker};
use crate::taskrouter::engine::NewTask;
use crate::taskrouter::{AssignmentStatus, InviteLink};
use crate::world::clock::later;
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The time after which a list shows a new invite, under one of the readings.
const INVITE_LATENESS: Duration = Duration::from_secs(30);

/// An invite to a channel, carried out by a task.
#[derive(Debug, Clone, Serialize)]
pub struct Invite {
    /// `KG…`
    pub sid: Sid,
    /// The task with which agents are asked.
    pub task_sid: Sid,
    /// The parameter `Routing`, as given.
    pub routing: Value,
    pub date_created: Timestamp,
}

/// The `properties` of the parameter `Routing`. The published descriptions omit them, so undocumented
/// properties are refused here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingProperties {
    /// `WS…`, required.
    pub workspace_sid: Sid,
    pub workflow_sid: Option<Sid>,
    /// The queue, if a worker is named.
    pub queue_sid: Option<Sid>,
    /// The only worker to ask.
    pub worker_sid: Option<Sid>,
    pub task_channel_unique_name: Option<String>,
    pub task_channel_sid: Option<Sid>,
    /// The task's attributes.
    #[serde(default)]
    pub attributes: Value,
    pub priority: Option<u64>,
    /// The task's timeout, in seconds.
    pub timeout: Option<u64>,
    /// The start of the customer's waiting time, in ISO 8601.
    pub virtual_start_time: Option<String>,
}

impl RoutingProperties {
    /// Parses the value of the parameter `Routing`.
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

impl World {
    /// Returns the invites that a list of the channel shows, or the error of the reading.
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

    /// Returns the invites of a channel whose tasks nobody has accepted yet.
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

    /// Invites an agent to a channel by a new task. Takes nothing over from earlier tasks.
    pub fn invite(
        &mut self,
        interaction_sid: &str,
        channel_sid: &str,
        routing: Value,
    ) -> Result<Invite> {
        self.ask(interaction_sid, channel_sid, routing, None)
    }

    /// Creates an invite and its task. `initiated_by` is the initiator of the interaction, for its first invite
    /// only.
    pub(super) fn ask(
        &mut self,
        interaction_sid: &str,
        channel_sid: &str,
        routing: Value,
        initiated_by: Option<&str>,
    ) -> Result<Invite> {
        let properties = RoutingProperties::parse(&routing)?;
        let channel = self.channel(interaction_sid, channel_sid)?.clone();
        let conversation_sid = channel.conversation_sid.clone();
        let state = self
            .conversation(&conversation_sid)
            .map_or(ConversationState::Closed, |conversation| conversation.state);
        if channel.status == ChannelStatus::Closed || state == ConversationState::Closed {
            return Err(self.closed_to_invites());
        }
        if state == ConversationState::Inactive
            && self.readings.inactive_invite == InactiveInvite::Refused
        {
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
        add_known_attributes(&mut attributes, &channel, initiated_by);
        let task = self.create_task(NewTask {
            attributes: Value::Object(attributes),
            workflow_sid: properties.workflow_sid,
            queue_sid: properties.queue_sid,
            worker_sid: properties.worker_sid,
            is_for_queue: false,
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

    /// Parses the start of the customer's waiting time.
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

    /// Returns the error of an invite to a closed conversation.
    pub(super) fn closed_to_invites(&self) -> Error {
        Error::Closed {
            status: number(self.readings.closed_status.name(), 400),
            code: number(self.readings.closed_invite_code.name(), 45_354),
        }
    }
}

/// Adds the attributes that Flex's desktop and reports read, unless the caller has set them. `initiated_by` is
/// the initiator of the interaction, for its first task only.
///
/// Sources: the examples of the published description of Interactions, and an answer of October 2025 in the
/// tests of <https://github.com/nyaruka/mailroom>.
fn add_known_attributes(
    attributes: &mut Map<String, Value>,
    channel: &Channel,
    initiated_by: Option<&str>,
) {
    let mut conversations = Map::new();
    let mut known = vec![("channelType", json!(channel.kind))];
    if let Some(by) = initiated_by {
        let direction = if by == "customer" {
            "inbound"
        } else {
            "outbound"
        };
        conversations.insert("initiated_by".into(), by.into());
        known.extend([
            ("customers", json!({})),
            ("taskCreateSource", json!("interaction")),
            ("initiatedBy", json!(by)),
            ("direction", json!(direction)),
        ]);
    }
    let transcript = json!([{"type": "ChatTranscript", "sid": channel.conversation_sid}]);
    conversations.insert("conversation_id".into(), json!(channel.interaction_sid));
    conversations.insert("media".into(), transcript);
    known.push(("conversations", Value::Object(conversations)));
    for (name, value) in known {
        attributes.entry(name).or_insert(value);
    }
}
