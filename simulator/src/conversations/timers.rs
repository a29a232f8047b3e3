//! The timers that make a conversation inactive and closed.
//!
//! Source: <https://www.twilio.com/docs/conversations/states-timers>.

use std::time::Duration;

use jiff::fmt::temporal::SpanParser;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};
use serde::Serialize;

use super::{Conversation, ConversationState};
use crate::readings::{LongestTimer, TimerLateness, TimersCountFrom};
use crate::world::clock::later;
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The shortest periods that Twilio accepts.
const LEAST_INACTIVE: Duration = Duration::from_secs(60);
const LEAST_CLOSED: Duration = Duration::from_secs(600);
/// The longest period, under one of the readings.
const WEEK: Duration = Duration::from_secs(7 * 86_400);
/// The delay after which a timer fires, under one of the readings.
const LATENESS: Duration = Duration::from_secs(60);

/// The periods after which the state changes, and the times from which they may count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timers {
    /// The period until the conversation becomes inactive.
    pub inactive_after: Option<Duration>,
    /// The period until the conversation is closed.
    pub closed_after: Option<Duration>,
    /// The time at which a timer was last set.
    pub set: Timestamp,
    /// The time of the last message, or of the creation of the conversation.
    pub last_message: Timestamp,
    /// The time of the last change of state.
    pub state_changed: Timestamp,
}

/// A change of one timer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TimerChange {
    #[default]
    Keep,
    Remove,
    Set(Duration),
}

/// A change of both timers.
#[derive(Debug, Clone, Copy, Default)]
pub struct TimersChange {
    pub inactive: TimerChange,
    pub closed: TimerChange,
}

impl TimerChange {
    /// Parses an ISO 8601 duration. `PT0S` and an empty text remove the timer.
    ///
    /// Refuses years and months, which have no fixed length and which Twilio does not accept, and negative
    /// durations.
    pub fn parse(name: &'static str, text: &str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::Remove);
        }
        let invalid = || Error::Invalid {
            name,
            expected: "an ISO 8601 duration of days, hours, minutes and seconds".into(),
        };
        let span = SpanParser::new().parse_span(text).map_err(|_| invalid())?;
        if span.get_years() != 0 || span.get_months() != 0 || span.get_weeks() != 0 {
            return Err(invalid());
        }
        let exact: SignedDuration = span
            .to_duration(SpanRelativeTo::days_are_24_hours())
            .map_err(|_| invalid())?;
        match Duration::try_from(exact) {
            Ok(Duration::ZERO) => Ok(Self::Remove),
            Ok(period) => Ok(Self::Set(period)),
            Err(_) => Err(invalid()),
        }
    }

    fn applied_to(self, old: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Keep => old,
            Self::Remove => None,
            Self::Set(period) => Some(period),
        }
    }
}

impl Timers {
    /// Returns timers that are not set, for a conversation that is created `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            inactive_after: None,
            closed_after: None,
            set: now,
            last_message: now,
            state_changed: now,
        }
    }

    /// Sets and removes timers. Refuses periods that are too short.
    pub fn apply(
        &mut self,
        change: &TimersChange,
        now: Timestamp,
        longest: LongestTimer,
    ) -> Result<()> {
        let is_long = |timer| matches!(timer, TimerChange::Set(period) if period > WEEK);
        for (name, timer) in [
            ("Timers.Inactive", change.inactive),
            ("Timers.Closed", change.closed),
        ] {
            if longest == LongestTimer::Week && is_long(timer) {
                return Err(Error::Invalid {
                    name,
                    expected: "at most seven days".into(),
                });
            }
        }
        if matches!(change.inactive, TimerChange::Set(period) if period < LEAST_INACTIVE) {
            return Err(Error::InactiveTimerTooShort);
        }
        if matches!(change.closed, TimerChange::Set(period) if period < LEAST_CLOSED) {
            return Err(Error::ClosedTimerTooShort);
        }
        self.inactive_after = change.inactive.applied_to(self.inactive_after);
        self.closed_after = change.closed.applied_to(self.closed_after);
        let changes = [change.inactive, change.closed];
        if changes
            .iter()
            .any(|change| matches!(change, TimerChange::Set(_)))
        {
            self.set = now;
        }
        Ok(())
    }
}

