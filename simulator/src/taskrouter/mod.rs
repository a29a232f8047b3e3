//! Twilio `TaskRouter`: workers and their capacity, queues, workflows, tasks and reservations.

macro_rules! names {
    ($type:ident: $($variant:ident = $name:literal),+ $(,)?) => {
        impl $type {
            /// Twilio's name for it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The one that Twilio calls `name`.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
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

/// The name of the one workspace, as Flex calls it.
pub const WORKSPACE_NAME: &str = "Flex Task Assignment";

/// All of `TaskRouter`'s state: one workspace, as Flex has it.
#[derive(Debug, Default)]
pub struct TaskRouter {
    /// `WS…`
    pub workspace_sid: Sid,
    /// `OU…`: the unit of the account that the workspace belongs to.
    pub operating_unit_sid: Sid,
    /// The address of event callbacks.
    pub event_callback_url: Option<String>,
    /// The events that are told, with commas between them; without it all are.
    pub events_filter: Option<String>,
    /// The activities of workers.
    pub activities: Vec<Activity>,
    /// The activity of workers who let a reservation time out.
    pub timeout_activity_sid: Sid,
    /// Kinds of work that have a capacity of their own.
    pub task_channels: Vec<TaskChannel>,
    /// The workers.
    pub workers: Vec<Worker>,
    /// Groups of workers.
    pub queues: Vec<Queue>,
    /// Rules of routing.
    pub workflows: Vec<Workflow>,
    /// All work that ever was, by SID: so the oldest comes first.
    pub tasks: BTreeMap<Sid, Task>,
    /// All offers of it that ever were, in the same order.
    pub reservations: BTreeMap<Sid, Reservation>,
    /// The events of the last 30 days.
    pub events: EventLog,
}

impl TaskRouter {
    /// The activity with this SID.
    pub fn activity(&self, sid: &str) -> Result<&Activity> {
        self.activities
            .iter()
            .find(|a| a.sid == sid)
            .ok_or_else(|| not_found("Activities", sid))
    }

    /// The activity that people see under this name.
    pub fn activity_named(&self, name: &str) -> Result<&Activity> {
        self.activities
            .iter()
            .find(|a| a.friendly_name == name)
            .ok_or_else(|| not_found("Activities", name))
    }

    /// The kind of work with this SID or unique name.
    pub fn task_channel(&self, name: &str) -> Result<&TaskChannel> {
        self.task_channels
            .iter()
            .find(|c| c.sid == name || c.unique_name == name)
            .ok_or_else(|| not_found("TaskChannels", name))
    }

    /// The worker with this SID.
    pub fn worker(&self, sid: &str) -> Result<&Worker> {
        self.workers
            .iter()
            .find(|w| w.sid == sid)
            .ok_or_else(|| not_found("Workers", sid))
    }

    /// The worker with this friendly name, which in Flex is the identity.
    #[must_use]
    pub fn worker_named(&self, name: &str) -> Option<&Worker> {
        self.workers.iter().find(|w| w.friendly_name == name)
    }

    /// The queue with this SID.
    pub fn queue(&self, sid: &str) -> Result<&Queue> {
        self.queues
            .iter()
            .find(|q| q.sid == sid)
            .ok_or_else(|| not_found("TaskQueues", sid))
    }

    /// The workflow with this SID.
    pub fn workflow(&self, sid: &str) -> Result<&Workflow> {
        self.workflows
            .iter()
            .find(|w| w.sid == sid)
            .ok_or_else(|| not_found("Workflows", sid))
    }

    /// The queue that a task is in.
    #[must_use]
    pub fn queue_of(&self, task: &Task) -> Option<&Queue> {
        self.queue(task.queue_sid.as_ref()?).ok()
    }

    /// The workflow that routes a task.
    #[must_use]
    pub fn workflow_of(&self, task: &Task) -> Option<&Workflow> {
        self.workflow(task.workflow_sid.as_ref()?).ok()
    }

    /// The task with this SID, also one that Twilio has forgotten.
    pub fn task(&self, sid: &str) -> Result<&Task> {
        self.tasks.get(sid).ok_or_else(|| not_found("Tasks", sid))
    }

    /// The reservation with this SID.
    pub fn reservation(&self, sid: &str) -> Result<&Reservation> {
        self.reservations
            .get(sid)
            .ok_or_else(|| not_found("Reservations", sid))
    }

    /// All offers of a task, oldest first.
    pub fn reservations_of_task<'a>(
        &'a self,
        task_sid: &'a str,
    ) -> impl Iterator<Item = &'a Reservation> {
        self.reservations
            .values()
            .filter(move |r| r.task_sid == task_sid)
    }

    /// All offers to a worker, oldest first.
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
