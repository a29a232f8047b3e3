use serde::Deserialize;
use serde_json::json;

use crate::sid::ConversationSid;
use crate::sync_name::MapName;
use crate::twilio::body::{Body, Text, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::Call;

use super::{next_page, Meta, Page};

/// Reads a page of the items of a Sync map whose keys are conversations.
///
/// Source: <https://www.twilio.com/docs/sync/api/map-item-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListItems {
    pub map: MapName,
    /// The page. `None`: the first.
    pub page: Option<PageRef>,
}

impl Call for ListItems {
    /// The keys, without those that are no SID of a conversation.
    type Answer = Page<ConversationSid>;

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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            map: MapName::list_of(&crate::sid::WorkerSid::example()),
            page: None,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn a_page_of_items_is_listed() {
        assert_eq!(
            request(&example::<ListItems>()),
            json!({
                "method": "get",
                "uri": "https://sync.twilio.com/v1/Services/IS…/Maps/ParkedInteractions_WK…/Items",
                "params": { "PageSize": 50 },
            })
        );
    }

    #[test]
    fn keys_that_are_conversations_are_read() {
        let body = json!({ "items": [{ "key": sid("CH"), "data": {} }, { "key": "other" }] });
        let page = answer(&example::<ListItems>(), &body);
        assert_eq!(
            (page.entries, page.next),
            (vec![ConversationSid::example()], None)
        );
    }
}
