//! Sends webhook requests as Twilio does: signed and with a timeout; as a form and once, or events as JSON and with
//! retries.

use std::time::Instant;

use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, Method};
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::UnboundedReceiver;
use url::form_urlencoded::Serializer;
use url::Url;

use crate::event_streams::SentEvents;
use crate::gate::journal::{millis, DeliveryEntry};
use crate::gate::{self, Via};
use crate::http::request::RestRequest;
use crate::http::{percent_decoded, signature, surrogates};
use crate::readings::StreamSignature;
use crate::serverless::edge;
use crate::sim::Sim;
use crate::world::deliveries::{Delivery, Due};
use crate::world::AUTH_TOKEN;

/// Sends every request that becomes due, concurrently, until the world is dropped.
pub async fn send_all(sim: Sim, mut all: UnboundedReceiver<Due>) {
    while let Some(due) = all.recv().await {
        tokio::spawn(send(sim.clone(), due));
    }
}

async fn send(sim: Sim, due: Due) {
    let delivery = &due.delivery;
    let at = Timestamp::now();
    let started = Instant::now();
    let made = match &delivery.events {
        Some(sent) => {
            let signed = sim.world.lock().readings.stream_signature;
            events_request(&delivery.url, sent, signed)
        }
        None => rest_request(delivery),
    };
    let is_sent = made.is_some();
    let (status, outcome) = match made {
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
    let is_refused = status.is_none_or(|status| !(200..300).contains(&status));
    if is_sent && is_refused {
        sim.world.lock().retry_events(delivery);
    }
    sim.journal.note_delivery(DeliveryEntry {
        at,
        delivery: delivery.clone(),
        status,
        ms: millis(started.elapsed()),
        outcome,
    });
}

/// Returns the host if it is a Functions domain: no other one can be reached from here.
fn reached_host(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| host.ends_with(edge::SUFFIX));
    host.map(str::to_owned)
}

/// Returns the request with events. The hash of its body is in the URL, and with it under the signature. A user and
/// a password in the URL become a header.
fn events_request(url: &str, sent: &SentEvents, signed: StreamSignature) -> Option<RestRequest> {
    let mut full = Url::parse(url).ok()?;
    let host = reached_host(&full)?;
    let hash = format!("{:x}", Sha256::digest(&sent.text));
    full.query_pairs_mut().append_pair("bodySHA256", &hash);
    let mut plain = full.clone();
    plain.set_username("").ok()?;
    plain.set_password(None).ok()?;
    let signed_url = match signed {
        StreamSignature::WithUser => &full,
        StreamSignature::WithoutUser => &plain,
    };
    let signature = signature::sign(AUTH_TOKEN, signed_url.as_str(), &[]);
    let mut headers = HeaderMap::new();
    headers.insert(edge::SIGNATURE, HeaderValue::try_from(signature).ok()?);
    headers.insert(USER_AGENT, HeaderValue::from_static("TwilioProxy/1.1"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if !full.username().is_empty() {
        let user = percent_decoded(full.username());
        let password = percent_decoded(full.password().unwrap_or_default());
        let basic = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        headers.insert(AUTHORIZATION, HeaderValue::try_from(basic).ok()?);
    }
    Some(RestRequest {
        method: Method::POST,
        host,
        path: plain.path().to_owned(),
        raw_query: plain.query().map(str::to_owned),
        query: plain.query_pairs().into_owned().collect(),
        form: Vec::new(),
        headers,
        body: sent.text.clone().into(),
    })
}

/// Returns the request with a form.
fn rest_request(delivery: &Delivery) -> Option<RestRequest> {
    let mut url = Url::parse(&delivery.url).ok()?;
    let host = reached_host(&url)?;
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
