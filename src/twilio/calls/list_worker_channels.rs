use serde::Deserialize;
use serde_json::json;

use crate::sid::WorkerSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// Reads a worker's capacity on each task channel.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/worker/worker-channels>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListWorkerChannels(pub WorkerSid);

/// A worker's capacity on one task channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkerChannel {
    pub task_channel_unique_name: String,
    /// True if the worker can take another task.
    pub has_room: bool,
    /// The most tasks at a time.
    pub capacity: u32,
    /// The number of tasks that the worker can still take.
    pub free: u32,
}

impl Call for ListWorkerChannels {
    type Answer = Vec<WorkerChannel>;

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::workspace(access).part("Workers").id(&self.0);
        Http::get(uri.part("Channels")).with_query(json!({ "PageSize": 50 }))
    }

    fn read(&self, body: Body<'_>) -> Result<Vec<WorkerChannel>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            channels: Vec<RawChannel>,
        }
        #[derive(Deserialize)]
        struct RawChannel {
            task_channel_unique_name: String,
            available: bool,
            #[serde(default = "everything")]
            available_capacity_percentage: f64,
            #[serde(default)]
            configured_capacity: u32,
            #[serde(default)]
            assigned_tasks: u32,
        }
        fn everything() -> f64 {
            100.0
        }

        let raw: Raw = body.parse()?;
        let channels = raw.channels.into_iter().map(|raw| {
            let has_room = raw.available && raw.available_capacity_percentage > 0.0;
            let free = raw.configured_capacity.saturating_sub(raw.assigned_tasks);
            WorkerChannel {
                task_channel_unique_name: raw.task_channel_unique_name,
                has_room,
                capacity: raw.configured_capacity,
                free: if has_room { free } else { 0 },
            }
        });
        Ok(channels.collect())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(WorkerSid::example())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_channels_are_listed() {
        assert_eq!(
            request(&example::<ListWorkerChannels>()),
            json!({
                "method": "get",
                "uri": "https://taskrouter.twilio.com/v1/Workspaces/WS…/Workers/WK…/Channels",
                "params": { "PageSize": 50 },
            })
        );
    }

    #[test]
    fn a_channel_has_room_if_it_is_available_and_not_full() {
        let channel = |available, percentage| {
            json!({
                "task_channel_unique_name": "chat", "available": available,
                "available_capacity_percentage": percentage,
            })
        };
        let body = json!({ "channels": [
            channel(true, 40),
            channel(true, 0),
            channel(false, 100),
            { "task_channel_unique_name": "chat", "available": true },
        ] });
        let read = answer(&example::<ListWorkerChannels>(), &body);
        let has_room: Vec<bool> = read.iter().map(|one| one.has_room).collect();
        assert_eq!(has_room, [true, false, false, true]);
    }

    #[test]
    fn the_free_places_are_counted() {
        let channel = |available, assigned| {
            json!({
                "task_channel_unique_name": "chat", "available": available, "configured_capacity": 3,
                "assigned_tasks": assigned, "available_capacity_percentage": 100 - 33 * assigned,
            })
        };
        let body = json!({ "channels": [
            channel(true, 1),
            channel(false, 1),
            { "task_channel_unique_name": "chat", "available": true },
        ] });
        let read = answer(&example::<ListWorkerChannels>(), &body);
        let free: Vec<(u32, u32)> = read.iter().map(|one| (one.free, one.capacity)).collect();
        assert_eq!(free, [(2, 3), (0, 3), (0, 0)]);
    }
}
