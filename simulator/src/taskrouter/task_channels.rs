//! The task channels: kinds of tasks, each with its own capacity.

use jiff::Timestamp;
use serde::Serialize;

use crate::world::sids::Sid;
use crate::world::World;

/// A task channel: a kind of task with its own capacity.
#[derive(Debug, Clone, Serialize)]
pub struct TaskChannel {
    /// `TC…`
    pub sid: Sid,
    /// The name in requests for tasks.
    pub unique_name: String,
    pub friendly_name: String,
    pub date_created: Timestamp,
}

impl World {
    /// Adds a task channel. Later workers get a capacity of one for it.
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
}
