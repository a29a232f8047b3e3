//! The activities of workers.

use jiff::Timestamp;
use serde::Serialize;

use crate::world::sids::Sid;
use crate::world::World;

#[derive(Debug, Clone, Serialize)]
pub struct Activity {
    /// `WA…`
    pub sid: Sid,
    pub friendly_name: String,
    /// True if workers in this activity are offered tasks.
    pub available: bool,
    pub date_created: Timestamp,
}

impl World {
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
}
