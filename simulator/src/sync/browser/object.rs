//! A Sync object in the form of the browser SDKs: a name, items with revisions, and numbered events.
//!
//! Conversations uses such objects too. An object does not know the source of its content: [`Object::refresh`]
//! compares it with the current content, and returns the changes.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

use serde_json::{json, Value};

/// The number of events that are kept for subscriptions that start late.
const MAX_EVENTS: usize = 1000;

/// The kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// One value.
    Document,
    /// Values by name.
    Map,
    /// Values by index.
    List,
    /// The result of a query to an index, by key.
    LiveQuery,
}

impl ObjectKind {
    /// Returns the prefix of the names of its events, which is also that of the field with the object's SID.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Map => "map",
            Self::List => "list",
            Self::LiveQuery => "live_query",
        }
    }

    /// Returns the path segment.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Document => "Documents",
            Self::Map => "Maps",
            Self::List => "Lists",
            Self::LiveQuery => "Insights",
        }
    }

    /// Returns the kind with this path segment.
    #[must_use]
    pub fn from_plural(segment: &str) -> Option<Self> {
        [Self::Document, Self::Map, Self::List]
            .into_iter()
            .find(|kind| kind.plural() == segment)
    }

    /// Returns the kind with this prefix of event names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Document, Self::Map, Self::List, Self::LiveQuery]
            .into_iter()
            .find(|kind| kind.word() == word)
    }

    /// Returns the error code for an object that does not exist.
    #[must_use]
    pub fn not_found(self) -> u32 {
        match self {
            Self::Document => 54100,
            Self::Map => 54200,
            Self::List => 54150,
            Self::LiveQuery => 54500,
        }
    }
}

/// The key of an item. A document has one item, with the empty name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The index in a list.
    Index(u32),
    /// The key in a map.
    Name(String),
}

impl Key {
    /// Returns the key of a document's only item.
    #[must_use]
    pub fn only() -> Self {
        Self::Name(String::new())
    }

    fn json(&self) -> Value {
        match self {
            Self::Index(index) => json!(index),
            Self::Name(name) => json!(name),
        }
    }

    fn segment(&self) -> String {
        match self {
            Self::Index(index) => index.to_string(),
            Self::Name(name) => name.clone(),
        }
    }
}

/// The current content of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Fresh {
    pub data: Value,
    /// The revision, if REST shows one too; otherwise the object counts revisions itself.
    pub revision: Option<String>,
    /// The time at which it expires.
    pub date_expires: Option<String>,
}

impl From<Value> for Fresh {
    fn from(data: Value) -> Self {
        Self {
            data,
            revision: None,
            date_expires: None,
        }
    }
}

/// The content of an object.
pub type Content = BTreeMap<Key, Fresh>;

#[derive(Debug, Clone)]
struct Item {
    fresh: Fresh,
    revision: String,
    event_id: u64,
    date_updated: String,
}

/// A Sync object.
#[derive(Debug, Clone)]
pub struct Object {
    kind: ObjectKind,
    sid: String,
    name: Option<String>,
    url: String,
    items: BTreeMap<Key, Item>,
    log: VecDeque<ObjectEvent>,
    last_event_id: u64,
    date_updated: String,
}

/// An event for the subscribers of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectEvent {
    /// The number within the object.
    pub id: u64,
    /// Such as `map_item_added`.
    pub event_type: String,
    /// The parameters that the SDK reads.
    pub event: Value,
}

impl Object {
    /// Creates an object without content. `base` is the URL of the Sync service.
    #[must_use]
    pub fn new(kind: ObjectKind, sid: &str, name: Option<String>, base: &str, now: &str) -> Self {
        Self {
            kind,
            sid: sid.to_owned(),
            name,
            url: format!("{base}/{}/{sid}", kind.plural()),
            items: BTreeMap::new(),
            log: VecDeque::new(),
            last_event_id: 0,
            date_updated: now.to_owned(),
        }
    }

