//! Twilio's edge in front of the account's Functions: the only way to them from outside.

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::rest::call::Call;
use crate::signature;
use crate::sim::Sim;
use crate::world::AUTH_TOKEN;

/// The end of every Functions domain.
pub const SUFFIX: &str = ".twil.io";
/// The header with Twilio's signature.
pub const SIGNATURE: &str = "x-twilio-signature";
/// Headers that belong to one connection, or that the client makes itself.
const NOT_PASSED_ON: [HeaderName; 4] = [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING];

/// Passes a request on to the Functions, unless it lacks a signature that it needs.
pub async fn forward(sim: &Sim, call: &Call) -> Response {
    if call.host != sim.world.lock().functions_domain {
        return (StatusCode::NOT_FOUND, "no such Functions domain").into_response();
    }
    let Some(functions) = &sim.options.functions_url else {
        return (StatusCode::BAD_GATEWAY, "no Functions are running").into_response();
    };
    if sim.options.protected.contains(&call.path) && !is_signed(call) {
        return (
            StatusCode::FORBIDDEN,
            "Unauthorized - X-Twilio-Signature is missing or not valid",
        )
            .into_response();
    }
    let url = format!(
        "{}{}",
        functions.trim_end_matches('/'),
        call.path_and_query()
    );
    let request = sim
        .client
        .request(call.method.clone(), url)
        .headers(passed_on(&call.headers))
        .header(HOST, &call.host)
        .body(call.body.clone());
    match request.send().await {
        Ok(answer) => {
            let (status, headers) = (answer.status(), passed_on(answer.headers()));
            match answer.bytes().await {
                Ok(body) => (status, headers, Body::from(body)).into_response(),
                Err(_) => (StatusCode::BAD_GATEWAY, "the Functions broke off").into_response(),
            }
        }
        Err(_) => (StatusCode::BAD_GATEWAY, "the Functions do not answer").into_response(),
    }
}

fn is_signed(call: &Call) -> bool {
    let url = format!("https://{}{}", call.host, call.path_and_query());
    let given = call.header(SIGNATURE).unwrap_or_default();
    signature::is_valid(AUTH_TOKEN, &url, &call.form, given)
}

fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let mut passed = headers.clone();
    for name in NOT_PASSED_ON {
        passed.remove(name);
    }
    passed
}
