//! Event Streams: sinks, subscriptions, and the events that they receive.
//!
//! Source: <https://www.twilio.com/docs/events>.

mod delivery;
pub mod rest;
#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

pub use delivery::{SentEvents, StreamEvent};
pub use types::{EventType, TYPES};

use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The state of Event Streams.
#[derive(Debug, Default)]
pub struct EventStreams {
    pub sinks: BTreeMap<Sid, Sink>,
    pub subscriptions: BTreeMap<Sid, Subscription>,
    /// The events that wait for others, by the SID of their sink.
    batches: BTreeMap<Sid, Batch>,
}

/// A receiver of events.
#[derive(Debug, Clone)]
pub struct Sink {
    /// `DG…`
    pub sid: Sid,
    pub description: String,
    /// `webhook`, `kinesis`, `segment` or `email`. Only a webhook gets events.
    pub sink_type: String,
    /// Of a webhook: `destination`, `method` and `batch_events`.
    pub configuration: Value,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// The events that a sink receives.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// `DF…`
    pub sid: Sid,
    pub sink_sid: Sid,
    pub description: String,
    /// The versions of their schemas, by the names of the types.
    pub types: BTreeMap<String, u32>,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// Events that are sent together.
#[derive(Debug)]
struct Batch {
    due: Timestamp,
    events: Vec<Value>,
}

impl Sink {
    /// Returns a text of the configuration.
    fn text(&self, name: &str) -> Option<&str> {
        self.configuration.get(name).and_then(Value::as_str)
    }

    /// Returns the URL of a webhook; `None` for other sinks.
    fn webhook(&self) -> Option<&str> {
        let posts = self
            .text("method")
            .is_some_and(|method| method.eq_ignore_ascii_case("POST"));
        self.text("destination")
            .filter(|_| self.sink_type == "webhook" && posts)
    }

    fn is_batching(&self) -> bool {
        self.configuration.get("batch_events") == Some(&Value::Bool(true))
    }
}

impl EventStreams {
    /// Returns the sink with this SID.
    pub fn sink(&self, sid: &str) -> Result<&Sink> {
        let found = self.sinks.get(sid);
        found.ok_or_else(|| Error::NotFound(format!("/Sinks/{sid}")))
    }

    /// Returns the subscription with this SID.
    pub fn subscription(&self, sid: &str) -> Result<&Subscription> {
        let found = self.subscriptions.get(sid);
        found.ok_or_else(|| Error::NotFound(format!("/Subscriptions/{sid}")))
    }

    /// Returns true if a subscription names the sink.
    #[must_use]
    pub fn is_in_use(&self, sink_sid: &str) -> bool {
        let mut all = self.subscriptions.values();
        all.any(|subscription| subscription.sink_sid == sink_sid)
    }

    fn subscription_mut(&mut self, sid: &str) -> Result<&mut Subscription> {
        let found = self.subscriptions.get_mut(sid);
        found.ok_or_else(|| Error::NotFound(format!("/Subscriptions/{sid}")))
    }
}

impl World {
    /// Creates a sink, which is active at once.
    pub fn create_sink(
        &mut self,
        description: String,
        sink_type: String,
        configuration: Value,
    ) -> Result<Sink> {
        if sink_type == "webhook" {
            check_webhook(&configuration)?;
        }
        let now = self.now();
        let sink = Sink {
            sid: self.sids.next("DG"),
            description,
            sink_type,
            configuration,
            date_created: now,
            date_updated: now,
        };
        let streams = &mut self.event_streams;
        streams.sinks.insert(sink.sid.clone(), sink.clone());
        Ok(sink)
    }

    /// Changes the description of a sink, which is all that can be changed.
    pub fn describe_sink(&mut self, sid: &str, description: String) -> Result<Sink> {
        let now = self.now();
        let found = self.event_streams.sinks.get_mut(sid);
        let sink = found.ok_or_else(|| Error::NotFound(format!("/Sinks/{sid}")))?;
        sink.description = description;
        sink.date_updated = now;
        Ok(sink.clone())
    }

