//! A REST request in the form in which handlers read it.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use serde_json::Value;

use super::error::TwilioError;
use crate::http::surrogates;

/// A REST request with its parameters.
#[derive(Debug, Clone)]
pub struct RestRequest {
    pub method: Method,
    pub host: String,
    /// The path, percent-encoded.
    pub path: String,
    /// The query, undecoded.
    pub raw_query: Option<String>,
    /// The parameters of the query, in order.
    pub query: Vec<(String, String)>,
    /// The parameters of the form, in order.
    pub form: Vec<(String, String)>,
    pub headers: HeaderMap,
    /// The body, undecoded.
    pub body: Bytes,
}

impl RestRequest {
    /// Returns the path with the query, undecoded.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        match &self.raw_query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// Returns true if the path, a parameter's value or the body contains `text`.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        let mut values = self.form.iter().chain(&self.query);
        self.path.contains(text)
            || values.any(|(_, value)| value.contains(text))
            || String::from_utf8_lossy(&self.body).contains(text)
    }

    /// Returns a parameter's value, from the form or the query.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut all = self.form.iter().chain(&self.query);
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns true if the filter `name` is absent or equals `own`.
    #[must_use]
    pub fn selects(&self, name: &str, own: Option<&str>) -> bool {
        self.text(name).is_none_or(|wanted| own == Some(wanted))
    }

    /// Returns a parameter's value, owned.
    #[must_use]
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// Parses a parameter as a number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, TwilioError> {
        let parsed = self.text(name).map(str::parse);
        parsed
            .transpose()
            .map_err(|_| invalid(name, "a whole number in range"))
    }

    /// Parses a parameter as JSON.
    pub fn json(&self, name: &str) -> Result<Option<Value>, TwilioError> {
        let parsed = self
            .text(name)
            .map(|text| serde_json::from_str(&surrogates::hide(text)));
        parsed.transpose().map_err(|_| invalid(name, "a JSON text"))
    }

    /// Returns a required parameter's value.
    pub fn needed(&self, name: &str) -> Result<&str, TwilioError> {
        self.text(name).ok_or_else(|| invalid(name, "a value"))
    }

    /// Returns all values of a repeatable parameter, or `None` if it is absent.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let all = self.form.iter().chain(&self.query);
        let values: Vec<String> = all
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
            .collect();
        (!values.is_empty()).then_some(values)
    }

    /// Returns a header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the parts of the body, if it is a multipart form.
    pub async fn parts(&self) -> Option<Multipart> {
        let mut request = Request::new(Body::from(self.body.clone()));
        let kind = self.headers.get(CONTENT_TYPE)?;
        request.headers_mut().insert(CONTENT_TYPE, kind.clone());
        Multipart::from_request(request, &()).await.ok()
    }

    /// Returns true if webhooks receive what this request changes.
    #[must_use]
    pub fn wants_webhooks(&self) -> bool {
        self.header("x-twilio-webhook-enabled")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

impl<S: Sync> FromRequestParts<S> for RestRequest {
    type Rejection = TwilioError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, TwilioError> {
        let request = parts.extensions.get::<Self>().cloned();
        request
            .ok_or_else(|| TwilioError::new(500, 20500, "the request is missing in the extensions"))
    }
}

/// Returns the error for an invalid parameter.
#[must_use]
pub fn invalid(name: &str, expected: &str) -> TwilioError {
    TwilioError::new(
        400,
        20001,
        format!("Invalid parameter {name}: expected {expected}"),
    )
}
