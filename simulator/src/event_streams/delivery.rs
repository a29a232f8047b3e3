//! The way of an event to its sinks: at least once, alone or in a batch, and again for hours if it is refused.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{json, Value};

use super::types::event_type;
use super::{Batch, Sink};
use crate::http::surrogates;
use crate::readings::{StreamBody, StreamDelivery};
use crate::world::clock::{iso_millis, later};
use crate::world::deliveries::{Delivery, DeliveryQueue};
use crate::world::sids::Sid;
use crate::world::World;

/// The time for which Event Streams waits for a response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// The time after an event for which a refused one is sent again.
const RETRY_FOR: Duration = Duration::from_secs(4 * 3600);
/// The delay of the first retry. It doubles with each, up to the longest: a guess, as Twilio documents no figures.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(15 * 60);
/// The time for which the first event of a batch waits for others.
const BATCH_WAIT: Duration = Duration::from_secs(1);
/// The largest number of events in one request: a guess.
const MOST_IN_BATCH: usize = 100;
/// The delays under readings.
const LATENESS: Duration = Duration::from_secs(30);
const REPEATED_AFTER: Duration = Duration::from_secs(3 * 3600);

/// Something that has happened, as its product reports it.
#[derive(Debug)]
pub struct StreamEvent {
    /// `EV…`
    pub sid: Sid,
    /// Such as `com.twilio.taskrouter.task.canceled`.
    pub kind: String,
    /// The path of the resource.
    pub source: String,
    pub data: Value,
}

/// The events in a request.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentEvents {
    pub sink_sid: Sid,
    /// 1 for the first request with these events.
    pub attempt: u32,
    /// The time of the events, from which retries count.
    pub since: Timestamp,
    pub events: Vec<Value>,
    /// The bytes of the request.
    #[serde(skip)]
    pub text: String,
}

impl World {
    /// Returns true if a subscription selects events of this type.
    #[must_use]
    pub fn is_streamed(&self, kind: &str) -> bool {
        let mut all = self.event_streams.subscriptions.values();
        all.any(|subscription| subscription.types.contains_key(kind))
    }

    /// Sends an event to the sink of every subscription that selects it.
    pub fn stream(&mut self, event: &StreamEvent) {
        let streams = &self.event_streams;
        let due: Vec<(Sid, Value)> = streams
            .subscriptions
            .values()
            .filter_map(|subscription| {
                let version = *subscription.types.get(&event.kind)?;
                let sink = streams.sinks.get(&subscription.sink_sid)?;
                let shown = self.cloud_event(event, version)?;
                sink.webhook().map(|_| (sink.sid.clone(), shown))
            })
            .collect();
        for (sink_sid, shown) in due {
            self.add_to_batch(&sink_sid, shown);
        }
    }

    fn cloud_event(&self, event: &StreamEvent, version: u32) -> Option<Value> {
        let schema = event_type(&event.kind).ok()?.schema;
        Some(json!({
            "specversion": "1.0",
            "type": event.kind,
            "source": event.source,
            "id": event.sid,
            "dataschema": format!("https://events-schemas.twilio.com/{schema}/{version}"),
            "datacontenttype": "application/json",
            "time": iso_millis(self.now()),
            "data": event.data,
        }))
    }

    /// Adds an event to the batch of its sink. A sink without batches gets it at once, alone.
    fn add_to_batch(&mut self, sink_sid: &str, event: Value) {
        let due = later(self.now(), BATCH_WAIT);
        let streams = &mut self.event_streams;
        let Some(sink) = streams.sinks.get(sink_sid) else {
            return;
        };
        if !sink.is_batching() {
            let sink = sink.clone();
            return self.send_events(&sink, vec![event]);
        }
        let batches = &mut streams.batches;
        let batch = batches.entry(sink.sid.clone()).or_insert_with(|| Batch {
            due,
            events: Vec::new(),
        });
        batch.events.push(event);
        if batch.events.len() == MOST_IN_BATCH {
            self.send_batch(sink_sid);
        }
    }

