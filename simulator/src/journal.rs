//! The journal: requests, those that the simulator does not know, and deliveries of webhooks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::http::call::Call;
use crate::world::deliveries::Delivery;

/// How many entries of each kind are kept; the oldest go first.
const KEPT: usize = 20_000;

/// Shared by all handlers.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    entries: Arc<Mutex<Entries>>,
    activity: Arc<Mutex<Activity>>,
}

/// How busy it is.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// All requests to Twilio's hosts that ever came, also those that the journal has forgotten.
    pub requests: u64,
    /// Those of them that are not over.
    pub under_way: u64,
}

/// All entries, oldest first.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Entries {
    /// Every request to one of Twilio's hosts.
    pub requests: VecDeque<RequestEntry>,
    /// Requests that the simulator did not understand: a test that caused one should fail.
    pub unknown: VecDeque<UnknownEntry>,
    /// Every webhook request.
    pub deliveries: VecDeque<DeliveryEntry>,
}

/// A request to one of Twilio's hosts.
#[derive(Debug, Clone, Serialize)]
pub struct RequestEntry {
    /// The time at which it came, by the real clock.
    pub at: Timestamp,
    /// `tls`, `page` or `webhook`.
    pub via: &'static str,
    /// The number of the connection it came on.
    pub connection: Option<u64>,
    /// The method.
    pub method: String,
    /// The host.
    pub host: String,
    /// The path.
    pub path: String,
    /// The query's parameters.
    pub query: Vec<(String, String)>,
    /// The form's parameters.
    pub form: Vec<(String, String)>,
    /// The body, if it was JSON.
    pub json: Option<Value>,
    /// The answer's status; none if there was no answer.
    pub status: Option<u16>,
    /// The time that it took.
    pub ms: u64,
    /// The fault that was injected.
    pub fault: Option<&'static str>,
    /// The rate limit that it was over.
    pub limit: Option<&'static str>,
}

/// A request that the simulator did not understand.
#[derive(Debug, Clone, Serialize)]
pub struct UnknownEntry {
    /// The time at which it came, by the real clock.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The host.
    pub host: String,
    /// The path.
    pub path: String,
    /// The reason for which it was not understood.
    pub reason: String,
}

/// A webhook request.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryEntry {
    /// The time at which it went out, by the real clock.
    pub at: Timestamp,
    /// The action.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The answer's status; none if there was no answer in time.
    pub status: Option<u16>,
    /// The time that it took.
    pub ms: u64,
    /// The outcome.
    pub outcome: &'static str,
}

impl Journal {
    /// Counts a request that has come.
    pub fn begin_request(&self) {
        let mut activity = self.activity_mut();
        activity.requests += 1;
        activity.under_way += 1;
    }

    /// Notes a request that has been answered, or not.
    pub fn note_request(&self, entry: RequestEntry) {
        push(&mut self.entries().requests, entry);
        self.activity_mut().under_way -= 1;
    }

    /// How busy it is.
    #[must_use]
    pub fn activity(&self) -> Activity {
        *self.activity_mut()
    }

    /// Notes a request that was not understood, and says so loudly.
    pub fn note_unknown(&self, call: &Call, reason: &str) {
        self.note_unknown_path(call.method.as_str(), &call.host, &call.path, reason);
    }

    /// The same for what does not come as a plain request, such as one inside a socket.
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

    /// Everything that has been noted.
    pub fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn activity_mut(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.entries() = Entries::default();
    }
}

/// A time span in whole milliseconds.
#[must_use]
pub fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

fn push<T>(entries: &mut VecDeque<T>, entry: T) {
    if entries.len() == KEPT {
        entries.pop_front();
    }
    entries.push_back(entry);
}
