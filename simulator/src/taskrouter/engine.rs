//! The routing engine: creation and assignment of tasks, answers to offers, and timeouts.

use jiff::Timestamp;
use serde_json::{json, Value};

use super::callbacks::task_event;
use super::expression::{self, Expression, Scope};
use super::workflow::{FilterMatch, KnownWorker, Routing, Target};
use super::{
    AssignmentStatus, InviteLink, Reservation, ReservationStatus, Task, TaskChange, Worker,
    WorkerChange, DEFAULT_TASK_TIMEOUT,
};
use crate::readings::{ExhaustedTargets, NamedWorker};
use crate::world::clock::later;
use crate::world::error::{Error, Result};
use crate::world::event::WorldEvent;
use crate::world::sids::Sid;
use crate::world::World;
use std::time::Duration;

/// The time that a worker has to accept an offer without a workflow.
const DEFAULT_RESERVATION_TIMEOUT: Duration = Duration::from_secs(120);

/// A task to create.
#[derive(Debug, Clone, Default)]
pub struct NewTask {
    pub attributes: Value,
    /// The workflow. Without one, `worker_sid` or `is_for_queue` is required.
    pub workflow_sid: Option<Sid>,
    /// The queue of a task that names a worker or `is_for_queue`.
    pub queue_sid: Option<Sid>,
    /// True if any worker of that queue can take the task, without a workflow.
    pub is_for_queue: bool,
    /// The only worker who can take the task.
    pub worker_sid: Option<Sid>,
    /// Defaults to `default`.
    pub task_channel: Option<String>,
    pub priority: Option<u64>,
    pub timeout: Option<Duration>,
    /// Defaults to the time of its creation.
    pub virtual_start_time: Option<Timestamp>,
    pub ignores_capacity: bool,
    pub invite: Option<InviteLink>,
}

impl World {
    /// Creates a task, and offers it to the first worker who can take it.
    pub fn create_task(&mut self, new: NewTask) -> Result<Task> {
        let channel = self
            .taskrouter
            .task_channel(new.task_channel.as_deref().unwrap_or("default"))?
            .unique_name
            .clone();
        if let Some(queue) = &new.queue_sid {
            self.taskrouter.queue(queue)?;
        }
        let matched = match (&new.worker_sid, &new.workflow_sid) {
            (Some(worker), _) => {
                self.taskrouter.worker(worker)?;
                FilterMatch::default()
            }
            (None, Some(workflow)) => {
                let configuration = self.taskrouter.workflow(workflow)?.configuration.clone();
                let includes_default_filter =
                    self.readings.exhausted_targets == ExhaustedTargets::DefaultFilter;
                Routing::parse(&configuration)?.match_task(&new.attributes, includes_default_filter)
            }
            (None, None) if new.is_for_queue => FilterMatch {
                filter_name: None,
                targets: new.queue_sid.iter().map(Target::from_queue).collect(),
            },
            (None, None) => {
                return Err(Error::Invalid {
                    name: "WorkflowSid",
                    expected: "a workflow, or a worker and a queue".into(),
                })
            }
        };
        let now = self.now();
        let mut task = Task {
            sid: self.sids.next("WT"),
            attributes: new.attributes,
            assignment_status: AssignmentStatus::Pending,
            reason: None,
            priority: new.priority.unwrap_or(0),
            workflow_sid: new.workflow_sid,
            queue_sid: new.queue_sid,
            queue_entered: None,
            routing_target: new.worker_sid,
            task_channel_unique_name: channel,
            timeout: new.timeout.unwrap_or(DEFAULT_TASK_TIMEOUT),
            virtual_start_time: new.virtual_start_time.unwrap_or(now),
            ignores_capacity: new.ignores_capacity,
            invite: new.invite,
            date_created: now,
            date_updated: now,
            version: 0,
            declined_by: Vec::new(),
            filter_name: matched.filter_name,
            targets: matched.targets,
            target_entered: now,
        };
        let sid = task.sid.clone();
        self.emit(WorldEvent::Changed);
        self.call_back_task("task.created", &task);
        enter_target(&mut task, now);
        self.taskrouter.tasks.insert(sid.clone(), task.clone());
        if task.routing_target.is_none() && task.workflow_sid.is_some() {
            self.call_back_workflow("workflow.entered", &task);
            if task.targets.is_empty() {
                self.cancel_task(&sid, "Task canceled: no filter of the workflow matched")?;
                return Ok(self.taskrouter.task(&sid)?.clone());
            }
            self.call_back_workflow("workflow.target-matched", &task);
        } else if task.routing_target.is_some()
            && self.readings.named_worker == NamedWorker::Canceled
            && self.candidate(&task).is_none()
        {
            self.cancel_task(&sid, "the named worker is not available")?;
        }
        self.assign();
        Ok(self.taskrouter.task(&sid)?.clone())
    }

