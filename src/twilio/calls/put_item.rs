use serde::Deserialize;
use serde_json::json;

use crate::sid::{ConversationSid, MapSid};
use crate::sync_name::MapName;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call, Failure};

/// Puts an item into a Sync map, and makes the map if it is not there.
///
/// Source: <https://www.twilio.com/docs/sync/api/map-item-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PutItem {
    /// The item.
    pub item: Item,
    /// What to do if there is one of this key.
    pub when_taken: WhenTaken,
    step: Step,
}

/// An item of a Sync map, whose key is a conversation's SID.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Item {
    /// The map.
    pub map: MapName,
    /// The key.
    pub key: ConversationSid,
    /// Its data, JSON text.
    pub data: String,
    /// Its time to live in seconds; 0 is for ever.
    pub ttl_seconds: u32,
}

/// What to do about an item that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhenTaken {
    /// Replace it.
    Replace,
    /// Keep it as it is.
    Keep,
}

/// How far putting an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Create,
    Replace,
    CreateMap,
}

impl PutItem {
    /// Puts `item` into its map.
    #[must_use]
    pub fn new(item: Item, when_taken: WhenTaken) -> Self {
        Self {
            item,
            when_taken,
            step: Step::Create,
        }
    }

    /// Puts `item` into its map, where there is one of its key as far as is known.
    #[must_use]
    pub fn again(item: Item) -> Self {
        Self {
            item,
            when_taken: WhenTaken::Replace,
            step: Step::Replace,
        }
    }

    /// Whether it replaces an item that is there.
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.step == Step::Replace
    }

    /// Whether it makes the map.
    #[must_use]
    pub fn makes_map(&self) -> bool {
        self.step == Step::CreateMap
    }

    fn at(&self, step: Step) -> Self {
        Self {
            step,
            ..self.clone()
        }
    }
}

impl Item {
    /// The item's address.
    pub(super) fn uri(map: &MapName, key: &ConversationSid, access: &Access) -> Uri {
        Self::items(map, access).id(key)
    }

    fn items(map: &MapName, access: &Access) -> Uri {
        Uri::sync_service(access).part("Maps").id(map).part("Items")
    }
}

impl Call for PutItem {
    /// The map that the item was put into. Absent where an item of its key was kept.
    type Answer = Option<MapSid>;
    answers_as!(PutItem);

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
                Some(self.at(Step::Replace))
            }
            (Step::Create, Err(Failure::NotFound)) => Some(self.at(Step::CreateMap)),
            (Step::Replace, Err(Failure::NotFound))
            | (Step::CreateMap, Ok(_) | Err(Failure::Conflict)) => Some(self.at(Step::Create)),
            _ => None,
        }
    }
}
