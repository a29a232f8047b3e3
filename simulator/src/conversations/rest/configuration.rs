//! REST route of the configuration of Conversations: the account's default services.

use axum::extract::State;
use axum::routing::get;
use axum::Router;
use serde_json::json;

use crate::http::error::RestResult;
use crate::http::page;
use crate::sim::Sim;

pub fn routes() -> Router<Sim> {
    Router::new().route("/v1/Configuration", get(fetch))
}

async fn fetch(State(sim): State<Sim>) -> RestResult {
    let url = "https://conversations.twilio.com/v1/Configuration";
    let world = sim.world.lock();
    Ok(page::ok(json!({
        "account_sid": world.account_sid,
        "default_chat_service_sid": world.chat_service_sid,
        "default_messaging_service_sid": world.messaging_service_sid,
        "default_inactive_timer": null,
        "default_closed_timer": null,
        "url": url,
        "links": {
            "service": format!("https://conversations.twilio.com/v1/Services/{}", world.chat_service_sid),
            "webhooks": format!("{url}/Webhooks"),
        },
    })))
}
