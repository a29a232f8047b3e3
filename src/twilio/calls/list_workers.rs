use serde::Deserialize;
use serde_json::json;

use crate::attributes::Attributes;
use crate::sid::WorkerSid;
use crate::twilio::body::{Body, JsonText, Text, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::Call;
use crate::worker_team::{name_at, WorkerTeam};

use super::{next_page, Meta, Page};

/// The most workers on a page: as many as Twilio allows.
const PAGE_SIZE: u32 = 1_000;

/// The only parameters of a page link that a client may send back.
const OF_A_PAGE: [&str; 3] = ["Page", "PageSize", "PageToken"];

/// The longest page link that a client may send back, in bytes. Twilio's tokens have fewer than a hundred.
const LONGEST_PAGE: usize = 500;

/// Reads a page of the workspace's workers, in Twilio's order.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/worker>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListWorkers {
    /// The page. `None`: the first.
    pub page: Option<PageRef>,
}

/// A worker in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListedWorker {
    pub sid: WorkerSid,
    /// The attribute `full_name`, or else the friendly name.
    pub name: String,
    pub team: WorkerTeam,
    /// The name of the activity.
    pub activity: String,
    /// True if the activity takes tasks.
    pub is_available: bool,
    /// False if the list leaves the attributes out, as Twilio's `OpenAPI` description says. Then only the worker itself shows the name for
    /// people and the team.
    pub shows_attributes: bool,
}

impl ListWorkers {
    /// Reads a link to a page that a client has sent back. It may name a place in the list, and not change which workers the list
    /// has. `None`: it does something else, or is malformed.
    #[must_use]
    pub fn page_from_client(query: String) -> Option<PageRef> {
        let is_of_a_page = |pair: &str| {
            let name = pair.split_once('=').map(|(name, _)| name);
            name.is_some_and(|name| OF_A_PAGE.contains(&name))
        };
        let is_page = query.len() <= LONGEST_PAGE && query.split('&').all(is_of_a_page);
        is_page.then(|| PageRef::try_from(query).ok()).flatten()
    }
}

impl Call for ListWorkers {
    type Answer = Page<ListedWorker>;

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::workspace(access).part("Workers");
        Http::get_page(uri, self.page.as_ref(), json!({ "PageSize": PAGE_SIZE }))
    }

    fn read(&self, body: Body<'_>) -> Result<Page<ListedWorker>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            workers: Vec<Worker>,
            #[serde(default)]
            meta: Option<Meta>,
        }
        #[derive(Deserialize)]
        struct Worker {
            sid: WorkerSid,
            #[serde(default)]
            friendly_name: Option<Text>,
            #[serde(default)]
            attributes: Option<JsonText>,
            #[serde(default)]
            activity_name: Option<Text>,
            #[serde(default)]
            available: bool,
        }

        let raw: Raw = body.parse()?;
        let listed = raw.workers.into_iter().map(|worker| {
            let shows_attributes = worker.attributes.is_some();
            let attributes = worker.attributes.unwrap_or_default();
            let attributes = Attributes::parse(&attributes.0).unwrap_or_default();
            let text = |text: Option<Text>| text.unwrap_or_default().0;
            ListedWorker {
                sid: worker.sid,
                name: name_at(&attributes, "full_name")
                    .unwrap_or_else(|| text(worker.friendly_name)),
                team: WorkerTeam::read(&attributes),
                activity: text(worker.activity_name),
                is_available: worker.available,
                shows_attributes,
            }
        });
        Ok(Page {
            entries: listed.collect(),
            next: next_page(raw.meta),
        })
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self { page: None }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request, respond};

    #[test]
    fn a_page_of_workers_is_listed() {
        let first = json!({
            "method": "get",
            "uri": "https://taskrouter.twilio.com/v1/Workspaces/WS…/Workers",
            "params": { "PageSize": 1_000 },
        });
        assert_eq!(request(&example::<ListWorkers>()), first);
        let page = ListWorkers::page_from_client("PageSize=1000&Page=1&PageToken=PTWK1".into());
        let uri = "https://taskrouter.twilio.com/v1/Workspaces/WS…/Workers?PageSize=1000&Page=1&PageToken=PTWK1";
        assert_eq!(
            request(&ListWorkers { page }),
            json!({ "method": "get", "uri": uri })
        );
    }

    #[test]
    fn a_client_names_a_place_in_the_list_and_nothing_else() {
        for query in [
            "",
            "Page",
            "Page=1&",
            "Page=1&FriendlyName=Ben",
            "TargetWorkersExpression=1==1",
            "Page=1&%54argetWorkersExpression=a",
            "page=1",
            "Page=1/../Tasks",
            "Page=1?a",
            "Page=1#a",
            "https://example.com/?Page=1",
            "Page=1&Page=ü",
        ] {
            assert_eq!(ListWorkers::page_from_client(query.into()), None, "{query}");
        }
        let long = format!("PageToken={}", "x".repeat(LONGEST_PAGE));
        assert_eq!(ListWorkers::page_from_client(long), None);
    }

    #[test]
    fn a_worker_has_a_name_a_team_and_an_activity() {
        let body = json!({
            "workers": [{
                "sid": sid("WK"), "friendly_name": "ada", "available": true, "activity_name": "Available",
                "attributes": "{\"full_name\":\"Ada Agent\",\"team_id\":\"a\",\"team_name\":\"One\"}",
            }],
            "meta": { "next_page_url": "https://taskrouter.twilio.com/v1/x?PageSize=1000&Page=1&PageToken=PTWK1" },
        });
        let page = answer(&example::<ListWorkers>(), &body);
        let [ada] = page.entries.as_slice() else {
            unreachable!("one worker is listed")
        };
        assert_eq!(
            (ada.name.as_str(), ada.activity.as_str()),
            ("Ada Agent", "Available")
        );
        assert_eq!(
            (ada.team.to_string(), ada.is_available),
            ("One".into(), true)
        );
        let next = page.next.map(|next| next.query().to_owned());
        assert_eq!(
            next.as_deref(),
            Some("PageSize=1000&Page=1&PageToken=PTWK1")
        );
        assert!(next.and_then(ListWorkers::page_from_client).is_some());
    }

    #[test]
    fn malformed_attributes_make_no_list_unreadable() {
        for attributes in [
            json!(null),
            json!(""),
            json!("no JSON"),
            json!("[]"),
            json!("{\"full_name\":7.5,\"team_id\":{}}"),
            json!("{\"full_name\":\" \"}"),
        ] {
            let worker =
                json!({ "sid": sid("WK"), "friendly_name": "ada", "attributes": attributes });
            let page = answer(&example::<ListWorkers>(), &json!({ "workers": [worker] }));
            let names: Vec<&str> = page.entries.iter().map(|one| one.name.as_str()).collect();
            assert_eq!(names, ["ada"], "{attributes}");
            let is_shown = page.entries.first().map(|one| one.shows_attributes);
            assert_eq!(is_shown, Some(!attributes.is_null()));
            assert_eq!(
                page.entries
                    .first()
                    .map(|one| one.team.to_string())
                    .as_deref(),
                Some("")
            );
        }
    }

    #[test]
    fn a_list_without_workers_is_unreadable() {
        assert!(respond(&example::<ListWorkers>(), 200, &json!({})).is_err());
    }
}
