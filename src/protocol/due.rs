//! The time at which a parked conversation comes back by itself, as a request asks for it.

use crate::guardian::{Due, DUE_TOLERANCE_MS};
use crate::reply::Refusal;
use crate::request::{LONGEST_WAIT_SECONDS, SECONDS_PER_HOUR, SHORTEST_WAIT_SECONDS};
use crate::twilio::time::Millis;

use super::refusal::Refused;

/// Returns the end of the longest wait that the owner allows, which begins at `now`.
pub(super) fn longest_wait(hours: u32, now: Millis) -> Due {
    Due {
        at: now + Millis::from(hours) * Millis::from(SECONDS_PER_HOUR) * 1_000,
        keep_minutes: None,
        is_expiry: true,
    }
}

/// Returns the appointment at `until`, in seconds since 1970. A message waits for `keep_minutes` at most.
pub(super) fn appointment(until: u32, keep_minutes: Option<u32>) -> Due {
    Due {
        at: Millis::from(until) * 1_000,
        keep_minutes,
        is_expiry: false,
    }
}

/// Refuses an appointment that is too soon or too late. The clocks of the agent's computer and of Twilio may differ a little.
pub(super) fn check_appointment(due: &Due, now: Millis) -> Result<(), Refused> {
    let shortest = now + Millis::from(SHORTEST_WAIT_SECONDS) * 1_000 - DUE_TOLERANCE_MS;
    let longest = now + Millis::from(LONGEST_WAIT_SECONDS) * 1_000 + DUE_TOLERANCE_MS;
    if (shortest..=longest).contains(&due.at) {
        return Ok(());
    }
    Err(Refused::new(
        Refusal::TimeOutOfRange,
        "until: expected a time from 1 minute to 30 days ahead, in seconds since 1970",
    ))
}
