//! The hosts of the REST APIs, with the checks that all of them share.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::Router;
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use tower::ServiceExt;

use crate::http::error::{TwilioError, NOT_BUILT};
use crate::http::request::RestRequest;
use crate::sim::Sim;
use crate::world::AUTH_TOKEN;
use crate::{conversations, event_streams, flex, iam, interactions, serverless, sync, taskrouter};

/// Answers a request to a REST host: checks the password and the published description, then calls the
/// product's routes.
pub async fn answer(sim: &Sim, request: RestRequest) -> Response {
    let routes = match request.host.as_str() {
        "conversations.twilio.com" => conversations::rest::routes(),
        "events.twilio.com" => event_streams::rest::routes(),
        "flex-api.twilio.com" => interactions::rest::routes().merge(flex::rest::routes()),
        "serverless.twilio.com" => serverless::rest::routes(),
        "serverless-upload.twilio.com" => serverless::rest::upload_routes(),
        "sync.twilio.com" => sync::rest::routes(),
        "taskrouter.twilio.com" => taskrouter::rest::routes(),
        "iam.twilio.com" => iam::rest::routes(),
        _ => Router::new(),
    };
    if !is_authorised(sim, &request) {
        return TwilioError::new(401, 20003, "Authenticate").into_response();
    }
    if let Err(mismatch) = sim.descriptions.check(&request) {
        sim.journal.note_unknown(&request, &mismatch.to_string());
        let own = match request.host.as_str() {
            "conversations.twilio.com" => conversations::rest::own_error(&request, &mismatch),
            _ => None,
        };
        return own.unwrap_or_else(|| mismatch.into()).into_response();
    }
    dispatch(sim, routes, request).await
}

async fn dispatch(sim: &Sim, routes: Router<Sim>, request: RestRequest) -> Response {
    let mut http_request = Request::new(Body::empty());
    http_request.method_mut().clone_from(&request.method);
    let Ok(uri) = request.path.parse() else {
        return TwilioError::new(400, 20001, "the path is not valid").into_response();
    };
    *http_request.uri_mut() = uri;
    http_request.extensions_mut().insert(request.clone());
    let routes = routes
        .fallback(|| async { TwilioError::not_built() })
        .method_not_allowed_fallback(|| async { TwilioError::not_built() });
    match routes.with_state(sim.clone()).oneshot(http_request).await {
        Ok(response) => {
            if response.status() == StatusCode::NOT_IMPLEMENTED {
                sim.journal.note_unknown(&request, NOT_BUILT);
            }
            response
        }
        Err(never) => match never {},
    }
}

/// Returns true for the lists that Flex's real-time queues view reads by REST, with the Flex token as the
/// password of the user `token`.
#[must_use]
pub fn is_read_by_pages(request: &RestRequest) -> bool {
    let lists = ["/TaskQueues", "/TaskChannels"];
    request.host == "taskrouter.twilio.com"
        && request.method == Method::GET
        && lists.iter().any(|list| request.path.ends_with(list))
}

fn is_authorised(sim: &Sim, request: &RestRequest) -> bool {
    let basic = request.header("authorization");
    let Some((user, password)) = basic.and_then(credentials) else {
        return false;
    };
    let world = sim.world.lock();
    if user == "token" {
        is_read_by_pages(request) && world.valid_token(&password).is_some()
    } else {
        user == *world.account_sid && password == AUTH_TOKEN
    }
}

/// Returns the user and the password of a header.
fn credentials(basic: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(basic.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}
