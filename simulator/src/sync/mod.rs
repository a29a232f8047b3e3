//! Twilio Sync: services with documents and maps, their revisions and times to live.

pub mod browser;
pub mod items;
pub mod permissions;
pub mod rest;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::readings::AgentSyncService;
use crate::world::clock::later;
use crate::world::error::{Error, Result};
use crate::world::event::WorldEvent;
use crate::world::sids::Sid;
use crate::world::World;
use items::Items;
use permissions::Permission;

/// The maximum size of a document's or item's data, in bytes.
pub const MAX_DATA_BYTES: usize = 16 * 1024;
/// The maximum length of an item's key, in characters.
pub const MAX_KEY_CHARS: usize = 320;
/// The longest time to live, in seconds: a year.
pub const MAX_TTL_SECONDS: u64 = 31_536_000;

/// A map: items by key.
#[derive(Debug, Clone, Serialize)]
pub struct SyncMap {
    /// `MP…`
    pub sid: Sid,
    /// `IS…`
    pub service_sid: Sid,
    pub unique_name: Option<String>,
    /// The time at which it expires.
    pub date_expires: Option<Timestamp>,
    pub items: Items,
    /// The permissions, by identity.
    pub permissions: BTreeMap<String, Permission>,
    /// Incremented by every change.
    pub revision: u64,
    /// `system` or an identity.
    pub created_by: String,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// An item of a map.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// The key in the map.
    pub key: String,
    /// A JSON object.
    pub data: Value,
    /// Incremented by every change.
    pub revision: u64,
    /// The time at which it expires.
    pub date_expires: Option<Timestamp>,
    /// `system` or an identity.
    pub created_by: String,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// A document: one value with a name.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// `ET…`
    pub sid: Sid,
    /// `IS…`
    pub service_sid: Sid,
    pub unique_name: Option<String>,
    /// A JSON object.
    pub data: Value,
    /// Incremented by every change.
    pub revision: u64,
    /// The time at which it expires.
    pub date_expires: Option<Timestamp>,
    /// `system` or an identity.
    pub created_by: String,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// A Sync service.
#[derive(Debug, Clone, Serialize)]
pub struct SyncService {
    /// `IS…`
    pub sid: Sid,
    pub friendly_name: String,
    /// True if clients need permissions.
    pub acl_enabled: bool,
    pub date_created: Timestamp,
}

/// A change to an item or document; `None` keeps a field.
#[derive(Debug, Clone, Default)]
pub struct SyncChange {
    /// The new data, which replace the old ones.
    pub data: Option<Value>,
    /// The time to live in seconds from now; 0 for ever.
    pub ttl_seconds: Option<u64>,
    /// The revision that must still be the current one.
    pub if_match: Option<String>,
}

impl World {
    /// Returns the Sync service that an agent's Flex token opens.
    #[must_use]
    pub fn agent_sync_service_sid(&self) -> &Sid {
        match self.readings.agent_sync_service {
            AgentSyncService::Default => &self.sync_service_sid,
            AgentSyncService::Flex => &self.flex_sync_service_sid,
        }
    }

    /// Returns the Sync service with this SID, or with the alias `default`.
    pub fn sync_service(&self, sid: &str) -> Result<&SyncService> {
        self.sync_services
            .iter()
            .find(|service| {
                service.sid == sid || (sid == "default" && service.sid == self.sync_service_sid)
            })
            .ok_or_else(|| Error::NotFound(format!("/Services/{sid}")))
    }

    /// Changes a service: `acl_enabled` turns its access lists on or off.
    pub fn update_sync_service(
        &mut self,
        sid: &str,
        acl_enabled: Option<bool>,
    ) -> Result<SyncService> {
        let sid = self.sync_service(sid)?.sid.clone();
        let mut services = self.sync_services.iter_mut();
        let service = services.find(|service| service.sid == sid);
        let service = service.ok_or_else(|| Error::NotFound(format!("/Services/{sid}")))?;
        service.acl_enabled = acl_enabled.unwrap_or(service.acl_enabled);
        Ok(service.clone())
    }