    /// Changes a task, including its status.
    pub fn update_task(&mut self, sid: &str, change: TaskChange) -> Result<Task> {
        let now = self.now();
        let posts_event = change.attributes.is_some() || change.priority.is_some();
        let task = self.taskrouter.task_mut(sid)?;
        if let Some(attributes) = change.attributes {
            task.attributes = attributes;
        }
        if let Some(priority) = change.priority {
            task.priority = priority;
        }
        if let Some(time) = change.virtual_start_time {
            task.virtual_start_time = time;
        }
        task.date_updated = now;
        task.version += 1;
        let task = task.clone();
        self.emit(WorldEvent::TaskUpdated(Box::new(task.clone())));
        if posts_event {
            self.call_back_task("task.updated", &task);
        }
        let reason = change.reason.as_deref().unwrap_or_default();
        match change.status {
            None => {}
            Some(to) if to == task.assignment_status => {}
            Some(AssignmentStatus::Canceled) if !task.assignment_status.is_final() => {
                self.cancel_task(sid, reason)?;
            }
            Some(AssignmentStatus::Wrapping)
                if task.assignment_status == AssignmentStatus::Assigned =>
            {
                self.wrap_up_task(sid)?;
            }
            Some(AssignmentStatus::Completed)
                if matches!(
                    task.assignment_status,
                    AssignmentStatus::Assigned | AssignmentStatus::Wrapping
                ) =>
            {
                self.complete_task(sid, reason)?;
            }
            Some(to) => {
                return Err(Error::Transition(format!(
                    "Cannot change task from {} to {}",
                    task.assignment_status.name(),
                    to.name()
                )))
            }
        }
        Ok(self.taskrouter.task(sid)?.clone())
    }

    /// Accepts a reservation as its worker, who joins the conversation if the task is an invite.
    pub fn accept_reservation(&mut self, sid: &str) -> Result<Reservation> {
        if self.is_duplicate_join(sid)? {
            return self.cancel_acceptance(sid);
        }
        let task_sid = self.move_reservation_from(
            sid,
            &[ReservationStatus::Pending],
            ReservationStatus::Accepted,
        )?;
        self.move_task(&task_sid, AssignmentStatus::Assigned)?;
        self.emit_reservation(sid);
        self.join_agent(sid)?;
        Ok(self.taskrouter.reservation(sid)?.clone())
    }

    /// Cancels the acceptance of a worker who is a participant of the conversation already. The task waits for
    /// other workers.
    ///
    /// Source: <https://www.twilio.com/docs/api/errors/50433>.
    fn cancel_acceptance(&mut self, sid: &str) -> Result<Reservation> {
        let task_sid = self.move_reservation_from(
            sid,
            &[ReservationStatus::Pending],
            ReservationStatus::Canceled,
        )?;
        let code = Error::ParticipantExists.code();
        let reservation = self.taskrouter.reservation_mut(sid)?;
        reservation.canceled_reason_code = Some(code);
        let worker_sid = reservation.worker_sid.clone();
        let task = self.taskrouter.task_mut(&task_sid)?;
        task.declined_by.push(worker_sid);
        self.move_task(&task_sid, AssignmentStatus::Pending)?;
        self.emit_reservation(sid);
        self.assign();
        Ok(self.taskrouter.reservation(sid)?.clone())
    }

    /// Rejects a reservation as its worker. The task is offered to another worker, or canceled if it is for
    /// this worker only. The worker may change to another activity with it.
    pub fn reject_reservation(
        &mut self,
        sid: &str,
        activity_sid: Option<Sid>,
    ) -> Result<Reservation> {
        self.decline(sid, ReservationStatus::Rejected, activity_sid)
    }

    /// Rejects all pending reservations of a worker.
    pub(super) fn reject_pending(&mut self, worker_sid: &str) -> Result<()> {
        let pending: Vec<Sid> = self
            .taskrouter
            .reservations_of_worker(worker_sid)
            .filter(|reservation| reservation.status == ReservationStatus::Pending)
            .map(|reservation| reservation.sid.clone())
            .collect();
        for reservation in pending {
            self.reject_reservation(&reservation, None)?;
        }
        Ok(())
    }