    /// Deletes a sink that no subscription names.
    pub fn remove_sink(&mut self, sid: &str) -> Result<()> {
        self.event_streams.sink(sid)?;
        if self.event_streams.is_in_use(sid) {
            return Err(Error::SinkInUse);
        }
        self.event_streams.sinks.remove(sid);
        self.event_streams.batches.remove(sid);
        Ok(())
    }

    /// Creates a subscription to these types, each with the version of its schema; without one, the newest.
    pub fn create_subscription(
        &mut self,
        description: String,
        sink_sid: &str,
        wanted: &[(String, Option<u32>)],
    ) -> Result<Subscription> {
        self.event_streams.sink(sink_sid)?;
        if wanted.is_empty() {
            return Err(invalid("Types", "at least one event type"));
        }
        let checked = wanted.iter().map(|(name, version)| {
            let version = types::version_of(name, *version)?;
            Ok((name.clone(), version))
        });
        let types = checked.collect::<Result<_>>()?;
        let now = self.now();
        let subscription = Subscription {
            sid: self.sids.next("DF"),
            sink_sid: sink_sid.to_owned(),
            description,
            types,
            date_created: now,
            date_updated: now,
        };
        let streams = &mut self.event_streams;
        let all = &mut streams.subscriptions;
        all.insert(subscription.sid.clone(), subscription.clone());
        Ok(subscription)
    }

    /// Changes the description of a subscription.
    pub fn describe_subscription(
        &mut self,
        sid: &str,
        description: String,
    ) -> Result<Subscription> {
        let now = self.now();
        let subscription = self.event_streams.subscription_mut(sid)?;
        subscription.description = description;
        subscription.date_updated = now;
        Ok(subscription.clone())
    }

    /// Deletes a subscription.
    pub fn remove_subscription(&mut self, sid: &str) -> Result<()> {
        let removed = self.event_streams.subscriptions.remove(sid);
        removed
            .map(drop)
            .ok_or_else(|| Error::NotFound(format!("/Subscriptions/{sid}")))
    }

    /// Adds a type to a subscription that does not have it. Returns the version of its schema.
    pub fn subscribe(&mut self, sid: &str, name: &str, version: Option<u32>) -> Result<u32> {
        let version = types::version_of(name, version)?;
        let subscription = self.event_streams.subscription_mut(sid)?;
        if subscription.types.contains_key(name) {
            return Err(Error::AlreadySubscribed);
        }
        subscription.types.insert(name.to_owned(), version);
        Ok(version)
    }

    /// Changes the version of a subscribed type's schema.
    pub fn resubscribe(&mut self, sid: &str, name: &str, version: Option<u32>) -> Result<u32> {
        let version = types::version_of(name, version)?;
        let subscription = self.event_streams.subscription_mut(sid)?;
        let subscribed = subscription.types.get_mut(name);
        *subscribed.ok_or_else(|| not_subscribed(name))? = version;
        Ok(version)
    }

    /// Removes a type from a subscription.
    pub fn unsubscribe(&mut self, sid: &str, name: &str) -> Result<()> {
        let subscription = self.event_streams.subscription_mut(sid)?;
        let removed = subscription.types.remove(name);
        removed.map(drop).ok_or_else(|| not_subscribed(name))
    }
}

fn not_subscribed(name: &str) -> Error {
    Error::NotFound(format!("/SubscribedEvents/{name}"))
}

fn invalid(name: &'static str, expected: &str) -> Error {
    Error::Invalid {
        name,
        expected: expected.into(),
    }
}

fn check_webhook(configuration: &Value) -> Result<()> {
    let text = |name: &str| configuration.get(name).and_then(Value::as_str);
    let destination = text("destination").and_then(|text| url::Url::parse(text).ok());
    if !destination.is_some_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Err(invalid(
            "SinkConfiguration",
            "a `destination` that is an absolute http or https URL",
        ));
    }
    let is_known = |method: &str| ["POST", "GET"].contains(&method.to_uppercase().as_str());
    if !text("method").is_some_and(is_known) {
        return Err(invalid("SinkConfiguration", "the `method` POST or GET"));
    }
    match configuration.get("batch_events") {
        None | Some(Value::Bool(_)) => Ok(()),
        Some(_) => Err(invalid(
            "SinkConfiguration",
            "`batch_events` that is true or false",
        )),
    }
}