    /// Returns the map with this SID or unique name.
    pub fn map(&self, service: &str, name: &str) -> Result<&SyncMap> {
        let service = &self.sync_service(service)?.sid;
        self.maps
            .values()
            .find(|map| {
                map.service_sid == *service
                    && (map.sid == name || map.unique_name.as_deref() == Some(name))
            })
            .ok_or(Error::MapNotFound)
    }

    /// Returns an item of a map.
    pub fn map_item(&self, service: &str, map: &str, key: &str) -> Result<&Item> {
        self.map(service, map)?
            .items
            .by_key()
            .get(key)
            .ok_or(Error::ItemNotFound)
    }

    /// Returns the document with this SID or unique name.
    pub fn document(&self, service: &str, name: &str) -> Result<&Document> {
        let service = &self.sync_service(service)?.sid;
        self.documents
            .values()
            .find(|d| {
                d.service_sid == *service
                    && (d.sid == name || d.unique_name.as_deref() == Some(name))
            })
            .ok_or(Error::DocumentNotFound)
    }

    /// Creates a map.
    pub fn create_map(
        &mut self,
        service: &str,
        unique_name: Option<String>,
        ttl_seconds: Option<u64>,
    ) -> Result<SyncMap> {
        let service_sid = self.sync_service(service)?.sid.clone();
        if unique_name
            .as_ref()
            .is_some_and(|name| self.map(service, name).is_ok())
        {
            return Err(Error::UniqueNameTaken);
        }
        let now = self.now();
        let map = SyncMap {
            sid: self.sids.next("MP"),
            service_sid,
            unique_name,
            date_expires: expiry(now, ttl_seconds)?,
            items: Items::default(),
            permissions: BTreeMap::new(),
            revision: 0,
            created_by: "system".into(),
            date_created: now,
            date_updated: now,
        };
        self.maps.insert(map.sid.clone(), map.clone());
        self.emit(WorldEvent::Changed);
        Ok(map)
    }

    /// Changes a map's time to live, in seconds.
    pub fn update_map(
        &mut self,
        service: &str,
        name: &str,
        ttl_seconds: Option<u64>,
    ) -> Result<SyncMap> {
        let sid = self.map(service, name)?.sid.clone();
        let now = self.now();
        let map = self.maps.get_mut(&sid).ok_or(Error::MapNotFound)?;
        if ttl_seconds.is_some() {
            map.date_expires = expiry(now, ttl_seconds)?;
        }
        map.revision += 1;
        map.date_updated = now;
        Ok(map.clone())
    }

    /// Deletes a map with all its items.
    pub fn remove_map(&mut self, service: &str, name: &str) -> Result<()> {
        let sid = self.map(service, name)?.sid.clone();
        self.maps.remove(&sid);
        self.emit(WorldEvent::Changed);
        Ok(())
    }

    /// Adds an item to a map.
    pub fn create_map_item(
        &mut self,
        service: &str,
        map: &str,
        key: &str,
        data: Value,
        ttl_seconds: Option<u64>,
    ) -> Result<Item> {
        let map = self.map(service, map)?;
        let map_sid = map.sid.clone();
        let item = new_item(map, key, data, expiry(self.now(), ttl_seconds)?, self.now())?;
        self.touch_map(&map_sid, |map| map.items.put(item.clone()))?;
        Ok(item)
    }

