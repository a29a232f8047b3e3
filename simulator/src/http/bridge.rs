//! The requests of the event bridge, `{url, method, params, token}`, as the products read and answer them.

use serde::Deserialize;
use serde_json::Value;

use crate::world::error::Error;

/// A request as the SDKs send it.
#[derive(Debug, Deserialize)]
pub struct Call {
    /// The path of the resource.
    pub url: String,
    /// `GET` or `POST`.
    pub method: String,
    /// The changes, or the choice of what to list.
    #[serde(default)]
    pub params: Value,
    /// The caller's Flex token.
    pub token: String,
}

/// The refusal of a call.
#[derive(Debug)]
pub enum Refusal {
    /// The product refuses it.
    World(Error),
    /// The caller may not do it.
    Forbidden,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::World(error)
    }
}

/// The payload of an answer.
pub type Payload = Result<Value, Refusal>;

/// Returns a parameter that is a text.
pub fn text<'a>(params: &'a Value, name: &str) -> Option<&'a str> {
    params.get(name).and_then(Value::as_str)
}

/// Returns the refusal of a parameter: its name, and what was expected.
pub fn invalid(name: &'static str, expected: &str) -> Refusal {
    Refusal::World(Error::Invalid {
        name,
        expected: expected.to_owned(),
    })
}
