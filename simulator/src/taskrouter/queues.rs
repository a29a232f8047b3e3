//! The task queues: groups of workers.

use jiff::Timestamp;
use serde::Serialize;

use super::expression;
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// A task queue: a group of workers.
#[derive(Debug, Clone, Serialize)]
pub struct Queue {
    /// `WQ…`
    pub sid: Sid,
    pub friendly_name: String,
    /// The expression that selects its workers.
    pub target_workers: String,
    pub date_created: Timestamp,
}

impl World {
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
}