    /// Adds items to a map, by key, or replaces the data of those that it has: all of them, or none.
    pub fn put_map_items(
        &mut self,
        service: &str,
        map: &str,
        items: BTreeMap<String, Value>,
    ) -> Result<()> {
        let map = self.map(service, map)?;
        let (map_sid, now) = (map.sid.clone(), self.now());
        let new: Vec<Item> = items
            .into_iter()
            .map(|(key, data)| match map.items.by_key().get(&key) {
                Some(known) => {
                    check_data(&data)?;
                    Ok(Item {
                        data,
                        revision: known.revision + 1,
                        date_updated: now,
                        ..known.clone()
                    })
                }
                None => new_item(map, &key, data, None, now),
            })
            .collect::<Result<_>>()?;
        self.touch_map(&map_sid, |map| {
            for item in new {
                map.items.put(item);
            }
        })
    }

    /// Changes an item of a map.
    pub fn update_map_item(
        &mut self,
        service: &str,
        map: &str,
        key: &str,
        change: SyncChange,
    ) -> Result<Item> {
        let map_sid = self.map(service, map)?.sid.clone();
        let item = self.map_item(service, map, key)?;
        check_item(item, change.if_match.as_deref())?;
        let mut item = item.clone();
        let now = self.now();
        if let Some(data) = change.data {
            check_data(&data)?;
            item.data = data;
        }
        if change.ttl_seconds.is_some() {
            item.date_expires = expiry(now, change.ttl_seconds)?;
        }
        item.revision += 1;
        item.date_updated = now;
        self.touch_map(&map_sid, |map| map.items.put(item.clone()))?;
        Ok(item)
    }

    /// Deletes an item of a map.
    pub fn remove_map_item(
        &mut self,
        service: &str,
        map: &str,
        key: &str,
        if_match: Option<&str>,
    ) -> Result<()> {
        let map_sid = self.map(service, map)?.sid.clone();
        check_item(self.map_item(service, map, key)?, if_match)?;
        self.take_item(&map_sid, key)
    }

    /// Creates a document.
    pub fn create_document(
        &mut self,
        service: &str,
        unique_name: Option<String>,
        data: Value,
        ttl_seconds: Option<u64>,
    ) -> Result<Document> {
        let service_sid = self.sync_service(service)?.sid.clone();
        if unique_name
            .as_ref()
            .is_some_and(|name| self.document(service, name).is_ok())
        {
            return Err(Error::UniqueNameTaken);
        }
        check_data(&data)?;
        let now = self.now();
        let document = Document {
            sid: self.sids.next("ET"),
            service_sid,
            unique_name,
            data,
            revision: 0,
            date_expires: expiry(now, ttl_seconds)?,
            created_by: "system".into(),
            date_created: now,
            date_updated: now,
        };
        self.documents
            .insert(document.sid.clone(), document.clone());
        Ok(document)
    }

    /// Changes a document.
    pub fn update_document(
        &mut self,
        service: &str,
        name: &str,
        change: SyncChange,
    ) -> Result<Document> {
        let document = self.document(service, name)?;
        check_document(document, change.if_match.as_deref())?;
        let mut document = document.clone();
        let now = self.now();
        if let Some(data) = change.data {
            check_data(&data)?;
            document.data = data;
        }
        if change.ttl_seconds.is_some() {
            document.date_expires = expiry(now, change.ttl_seconds)?;
        }
        document.revision += 1;
        document.date_updated = now;
        self.documents
            .insert(document.sid.clone(), document.clone());
        self.emit(WorldEvent::Changed);
        Ok(document)
    }

    /// Deletes a document.
    pub fn remove_document(
        &mut self,
        service: &str,
        name: &str,
        if_match: Option<&str>,
    ) -> Result<()> {
        let document = self.document(service, name)?;
        check_document(document, if_match)?;
        let sid = document.sid.clone();
        self.documents.remove(&sid);
        self.emit(WorldEvent::Changed);
        Ok(())
    }

    /// Returns the next time at which a Sync object expires.
    pub(crate) fn next_sync_expiry(&self) -> Option<Timestamp> {
        let items = self.maps.values().filter_map(|map| map.items.next_expiry());
        let maps = self.maps.values().filter_map(|map| map.date_expires);
        let documents = self
            .documents
            .values()
            .filter_map(|document| document.date_expires);
        items.chain(maps).chain(documents).min()
    }

