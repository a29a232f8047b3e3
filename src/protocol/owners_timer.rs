//! The timers of the account's owner, which come back when a conversation is no longer parked.
//!
//! Twilio does not document whether a timer runs from its update or from the last message. In the second case the timer of a conversation
//! that was parked for long would be over when it comes back: the conversation would be closed under the agent who has just joined.

use crate::twilio::calls::{UpdateConversation, SHORTEST_CLOSING_SECONDS};
use crate::twilio::time::Millis;

const MINUTE_MS: Millis = 60_000;

/// What is known of the time since which a conversation is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Silence {
    /// The time of the last message. `None`: there is none, or it could not be read.
    pub last_message_at: Option<Millis>,
    /// The time of the park, at which the owner's timers had not ended. `None`: they were there until now.
    pub parked_at: Option<Millis>,
}

impl Silence {
    /// Returns the longest time, in milliseconds, for which a timer of `seconds` may have counted already.
    fn counted(self, seconds: u32, now: Millis) -> Millis {
        match (self.last_message_at, self.parked_at) {
            (Some(at), _) => now.saturating_sub(at),
            (None, Some(at)) => now.saturating_sub(at) + Millis::from(seconds) * 1_000,
            (None, None) => 0,
        }
    }
}

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
/// A timer that may leave less is longer by the silence, in full minutes, and must leave its whole time.
fn returned(seconds: u32, silence: Silence, now: Millis) -> Returned {
    let age = silence.counted(seconds, now);
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
    pub(super) fn with_owners_timer(self, seconds: u32, silence: Silence, now: Millis) -> Self {
        let timer = returned(seconds, silence, now);
        Self {
            inactive_after_seconds: Some(timer.after),
            inactive_left_seconds: timer.left,
            ..self
        }
    }

    /// Adds the timer by which the owner lets the conversation be closed, in seconds. `None`: there is none. One that is too short for
    /// Twilio gets the shortest time, or Twilio would refuse the whole update.
    #[must_use]
    pub(super) fn with_owners_closing(
        self,
        seconds: Option<u32>,
        silence: Silence,
        now: Millis,
    ) -> Self {
        let Some(seconds) = seconds else {
            return self;
        };
        let seconds = seconds.max(SHORTEST_CLOSING_SECONDS);
        let timer = returned(seconds, silence, now);
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

    fn silence(last_message_at: Option<Millis>) -> Silence {
        Silence {
            last_message_at,
            parked_at: None,
        }
    }

    #[test]
    fn a_timer_with_half_of_its_time_is_as_it_was() {
        for last_message_at in [None, Some(NOW + 1), Some(NOW), Some(NOW - DAY_MS / 2)] {
            let timer = returned(DAY, silence(last_message_at), NOW);
            assert_eq!((timer.after, timer.left), (DAY, None));
        }
        assert_eq!(returned(0, silence(Some(0)), NOW).after, 0);
    }

    #[test]
    fn a_timer_that_would_be_over_has_its_whole_time_from_now() {
        for age in [DAY_MS / 2 + 1, DAY_MS, 30 * DAY_MS] {
            let timer = returned(DAY, silence(Some(NOW - age)), NOW);
            assert_eq!(timer.left, Some(DAY));
            let counted_from_message = NOW - age + Millis::from(timer.after) * 1_000;
            assert!(counted_from_message >= NOW + DAY_MS, "{age}");
        }
    }

    /// At the park it had counted for a day at most.
    #[test]
    fn without_a_message_the_timer_outlasts_the_longest_silence() {
        let silence = Silence {
            last_message_at: None,
            parked_at: Some(NOW - 3 * DAY_MS),
        };
        let timer = returned(DAY, silence, NOW);
        assert_eq!((timer.after, timer.left), (5 * DAY, Some(DAY)));
    }
}
