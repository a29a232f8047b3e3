//! The tasks, and how long they are kept when they have ended.

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

/// A finished task can still be read for this long.
const KEEPS_FINISHED_TASKS: Duration = Duration::from_secs(300);

/// How long a task lives when nobody says.
pub const DEFAULT_TASK_TIMEOUT: Duration = Duration::from_secs(86_400);

/// A task's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AssignmentStatus {
    /// It waits for a worker.
    Pending,
    /// It is offered to one.
    Reserved,
    /// One does it.
    Assigned,
    /// One tidies up after it.
    Wrapping,
    /// It is done.
    Completed,
    /// It will not be done.
    Canceled,
}

/// A piece of work.
#[derive(Debug, Clone, Serialize)]
pub struct Task {
    /// `WT…`
    pub sid: Sid,
    /// A JSON object.
    pub attributes: Value,
    /// Its progress.
    pub assignment_status: AssignmentStatus,
    /// The reason for its completion or cancellation.
    pub reason: Option<String>,
    /// The higher, the sooner.
    pub priority: u64,
    /// The rules it is routed by; none when it names its worker.
    pub workflow_sid: Option<Sid>,
    /// The queue it is in.
    pub queue_sid: Option<Sid>,
    /// The time at which it came into that queue.
    pub queue_entered: Option<Timestamp>,
    /// The one worker it is for.
    pub routing_target: Option<Sid>,
    /// The kind of work.
    pub task_channel_unique_name: String,
    /// How long it lives.
    #[serde(serialize_with = "in_seconds")]
    pub timeout: Duration,
    /// The time from which the customer is taken to have waited.
    pub virtual_start_time: Timestamp,
    /// Whether it is offered to the worker that it names even if they are away or full.
    pub ignores_capacity: bool,
    /// The invite that made it, where one did.
    pub invite: Option<InviteLink>,
    /// The time of its creation.
    pub date_created: Timestamp,
    /// The time of its last change.
    pub date_updated: Timestamp,
    /// Counts on with every change.
    pub version: u64,
    /// The workers who would not have it, in order.
    pub declined_by: Vec<Sid>,
    /// The name of the workflow's filter that took it.
    pub filter_name: Option<String>,
    /// The targets that are left, the current one first.
    #[serde(skip)]
    pub(super) targets: Vec<Target>,
    #[serde(skip)]
    pub(super) target_entered: Timestamp,
}

/// The invite that made a task.
#[derive(Debug, Clone, Serialize)]
pub struct InviteLink {
    /// `KD…`
    pub interaction_sid: Sid,
    /// `UO…`
    pub channel_sid: Sid,
    /// `KG…`
    pub invite_sid: Sid,
}

/// A change to a task; `None` leaves a thing alone.
#[derive(Debug, Clone, Default)]
pub struct TaskChange {
    /// Replaces the attributes whole.
    pub attributes: Option<Value>,
    /// `canceled`, `wrapping` or `completed`.
    pub status: Option<AssignmentStatus>,
    /// The reason.
    pub reason: Option<String>,
    /// See [`Task`].
    pub priority: Option<u64>,
    /// See [`Task`].
    pub virtual_start_time: Option<Timestamp>,
}

names!(AssignmentStatus: Pending = "pending", Reserved = "reserved", Assigned = "assigned",
    Wrapping = "wrapping", Completed = "completed", Canceled = "canceled");

impl AssignmentStatus {
    /// Returns whether nothing more will happen to the task.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Canceled)
    }
}

impl World {
    /// Returns the task with this SID, if Twilio still knows it: it forgets tasks a while after their end.
    pub fn kept_task(&self, sid: &str) -> Result<&Task> {
        let task = self.taskrouter.task(sid)?;
        if self.is_kept(task) {
            Ok(task)
        } else {
            Err(not_found("Tasks", sid))
        }
    }

    /// Returns whether Twilio still knows a task.
    #[must_use]
    pub fn is_kept(&self, task: &Task) -> bool {
        !task.assignment_status.is_final()
            || self.readings.finished_tasks == FinishedTasks::Kept
            || later(task.date_updated, KEEPS_FINISHED_TASKS) > self.now()
    }
}
