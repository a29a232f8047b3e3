//! A parked conversation, as it is shown.

use serde::Serialize;

use crate::sid::{ConversationSid, WorkerSid};
use crate::twilio::time::Millis;

use super::note::Note;
use super::reading::{Guarded, ParkedWith};

/// What is shown of it. No customer is named.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    pub conversation_sid: ConversationSid,
    pub parked_with: ParkedWith,
    /// Who parked it. Absent where nothing that can be relied upon says so.
    pub worker_sid: Option<WorkerSid>,
    /// Absent where the worker is there no more.
    pub worker_name: Option<String>,
    /// In milliseconds since 1970. Absent where another plugin parked it.
    pub parked_at: Option<Millis>,
    /// Since when a customer's message is unheard, in milliseconds since 1970.
    pub unheard_since: Option<Millis>,
    pub queue_name: Option<String>,
    pub channel: Option<String>,
    pub webhook: Guarded,
    pub row: Row,
    /// What is not as it should be, and what to do about it.
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
    /// Nothing that can be relied upon says whose list it is in.
    Unknown,
}

impl Listed {
    /// Its place in the list, for sorting: whoever waits for an answer longest comes first, then what is parked longest.
    pub fn place(&self) -> impl Ord {
        let is_heard = self.unheard_since.is_none();
        let sid = self.conversation_sid.clone();
        (is_heard, self.unheard_since, self.parked_at, sid)
    }
}
