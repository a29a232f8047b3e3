use serde::Deserialize;

use crate::sid::WorkerSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

/// Reads whether a worker takes tasks in their activity.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/worker>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchWorker(pub WorkerSid);

impl Call for FetchWorker {
    /// Whether they are available.
    type Answer = bool;
    answers_as!(FetchWorker);

    fn http(&self, access: &Access) -> Http {
        Http::get(Uri::workspace(access).part("Workers").id(&self.0))
    }

    fn read(&self, body: Body<'_>) -> Result<bool, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            available: bool,
        }

        body.parse::<Raw>().map(|raw| raw.available)
    }
}
