//! Unchecked data from Flex, and its checked reading.
//!
//! Admins, workflows and other plugins write configuration, tasks and participants, so any field may be missing or of
//! another type. [`Field`] keeps the path of each value: an error names the path and the expected value, and does not
//! quote the value.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::sid::InvalidSid;
use crate::stored::ReadFrom;

/// Plain data. `value` makes it from JavaScript without serde, whose error texts alone would be a fifth of the Wasm.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Json {
    /// Null, undefined or missing.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Map(Vec<(String, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

impl Json {
    /// Returns the value of the field `name`, or null. This never fails.
    #[must_use]
    pub fn get(&self, name: &str) -> &Self {
        let Self::Map(entries) = self else {
            return &Self::Null;
        };
        let entry = entries.iter().find(|(key, _)| key == name);
        entry.map_or(&Self::Null, |(_, value)| value)
    }

    /// Returns the trimmed text of the field `name`, if it is not blank.
    #[must_use]
    pub fn get_text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Self::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Returns the time in the field `name`, in milliseconds since 1970. Earlier versions wrote 0 for a missing time.
    #[must_use]
    pub fn get_time(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Self::Number(time) if *time > 0.0 && *time <= LAST_TIME_MS => Some(*time),
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

/// A count; see [`integer`].
impl ReadFrom<Json> for u32 {
    fn read_from(object: &Json, key: &str) -> Option<Self> {
        match object.get(key) {
            Json::Number(number) => integer(*number),
            _ => None,
        }
    }
}

/// The latest time in JavaScript, in milliseconds since 1970.
const LAST_TIME_MS: f64 = 8.64e15;

/// An error for a value of the wrong type or range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedField {
    /// The path of the value, e.g. `attributes.conversationSid`.
    pub path: String,
    /// The expected value.
    pub expected: String,
    /// The value that is there, for an admin. It may be a customer's: never for a log.
    pub found: String,
}

impl fmt::Display for MalformedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is malformed: expected {}",
            self.path, self.expected
        )
    }
}

impl std::error::Error for MalformedField {}

/// A value with its path.
///
/// A path may go through a value that is no object. Then a read at its end returns the error.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    path: String,
    /// `None`: the value at `path` should be an object and is not.
    value: Option<&'a Json>,
}

impl<'a> Field<'a> {
    /// Makes a field of a value. `path` is the beginning of all paths below it and may be empty.
    pub fn root(path: impl Into<String>, value: &'a Json) -> Self {
        Self {
            path: path.into(),
            value: Some(value),
        }
    }

    /// Returns the field `name` of this object. The fields of null are null.
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

    /// Returns the field at the path `names`.
    #[must_use]
    pub fn down(&self, names: &[&str]) -> Self {
        names
            .iter()
            .fold(self.clone(), |field, name| field.at(name))
    }

