//! Twilio's REST APIs as Node processes see them.

pub mod call;
mod conversations;
mod conversations_configuration;
pub mod error;
mod flex_configuration;
mod flex_plugins;
mod flex_users;
mod iam;
mod interactions;
pub mod openapi;
mod page;
mod serverless;
mod sync;
mod taskrouter;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::Router;
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use tower::ServiceExt;

use crate::sim::Sim;
use crate::world::AUTH_TOKEN;
use call::Call;
use error::TwilioError;
use openapi::Mismatch;

/// Answers a request to one of Twilio's REST hosts: authorised, checked against the published
/// description, and given to the product's routes.
pub async fn answer(sim: &Sim, call: Call) -> Response {
    let routes = match call.host.as_str() {
        "conversations.twilio.com" => {
            conversations::routes().merge(conversations_configuration::routes())
        }
        "flex-api.twilio.com" => interactions::routes()
            .merge(flex_configuration::routes())
            .merge(flex_plugins::routes())
            .merge(flex_users::routes()),
        "serverless.twilio.com" => serverless::routes(),
        "serverless-upload.twilio.com" => serverless::upload_routes(),
        "sync.twilio.com" => sync::routes(),
        "taskrouter.twilio.com" => taskrouter::routes(),
        "iam.twilio.com" => iam::routes(),
        _ => Router::new(),
    };
    if !is_authorised(sim, &call) {
        return TwilioError::new(401, 20003, "Authenticate").into_response();
    }
    if let Err(mismatch) = sim.descriptions.check(&call) {
        sim.journal.note_unknown(&call, &mismatch.to_string());
        let own = match call.host.as_str() {
            "conversations.twilio.com" => conversations::own_refusal(&call, &mismatch),
            _ => None,
        };
        return own.unwrap_or_else(|| mismatch.into()).into_response();
    }
    dispatch(sim, routes, call).await
}

async fn dispatch(sim: &Sim, routes: Router<Sim>, call: Call) -> Response {
    let mut request = Request::new(Body::empty());
    request.method_mut().clone_from(&call.method);
    let Ok(uri) = call.path.parse() else {
        return TwilioError::new(400, 20001, "the path cannot be read").into_response();
    };
    *request.uri_mut() = uri;
    request.extensions_mut().insert(call.clone());
    let routes = routes
        .fallback(|| async { not_built() })
        .method_not_allowed_fallback(|| async { not_built() });
    match routes.with_state(sim.clone()).oneshot(request).await {
        Ok(response) => {
            if response.status() == StatusCode::NOT_IMPLEMENTED {
                sim.journal.note_unknown(&call, NOT_BUILT);
            }
            response
        }
        Err(never) => match never {},
    }
}

const NOT_BUILT: &str = "the simulator does not imitate this";

/// The loud refusal of what Twilio has and the simulator has not.
fn not_built() -> TwilioError {
    TwilioError::new(StatusCode::NOT_IMPLEMENTED.as_u16(), 20501, NOT_BUILT)
}

fn is_authorised(sim: &Sim, call: &Call) -> bool {
    let expected = STANDARD.encode(format!("{}:{AUTH_TOKEN}", sim.world.lock().account_sid));
    call.header("authorization")
        .and_then(|value| value.strip_prefix("Basic "))
        == Some(&expected)
}

impl From<Mismatch> for TwilioError {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::UnknownRoute { .. } => Self::new(404, 20404, mismatch.to_string()),
            _ => Self::new(400, 20001, mismatch.to_string()),
        }
    }
}
