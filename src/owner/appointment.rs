//! The time at which a parked conversation comes back by itself, as the owner sees it.

use serde::Serialize;

use crate::twilio::time::Millis;

/// An appointment of a parked conversation.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
pub(super) struct Appointment {
    /// In milliseconds since 1970.
    pub at: Millis,
    pub state: AppointmentState,
}

/// The state of an appointment.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum AppointmentState {
    Ahead,
    /// Its time has passed, and a task waits for an agent.
    Routed,
    /// Its time has passed, and no agent is asked.
    Overdue,
}
