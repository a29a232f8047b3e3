//! Faults that tests inject into requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use regex::Regex;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::http::request::RestRequest;

/// All armed faults, and the latency of every request.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    latency: Duration,
    faults: Vec<Armed>,
    last_id: u64,
}

#[derive(Debug)]
struct Armed {
    id: u64,
    fault: Fault,
    path: Regex,
    seen: u32,
    /// Dropped to release the requests that the fault holds.
    holds: watch::Sender<()>,
}

/// An armed fault with its counters.
#[derive(Debug, Serialize)]
pub struct FaultReport {
    /// The id with which the fault is disarmed.
    pub id: u64,
    pub fault: Fault,
    /// The number of requests that have matched it.
    pub seen: u32,
    /// The number of requests that it holds now.
    pub held: usize,
}

/// A fault, as a test defines it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Selects requests to this host; `None` selects all.
    pub host: Option<String>,
    /// Selects requests with this method; `None` selects all.
    pub method: Option<String>,
    /// Selects requests whose path matches this regular expression.
    #[serde(default)]
    pub path_pattern: String,
    /// Selects requests whose path, parameters or body contain one of these texts; empty selects all.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// The first matching request that it hits, counted from 1.
    #[serde(default = "one")]
    pub nth: u32,
    /// The number of consecutive matching requests that it hits; 0 for all that follow.
    #[serde(default = "one")]
    pub times: u32,
    pub kind: FaultKind,
    /// The HTTP status, for the kinds that return one.
    #[serde(default = "unavailable")]
    pub status: u16,
    /// The error code, for the kinds that return one.
    #[serde(default = "internal")]
    pub code: u32,
    /// The time for which `timeout` holds a request, and after which `late` performs one.
    #[serde(default = "half_a_minute")]
    pub hold_ms: u64,
}

/// The kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultKind {
    /// Not performed; returns an error.
    Status,
    /// Performed; returns an error.
    StatusAfter,
    /// Not performed; cuts the connection.
    DropBefore,
    /// Performed; cuts the connection.
    DropAfter,
    /// Not performed; holds the request for `hold_ms`, then cuts the connection.
    Timeout,
    /// Cuts the connection, and performs the request `hold_ms` later by the simulator's clock.
    Late,
    /// Performed and answered as usual once the fault is disarmed.
    HoldBefore,
    /// Performed at once, and answered once the fault is disarmed.
    HoldAfter,
}

impl FaultKind {
    /// Returns the name in the control endpoint.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::StatusAfter => "statusAfter",
            Self::DropBefore => "dropBefore",
            Self::DropAfter => "dropAfter",
            Self::Timeout => "timeout",
            Self::Late => "late",
            Self::HoldBefore => "holdBefore",
            Self::HoldAfter => "holdAfter",
        }
    }
}

fn one() -> u32 {
    1
}

fn unavailable() -> u16 {
    503
}

fn internal() -> u32 {
    20500
}

fn half_a_minute() -> u64 {
    30_000
}

impl Faults {
    /// Arms a fault, and returns the id with which it is disarmed.
    pub fn arm(&self, fault: Fault) -> Result<u64, regex::Error> {
        let path = Regex::new(&fault.path_pattern)?;
        let mut inner = self.inner();
        inner.last_id += 1;
        let id = inner.last_id;
        inner.faults.push(Armed {
            id,
            fault,
            path,
            seen: 0,
            holds: watch::Sender::new(()),
        });
        Ok(id)
    }

    /// Disarms one fault and releases the requests that it holds. Returns false if it does not exist.
    #[must_use]
    pub fn disarm(&self, id: u64) -> bool {
        let mut inner = self.inner();
        let before = inner.faults.len();
        inner.faults.retain(|armed| armed.id != id);
        inner.faults.len() < before
    }

    /// Disarms all faults and removes the latency.
    pub fn clear(&self) {
        let mut inner = self.inner();
        inner.faults.clear();
        inner.latency = Duration::ZERO;
    }

    /// Returns the armed faults.
    #[must_use]
    pub fn armed(&self) -> Vec<FaultReport> {
        self.inner()
            .faults
            .iter()
            .map(|armed| FaultReport {
                id: armed.id,
                fault: armed.fault.clone(),
                seen: armed.seen,
                held: armed.holds.receiver_count(),
            })
            .collect()
    }

    /// Waits until a fault is disarmed.
    pub async fn hold(&self, id: u64) {
        let holds = self
            .inner()
            .faults
            .iter()
            .find(|armed| armed.id == id)
            .map(|armed| armed.holds.subscribe());
        if let Some(mut holds) = holds {
            // No value is ever sent: this ends when the sender is dropped.
            let _ = holds.changed().await;
        }
    }

