use serde_json::json;

use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::{answers_as, Call, Failure};

use super::Item;

/// Changes an item of a Sync map, unless it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateItem(pub Item);

impl Call for UpdateItem {
    type Answer = ();
    answers_as!(UpdateItem);

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
}
