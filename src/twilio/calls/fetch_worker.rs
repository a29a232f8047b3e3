use serde::Deserialize;

use crate::attributes::Attributes;
use crate::sid::WorkerSid;
use crate::twilio::body::{Body, JsonText, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;
use crate::worker_team::{name_at, WorkerTeam};

/// Reads a worker.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/worker>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchWorker(pub WorkerSid);

/// A worker, as far as operations need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Worker {
    /// True if the worker's activity takes tasks.
    pub is_available: bool,
    /// The attribute `full_name`, if there is one.
    pub name: Option<String>,
    pub team: WorkerTeam,
}

impl Call for FetchWorker {
    type Answer = Worker;

    fn http(&self, access: &Access) -> Http {
        Http::get(Uri::workspace(access).part("Workers").id(&self.0))
    }

    fn read(&self, body: Body<'_>) -> Result<Worker, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            available: bool,
            #[serde(default)]
            attributes: Option<JsonText>,
        }

        let raw: Raw = body.parse()?;
        let attributes = raw.attributes.unwrap_or_default();
        let attributes = Attributes::parse(&attributes.0).unwrap_or_default();
        Ok(Worker {
            is_available: raw.available,
            name: name_at(&attributes, "full_name"),
            team: WorkerTeam::read(&attributes),
        })
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
            assert_eq!(answer(&call, &body).is_available, available);
        }
    }

    #[test]
    fn the_team_is_read_if_it_can_be() {
        let team = |attributes| {
            let body = json!({ "available": true, "attributes": attributes });
            answer(&example::<FetchWorker>(), &body).team.to_string()
        };
        assert_eq!(team(json!("{\"team_id\":\"a\"}")), "a");
        for attributes in [json!(null), json!("no JSON"), json!("{\"team_id\":[]}")] {
            assert_eq!(team(attributes), "");
        }
    }
}