    /// Waits for the latency. Returns at once without one, because a timer takes at least a millisecond.
    pub async fn pass_latency(&self) {
        let latency = self.latency();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
    }

    /// Returns the time for which every request waits before it is performed.
    #[must_use]
    pub fn latency(&self) -> Duration {
        self.inner().latency
    }

    /// Sets the time for which every request waits.
    pub fn set_latency(&self, latency: Duration) {
        self.inner().latency = latency;
    }

    /// Counts a request, and returns the fault that hits it, with its id.
    #[must_use]
    pub fn hit(&self, request: &RestRequest) -> Option<(u64, Fault)> {
        let mut hit = None;
        for armed in &mut self.inner().faults {
            if armed.matches(request) {
                armed.seen += 1;
                if hit.is_none() && armed.is_due() {
                    hit = Some((armed.id, armed.fault.clone()));
                }
            }
        }
        hit
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    fn matches(&self, request: &RestRequest) -> bool {
        self.fault
            .host
            .as_ref()
            .is_none_or(|host| *host == request.host)
            && self
                .fault
                .method
                .as_ref()
                .is_none_or(|method| method.eq_ignore_ascii_case(request.method.as_str()))
            && self.path.is_match(&request.path)
            && (self.fault.mentions.is_empty()
                || self
                    .fault
                    .mentions
                    .iter()
                    .any(|text| request.mentions(text)))
    }

    fn is_due(&self) -> bool {
        let first = self.fault.nth.max(1);
        self.seen >= first && (self.fault.times == 0 || self.seen - first < self.fault.times)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method};

    use super::*;

    fn rest_request(method: Method, path: &str) -> RestRequest {
        RestRequest {
            method,
            host: "sync.twilio.com".into(),
            path: path.into(),
            raw_query: None,
            query: Vec::new(),
            form: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    #[test]
    fn a_fault_hits_from_nth_for_times() {
        let faults = Faults::default();
        let fault = r#"{"method": "POST", "pathPattern": "/Items$", "nth": 2, "times": 2, "kind": "status"}"#;
        faults.arm(serde_json::from_str(fault).unwrap()).unwrap();
        let hits: Vec<bool> = (0..5)
            .map(|_| {
                faults
                    .hit(&rest_request(Method::POST, "/v1/Maps/M/Items"))
                    .is_some()
            })
            .collect();
        assert_eq!(hits, [false, true, true, false, false]);
    }

    #[test]
    fn other_requests_are_not_counted() {
        let faults = Faults::default();
        let fault =
            r#"{"method": "POST", "pathPattern": "/Items$", "kind": "dropAfter", "times": 0}"#;
        faults.arm(serde_json::from_str(fault).unwrap()).unwrap();
        assert!(faults
            .hit(&rest_request(Method::GET, "/v1/Maps/M/Items"))
            .is_none());
        assert!(faults
            .hit(&rest_request(Method::POST, "/v1/Maps"))
            .is_none());
        assert!(faults
            .hit(&rest_request(Method::POST, "/v1/Maps/M/Items"))
            .is_some());
        assert_eq!(faults.armed().first().unwrap().seen, 1);
    }

    #[test]
    fn mentions_are_found_anywhere() {
        let faults = Faults::default();
        let fault = r#"{"mentions": ["CH1", "WK1"], "kind": "status", "times": 0}"#;
        faults.arm(serde_json::from_str(fault).unwrap()).unwrap();
        let plain = rest_request(Method::GET, "/v1/Tasks");
        let in_query = RestRequest {
            query: vec![("Filter".into(), "channel == \"CH1\"".into())],
            ..plain.clone()
        };
        let in_body = RestRequest {
            body: Bytes::from_static(br#"{"worker": "WK1"}"#),
            ..plain.clone()
        };
        assert!(faults.hit(&plain).is_none());
        assert!(faults.hit(&rest_request(Method::GET, "/v1/CH1")).is_some());
        assert!(faults.hit(&in_query).is_some());
        assert!(faults.hit(&in_body).is_some());
    }

    #[tokio::test]
    async fn disarming_releases_held_requests() {
        let faults = Faults::default();
        let arm = |path: &str| {
            let fault = format!(r#"{{"pathPattern": "{path}", "kind": "holdBefore"}}"#);
            faults.arm(serde_json::from_str(&fault).unwrap()).unwrap()
        };
        let (one, other) = (arm("/One$"), arm("/Other$"));
        let held = tokio::spawn({
            let faults = faults.clone();
            async move { faults.hold(one).await }
        });
        while faults.armed().first().unwrap().held == 0 {
            tokio::task::yield_now().await;
        }
        assert!(faults.disarm(other) && !faults.disarm(other));
        assert!(!held.is_finished());
        assert!(faults.disarm(one));
        held.await.unwrap();
        faults.hold(one).await;
    }
}
