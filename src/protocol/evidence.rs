//! The place of a parked conversation according to `TaskRouter`'s log. It is used if no webhook of the conversation has
//! a guardian, because the template's feature or another plugin parked it.
//!
//! An agent's browser can write the attributes of a task once the agent has accepted it. So only earlier events count.

use crate::attributes::Attributes;
use crate::guardian::{Due, Guardian};
use crate::record::ParkedRecord;
use crate::sid::ConversationSid;
use crate::task_attributes;
use crate::twilio::calls::{ChannelRef, TaskEvent, LOGGED_EVENTS};

/// Makes a guardian from the log of the task in the record. `events` has the newest first. Returns `None` if the log is
/// gone, or if it does not show this conversation.
pub(crate) fn guardian(
    conversation: &ConversationSid,
    record: &ParkedRecord,
    events: &[TaskEvent],
) -> Option<Guardian> {
    // The beginning of a longer log was not read, and an agent can make it long. Then the creation of the task must be
    // among the events.
    let is_whole = events.len() < LOGGED_EVENTS as usize;
    if !is_whole && !events.iter().any(|event| event.kind == "task.created") {
        return None;
    }
    let accepted = |event: &&TaskEvent| event.kind == "reservation.accepted";
    let before = events.iter().rev().take_while(|event| !accepted(event));
    let attributes = before
        .filter_map(|event| Attributes::parse(event.task_attributes.as_deref()?).ok())
        .find(|attributes| attributes.raw(task_attributes::CONVERSATION).is_some())?;
    if attributes.get::<ConversationSid>(task_attributes::CONVERSATION)? != *conversation {
        return None;
    }
    let newest_first = || events.iter();
    Some(Guardian {
        channel: ChannelRef {
            interaction: attributes.get(task_attributes::INTERACTION)?,
            channel: attributes.get(task_attributes::CHANNEL)?,
        },
        workflow: newest_first().find_map(|event| event.workflow.clone())?,
        queue: newest_first().find_map(|event| event.queue.clone())?,
        task_channel_unique_name: newest_first()
            .find_map(|event| event.task_channel_unique_name.clone())?,
        worker: newest_first().find(accepted)?.worker.clone()?,
        // The record's own time gives no authority: it must not decide which invites are over.
        parked_at: None,
        first_unseen: record
            .last_seen_message_index
            .map(|index| index.saturating_add(1)),
        last_task: None,
        quick_ends: 0,
        next_invite_at: None,
        unheard_since: None,
        // At worst, a forged time brings the agent's own conversation back.
        due: record.park.due_at.or(record.park.expiry_at).map(|at| Due {
            at,
            keep_minutes: None,
            is_expiry: record.park.due_at.is_none(),
        }),
        same_agent_seconds: None,
        // The texts may still be there.
        has_note: true,
        flow: None,
        paused_flow: None,
        former_worker: None,
    })
}
