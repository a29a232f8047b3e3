use serde::Deserialize;
use serde_json::json;

use crate::sid::ConversationSid;
use crate::sync_name::MapName;
use crate::twilio::body::{Body, Text, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::{answers_as, Call};

use super::{next_page, Meta, Page};

/// Reads a page of the conversations that are items of a Sync map.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListItems {
    /// The map.
    pub map: MapName,
    /// The page; absent: the first.
    pub page: Option<PageRef>,
}

impl Call for ListItems {
    /// The keys that are conversations' SIDs. What others put into the map is left out.
    type Answer = Page<ConversationSid>;
    answers_as!(ListItems);

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::sync_service(access).part("Maps").id(&self.map);
        Http::get_page(
            uri.part("Items"),
            self.page.as_ref(),
            json!({ "PageSize": 50 }),
        )
    }

    fn read(&self, body: Body<'_>) -> Result<Page<ConversationSid>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            items: Vec<Item>,
            #[serde(default)]
            meta: Option<Meta>,
        }
        #[derive(Deserialize)]
        struct Item {
            key: Text,
        }

        let raw: Raw = body.parse()?;
        let keys = raw.items.into_iter();
        Ok(Page {
            entries: keys
                .filter_map(|item| ConversationSid::parse(item.key.0).ok())
                .collect(),
            next: next_page(raw.meta),
        })
    }
}
