//! Times as seen from now, in the units of `Intl.RelativeTimeFormat`.

use serde::Serialize;

/// A unit of relative times, as `Intl.RelativeTimeFormat` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    /// Only with 0: now.
    Second,
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
}

/// The option `numeric` of `Intl.RelativeTimeFormat`: "now", or "in 0 seconds".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Numeric {
    /// In words where the language has one, such as "now".
    Auto,
    /// Always a number.
    Always,
}

/// A time as seen from now, for `new Intl.RelativeTimeFormat(locale, { numeric }).format(value, unit)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Relative {
    /// The number of units; negative in the past.
    pub value: i32,
    /// The unit.
    pub unit: Unit,
    /// The option `numeric`.
    pub numeric: Numeric,
}

pub(in crate::plugin) const MINUTE: f64 = 60_000.0;
pub(in crate::plugin) const HOUR: f64 = 60.0 * MINUTE;
pub(super) const DAY: f64 = 24.0 * HOUR;

const NOW: Relative = Relative {
    value: 0,
    unit: Unit::Second,
    numeric: Numeric::Auto,
};

/// Returns the time since `time`, in whole units of the largest kind that fits. Less than a minute is now. So is the future, where
/// the clock that wrote the time is ahead.
#[must_use]
pub fn ago(time: f64, now: f64) -> Relative {
    let distance = now - time;
    if distance < MINUTE {
        return NOW;
    }
    let (unit, length) = unit(distance);
    relative(-(distance / length).floor(), unit)
}

/// Returns the time until `time`, rounded; at least a minute, unless it has come.
#[must_use]
pub fn ahead(time: f64, now: f64) -> Relative {
    let distance = time - now;
    if distance <= 0.0 {
        return NOW;
    }
    let (unit, length) = unit(distance);
    relative((distance / length).round().max(1.0), unit)
}

fn unit(distance: f64) -> (Unit, f64) {
    if distance < HOUR {
        (Unit::Minute, MINUTE)
    } else if distance < DAY {
        (Unit::Hour, HOUR)
    } else {
        (Unit::Day, DAY)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of too large a number stops at the largest"
)]
fn relative(value: f64, unit: Unit) -> Relative {
    Relative {
        value: value as i32,
        unit,
        numeric: Numeric::Always,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(relative: Relative) -> (i32, Unit) {
        (relative.value, relative.unit)
    }

    #[test]
    fn the_past_is_told_in_whole_units() {
        for (distance, expected) in [
            (-5.0 * MINUTE, (0, Unit::Second)),
            (0.0, (0, Unit::Second)),
            (MINUTE - 1.0, (0, Unit::Second)),
            (MINUTE, (-1, Unit::Minute)),
            (HOUR - 1.0, (-59, Unit::Minute)),
            (HOUR, (-1, Unit::Hour)),
            (DAY - 1.0, (-23, Unit::Hour)),
            (DAY, (-1, Unit::Day)),
            (40.0 * DAY, (-40, Unit::Day)),
        ] {
            assert_eq!(said(ago(0.0, distance)), expected, "{distance}");
        }
    }

    #[test]
    fn the_future_is_rounded_to_at_least_a_minute() {
        for (distance, expected) in [
            (-1.0, (0, Unit::Second)),
            (0.0, (0, Unit::Second)),
            (1.0, (1, Unit::Minute)),
            (1.6 * MINUTE, (2, Unit::Minute)),
            (HOUR, (1, Unit::Hour)),
            (DAY - 1.0, (24, Unit::Hour)),
            (DAY, (1, Unit::Day)),
        ] {
            assert_eq!(said(ahead(distance, 0.0)), expected, "{distance}");
        }
    }
}
