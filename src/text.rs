//! Texts that customers and other programs wrote. They may hold half a surrogate pair, which no Rust string can hold.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

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
