//! Transfers: an agent passes a channel to another worker, a queue or a workflow.
//!
//! Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/transfers-subresource>.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{Channel, Invite};
use crate::taskrouter::engine::NewTask;
use crate::taskrouter::{AssignmentStatus, InviteLink};
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// A transfer of a channel.
#[derive(Debug, Clone, Serialize)]
pub struct Transfer {
    /// `UX…`
    pub sid: Sid,
    /// `cold` or `warm`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The participant of the transferring agent, `UT…`.
    pub from: Sid,
    /// The SID of a worker, a queue or a workflow.
    pub to: Sid,
    /// The task with which the next agent is asked.
    pub task_sid: Sid,
    /// `KQ…`
    pub note_sid: Option<Sid>,
    /// `KQ…`
    pub summary_sid: Option<Sid>,
    pub date_created: Timestamp,
}

/// A transfer to create.
#[derive(Debug, Clone, Default)]
pub struct NewTransfer {
    pub kind: String,
    pub from: Sid,
    pub to: Sid,
    pub note_sid: Option<Sid>,
    pub summary_sid: Option<Sid>,
}

impl Channel {
    /// Returns the transfer with this SID.
    pub fn transfer(&self, sid: &str) -> Result<&Transfer> {
        let found = self.transfers.iter().find(|transfer| transfer.sid == sid);
        found.ok_or_else(|| Error::NotFound(format!("/Transfers/{sid}")))
    }
}

impl World {
    /// Creates a transfer. In a cold transfer the agent leaves at once, into wrap-up.
    pub fn transfer_channel(
        &mut self,
        interaction_sid: &str,
        sid: &str,
        new: NewTransfer,
    ) -> Result<Transfer> {
        let channel = self.channel(interaction_sid, sid)?;
        let routing = channel.participant(&new.from)?.routing.clone();
        let routing = routing.ok_or_else(|| Error::Invalid {
            name: "From",
            expected: "an agent of the channel".into(),
        })?;
        let old = self.taskrouter.task(&routing.task_sid)?.clone();
        let invite_sid = self.sids.next("KG");
        let mut task = NewTask {
            attributes: old.attributes,
            task_channel: Some(old.task_channel_unique_name),
            invite: Some(InviteLink {
                interaction_sid: interaction_sid.into(),
                channel_sid: sid.into(),
                invite_sid: invite_sid.clone(),
            }),
            ..NewTask::default()
        };
        if let Some(attributes) = task.attributes.as_object_mut() {
            attributes.insert("flexChannelInviteSid".into(), invite_sid.clone().into());
        }
        match new.to.get(..2) {
            Some("WK") => {
                task.worker_sid = Some(new.to.clone());
                task.queue_sid = old.queue_sid;
            }
            Some("WQ") => {
                task.queue_sid = Some(new.to.clone());
                task.is_for_queue = true;
            }
            _ => task.workflow_sid = Some(new.to.clone()),
        }
        let task_sid = self.create_task(task)?.sid;
        let now = self.now();
        let transfer = Transfer {
            sid: self.sids.next("UX"),
            kind: new.kind,
            from: new.from,
            to: new.to,
            task_sid: task_sid.clone(),
            note_sid: new.note_sid,
            summary_sid: new.summary_sid,
            date_created: now,
        };
        let channel = self.changed_channel(sid)?;
        channel.invites.push(Invite {
            sid: invite_sid,
            task_sid,
            routing: Value::Null,
            date_created: now,
        });
        channel.transfers.push(transfer.clone());
        if transfer.kind == "cold" {
            self.close_channel_participant(interaction_sid, sid, &transfer.from, true)?;
        }
        Ok(transfer)
    }

    /// Returns Twilio's name for the status of a transfer.
    #[must_use]
    pub fn transfer_status(&self, transfer: &Transfer) -> &'static str {
        let task = self.taskrouter.task(&transfer.task_sid);
        match task.map(|task| task.assignment_status) {
            Ok(AssignmentStatus::Pending | AssignmentStatus::Reserved) => "active",
            Ok(AssignmentStatus::Canceled) | Err(_) => "failed",
            Ok(_) => "completed",
        }
    }
}
