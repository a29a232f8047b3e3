//! Times in the format of Twilio's REST APIs.

use time::format_description::well_known::Rfc3339;
use time::OffsetDateTime;

/// A time, in milliseconds since 1970, or a duration in milliseconds.
pub type Millis = u64;

/// Reads an ISO 8601 time, e.g. `2026-11-25T20:00:00Z`. Returns `None` for any other text and for times before 1970.
#[must_use]
pub fn parse(text: &str) -> Option<Millis> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Millis::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

/// Returns an ISO 8601 time to the second, such as `2026-11-25T20:00:00Z`. Returns `None` for times after the year 9999.
#[must_use]
pub fn text(at: Millis) -> Option<String> {
    let seconds = i64::try_from(at / 1_000).ok()?;
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    time.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_to_the_second() {
        let written = text(1_500_000_000_123);
        assert_eq!(written.as_deref(), Some("2017-07-14T02:40:00Z"));
        assert_eq!(text(Millis::MAX), None);
    }

    #[test]
    fn times_are_read_with_and_without_milliseconds() {
        assert_eq!(parse("2017-07-14T02:40:00Z"), Some(1_500_000_000_000));
        assert_eq!(parse("2017-07-14T02:40:00.123Z"), Some(1_500_000_000_123));
        assert_eq!(parse("2017-07-14T04:40:00+02:00"), Some(1_500_000_000_000));
        for text in ["", "yesterday", "1500000000", "1969-12-31T23:59:59Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
