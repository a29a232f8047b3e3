//! `TaskRouter`: workers and their capacity, queues, workflows, tasks and reservations.

mod callbacks;
pub mod engine;
pub mod events;
pub mod expression;
mod removal;
pub mod workflow;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::clock::{in_seconds, later};
use super::error::{Error, Result};
use super::event::Event;
use super::sids::Sid;
use super::World;
use crate::readings::FinishedTasks;
use events::EventLog;
use workflow::{Routing, Target};

/// A finished task can still be read for this long.
const KEEPS_FINISHED_TASKS: Duration = Duration::from_secs(300);
/// How long a task lives when nobody says.
pub const DEFAULT_TASK_TIMEOUT: Duration = Duration::from_secs(86_400);

/// What the one workspace is called, as Flex calls it.
pub const WORKSPACE_NAME: &str = "Flex Task Assignment";

/// All of `TaskRouter`'s state: one workspace, as Flex has it.
#[derive(Debug, Default)]
pub struct TaskRouter {
    /// `WS…`
    pub workspace_sid: Sid,
    /// Where event callbacks go.
    pub event_callback_url: Option<String>,
    /// The events that are told, with commas between them; without it all are.
    pub events_filter: Option<String>,
    /// What a worker can be doing.
    pub activities: Vec<Activity>,
    /// Where workers are put who let a reservation time out.
    pub timeout_activity_sid: Sid,
    /// Kinds of work that have a capacity of their own.
    pub task_channels: Vec<TaskChannel>,
    /// Who works.
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

/// What a worker can be doing.
#[derive(Debug, Clone, Serialize)]
pub struct Activity {
    /// `WA…`
    pub sid: Sid,
    /// What people see.
    pub friendly_name: String,
    /// Whether a worker who does it is offered tasks.
    pub available: bool,
    /// When it was made.
    pub date_created: Timestamp,
}

/// A kind of work with a capacity of its own.
#[derive(Debug, Clone, Serialize)]
pub struct TaskChannel {
    /// `TC…`
    pub sid: Sid,
    /// The name by which tasks ask for it.
    pub unique_name: String,
    /// What people see.
    pub friendly_name: String,
    /// When it was made.
    pub date_created: Timestamp,
}

/// Somebody who does tasks.
#[derive(Debug, Clone, Serialize)]
pub struct Worker {
    /// `WK…`
    pub sid: Sid,
    /// In Flex also the identity in the chat.
    pub friendly_name: String,
    /// A JSON object.
    pub attributes: Value,
    /// What they are doing.
    pub activity_sid: Sid,
    /// How much they can do, for each kind of work.
    pub channels: Vec<WorkerChannel>,
    /// When they were made.
    pub date_created: Timestamp,
    /// When that last changed.
    pub date_updated: Timestamp,
    /// When their activity last changed.
    pub date_status_changed: Timestamp,
    /// Counts on with every change.
    pub version: u64,
}

/// A worker's capacity for one kind of work.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkerChannel {
    /// `WC…`
    pub sid: Sid,
    /// The kind of work.
    pub task_channel_sid: Sid,
    /// The same by name.
    pub task_channel_unique_name: String,
    /// How many tasks they can do at a time.
    pub configured_capacity: u32,
    /// How many they have been offered or are doing.
    pub assigned_tasks: u32,
    /// Whether they take such tasks at all.
    pub available: bool,
    /// When they were last offered one.
    pub last_reserved: Option<Timestamp>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// A group of workers.
#[derive(Debug, Clone, Serialize)]
pub struct Queue {
    /// `WQ…`
    pub sid: Sid,
    /// What people see.
    pub friendly_name: String,
    /// The expression that its workers fulfil.
    pub target_workers: String,
    /// When it was made.
    pub date_created: Timestamp,
}

/// Rules of routing.
#[derive(Debug, Clone, Serialize)]
pub struct Workflow {
    /// `WW…`
    pub sid: Sid,
    /// What people see.
    pub friendly_name: String,
    /// The configuration's text.
    pub configuration: String,
    /// How long a worker may think about an offer.
    #[serde(serialize_with = "in_seconds")]
    pub task_reservation_timeout: Duration,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

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
    /// Why it was completed or canceled.
    pub reason: Option<String>,
    /// The higher, the sooner.
    pub priority: u64,
    /// The rules it is routed by; none when it names its worker.
    pub workflow_sid: Option<Sid>,
    /// The queue it is in.
    pub queue_sid: Option<Sid>,
    /// When it came into that queue.
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
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
    /// Counts on with every change.
    pub version: u64,
    /// The workers who would not have it, in order.
    pub declined_by: Vec<Sid>,
    /// The name of the workflow's filter that took it.
    pub filter_name: Option<String>,
    /// What is left of its way: the current target first.
    #[serde(skip)]
    pub(super) targets: Vec<Target>,
    #[serde(skip)]
    pub(super) target_entered: Timestamp,
}

/// Which invite made a task.
#[derive(Debug, Clone, Serialize)]
pub struct InviteLink {
    /// `KD…`
    pub interaction_sid: Sid,
    /// `UO…`
    pub channel_sid: Sid,
    /// `KG…`
    pub invite_sid: Sid,
}

/// An offer's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReservationStatus {
    /// The worker thinks about it.
    Pending,
    /// The worker does it.
    Accepted,
    /// The worker would not have it.
    Rejected,
    /// The worker did not answer.
    Timeout,
    /// The task was canceled.
    Canceled,
    /// Somebody else got it.
    Rescinded,
    /// The worker tidies up.
    Wrapping,
    /// The worker is done.
    Completed,
}