    /// Returns the number of the last event.
    #[must_use]
    pub fn last_event_id(&self) -> u64 {
        self.last_event_id
    }

    /// Returns the events after the one with this number.
    #[must_use]
    pub fn events_after(&self, id: u64) -> Vec<ObjectEvent> {
        self.log
            .iter()
            .filter(|event| event.id > id)
            .cloned()
            .collect()
    }

    /// Replaces the content, and returns the differences as events.
    pub fn refresh(&mut self, content: &Content, now: &str) -> Vec<ObjectEvent> {
        let events = self.differences(content, now);
        self.log.extend(events.iter().cloned());
        self.log.drain(..self.log.len().saturating_sub(MAX_EVENTS));
        events
    }

    fn differences(&mut self, content: &Content, now: &str) -> Vec<ObjectEvent> {
        let mut events = Vec::new();
        let gone: Vec<Key> = self
            .items
            .keys()
            .filter(|key| !content.contains_key(*key))
            .cloned()
            .collect();
        for key in gone {
            if let Some(mut item) = self.items.remove(&key) {
                self.advance(now);
                if self.kind == ObjectKind::LiveQuery {
                    item.revision = self.last_event_id.to_string();
                }
                events.push(self.event("removed", &key, &item, now));
            }
        }
        for (key, fresh) in content {
            let old = self.items.get(key);
            if old.is_some_and(|old| old.fresh == *fresh) {
                continue;
            }
            let change = if old.is_some() { "updated" } else { "added" };
            let count = old
                .and_then(|old| old.revision.parse::<u64>().ok())
                .map_or(0, |count| count + 1);
            self.advance(now);
            let count = match self.kind {
                ObjectKind::LiveQuery => self.last_event_id,
                _ => count,
            };
            let item = Item {
                revision: fresh.revision.clone().unwrap_or_else(|| count.to_string()),
                fresh: fresh.clone(),
                event_id: self.last_event_id,
                date_updated: now.to_owned(),
            };
            events.push(self.event(change, key, &item, now));
            self.items.insert(key.clone(), item);
        }
        events
    }

    /// Returns the event about the removal of the object itself.
    #[must_use]
    pub fn removed(&mut self, now: &str) -> ObjectEvent {
        self.advance(now);
        let word = self.kind.word();
        ObjectEvent {
            id: self.last_event_id,
            event_type: format!("{word}_removed"),
            event: json!({"id": self.last_event_id, "date_created": now, format!("{word}_sid"): self.sid}),
        }
    }

    /// Returns the object in the form in which the SDK opens it.
    #[must_use]
    pub fn describe(&self) -> Value {
        let mut object = json!({
            "sid": self.sid,
            "unique_name": self.name,
            "revision": self.last_event_id.to_string(),
            "last_event_id": self.last_event_id,
            "date_created": self.date_updated,
            "date_updated": self.date_updated,
            "date_expires": null,
            "created_by": "system",
            "url": self.url,
            "links": {},
        });
        let Some(fields) = object.as_object_mut() else {
            return object;
        };
        if self.kind == ObjectKind::Document {
            if let Some(item) = self.items.get(&Key::only()) {
                fields.insert("data".into(), item.fresh.data.clone());
                fields.insert("revision".into(), item.revision.clone().into());
            }
        } else {
            fields.insert(
                "links".into(),
                json!({"items": format!("{}/Items", self.url)}),
            );
        }
        object
    }

    /// Returns a page of items: the first or last `limit` ones from `from` on.
    #[must_use]
    pub fn page(&self, query: &Query) -> Value {
        let matching = self.items.range(query.range());
        let wanted = |(key, _): &(&Key, &Item)| query.only.as_ref().is_none_or(|only| only == *key);
        // One more than the page, which is the first of the next one.
        let ordered: Vec<_> = if query.descending {
            matching
                .rev()
                .filter(wanted)
                .take(query.limit + 1)
                .collect()
        } else {
            matching.filter(wanted).take(query.limit + 1).collect()
        };
        let next = ordered
            .get(query.limit)
            .map(|(key, _)| query.continued_at(key));
        let items: Vec<Value> = ordered
            .iter()
            .take(query.limit)
            .map(|(key, item)| self.item(key, item))
            .collect();
        json!({
            "items": items,
            "meta": {"previous_token": null, "next_token": next, "page": 0, "page_size": query.limit},
        })
    }

