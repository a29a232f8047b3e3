//! Attributes as Twilio keeps them: a JSON object in a string, replaced whole by each write.
//!
//! Every value is kept as the text it came as, so that what others wrote goes back exactly as it was:
//! no number is rounded and no key moves.
//!
//! Source: <https://www.twilio.com/docs/conversations/api/conversation-resource>

use std::fmt;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The most that a conversation's attributes may hold, in bytes.
pub const CONVERSATION_LIMIT: usize = 16 * 1024;

/// Why attributes cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Malformed {
    /// The attribute, or `attributes` for the whole.
    pub field: String,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: expected {}", self.field, self.expected)
    }
}

impl std::error::Error for Malformed {}

/// A JSON object whose values are not looked into.
#[derive(Debug, Clone, Default)]
pub struct Attributes(Vec<(String, Box<RawValue>)>);

impl Attributes {
    /// Reads the text that Twilio holds. Nothing at all counts as an empty object.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(text).map_err(|_| Malformed {
            field: "attributes".into(),
            expected: "a JSON object",
        })
    }

    /// The text to write back.
    #[must_use]
    pub fn text(&self) -> String {
        // Writing an object of texts that were JSON already cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// The JSON text under `key`.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<&RawValue> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_ref())
    }

    /// What stands under `key`, if anything but `null` does.
    pub fn optional<T: DeserializeOwned>(
        &self,
        key: &str,
        expected: &'static str,
    ) -> Result<Option<T>, Malformed> {
        match self.raw(key) {
            None => Ok(None),
            Some(raw) => serde_json::from_str(raw.get()).map_err(|_| Malformed {
                field: key.into(),
                expected,
            }),
        }
    }

    /// What must stand under `key`.
    pub fn required<T: DeserializeOwned>(
        &self,
        key: &str,
        expected: &'static str,
    ) -> Result<T, Malformed> {
        self.optional(key, expected)?.ok_or(Malformed {
            field: key.into(),
            expected,
        })
    }

    /// Takes `key` out.
    pub fn remove(&mut self, key: &str) -> Option<Box<RawValue>> {
        let position = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(position).1)
    }

    /// Puts JSON text under `key`: in its old place, or last.
    pub fn set_raw(&mut self, key: &str, value: Box<RawValue>) {
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.into(), value)),
        }
    }

    /// Puts a value under `key`. One that has no JSON form (there is none in this crate) is left out.
    pub fn set<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        if let Ok(raw) = serde_json::value::to_raw_value(value) {
            self.set_raw(key, raw);
        }
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
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
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    attributes.set_raw(&key, value);
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
    fn what_others_wrote_goes_back_to_the_letter() {
        let text =
            r#"{"z":1.10,"big":123456789012345678901234567890,"a":{"nested":[1,2.0]},"é":"ü"}"#;
        let mut attributes = Attributes::parse(text).unwrap();
        attributes.set("ours", "x");
        attributes.remove("ours");
        assert_eq!(attributes.text(), text);
    }

    #[test]
    fn an_empty_text_is_an_empty_object_and_an_array_is_refused() {
        assert_eq!(Attributes::parse(" ").unwrap().text(), "{}");
        assert_eq!(Attributes::parse("[]").unwrap_err().field, "attributes");
    }

    #[test]
    fn a_value_of_the_wrong_type_names_its_key() {
        let attributes = Attributes::parse(r#"{"count":"three"}"#).unwrap();
        let error = attributes.required::<u32>("count", "a number").unwrap_err();
        assert_eq!(error.to_string(), "`count`: expected a number");
    }
}
