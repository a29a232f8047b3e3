//! What Flex and the SDKs in a browser talk to.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::sim::Sim;

/// Answers a request of a page for `host`. The path is the one on that host; a `WebSocket` upgrade can be
/// taken with axum's `WebSocketUpgrade::from_request`.
pub async fn answer(_sim: &Sim, host: &str, request: Request) -> Response {
    let text = format!(
        "nothing answers {} {host}{}",
        request.method(),
        request.uri()
    );
    (StatusCode::NOT_IMPLEMENTED, text).into_response()
}
