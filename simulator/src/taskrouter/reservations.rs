//! The reservations: offers of tasks to workers.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::world::clock::{in_seconds, later};
use crate::world::sids::Sid;

/// The status of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReservationStatus {
    /// Offered.
    Pending,
    Accepted,
    Rejected,
    /// The worker has not answered.
    Timeout,
    /// Twilio has withdrawn the offer, or the task was canceled.
    Canceled,
    /// Another worker has taken the task.
    Rescinded,
    Wrapping,
    Completed,
}

/// A reservation: an offer of a task to a worker.
#[derive(Debug, Clone, Serialize)]
pub struct Reservation {
    /// `WR…`
    pub sid: Sid,
    pub task_sid: Sid,
    pub worker_sid: Sid,
    pub worker_name: String,
    #[serde(rename = "reservation_status")]
    pub status: ReservationStatus,
    /// The time that the worker has to accept it.
    #[serde(serialize_with = "in_seconds")]
    pub timeout: Duration,
    /// Twilio's error code, if an error has canceled it.
    pub canceled_reason_code: Option<u32>,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
    /// Incremented by every change.
    pub version: u64,
}

names!(ReservationStatus: Pending = "pending", Accepted = "accepted", Rejected = "rejected",
    Timeout = "timeout", Canceled = "canceled", Rescinded = "rescinded", Wrapping = "wrapping",
    Completed = "completed");

impl ReservationStatus {
    /// Returns the name of the event about this status.
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

    /// Returns true if the reservation uses the worker's capacity.
    #[must_use]
    pub fn takes_capacity(self) -> bool {
        matches!(self, Self::Pending | Self::Accepted | Self::Wrapping)
    }
}

impl Reservation {
    /// Returns the time at which the offer expires.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        later(self.date_created, self.timeout)
    }
}
