//! Sends webhook requests as Twilio does: signed, as a form, without retries, and with a timeout.

use std::time::Instant;

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, Method};
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;
use url::form_urlencoded::Serializer;
use url::Url;

use crate::gate::journal::{millis, DeliveryEntry};
use crate::gate::{self, Via};
use crate::http::request::RestRequest;
use crate::http::{signature, surrogates};
use crate::serverless::edge;
use crate::sim::Sim;
use crate::world::deliveries::Delivery;
use crate::world::AUTH_TOKEN;

/// Sends every request that becomes due, concurrently, until the world is dropped.
pub async fn send_all(sim: Sim, mut due: UnboundedReceiver<Delivery>) {
    while let Some(delivery) = due.recv().await {
        tokio::spawn(send(sim.clone(), delivery));
    }
}

async fn send(sim: Sim, delivery: Delivery) {
    let at = Timestamp::now();
    let started = Instant::now();
    let (status, outcome) = match rest_request(&delivery) {
        Some(request) => {
            let answer = gate::pass(&sim, Via::Webhook, None, request);
            match tokio::time::timeout(delivery.response_timeout, answer).await {
                Ok(Some(response)) => (Some(response.status().as_u16()), "answered"),
                Ok(None) => (None, "connection lost"),
                Err(_) => (None, "timed out"),
            }
        }
        None => (None, "not sent: not a Functions domain"),
    };
    sim.journal.note_delivery(DeliveryEntry {
        at,
        delivery,
        status,
        ms: millis(started.elapsed()),
        outcome,
    });
}

/// Returns the request if it goes to a Functions domain: no other host can be reached from here.
fn rest_request(delivery: &Delivery) -> Option<RestRequest> {
    let mut url = Url::parse(&delivery.url).ok()?;
    let host = url
        .host_str()
        .filter(|host| host.ends_with(edge::SUFFIX))?
        .to_owned();
    let by_get = delivery.method.eq_ignore_ascii_case("GET");
    let params = delivery.params.iter();
    let params: Vec<(String, String)> = params
        .map(|(name, value)| (name.clone(), surrogates::for_form(value)))
        .collect();
    if by_get {
        url.query_pairs_mut().extend_pairs(&params);
    }
    let form = if by_get { Vec::new() } else { params };
    let signature = signature::sign(AUTH_TOKEN, url.as_str(), &form);
    let mut headers = HeaderMap::new();
    headers.insert(edge::SIGNATURE, HeaderValue::try_from(signature).ok()?);
    headers.insert(USER_AGENT, HeaderValue::from_static("TwilioProxy/1.1"));
    let mut body = Bytes::new();
    if !by_get {
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded; charset=UTF-8"),
        );
        body = Serializer::new(String::new())
            .extend_pairs(&form)
            .finish()
            .into();
    }
    Some(RestRequest {
        method: if by_get { Method::GET } else { Method::POST },
        host,
        path: url.path().to_owned(),
        raw_query: url.query().map(str::to_owned),
        query: url.query_pairs().into_owned().collect(),
        form,
        headers,
        body,
    })
}
