//! What `TaskRouter`'s log of a parked task shows of where its conversation is: for a conversation without an address of ours, as
//! the template's feature and other plugins park it.
//!
//! An agent's browser can write a task's attributes, but only once that agent has the task: so only what was logged before that
//! counts.

use crate::attributes::Attributes;
use crate::guardian::Guardian;
use crate::record::ParkedRecord;
use crate::sid::ConversationSid;
use crate::task_attributes;
use crate::twilio::calls::{ChannelRef, TaskEvent, LOGGED_EVENTS};

/// What the log of the task that the record names shows of the conversation. `events` are the newest first. `None`: the log is
/// gone, or does not show this conversation.
pub(crate) fn guardian(
    conversation: &ConversationSid,
    record: &ParkedRecord,
    events: &[TaskEvent],
) -> Option<Guardian> {
    // Of a longer log the beginning was not read, and an agent can make it long: then only the task's making says what was before.
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
        // The record's own time is data: it may not say which invites are over.
        parked_at: None,
        first_unseen: record.last_seen_index.map(|index| index.saturating_add(1)),
        last_task: None,
        quick_ends: 0,
        next_invite_at: None,
        unheard_since: None,
        flow: None,
        paused_flow: None,
    })
}
