//! The gate for every request to one of Twilio's hosts: journal, latency, faults and rate limits.

pub mod connection;
pub mod faults;
pub mod journal;
pub mod limits;
pub mod webhook_sender;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::{to_bytes, Body};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, UPGRADE};
use axum::http::request::Parts;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::conversations::browser::media;
use crate::front::{browser, rest};
use crate::gate::connection::Connection;
use crate::gate::faults::{Fault, FaultKind};
use crate::gate::journal::{millis, RequestEntry};
use crate::http::error::TwilioError;
use crate::http::request::RestRequest;
use crate::http::surrogates;
use crate::serverless::edge;
use crate::sim::Sim;
use crate::world::clock::later;

/// The interval at which the clock is checked for a late request.
const TICK: Duration = Duration::from_millis(10);
/// The largest body of a request, in bytes.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// The origin of a request.
pub enum Via {
    /// A Node process, over TLS.
    Tls,
    /// The Functions, over TLS on their own port.
    Functions,
    /// A page; with the head of its request.
    Page(Box<Parts>),
    /// A webhook request of Twilio itself.
    Webhook,
}

impl Via {
    fn name(&self) -> &'static str {
        match self {
            Self::Tls | Self::Functions => "tls",
            Self::Page(_) => "page",
            Self::Webhook => "webhook",
        }
    }
}

/// Answers a request of a Node process for `host`.
pub async fn from_node(
    sim: &Sim,
    connection: &Connection,
    via: Via,
    host: String,
    http_request: Request,
) -> Response {
    from_outside(sim, connection, host, http_request, |_| via).await
}

/// Answers a request of a page for `host`.
pub async fn from_page(
    sim: &Sim,
    connection: &Connection,
    host: String,
    http_request: Request,
) -> Response {
    let via = |parts| Via::Page(Box::new(parts));
    from_outside(sim, connection, host, http_request, via).await
}

async fn from_outside(
    sim: &Sim,
    connection: &Connection,
    host: String,
    http_request: Request,
    via: impl FnOnce(Parts) -> Via,
) -> Response {
    if http_request.headers().contains_key(UPGRADE) {
        return browser::answer(sim, &host, http_request).await;
    }
    let (parts, body) = http_request.into_parts();
    match read(&parts, host, body).await {
        Ok(request) => answer_on(sim, connection, via(parts), request).await,
        Err(refusal) => refusal,
    }
}

/// Answers a request in a task of its own, because Twilio performs a request even if the caller does not wait
/// for its answer.
async fn answer_on(sim: &Sim, connection: &Connection, via: Via, request: RestRequest) -> Response {
    let (own_sim, id) = (sim.clone(), connection.id());
    let work = tokio::spawn(async move { pass(&own_sim, via, Some(id), request).await });
    work.await.ok().flatten().unwrap_or_else(|| {
        connection.cut();
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    })
}

/// Applies latency, faults and rate limits to a request, then answers it. `None` means that the connection must
/// be cut.
pub async fn pass(
    sim: &Sim,
    via: Via,
    connection: Option<u64>,
    request: RestRequest,
) -> Option<Response> {
    let mut note = Note::new(sim, &via, connection, &request);
    sim.faults.pass_latency().await;
    if matches!(via, Via::Functions) && is_of_ended_run(sim, &request) {
        note.entry.fault = Some("ended");
        return None;
    }
    let fault = sim.faults.hit(&request);
    note.entry.fault = fault.as_ref().map(|(_, fault)| fault.kind.name());
    let response = match fault {
        None => Some(within_limits(sim, via, request, &mut note.entry).await),
        Some((id, fault)) => fail(sim, via, request, (id, &fault), &mut note.entry).await,
    };
    note.entry.status = response.as_ref().map(|response| response.status().as_u16());
    response
}

/// Returns true if the request comes from a Function that was ended when its caller hung up.
fn is_of_ended_run(sim: &Sim, request: &RestRequest) -> bool {
    let world = sim.world.lock();
    sim.runs.is_of_ended(request, |conversation| {
        let channel = world.channel_of_conversation(conversation);
        channel.map_or_else(Vec::new, |channel| {
            vec![channel.sid.clone(), channel.interaction_sid.clone()]
        })
    })
}

/// Answers a request unless it exceeds a rate limit. The limits apply to REST requests of Node processes, and
/// to Functions whatever their caller.
async fn within_limits(
    sim: &Sim,
    via: Via,
    request: RestRequest,
    entry: &mut RequestEntry,
) -> Response {
    let admitted = if request.host.ends_with(edge::SUFFIX) {
        sim.limits.admit_function()
    } else if matches!(via, Via::Tls | Via::Functions) {
        sim.limits.admit(&sim.world.lock(), &request)
    } else {
        return dispatch(sim, via, request).await;
    };
    match admitted {
        Ok(_under_way) => dispatch(sim, via, request).await,
        Err((limit, refusal)) => {
            entry.limit = Some(limit.name());
            refusal.into_response()
        }
    }
}

