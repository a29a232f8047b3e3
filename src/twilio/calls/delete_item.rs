use crate::sid::ConversationSid;
use crate::sync_name::MapName;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::{answers_as, Call, Failure};

use super::Item;

/// Takes an item out of a Sync map.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeleteItem {
    /// The map.
    pub map: MapName,
    /// The item's key.
    pub key: ConversationSid,
}

impl Call for DeleteItem {
    type Answer = ();
    answers_as!(DeleteItem);

    fn http(&self, access: &Access) -> Http {
        Http::delete(Item::uri(&self.map, &self.key, access))
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    fn done_already(&self, failure: &Failure) -> Option<()> {
        (*failure == Failure::NotFound).then_some(())
    }
}
