use crate::sid::ConversationSid;
use crate::sync_name::MapName;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::{Call, Failure};

use super::Item;

/// Deletes an item of a Sync map.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeleteItem {
    pub map: MapName,
    /// The item's key.
    pub key: ConversationSid,
}

impl Call for DeleteItem {
    type Answer = ();

    fn http(&self, access: &Access) -> Http {
        Http::delete(Item::uri(&self.map, &self.key, access))
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    fn done_already(&self, failure: &Failure) -> Option<()> {
        (*failure == Failure::NotFound).then_some(())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            map: MapName::list_of(&crate::sid::WorkerSid::example()),
            key: ConversationSid::example(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};
    use serde_json::json;

    #[test]
    fn the_item_is_deleted() {
        let call = example::<DeleteItem>();
        assert_eq!(
            request(&call),
            json!({
                "method": "delete",
                "uri": "https://sync.twilio.com/v1/Services/IS…/Maps/ParkedInteractions_WK…/Items/CH…",
            })
        );
        answer(&call, &json!(null));
    }

    #[test]
    fn a_missing_item_counts_as_deleted() {
        let call = example::<DeleteItem>();
        assert_eq!(call.done_already(&Failure::NotFound), Some(()));
        assert_eq!(call.done_already(&Failure::Unavailable), None);
    }
}
