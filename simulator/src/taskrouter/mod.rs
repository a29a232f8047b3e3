//! Twilio `TaskRouter`: workers and their capacity, queues, workflows, tasks and reservations.

macro_rules! names {
    ($type:ident: $($variant:ident = $name:literal),+ $(,)?) => {
        impl $type {
            /// Returns Twilio's name for it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Returns the variant with this name of Twilio.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

mod activities;
pub mod browser;
mod callbacks;
pub mod engine;
pub mod events;
pub mod expression;
mod queues;
mod removal;
mod reservations;
pub mod rest;
mod task_channels;
mod tasks;
#[cfg(test)]
mod tests;
mod workers;
pub mod workflow;
mod workflows;

pub use activities::Activity;
pub use queues::Queue;
pub use reservations::{Reservation, ReservationStatus};
pub use task_channels::TaskChannel;
pub use tasks::{AssignmentStatus, InviteLink, Task, TaskChange, DEFAULT_TASK_TIMEOUT};
pub use workers::{Worker, WorkerChange, WorkerChannel};
pub use workflows::Workflow;

use std::collections::BTreeMap;

use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use events::EventLog;

/// The name of the workspace, as in Flex.
pub const WORKSPACE_NAME: &str = "Flex Task Assignment";

/// The state of `TaskRouter`: one workspace, as in Flex.
#[derive(Debug, Default)]
pub struct TaskRouter {
    /// `WS…`
    pub workspace_sid: Sid,
    /// `OU…`: the part of the account to which the workspace belongs.
    pub operating_unit_sid: Sid,
    /// The URL of event callbacks.
    pub event_callback_url: Option<String>,
    /// The events that are posted, separated by commas; `None` for all.
    pub events_filter: Option<String>,
    pub activities: Vec<Activity>,
    /// The activity of a worker who lets a reservation time out.
    pub timeout_activity_sid: Sid,
    pub task_channels: Vec<TaskChannel>,
    pub workers: Vec<Worker>,
    pub queues: Vec<Queue>,
    pub workflows: Vec<Workflow>,
    /// All tasks ever, oldest first because of the order of SIDs.
    pub tasks: BTreeMap<Sid, Task>,
    /// All reservations ever, oldest first.
    pub reservations: BTreeMap<Sid, Reservation>,
    /// The events of the last 30 days.
    pub events: EventLog,
}

impl TaskRouter {
    /// Returns the activity with this SID.
    pub fn activity(&self, sid: &str) -> Result<&Activity> {
        self.activities
            .iter()
            .find(|a| a.sid == sid)
            .ok_or_else(|| not_found("Activities", sid))
    }

    /// Returns the activity with this friendly name.
    pub fn activity_named(&self, name: &str) -> Result<&Activity> {
        self.activities
            .iter()
            .find(|a| a.friendly_name == name)
            .ok_or_else(|| not_found("Activities", name))
    }

    /// Returns the task channel with this SID or unique name.
    pub fn task_channel(&self, name: &str) -> Result<&TaskChannel> {
        self.task_channels
            .iter()
            .find(|c| c.sid == name || c.unique_name == name)
            .ok_or_else(|| not_found("TaskChannels", name))
    }

    /// Returns the worker with this SID.
    pub fn worker(&self, sid: &str) -> Result<&Worker> {
        self.workers
            .iter()
            .find(|w| w.sid == sid)
            .ok_or_else(|| not_found("Workers", sid))
    }

    /// Returns the worker with this friendly name, which in Flex is the identity.
    #[must_use]
    pub fn worker_named(&self, name: &str) -> Option<&Worker> {
        self.workers.iter().find(|w| w.friendly_name == name)
    }

    /// Returns the queue with this SID.
    pub fn queue(&self, sid: &str) -> Result<&Queue> {
        self.queues
            .iter()
            .find(|q| q.sid == sid)
            .ok_or_else(|| not_found("TaskQueues", sid))
    }

    /// Returns the workflow with this SID.
    pub fn workflow(&self, sid: &str) -> Result<&Workflow> {
        self.workflows
            .iter()
            .find(|w| w.sid == sid)
            .ok_or_else(|| not_found("Workflows", sid))
    }

    /// Returns the queue of a task.
    #[must_use]
    pub fn queue_of(&self, task: &Task) -> Option<&Queue> {
        self.queue(task.queue_sid.as_ref()?).ok()
    }

    /// Returns the workflow of a task.
    #[must_use]
    pub fn workflow_of(&self, task: &Task) -> Option<&Workflow> {
        self.workflow(task.workflow_sid.as_ref()?).ok()
    }

    /// Returns the task with this SID, even one that REST does not show any more.
    pub fn task(&self, sid: &str) -> Result<&Task> {
        self.tasks.get(sid).ok_or_else(|| not_found("Tasks", sid))
    }

    /// Returns the reservation with this SID.
    pub fn reservation(&self, sid: &str) -> Result<&Reservation> {
        self.reservations
            .get(sid)
            .ok_or_else(|| not_found("Reservations", sid))
    }

    /// Returns all reservations of a task, oldest first.
    pub fn reservations_of_task<'a>(
        &'a self,
        task_sid: &'a str,
    ) -> impl Iterator<Item = &'a Reservation> {
        self.reservations
            .values()
            .filter(move |r| r.task_sid == task_sid)
    }

    /// Returns all reservations of a worker, oldest first.
    pub fn reservations_of_worker<'a>(
        &'a self,
        worker_sid: &'a str,
    ) -> impl Iterator<Item = &'a Reservation> {
        self.reservations
            .values()
            .filter(move |r| r.worker_sid == worker_sid)
    }

    pub(super) fn task_mut(&mut self, sid: &str) -> Result<&mut Task> {
        self.tasks
            .get_mut(sid)
            .ok_or_else(|| not_found("Tasks", sid))
    }

    pub(super) fn reservation_mut(&mut self, sid: &str) -> Result<&mut Reservation> {
        self.reservations
            .get_mut(sid)
            .ok_or_else(|| not_found("Reservations", sid))
    }

    pub(super) fn worker_mut(&mut self, sid: &str) -> Result<&mut Worker> {
        self.workers
            .iter_mut()
            .find(|w| w.sid == sid)
            .ok_or_else(|| not_found("Workers", sid))
    }
}

fn not_found(kind: &str, sid: &str) -> Error {
    Error::NotFound(format!("/{kind}/{sid}"))
}
