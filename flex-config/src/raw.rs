//! Reads and writes single values of a JSON text. All other values stay as they are written, so that no number is rounded and no
//! key moves.

use std::collections::BTreeSet;
use std::fmt;

use park_interaction::attributes::Attributes;
use serde_json::value::RawValue;
use serde_json::Value;

/// The path of a value.
pub type Path = Vec<String>;

/// A value on a path is no object, so that the path cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnObject(pub Path);

impl fmt::Display for NotAnObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is malformed: expected an object", self.0.join("."))
    }
}

/// Returns the value at the end of `path`. Below a missing value or null there is none.
pub fn get(object: &Attributes, path: &[String]) -> Result<Option<Box<RawValue>>, NotAnObject> {
    match path {
        [] => Ok(None),
        [key] => Ok(object.raw(key).map(ToOwned::to_owned)),
        [key, rest @ ..] => {
            let child = child(object, key)?;
            get(&child, rest).map_err(|blocked| blocked.below(key))
        }
    }
}

/// Puts a value at the end of `path`, with the objects that are missing on the path, or removes it.
pub fn put(
    object: &mut Attributes,
    path: &[String],
    value: Option<Box<RawValue>>,
) -> Result<(), NotAnObject> {
    match (path, value) {
        ([], _) => {}
        ([key], Some(value)) => object.set_raw(key, value),
        ([key], None) => {
            object.remove(key);
        }
        ([key, rest @ ..], value) => {
            let mut child = child(object, key)?;
            put(&mut child, rest, value).map_err(|blocked| blocked.below(key))?;
            object.set(key, &child);
        }
    }
    Ok(())
}

fn child(object: &Attributes, key: &str) -> Result<Attributes, NotAnObject> {
    let json = object.raw(key).map_or("null", RawValue::get);
    serde_json::from_str::<Option<Attributes>>(json)
        .map(Option::unwrap_or_default)
        .map_err(|_| NotAnObject(vec![key.to_owned()]))
}

impl NotAnObject {
    fn below(mut self, key: &str) -> Self {
        self.0.insert(0, key.to_owned());
        self
    }
}

/// Returns a text for people: a line for each entry, and every number as it was written.
pub fn pretty(object: &Attributes) -> String {
    let mut text = String::new();
    write_pretty(&object.text(), 0, &mut text);
    text.push('\n');
    text
}

fn write_pretty(json: &str, depth: usize, text: &mut String) {
    if let Some(object) = object(json) {
        let entries = object.keys().filter_map(|key| {
            let value = object.raw(key)?;
            Some((format!("{}: ", Value::from(key)), value.get()))
        });
        write_entries(['{', '}'], entries.collect(), depth, text);
    } else if let Some(list) = list(json) {
        let entries = list.iter().map(|item| (String::new(), item.get()));
        write_entries(['[', ']'], entries.collect(), depth, text);
    } else {
        text.push_str(json.trim());
    }
}

fn write_entries(
    [begin, end]: [char; 2],
    entries: Vec<(String, &str)>,
    depth: usize,
    text: &mut String,
) {
    let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
    text.push(begin);
    let is_empty = entries.is_empty();
    for (index, (key, value)) in entries.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&line(depth + 1));
        text.push_str(&key);
        write_pretty(value, depth + 1, text);
    }
    if !is_empty {
        text.push_str(&line(depth));
    }
    text.push(end);
}

/// Returns the paths of all values in which two JSON texts differ. The order of keys, white space and the notation of a number do
/// not count, since a server may change them: `1.0` is `1`. Whole numbers are compared digit by digit.
pub fn differences(one: &str, other: &str) -> Vec<Path> {
    let mut found = Vec::new();
    compare(&mut Vec::new(), one, other, &mut found);
    found
}

/// Returns true if two JSON texts have the same meaning.
pub fn same(one: &str, other: &str) -> bool {
    differences(one, other).is_empty()
}

fn compare(path: &mut Path, one: &str, other: &str, found: &mut Vec<Path>) {
    let objects = (object(one), object(other));
    let lists = (list(one), list(other));
    if let (Some(one), Some(other)) = objects {
        let keys: BTreeSet<&str> = one.keys().chain(other.keys()).collect();
        for key in keys {
            compare_parts(path, key.to_owned(), one.raw(key), other.raw(key), found);
        }
    } else if let (Some(one), Some(other)) = lists {
        for index in 0..one.len().max(other.len()) {
            let (one, other) = (one.get(index), other.get(index));
            compare_parts(
                path,
                index.to_string(),
                one.map(AsRef::as_ref),
                other.map(AsRef::as_ref),
                found,
            );
        }
    } else if !same_scalar(one, other) {
        found.push(path.clone());
    }
}

fn compare_parts(
    path: &mut Path,
    name: String,
    one: Option<&RawValue>,
    other: Option<&RawValue>,
    found: &mut Vec<Path>,
) {
    path.push(name);
    match (one, other) {
        (Some(one), Some(other)) => compare(path, one.get(), other.get(), found),
        _ => found.push(path.clone()),
    }
    path.pop();
}

fn object(text: &str) -> Option<Attributes> {
    serde_json::from_str(text).ok()
}

fn list(text: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_str(text).ok()
}

fn same_scalar(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    one == other || same_text(one, other) || same_number(one, other)
}

fn same_text(one: &str, other: &str) -> bool {
    let text = |json| serde_json::from_str::<String>(json).ok();
    text(one).is_some_and(|one| Some(one) == text(other))
}

/// Whole numbers were compared as texts already. Anything else is a fraction or has an exponent, which JSON's readers
/// take for a float.
fn same_number(one: &str, other: &str) -> bool {
    let is_whole = |json: &str| json.bytes().all(|b| b == b'-' || b.is_ascii_digit());
    let number = |json| serde_json::from_str::<f64>(json).ok();
    !(is_whole(one) && is_whole(other)) && number(one).is_some_and(|one| Some(one) == number(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writing_of_a_value_does_not_count() {
        for (one, other) in [
            ("1.0", "1"),
            ("1e2", "100"),
            ("-0.50", "-5e-1"),
            (r#""é""#, r#""\u00e9""#),
            (r#"{"a":1,"b":[ ]}"#, r#"{ "b": [], "a": 1.0 }"#),
            ("12345678901234567890123", "12345678901234567890123"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_a_float_cannot_tell_apart_is_told_apart() {
        for (one, other) in [
            ("9007199254740993", "9007199254740992"),
            ("12345678901234567890123", "12345678901234567890124"),
            ("1", "\"1\""),
            ("null", "false"),
            ("[]", "{}"),
            ("[1]", "[1,1]"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn every_way_to_a_difference_is_named() {
        let one = r#"{"a":{"b":1,"c":[1,{"d":2}]},"e":null}"#;
        let other = r#"{"a":{"b":2,"c":[1,{"d":3},4]},"f":null}"#;
        let ways: Vec<_> = differences(one, other)
            .iter()
            .map(|way| way.join("."))
            .collect();
        assert_eq!(ways, ["a.b", "a.c.1.d", "a.c.2", "e", "f"]);
    }
}
