//! The deletion of workers, queues, workflows and tasks, and the completion of tasks without a worker.

use super::{AssignmentStatus, Error, ReservationStatus, Result};
use crate::world::event::WorldEvent;
use crate::world::World;

impl World {
    /// Deletes a task on request, and cancels its open reservations.
    pub fn delete_task(&mut self, sid: &str) -> Result<()> {
        self.take_task_out(sid, "task.deleted")
    }

    /// Deletes a task as Twilio itself does with one that is too old.
    pub fn system_delete_task(&mut self, sid: &str) -> Result<()> {
        self.take_task_out(sid, "task.system-deleted")
    }

    /// Completes a task, even if nobody has accepted it.
    pub fn complete_without_worker(&mut self, sid: &str, reason: &str) -> Result<()> {
        let task = self.taskrouter.task(sid)?;
        if task.assignment_status.is_final() {
            return Err(Error::Transition("the task is over".into()));
        }
        self.cancel_pending_reservations(sid)?;
        self.complete_task(sid, reason)
    }

    fn take_task_out(&mut self, sid: &str, event: &'static str) -> Result<()> {
        let task = self.taskrouter.task(sid)?.clone();
        self.call_back_task(event, &task);
        // So that canceling the reservations does not offer the task again.
        self.taskrouter.task_mut(sid)?.assignment_status = AssignmentStatus::Canceled;
        for reservation in self.open_reservations(sid) {
            self.move_reservation(&reservation, ReservationStatus::Canceled)?;
            self.emit_reservation(&reservation);
        }
        self.taskrouter.tasks.remove(sid);
        self.emit(WorldEvent::Changed);
        self.assign();
        Ok(())
    }

    fn cancel_pending_reservations(&mut self, task_sid: &str) -> Result<()> {
        for sid in self.open_reservations(task_sid) {
            if self.taskrouter.reservation(&sid)?.status == ReservationStatus::Pending {
                self.move_reservation(&sid, ReservationStatus::Canceled)?;
                self.emit_reservation(&sid);
            }
        }
        Ok(())
    }

    /// Removes a worker without unfinished tasks.
    pub fn remove_worker(&mut self, sid: &str) -> Result<()> {
        self.taskrouter.worker(sid)?;
        let mut own = self.taskrouter.reservations.values();
        if own.any(|offer| offer.worker_sid == sid && offer.status.takes_capacity()) {
            return Err(Error::Transition(
                "a worker with open reservations cannot be deleted".into(),
            ));
        }
        self.taskrouter.workers.retain(|worker| worker.sid != sid);
        Ok(())
    }

    /// Removes a queue without tasks to which no workflow refers.
    pub fn remove_queue(&mut self, sid: &str) -> Result<()> {
        self.taskrouter.queue(sid)?;
        let mut workflows = self.taskrouter.workflows.iter();
        if workflows.any(|workflow| workflow.configuration.contains(sid)) {
            return Err(Error::Transition(
                "a queue that a workflow names cannot be deleted".into(),
            ));
        }
        let mut tasks = self.taskrouter.tasks.values();
        if tasks.any(|task| {
            task.queue_sid.as_deref() == Some(sid) && !task.assignment_status.is_final()
        }) {
            return Err(Error::Transition(
                "a queue with tasks cannot be deleted".into(),
            ));
        }
        self.taskrouter.queues.retain(|queue| queue.sid != sid);
        Ok(())
    }

    /// Removes a workflow without unfinished tasks.
    pub fn remove_workflow(&mut self, sid: &str) -> Result<()> {
        self.taskrouter.workflow(sid)?;
        let mut tasks = self.taskrouter.tasks.values();
        if tasks.any(|task| {
            task.workflow_sid.as_deref() == Some(sid) && !task.assignment_status.is_final()
        }) {
            return Err(Error::Transition(
                "a workflow with tasks cannot be deleted".into(),
            ));
        }
        self.taskrouter
            .workflows
            .retain(|workflow| workflow.sid != sid);
        Ok(())
    }
}