/// An offer of a task to a worker.
#[derive(Debug, Clone, Serialize)]
pub struct Reservation {
    /// `WR…`
    pub sid: Sid,
    /// What is offered.
    pub task_sid: Sid,
    /// To whom.
    pub worker_sid: Sid,
    /// The same by name.
    pub worker_name: String,
    /// Its progress.
    #[serde(rename = "reservation_status")]
    pub status: ReservationStatus,
    /// How long the worker may think.
    #[serde(serialize_with = "in_seconds")]
    pub timeout: Duration,
    /// Twilio's error code, where it canceled the offer because of an error.
    pub canceled_reason_code: Option<u32>,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
    /// Counts on with every change.
    pub version: u64,
}

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

names!(AssignmentStatus: Pending = "pending", Reserved = "reserved", Assigned = "assigned",
    Wrapping = "wrapping", Completed = "completed", Canceled = "canceled");
names!(ReservationStatus: Pending = "pending", Accepted = "accepted", Rejected = "rejected",
    Timeout = "timeout", Canceled = "canceled", Rescinded = "rescinded", Wrapping = "wrapping",
    Completed = "completed");

impl AssignmentStatus {
    /// Whether nothing more will happen to the task.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Canceled)
    }
}

impl ReservationStatus {
    /// The event that tells of an offer that has come to it.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Self::Pending => "reservation.created",
            Self::Accepted => "reservation.accepted",
            Self::Rejected => "reservation.rejected",
            Self::Timeout => "reservation.timeout",
            Self::Canceled => "reservation.canceled",
            Self::Rescinded => "reservation.rescinded",
            Self::Wrapping => "reservation.wrapup",
            Self::Completed => "reservation.completed",
        }
    }

    /// Whether it takes up some of the worker's capacity.
    #[must_use]
    pub fn takes_capacity(self) -> bool {
        matches!(self, Self::Pending | Self::Accepted | Self::Wrapping)
    }
}

impl Reservation {
    /// When an unanswered offer ends.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        later(self.date_created, self.timeout)
    }
}

impl Worker {
    /// The worker's capacity for a kind of work.
    #[must_use]
    pub fn channel(&self, unique_name: &str) -> Option<&WorkerChannel> {
        self.channels
            .iter()
            .find(|channel| channel.task_channel_unique_name == unique_name)
    }
}

