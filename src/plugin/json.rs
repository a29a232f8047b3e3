//! What Flex hands over, before anybody knows whether it is what it should be.
//!
//! Configuration, tasks and participants are written by admins, workflows and other plugins, so any
//! field may be missing or of another kind. [`Field`] remembers the way to each value: an error
//! names the field, and what was expected there, without quoting what was found.

use std::fmt;

use crate::sid::InvalidSid;
use crate::stored::ReadFrom;

/// Plain data. The browser's adapter makes it without serde, whose error texts alone would be a
/// fifth of the Wasm.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Json {
    /// Null, undefined or missing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// Any text.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Map(Vec<(String, Json)>),
}

impl Json {
    /// What stands under `name`; nothing if nothing does. For data in which anything may be missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &Self {
        let Self::Map(entries) = self else {
            return &Self::Null;
        };
        let entry = entries.iter().find(|(key, _)| key == name);
        entry.map_or(&Self::Null, |(_, value)| value)
    }

    /// The text under `name`, if there is one that is not blank; without the space around it.
    #[must_use]
    pub fn get_text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Self::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Returns the time under `name`, in milliseconds since 1970. Earlier versions wrote 0 for a missing time.
    #[must_use]
    pub fn get_time(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Self::Number(time) if *time > 0.0 && *time <= LAST_TIME => Some(*time),
            _ => None,
        }
    }
}

/// A time; see [`Json::get_time`].
impl ReadFrom<Json> for f64 {
    fn read_from(object: &Json, key: &str) -> Option<Self> {
        object.get_time(key)
    }
}

/// A text; see [`Json::get_text`].
impl ReadFrom<Json> for String {
    fn read_from(object: &Json, key: &str) -> Option<Self> {
        object.get_text(key).map(Into::into)
    }
}

/// The latest time that JavaScript knows.
const LAST_TIME: f64 = 8.64e15;

/// A value is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The way to it, such as `attributes.conversationSid`.
    pub path: String,
    /// What should be there.
    pub expected: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is malformed: expected {}",
            self.path, self.expected
        )
    }
}

impl std::error::Error for Malformed {}

/// A value and the way to it.
///
/// A way may lead on from what is no object: reading at its end says what is wrong, and where.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    path: String,
    /// `None`: there should be an object at `path`, and the way ends there.
    value: Option<&'a Json>,
}

impl<'a> Field<'a> {
    /// The value from which all ways start; `path` may be empty.
    pub fn root(path: impl Into<String>, value: &'a Json) -> Self {
        Self {
            path: path.into(),
            value: Some(value),
        }
    }

    /// The field `name` of this object. Nothing has fields that are nothing.
    #[must_use]
    pub fn at(&self, name: &str) -> Self {
        let value = match self.value {
            Some(object @ (Json::Null | Json::Map(_))) => object.get(name),
            _ => {
                return Self {
                    path: self.path.clone(),
                    value: None,
                }
            }
        };
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Self {
            path,
            value: Some(value),
        }
    }

    /// The field at the end of the way `names`.
    #[must_use]
    pub fn down(&self, names: &[&str]) -> Self {
        names
            .iter()
            .fold(self.clone(), |field, name| field.at(name))
    }

