//! Twilio's attributes: a JSON object in a string. Each write replaces the whole string.
//!
//! Each key and value is kept as its original text. So a write leaves the data of other programs unchanged: no number
//! is rounded, the order of keys stays, and half a surrogate pair or deep nesting does no harm.
//!
//! Source: <https://www.twilio.com/docs/conversations/api/conversation-resource>

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::text::Text;

/// The largest size of a conversation's attributes, in bytes.
pub const CONVERSATION_LIMIT: usize = 16 * 1024;

/// An error for attributes that are no JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NotAnObject;

impl fmt::Display for NotAnObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`attributes`: expected a JSON object")
    }
}

impl std::error::Error for NotAnObject {}

/// A JSON object with unparsed values.
#[derive(Debug, Clone, Default)]
pub struct Attributes(Vec<Entry>);

#[derive(Debug, Clone)]
struct Entry {
    /// The key, as JSON text.
    raw_key: Box<RawValue>,
    /// The key as a string, with U+FFFD for half a surrogate pair.
    key: String,
    value: Box<RawValue>,
}

impl Attributes {
    /// Parses attributes. An empty text counts as an empty object.
    pub fn parse(text: &str) -> Result<Self, NotAnObject> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(text).map_err(|_| NotAnObject)
    }

    /// Returns the attributes as text.
    #[must_use]
    pub fn text(&self) -> String {
        let entries: Vec<String> = self
            .0
            .iter()
            .map(|entry| format!("{}:{}", entry.raw_key.get(), entry.value.get()))
            .collect();
        format!("{{{}}}", entries.join(","))
    }

    /// Returns the keys in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|entry| entry.key.as_str())
    }

    /// Returns the JSON text of `key`.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<&RawValue> {
        let found = self.0.iter().find(|entry| entry.key == key);
        found.map(|entry| entry.value.as_ref())
    }

    /// Returns the value of `key`, if it is a `T`.
    #[must_use]
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_str(self.raw(key)?.get()).ok()
    }

    /// Returns the text of `key`, if it is a string.
    #[must_use]
    pub fn text_at(&self, key: &str) -> Option<String> {
        self.get::<Text>(key).map(|text| text.0)
    }

    /// Removes `key` and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Box<RawValue>> {
        let position = self.0.iter().position(|entry| entry.key == key)?;
        Some(self.0.remove(position).value)
    }

    /// Sets the JSON text of `key`, in its old place or else last.
    pub fn set_raw(&mut self, key: &str, value: Box<RawValue>) {
        // Serialization of a string cannot fail.
        if let Ok(raw_key) = serde_json::value::to_raw_value(key) {
            self.put(Entry {
                raw_key,
                key: key.into(),
                value,
            });
        }
    }

    /// Sets the value of `key`. A value that cannot be serialized is ignored; this crate has none.
    pub fn set<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        if let Ok(raw) = serde_json::value::to_raw_value(value) {
            self.set_raw(key, raw);
        }
    }

    fn put(&mut self, new: Entry) {
        let same = |old: &&mut Entry| old.raw_key.get() == new.raw_key.get();
        match self.0.iter_mut().find(same) {
            Some(old) => *old = new,
            None => self.0.push(new),
        }
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = RawValue::from_string(self.text()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
                let mut attributes = Attributes::default();
                // The map avoids a linear search, because a request may have a hundred thousand keys.
                let mut places: BTreeMap<String, usize> = BTreeMap::new();
                while let Some((raw_key, value)) =
                    map.next_entry::<Box<RawValue>, Box<RawValue>>()?
                {
                    let key = serde_json::from_str::<Text>(raw_key.get());
                    let key = key.map_err(serde::de::Error::custom)?.0;
                    let place = places.get(raw_key.get()).copied();
                    if let Some(old) = place.and_then(|place| attributes.0.get_mut(place)) {
                        old.value = value;
                    } else {
                        places.insert(raw_key.get().to_owned(), attributes.0.len());
                        attributes.0.push(Entry {
                            raw_key,
                            key,
                            value,
                        });
                    }
                }
                Ok(attributes)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;

    #[test]
    fn a_write_leaves_other_keys_unchanged() {
        let deep = format!("{}{}", "[".repeat(3_000), "]".repeat(3_000));
        let text = format!(
            r#"{{"z":1.10,"big":123456789012345678901234567890,"a":{{"nested":[1,2.0]}},"é":"ü","\ud83d":"\ud83d","deep":{deep}}}"#
        );
        let mut attributes = Attributes::parse(&text).unwrap();
        attributes.set("ours", "x");
        attributes.remove("ours");
        assert_eq!(attributes.text(), text);
        let nested = serde_json::to_string(&[attributes]).unwrap();
        assert_eq!(nested, format!("[{text}]"));
    }

    #[test]
    fn an_empty_text_is_an_object_and_an_array_is_not() {
        assert_eq!(Attributes::parse(" ").unwrap().text(), "{}");
        assert_eq!(Attributes::parse("[]").unwrap_err(), NotAnObject);
    }

    #[test]
    fn a_value_of_another_type_counts_as_missing() {
        let attributes = Attributes::parse(r#"{"count":"three","half":"a\ud83d"}"#).unwrap();
        assert_eq!(attributes.get::<u32>("count"), None);
        assert_eq!(attributes.text_at("half").unwrap(), "a\u{fffd}");
    }
}
