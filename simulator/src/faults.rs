//! Faults that tests inject: what goes wrong, and at which request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use regex::Regex;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::rest::call::Call;

/// All injected faults, and the latency that every answer has.
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
    /// Requests that are held wait for this to go.
    holds: watch::Sender<()>,
}

/// An armed fault, as tests see it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// By which it is disarmed.
    pub id: u64,
    /// The fault.
    pub fault: Fault,
    /// How many requests have matched it so far.
    pub seen: u32,
    /// How many it is holding now.
    pub held: usize,
}

/// A fault, as a test asks for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Only requests to this host.
    pub host: Option<String>,
    /// Only requests with this method.
    pub method: Option<String>,
    /// Only requests whose path this regular expression finds.
    #[serde(default)]
    pub path_pattern: String,
    /// Only requests in whose path, parameters or body one of these texts stands; none matches all.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// The first matching request that it hits, counted from 1.
    #[serde(default = "one")]
    pub nth: u32,
    /// How many matching requests in a row it hits; 0 for all that follow.
    #[serde(default = "one")]
    pub times: u32,
    /// What goes wrong.
    pub kind: Kind,
    /// The answer's status, for the kinds that have one.
    #[serde(default = "unavailable")]
    pub status: u16,
    /// The answer's error code.
    #[serde(default = "internal")]
    pub code: u32,
    /// How long a request that times out is held, and how late a late one is done.
    #[serde(default = "half_a_minute")]
    pub hold_ms: u64,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Nothing is done, and an error is answered.
    Status,
    /// It is done, but an error is answered.
    StatusAfter,
    /// Nothing is done, and the connection is cut.
    DropBefore,
    /// It is done, but the connection is cut.
    DropAfter,
    /// Nothing is done, and nothing is answered for `hold_ms`; then the connection is cut.
    Timeout,
    /// The connection is cut, and it is done `hold_ms` later by the simulator's clock.
    Late,
    /// It waits until the fault is disarmed, then goes its usual way.
    HoldBefore,
    /// It is done, and the answer waits until the fault is disarmed.
    HoldAfter,
}

impl Kind {
    /// Its name, as in the control endpoint.
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
    /// Arms a fault, and gives the id by which it is disarmed.
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

    /// Disarms one fault: what it holds goes on. Answers whether there was one.
    #[must_use]
    pub fn disarm(&self, id: u64) -> bool {
        let mut inner = self.inner();
        let before = inner.faults.len();
        inner.faults.retain(|armed| armed.id != id);
        inner.faults.len() < before
    }

    /// Disarms all faults and takes the latency away.
    pub fn clear(&self) {
        let mut inner = self.inner();
        inner.faults.clear();
        inner.latency = Duration::ZERO;
    }

    /// The faults that are armed.
    #[must_use]
    pub fn armed(&self) -> Vec<Report> {
        self.inner()
            .faults
            .iter()
            .map(|armed| Report {
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
            // Nothing is ever sent, so that this ends when the fault is gone.
            let _ = holds.changed().await;
        }
    }

    /// Waits as long as every request waits before anything is done. Without latency it goes on at once: a timer would
    /// take a millisecond.
    pub async fn pass_latency(&self) {
        let latency = self.latency();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
    }

    /// How long every request waits before anything is done.
    #[must_use]
    pub fn latency(&self) -> Duration {
        self.inner().latency
    }

    /// Lets every request wait.
    pub fn set_latency(&self, latency: Duration) {
        self.inner().latency = latency;
    }

    /// Counts a request, and says which fault hits it, with its id.
    #[must_use]
    pub fn hit(&self, call: &Call) -> Option<(u64, Fault)> {
        let mut hit = None;
        for armed in &mut self.inner().faults {
            if armed.matches(call) {
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
    fn matches(&self, call: &Call) -> bool {
        self.fault
            .host
            .as_ref()
            .is_none_or(|host| *host == call.host)
            && self
                .fault
                .method
                .as_ref()
                .is_none_or(|method| method.eq_ignore_ascii_case(call.method.as_str()))
            && self.path.is_match(&call.path)
            && (self.fault.mentions.is_empty()
                || self.fault.mentions.iter().any(|text| call.mentions(text)))
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

    fn call(method: Method, path: &str) -> Call {
        Call {
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
    fn a_fault_hits_the_nth_matching_request_and_as_many_as_it_should() {
        let faults = Faults::default();
        let fault = r#"{"method": "POST", "pathPattern": "/Items$", "nth": 2, "times": 2, "kind": "status"}"#;
        faults.arm(serde_json::from_str(fault).unwrap()).unwrap();
        let hits: Vec<bool> = (0..5)
            .map(|_| {
                faults
                    .hit(&call(Method::POST, "/v1/Maps/M/Items"))
                    .is_some()
            })
            .collect();
        assert_eq!(hits, [false, true, true, false, false]);
    }

    #[test]
    fn other_requests_are_neither_hit_nor_counted() {
        let faults = Faults::default();
        let fault =
            r#"{"method": "POST", "pathPattern": "/Items$", "kind": "dropAfter", "times": 0}"#;
        faults.arm(serde_json::from_str(fault).unwrap()).unwrap();
        assert!(faults.hit(&call(Method::GET, "/v1/Maps/M/Items")).is_none());
        assert!(faults.hit(&call(Method::POST, "/v1/Maps")).is_none());
        assert!(faults
            .hit(&call(Method::POST, "/v1/Maps/M/Items"))
            .is_some());
        assert_eq!(faults.armed().first().unwrap().seen, 1);
    }

    #[test]
    fn a_fault_can_be_kept_to_requests_that_mention_a_text_anywhere() {
        let faults = Faults::default();
        let fault = r#"{"mentions": ["CH1", "WK1"], "kind": "status", "times": 0}"#;
        faults.arm(serde_json::from_str(fault).unwrap()).unwrap();
        let plain = call(Method::GET, "/v1/Tasks");
        let in_query = Call {
            query: vec![("Filter".into(), "channel == \"CH1\"".into())],
            ..plain.clone()
        };
        let in_body = Call {
            body: Bytes::from_static(br#"{"worker": "WK1"}"#),
            ..plain.clone()
        };
        assert!(faults.hit(&plain).is_none());
        assert!(faults.hit(&call(Method::GET, "/v1/CH1")).is_some());
        assert!(faults.hit(&in_query).is_some());
        assert!(faults.hit(&in_body).is_some());
    }

    #[tokio::test]
    async fn what_a_fault_holds_goes_on_when_the_fault_is_disarmed() {
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
