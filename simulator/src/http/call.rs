//! A REST request as handlers read it: its parameters, and its own address.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use serde_json::Value;

use super::error::TwilioError;
use crate::surrogates;

/// A request that has been read.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The host that was asked for.
    pub host: String,
    /// The path on it.
    pub path: String,
    /// The query as it came.
    pub raw_query: Option<String>,
    /// Parameters of the query, in order.
    pub query: Vec<(String, String)>,
    /// Parameters of the form, in order.
    pub form: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
}

impl Call {
    /// The path with the query as it came.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        match &self.raw_query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// Returns whether a text stands in the path, in a parameter's value or in the body.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        let mut values = self.form.iter().chain(&self.query);
        self.path.contains(text)
            || values.any(|(_, value)| value.contains(text))
            || String::from_utf8_lossy(&self.body).contains(text)
    }

    /// A parameter's value, from the form or the query.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut all = self.form.iter().chain(&self.query);
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns whether something is on a list although a parameter may choose: it does not come, or `own` is what it names.
    #[must_use]
    pub fn selects(&self, name: &str, own: Option<&str>) -> bool {
        self.text(name).is_none_or(|wanted| own == Some(wanted))
    }

    /// A parameter's value, owned.
    #[must_use]
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// A parameter that is a number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, TwilioError> {
        let parsed = self.text(name).map(str::parse);
        parsed
            .transpose()
            .map_err(|_| invalid(name, "a whole number in range"))
    }

    /// A parameter that is JSON.
    pub fn json(&self, name: &str) -> Result<Option<Value>, TwilioError> {
        let parsed = self
            .text(name)
            .map(|text| serde_json::from_str(&surrogates::hide(text)));
        parsed.transpose().map_err(|_| invalid(name, "a JSON text"))
    }

    /// A parameter that is needed.
    pub fn needed(&self, name: &str) -> Result<&str, TwilioError> {
        self.text(name).ok_or_else(|| invalid(name, "a value"))
    }

    /// All values of a parameter that may come several times, or `None` when it does not come.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let all = self.form.iter().chain(&self.query);
        let values: Vec<String> = all
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
            .collect();
        (!values.is_empty()).then_some(values)
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the parts of the body, if it is a form with files.
    pub async fn parts(&self) -> Option<Multipart> {
        let mut request = Request::new(Body::from(self.body.clone()));
        let kind = self.headers.get(CONTENT_TYPE)?;
        request.headers_mut().insert(CONTENT_TYPE, kind.clone());
        Multipart::from_request(request, &()).await.ok()
    }

    /// Returns whether webhooks are to hear of what this request does.
    #[must_use]
    pub fn wants_webhooks(&self) -> bool {
        self.header("x-twilio-webhook-enabled")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = TwilioError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, TwilioError> {
        let call = parts.extensions.get::<Self>().cloned();
        call.ok_or_else(|| TwilioError::new(500, 20500, "the request was not read"))
    }
}

/// The refusal of a parameter's value.
#[must_use]
pub fn invalid(name: &str, expected: &str) -> TwilioError {
    TwilioError::new(
        400,
        20001,
        format!("Invalid parameter {name}: expected {expected}"),
    )
}
