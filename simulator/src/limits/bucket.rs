//! A token bucket: a number of requests at once, and a number a second after that.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The rates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rate {
    /// The requests that come in each second.
    pub per_second: f64,
    /// The most requests that the bucket holds.
    pub burst: f64,
}

impl Rate {
    /// So many a second, and a second's worth at once.
    pub const fn steady(per_second: f64) -> Self {
        Self {
            per_second,
            burst: per_second,
        }
    }

    /// So many a second, and `seconds` worth of them at once.
    pub const fn with_window(per_second: f64, seconds: f64) -> Self {
        Self {
            per_second,
            burst: per_second * seconds,
        }
    }
}

/// The state of one limit.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Bucket {
    /// A full one.
    pub fn full(rate: Rate, now: Timestamp) -> Self {
        Self {
            tokens: rate.burst,
            at: now,
        }
    }

    /// Takes so much, if it is there. Answers whether it was.
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
