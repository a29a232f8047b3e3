//! Reading a request's fields, with errors that name the field.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::list_item::LONGEST_TTL_SECONDS;

/// A field that is missing or not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadField {
    /// Its name.
    pub field: String,
    /// What was expected.
    pub expected: &'static str,
}

/// The fields of a request: as JSON sends them, or all as texts, as a form does.
pub struct Fields<'a>(pub &'a Map<String, Value>);

impl Fields<'_> {
    /// A value that reads from a JSON string, a SID for example.
    pub fn required<T: DeserializeOwned>(
        &self,
        field: &str,
        expected: &'static str,
    ) -> Result<T, BadField> {
        self.optional(field, expected)?.ok_or_else(|| BadField {
            field: field.into(),
            expected,
        })
    }

    /// Likewise one that may be missing.
    pub fn optional<T: DeserializeOwned>(
        &self,
        field: &str,
        expected: &'static str,
    ) -> Result<Option<T>, BadField> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(value) => serde_json::from_value(value.clone())
                .map(Some)
                .map_err(|_| BadField {
                    field: field.into(),
                    expected,
                }),
        }
    }

    /// A text, if there is one that is not empty.
    pub fn text(&self, field: &str) -> Option<String> {
        let text = self.0.get(field)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A whole number from zero, also as text.
    pub fn index(&self, field: &str) -> Result<Option<u32>, BadField> {
        const EXPECTED: &str = "a whole number from zero";
        match self.0.get(field) {
            Some(Value::String(text)) if !text.is_empty() => {
                text.parse().map(Some).map_err(|_| BadField {
                    field: field.into(),
                    expected: EXPECTED,
                })
            }
            _ => self.optional(field, EXPECTED),
        }
    }

    /// Likewise one that may not be larger than Sync's longest time to live.
    pub fn ttl(&self, field: &str) -> Result<Option<u32>, BadField> {
        const EXPECTED: &str = "seconds, from 0 to 31536000";
        let bad = || BadField {
            field: field.into(),
            expected: EXPECTED,
        };
        let seconds = self.index(field).map_err(|_| bad())?;
        if seconds.is_some_and(|seconds| seconds > LONGEST_TTL_SECONDS) {
            return Err(bad());
        }
        Ok(seconds)
    }

    /// True or false, also as text; false when missing.
    pub fn switch(&self, field: &str) -> Result<bool, BadField> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(on)) => Ok(*on),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" || text.is_empty() => Ok(false),
            Some(_) => Err(BadField {
                field: field.into(),
                expected: "true or false",
            }),
        }
    }
}
