//! A token bucket: a burst of requests, then a number per second.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The rate of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rate {
    /// The number of requests by which the bucket fills per second.
    pub per_second: f64,
    /// The capacity of the bucket, in requests.
    pub burst: f64,
}

impl Rate {
    /// Returns a rate whose burst is the requests of one second.
    pub const fn steady(per_second: f64) -> Self {
        Self {
            per_second,
            burst: per_second,
        }
    }

    /// Returns a rate whose burst is the requests of `seconds`.
    pub const fn with_window(per_second: f64, seconds: f64) -> Self {
        Self {
            per_second,
            burst: per_second * seconds,
        }
    }
}

/// The state of one bucket.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Bucket {
    /// Creates a full bucket.
    pub fn new(rate: Rate, now: Timestamp) -> Self {
        Self {
            tokens: rate.burst,
            at: now,
        }
    }

    /// Takes `cost` requests if the bucket holds them; returns false if not.
    pub fn take(&mut self, cost: f64, rate: Rate, now: Timestamp) -> bool {
        let passed = now.duration_since(self.at).max(SignedDuration::ZERO);
        self.tokens = rate
            .burst
            .min(self.tokens + passed.as_secs_f64() * rate.per_second);
        self.at = now;
        let is_there = self.tokens >= cost;
        if is_there {
            self.tokens -= cost;
        }
        is_there
    }
}
