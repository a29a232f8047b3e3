//! Change: what an agent may change about a parked conversation.
//!
//! A change makes a new guardian, and restore writes it: first into the webhook's address, which has the authority, then into the
//! row, and at last into record, clocks and waiting item. After a crash in between the clocks bring a check, which finishes the rest.

use crate::guardian::{Due, Guardian};
use crate::protocol::refusal::Refused;
use crate::record::ParkedRecord;
use crate::reply::Refusal;
use crate::request::SECONDS_PER_HOUR;
use crate::row_data::ParkDetails;
use crate::twilio::time::Millis;

use super::{Cause, Unpark};

/// A change that an agent makes to a parked conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// The longest wait that the owner allows begins again.
    LongestWait {
        /// Its length, in hours.
        hours: u32,
    },
}

impl Change {
    /// Returns the guardian of a quiet conversation after the change at the time `now`.
    fn apply(self, guardian: &Guardian, now: Millis) -> Guardian {
        let Self::LongestWait { hours } = self;
        Guardian {
            due: Some(Due {
                at: now + Millis::from(hours) * Millis::from(SECONDS_PER_HOUR) * 1_000,
                keep_minutes: None,
                is_expiry: true,
            }),
            // An invite at the former end of the wait has come to nothing.
            next_invite_at: None,
            quick_ends: 0,
            ..guardian.clone()
        }
    }
}

impl Unpark {
    /// Returns the refusal of a change that is not possible for this park.
    pub(super) fn why_no_change(&self, guardian: &Guardian) -> Option<Refused> {
        let Cause::Change(Change::LongestWait { .. }) = self.cause else {
            return None;
        };
        let has_end = guardian.due.as_ref().and_then(Due::expiry).is_some();
        (!has_end).then(|| {
            Refused::new(
                Refusal::NotExpiring,
                "the conversation is parked without a longest wait",
            )
        })
    }

    /// Returns the guardian with the change. `None`: this operation changes nothing.
    pub(super) fn changed(&self, guardian: &Guardian) -> Option<Guardian> {
        match self.cause {
            Cause::Change(change) => Some(change.apply(guardian, self.context.started)),
            _ => None,
        }
    }

    /// Returns the record with the times of the guardian. The row stays in the list for as long after the end of the wait as
    /// before.
    pub(super) fn with_times_of(&self, guardian: &Guardian, record: &ParkedRecord) -> ParkedRecord {
        let due = guardian.due.as_ref();
        let expiry_at = due.and_then(Due::expiry);
        let before = self.guardian().and_then(|one| one.due?.expiry());
        let former = record.park.expiry_at.or(before);
        let moved = |at: Millis| match (former, expiry_at) {
            (Some(former), Some(expiry)) => expiry.saturating_add(at.saturating_sub(former)),
            _ => at,
        };
        ParkedRecord {
            park: ParkDetails {
                due_at: due.and_then(Due::appointment),
                expiry_at,
                expires_at: record.park.expires_at.map(moved),
                ..record.park.clone()
            },
            ..record.clone()
        }
    }
}
