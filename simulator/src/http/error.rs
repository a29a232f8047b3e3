//! Errors in the form of Twilio's REST APIs.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::Json;
use serde_json::json;

use crate::world::error::Error;

/// An error in the form of Twilio's REST APIs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioError {
    pub status: u16,
    /// Twilio's error code.
    pub code: u32,
    /// The message, for developers.
    pub message: String,
}

/// The result of a REST handler.
pub type RestResult = Result<Response, TwilioError>;

/// The message for routes that Twilio has and the simulator does not.
pub const NOT_BUILT: &str = "the simulator does not imitate this";

impl TwilioError {
    pub fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// Returns the error for routes that Twilio has and the simulator does not.
    pub fn not_built() -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED.as_u16(), 20501, NOT_BUILT)
    }
}

impl From<Error> for TwilioError {
    fn from(error: Error) -> Self {
        Self::new(error.status(), error.code(), error.to_string())
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