/// The times at which the timers of a conversation change its state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimerDates {
    /// The time at which the conversation becomes or became inactive.
    pub inactive: Option<Timestamp>,
    /// The time at which the conversation is or was closed.
    pub closed: Option<Timestamp>,
}

impl Conversation {
    /// Returns the times at which the timers change the state.
    #[must_use]
    pub fn timer_dates(&self, count_from: TimersCountFrom) -> TimerDates {
        let timers = &self.timers;
        let start = match count_from {
            TimersCountFrom::Update => self.date_updated,
            TimersCountFrom::Activity => timers
                .set
                .max(timers.last_message)
                .max(timers.state_changed),
            TimersCountFrom::Message => timers.last_message,
        };
        let at = |after: Option<Duration>, over: bool| {
            after.map(|after| {
                if over {
                    timers.state_changed
                } else {
                    later(start, after)
                }
            })
        };
        TimerDates {
            inactive: at(
                timers.inactive_after,
                self.state != ConversationState::Active,
            ),
            closed: at(timers.closed_after, self.state == ConversationState::Closed),
        }
    }

    /// Returns the time at which a timer next changes the state, and the new state.
    #[must_use]
    pub fn next_timer(
        &self,
        count_from: TimersCountFrom,
    ) -> Option<(Timestamp, ConversationState)> {
        let dates = self.timer_dates(count_from);
        let inactive = dates
            .inactive
            .filter(|_| self.state == ConversationState::Active);
        let closed = dates
            .closed
            .filter(|_| self.state != ConversationState::Closed);
        let inactive = inactive.map(|time| (time, ConversationState::Inactive));
        let closed = closed.map(|time| (time, ConversationState::Closed));
        inactive
            .into_iter()
            .chain(closed)
            .min_by_key(|(time, _)| *time)
    }
}

impl World {
    /// Returns the next time at which a timer changes any conversation.
    pub(crate) fn next_conversation_timer(&self) -> Option<Timestamp> {
        let next = self
            .conversations
            .values()
            .filter_map(|conversation| self.next_timer_of(conversation));
        next.map(|(time, _)| time).min()
    }

    /// Returns the time at which a timer fires, with the lateness of the reading, and the new state.
    fn next_timer_of(&self, conversation: &Conversation) -> Option<(Timestamp, ConversationState)> {
        let (date, state) = conversation.next_timer(self.readings.timers_count_from)?;
        Some(match self.readings.timer_lateness {
            TimerLateness::Exact => (date, state),
            TimerLateness::MinuteLate => (later(date, LATENESS), state),
        })
    }

    /// Changes the state of every conversation whose timer has ended.
    pub(crate) fn fire_due_conversations(&mut self) -> Result<()> {
        let now = self.now();
        let due: Vec<(Sid, ConversationState)> = self
            .conversations
            .values()
            .filter_map(|conversation| {
                let (time, state) = self.next_timer_of(conversation)?;
                (time <= now).then(|| (conversation.sid.clone(), state))
            })
            .collect();
        for (sid, state) in due {
            self.move_conversation(&sid, state, "TIMER", true)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed() {
        let parse = |text| TimerChange::parse("Timers.Inactive", text);
        for (text, seconds) in [
            ("PT1M", 60),
            ("P1D", 86_400),
            ("PT720H", 720 * 3600),
            ("P1DT2H", 26 * 3600),
            ("PT90S", 90),
        ] {
            assert_eq!(
                parse(text),
                Ok(TimerChange::Set(Duration::from_secs(seconds))),
                "{text}"
            );
        }
        for text in ["PT0S", ""] {
            assert_eq!(parse(text), Ok(TimerChange::Remove), "{text}");
        }
        for text in [
            "1h", "60", "P", "P1M", "P1Y", "P1W", "-PT5M", "PT1X", "one hour",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
