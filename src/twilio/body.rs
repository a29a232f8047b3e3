//! The bodies of Twilio's responses, read leniently: unknown fields are skipped.
//!
//! Twilio passes on texts that customers and other programs wrote. A message may end in half a surrogate pair
//! (`\ud83d`), and attributes may be nested hundreds of levels deep. Many JSON parsers refuse both. Here neither makes
//! a response unreadable.

use std::fmt;

use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The body of a response: JSON text as it was received, or nothing.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a>(Option<&'a RawValue>);

/// An error for a body that differs from Twilio's documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The path of the field that is missing or cannot be read.
    pub field: String,
}

impl<'a> Body<'a> {
    /// Makes a body from its JSON text. `None`: the response has no body.
    #[must_use]
    pub fn new(json: Option<&'a RawValue>) -> Self {
        Self(json)
    }

    /// Reads the body as a `T`. The error names the field and does not quote its value.
    pub fn parse<T: DeserializeOwned>(self) -> Result<T, Unreadable> {
        let text = self.0.map_or("null", RawValue::get);
        parse(text)
    }

    /// Returns Twilio's error code in the body of a failure, or 0 if there is none.
    #[must_use]
    pub fn error_code(self) -> u32 {
        #[derive(Deserialize)]
        struct TwilioError {
            code: u32,
        }
        self.parse::<TwilioError>().map_or(0, |error| error.code)
    }
}

/// Reads JSON text as a `T`. The error names the field and does not quote its value.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| Unreadable {
        field: field_of(&error),
    })
}

fn field_of(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = error.path().to_string();
    let message = error.inner().to_string();
    let missing = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    match missing {
        Some(name) if path == "." => name.to_owned(),
        Some(name) => format!("{path}.{name}"),
        None => path,
    }
}

/// A text from users. Half a surrogate pair, which a Rust string cannot hold, becomes U+FFFD.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Text(pub String);

/// A text that is JSON itself, e.g. attributes. Half a surrogate pair becomes its escape, which means the same in JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct JsonText(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decoded = deserializer.deserialize_bytes(Decoding(|_| "\u{fffd}".to_owned()))?;
        Ok(Self(decoded))
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decoded = deserializer.deserialize_bytes(Decoding(|half| format!("\\u{half:04x}")))?;
        Ok(Self(decoded))
    }
}

/// A decoder of the bytes of a JSON string. `serde_json` writes half a surrogate pair as three bytes. The function
/// returns the replacement for such a half.
struct Decoding(fn(u16) -> String);

impl Visitor<'_> for Decoding {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<String, E> {
        let mut decoded = String::with_capacity(bytes.len());
        let mut read = 0;
        for chunk in bytes.utf8_chunks() {
            decoded.push_str(chunk.valid());
            read += chunk.valid().len();
            // The first of the three bytes is a chunk of its own. The other two follow as chunks and are dropped.
            if chunk.invalid() == [0xED] {
                if let Some(half) = half_at(bytes, read) {
                    decoded.push_str(&(self.0)(half));
                }
            }
            read += chunk.invalid().len();
        }
        Ok(decoded)
    }
}

/// Returns the half of a surrogate pair whose three bytes begin at `start`.
fn half_at(bytes: &[u8], start: usize) -> Option<u16> {
    let second = u16::from(*bytes.get(start + 1)?);
    let third = u16::from(*bytes.get(start + 2)?);
    Some(0xD000 | (second & 0x3F) << 6 | third & 0x3F)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Message {
        body: Text,
        #[serde(default)]
        attributes: JsonText,
    }

    #[derive(Debug, Deserialize)]
    struct List {
        #[allow(dead_code, reason = "only its path matters")]
        messages: Vec<Message>,
    }

    #[test]
    fn half_a_surrogate_pair_is_read() {
        let text = r#"{"body":"cut \ud83d here","attributes":"{\"a\":\"\ud83d\"}"}"#;
        let message: Message = parse(text).unwrap();
        assert_eq!(message.body.0, "cut \u{fffd} here");
        assert_eq!(message.attributes.0, r#"{"a":"\ud83d"}"#);
        let whole: Message = parse(r#"{"body":"\ud83d\ude00 ü"}"#).unwrap();
        assert_eq!(whole.body.0, "😀 ü");
    }

    #[test]
    fn unknown_fields_may_be_nested_deeply() {
        let deep = format!(
            r#"{{"x":{}{},"body":"b"}}"#,
            "[".repeat(5_000),
            "]".repeat(5_000)
        );
        assert_eq!(parse::<Message>(&deep).unwrap().body.0, "b");
    }

    #[test]
    fn an_error_names_the_field_without_its_value() {
        let field = |text| parse::<List>(text).unwrap_err().field;
        assert_eq!(field("null"), ".");
        assert_eq!(field("{}"), "messages");
        assert_eq!(
            field(r#"{"messages":[{"body":"a"},{}]}"#),
            "messages[1].body"
        );
        assert_eq!(field(r#"{"messages":[{"body":7}]}"#), "messages[0].body");
    }
}
