//! Errors as Twilio's REST APIs answer them.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::Json;
use serde_json::json;

use super::openapi::Mismatch;
use crate::world::error::Error;

/// An error as Twilio's REST APIs answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioError {
    /// The HTTP status.
    pub status: u16,
    /// Twilio's number.
    pub code: u32,
    /// The message for an engineer.
    pub message: String,
}

/// The result of handlers.
pub type Answer = Result<Response, TwilioError>;

/// The words of the answer to what Twilio has and the simulator has not.
pub const NOT_BUILT: &str = "the simulator does not imitate this";

impl TwilioError {
    /// An error with all its parts.
    pub fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// The loud refusal of what Twilio has and the simulator has not.
    pub fn not_built() -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED.as_u16(), 20501, NOT_BUILT)
    }
}

impl From<Error> for TwilioError {
    fn from(error: Error) -> Self {
        Self::new(error.status(), error.code(), error.to_string())
    }
}

impl From<Mismatch> for TwilioError {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::UnknownRoute { .. } => Self::new(404, 20404, mismatch.to_string()),
            _ => Self::new(400, 20001, mismatch.to_string()),
        }
    }
}

impl IntoResponse for TwilioError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status,
        });
        (status, Json(body)).into_response()
    }
}
