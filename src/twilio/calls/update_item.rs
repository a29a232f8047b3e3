use serde_json::json;

use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::{Call, Failure};

use super::Item;

/// Replaces the data of an item of a Sync map, if the item exists.
///
/// Source: <https://www.twilio.com/docs/sync/api/map-item-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateItem(pub Item);

impl Call for UpdateItem {
    type Answer = ();

    fn http(&self, access: &Access) -> Http {
        let Self(item) = self;
        let data = json!({ "Data": item.data, "Ttl": item.ttl_seconds });
        Http::post(Item::uri(&item.map, &item.key, access), data)
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    fn done_already(&self, failure: &Failure) -> Option<()> {
        (*failure == Failure::NotFound).then_some(())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(crate::twilio::testing::item())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_data_is_replaced() {
        let call = example::<UpdateItem>();
        assert_eq!(
            request(&call),
            json!({
                "method": "post",
                "uri": "https://sync.twilio.com/v1/Services/IS…/Maps/ParkedInteractions_WK…/Items/CH…",
                "data": { "Data": "{\"a\":1}", "Ttl": 60 },
            })
        );
        answer(&call, &json!({ "key": "k" }));
    }

    #[test]
    fn a_missing_item_is_passed_over() {
        let call = example::<UpdateItem>();
        assert_eq!(call.done_already(&Failure::NotFound), Some(()));
        assert_eq!(call.done_already(&Failure::Unavailable), None);
    }
}
