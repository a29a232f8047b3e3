use serde::Deserialize;
use serde_json::json;

use crate::sid::{ConversationSid, MapSid};
use crate::sync_name::MapName;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{Call, Failure};

/// Creates or replaces an item of a Sync map, and creates the map if it does not exist. Each step is a request of its
/// own.
///
/// Source: <https://www.twilio.com/docs/sync/api/map-item-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PutItem {
    pub item: Item,
    /// The action if the key is taken.
    pub when_taken: WhenTaken,
    step: Step,
}

/// The longest time to live of an item, in seconds: a year.
///
/// Source: <https://www.twilio.com/docs/sync/api/map-item-resource>
pub const LONGEST_TTL_SECONDS: u32 = 31_536_000;

/// An item of a Sync map, whose key is a conversation's SID.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Item {
    pub map: MapName,
    pub key: ConversationSid,
    /// The data, JSON text.
    pub data: String,
    /// The time to live, in seconds. 0: without end.
    pub ttl_seconds: u32,
}

/// The action if the key of a new item is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhenTaken {
    /// Replace the old item.
    Replace,
    /// Keep the old item.
    Keep,
}

/// The next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Create,
    Replace,
    CreateMap,
}

impl PutItem {
    /// Makes a call that begins with the creation of `item`.
    #[must_use]
    pub fn new(item: Item, when_taken: WhenTaken) -> Self {
        Self {
            item,
            when_taken,
            step: Step::Create,
        }
    }

    /// Makes a call that begins with the replacement of an item of the same key.
    #[must_use]
    pub fn replacing(item: Item) -> Self {
        Self {
            item,
            when_taken: WhenTaken::Replace,
            step: Step::Replace,
        }
    }

    /// Returns true if the next request replaces an item.
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.step == Step::Replace
    }

    /// Returns true if the next request creates the map.
    #[must_use]
    pub fn makes_map(&self) -> bool {
        self.step == Step::CreateMap
    }

    fn with_step(&self, step: Step) -> Self {
        Self {
            step,
            ..self.clone()
        }
    }
}

impl Item {
    /// Returns the address of an item.
    pub(super) fn uri(map: &MapName, key: &ConversationSid, access: &Access) -> Uri {
        Self::items(map, access).id(key)
    }

    fn items(map: &MapName, access: &Access) -> Uri {
        Uri::sync_service(access).part("Maps").id(map).part("Items")
    }
}

impl Call for PutItem {
    /// The map. `None`: the key is taken, and the old item was kept.
    type Answer = Option<MapSid>;

    fn http(&self, access: &Access) -> Http {
        let Item {
            map,
            key,
            data,
            ttl_seconds,
        } = &self.item;
        match self.step {
            Step::Create => Http::post(
                Item::items(map, access),
                json!({ "Key": key, "Data": data, "Ttl": ttl_seconds }),
            ),
            Step::Replace => Http::post(
                Item::uri(map, key, access),
                json!({ "Data": data, "Ttl": ttl_seconds }),
            ),
            Step::CreateMap => Http::post(
                Uri::sync_service(access).part("Maps"),
                json!({ "UniqueName": map.as_str() }),
            ),
        }
    }

    fn read(&self, body: Body<'_>) -> Result<Option<MapSid>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            map_sid: MapSid,
        }

        match self.step {
            Step::CreateMap => Ok(None),
            _ => body.parse::<Raw>().map(|raw| Some(raw.map_sid)),
        }
    }

    fn failure(&self, status: u16, code: u32) -> Failure {
        match status {
            409 => Failure::Conflict,
            _ => Failure::from_status(status, code),
        }
    }

    fn done_already(&self, failure: &Failure) -> Option<Option<MapSid>> {
        let is_kept = self.step == Step::Create && self.when_taken == WhenTaken::Keep;
        (is_kept && *failure == Failure::Conflict).then_some(None)
    }

    fn next(&self, result: &Result<Option<MapSid>, Failure>) -> Option<Self> {
        match (self.step, result) {
            (Step::Create, Err(Failure::Conflict)) if self.when_taken == WhenTaken::Replace => {
                Some(self.with_step(Step::Replace))
            }
            (Step::Create, Err(Failure::NotFound)) => Some(self.with_step(Step::CreateMap)),
            (Step::Replace, Err(Failure::NotFound))
            | (Step::CreateMap, Ok(_) | Err(Failure::Conflict)) => {
                Some(self.with_step(Step::Create))
            }
            _ => None,
        }
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let item = crate::twilio::testing::item();
        let create = Self::new(item.clone(), WhenTaken::Keep);
        let map = create.with_step(Step::CreateMap);
        vec![create, Self::replacing(item), map]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, item, request, respond};

    const MAPS: &str = "https://sync.twilio.com/v1/Services/IS…/Maps";

    #[test]
    fn the_requests_create_and_replace_an_item_and_create_the_map() {
        let name = "ParkedInteractions_WK…";
        let data = r#"{"a":1}"#;
        let expected = [
            (
                format!("{MAPS}/{name}/Items"),
                json!({ "Key": "CH…", "Data": data, "Ttl": 60 }),
            ),
            (
                format!("{MAPS}/{name}/Items/CH…"),
                json!({ "Data": data, "Ttl": 60 }),
            ),
            (MAPS.into(), json!({ "UniqueName": name })),
        ];
        for (call, (uri, data)) in PutItem::examples().iter().zip(expected) {
            let sent = json!({ "method": "post", "uri": uri, "data": data });
            assert_eq!(request(call), sent);
        }
    }

    #[test]
    fn the_map_is_read() {
        let body = json!({ "key": "k", "map_sid": sid("MP") });
        assert_eq!(
            answer(&example::<PutItem>(), &body),
            Some(MapSid::example())
        );
    }

    #[test]
    fn a_taken_key_is_kept_or_replaced() {
        let keep = PutItem::new(item(), WhenTaken::Keep);
        let taken = respond(&keep, 409, &json!({ "code": 54_208 }));
        assert_eq!(taken, Err(Failure::Conflict));
        assert_eq!(keep.next(&taken), None);
        assert_eq!(keep.done_already(&Failure::Conflict), Some(None));
        let replace = PutItem::new(item(), WhenTaken::Replace);
        assert_eq!(replace.next(&taken), Some(replace.with_step(Step::Replace)));
        assert_eq!(replace.done_already(&Failure::Conflict), None);
    }

    #[test]
    fn a_missing_map_is_created_and_a_missing_item_too() {
        let missing = Err(Failure::NotFound);
        let create = PutItem::new(item(), WhenTaken::Replace);
        let map = create.with_step(Step::CreateMap);
        assert_eq!(create.next(&missing), Some(map.clone()));
        assert_eq!(
            PutItem::replacing(item()).next(&missing),
            Some(create.clone())
        );
        for made in [Ok(None), Err(Failure::Conflict)] {
            assert_eq!(map.next(&made), Some(create.clone()));
        }
        assert_eq!(map.next(&missing), None);
        assert_eq!(create.next(&Ok(Some(MapSid::example()))), None);
    }
}