    /// Moves a reservation, and its task, to wrap-up.
    pub fn wrap_up_reservation(&mut self, sid: &str) -> Result<Reservation> {
        let task_sid = self.taskrouter.reservation(sid)?.task_sid.clone();
        self.wrap_up_task(&task_sid)?;
        Ok(self.taskrouter.reservation(sid)?.clone())
    }

    /// Completes a reservation and its task.
    pub fn complete_reservation(&mut self, sid: &str) -> Result<Reservation> {
        let task_sid = self.taskrouter.reservation(sid)?.task_sid.clone();
        self.complete_task(&task_sid, "completed")?;
        Ok(self.taskrouter.reservation(sid)?.clone())
    }

    /// Cancels a task.
    pub fn cancel_task(&mut self, sid: &str, reason: &str) -> Result<()> {
        self.taskrouter.task_mut(sid)?.reason = Some(reason.into());
        self.move_task(sid, AssignmentStatus::Canceled)?;
        for reservation in self.open_reservations(sid) {
            self.move_reservation(&reservation, ReservationStatus::Canceled)?;
            self.emit_reservation(&reservation);
        }
        self.emit(WorldEvent::Changed);
        self.assign();
        Ok(())
    }

    /// Moves a task to wrap-up.
    pub fn wrap_up_task(&mut self, sid: &str) -> Result<()> {
        for reservation in self.open_reservations(sid) {
            self.move_reservation_from(
                &reservation,
                &[ReservationStatus::Accepted],
                ReservationStatus::Wrapping,
            )?;
            self.move_task(sid, AssignmentStatus::Wrapping)?;
            self.emit_reservation(&reservation);
        }
        Ok(())
    }

    /// Completes a task and frees the worker's capacity.
    pub fn complete_task(&mut self, sid: &str, reason: &str) -> Result<()> {
        let taken = [ReservationStatus::Accepted, ReservationStatus::Wrapping];
        let open = self.open_reservations(sid);
        for reservation in &open {
            self.move_reservation_from(reservation, &taken, ReservationStatus::Completed)?;
        }
        if !reason.is_empty() {
            self.taskrouter.task_mut(sid)?.reason = Some(reason.into());
        }
        self.move_task(sid, AssignmentStatus::Completed)?;
        for reservation in &open {
            self.emit_reservation(reservation);
        }
        self.remove_finished_agent(sid);
        self.assign();
        Ok(())
    }

    /// Offers every waiting task, by priority and age, to the first worker who can take it.
    pub fn assign(&mut self) {
        let mut waiting: Vec<(std::cmp::Reverse<u64>, Timestamp, Sid)> = self
            .taskrouter
            .tasks
            .values()
            .filter(|task| task.assignment_status == AssignmentStatus::Pending)
            .map(|task| {
                (
                    std::cmp::Reverse(task.priority),
                    task.virtual_start_time,
                    task.sid.clone(),
                )
            })
            .collect();
        waiting.sort();
        for (_, _, sid) in waiting {
            // The assignment of an earlier task may have changed this one.
            let is_waiting = |task: &Task| task.assignment_status == AssignmentStatus::Pending;
            if !self.taskrouter.task(&sid).is_ok_and(is_waiting) {
                continue;
            }
            if let Some(worker) = self.find_worker(&sid) {
                self.reserve(&sid, &worker);
            }
        }
    }

    /// Returns the next time at which [`World::fire_due_routing`] has work.
    pub(crate) fn next_routing_deadline(&self) -> Option<Timestamp> {
        let answers = self
            .taskrouter
            .reservations
            .values()
            .filter(|r| r.status == ReservationStatus::Pending)
            .map(Reservation::deadline);
        let open = || {
            self.taskrouter
                .tasks
                .values()
                .filter(|task| !task.assignment_status.is_final())
        };
        let lives = open()
            .filter(|task| is_waiting_task(task))
            .map(|task| later(task.date_created, task.timeout));
        let targets = open()
            .filter(|task| task.assignment_status == AssignmentStatus::Pending)
            .filter_map(|task| Some(later(task.target_entered, task.targets.first()?.timeout?)));
        answers.chain(lives).chain(targets).min()
    }

