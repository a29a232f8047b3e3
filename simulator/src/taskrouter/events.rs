//! The event log of a workspace. `TaskRouter` keeps every event for 30 days, with or without a callback.
//!
//! Source: <https://www.twilio.com/docs/taskrouter/api/event>.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::world::clock::earlier;
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The time for which an event is kept.
pub const RETENTION: Duration = Duration::from_secs(30 * 86_400);

/// An event of the workspace.
#[derive(Debug, Clone, Serialize)]
pub struct LoggedEvent {
    /// `EV…`
    pub sid: Sid,
    /// Such as `task.canceled`.
    pub event_type: &'static str,
    /// A sentence for people.
    pub description: String,
    /// `task`, `reservation` or `workflow`.
    pub resource_type: &'static str,
    pub resource_sid: Sid,
    pub date: Timestamp,
    /// The parameters of the callback, with names in snake case.
    pub data: BTreeMap<String, String>,
}

/// The events of the last 30 days, oldest first.
#[derive(Debug, Default)]
pub struct EventLog(VecDeque<LoggedEvent>);

impl EventLog {
    /// Adds an event, and removes those that are too old.
    pub fn push(&mut self, event: LoggedEvent) {
        let kept_since = earlier(event.date, RETENTION);
        while self.0.front().is_some_and(|old| old.date < kept_since) {
            self.0.pop_front();
        }
        self.0.push_back(event);
    }

    /// Returns the events that are still kept at `now`, newest first.
    pub fn newest_first(&self, now: Timestamp) -> impl Iterator<Item = &LoggedEvent> {
        let kept_since = earlier(now, RETENTION);
        self.0
            .iter()
            .rev()
            .take_while(move |event| event.date >= kept_since)
    }
}

impl World {
    /// Returns the event with this SID.
    pub fn event(&self, sid: &str) -> Result<&LoggedEvent> {
        self.taskrouter
            .events
            .newest_first(self.now())
            .find(|event| event.sid == sid)
            .ok_or_else(|| Error::NotFound(format!("/Events/{sid}")))
    }
}

/// Returns a parameter's name in snake case: `task_queue_sid` for `TaskQueueSid`.
pub fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_names_become_snake_case() {
        for (name, snake) in [
            ("TaskSid", "task_sid"),
            ("TaskChannelUniqueName", "task_channel_unique_name"),
            ("Sid", "sid"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }
}
