//! The tasks, and their retention after their end.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::not_found;
use super::workflow::Target;
use crate::readings::FinishedTasks;
use crate::world::clock::{in_seconds, later};
use crate::world::error::Result;
use crate::world::sids::Sid;
use crate::world::World;

/// The time for which a finished task can be read.
const FINISHED_TASK_RETENTION: Duration = Duration::from_secs(300);

/// The default timeout of a task.
pub const DEFAULT_TASK_TIMEOUT: Duration = Duration::from_secs(86_400);

/// The status of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AssignmentStatus {
    /// Waits for a worker.
    Pending,
    /// Offered to a worker.
    Reserved,
    /// Accepted.
    Assigned,
    Wrapping,
    Completed,
    Canceled,
}

/// A task.
#[derive(Debug, Clone, Serialize)]
pub struct Task {
    /// `WT…`
    pub sid: Sid,
    /// A JSON object.
    pub attributes: Value,
    pub assignment_status: AssignmentStatus,
    /// The reason for completion or cancellation.
    pub reason: Option<String>,
    /// Higher values come first.
    pub priority: u64,
    /// The workflow; `None` for a task that names its worker or queue.
    pub workflow_sid: Option<Sid>,
    pub queue_sid: Option<Sid>,
    /// The time at which the task entered the queue.
    pub queue_entered: Option<Timestamp>,
    /// The SID of the only worker who can take the task.
    pub routing_target: Option<Sid>,
    pub task_channel_unique_name: String,
    /// The time from creation after which the task is canceled.
    #[serde(serialize_with = "in_seconds")]
    pub timeout: Duration,
    /// The start of the customer's waiting time, by which tasks are sorted.
    pub virtual_start_time: Timestamp,
    /// True if the named worker gets the task even when away or full.
    pub ignores_capacity: bool,
    /// The invite that has created the task.
    pub invite: Option<InviteLink>,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
    /// Incremented by every change.
    pub version: u64,
    /// The workers who have rejected it, in order.
    pub declined_by: Vec<Sid>,
    /// The name of the workflow's filter that matches.
    pub filter_name: Option<String>,
    /// The remaining targets, the current one first.
    #[serde(skip)]
    pub(super) targets: Vec<Target>,
    #[serde(skip)]
    pub(super) target_entered: Timestamp,
}

/// The invite that has created a task.
#[derive(Debug, Clone, Serialize)]
pub struct InviteLink {
    /// `KD…`
    pub interaction_sid: Sid,
    /// `UO…`
    pub channel_sid: Sid,
    /// `KG…`
    pub invite_sid: Sid,
}

/// A change to a task; `None` keeps a field.
#[derive(Debug, Clone, Default)]
pub struct TaskChange {
    /// The new attributes, which replace the old ones.
    pub attributes: Option<Value>,
    /// `canceled`, `wrapping` or `completed`.
    pub status: Option<AssignmentStatus>,
    pub reason: Option<String>,
    pub priority: Option<u64>,
    pub virtual_start_time: Option<Timestamp>,
}

names!(AssignmentStatus: Pending = "pending", Reserved = "reserved", Assigned = "assigned",
    Wrapping = "wrapping", Completed = "completed", Canceled = "canceled");

impl AssignmentStatus {
    /// Returns true for completed and canceled tasks.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Canceled)
    }
}

impl World {
    /// Returns the task with this SID, unless it ended so long ago that Twilio has deleted it.
    pub fn kept_task(&self, sid: &str) -> Result<&Task> {
        let task = self.taskrouter.task(sid)?;
        if self.is_kept(task) {
            Ok(task)
        } else {
            Err(not_found("Tasks", sid))
        }
    }

    /// Returns true if Twilio has not deleted the task yet.
    #[must_use]
    pub fn is_kept(&self, task: &Task) -> bool {
        !task.assignment_status.is_final()
            || self.readings.finished_tasks == FinishedTasks::Kept
            || later(task.date_updated, FINISHED_TASK_RETENTION) > self.now()
    }
}
