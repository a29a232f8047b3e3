use serde::Deserialize;
use serde_json::value::RawValue;

use crate::sid::ConversationSid;
use crate::sync_name::MapName;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::Call;

use super::Item;

/// Reads an item of a Sync map.
///
/// Source: <https://www.twilio.com/docs/sync/api/map-item-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchItem {
    pub map: MapName,
    /// The item's key.
    pub key: ConversationSid,
}

impl Call for FetchItem {
    /// The data, JSON text.
    type Answer = String;

    fn http(&self, access: &Access) -> Http {
        Http::get(Item::uri(&self.map, &self.key, access))
    }

    fn read(&self, body: Body<'_>) -> Result<String, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            data: Box<RawValue>,
        }

        body.parse::<Raw>().map(|raw| raw.data.get().to_owned())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            map: MapName::notes(&ConversationSid::example()),
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
    fn the_data_is_read() {
        let call = example::<FetchItem>();
        assert_eq!(
            request(&call),
            json!({
                "method": "get",
                "uri": "https://sync.twilio.com/v1/Services/IS…/Maps/ParkInteractionNotes_2/Items/CH…",
            })
        );
        let data = answer(&call, &json!({ "data": { "note": "Tonight" } }));
        assert_eq!(data, r#"{"note":"Tonight"}"#);
    }
}
