use serde::Deserialize;
use serde_json::json;

use crate::sid::WorkerSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

/// Reads how much a worker can take on, for each task channel.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/worker/worker-channels>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListWorkerChannels(pub WorkerSid);

/// A worker's capacity on one task channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkerChannel {
    /// The task channel.
    pub task_channel_unique_name: String,
    /// Whether another task fits.
    pub has_room: bool,
}

impl Call for ListWorkerChannels {
    type Answer = Vec<WorkerChannel>;
    answers_as!(ListWorkerChannels);

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::workspace(access).part("Workers").id(&self.0);
        Http::get(uri.part("Channels")).query(json!({ "PageSize": 50 }))
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
        }
        fn everything() -> f64 {
            100.0
        }

        let raw: Raw = body.parse()?;
        let channels = raw.channels.into_iter().map(|raw| WorkerChannel {
            task_channel_unique_name: raw.task_channel_unique_name,
            has_room: raw.available && raw.available_capacity_percentage > 0.0,
        });
        Ok(channels.collect())
    }
}
