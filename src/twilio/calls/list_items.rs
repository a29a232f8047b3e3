use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::attributes::Attributes;
use crate::sid::ConversationSid;
use crate::stored::ReadFrom;
use crate::sync_name::MapName;
use crate::twilio::body::{Body, Text, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::time::Millis;
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

/// A row of an agent's list, as far as other operations than the list need it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListedRow {
    pub conversation: ConversationSid,
    /// The time of the park. None where other code has written the row.
    pub parked_at: Option<Millis>,
    /// The customer's name, or else their address.
    pub customer: Option<String>,
}

impl Call for ListItems {
    /// The rows, without those whose key is no SID of a conversation.
    type Answer = Page<ListedRow>;

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::sync_service(access).part("Maps").id(&self.map);
        Http::get_page(
            uri.part("Items"),
            self.page.as_ref(),
            json!({ "PageSize": 50 }),
        )
    }

    fn read(&self, body: Body<'_>) -> Result<Page<ListedRow>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            items: Vec<Item>,
            #[serde(default)]
            meta: Option<Meta>,
        }
        #[derive(Deserialize)]
        struct Item {
            key: Text,
            #[serde(default)]
            data: Option<Box<RawValue>>,
        }

        let raw: Raw = body.parse()?;
        let rows = raw.items.into_iter().filter_map(|item| {
            let data = item.data.as_deref().map_or("{}", RawValue::get);
            let data = Attributes::parse(data).unwrap_or_default();
            Some(ListedRow {
                conversation: ConversationSid::parse(item.key.0).ok()?,
                parked_at: Millis::read_from(&data, "parkedAt"),
                customer: ["customerName", "customerAddress"]
                    .into_iter()
                    .find_map(|key| String::read_from(&data, key)),
            })
        });
        Ok(Page {
            entries: rows.collect(),
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
        let row = ListedRow {
            conversation: ConversationSid::example(),
            parked_at: None,
            customer: None,
        };
        assert_eq!((page.entries, page.next), (vec![row], None));
    }

    #[test]
    fn a_row_names_its_customer_and_the_time_of_its_park() {
        for (data, parked_at, customer) in [
            (
                json!({ "parkedAt": 5, "customerName": "Wanda", "customerAddress": "sms:+1" }),
                Some(5),
                Some("Wanda"),
            ),
            (json!({ "customerAddress": "+1" }), None, Some("+1")),
            (json!({ "parkedAt": "soon", "customerName": 1 }), None, None),
            (json!([]), None, None),
            (json!(null), None, None),
        ] {
            let body = json!({ "items": [{ "key": sid("CH"), "data": data }] });
            let page = answer(&example::<ListItems>(), &body);
            let found: Vec<_> = page
                .entries
                .iter()
                .map(|row| (row.parked_at, row.customer.as_deref()))
                .collect();
            assert_eq!(found, [(parked_at, customer)], "{data}");
        }
    }
}
