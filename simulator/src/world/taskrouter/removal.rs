//! Taking workers, queues and workflows away again.

use super::{Error, Result};
use crate::world::World;

impl World {
    /// Removes a worker who is not at work on anything.
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

    /// Removes a queue in which nothing waits and to which no workflow leads.
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

    /// Removes a workflow that no task follows any more.
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
