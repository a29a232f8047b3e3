//! Requests of the event bridge, `{url, method, params, token}`, in the form in which products answer them.

use serde::Deserialize;
use serde_json::Value;

use crate::world::error::Error;

/// A request of an SDK to the event bridge.
#[derive(Debug, Deserialize)]
pub struct BridgeRequest {
    pub url: String,
    /// `GET` or `POST`.
    pub method: String,
    /// The changes, or the filters of a list.
    #[serde(default)]
    pub params: Value,
    /// The caller's Flex token.
    pub token: String,
}

/// The error of a request to the event bridge.
#[derive(Debug)]
pub enum BridgeError {
    /// The product's error.
    World(Error),
    /// The caller lacks the permission.
    Forbidden,
}

impl From<Error> for BridgeError {
    fn from(error: Error) -> Self {
        Self::World(error)
    }
}

/// The payload of an answer.
pub type BridgeResult = Result<Value, BridgeError>;

/// Returns a parameter that is a text.
pub fn text<'a>(params: &'a Value, name: &str) -> Option<&'a str> {
    params.get(name).and_then(Value::as_str)
}

/// Returns the error for an invalid parameter.
pub fn invalid(name: &'static str, expected: &str) -> BridgeError {
    BridgeError::World(Error::Invalid {
        name,
        expected: expected.to_owned(),
    })
}
