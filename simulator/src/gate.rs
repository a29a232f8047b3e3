//! What every request to one of Twilio's hosts passes: the journal, latency and faults.

use std::time::{Duration, Instant};

use axum::body::{to_bytes, Body};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, UPGRADE};
use axum::http::request::Parts;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::connection::Connection;
use crate::faults::Kind;
use crate::journal::{millis, RequestEntry};
use crate::rest::call::Call;
use crate::rest::error::TwilioError;
use crate::sim::Sim;
use crate::{browser, edge, rest};

/// The largest body that is read.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// The way a request came.
pub enum Via {
    /// From a Node process, over TLS.
    Tls,
    /// From a page, with what is left of its request.
    Page(Box<Parts>),
    /// From Twilio itself.
    Webhook,
}

impl Via {
    fn name(&self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Page(_) => "page",
            Self::Webhook => "webhook",
        }
    }
}

/// Answers a request of a Node process for `host`.
pub async fn from_node(
    sim: &Sim,
    connection: &Connection,
    host: String,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    match read(&parts, host, body).await {
        Ok(call) => answer_or_cut(
            connection,
            pass(sim, Via::Tls, Some(connection), call).await,
        ),
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
        Ok(call) => {
            let via = Via::Page(Box::new(parts));
            answer_or_cut(connection, pass(sim, via, Some(connection), call).await)
        }
        Err(refusal) => refusal,
    }
}

/// Lets a request through, or what is left of it. `None` means that the connection is to be cut.
pub async fn pass(
    sim: &Sim,
    via: Via,
    connection: Option<&Connection>,
    call: Call,
) -> Option<Response> {
    let at = Timestamp::now();
    let started = Instant::now();
    let way = via.name();
    tokio::time::sleep(sim.faults.latency()).await;
    let fault = sim.faults.hit(&call);
    let kind = fault.as_ref().map(|fault| fault.kind);
    let error = || {
        fault
            .as_ref()
            .map(|f| TwilioError::new(f.status, f.code, "injected fault").into_response())
    };
    let response = match kind {
        None => Some(dispatch(sim, via, call.clone()).await),
        Some(Kind::Status) => error(),
        Some(Kind::StatusAfter) => {
            dispatch(sim, via, call.clone()).await;
            error()
        }
        Some(Kind::DropBefore) => None,
        Some(Kind::DropAfter) => {
            dispatch(sim, via, call.clone()).await;
            None
        }
        Some(Kind::Timeout) => {
            tokio::time::sleep(Duration::from_millis(
                fault.as_ref().map_or(0, |f| f.hold_ms),
            ))
            .await;
            None
        }
    };
    sim.journal.note_request(RequestEntry {
        at,
        via: way,
        connection: connection.map(Connection::id),
        method: call.method.to_string(),
        json: serde_json::from_slice(&call.body).ok(),
        host: call.host,
        path: call.path,
        query: call.query,
        form: call.form,
        status: response.as_ref().map(|response| response.status().as_u16()),
        ms: millis(started.elapsed()),
        fault: kind.map(Kind::name),
    });
    response
}

async fn dispatch(sim: &Sim, via: Via, call: Call) -> Response {
    if call.host.ends_with(edge::SUFFIX) {
        return edge::forward(sim, &call).await;
    }
    match via {
        Via::Page(parts) => {
            let request = Request::from_parts(*parts, Body::from(call.body.clone()));
            let response = browser::answer(sim, &call.host, request).await;
            if response.status() == StatusCode::NOT_IMPLEMENTED {
                sim.journal.note_unknown(&call, "nothing answers this");
            }
            response
        }
        Via::Tls | Via::Webhook => rest::answer(sim, call).await,
    }
}

fn answer_or_cut(connection: &Connection, response: Option<Response>) -> Response {
    response.unwrap_or_else(|| {
        connection.cut();
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    })
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
