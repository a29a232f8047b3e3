//! The agent's clock: instants and local times. Both are in milliseconds since 1970, a local time as if its zone were UTC.

const MINUTE_MS: f64 = 60_000.0;
pub(super) const HOUR_MS: f64 = 60.0 * MINUTE_MS;
pub(super) const DAY_MS: f64 = 24.0 * HOUR_MS;

/// The present time, and the agent's zone.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The present instant.
    pub now: f64,
    /// Returns the minutes by which the zone is behind UTC at an instant, as `Date.getTimezoneOffset` does.
    pub offset_minutes: fn(f64) -> f64,
}

/// The instant of a local time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Instant {
    /// The first instant at which clocks show the time, or the second one if the first has passed.
    At(f64),
    /// The clocks leave out the time. They show a later time at this instant, which is as far ahead as if they did not.
    LeftOut(f64),
}

impl Clock {
    /// Returns the local time of an instant.
    pub(super) fn local(&self, at: f64) -> f64 {
        at - self.offset_ms(at)
    }

    /// Returns the instant of a local time. A day before and a day after it, the offset is that before and that after a change of
    /// the clocks, if there is one.
    pub(super) fn instant(&self, local: f64) -> Instant {
        let before = local + self.offset_ms(local - DAY_MS);
        let after = local + self.offset_ms(local + DAY_MS);
        let is_right = |at: f64| self.local(at) >= local && self.local(at) <= local;
        // If both are right and differ, clocks go back, and the time comes first before that.
        let is_first_over = before <= self.now && before < after;
        if is_right(before) && !(is_first_over && is_right(after)) {
            Instant::At(before)
        } else if is_right(after) {
            Instant::At(after)
        } else {
            Instant::LeftOut(before)
        }
    }

    fn offset_ms(&self, at: f64) -> f64 {
        (self.offset_minutes)(at) * MINUTE_MS
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::float_cmp, reason = "whole milliseconds are exact")]

    use super::*;

    /// Returns the milliseconds of a date and time in UTC.
    pub(crate) fn utc(year: u32, month: u32, day: u32, hour: u32, minute: u32) -> f64 {
        // Days since 1970 by the civil calendar: years begin in March, so that the leap day is the last.
        let (year, month) = (year - u32::from(month < 3), (month + 9) % 12);
        let days =
            year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
        f64::from(days - 719_468) * DAY_MS + f64::from(hour * 60 + minute) * MINUTE_MS
    }

    /// Berlin: clocks go forward on 29 March 2026 at 1:00 UTC, and back on 25 October 2026 at 1:00 UTC.
    pub(crate) fn berlin(at: f64) -> f64 {
        let is_summer = (utc(2026, 3, 29, 1, 0)..utc(2026, 10, 25, 1, 0)).contains(&at);
        if is_summer {
            -120.0
        } else {
            -60.0
        }
    }

    /// Saint John's: half an hour beside the others, clocks go forward on 8 March 2026 at 5:30 UTC.
    fn st_johns(at: f64) -> f64 {
        if at < utc(2026, 3, 8, 5, 30) {
            210.0
        } else {
            150.0
        }
    }

    /// Apia: the clocks left out a whole day, 30 December 2011.
    fn apia(at: f64) -> f64 {
        if at < utc(2011, 12, 30, 10, 0) {
            600.0
        } else {
            -840.0
        }
    }

    fn clock(offset_minutes: fn(f64) -> f64) -> Clock {
        Clock {
            now: 0.0,
            offset_minutes,
        }
    }

    #[test]
    fn the_calendar_of_these_tests_is_right() {
        assert_eq!(utc(1970, 1, 1, 0, 0), 0.0);
        assert_eq!(utc(2024, 2, 29, 12, 30), 1_709_209_800_000.0);
        assert_eq!(utc(2026, 3, 1, 0, 0), 1_772_323_200_000.0);
    }

    #[test]
    fn a_local_time_is_converted_there_and_back() {
        for zone in [berlin, st_johns] {
            let clock = clock(zone);
            let mut at = utc(2026, 3, 1, 0, 0);
            while at < utc(2026, 4, 15, 0, 0) {
                assert_eq!(clock.instant(clock.local(at)), Instant::At(at), "{at}");
                at += 15.0 * MINUTE_MS;
            }
        }
    }

    #[test]
    fn a_time_that_clocks_leave_out_is_known() {
        let clock = clock(berlin);
        for minute in [0, 30, 59] {
            let local = utc(2026, 3, 29, 2, minute);
            let later = utc(2026, 3, 29, 1, minute);
            assert_eq!(clock.instant(local), Instant::LeftOut(later));
        }
        for (local, at) in [
            (utc(2026, 3, 29, 1, 59), utc(2026, 3, 29, 0, 59)),
            (utc(2026, 3, 29, 3, 0), utc(2026, 3, 29, 1, 0)),
        ] {
            assert_eq!(clock.instant(local), Instant::At(at));
        }
    }

    #[test]
    fn a_time_that_clocks_show_twice_is_the_first() {
        let clock = clock(berlin);
        let local = utc(2026, 10, 25, 2, 30);
        assert_eq!(clock.instant(local), Instant::At(utc(2026, 10, 25, 0, 30)));
    }

    /// Within the repeated hour, an agent who picks a time means one that is still to come.
    #[test]
    fn a_time_that_has_passed_once_is_the_second() {
        let half_past_two = utc(2026, 10, 25, 2, 30);
        let (first, second) = (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30));
        for (now, expected) in [
            (first - 1.0, first),
            (first, second),
            (first + 40.0 * MINUTE_MS, second),
            (second + 1.0, second),
        ] {
            let clock = Clock {
                now,
                offset_minutes: berlin,
            };
            assert_eq!(clock.instant(half_past_two), Instant::At(expected));
        }
        let noon = utc(2026, 10, 24, 12, 0);
        let clock = Clock {
            now: second,
            offset_minutes: berlin,
        };
        assert_eq!(
            clock.instant(noon),
            Instant::At(utc(2026, 10, 24, 10, 0)),
            "a time that comes once has passed"
        );
    }

    #[test]
    fn a_day_that_is_left_out_is_known() {
        let clock = clock(apia);
        assert!(matches!(
            clock.instant(utc(2011, 12, 30, 9, 0)),
            Instant::LeftOut(_)
        ));
        assert_eq!(
            clock.instant(utc(2011, 12, 31, 9, 0)),
            Instant::At(utc(2011, 12, 30, 19, 0))
        );
    }
}