    fn send_batch(&mut self, sink_sid: &str) {
        let streams = &mut self.event_streams;
        let batch = streams.batches.remove(sink_sid);
        if let Some((batch, sink)) = batch.zip(streams.sinks.get(sink_sid).cloned()) {
            self.send_events(&sink, batch.events);
        }
    }

    /// Returns the time at which the next batch is sent.
    pub(crate) fn next_batch(&self) -> Option<Timestamp> {
        let batches = self.event_streams.batches.values();
        batches.map(|batch| batch.due).min()
    }

    /// Sends the batches that are due.
    pub(crate) fn fire_due_batches(&mut self) {
        let now = self.now();
        let all = self.event_streams.batches.iter();
        let due: Vec<Sid> = all
            .filter(|(_, batch)| batch.due <= now)
            .map(|(sid, _)| sid.clone())
            .collect();
        for sink_sid in due {
            self.send_batch(&sink_sid);
        }
    }

    /// Queues a request with these events, with the delay, order and repetition of the reading.
    fn send_events(&mut self, sink: &Sink, events: Vec<Value>) {
        let Some(url) = sink.webhook() else {
            return;
        };
        let delivery = Delivery {
            url: url.to_owned(),
            method: "POST".into(),
            params: [].into(),
            events: Some(SentEvents {
                sink_sid: sink.sid.clone(),
                attempt: 1,
                since: self.now(),
                text: text_of(&events, self.readings.stream_body),
                events,
            }),
            response_timeout: RESPONSE_TIMEOUT,
        };
        match self.readings.stream_delivery {
            StreamDelivery::Prompt => self.deliver(delivery),
            StreamDelivery::Late => self.deliver_later(LATENESS, delivery),
            StreamDelivery::Twice => {
                self.deliver(delivery.clone());
                self.deliver(delivery);
            }
            StreamDelivery::HoursLater => {
                self.deliver(delivery.clone());
                self.deliver_later(REPEATED_AFTER, delivery);
            }
            StreamDelivery::Swapped => self.deliver_swapped(DeliveryQueue::Streams, delivery),
        }
    }

    /// Queues a refused request again, unless its sink is gone or its events are too old.
    pub fn retry_events(&mut self, refused: &Delivery) {
        let Some(sent) = &refused.events else {
            return;
        };
        let delay = retry_delay(sent.attempt);
        let is_over = later(self.now(), delay) > later(sent.since, RETRY_FOR);
        if is_over || self.event_streams.sink(&sent.sink_sid).is_err() {
            return;
        }
        let next = SentEvents {
            attempt: sent.attempt + 1,
            ..sent.clone()
        };
        let again = Delivery {
            events: Some(next),
            ..refused.clone()
        };
        self.deliver_later(delay, again);
    }
}

/// Returns the delay after the refused attempt with this number.
fn retry_delay(attempt: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
    FIRST_RETRY.saturating_mul(doubled).min(LONGEST_RETRY)
}

/// Returns events as the text of a request.
pub(super) fn text_of(events: &[Value], body: StreamBody) -> String {
    let compact = || surrogates::json_text(&Value::from(events));
    match body {
        StreamBody::Compact => compact(),
        StreamBody::Spaced => spaced(events),
        StreamBody::Escaped => compact().chars().map(escaped).collect(),
    }
}

/// Returns a character of a JSON text with slashes and all but ASCII as escapes.
fn escaped(c: char) -> String {
    if c == '/' {
        return "\\/".into();
    }
    if c.is_ascii() {
        return c.into();
    }
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units);
    let escapes: Vec<String> = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
    escapes.concat()
}

/// Returns a JSON text with a space after each comma and colon.
fn spaced(events: &[Value]) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Spaces);
    // Writing a value of JSON to memory never fails.
    let _ = events.serialize(&mut serializer);
    surrogates::restore(&String::from_utf8_lossy(&bytes)).into_owned()
}

struct Spaces;

impl serde_json::ser::Formatter for Spaces {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
    ) -> std::io::Result<()> {
        writer.write_all(b": ")
    }
}
