//! The items of a Sync map, by key, and which of them goes next.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::Item;

/// The items of a map. Which one goes next is known without looking at them all: there may be many thousands.
#[derive(Debug, Clone, Default)]
pub struct Items {
    by_key: BTreeMap<String, Item>,
    expiring: BTreeSet<(Timestamp, String)>,
}

impl Items {
    /// All of them, by key.
    #[must_use]
    pub fn by_key(&self) -> &BTreeMap<String, Item> {
        &self.by_key
    }

    /// Puts an item in, in the place of the one with its key.
    pub fn put(&mut self, item: Item) {
        self.take(&item.key);
        if let Some(expires) = item.date_expires {
            self.expiring.insert((expires, item.key.clone()));
        }
        self.by_key.insert(item.key.clone(), item);
    }

    /// Takes the item with this key out, if there is one.
    pub fn take(&mut self, key: &str) {
        let taken = self.by_key.remove(key);
        if let Some(expires) = taken.and_then(|item| item.date_expires) {
            self.expiring.remove(&(expires, key.to_owned()));
        }
    }

    /// Returns the time at which the next one goes by itself.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.expiring.first().map(|(expires, _)| *expires)
    }

    /// The keys of those that have gone by `now`.
    pub fn expired(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        self.expiring
            .iter()
            .take_while(move |(expires, _)| *expires <= now)
            .map(|(_, key)| key.as_str())
    }
}

impl Serialize for Items {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.by_key.serialize(serializer)
    }
}
