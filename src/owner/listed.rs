//! A parked conversation as the owner sees it.

use serde::Serialize;

use crate::sid::{ConversationSid, QueueSid, WorkerSid};
use crate::twilio::time::Millis;

use super::appointment::{Appointment, AppointmentState};
use super::note::Note;
use super::reading::{Guarded, ParkedWith};

/// The shown data. It names no customer unless the owner asks for that.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    pub conversation_sid: ConversationSid,
    pub parked_with: ParkedWith,
    /// The worker who parked it. Absent without reliable evidence.
    pub worker_sid: Option<WorkerSid>,
    /// Absent if the worker was deleted.
    pub worker_name: Option<String>,
    /// In milliseconds since 1970. Absent where another plugin parked it.
    pub parked_at: Option<Millis>,
    /// The time since which a customer's message is unheard, in milliseconds since 1970.
    pub unheard_since: Option<Millis>,
    /// The time at which it comes back by itself.
    pub appointment: Option<Appointment>,
    /// The queue that it was parked from. Absent without reliable evidence.
    pub queue_sid: Option<QueueSid>,
    pub queue_name: Option<String>,
    pub channel: Option<String>,
    /// The reason that the agent chose.
    pub reason: Option<String>,
    /// The customer's name or address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    pub webhook: Guarded,
    pub row: Row,
    /// Faults and their remedies.
    pub notes: Vec<Note>,
}

/// The conversation in the agent's list.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum Row {
    There,
    /// Its time has run out, it was lost, or the conversation is being routed.
    Missing,
    /// It was parked without the list.
    None,
    /// No reliable evidence says whose list it is in.
    Unknown,
}

impl Listed {
    pub fn is_overdue(&self) -> bool {
        self.is_appointment(AppointmentState::Overdue)
    }

    pub fn is_due_later(&self) -> bool {
        self.is_appointment(AppointmentState::Ahead)
    }

    /// Returns its place in the list, for sorting: the customer who waits longest comes first, then the overdue, then the longest
    /// parked.
    pub fn place(&self) -> impl Ord {
        let is_heard = self.unheard_since.is_none();
        let is_in_time = !self.is_overdue();
        let sid = self.conversation_sid.clone();
        (
            is_heard,
            self.unheard_since,
            is_in_time,
            self.parked_at,
            sid,
        )
    }

    fn is_appointment(&self, state: AppointmentState) -> bool {
        self.appointment.is_some_and(|one| one.state == state)
    }
}
