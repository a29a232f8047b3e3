//! The JSON body of a control request, which may contain lone surrogates.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::http::error::TwilioError;
use crate::http::surrogates;

/// An extractor for a JSON body with lone surrogates.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = TwilioError;

    async fn from_request(request: Request, state: &S) -> Result<Self, TwilioError> {
        let refused = |reason: String| TwilioError::new(400, 20001, format!("the body: {reason}"));
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| refused(error.body_text()))?;
        let text = String::from_utf8_lossy(&bytes);
        serde_json::from_str(&surrogates::hide(&text))
            .map(Self)
            .map_err(|error| refused(error.to_string()))
    }
}
