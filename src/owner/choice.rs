//! A choice of parked conversations.

use serde::Deserialize;

use crate::sid::{QueueSid, WorkerSid};

use super::listed::Listed;

/// The conversations to show. Without any field, all of them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct Choice {
    /// A conversation's SID.
    conversation: Option<String>,
    /// The SID or the name of the agent who parked, in any letter case.
    agent: Option<String>,
    /// The SID or the name of the queue, in any letter case.
    queue: Option<String>,
    /// A part of the reason, in any letter case.
    reason: Option<String>,
    /// Only those whose time has passed while no agent is asked.
    overdue: bool,
    /// Only those whose customer waits for an answer.
    unheard: bool,
}

impl Choice {
    /// Reads the choice. An unknown field is an error: without it, more conversations would be released than were meant.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("the choice is malformed: {error}"))
    }

    pub fn has(&self, one: &Listed) -> bool {
        let sid = one.conversation_sid.as_str();
        let agent = [
            one.worker_sid.as_ref().map(WorkerSid::as_str),
            one.worker_name.as_deref(),
        ];
        let queue = [
            one.queue_sid.as_ref().map(QueueSid::as_str),
            one.queue_name.as_deref(),
        ];
        is_one_of(self.conversation.as_deref(), &[Some(sid)])
            && is_one_of(self.agent.as_deref(), &agent)
            && is_one_of(self.queue.as_deref(), &queue)
            && is_part_of(self.reason.as_deref(), one.reason.as_deref())
            && (!self.overdue || one.is_overdue())
            && (!self.unheard || one.unheard_since.is_some())
    }
}

fn is_one_of(wanted: Option<&str>, values: &[Option<&str>]) -> bool {
    let Some(wanted) = wanted else {
        return true;
    };
    let mut known = values.iter().flatten();
    known.any(|value| value.to_lowercase() == wanted.to_lowercase())
}

fn is_part_of(wanted: Option<&str>, value: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| {
        value.is_some_and(|value| value.to_lowercase().contains(&wanted.to_lowercase()))
    })
}
