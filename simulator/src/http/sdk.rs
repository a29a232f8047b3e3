//! Requests of browser SDKs and the answers to them, over HTTP or in a WebSocket.

use serde_json::{json, Map, Value};

use super::percent_decoded;
use crate::world::error::Error;

/// A request of a browser SDK.
#[derive(Debug, Clone)]
pub struct SdkRequest {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    pub host: String,
    /// The path, percent-encoded.
    pub path: String,
    /// The parameters of the query.
    pub params: Map<String, Value>,
    /// The revision of `If-Match`.
    pub if_match: Option<String>,
    /// The body; `Null` if the request has none.
    pub body: Value,
}

impl SdkRequest {
    /// Returns the decoded segments of the path.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(percent_decoded)
            .collect()
    }

    /// Returns a parameter of the query, decoded.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<String> {
        self.params
            .get(name)
            .and_then(Value::as_str)
            .map(percent_decoded)
    }

    /// Returns a text of the body.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.body
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    }
}

/// The answer to a browser SDK.
#[derive(Debug, Clone, PartialEq)]
pub struct SdkResponse {
    pub status: u16,
    pub body: Value,
}

impl SdkResponse {
    /// Returns 200 with a body.
    #[must_use]
    pub fn ok(body: Value) -> Self {
        Self { status: 200, body }
    }

    /// Returns 201 with a body.
    #[must_use]
    pub fn created(body: Value) -> Self {
        Self { status: 201, body }
    }

    /// Returns 204.
    #[must_use]
    pub fn no_content() -> Self {
        Self {
            status: 204,
            body: Value::Null,
        }
    }

    /// Returns an error in the form of Twilio's REST APIs.
    #[must_use]
    pub fn refused(status: u16, code: u32, message: &str) -> Self {
        Self {
            status,
            body: json!({"status": status, "code": code, "message": message}),
        }
    }

    /// Returns the error for an invalid or expired token.
    #[must_use]
    pub fn token_refused() -> Self {
        Self::refused(
            401,
            20104,
            "Access Token expired or expiration date invalid",
        )
    }

    /// Returns the error for a caller without the permission.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::refused(403, 20003, "Permission denied")
    }
}

impl From<Error> for SdkResponse {
    fn from(error: Error) -> Self {
        Self::refused(error.status(), error.code(), &error.to_string())
    }
}

impl<T: Into<SdkResponse>> From<Result<T, Error>> for SdkResponse {
    fn from(result: Result<T, Error>) -> Self {
        result.map_or_else(Self::from, Into::into)
    }
}
