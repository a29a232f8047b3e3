//! Twilio's edge in front of the account's Functions: the only way to them from outside.

use axum::body::{Body, Bytes};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::{FileKind, Visibility};
use crate::http::request::RestRequest;
use crate::http::signature;
use crate::readings::{HungUpFunction, JsonArray};
use crate::sim::Sim;
use crate::world::{World, AUTH_TOKEN};

/// The end of every Functions domain.
pub const SUFFIX: &str = ".twil.io";
/// The header with Twilio's signature.
pub const SIGNATURE: &str = "x-twilio-signature";
/// The header with the simulator's time, in milliseconds since 1970. The local runtime of Functions sets its
/// clock by it.
const TIME_HEADER: &str = "x-simulator-time";
/// Headers that concern one connection only, or that the client writes itself.
const NOT_FORWARDED: [HeaderName; 4] = [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING];

/// Forwards a request to the Functions, unless it lacks a required signature.
pub async fn forward(sim: &Sim, request: &RestRequest) -> Response {
    let (reached, own_url) = {
        let world = sim.world.lock();
        let own_url = sim.runtimes.url_of(&world.deployed_files(&request.host));
        (reached(&world, request), own_url)
    };
    let is_protected = match reached {
        Reached::Nothing => return (StatusCode::NOT_FOUND, "not found").into_response(),
        Reached::Asset(response) => return response,
        Reached::Function { is_protected } => {
            is_protected || sim.options.protected.contains(&request.path)
        }
    };
    let Some(functions) = own_url.as_ref().or(sim.options.functions_url.as_ref()) else {
        return (
            StatusCode::BAD_GATEWAY,
            "the option --functions-url is missing",
        )
            .into_response();
    };
    if is_protected && !is_signed(request) {
        return (
            StatusCode::FORBIDDEN,
            "Unauthorized - X-Twilio-Signature is missing or not valid",
        )
            .into_response();
    }
    let body = seen_body(sim, request);
    let url = format!(
        "{}{}",
        functions.trim_end_matches('/'),
        request.path_and_query()
    );
    let forwarded = sim
        .client
        .request(request.method.clone(), url)
        .headers(forwarded_headers(&request.headers))
        .header(HOST, &request.host)
        .header(TIME_HEADER, sim.world.lock().now().as_millisecond())
        .body(body);
    let caller = Caller::new(sim, request);
    let (runs, id) = (sim.runs.clone(), caller.id);
    // In a task of its own, because the Function runs on when its caller hangs up, and its end must be noted.
    let run = tokio::spawn(async move {
        let answer = run(forwarded).await;
        runs.finish(id);
        answer
    });
    let answer = run.await;
    drop(caller);
    answer.unwrap_or_else(|_| StatusCode::BAD_GATEWAY.into_response())
}

/// Returns the body of which a Function sees the parameters.
fn seen_body(sim: &Sim, request: &RestRequest) -> Bytes {
    let drops = sim.world.lock().readings.json_array == JsonArray::Dropped;
    let is_array = || matches!(serde_json::from_slice(&request.body), Ok(Value::Array(_)));
    if drops && is_array() {
        Bytes::from_static(b"{}")
    } else {
        request.body.clone()
    }
}

async fn run(forwarded: reqwest::RequestBuilder) -> Response {
    match forwarded.send().await {
        Ok(answer) => {
            let (status, headers) = (answer.status(), forwarded_headers(answer.headers()));
            match answer.bytes().await {
                Ok(body) => (status, headers, Body::from(body)).into_response(),
                Err(_) => (
                    StatusCode::BAD_GATEWAY,
                    "the Functions closed the connection before the end of the answer",
                )
                    .into_response(),
            }
        }
        Err(_) => (StatusCode::BAD_GATEWAY, "the Functions do not answer").into_response(),
    }
}

/// The caller who waits for a Function's answer. Dropped when the caller hangs up or is answered.
struct Caller {
    sim: Sim,
    id: u64,
}

impl Caller {
    fn new(sim: &Sim, request: &RestRequest) -> Self {
        Self {
            id: sim.runs.begin(request),
            sim: sim.clone(),
        }
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let reading = self.sim.world.lock().readings.hung_up_function;
        if reading == HungUpFunction::Ends {
            // A finished run is not in the list any more.
            self.sim.runs.end(self.id);
        }
    }
}

/// The target of a URL.
enum Reached {
    Nothing,
    /// An asset, with the response.
    Asset(Response),
    /// A Function of the local runtime.
    Function {
        is_protected: bool,
    },
}

/// Returns the target of a request. The account's own domain reaches every local Function; that of a deployment
/// reaches the files of its build.
fn reached(world: &World, request: &RestRequest) -> Reached {
    let known = world.deployed_file(&request.host, &request.path);
    match known.map(|file| (file.kind, file.visibility, file)) {
        Some((_, Visibility::Private, _)) => Reached::Nothing,
        Some((FileKind::Function, visibility, _)) => Reached::Function {
            is_protected: visibility == Visibility::Protected,
        },
        Some((FileKind::Asset, Visibility::Protected, _)) if !is_signed(request) => {
            Reached::Asset(StatusCode::FORBIDDEN.into_response())
        }
        Some((FileKind::Asset, _, file)) => {
            let media_type = [(CONTENT_TYPE, file.content_type.clone())];
            Reached::Asset((media_type, file.content.clone()).into_response())
        }
        None if request.host == world.functions_domain => Reached::Function {
            is_protected: false,
        },
        None => Reached::Nothing,
    }
}

fn is_signed(request: &RestRequest) -> bool {
    let url = format!("https://{}{}", request.host, request.path_and_query());
    let given = request.header(SIGNATURE).unwrap_or_default();
    signature::is_valid(AUTH_TOKEN, &url, &request.form, given)
}

fn forwarded_headers(headers: &HeaderMap) -> HeaderMap {
    let mut passed = headers.clone();
    for name in NOT_FORWARDED {
        passed.remove(name);
    }
    passed
}
