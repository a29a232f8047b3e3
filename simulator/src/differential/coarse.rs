//! The differences that are intended: the Twilio in memory is coarser. Everything else has to be the same.
//!
//! The model checker compares and hashes the states in memory, so they hold nothing that no operation looks at. Beside the answers that
//! [`made_coarse`] changes, memory does not know:
//!
//! - the end of an item's time to live: items of stories live for a year;
//! - the end of an agent's time to think about an offer: nobody's ends in the simulator;
//! - a new participant of the conversation each time an agent joins: `Pair::accept` forgets the former SID;
//! - invites whose task was removed: `Pair::without_removed_tasks`;
//! - the readings of Twilio that only the simulator has.

use memory_twilio::{sids, MemoryTwilio};
use park_interaction::twilio::calls::{Message, TaskEvent};
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyAnswer;
use serde_json::{Map, Value};

use super::pair::Outcome;

/// The attributes that Flex or the customer's channel adds to a task, of which memory adds a part only.
const ADDED_TO_TASKS: [&str; 12] = [
    "channelType",
    "conversations",
    "customerAddress",
    "customerName",
    "customers",
    "direction",
    "flexChannelInviteSid",
    "from",
    "initiatedBy",
    "name",
    "taskCreateSource",
    "topic",
];

/// The events of `TaskRouter`'s log that memory keeps: operations look for no others.
const LOGGED: [&str; 2] = ["task.created", "reservation.accepted"];

/// Returns a result without the differences that are intended. `memory` is as the call has left it.
pub fn made_coarse(result: Outcome, memory: &MemoryTwilio) -> Outcome {
    // In memory the end of a timer does not count as a change of the conversation, so that the dates of one that is inactive or
    // closed differ. Operations ask only whether there is such a date.
    let is_over = memory.inactive || memory.closed;
    let date = |date: Option<Millis>| date.map(|date| if is_over { 0 } else { date });
    let mut answer = result?;
    match &mut answer {
        AnyAnswer::FetchConversation(conversation) => {
            conversation.updated_at = date(conversation.updated_at);
            conversation.inactive_at = date(conversation.inactive_at);
            conversation.closed_at = date(conversation.closed_at);
        }
        AnyAnswer::UpdateConversation(left) if is_over => {
            left.inactive_seconds = left.inactive_seconds.map(|_| 0);
            left.closed_seconds = left.closed_seconds.map(|_| 0);
        }
        AnyAnswer::FetchTask(task) => {
            task.attributes = comparable(&task.attributes);
            // Memory counts the changes of the attributes alone.
            task.version = task.version.as_ref().map(|_| String::new());
        }
        AnyAnswer::ListTaskEvents(events) => {
            events.retain(|event| LOGGED.contains(&event.kind.as_str()));
            events.iter_mut().for_each(make_event_comparable);
        }
        // Memory has no texts of people.
        AnyAnswer::ListMessages(page) => page.entries.iter_mut().for_each(without_line),
        AnyAnswer::FetchMessage(message) => without_line(message),
        // Memory makes up what rows hold.
        AnyAnswer::ListItems(page) => page.entries.iter_mut().for_each(|row| {
            row.parked_at = None;
            row.customer = None;
        }),
        // All maps have one SID in memory.
        AnyAnswer::PutItem(map) => *map = map.as_ref().map(|_| sids::map(1)),
        // Twilio promises no order.
        AnyAnswer::ListMaps(maps) => maps.entries.sort(),
        AnyAnswer::ListParticipants(all) => {
            all.sort_by_key(|one| (one.internal, one.sid.clone()));
        }
        // Memory knows one task channel.
        AnyAnswer::ListWorkerChannels(channels) => {
            channels.retain(|channel| channel.task_channel_unique_name == "chat");
            for channel in channels {
                // Memory counts no tasks of other conversations.
                channel.capacity = 0;
                channel.free = channel.free.min(1);
            }
        }
        _ => {}
    }
    Ok(answer)
}

fn without_line(message: &mut Message) {
    message.line = None;
}

fn make_event_comparable(event: &mut TaskEvent) {
    let attributes = event.task_attributes.as_deref();
    event.task_attributes = attributes.map(comparable);
}

/// Returns attributes without what Flex adds, their keys in order.
fn comparable(attributes: &str) -> String {
    let mut all: Map<String, Value> = serde_json::from_str(attributes).unwrap();
    all.retain(|name, _| !ADDED_TO_TASKS.contains(&name.as_str()));
    all.sort_keys();
    Value::Object(all).to_string()
}
