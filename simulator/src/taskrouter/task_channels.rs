//! The task channels: kinds of work, each with a capacity of its own.

use jiff::Timestamp;
use serde::Serialize;

use crate::world::sids::Sid;
use crate::world::World;

/// A kind of work with a capacity of its own.
#[derive(Debug, Clone, Serialize)]
pub struct TaskChannel {
    /// `TC…`
    pub sid: Sid,
    /// The name by which tasks ask for it.
    pub unique_name: String,
    /// The name that people see.
    pub friendly_name: String,
    /// The time of its creation.
    pub date_created: Timestamp,
}

impl World {
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
}
