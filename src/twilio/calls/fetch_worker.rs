use serde::Deserialize;

use crate::sid::WorkerSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// Reads whether the worker's activity takes tasks.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/worker>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchWorker(pub WorkerSid);

impl Call for FetchWorker {
    /// True if the worker is available.
    type Answer = bool;

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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(WorkerSid::example())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};
    use serde_json::json;

    #[test]
    fn the_availability_is_read() {
        let call = example::<FetchWorker>();
        assert_eq!(
            request(&call),
            json!({
                "method": "get",
                "uri": "https://taskrouter.twilio.com/v1/Workspaces/WS…/Workers/WK…",
            })
        );
        for available in [true, false] {
            let body = json!({ "available": available, "activity_name": "Lunch" });
            assert_eq!(answer(&call, &body), available);
        }
    }
}
