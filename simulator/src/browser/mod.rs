//! What Flex and the SDKs in a browser talk to.
//!
//! | host | what |
//! |---|---|
//! | `assets.flex`, `media`, `status` | [`assets`]: what Twilio serves to everybody |
//! | `flex-api`, `flex`, `iam` | [`flex_start`]: configuration, session, plugins, tokens |
//! | `event-bridge` | [`event_bridge`]: `TaskRouter` and interactions |
//! | `tsock.*` | [`twilsock`], which carries the two that follow |
//! | `aim.*` | [`conversations_sdk`] |
//! | `cds.*` | [`sync_sdk`] |
//! | `mcs.*` | [`media`]: what is attached to messages |

mod answer;
mod assets;
mod conversations_sdk;
mod event_bridge;
mod flex_start;
pub mod media;
mod objects;
mod projection;
mod sync_objects;
mod sync_sdk;
mod twilsock;

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::to_bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request as HttpRequest};
use axum::http::request::Parts;
use axum::http::{header, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::Json;
use serde_json::{Map, Value};

use self::answer::{Answer, Request};
use self::objects::Objects;
use crate::sim::Sim;
use crate::surrogates;
use crate::world::conversations::Conversation;
use crate::world::tokens::Token;
use crate::world::{SharedWorld, World};

/// The largest body that a page may send.
const MAX_BODY: usize = 1024 * 1024;

/// What is remembered for browsers beside the world: the Sync objects that they have opened.
#[derive(Clone, Default)]
pub struct Browser {
    objects: Arc<Mutex<Objects>>,
}

impl Browser {
    /// Reads or changes the world, and then brings the opened objects up to date.
    fn with<R>(&self, world: &SharedWorld, work: impl FnOnce(&mut World, &mut Objects) -> R) -> R {
        let mut world = world.lock();
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut world, &mut objects);
        objects.refresh(&world);
        result
    }
}

/// Whether somebody may look into conversations that they are not in, and act for other workers.
fn oversees(caller: &Token) -> bool {
    caller
        .roles
        .iter()
        .any(|role| role == "supervisor" || role == "admin")
}

/// Returns whether somebody may look into a conversation: they are in it, have created it, or oversee everything.
fn may_see(caller: &Token, conversation: &Conversation) -> bool {
    oversees(caller)
        || conversation.created_by == caller.identity
        || conversation
            .participant_with_identity(&caller.identity)
            .is_some()
}

/// Answers a request of a page for `host`. The path is the one on that host.
pub async fn answer(sim: &Sim, host: &str, request: HttpRequest) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, sim).await {
        return socket(sim, host, &parts, upgrade);
    }
    if let Some(asset) = assets::find(host, parts.uri.path()) {
        return asset;
    }
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let request = Request {
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

fn over_http(sim: &Sim, plugin: Option<&str>, request: &Request) -> Option<Answer> {
    if request.host == "event-bridge.twilio.com" {
        let call = serde_json::from_value(request.body.clone()).ok()?;
        return sim.browser.with(&sim.world, |world, _| {
            event_bridge::rpc::answer(world, &call)
        });
    }
    sim.browser.with(&sim.world, |world, _| {
        flex_start::answer(world, plugin, request)
    })
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
            Some((worker, caller)) => upgrade
                .on_upgrade(move |socket| event_bridge::socket::serve(sim, caller, worker, socket)),
            None => respond(Answer::token_refused()),
        };
    }
    if host.starts_with("tsock.") {
        return upgrade.on_upgrade(move |socket| twilsock::serve(sim, socket));
    }
    sim.journal
        .note_unknown_path("GET", host, parts.uri.path(), "there is no such socket");
    (
        StatusCode::NOT_IMPLEMENTED,
        format!("no socket at {host}{}", parts.uri.path()),
    )
        .into_response()
}

/// A body of JSON or of a form. What some SDKs call a form is JSON.
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

/// The plugin's address on the page's own origin.
fn plugin_address(parts: &Parts) -> Option<String> {
    let own = parts.headers.get(header::HOST)?.to_str().ok()?;
    Some(format!("http://{own}{}", crate::server::PLUGIN_PATH))
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(answer.body)).into_response()
}

fn unknown(request: &Request) -> Response {
    let text = format!(
        "nothing answers {} {}{}",
        request.method, request.host, request.path
    );
    (StatusCode::NOT_IMPLEMENTED, text).into_response()
}
