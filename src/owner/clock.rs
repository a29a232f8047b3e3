//! The reader's clock: times and durations in words.

use time::OffsetDateTime;

use crate::twilio::time::Millis;

const MINUTE_MS: Millis = 60_000;
const MINUTES_A_DAY: u64 = 1_440;

/// The reader's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    now: Millis,
    /// The minutes by which it is ahead of UTC.
    minutes_east: i32,
}

impl Clock {
    /// Makes a clock that shows `now_ms`, in milliseconds since 1970.
    pub fn new(now_ms: f64, minutes_east: i32) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a time in milliseconds is positive and far below 2^53"
        )]
        let now = now_ms as Millis;
        Self { now, minutes_east }
    }

    pub fn now(self) -> Millis {
        self.now
    }

    /// Returns the time since `at` in its two largest units, e.g. `2 d 3 h`.
    pub fn age(self, at: Millis) -> String {
        let minutes = self.minutes_since(at);
        let (days, hours) = (minutes / MINUTES_A_DAY, minutes / 60 % 24);
        match (days, hours) {
            (0, 0) => format!("{minutes} min"),
            (0, _) => format!("{hours} h {} min", minutes % 60),
            _ => format!("{days} d {hours} h"),
        }
    }

    /// Returns true if `at` is a day ago or longer.
    pub fn is_a_day_ago(self, at: Millis) -> bool {
        self.minutes_since(at) >= MINUTES_A_DAY
    }

    /// Returns the time of day, e.g. `9:05`.
    pub fn time_of_day(self, at: Millis) -> String {
        let of_day = self.local_minutes(at) % MINUTES_A_DAY;
        format!("{}:{:02}", of_day / 60, of_day % 60)
    }

    /// Returns the date and the time of day, e.g. `2026-05-12 09:05`; `?` after the year 9999.
    pub fn date_and_time(self, at: Millis) -> String {
        let seconds = i64::try_from(self.local_minutes(at).saturating_mul(60));
        let local = seconds.map(OffsetDateTime::from_unix_timestamp);
        let Ok(Ok(local)) = local else {
            return "?".to_owned();
        };
        let (year, month, day) = local.to_calendar_date();
        let (hour, minute, _) = local.to_hms();
        let month = u8::from(month);
        format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}")
    }

    /// Returns the time zone, e.g. `UTC+5:30`.
    pub fn zone(self) -> String {
        let sign = match self.minutes_east {
            0 => return "UTC".to_owned(),
            east if east < 0 => '-',
            _ => '+',
        };
        let minutes = self.minutes_east.unsigned_abs();
        match (minutes / 60, minutes % 60) {
            (hours, 0) => format!("UTC{sign}{hours}"),
            (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
        }
    }

    fn local_minutes(self, at: Millis) -> u64 {
        (at / MINUTE_MS).saturating_add_signed(i64::from(self.minutes_east))
    }

    fn minutes_since(self, at: Millis) -> u64 {
        self.now.saturating_sub(at) / MINUTE_MS
    }
}

/// Returns a time in UTC in the form of ISO 8601, e.g. `2026-05-12T07:05:30Z`; `?` after the year 9999.
pub(super) fn iso(at: Millis) -> String {
    let utc = i64::try_from(at / 1_000).map(OffsetDateTime::from_unix_timestamp);
    let Ok(Ok(utc)) = utc else {
        return "?".to_owned();
    };
    let (year, month, day) = utc.to_calendar_date();
    let (hour, minute, second) = utc.to_hms();
    let month = u8::from(month);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-09-21T14:13:20Z.
    const AT: Millis = 1_790_000_000_000;

    #[test]
    fn times_are_the_readers() {
        for (minutes_east, of_day, of_year, zone) in [
            (0, "14:13", "2026-09-21 14:13", "UTC"),
            (120, "16:13", "2026-09-21 16:13", "UTC+2"),
            (330, "19:43", "2026-09-21 19:43", "UTC+5:30"),
            (-210, "10:43", "2026-09-21 10:43", "UTC-3:30"),
            (600, "0:13", "2026-09-22 00:13", "UTC+10"),
        ] {
            let clock = Clock::new(0.0, minutes_east);
            assert_eq!(clock.time_of_day(AT), of_day);
            assert_eq!(clock.date_and_time(AT), of_year);
            assert_eq!(clock.zone(), zone);
        }
    }

    /// A damaged record may hold any number.
    #[test]
    fn times_without_a_date_are_shown() {
        for at in [Millis::MAX, 9_007_199_254_740_991] {
            assert_eq!(Clock::new(0.0, 120).date_and_time(at), "?");
        }
        assert_eq!(Clock::new(0.0, -60).date_and_time(0), "1970-01-01 00:00");
    }
}