    /// The value itself.
    pub fn value(&self) -> Result<&'a Json, Malformed> {
        self.value.ok_or_else(|| self.malformed("an object"))
    }

    /// Whether there is something.
    pub fn is_present(&self) -> Result<bool, Malformed> {
        Ok(*self.value()? != Json::Null)
    }

    /// A flag, if it is set.
    pub fn flag(&self) -> Result<Option<bool>, Malformed> {
        match self.value()? {
            Json::Null => Ok(None),
            Json::Bool(flag) => Ok(Some(*flag)),
            _ => Err(self.malformed("true or false")),
        }
    }

    /// A whole number from the first to the second of `range`, if there is any.
    pub fn whole(&self, range: (u32, u32)) -> Result<Option<u32>, Malformed> {
        let (least, most) = range;
        let found = match self.value()? {
            Json::Null => return Ok(None),
            Json::Number(number) => whole(*number),
            _ => None,
        };
        found
            .filter(|number| (least..=most).contains(number))
            .map(Some)
            .ok_or_else(|| self.malformed(&format!("a whole number from {least} to {most}")))
    }

    /// A text, if there is one.
    pub fn text(&self) -> Result<Option<&'a str>, Malformed> {
        match self.value()? {
            Json::Null => Ok(None),
            Json::Text(text) => Ok(Some(text)),
            _ => Err(self.malformed("a text")),
        }
    }

    /// The items of a list; nothing is an empty list.
    pub fn items(&self) -> Result<Vec<Field<'a>>, Malformed> {
        match self.value()? {
            Json::Null => Ok(Vec::new()),
            Json::List(items) => Ok(items
                .iter()
                .enumerate()
                .map(|(index, value)| Self::root(format!("{}[{index}]", self.path), value))
                .collect()),
            _ => Err(self.malformed("a list")),
        }
    }

    /// The SID that must be there.
    pub fn sid<T>(&self, parse: fn(String) -> Result<T, InvalidSid>) -> Result<T, Malformed> {
        let text = match self.value()? {
            Json::Text(text) => text.clone(),
            _ => String::new(),
        };
        parse(text).map_err(|invalid| {
            self.malformed(&format!(
                "`{}` followed by 32 hexadecimal digits",
                invalid.prefix
            ))
        })
    }

    /// The SID, if there is one.
    pub fn optional_sid<T>(
        &self,
        parse: fn(String) -> Result<T, InvalidSid>,
    ) -> Result<Option<T>, Malformed> {
        if self.is_present()? {
            self.sid(parse).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Says that something else should be here.
    #[must_use]
    pub fn malformed(&self, expected: &str) -> Malformed {
        Malformed {
            path: self.path.clone(),
            expected: expected.into(),
        }
    }
}

/// The number, if it is one that Rust counts with.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the guard admits only what fits"
)]
#[must_use]
pub fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number))
        .then_some(number as u32)
}

#[cfg(test)]
impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => number.as_f64().map_or(Self::Null, Self::Number),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(entries) => Self::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::*;
    use crate::sid::TaskSid;

    #[test]
    fn an_error_names_the_way_to_the_field_and_what_was_expected_there() {
        let data = Json::from(&serde_json::json!({ "a": { "b": 3 } }));
        let root = Field::root("", &data);
        assert_eq!(
            root.down(&["a", "b", "c"]).text().unwrap_err().to_string(),
            "`a.b` is malformed: expected an object"
        );
        assert_eq!(
            root.down(&["a", "b"]).flag().unwrap_err().to_string(),
            "`a.b` is malformed: expected true or false"
        );
    }

    #[test]
    fn a_whole_number_is_taken_from_its_range_only() {
        let whole = |value: &serde_json::Value| {
            let value = Json::from(value);
            Field::root("hours", &value).whole((1, 24))
        };
        for (value, number) in [(json!(1), 1), (json!(24.0), 24)] {
            assert_eq!(whole(&value), Ok(Some(number)));
        }
        assert_eq!(whole(&json!(null)), Ok(None));
        for wrong in [
            json!(0),
            json!(25),
            json!(-1),
            json!(1.5),
            json!(1e300),
            json!("3"),
        ] {
            assert_eq!(
                whole(&wrong).unwrap_err().to_string(),
                "`hours` is malformed: expected a whole number from 1 to 24",
                "{wrong}"
            );
        }
    }

    #[test]
    fn what_is_missing_has_fields_that_are_missing() {
        let field = Field::root("x", &Json::Null).down(&["a", "b"]);
        assert_eq!(field.is_present(), Ok(false));
        assert_eq!(field.text(), Ok(None));
        assert_eq!(field.flag(), Ok(None));
        assert!(field.items().unwrap().is_empty());
    }

    #[test]
    fn a_sid_of_another_kind_and_a_missing_one_are_malformed_alike() {
        let data = Json::from(&serde_json::json!({ "sid": "WR00000000000000000000000000000001" }));
        let root = Field::root("task", &data);
        for name in ["sid", "missing"] {
            let error = root.at(name).sid(TaskSid::parse).unwrap_err();
            assert_eq!(error.path, format!("task.{name}"));
            assert_eq!(error.expected, "`WT` followed by 32 hexadecimal digits");
        }
    }

    #[test]
    fn an_item_of_a_list_is_named_by_its_place() {
        let data = Json::from(&serde_json::json!({ "list": ["one", 2] }));
        let items = Field::root("", &data).at("list").items().unwrap();
        let errors: Vec<_> = items.iter().filter_map(|item| item.text().err()).collect();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors.first().unwrap().path, "list[1]");
    }
}
