use serde::Deserialize;
use serde_json::json;

use crate::sid::WorkerSid;
use crate::sync_name::worker_of_list;
use crate::twilio::body::{Body, Text, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::{answers_as, Call};

use super::{next_page, Meta, Page};

/// Reads a page of the Sync maps that hold agents' lists.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListMaps {
    /// The page; absent: the first.
    pub page: Option<PageRef>,
}

impl Call for ListMaps {
    /// Whose lists they are. Maps of others are left out.
    type Answer = Page<WorkerSid>;
    answers_as!(ListMaps);

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
}
