//! The items of a Sync map, by key, and the order in which they expire.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::Item;

/// The items of a map, which may be many thousands. The next one to expire is known without a search.
#[derive(Debug, Clone, Default)]
pub struct Items {
    by_key: BTreeMap<String, Item>,
    expiring: BTreeSet<(Timestamp, String)>,
}

impl Items {
    #[must_use]
    pub fn by_key(&self) -> &BTreeMap<String, Item> {
        &self.by_key
    }

    /// Adds an item, or replaces the one with its key.
    pub fn put(&mut self, item: Item) {
        self.take(&item.key);
        if let Some(expires) = item.date_expires {
            self.expiring.insert((expires, item.key.clone()));
        }
        self.by_key.insert(item.key.clone(), item);
    }

    /// Removes the item with this key, if it exists.
    pub fn take(&mut self, key: &str) {
        let taken = self.by_key.remove(key);
        if let Some(expires) = taken.and_then(|item| item.date_expires) {
            self.expiring.remove(&(expires, key.to_owned()));
        }
    }

    /// Returns the time at which the next item expires.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.expiring.first().map(|(expires, _)| *expires)
    }

    /// Returns the keys of the items that have expired by `now`.
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
