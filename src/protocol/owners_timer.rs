//! The timers of the account's owner, which come back when a conversation is no longer parked.
//!
//! Twilio does not document whether a timer runs from its update or from the last message. In the second case the timer of a conversation
//! that was parked for long would be over when it comes back: the conversation would be closed under the agent who has just joined.

use crate::twilio::calls::UpdateConversation;
use crate::twilio::time::Millis;

const MINUTE_MS: Millis = 60_000;

/// A timer that comes back, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Returned {
    /// Its length. `0`: there is no timer.
    after: u32,
    /// The part that must be left, if the timer may be too long.
    left: Option<u32>,
}

/// Returns the owner's timer of `seconds` in a form that leaves at least half of it, whatever Twilio counts from.
///
/// A timer that may leave less is longer by the age of the last message, in full minutes, and must leave its whole time.
/// `last_message_at` is the time of that message; without it, the message counts as new.
fn returned(seconds: u32, last_message_at: Option<Millis>, now: Millis) -> Returned {
    let age = last_message_at.map_or(0, |at| now.saturating_sub(at));
    if seconds == 0 || age <= Millis::from(seconds) * 1_000 / 2 {
        return Returned {
            after: seconds,
            left: None,
        };
    }
    let minutes = u32::try_from(age.div_ceil(MINUTE_MS)).unwrap_or(u32::MAX);
    Returned {
        after: minutes.saturating_mul(60).saturating_add(seconds),
        left: Some(seconds),
    }
}

impl UpdateConversation {
    /// Adds the timer by which the owner lets the conversation become inactive, in seconds, or 0 for none.
    #[must_use]
    pub(super) fn with_owners_timer(
        self,
        seconds: u32,
        last_message_at: Option<Millis>,
        now: Millis,
    ) -> Self {
        let timer = returned(seconds, last_message_at, now);
        Self {
            inactive_after_seconds: Some(timer.after),
            inactive_left_seconds: timer.left,
            ..self
        }
    }

    /// Adds the timer by which the owner lets the conversation be closed, in seconds. `None`: there is none.
    #[must_use]
    pub(super) fn with_owners_closing(
        self,
        seconds: Option<u32>,
        last_message_at: Option<Millis>,
        now: Millis,
    ) -> Self {
        let Some(seconds) = seconds else {
            return self;
        };
        let timer = returned(seconds, last_message_at, now);
        Self {
            closed_after_seconds: Some(timer.after),
            closed_left_seconds: timer.left,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u32 = 86_400;
    const DAY_MS: Millis = DAY as Millis * 1_000;
    const NOW: Millis = 100 * DAY_MS;

    #[test]
    fn a_timer_with_half_of_its_time_is_as_it_was() {
        for last_message_at in [None, Some(NOW + 1), Some(NOW), Some(NOW - DAY_MS / 2)] {
            let timer = returned(DAY, last_message_at, NOW);
            assert_eq!((timer.after, timer.left), (DAY, None));
        }
        assert_eq!(returned(0, Some(0), NOW).after, 0);
    }

    #[test]
    fn a_timer_that_would_be_over_has_its_whole_time_from_now() {
        for age in [DAY_MS / 2 + 1, DAY_MS, 30 * DAY_MS] {
            let timer = returned(DAY, Some(NOW - age), NOW);
            assert_eq!(timer.left, Some(DAY));
            let counted_from_message = NOW - age + Millis::from(timer.after) * 1_000;
            assert!(counted_from_message >= NOW + DAY_MS, "{age}");
        }
    }
}