    /// Returns the value.
    pub fn value(&self) -> Result<&'a Json, MalformedField> {
        self.value.ok_or_else(|| self.malformed("an object"))
    }

    /// Returns true if the value is not null.
    pub fn is_present(&self) -> Result<bool, MalformedField> {
        Ok(*self.value()? != Json::Null)
    }

    /// Returns the boolean, or `None` for null.
    pub fn flag(&self) -> Result<Option<bool>, MalformedField> {
        match self.value()? {
            Json::Null => Ok(None),
            Json::Bool(flag) => Ok(Some(*flag)),
            _ => Err(self.malformed("true or false")),
        }
    }

    /// Returns the whole number from the first to the second number of `range`, or `None` for null.
    pub fn integer(&self, range: (u32, u32)) -> Result<Option<u32>, MalformedField> {
        let (least, most) = range;
        let found = match self.value()? {
            Json::Null => return Ok(None),
            Json::Number(number) => integer(*number),
            _ => None,
        };
        found
            .filter(|number| (least..=most).contains(number))
            .map(Some)
            .ok_or_else(|| self.malformed(&format!("a whole number from {least} to {most}")))
    }

    /// Returns the text, or `None` for null.
    pub fn text(&self) -> Result<Option<&'a str>, MalformedField> {
        match self.value()? {
            Json::Null => Ok(None),
            Json::Text(text) => Ok(Some(text)),
            _ => Err(self.malformed("a text")),
        }
    }

    /// Returns the items of a list. Null is an empty list.
    pub fn items(&self) -> Result<Vec<Field<'a>>, MalformedField> {
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

    /// Passes each item of a list of at most `most` to `take`. Null is an empty list.
    fn each(
        &self,
        most: u32,
        take: &mut dyn FnMut(&Field<'a>) -> Result<(), MalformedField>,
    ) -> Result<(), MalformedField> {
        let items = self.items()?;
        if items.len() > most as usize {
            return Err(self.malformed(&format!("a list of at most {most}")));
        }
        items.iter().try_for_each(take)
    }

    /// Returns the list of at most `most` texts, trimmed, which have from 1 to `longest` characters. Null is an empty list.
    pub fn texts(&self, most: u32, longest: u32) -> Result<Vec<String>, MalformedField> {
        let mut texts = Vec::new();
        self.each(most, &mut |item| {
            let text = item.text()?.unwrap_or_default().trim();
            if text.is_empty() || characters(text) > longest as usize {
                return Err(item.malformed(&format!("a text of 1 to {longest} characters")));
            }
            texts.push(text.to_owned());
            Ok(())
        })?;
        Ok(texts)
    }

    /// Returns the list of at most `most` whole numbers in `range`. Null is an empty list.
    pub fn integers(&self, most: u32, range: (u32, u32)) -> Result<Vec<u32>, MalformedField> {
        let mut numbers = Vec::new();
        self.each(most, &mut |item| {
            let number = item.integer(range)?;
            numbers.push(number.ok_or_else(|| item.malformed("a number"))?);
            Ok(())
        })?;
        Ok(numbers)
    }

    /// Returns the fields of this object with their names. Null has none.
    pub fn entries(&self) -> Result<Vec<(&'a str, Field<'a>)>, MalformedField> {
        match self.value()? {
            Json::Null => Ok(Vec::new()),
            Json::Map(entries) => Ok(entries
                .iter()
                .map(|(name, _)| (name.as_str(), self.at(name)))
                .collect()),
            _ => Err(self.malformed("an object")),
        }
    }

    /// Returns the SID. A missing one is an error.
    pub fn sid<T>(&self, parse: fn(String) -> Result<T, InvalidSid>) -> Result<T, MalformedField> {
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

    /// Returns the SID, or `None` for null.
    pub fn optional_sid<T>(
        &self,
        parse: fn(String) -> Result<T, InvalidSid>,
    ) -> Result<Option<T>, MalformedField> {
        if self.is_present()? {
            self.sid(parse).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Makes the error that something else was expected here.
    #[must_use]
    pub fn malformed(&self, expected: &str) -> MalformedField {
        MalformedField {
            path: self.path.clone(),
            expected: expected.into(),
            found: self.value.map_or_else(String::new, described),
        }
    }
}

/// The most characters of a text in a description.
const LONGEST_DESCRIBED: usize = 40;

/// Describes a value to an admin.
fn described(value: &Json) -> String {
    match value {
        Json::Null => "nothing".into(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => {
            // Any other number would take a third of the core to write.
            integer(*number).map_or_else(|| "another number".into(), |number| number.to_string())
        }
        Json::Text(text) => ["\"", shortened(text, LONGEST_DESCRIBED), "\""].concat(),
        Json::List(_) => "a list".into(),
        Json::Map(_) => "an object".into(),
    }
}

/// Returns the first `most` characters of a text.
#[must_use]
pub fn shortened(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most).map(|(end, _)| end);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Counts characters. The standard library's way, which is made for speed, has ten times as much code.
#[must_use]
pub fn characters(text: &str) -> usize {
    let mut count = 0;
    for byte in text.bytes() {
        // All bytes of a character but the first begin with the bits 10.
        count += usize::from(byte & 0b1100_0000 != 0b1000_0000);
    }
    count
}

/// Converts a number, if it is a whole one in the range of the type.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the guard admits only what fits"
)]
#[must_use]
pub fn integer(number: f64) -> Option<u32> {
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
    fn an_error_names_the_path_and_the_expected_value() {
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
    fn a_whole_number_must_be_in_its_range() {
        let integer = |value: &serde_json::Value| {
            let value = Json::from(value);
            Field::root("hours", &value).integer((1, 24))
        };
        for (value, number) in [(json!(1), 1), (json!(24.0), 24)] {
            assert_eq!(integer(&value), Ok(Some(number)));
        }
        assert_eq!(integer(&json!(null)), Ok(None));
        for wrong in [
            json!(0),
            json!(25),
            json!(-1),
            json!(1.5),
            json!(1e300),
            json!("3"),
        ] {
            assert_eq!(
                integer(&wrong).unwrap_err().to_string(),
                "`hours` is malformed: expected a whole number from 1 to 24",
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_list_of_texts_names_the_wrong_one() {
        let texts = |value: &serde_json::Value| {
            let value = Json::from(value);
            Field::root("reasons", &value).texts(2, 3)
        };
        assert_eq!(
            texts(&json!(["a", " äöü "])),
            Ok(vec!["a".into(), "äöü".into()])
        );
        assert_eq!(texts(&json!(null)), Ok(Vec::new()));
        for (value, path, expected) in [
            (json!("a"), "reasons", "a list"),
            (json!(["a", "b", "c"]), "reasons", "a list of at most 2"),
            (json!(["a", 1]), "reasons[1]", "a text"),
            (json!([null]), "reasons[0]", "a text of 1 to 3 characters"),
            (json!([" "]), "reasons[0]", "a text of 1 to 3 characters"),
            (json!(["four"]), "reasons[0]", "a text of 1 to 3 characters"),
        ] {
            let error = texts(&value).unwrap_err();
            assert_eq!(
                (error.path.as_str(), error.expected.as_str()),
                (path, expected)
            );
        }
    }

    #[test]
    fn a_list_of_numbers_names_the_wrong_one() {
        let integers = |value: &serde_json::Value| {
            let value = Json::from(value);
            Field::root("waits", &value).integers(2, (1, 9))
        };
        assert_eq!(integers(&json!([9, 1])), Ok(vec![9, 1]));
        assert_eq!(integers(&json!(null)), Ok(Vec::new()));
        let number = "a whole number from 1 to 9";
        for (value, path, expected) in [
            (json!(5), "waits", "a list"),
            (json!([1, 2, 3]), "waits", "a list of at most 2"),
            (json!([1, 10]), "waits[1]", number),
            (json!([0]), "waits[0]", number),
            (json!(["5"]), "waits[0]", number),
            (json!([null]), "waits[0]", "a number"),
        ] {
            let error = integers(&value).unwrap_err();
            assert_eq!(
                (error.path.as_str(), error.expected.as_str()),
                (path, expected)
            );
        }
    }

    #[test]
    fn the_fields_of_null_are_null() {
        let field = Field::root("x", &Json::Null).down(&["a", "b"]);
        assert_eq!(field.is_present(), Ok(false));
        assert_eq!(field.text(), Ok(None));
        assert_eq!(field.flag(), Ok(None));
        assert!(field.items().unwrap().is_empty());
        assert!(field.entries().unwrap().is_empty());
    }

    #[test]
    fn a_missing_sid_and_one_of_another_kind_are_malformed() {
        let data = Json::from(&serde_json::json!({ "sid": "WR00000000000000000000000000000001" }));
        let root = Field::root("task", &data);
        for name in ["sid", "missing"] {
            let error = root.at(name).sid(TaskSid::parse).unwrap_err();
            assert_eq!(error.path, format!("task.{name}"));
            assert_eq!(error.expected, "`WT` followed by 32 hexadecimal digits");
        }
    }

    #[test]
    fn the_path_of_an_item_has_its_index() {
        let data = Json::from(&serde_json::json!({ "list": ["one", 2] }));
        let items = Field::root("", &data).at("list").items().unwrap();
        let errors: Vec<_> = items.iter().filter_map(|item| item.text().err()).collect();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors.first().unwrap().path, "list[1]");
    }
}