    /// Removes the Sync objects that have expired.
    pub(crate) fn fire_due_sync(&mut self) -> Result<()> {
        let now = self.now();
        let over = |expires: Option<Timestamp>| expires.is_some_and(|expires| expires <= now);
        let maps: Vec<Sid> = self
            .maps
            .values()
            .filter(|map| over(map.date_expires))
            .map(|map| map.sid.clone())
            .collect();
        for map_sid in maps {
            self.maps.remove(&map_sid);
            self.emit(WorldEvent::Changed);
        }
        let items: Vec<(Sid, String)> = self
            .maps
            .values()
            .flat_map(|map| {
                map.items
                    .expired(now)
                    .map(|key| (map.sid.clone(), key.to_owned()))
            })
            .collect();
        for (map_sid, key) in items {
            self.take_item(&map_sid, &key)?;
        }
        let documents: Vec<Sid> = self
            .documents
            .values()
            .filter(|d| over(d.date_expires))
            .map(|d| d.sid.clone())
            .collect();
        for sid in documents {
            self.documents.remove(&sid);
            self.emit(WorldEvent::Changed);
        }
        Ok(())
    }

    fn take_item(&mut self, map_sid: &str, key: &str) -> Result<()> {
        self.touch_map(map_sid, |map| map.items.take(key))
    }

    fn touch_map(&mut self, sid: &str, change: impl FnOnce(&mut SyncMap)) -> Result<()> {
        let now = self.now();
        let map = self.maps.get_mut(sid).ok_or(Error::MapNotFound)?;
        change(map);
        map.revision += 1;
        map.date_updated = now;
        self.emit(WorldEvent::Changed);
        Ok(())
    }
}

fn new_item(
    map: &SyncMap,
    key: &str,
    data: Value,
    date_expires: Option<Timestamp>,
    now: Timestamp,
) -> Result<Item> {
    if key.is_empty() || key.chars().count() > MAX_KEY_CHARS {
        return Err(Error::Invalid {
            name: "Key",
            expected: format!("1 to {MAX_KEY_CHARS} characters"),
        });
    }
    if map.items.by_key().contains_key(key) {
        return Err(Error::KeyTaken);
    }
    check_data(&data)?;
    Ok(Item {
        key: key.into(),
        data,
        revision: 0,
        date_expires,
        created_by: "system".into(),
        date_created: now,
        date_updated: now,
    })
}

/// Returns true if `If-Match` is absent or names the current revision.
fn matches(current: u64, if_match: Option<&str>) -> bool {
    if_match.is_none_or(|expected| expected.trim_matches('"') == current.to_string())
}

fn check_document(document: &Document, if_match: Option<&str>) -> Result<()> {
    if matches(document.revision, if_match) {
        Ok(())
    } else {
        Err(Error::DocumentRevisionMismatch)
    }
}

fn check_item(item: &Item, if_match: Option<&str>) -> Result<()> {
    if matches(item.revision, if_match) {
        Ok(())
    } else {
        Err(Error::ItemRevisionMismatch)
    }
}

fn check_data(data: &Value) -> Result<()> {
    if !data.is_object() {
        return Err(Error::Invalid {
            name: "Data",
            expected: "a JSON object".into(),
        });
    }
    if data.to_string().len() > MAX_DATA_BYTES {
        return Err(Error::DataTooLarge);
    }
    Ok(())
}

fn expiry(now: Timestamp, ttl_seconds: Option<u64>) -> Result<Option<Timestamp>> {
    match ttl_seconds {
        None | Some(0) => Ok(None),
        Some(seconds) if seconds <= MAX_TTL_SECONDS => {
            Ok(Some(later(now, Duration::from_secs(seconds))))
        }
        Some(_) => Err(Error::Invalid {
            name: "Ttl",
            expected: format!("0 to {MAX_TTL_SECONDS} seconds"),
        }),
    }
}
