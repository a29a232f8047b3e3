//! The workers, and their capacity for each task channel.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::not_found;
use crate::world::error::{Error, Result};
use crate::world::event::WorldEvent;
use crate::world::sids::Sid;
use crate::world::World;

/// A worker.
#[derive(Debug, Clone, Serialize)]
pub struct Worker {
    /// `WK…`
    pub sid: Sid,
    /// In Flex also the chat identity.
    pub friendly_name: String,
    /// A JSON object.
    pub attributes: Value,
    pub activity_sid: Sid,
    /// The capacity for each task channel.
    pub channels: Vec<WorkerChannel>,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
    /// The time of the last change of activity.
    pub date_status_changed: Timestamp,
    /// Incremented by every change.
    pub version: u64,
}

/// A worker's capacity for one task channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkerChannel {
    /// `WC…`
    pub sid: Sid,
    pub task_channel_sid: Sid,
    pub task_channel_unique_name: String,
    /// The maximum number of concurrent tasks.
    pub configured_capacity: u32,
    /// The number of reserved and accepted tasks.
    pub assigned_tasks: u32,
    /// True if the worker can get such tasks at all.
    pub available: bool,
    /// The time of the last reservation.
    pub last_reserved: Option<Timestamp>,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// A change to a worker; `None` keeps a field.
#[derive(Debug, Clone, Default)]
pub struct WorkerChange {
    pub activity_sid: Option<Sid>,
    /// True if a change to an unavailable activity rejects pending reservations.
    pub rejects_pending: bool,
    /// The new attributes, which replace the old ones.
    pub attributes: Option<Value>,
    pub friendly_name: Option<String>,
}

impl Worker {
    /// Returns the worker's capacity for a task channel.
    #[must_use]
    pub fn channel(&self, unique_name: &str) -> Option<&WorkerChannel> {
        self.channels
            .iter()
            .find(|channel| channel.task_channel_unique_name == unique_name)
    }
}

impl WorkerChannel {
    /// Returns true if the worker has capacity for another task.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.available && self.assigned_tasks < self.configured_capacity
    }

    /// Returns the free part of the capacity, in percent.
    #[must_use]
    pub fn available_percentage(&self) -> u32 {
        let free = self.configured_capacity.saturating_sub(self.assigned_tasks);
        (free * 100)
            .checked_div(self.configured_capacity)
            .unwrap_or(0)
    }
}

impl World {
    /// Adds a worker, with a capacity of one for each task channel.
    pub fn create_worker(
        &mut self,
        friendly_name: &str,
        attributes: Value,
        activity_sid: &str,
    ) -> Result<Worker> {
        if self.taskrouter.worker_named(friendly_name).is_some() {
            return Err(Error::Invalid {
                name: "FriendlyName",
                expected: "an unused name".into(),
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

    /// Changes a worker, then assigns tasks that the worker can take now.
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
        self.emit(WorldEvent::WorkerUpdated(Box::new(worker.clone())));
        if change.rejects_pending && !self.is_available(&worker) {
            self.reject_pending(sid)?;
        }
        self.assign();
        Ok(worker)
    }

    /// Changes a worker's capacity for one task channel, named by SID or unique name.
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
        self.emit(WorldEvent::WorkerChannelUpdated {
            worker_sid: worker_sid.into(),
            channel: channel.clone(),
        });
        self.assign();
        Ok(channel)
    }
}
