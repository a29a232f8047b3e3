//! Reading a request's fields, with errors that name the field. A field that is not asked for is not looked at.

use serde::de::DeserializeOwned;

use crate::attributes::Attributes;
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
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(pub &'a Attributes);

impl Fields<'_> {
    /// Reads a value that has the form of a JSON string, a SID for example.
    pub fn required<T: DeserializeOwned>(
        self,
        field: &str,
        expected: &'static str,
    ) -> Result<T, BadField> {
        self.optional(field, expected)?
            .ok_or_else(|| bad(field, expected))
    }

    /// Reads one that may be missing or empty.
    pub fn optional<T: DeserializeOwned>(
        self,
        field: &str,
        expected: &'static str,
    ) -> Result<Option<T>, BadField> {
        match self.0.raw(field).map(serde_json::value::RawValue::get) {
            None | Some("null" | "\"\"") => Ok(None),
            Some(_) => match self.0.get(field) {
                Some(value) => Ok(Some(value)),
                None => Err(bad(field, expected)),
            },
        }
    }

    /// Reads a text, if there is one that is not empty.
    #[must_use]
    pub fn text(self, field: &str) -> Option<String> {
        self.0.text_at(field).filter(|text| !text.is_empty())
    }

    /// Reads a whole number from zero, also as text.
    pub fn index(self, field: &str) -> Result<Option<u32>, BadField> {
        const EXPECTED: &str = "a whole number from zero";
        match self.text(field) {
            Some(text) => match text.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(bad(field, EXPECTED)),
            },
            None => self.optional(field, EXPECTED),
        }
    }

    /// Reads one that may not be larger than Sync's longest time to live.
    pub fn ttl(self, field: &str) -> Result<Option<u32>, BadField> {
        const EXPECTED: &str = "seconds, from 0 to 31536000";
        let seconds = self.index(field).map_err(|_| bad(field, EXPECTED))?;
        match seconds {
            Some(seconds) if seconds > LONGEST_TTL_SECONDS => Err(bad(field, EXPECTED)),
            seconds => Ok(seconds),
        }
    }

    /// Reads true or false, also as text; false when missing.
    pub fn switch(self, field: &str) -> Result<bool, BadField> {
        match self.0.raw(field).map(serde_json::value::RawValue::get) {
            None | Some("null" | "false" | "\"\"" | "\"false\"") => Ok(false),
            Some("true" | "\"true\"") => Ok(true),
            Some(_) => Err(bad(field, "true or false")),
        }
    }
}

fn bad(field: &str, expected: &'static str) -> BadField {
    BadField {
        field: field.into(),
        expected,
    }
}