    /// Returns the object with all its items, in the form in which the SDK opens it.
    #[must_use]
    pub fn describe_with_items(&self) -> Value {
        let mut object = self.describe();
        let items: Vec<Value> = self
            .items
            .iter()
            .map(|(key, item)| self.item(key, item))
            .collect();
        if let Some(fields) = object.as_object_mut() {
            fields.insert("items".into(), items.into());
        }
        object
    }

    /// Returns one item, if it exists.
    #[must_use]
    pub fn one(&self, key: &Key) -> Option<Value> {
        self.items.get(key).map(|item| self.item(key, item))
    }

    fn advance(&mut self, now: &str) {
        self.last_event_id += 1;
        now.clone_into(&mut self.date_updated);
    }

    fn key_field(&self) -> &'static str {
        if self.kind == ObjectKind::List {
            "index"
        } else {
            "key"
        }
    }

    /// Returns the revision as the SDK reads it. In a live query it is a number that grows over the whole
    /// query, because the SDK ignores an event, even a removal, whose revision is not above the one that it
    /// has.
    fn revision(&self, item: &Item) -> Value {
        match self.kind {
            ObjectKind::LiveQuery => item.revision.parse::<u64>().unwrap_or_default().into(),
            _ => item.revision.clone().into(),
        }
    }

    fn item(&self, key: &Key, item: &Item) -> Value {
        json!({
            self.key_field(): key.json(),
            "data": item.fresh.data,
            "revision": self.revision(item),
            "last_event_id": item.event_id,
            "url": format!("{}/Items/{}", self.url, key.segment()),
            "date_created": item.date_updated,
            "date_updated": item.date_updated,
            "date_expires": item.fresh.date_expires,
        })
    }

    fn event(&self, change: &str, key: &Key, item: &Item, now: &str) -> ObjectEvent {
        let word = self.kind.word();
        let sid_field = match self.kind {
            ObjectKind::LiveQuery => "query_id".to_owned(),
            _ => format!("{word}_sid"),
        };
        let mut event = json!({
            "id": self.last_event_id,
            "last_event_id": self.last_event_id,
            "date_created": now,
            sid_field: self.sid,
            format!("{word}_revision"): self.last_event_id.to_string(),
        });
        let (event_type, fields) = if self.kind == ObjectKind::Document {
            (
                "document_updated".to_owned(),
                json!({"document_data": item.fresh.data, "document_revision": item.revision}),
            )
        } else {
            let url = format!("{}/Items/{}", self.url, key.segment());
            let change = match (self.kind, change) {
                // Clients of a live query expect no event about additions.
                (ObjectKind::LiveQuery, "added") => "updated",
                _ => change,
            };
            (
                format!("{word}_item_{change}"),
                json!({
                    format!("item_{}", self.key_field()): key.json(),
                    "item_data": item.fresh.data,
                    "item_revision": self.revision(item),
                    "item_url": url,
                }),
            )
        };
        if let (Some(event), Value::Object(fields)) = (event.as_object_mut(), fields) {
            event.extend(fields);
        }
        ObjectEvent {
            id: self.last_event_id,
            event_type,
            event,
        }
    }
}

/// A selection of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The only item to select.
    pub only: Option<Key>,
    /// The first item to select, in the order of the query.
    pub from: Option<Key>,
    /// True for reverse order.
    pub descending: bool,
    /// The maximum number of items.
    pub limit: usize,
}