async fn fail(
    sim: &Sim,
    via: Via,
    request: RestRequest,
    (id, fault): (u64, &Fault),
    entry: &mut RequestEntry,
) -> Option<Response> {
    let error = || TwilioError::new(fault.status, fault.code, "injected fault").into_response();
    match fault.kind {
        FaultKind::Status => Some(error()),
        FaultKind::StatusAfter => {
            dispatch(sim, via, request).await;
            Some(error())
        }
        FaultKind::DropBefore => None,
        FaultKind::DropAfter => {
            dispatch(sim, via, request).await;
            None
        }
        FaultKind::Timeout => {
            tokio::time::sleep(Duration::from_millis(fault.hold_ms)).await;
            None
        }
        FaultKind::Late => {
            tokio::spawn(do_later(sim.clone(), via, request, fault.hold_ms));
            None
        }
        FaultKind::HoldBefore => {
            sim.faults.hold(id).await;
            Some(within_limits(sim, via, request, entry).await)
        }
        FaultKind::HoldAfter => {
            let response = within_limits(sim, via, request, entry).await;
            sim.faults.hold(id).await;
            Some(response)
        }
    }
}

/// Performs a request after a time of the simulator's clock, unless the world is reset before.
async fn do_later(sim: Sim, via: Via, request: RestRequest, after_ms: u64) {
    let resets = || sim.resets.load(Ordering::Relaxed);
    let (due, before) = (
        later(sim.world.lock().now(), Duration::from_millis(after_ms)),
        resets(),
    );
    while sim.world.lock().now() < due {
        tokio::time::sleep(TICK).await;
    }
    if resets() == before {
        dispatch(&sim, via, request).await;
    }
}

/// The journal entry of a request, written on drop, so that a canceled request is noted too.
struct Note<'a> {
    sim: &'a Sim,
    started: Instant,
    entry: RequestEntry,
}

impl<'a> Note<'a> {
    fn new(sim: &'a Sim, via: &Via, connection: Option<u64>, request: &RestRequest) -> Self {
        let entry = RequestEntry {
            at: Timestamp::now(),
            via: via.name(),
            connection,
            method: request.method.to_string(),
            host: request.host.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            form: request.form.clone(),
            json: serde_json::from_slice(&request.body).ok(),
            status: None,
            ms: 0,
            fault: None,
            limit: None,
        };
        sim.journal.begin_request();
        Self {
            sim,
            started: Instant::now(),
            entry,
        }
    }
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        self.entry.ms = millis(self.started.elapsed());
        self.sim.journal.note_request(self.entry.clone());
    }
}

async fn dispatch(sim: &Sim, via: Via, request: RestRequest) -> Response {
    if request.host.ends_with(edge::SUFFIX) {
        return edge::forward(sim, &request).await;
    }
    if request.host.starts_with(media::HOST) {
        return noted(sim, &request, media::answer(sim, &request).await);
    }
    match via {
        Via::Page(parts) if !rest::is_read_by_pages(&request) => {
            let http_request = Request::from_parts(*parts, Body::from(request.body.clone()));
            let response = browser::answer(sim, &request.host, http_request).await;
            noted(sim, &request, surrogates::restore_in(response).await)
        }
        Via::Page(_) | Via::Tls | Via::Functions | Via::Webhook => {
            surrogates::restore_in(rest::answer(sim, request).await).await
        }
    }
}

/// Notes a request as unknown if nothing in the simulator answers it.
fn noted(sim: &Sim, request: &RestRequest, response: Response) -> Response {
    if response.status() == StatusCode::NOT_IMPLEMENTED {
        sim.journal
            .note_unknown(request, "the simulator has no such resource");
    }
    response
}

async fn read(parts: &Parts, host: String, body: Body) -> Result<RestRequest, Response> {
    let body = to_bytes(body, MAX_BODY_BYTES)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
    let is_form = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let pairs = |bytes: &[u8]| url::form_urlencoded::parse(bytes).into_owned().collect();
    Ok(RestRequest {
        method: parts.method.clone(),
        host,
        path: parts.uri.path().to_owned(),
        raw_query: parts.uri.query().map(str::to_owned),
        query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
        form: if is_form { pairs(&body) } else { Vec::new() },
        headers: parts.headers.clone(),
        body,
    })
}
