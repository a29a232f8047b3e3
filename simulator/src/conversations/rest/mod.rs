//! The REST API `conversations.twilio.com`: conversations and the resources in them.

mod configuration;
mod conversations;
mod messages;
mod participant_conversations;
mod participants;
mod webhooks;

use axum::Router;

use crate::http::error::TwilioError;
use crate::http::openapi::Mismatch;
use crate::http::request::RestRequest;
use crate::sim::Sim;

/// The URL of the list of conversations.
const BASE: &str = "https://conversations.twilio.com/v1/Conversations";

pub fn routes() -> Router<Sim> {
    configuration::routes()
        .merge(conversations::routes())
        .merge(messages::routes())
        .merge(participant_conversations::routes())
        .merge(participants::routes())
        .merge(webhooks::routes())
}

/// Returns Conversations' own error for a mismatch with the description, if it has a code for it.
///
/// Source: <https://www.twilio.com/docs/api/errors>.
pub fn own_error(request: &RestRequest, mismatch: &Mismatch) -> Option<TwilioError> {
    if !request.path.contains("/Webhooks") {
        return None;
    }
    let code = match mismatch {
        Mismatch::Missing { name } if name == "Target" => 50368,
        Mismatch::Invalid { name, .. } => match name.as_str() {
            "Sid" => 50363,
            "Target" => 50364,
            "Configuration.FlowSid" => 50367,
            _ => return None,
        },
        _ => return None,
    };
    Some(TwilioError::new(400, code, mismatch.to_string()))
}
