//! The simulator's own clock, which tests can move forward.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A clock with its own speed, which can be moved forward but not back.
#[derive(Debug)]
pub struct Clock {
    base: Timestamp,
    since: Instant,
    speed: f64,
}

impl Clock {
    /// Creates a clock that shows `start` now and runs in real time.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self {
            base: start,
            since: Instant::now(),
            speed: 1.0,
        }
    }

    /// Returns the time that the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        later(self.base, self.since.elapsed().mul_f64(self.speed))
    }

    /// Moves the clock forward.
    pub fn advance(&mut self, by: Duration) {
        self.base = later(self.base, by);
    }

    /// Sets the speed: `speed` times real time; 0 stops the clock. A negative or infinite speed counts as 0.
    pub fn run_at(&mut self, speed: f64) {
        self.base = self.now();
        self.since = Instant::now();
        self.speed = if speed.is_finite() {
            speed.max(0.0)
        } else {
            0.0
        };
    }

    /// Returns the speed of the clock.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.speed
    }
}

/// Returns `time` plus `by`, at most the end of representable time.
#[must_use]
pub fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Returns `time` minus `by`, at least the beginning of representable time.
#[must_use]
pub fn earlier(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// Formats a time as most of Twilio's REST APIs do, to the second.
#[must_use]
pub fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Formats a time as Twilio's browser SDKs read it, to the millisecond.
#[must_use]
pub fn iso_millis(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Serializes a duration as a number of seconds.
pub fn in_seconds<S: serde::Serializer>(
    period: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(period.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopped_clocks_advance_exactly() {
        let start = Timestamp::UNIX_EPOCH;
        let mut clock = Clock::new(start);
        clock.run_at(0.0);
        let before = clock.now();
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now(), later(before, Duration::from_secs(90)));
    }

    #[test]
    fn a_clock_never_runs_backwards() {
        let mut clock = Clock::new(Timestamp::UNIX_EPOCH);
        clock.run_at(-5.0);
        assert!(clock.speed().abs() < f64::EPSILON);
        let before = clock.now();
        assert!(clock.now() >= before);
    }

    #[test]
    fn fast_clocks_outrun_real_time() {
        let mut clock = Clock::new(Timestamp::UNIX_EPOCH);
        clock.run_at(1_000_000.0);
        let before = clock.now();
        let real = Instant::now();
        while real.elapsed() < Duration::from_millis(2) {
            std::hint::spin_loop();
        }
        assert!(clock.now().duration_since(before).as_secs() >= 2000);
    }

    #[test]
    fn times_are_formatted() {
        let time = Timestamp::from_millisecond(1_500_000_000_123).unwrap_or_default();
        assert_eq!(iso(time), "2017-07-14T02:40:00Z");
        assert_eq!(iso_millis(time), "2017-07-14T02:40:00.123Z");
    }
}
