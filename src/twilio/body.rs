//! The bodies of Twilio's responses, read leniently: unknown fields are skipped.
//!
//! Twilio passes on texts that customers and other programs wrote. A message may end in half a surrogate pair
//! (`\ud83d`), and attributes may be nested hundreds of levels deep. Many JSON parsers refuse both. Here neither makes
//! a response unreadable.

use serde::de::DeserializeOwned;
use serde::Deserialize;
use serde_json::value::RawValue;

pub use crate::text::{JsonText, Text};

/// The body of a response: JSON text as it was received, or nothing; with the header `ETag`, if there is one.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a> {
    json: Option<&'a RawValue>,
    etag: Option<&'a str>,
}

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
        Self { json, etag: None }
    }

    /// Adds the response's header `ETag`.
    #[must_use]
    pub fn with_etag(self, etag: Option<&'a str>) -> Self {
        Self { etag, ..self }
    }

    /// Returns the header `ETag`: the version of the resource, for `If-Match` of a later update.
    #[must_use]
    pub fn etag(self) -> Option<&'a str> {
        self.etag
    }

    /// Reads the body as a `T`. The error names the field and does not quote its value.
    pub fn parse<T: DeserializeOwned>(self) -> Result<T, Unreadable> {
        let text = self.json.map_or("null", RawValue::get);
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