impl Query {
    /// Returns the query that continues a page of this query; see [`Self::continued_at`].
    #[must_use]
    pub fn from_token(kind: ObjectKind, token: &str) -> Option<Self> {
        let mut parts = token.splitn(3, ':');
        let (order, limit, key) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            only: None,
            from: Some(key_of(kind, key)?),
            descending: order == "desc",
            limit: limit.parse().ok()?,
        })
    }

    fn continued_at(&self, key: &Key) -> String {
        format!(
            "{}:{}:{}",
            if self.descending { "desc" } else { "asc" },
            self.limit,
            key.segment()
        )
    }

    /// Returns the range of keys from the first one on: like Sync's, it holds that key, and no item has to have it.
    fn range(&self) -> (Bound<&Key>, Bound<&Key>) {
        let from = self.from.as_ref().map_or(Bound::Unbounded, Bound::Included);
        if self.descending {
            (Bound::Unbounded, from)
        } else {
            (from, Bound::Unbounded)
        }
    }
}

/// Parses a key.
#[must_use]
pub fn key_of(kind: ObjectKind, text: &str) -> Option<Key> {
    match kind {
        ObjectKind::List => text.parse().ok().map(Key::Index),
        ObjectKind::Map | ObjectKind::Document | ObjectKind::LiveQuery => {
            Some(Key::Name(text.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-01-01T00:00:00.000Z";

    fn list(texts: &[&str]) -> Content {
        (0..)
            .zip(texts)
            .map(|(index, text)| (Key::Index(index), json!(text).into()))
            .collect()
    }

    fn filled(texts: &[&str]) -> Object {
        let mut object = Object::new(
            ObjectKind::List,
            "ES1",
            Some("CH1.messages".into()),
            "https://cds.example/v3",
            NOW,
        );
        object.refresh(&list(texts), NOW);
        object
    }

    fn everything() -> Query {
        Query {
            only: None,
            from: None,
            descending: false,
            limit: 50,
        }
    }

    #[test]
    fn unchanged_content_has_no_events() {
        let mut object = filled(&["a", "b"]);
        assert_eq!(object.refresh(&list(&["a", "b"]), NOW), []);
        assert_eq!(object.last_event_id(), 2);
    }

    #[test]
    fn each_change_is_one_numbered_event() {
        let mut object = filled(&["a"]);
        let added = object.refresh(&list(&["a", "b"]), NOW);
        let updated = object.refresh(&list(&["a", "c"]), NOW);
        let removed = object.refresh(&list(&["a"]), NOW);
        let seen: Vec<_> = [added, updated, removed]
            .concat()
            .into_iter()
            .map(|event| (event.event_type, event.id))
            .collect();
        assert_eq!(
            seen,
            [
                ("list_item_added".to_owned(), 2),
                ("list_item_updated".to_owned(), 3),
                ("list_item_removed".to_owned(), 4),
            ]
        );
    }

    /// The SDK ignores an event of a query whose item revision is not above the one that it has.
    #[test]
    fn live_query_revisions_only_grow() {
        let mut query = Object::new(ObjectKind::LiveQuery, "QR1", None, "", NOW);
        let revision = |events: Vec<ObjectEvent>| {
            let event = events.first().map(|event| &event.event);
            event.and_then(|event| event.get("item_revision")?.as_u64())
        };
        let found = |text: &str| Content::from([(Key::Name("WR1".into()), json!(text).into())]);
        let seen = [
            revision(query.refresh(&found("a"), NOW)),
            revision(query.refresh(&found("b"), NOW)),
            revision(query.refresh(&Content::new(), NOW)),
            revision(query.refresh(&found("a"), NOW)),
        ];
        assert_eq!(seen, [Some(1), Some(2), Some(3), Some(4)]);
    }

    /// By this number the SDK applies each change only once.
    #[test]
    fn items_carry_their_events_number() {
        let mut object = filled(&["a"]);
        let events = object.refresh(&list(&["a", "b"]), NOW);
        let item = object.one(&Key::Index(1)).unwrap_or_default();
        assert_eq!(
            events.first().and_then(|event| event.event.get("id")),
            item.get("last_event_id")
        );
    }

    #[test]
    fn late_subscriptions_get_missed_events() {
        let mut object = filled(&["a"]);
        object.refresh(&list(&["a", "b"]), NOW);
        object.refresh(&list(&["a", "b", "c"]), NOW);
        let missed: Vec<u64> = object
            .events_after(1)
            .iter()
            .map(|event| event.id)
            .collect();
        assert_eq!(missed, [2, 3]);
    }

    #[test]
    fn pages_continue_in_both_directions() {
        let object = filled(&["a", "b", "c"]);
        for (descending, expected) in [(false, ["a", "b", "c"]), (true, ["c", "b", "a"])] {
            let mut query = Query {
                limit: 2,
                descending,
                ..everything()
            };
            let mut seen = Vec::new();
            loop {
                let page = object.page(&query);
                let items = page
                    .get("items")
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default();
                seen.extend(
                    items
                        .iter()
                        .filter_map(|item| item.get("data")?.as_str().map(str::to_owned)),
                );
                let token = page.pointer("/meta/next_token").and_then(Value::as_str);
                match token.and_then(|token| Query::from_token(ObjectKind::List, token)) {
                    Some(next) => query = next,
                    None => break,
                }
            }
            assert_eq!(seen, expected);
        }
    }

    /// Sync lists a map in the order of its keys, from a key on that no item has to have, in pages of a limited size.
    #[test]
    fn pages_of_a_map_start_at_a_key() {
        let mut map = Object::new(ObjectKind::Map, "MP1", None, "", NOW);
        let keys = ["b", "a", "d", "c"].map(|key| (Key::Name(key.into()), json!(key).into()));
        map.refresh(&Content::from(keys), NOW);
        let page = |from: &str, descending| {
            let page = map.page(&Query {
                from: Some(Key::Name(from.into())),
                descending,
                limit: 2,
                ..everything()
            });
            let items = page.get("items").and_then(Value::as_array).cloned();
            let keys: Vec<Value> = items
                .unwrap_or_default()
                .iter()
                .map(|item| item["key"].clone())
                .collect();
            let next = page.pointer("/meta/next_token");
            (json!(keys), next.is_some_and(Value::is_string))
        };
        assert_eq!(page("b", false), (json!(["b", "c"]), true), "inclusive");
        assert_eq!(
            page("bb", false),
            (json!(["c", "d"]), false),
            "the next key"
        );
        assert_eq!(page("e", false), (json!([]), false));
        assert_eq!(page("cc", true), (json!(["c", "b"]), true));
        assert_eq!(page("", true), (json!([]), false));
    }

    #[test]
    fn document_events_carry_the_data() {
        let mut object = Object::new(
            ObjectKind::Document,
            "ET1",
            Some("CH1.channel".into()),
            "https://cds.example/v3",
            NOW,
        );
        object.refresh(
            &Content::from([(Key::only(), json!({"state": "active"}).into())]),
            NOW,
        );
        let events = object.refresh(
            &Content::from([(Key::only(), json!({"state": "closed"}).into())]),
            NOW,
        );
        assert_eq!(
            events.first().map(|event| event.event_type.as_str()),
            Some("document_updated")
        );
        assert_eq!(
            object.describe().pointer("/data/state"),
            Some(&json!("closed"))
        );
    }

    #[test]
    fn the_sources_revisions_are_kept() {
        let mut object = Object::new(
            ObjectKind::Map,
            "MP1",
            Some("Parked".into()),
            "https://cds.example/v3",
            NOW,
        );
        let fresh = Fresh {
            data: json!({}),
            revision: Some("2a".into()),
            date_expires: None,
        };
        object.refresh(&Content::from([(Key::Name("CH1".into()), fresh)]), NOW);
        let item = object.one(&Key::Name("CH1".into())).unwrap_or_default();
        assert_eq!(item.get("revision"), Some(&json!("2a")));
    }
}