    /// Ends what is due: unanswered offers, tasks, and targets.
    pub(crate) fn fire_due_routing(&mut self) -> Result<()> {
        let now = self.now();
        let unanswered: Vec<Sid> = self
            .taskrouter
            .reservations
            .values()
            .filter(|r| r.status == ReservationStatus::Pending && r.deadline() <= now)
            .map(|r| r.sid.clone())
            .collect();
        for sid in unanswered {
            let offline = Some(self.taskrouter.timeout_activity_sid.clone());
            self.decline(&sid, ReservationStatus::Timeout, offline)?;
        }
        let waiting: Vec<Sid> = self
            .taskrouter
            .tasks
            .values()
            .filter(|task| is_waiting_task(task))
            .map(|task| task.sid.clone())
            .collect();
        for sid in waiting {
            // The current state: ending the others may have changed it.
            let task = self.taskrouter.task(&sid)?;
            let pending = task.assignment_status == AssignmentStatus::Pending;
            let target_ends = task
                .targets
                .first()
                .and_then(|target| target.timeout)
                .map(|t| later(task.target_entered, t));
            if is_waiting_task(task) && later(task.date_created, task.timeout) <= now {
                self.cancel_task(&sid, "Task TTL Exceeded")?;
            } else if pending && target_ends.is_some_and(|end| end <= now) {
                self.next_target(&sid)?;
            }
        }
        self.assign();
        Ok(())
    }

    fn next_target(&mut self, sid: &str) -> Result<()> {
        let now = self.now();
        let task = self.taskrouter.task_mut(sid)?;
        if task.targets.len() <= 1 {
            return self.leave_workflow(sid, "workflow.timeout", "Workflow timeout");
        }
        task.targets.remove(0);
        enter_target(task, now);
        let task = task.clone();
        self.call_back_workflow("workflow.target-matched", &task);
        self.emit(WorldEvent::TaskUpdated(Box::new(task)));
        Ok(())
    }

    /// Cancels a task that has reached the end of its workflow.
    fn leave_workflow(&mut self, sid: &str, event: &'static str, how: &str) -> Result<()> {
        let task = self.taskrouter.task(sid)?.clone();
        self.call_back_workflow(event, &task);
        self.cancel_task(sid, &format!("Task canceled on {how}"))
    }

    /// Returns the worker who can take the task at once. Without one, skips a target that names an unknown
    /// worker, unless it is the last; and a target whose `skip_if` holds. If that was the last target, cancels
    /// the task.
    fn find_worker(&mut self, sid: &str) -> Option<Sid> {
        loop {
            let task = self.taskrouter.task(sid).ok()?;
            if let Some(worker) = self.candidate(task) {
                return Some(worker);
            }
            let (first, rest) = task.targets.split_first()?;
            let skipped = self.skips(task, first);
            if rest.is_empty() {
                if skipped {
                    self.leave_workflow(sid, "workflow.skipped", "Workflow skip")
                        .ok()?;
                }
                return None;
            }
            if !skipped && !self.names_unknown_worker(task, first) {
                return None;
            }
            self.next_target(sid).ok()?;
        }
    }

    /// Returns true if a target is for one worker who does not exist.
    fn names_unknown_worker(&self, task: &Task, target: &Target) -> bool {
        target.known_worker.is_some() && self.known_worker(task, target).is_none()
    }

    /// Returns true if a target's `skip_if` holds.
    fn skips(&self, task: &Task, target: &Target) -> bool {
        let Some(Ok(condition)) = target.skip_if.as_deref().map(expression::parse) else {
            return false;
        };
        let queue = self.queue_expression(target);
        let available = self
            .taskrouter
            .workers
            .iter()
            .filter(|worker| self.is_available(worker) && is_in(queue.as_ref(), worker))
            .count();
        let workers = json!({"workers": {"available": available}});
        condition.holds(Scope {
            own: &workers,
            task: &task.attributes,
            worker: &Value::Null,
        })
    }

