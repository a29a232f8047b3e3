use serde::Deserialize;
use serde_json::json;

use crate::sid::WorkerSid;
use crate::sync_name::worker_of_list;
use crate::twilio::body::{Body, Text, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::Call;

use super::{next_page, Meta, Page};

/// Reads a page of the Sync maps that hold agents' lists.
///
/// Source: <https://www.twilio.com/docs/sync/api/map-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListMaps {
    /// The page. `None`: the first.
    pub page: Option<PageRef>,
}

impl Call for ListMaps {
    /// The owners of the lists. Other maps are left out.
    type Answer = Page<WorkerSid>;

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::sync_service(access).part("Maps");
        Http::get_page(uri, self.page.as_ref(), json!({ "PageSize": 50 }))
    }

    fn read(&self, body: Body<'_>) -> Result<Page<WorkerSid>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            maps: Vec<Map>,
            #[serde(default)]
            meta: Option<Meta>,
        }
        #[derive(Deserialize)]
        struct Map {
            #[serde(default)]
            unique_name: Option<Text>,
        }

        let raw: Raw = body.parse()?;
        let names = raw.maps.into_iter().filter_map(|map| map.unique_name);
        Ok(Page {
            entries: names.filter_map(|name| worker_of_list(&name.0)).collect(),
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
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn a_page_of_maps_is_listed() {
        assert_eq!(
            request(&example::<ListMaps>()),
            json!({
                "method": "get",
                "uri": "https://sync.twilio.com/v1/Services/IS…/Maps",
                "params": { "PageSize": 50 },
            })
        );
    }

    #[test]
    fn maps_that_are_lists_are_read() {
        let list = format!("ParkedInteractions_{}", sid("WK"));
        let body = json!({ "maps": [
            { "unique_name": list }, { "unique_name": "other" }, { "unique_name": null },
        ] });
        let page = answer(&example::<ListMaps>(), &body);
        assert_eq!(page.entries, [WorkerSid::example()]);
    }
}
