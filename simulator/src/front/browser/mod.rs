//! The hosts that the Flex desktop and the SDKs in a browser talk to.
//!
//! | host | what |
//! |---|---|
//! | `assets.flex`, `media`, `status` | [`assets`]: files that Twilio serves without a token |
//! | `flex-api`, `flex`, `iam` | [`start`]: configuration, session, plugins, tokens |
//! | `event-bridge` | [`event_bridge`]: `TaskRouter` and interactions |
//! | `tsock.*` | [`twilsock`], which carries the two that follow |
//! | `aim.*` | [`sdk`](crate::conversations::browser::sdk) |
//! | `cds.*` | [`crate::sync::browser`] |
//! | `mcs.*` | [`media`](crate::conversations::browser::media): the files that are attached to messages |

mod event_bridge;
pub mod state;
mod twilsock;

use axum::body::to_bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request as HttpRequest};
use axum::http::request::Parts;
use axum::http::{header, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::Json;
use serde_json::{Map, Value};

use crate::flex::browser::{assets, start};
use crate::http::sdk::{SdkRequest, SdkResponse};
use crate::http::surrogates;
use crate::sim::Sim;
use crate::taskrouter;

/// The largest body of a request from a page, in bytes.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Answers a request of a page for `host`. The path of the request is the one on that host.
pub async fn answer(sim: &Sim, host: &str, request: HttpRequest) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, sim).await {
        return socket(sim, host, &parts, upgrade);
    }
    if let Some(asset) = assets::find(host, parts.uri.path()) {
        return asset;
    }
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let request = SdkRequest {
        method: parts.method.to_string(),
        host: host.to_owned(),
        path: parts.uri.path().to_owned(),
        params: query(&parts),
        if_match: None,
        body: parsed(&body),
    };
    let plugin = sim
        .options
        .plugin
        .as_ref()
        .and_then(|_| plugin_address(&parts));
    match over_http(sim, plugin.as_deref(), &request) {
        Some(answer) => respond(answer),
        None => unknown(&request),
    }
}

fn over_http(sim: &Sim, plugin: Option<&str>, request: &SdkRequest) -> Option<SdkResponse> {
    if request.host == "event-bridge.twilio.com" {
        let bridge_request = serde_json::from_value(request.body.clone()).ok()?;
        return sim.browser.with(&sim.world, |world, _| {
            event_bridge::answer(world, &bridge_request)
        });
    }
    sim.browser
        .with(&sim.world, |world, _| start::answer(world, plugin, request))
}

fn socket(sim: &Sim, host: &str, parts: &Parts, upgrade: WebSocketUpgrade) -> Response {
    let sim = sim.clone();
    if host == "event-bridge.twilio.com" && parts.uri.path() == "/v1/wschannels" {
        let token = query(parts)
            .get("token")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let caller = sim.world.lock().valid_token(&token).cloned();
        return match caller.and_then(|caller| Some((caller.worker_sid.clone()?, caller))) {
            Some((worker, caller)) => upgrade.on_upgrade(move |socket| {
                taskrouter::browser::socket::serve(sim, caller, worker, socket)
            }),
            None => respond(SdkResponse::token_refused()),
        };
    }
    if host.starts_with("tsock.") {
        return upgrade.on_upgrade(move |socket| twilsock::serve(sim, socket));
    }
    sim.journal.note_unknown_path(
        "GET",
        host,
        parts.uri.path(),
        "the simulator has no such WebSocket",
    );
    (
        StatusCode::NOT_IMPLEMENTED,
        format!("the simulator has no WebSocket {host}{}", parts.uri.path()),
    )
        .into_response()
}

/// Parses a body of JSON or of a form. Some SDKs label JSON as a form.
fn parsed(body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str(&surrogates::hide(&text)).unwrap_or_else(|_| Value::Object(pairs(body)))
}

fn query(parts: &Parts) -> Map<String, Value> {
    pairs(parts.uri.query().unwrap_or_default().as_bytes())
}

fn pairs(text: &[u8]) -> Map<String, Value> {
    url::form_urlencoded::parse(text)
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect()
}

/// Returns the plugin's URL on the origin of the page.
fn plugin_address(parts: &Parts) -> Option<String> {
    let own = parts.headers.get(header::HOST)?.to_str().ok()?;
    Some(format!("http://{own}{}", start::PLUGIN_PATH))
}

fn respond(answer: SdkResponse) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(answer.body)).into_response()
}

fn unknown(request: &SdkRequest) -> Response {
    let text = format!(
        "the simulator has no {} {}{}",
        request.method, request.host, request.path
    );
    (StatusCode::NOT_IMPLEMENTED, text).into_response()
}
