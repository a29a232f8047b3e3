//! Requests of the SDKs and the answers to them, whatever carries them.

use serde_json::{json, Map, Value};

use crate::world::error::Error;

/// A request that an SDK makes.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    /// The host that it is for.
    pub host: String,
    /// The path, percent-encoded.
    pub path: String,
    /// The query.
    pub params: Map<String, Value>,
    /// The revision that a change is made to, where it matters.
    pub if_match: Option<String>,
    /// The body; `Null` when there is none.
    pub body: Value,
}

impl Request {
    /// The path's segments, decoded.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(decoded)
            .collect()
    }

    /// A parameter of the query, decoded.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<String> {
        self.params.get(name).and_then(Value::as_str).map(decoded)
    }

    /// A text of the body.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.body
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
}

impl Answer {
    /// 200 with a body.
    #[must_use]
    pub fn ok(body: Value) -> Self {
        Self { status: 200, body }
    }

    /// 201 with a body.
    #[must_use]
    pub fn created(body: Value) -> Self {
        Self { status: 201, body }
    }

    /// 204.
    #[must_use]
    pub fn no_content() -> Self {
        Self {
            status: 204,
            body: Value::Null,
        }
    }

    /// A refusal as Twilio writes it.
    #[must_use]
    pub fn refused(status: u16, code: u32, message: &str) -> Self {
        Self {
            status,
            body: json!({"status": status, "code": code, "message": message}),
        }
    }

    /// The refusal of a token that is not valid, or no longer.
    #[must_use]
    pub fn token_refused() -> Self {
        Self::refused(
            401,
            20104,
            "Access Token expired or expiration date invalid",
        )
    }

    /// The refusal of what is not for this caller.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::refused(403, 20003, "Permission denied")
    }
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        Self::refused(error.status(), error.code(), &error.to_string())
    }
}

impl<T: Into<Answer>> From<Result<T, Error>> for Answer {
    fn from(result: Result<T, Error>) -> Self {
        result.map_or_else(Self::from, Into::into)
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}