impl WorkerChannel {
    /// Whether another task fits.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.available && self.assigned_tasks < self.configured_capacity
    }

    /// Which part of the capacity is free, in percent.
    #[must_use]
    pub fn available_percentage(&self) -> u32 {
        let free = self.configured_capacity.saturating_sub(self.assigned_tasks);
        (free * 100)
            .checked_div(self.configured_capacity)
            .unwrap_or(0)
    }
}

fn not_found(kind: &str, sid: &str) -> Error {
    Error::NotFound(format!("/{kind}/{sid}"))
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

/// What may change about a worker; `None` leaves a thing alone.
#[derive(Debug, Clone, Default)]
pub struct WorkerChange {
    /// What they do now.
    pub activity_sid: Option<Sid>,
    /// Whether what they have been offered is declined, if they are not available for it any more.
    pub rejects_pending: bool,
    /// Replaces the attributes whole.
    pub attributes: Option<Value>,
    /// See [`Worker`].
    pub friendly_name: Option<String>,
}

/// What may change about a task; `None` leaves a thing alone.
#[derive(Debug, Clone, Default)]
pub struct TaskChange {
    /// Replaces the attributes whole.
    pub attributes: Option<Value>,
    /// `canceled`, `wrapping` or `completed`.
    pub status: Option<AssignmentStatus>,
    /// Why.
    pub reason: Option<String>,
    /// See [`Task`].
    pub priority: Option<u64>,
    /// See [`Task`].
    pub virtual_start_time: Option<Timestamp>,
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

    /// Adds an activity.
    pub fn create_activity(&mut self, friendly_name: &str, available: bool) -> Activity {
        let activity = Activity {
            sid: self.sids.next("WA"),
            friendly_name: friendly_name.into(),
            available,
            date_created: self.now(),
        };
        self.taskrouter.activities.push(activity.clone());
        activity
    }

    /// Adds a kind of work; workers who come later get a capacity of one for it.
    pub fn create_task_channel(&mut self, unique_name: &str, friendly_name: &str) -> TaskChannel {
        let channel = TaskChannel {
            sid: self.sids.next("TC"),
            unique_name: unique_name.into(),
            friendly_name: friendly_name.into(),
            date_created: self.now(),
        };
        self.taskrouter.task_channels.push(channel.clone());
        channel
    }

    /// Adds a queue.
    pub fn create_queue(&mut self, friendly_name: &str, target_workers: &str) -> Result<Queue> {
        expression::parse(target_workers).map_err(|reason| Error::Invalid {
            name: "TargetWorkers",
            expected: reason,
        })?;
        let queue = Queue {
            sid: self.sids.next("WQ"),
            friendly_name: friendly_name.into(),
            target_workers: target_workers.into(),
            date_created: self.now(),
        };
        self.taskrouter.queues.push(queue.clone());
        Ok(queue)
    }

    /// Adds a workflow.
    pub fn create_workflow(
        &mut self,
        friendly_name: &str,
        configuration: &str,
        reservation_timeout: Duration,
    ) -> Result<Workflow> {
        Routing::parse(configuration)?;
        let now = self.now();
        let workflow = Workflow {
            sid: self.sids.next("WW"),
            friendly_name: friendly_name.into(),
            configuration: configuration.into(),
            task_reservation_timeout: reservation_timeout,
            date_created: now,
            date_updated: now,
        };
        self.taskrouter.workflows.push(workflow.clone());
        Ok(workflow)
    }

    /// Changes a workflow; tasks that are on their way keep the targets they have.
    pub fn update_workflow(
        &mut self,
        sid: &str,
        friendly_name: Option<String>,
        configuration: Option<String>,
        reservation_timeout: Option<Duration>,
    ) -> Result<Workflow> {
        if let Some(text) = &configuration {
            Routing::parse(text)?;
        }
        let now = self.now();
        let workflow = self
            .taskrouter
            .workflows
            .iter_mut()
            .find(|w| w.sid == sid)
            .ok_or_else(|| not_found("Workflows", sid))?;
        if let Some(name) = friendly_name {
            workflow.friendly_name = name;
        }
        if let Some(text) = configuration {
            workflow.configuration = text;
        }
        if let Some(timeout) = reservation_timeout {
            workflow.task_reservation_timeout = timeout;
        }
        workflow.date_updated = now;
        Ok(workflow.clone())
    }

    /// Adds a worker, with a capacity of one for each kind of work.
    pub fn create_worker(
        &mut self,
        friendly_name: &str,
        attributes: Value,
        activity_sid: &str,
    ) -> Result<Worker> {
        if self.taskrouter.worker_named(friendly_name).is_some() {
            return Err(Error::Invalid {
                name: "FriendlyName",
                expected: "a name that no other worker has".into(),
            });
        }
        self.taskrouter.activity(activity_sid)?;
        let now = self.now();
        let kinds = self.taskrouter.task_channels.clone();
        let channels = kinds
            .into_iter()
            .map(|kind| WorkerChannel {
                sid: self.sids.next("WC"),
                task_channel_sid: kind.sid,
                task_channel_unique_name: kind.unique_name,
                configured_capacity: 1,
                assigned_tasks: 0,
                available: true,
                last_reserved: None,
                date_created: now,
                date_updated: now,
            })
            .collect();
        let worker = Worker {
            sid: self.sids.next("WK"),
            friendly_name: friendly_name.into(),
            attributes,
            activity_sid: activity_sid.into(),
            channels,
            date_created: now,
            date_updated: now,
            date_status_changed: now,
            version: 0,
        };
        self.taskrouter.workers.push(worker.clone());
        self.assign();
        Ok(worker)
    }

    /// Changes a worker, and offers them what they can do now.
    pub fn update_worker(&mut self, sid: &str, change: WorkerChange) -> Result<Worker> {
        if let Some(activity) = &change.activity_sid {
            self.taskrouter.activity(activity)?;
        }
        let now = self.now();
        let worker = self.taskrouter.worker_mut(sid)?;
        if let Some(activity) = change
            .activity_sid
            .filter(|activity| *activity != worker.activity_sid)
        {
            worker.activity_sid = activity;
            worker.date_status_changed = now;
        }
        if let Some(attributes) = change.attributes {
            worker.attributes = attributes;
        }
        if let Some(name) = change.friendly_name {
            worker.friendly_name = name;
        }
        worker.date_updated = now;
        worker.version += 1;
        let worker = worker.clone();
        self.emit(Event::WorkerUpdated(Box::new(worker.clone())));
        if change.rejects_pending && !self.is_available(&worker) {
            self.reject_pending(sid)?;
        }
        self.assign();
        Ok(worker)
    }

    /// Changes a worker's capacity for one kind of work, named by SID or unique name.
    pub fn update_worker_channel(
        &mut self,
        worker_sid: &str,
        channel: &str,
        capacity: Option<u32>,
        available: Option<bool>,
    ) -> Result<WorkerChannel> {
        let now = self.now();
        let found = self
            .taskrouter
            .worker_mut(worker_sid)?
            .channels
            .iter_mut()
            .find(|c| {
                c.sid == channel
                    || c.task_channel_sid == channel
                    || c.task_channel_unique_name == channel
            })
            .ok_or_else(|| not_found("Channels", channel))?;
        if let Some(capacity) = capacity {
            found.configured_capacity = capacity;
        }
        if let Some(available) = available {
            found.available = available;
        }
        found.date_updated = now;
        let channel = found.clone();
        self.emit(Event::WorkerChannelUpdated {
            worker_sid: worker_sid.into(),
            channel: channel.clone(),
        });
        self.assign();
        Ok(channel)
    }
}
