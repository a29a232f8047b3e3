//! The conversations that need attention: unanswered for too long, parked for too long, or due and not routed.

use crate::plugin::effect::{NotificationId, ShimEffect, StringKey};
use crate::plugin::list::entry::Entry;
use crate::plugin::list::time::{HOUR, MINUTE};
use crate::plugin::list::view::Reason;

/// The time after a conversation's own time within which it is routed, in minutes.
const ROUTED_WITHIN_MINUTES: u32 = 2;

/// The time after a notification within which no other one of its kind is shown, in milliseconds, unless none needed attention meanwhile.
const QUIET_MS: f64 = 10.0 * MINUTE;

/// The number of kinds.
const KINDS: usize = 3;

/// The owner's limits. 0: none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// For a message that no agent has seen, in minutes.
    pub unanswered_minutes: u32,
    /// For a park, in hours.
    pub parked_hours: u32,
}

/// A kind of alert: the text in the row, and the time at which it begins.
#[derive(Debug, Clone, Copy)]
pub struct Alert {
    /// The text, with the owner's limit.
    pub reason: Reason,
    /// The time at which the row needs attention. `None`: never.
    pub from: Option<f64>,
}

impl Limits {
    /// Returns the kinds of alerts of a row, with the times at which they begin.
    #[must_use]
    pub fn of(self, entry: &Entry) -> [Alert; KINDS] {
        let data = &entry.data;
        let after = |start: Option<f64>, limit: u32, unit: f64| {
            start
                .filter(|_| limit > 0)
                .map(|start| start + f64::from(limit) * unit)
        };
        let heard = data.unheard_since.filter(|_| entry.is_unheard());
        [
            Alert {
                reason: reason(
                    StringKey::ParkInteractionAlertUnanswered,
                    self.unanswered_minutes,
                ),
                from: after(heard, self.unanswered_minutes, MINUTE),
            },
            Alert {
                reason: reason(StringKey::ParkInteractionAlertDue, ROUTED_WITHIN_MINUTES),
                from: after(entry.returns_at(), ROUTED_WITHIN_MINUTES, MINUTE),
            },
            Alert {
                reason: reason(StringKey::ParkInteractionAlertParked, self.parked_hours),
                from: after(data.park.parked_at, self.parked_hours, HOUR),
            },
        ]
    }
}

fn reason(key: StringKey, limit: u32) -> Reason {
    Reason { key, limit }
}

impl Alert {
    /// Returns true if the row needs attention.
    #[must_use]
    pub fn is_on(&self, now: f64) -> bool {
        self.from.is_some_and(|from| from <= now)
    }
}

/// The numbers of rows of each kind, in the order of [`Limits::of`].
pub type Counts = [u32; KINDS];

/// Counts a row.
pub fn count(counts: &mut Counts, alerts: &[Alert; KINDS], now: f64) {
    for (count, alert) in counts.iter_mut().zip(alerts) {
        *count += u32::from(alert.is_on(now));
    }
}

/// The notifications that were shown.
#[derive(Debug, Default)]
pub struct Notices {
    /// For each kind, the last number that was told, and when. 0: none since none needed attention.
    told: [(u32, f64); KINDS],
    /// The time at which a larger number may be told.
    next: Option<f64>,
}

impl Notices {
    /// Takes the present numbers. Returns the notifications to show: of a kind with its number, when there was none before, or when there
    /// are more than were told, some time later.
    pub fn take(&mut self, counts: Counts, now: f64) -> Vec<ShimEffect> {
        use NotificationId as Id;
        let mut effects = Vec::new();
        self.next = None;
        let ids = [
            Id::ParkInteractionAlertsUnanswered,
            Id::ParkInteractionAlertsDue,
            Id::ParkInteractionAlertsParked,
        ];
        for ((told, count), id) in self.told.iter_mut().zip(counts).zip(ids) {
            let quiet_until = told.1 + QUIET_MS;
            if count == 0 {
                *told = (0, 0.0);
            } else if count > told.0 && (told.0 == 0 || now >= quiet_until) {
                *told = (count, now);
                effects.push(ShimEffect::notify_about(id, count.to_string()));
            } else if count > told.0 {
                self.next = Some(self.next.map_or(quiet_until, |next| next.min(quiet_until)));
            }
        }
        effects
    }

    /// Returns the time at which a larger number may be told, if there is one.
    #[must_use]
    pub fn next(&self) -> Option<f64> {
        self.next
    }
}
