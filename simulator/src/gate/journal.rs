//! The journal: all requests, unknown requests, and webhook requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::http::request::RestRequest;
use crate::world::deliveries::Delivery;

/// The maximum number of entries of each kind; the oldest are dropped.
const MAX_ENTRIES: usize = 20_000;

/// The journal, shared by all handlers.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    entries: Arc<Mutex<Entries>>,
    activity: Arc<Mutex<RequestCounts>>,
}

/// The number of requests, for tests that wait until the simulator is idle.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestCounts {
    /// All requests to Twilio's hosts, including those that the journal has dropped.
    pub requests: u64,
    /// Requests that are not answered yet.
    pub under_way: u64,
}

/// All entries, oldest first.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Entries {
    /// Requests to Twilio's hosts.
    pub requests: VecDeque<RequestEntry>,
    /// Requests that the simulator does not know: a test that causes one should fail.
    pub unknown: VecDeque<UnknownEntry>,
    /// Webhook requests.
    pub deliveries: VecDeque<DeliveryEntry>,
}

/// A request to one of Twilio's hosts.
#[derive(Debug, Clone, Serialize)]
pub struct RequestEntry {
    /// The time of arrival, by the real clock.
    pub at: Timestamp,
    /// `tls`, `functions`, `page` or `webhook`.
    pub via: &'static str,
    /// The number of the connection.
    pub connection: Option<u64>,
    pub method: String,
    pub host: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub form: Vec<(String, String)>,
    /// The body, if it is JSON.
    pub json: Option<Value>,
    /// The status of the answer; `None` if there was none.
    pub status: Option<u16>,
    /// The duration, in milliseconds.
    pub ms: u64,
    /// The kind of the injected fault.
    pub fault: Option<&'static str>,
    /// The rate limit that the request exceeded.
    pub limit: Option<&'static str>,
}

/// A request that the simulator does not know.
#[derive(Debug, Clone, Serialize)]
pub struct UnknownEntry {
    /// The time of arrival, by the real clock.
    pub at: Timestamp,
    pub method: String,
    pub host: String,
    pub path: String,
    pub reason: String,
}

/// A webhook request.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryEntry {
    /// The time of sending, by the real clock.
    pub at: Timestamp,
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The status of the answer; `None` if there was none in time.
    pub status: Option<u16>,
    /// The duration, in milliseconds.
    pub ms: u64,
    pub outcome: &'static str,
}

impl Journal {
    /// Counts a new request.
    pub fn begin_request(&self) {
        let mut activity = self.activity_mut();
        activity.requests += 1;
        activity.under_way += 1;
    }

    /// Notes a request that is over, answered or not.
    pub fn note_request(&self, entry: RequestEntry) {
        push(&mut self.entries().requests, entry);
        self.activity_mut().under_way -= 1;
    }

    /// Returns the numbers of requests.
    #[must_use]
    pub fn activity(&self) -> RequestCounts {
        *self.activity_mut()
    }

    /// Notes an unknown request, and prints it to standard error.
    pub fn note_unknown(&self, request: &RestRequest, reason: &str) {
        self.note_unknown_path(
            request.method.as_str(),
            &request.host,
            &request.path,
            reason,
        );
    }

    /// Notes an unknown request that does not come over plain HTTP, such as one in a WebSocket.
    pub fn note_unknown_path(&self, method: &str, host: &str, path: &str, reason: &str) {
        eprintln!("simulator: {method} {host}{path}: {reason}");
        let entry = UnknownEntry {
            at: Timestamp::now(),
            method: method.to_owned(),
            host: host.to_owned(),
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        push(&mut self.entries().unknown, entry);
    }

    /// Notes a webhook request.
    pub fn note_delivery(&self, entry: DeliveryEntry) {
        push(&mut self.entries().deliveries, entry);
    }

    /// Returns all entries.
    pub fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn activity_mut(&self) -> MutexGuard<'_, RequestCounts> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes all entries.
    pub fn clear(&self) {
        *self.entries() = Entries::default();
    }
}

/// Returns a time span in whole milliseconds.
#[must_use]
pub fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

fn push<T>(entries: &mut VecDeque<T>, entry: T) {
    if entries.len() == MAX_ENTRIES {
        entries.pop_front();
    }
    entries.push_back(entry);
}
