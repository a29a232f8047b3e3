//! JSON text for the plugin's readers. Other than they, it reports the place of a syntax error, and keeps keys that occur twice.

use std::fmt;

use park_interaction::plugin::json::Json;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A syntax error in a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syntax {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// The mistake.
    pub why: String,
}

/// Reads a text.
pub fn json(text: &str) -> Result<Json, Syntax> {
    let Parsed(json) = serde_json::from_str(text).map_err(|error| Syntax {
        line: error.line(),
        column: error.column(),
        why: why(&error),
    })?;
    Ok(json)
}

/// Returns the mistake without its place, which `serde_json` appends.
fn why(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    said.strip_suffix(&place).unwrap_or(&said).to_owned()
}

struct Parsed(Json);

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "as the browser reads it")]
    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "as the browser reads it")]
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(Parsed(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut map = Vec::new();
        while let Some((key, Parsed(value))) = entries.next_entry()? {
            map.push((key, value));
        }
        Ok(Json::Map(map))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn every_kind_of_value_is_read() {
        assert_eq!(
            json(r#"{"a":[null,true,-1,2,1.5,"x"],"a":{}}"#).unwrap(),
            Json::Map(vec![
                (
                    "a".into(),
                    Json::List(vec![
                        Json::Null,
                        Json::Bool(true),
                        Json::Number(-1.0),
                        Json::Number(2.0),
                        Json::Number(1.5),
                        Json::Text("x".into()),
                    ])
                ),
                ("a".into(), Json::Map(Vec::new())),
            ])
        );
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        assert_eq!(
            json("{\n  \"a\": 1,\n}").unwrap_err(),
            Syntax {
                line: 3,
                column: 1,
                why: "trailing comma".into()
            }
        );
    }
}
