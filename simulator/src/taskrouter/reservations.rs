//! The reservations: offers of tasks to workers.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::world::clock::{in_seconds, later};
use crate::world::sids::Sid;

/// An offer's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReservationStatus {
    /// The worker thinks about it.
    Pending,
    /// The worker does it.
    Accepted,
    /// The worker would not have it.
    Rejected,
    /// The worker did not answer.
    Timeout,
    /// The task was canceled.
    Canceled,
    /// Somebody else got it.
    Rescinded,
    /// The worker tidies up.
    Wrapping,
    /// The worker is done.
    Completed,
}

/// An offer of a task to a worker.
#[derive(Debug, Clone, Serialize)]
pub struct Reservation {
    /// `WR…`
    pub sid: Sid,
    /// The task that is offered.
    pub task_sid: Sid,
    /// To whom.
    pub worker_sid: Sid,
    /// The same by name.
    pub worker_name: String,
    /// Its progress.
    #[serde(rename = "reservation_status")]
    pub status: ReservationStatus,
    /// How long the worker may think.
    #[serde(serialize_with = "in_seconds")]
    pub timeout: Duration,
    /// Twilio's error code, where it canceled the offer because of an error.
    pub canceled_reason_code: Option<u32>,
    /// The time of its creation.
    pub date_created: Timestamp,
    /// The time of its last change.
    pub date_updated: Timestamp,
    /// Counts on with every change.
    pub version: u64,
}

names!(ReservationStatus: Pending = "pending", Accepted = "accepted", Rejected = "rejected",
    Timeout = "timeout", Canceled = "canceled", Rescinded = "rescinded", Wrapping = "wrapping",
    Completed = "completed");

impl ReservationStatus {
    /// The event that tells of an offer that has come to it.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Self::Pending => "reservation.created",
            Self::Accepted => "reservation.accepted",
            Self::Rejected => "reservation.rejected",
            Self::Timeout => "reservation.timeout",
            Self::Canceled => "reservation.canceled",
            Self::Rescinded => "reservation.rescinded",
            Self::Wrapping => "reservation.wrapup",
            Self::Completed => "reservation.completed",
        }
    }

    /// Returns whether it takes up some of the worker's capacity.
    #[must_use]
    pub fn takes_capacity(self) -> bool {
        matches!(self, Self::Pending | Self::Accepted | Self::Wrapping)
    }
}

impl Reservation {
    /// Returns the time at which an unanswered offer ends.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        later(self.date_created, self.timeout)
    }
}
