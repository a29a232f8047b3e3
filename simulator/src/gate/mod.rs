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
use crate::gate::faults::{Fault, Kind};
use crate::gate::journal::{millis, RequestEntry};
use crate::http::call::Call;
use crate::http::error::TwilioError;
use crate::http::surrogates;
use crate::serverless::edge;
use crate::sim::Sim;
use crate::world::clock::later;

/// The interval at which the clock is checked for a late request.
const TICK: Duration = Duration::from_millis(10);
/// The largest body of a request, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

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
    request: Request,
) -> Response {
    if request.headers().contains_key(UPGRADE) {
        return browser::answer(sim, &host, request).await;
    }
    let (parts, body) = request.into_parts();
    match read(&parts, host, body).await {
        Ok(call) => answer_on(sim, connection, via, call).await,
        Err(refusal) => refusal,
    }
}

/// Answers a request of a page for `host`.
pub async fn from_page(
    sim: &Sim,
    connection: &Connection,
    host: String,
    request: Request,
) -> Response {
    if request.headers().contains_key(UPGRADE) {
        return browser::answer(sim, &host, request).await;
    }
    let (parts, body) = request.into_parts();
    match read(&parts, host, body).await {
        Ok(call) => answer_on(sim, connection, Via::Page(Box::new(parts)), call).await,
        Err(refusal) => refusal,
    }
}

/// Answers a request in a task of its own, because Twilio performs a request even if the caller does not wait
/// for its answer.
async fn answer_on(sim: &Sim, connection: &Connection, via: Via, call: Call) -> Response {
    let (own_sim, id) = (sim.clone(), connection.id());
    let work = tokio::spawn(async move { pass(&own_sim, via, Some(id), call).await });
    work.await.ok().flatten().unwrap_or_else(|| {
        connection.cut();
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    })
}

/// Applies latency, faults and rate limits to a request, then answers it. `None` means that the connection must
/// be cut.
pub async fn pass(sim: &Sim, via: Via, connection: Option<u64>, call: Call) -> Option<Response> {
    let mut note = Note::of(sim, &via, connection, &call);
    sim.faults.pass_latency().await;
    if matches!(via, Via::Functions) && is_of_ended_run(sim, &call) {
        note.entry.fault = Some("ended");
        return None;
    }
    let fault = sim.faults.hit(&call);
    note.entry.fault = fault.as_ref().map(|(_, fault)| fault.kind.name());
    let response = match fault {
        None => Some(within_limits(sim, via, call, &mut note.entry).await),
        Some((id, fault)) => broken(sim, via, call, (id, &fault), &mut note.entry).await,
    };
    note.entry.status = response.as_ref().map(|response| response.status().as_u16());
    response
}

/// Returns true if the request comes from a Function that was ended when its caller hung up.
fn is_of_ended_run(sim: &Sim, call: &Call) -> bool {
    let world = sim.world.lock();
    sim.runs.is_of_ended(call, |conversation| {
        let channel = world.channel_of_conversation(conversation);
        channel.map_or_else(Vec::new, |channel| {
            vec![channel.sid.clone(), channel.interaction_sid.clone()]
        })
    })
}

/// Answers a request unless it exceeds a rate limit. The limits apply to REST requests of Node processes, and
/// to Functions whatever their caller.
async fn within_limits(sim: &Sim, via: Via, call: Call, entry: &mut RequestEntry) -> Response {
    let admitted = if call.host.ends_with(edge::SUFFIX) {
        sim.limits.admit_function()
    } else if matches!(via, Via::Tls | Via::Functions) {
        sim.limits.admit(&sim.world.lock(), &call)
    } else {
        return dispatch(sim, via, call).await;
    };
    match admitted {
        Ok(_under_way) => dispatch(sim, via, call).await,
        Err((limit, refusal)) => {
            entry.limit = Some(limit.name());
            refusal.into_response()
        }
    }
}

async fn broken(
    sim: &Sim,
    via: Via,
    call: Call,
    (id, fault): (u64, &Fault),
    entry: &mut RequestEntry,
) -> Option<Response> {
    let error = || TwilioError::new(fault.status, fault.code, "injected fault").into_response();
    match fault.kind {
        Kind::Status => Some(error()),
        Kind::StatusAfter => {
            dispatch(sim, via, call).await;
            Some(error())
        }
        Kind::DropBefore => None,
        Kind::DropAfter => {
            dispatch(sim, via, call).await;
            None
        }
        Kind::Timeout => {
            tokio::time::sleep(Duration::from_millis(fault.hold_ms)).await;
            None
        }
        Kind::Late => {
            tokio::spawn(do_later(sim.clone(), via, call, fault.hold_ms));
            None
        }
        Kind::HoldBefore => {
            sim.faults.hold(id).await;
            Some(within_limits(sim, via, call, entry).await)
        }
        Kind::HoldAfter => {
            let response = within_limits(sim, via, call, entry).await;
            sim.faults.hold(id).await;
            Some(response)
        }
    }
}

/// Performs a request after a time of the simulator's clock, unless the world is reset before.
async fn do_later(sim: Sim, via: Via, call: Call, after_ms: u64) {
    let resets = || sim.resets.load(Ordering::Relaxed);
    let (due, before) = (
        later(sim.world.lock().now(), Duration::from_millis(after_ms)),
        resets(),
    );
    while sim.world.lock().now() < due {
        tokio::time::sleep(TICK).await;
    }
    if resets() == before {
        dispatch(&sim, via, call).await;
    }
}

/// The journal entry of a request, written on drop, so that a canceled request is noted too.
struct Note<'a> {
    sim: &'a Sim,
    started: Instant,
    entry: RequestEntry,
}

impl<'a> Note<'a> {
    fn of(sim: &'a Sim, via: &Via, connection: Option<u64>, call: &Call) -> Self {
        let entry = RequestEntry {
            at: Timestamp::now(),
            via: via.name(),
            connection,
            method: call.method.to_string(),
            host: call.host.clone(),
            path: call.path.clone(),
            query: call.query.clone(),
            form: call.form.clone(),
            json: serde_json::from_slice(&call.body).ok(),
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

async fn dispatch(sim: &Sim, via: Via, call: Call) -> Response {
    if call.host.ends_with(edge::SUFFIX) {
        return edge::forward(sim, &call).await;
    }
    if call.host.starts_with(media::HOST) {
        return noted(sim, &call, media::answer(sim, &call).await);
    }
    match via {
        Via::Page(parts) => {
            let request = Request::from_parts(*parts, Body::from(call.body.clone()));
            let response = browser::answer(sim, &call.host, request).await;
            noted(sim, &call, surrogates::restore_in(response).await)
        }
        Via::Tls | Via::Functions | Via::Webhook => {
            surrogates::restore_in(rest::answer(sim, call).await).await
        }
    }
}

/// Notes a request as unknown if nothing in the simulator answers it.
fn noted(sim: &Sim, call: &Call, response: Response) -> Response {
    if response.status() == StatusCode::NOT_IMPLEMENTED {
        sim.journal.note_unknown(call, "nothing answers this");
    }
    response
}

async fn read(parts: &Parts, host: String, body: Body) -> Result<Call, Response> {
    let body = to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
    let is_form = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let pairs = |bytes: &[u8]| url::form_urlencoded::parse(bytes).into_owned().collect();
    Ok(Call {
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