    fn candidate(&self, task: &Task) -> Option<Sid> {
        let fits = |worker: &&Worker| {
            self.is_available(worker)
                && worker
                    .channel(&task.task_channel_unique_name)
                    .is_some_and(super::WorkerChannel::has_room)
        };
        if let Some(named) = &task.routing_target {
            return self
                .taskrouter
                .worker(named)
                .ok()
                .filter(|worker| task.ignores_capacity || fits(worker))
                .map(|worker| worker.sid.clone());
        }
        let target = task.targets.first()?;
        self.target_workers(task, target)
            .filter(fits)
            .min_by_key(|worker| {
                let declined = task
                    .declined_by
                    .iter()
                    .filter(|sid| **sid == worker.sid)
                    .count();
                let channel = worker.channel(&task.task_channel_unique_name);
                (
                    declined,
                    channel.map(|c| c.assigned_tasks),
                    channel.and_then(|c| c.last_reserved),
                )
            })
            .map(|worker| worker.sid.clone())
    }

    fn target_workers<'a>(
        &'a self,
        task: &'a Task,
        target: &'a Target,
    ) -> impl Iterator<Item = &'a Worker> {
        let known = target
            .known_worker
            .as_ref()
            .map(|_| self.known_worker(task, target));
        let queue = self.queue_expression(target);
        let own = target
            .expression
            .as_deref()
            .and_then(|text| expression::parse(text).ok());
        self.taskrouter.workers.iter().filter(move |worker| {
            let known = known
                .as_ref()
                .is_none_or(|known| known.as_ref() == Some(&worker.sid));
            let scope = Scope {
                own: &task.attributes,
                task: &task.attributes,
                worker: &worker.attributes,
            };
            known
                && is_in(queue.as_ref(), worker)
                && own
                    .as_ref()
                    .is_none_or(|expression| expression.holds(scope))
        })
    }

    /// Returns the expression that selects the workers of the target's queue.
    fn queue_expression(&self, target: &Target) -> Option<Expression> {
        let queue = self.taskrouter.queue(&target.queue_sid).ok()?;
        expression::parse(&queue.target_workers).ok()
    }

    fn known_worker(&self, task: &Task, target: &Target) -> Option<Sid> {
        let scope = Scope {
            own: &task.attributes,
            task: &task.attributes,
            worker: &Value::Null,
        };
        let named = |path: &str| expression::lookup(path, scope).as_str().map(str::to_owned);
        let worker = match target.known_worker.as_ref()? {
            KnownWorker::Sid(path) => self.taskrouter.worker(&named(path)?).ok(),
            KnownWorker::FriendlyName(path) => self.taskrouter.worker_named(&named(path)?),
        };
        worker.map(|worker| worker.sid.clone())
    }

    pub(super) fn is_available(&self, worker: &Worker) -> bool {
        self.taskrouter
            .activity(&worker.activity_sid)
            .is_ok_and(|activity| activity.available)
    }

    fn reserve(&mut self, task_sid: &str, worker_sid: &str) {
        let now = self.now();
        let Ok(task) = self.taskrouter.task(task_sid) else {
            return;
        };
        let Ok(worker) = self.taskrouter.worker(worker_sid) else {
            return;
        };
        let timeout = self
            .taskrouter
            .workflow_of(task)
            .map_or(DEFAULT_RESERVATION_TIMEOUT, |workflow| {
                workflow.task_reservation_timeout
            });
        let reservation = Reservation {
            sid: self.sids.next("WR"),
            task_sid: task_sid.into(),
            worker_sid: worker_sid.into(),
            worker_name: worker.friendly_name.clone(),
            status: ReservationStatus::Pending,
            timeout,
            canceled_reason_code: None,
            date_created: now,
            date_updated: now,
            version: 0,
        };
        let sid = reservation.sid.clone();
        self.taskrouter
            .reservations
            .insert(sid.clone(), reservation);
        if self.move_task(task_sid, AssignmentStatus::Reserved).is_ok() {
            self.refresh_capacity(worker_sid, Some(now));
            self.emit_reservation(&sid);
        }
    }

    fn decline(
        &mut self,
        sid: &str,
        status: ReservationStatus,
        activity_sid: Option<Sid>,
    ) -> Result<Reservation> {
        let task_sid = self.move_reservation_from(sid, &[ReservationStatus::Pending], status)?;
        let worker_sid = self.taskrouter.reservation(sid)?.worker_sid.clone();
        self.taskrouter
            .task_mut(&task_sid)?
            .declined_by
            .push(worker_sid.clone());
        let task = self.move_task(&task_sid, AssignmentStatus::Pending)?;
        self.emit_reservation(sid);
        if task.routing_target.is_some() {
            self.cancel_task(&task_sid, "the named worker has declined the task")?;
        }
        match activity_sid.filter(|activity| !activity.is_empty()) {
            Some(activity) => {
                self.update_worker(
                    &worker_sid,
                    WorkerChange {
                        activity_sid: Some(activity),
                        ..WorkerChange::default()
                    },
                )?;
            }
            None => self.assign(),
        }
        Ok(self.taskrouter.reservation(sid)?.clone())
    }

    pub(super) fn open_reservations(&self, task_sid: &str) -> Vec<Sid> {
        self.taskrouter
            .reservations_of_task(task_sid)
            .filter(|r| r.status.takes_capacity())
            .map(|r| r.sid.clone())
            .collect()
    }

    /// Moves a reservation from one of the states `from` to another, and returns its task.
    fn move_reservation_from(
        &mut self,
        sid: &str,
        from: &[ReservationStatus],
        to: ReservationStatus,
    ) -> Result<Sid> {
        let reservation = self.taskrouter.reservation(sid)?;
        if !from.contains(&reservation.status) {
            return Err(Error::Transition(format!(
                "Cannot change reservation from {} to {}",
                reservation.status.name(),
                to.name()
            )));
        }
        self.move_reservation(sid, to)
    }

    pub(super) fn move_reservation(&mut self, sid: &str, to: ReservationStatus) -> Result<Sid> {
        let now = self.now();
        let reservation = self.taskrouter.reservation_mut(sid)?;
        reservation.status = to;
        reservation.date_updated = now;
        reservation.version += 1;
        let (task_sid, worker_sid) = (reservation.task_sid.clone(), reservation.worker_sid.clone());
        self.refresh_capacity(&worker_sid, None);
        Ok(task_sid)
    }

    fn move_task(&mut self, sid: &str, to: AssignmentStatus) -> Result<Task> {
        let now = self.now();
        let task = self.taskrouter.task_mut(sid)?;
        task.assignment_status = to;
        task.date_updated = now;
        task.version += 1;
        let task = task.clone();
        if let Some(event) = task_event(to) {
            self.call_back_task(event, &task);
        }
        Ok(task)
    }

    pub(super) fn emit_reservation(&mut self, sid: &str) {
        let Ok(reservation) = self.taskrouter.reservation(sid).cloned() else {
            return;
        };
        let Ok(task) = self.taskrouter.task(&reservation.task_sid).cloned() else {
            return;
        };
        self.call_back_reservation(&reservation, &task);
        self.emit(WorldEvent::Reservation {
            reservation,
            task: Box::new(task),
        });
    }

    fn refresh_capacity(&mut self, worker_sid: &str, reserved: Option<Timestamp>) {
        let now = self.now();
        let taken: Vec<String> = self
            .taskrouter
            .reservations_of_worker(worker_sid)
            .filter(|r| r.status.takes_capacity())
            .filter_map(|r| {
                Some(
                    self.taskrouter
                        .task(&r.task_sid)
                        .ok()?
                        .task_channel_unique_name
                        .clone(),
                )
            })
            .collect();
        let Ok(worker) = self.taskrouter.worker_mut(worker_sid) else {
            return;
        };
        let mut changed = Vec::new();
        for channel in &mut worker.channels {
            let assigned = taken
                .iter()
                .filter(|name| **name == channel.task_channel_unique_name)
                .count();
            let assigned = u32::try_from(assigned).unwrap_or(u32::MAX);
            if channel.assigned_tasks != assigned {
                channel.assigned_tasks = assigned;
                channel.date_updated = now;
                channel.last_reserved = reserved.or(channel.last_reserved);
                changed.push(channel.clone());
            }
        }
        for channel in changed {
            self.emit(WorldEvent::WorkerChannelUpdated {
                worker_sid: worker_sid.into(),
                channel,
            });
        }
    }
}

fn is_in(queue: Option<&Expression>, worker: &Worker) -> bool {
    queue.is_some_and(|queue| queue.holds(Scope::new(&worker.attributes)))
}

fn is_waiting_task(task: &Task) -> bool {
    matches!(
        task.assignment_status,
        AssignmentStatus::Pending | AssignmentStatus::Reserved
    )
}

fn enter_target(task: &mut Task, now: Timestamp) {
    task.target_entered = now;
    if let Some(target) = task.targets.first() {
        task.queue_sid = Some(target.queue_sid.clone());
        task.priority = target.priority.unwrap_or(task.priority);
    }
    task.queue_entered = task.queue_sid.as_ref().map(|_| now);
}
