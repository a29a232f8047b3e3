//! The exports for the commands of the account's owner: the list of parked conversations with their state, and the account's settings.
//! No Function needs them, so only the third Wasm build has them.
//!
//! The address of a conversation's webhook shows where it is parked and by whom; without an address of ours `TaskRouter`'s log of the
//! parked task shows it. The attributes are shown, and nothing is looked up by them.

mod appointment;
mod choice;
mod clock;
mod columns;
mod csv;
mod expression;
mod found;
mod listed;
mod note;
mod reading;
mod report;
mod table;
#[cfg(test)]
mod tests;
mod workflow;

use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::functions::{function_url, stream_types, wake_url, TASK_ENDS};
use crate::guardian::Guardian;
use crate::protocol::{armed, evidence};
use crate::record::{is_parked_by_another_plugin, ParkedRecord};
use crate::reply::Reply;
use crate::request::path;
use crate::sid::ConversationSid;
use crate::sync_name::{holds_conversations, MapName};
use crate::twilio::calls::{LOGGED_EVENTS, LOGGED_MINUTES};

use choice::Choice;
use clock::Clock;
use found::Found;
use listed::Listed;
use report::Report;

/// Returns the places of a parked conversation by its webhooks, as a JSON text: `workerSid`, `queueSid`, `workflowSid`, and `row` with its `map` and
/// `key`. All are null where no webhook of ours says who parked it. `webhooks` is the JSON list of its webhooks as Twilio returns them, `domain`
/// that of the Functions.
#[wasm_bindgen(js_name = placesOf)]
#[must_use]
pub fn places_of(conversation: &str, webhooks: &str, domain: &str) -> String {
    let webhooks = found::webhooks(webhooks);
    let newest = armed::newest(armed::guardians(webhooks.iter(), &wake_url(domain)));
    let guardian = newest.map(|armed| armed.guardian);
    places(ConversationSid::parse(conversation).ok(), guardian)
}

/// Returns the query of `TaskRouter`'s events for [`places_by_log`], where no webhook of ours says who parked the conversation: a JSON
/// text with the `taskSid`, the last `minutes` to read and the `limit`. `None`: the attributes name no task.
#[wasm_bindgen(js_name = logToRead)]
#[must_use]
pub fn log_to_read(attributes: &str) -> Option<String> {
    let task = ParkedRecord::find(attributes)?.task_sid?;
    let log = json!({ "taskSid": task, "minutes": LOGGED_MINUTES, "limit": LOGGED_EVENTS });
    Some(log.to_string())
}

/// Returns the same as [`places_of`] by `TaskRouter`'s log of the parked task: `events` is a JSON list of its events as Twilio returns
/// them, the newest first.
#[wasm_bindgen(js_name = placesByLog)]
#[must_use]
pub fn places_by_log(conversation: &str, attributes: &str, events: &str) -> String {
    let conversation = ConversationSid::parse(conversation).ok();
    let record = ParkedRecord::find(attributes);
    let guardian = conversation
        .as_ref()
        .zip(record)
        .and_then(|(conversation, record)| {
            evidence::guardian(conversation, &record, &found::events(events))
        });
    places(conversation, guardian)
}

fn places(conversation: Option<ConversationSid>, guardian: Option<Guardian>) -> String {
    let workflow = guardian.as_ref().map(|guardian| guardian.workflow.clone());
    let (worker, queue) = guardian
        .map(|guardian| (guardian.worker, guardian.queue))
        .unzip();
    let row = worker.as_ref().zip(conversation).map(
        |(worker, conversation)| json!({ "map": MapName::list_of(worker).as_str(), "key": conversation }),
    );
    json!({ "workerSid": worker, "queueSid": queue, "workflowSid": workflow, "row": row })
        .to_string()
}

/// Describes the parked conversations: first those whose customer waits for an answer, then those whose time has passed, then the
/// longest parked.
///
/// `found` is a JSON text with a list of `conversationSid`, `attributes`, `webhooks`, `row`, `isOffered`, `workerName`, `queueName`,
/// `note` (the data of the item in [`notes_map_of`]) and, where no webhook of ours says who parked it, `events`. `domain` is that of the
/// Functions, `now` in milliseconds since 1970, `minutes_east` how far the reader's clock is ahead of UTC. `choice` is a JSON text with
/// any of `conversation`, `agent`, `queue`, `reason`, `overdue` and `unheard`; `names`: with the customers' names. Returns a JSON text:
/// `parked`, and the same for people, `text`, and for spreadsheets, `csv`.
#[wasm_bindgen(js_name = describeParked)]
pub fn describe_parked(
    found: &str,
    domain: &str,
    now: f64,
    minutes_east: i32,
    choice: &str,
    names: bool,
) -> Result<String, String> {
    let clock = Clock::new(now, minutes_east);
    let mut parked = described(found, domain, clock, choice)?;
    if !names {
        for one in &mut parked {
            one.customer_name = None;
        }
    }
    parked.sort_by_key(Listed::place);
    let text = table::text(&parked, clock);
    let csv = csv::text(&parked, clock);
    Ok(json!({ "parked": parked, "text": text, "csv": csv }).to_string())
}

/// Counts the parked conversations, in all, by agent and by queue. `found`, `domain`, `now` and `choice` are those of
/// [`describe_parked`]; `row` is not needed. Returns a JSON text: `report`, and the same for people, `text`.
#[wasm_bindgen(js_name = reportParked)]
pub fn report_parked(found: &str, domain: &str, now: f64, choice: &str) -> Result<String, String> {
    let clock = Clock::new(now, 0);
    let parked = described(found, domain, clock, choice)?;
    let report = Report::new(&parked, clock.now());
    Ok(json!({ "report": report, "text": report.text(clock) }).to_string())
}

fn described(found: &str, domain: &str, clock: Clock, choice: &str) -> Result<Vec<Listed>, String> {
    let choice = Choice::parse(choice)?;
    let found: Vec<Found> = serde_json::from_str(found)
        .map_err(|error| format!("what was found is malformed: {error}"))?;
    let all = found.into_iter();
    let all = all.map(|one| one.describe(domain, clock.now()));
    Ok(all.filter(|one| choice.has(one)).collect())
}

/// Returns the Sync map that holds the reason and the note of a park. Its items' keys are the conversations' SIDs.
#[wasm_bindgen(js_name = notesMapOf)]
#[must_use]
pub fn notes_map_of(conversation: &str) -> Option<String> {
    let conversation = ConversationSid::parse(conversation).ok()?;
    Some(MapName::notes(&conversation).as_str().to_owned())
}

/// Judges the routing of a workflow by its `configuration`, a JSON text. `parked` is a JSON text with a list of `conversationSid`,
/// `attributes`, `queueSid`, `queueName` and `workerSid`. Returns a JSON text: the `queues` of its targets, and `unmatched`, the
/// conversations whose task no filter takes. None if the configuration cannot be read.
#[wasm_bindgen(js_name = judgeWorkflow)]
pub fn judge_workflow(configuration: &str, parked: &str) -> Result<Option<String>, String> {
    let parked: Vec<workflow::Parked> = serde_json::from_str(parked)
        .map_err(|error| format!("what was found is malformed: {error}"))?;
    let judged = workflow::judge(configuration, &parked);
    Ok(judged.map(|judged| json!(judged).to_string()))
}

/// Returns true if the outcome of one conversation, as reconciling names it, is a refusal.
#[wasm_bindgen(js_name = isRefusal)]
#[must_use]
pub fn is_refusal(outcome: &str) -> bool {
    serde_json::from_value::<Reply>(json!({ "outcome": outcome })).is_err()
}

/// Returns true if attributes, a JSON text, say that the conversation is parked, by this product or by another plugin.
#[wasm_bindgen(js_name = saysParked)]
#[must_use]
pub fn says_parked(attributes: &str) -> bool {
    ParkedRecord::find(attributes).is_some() || is_parked_by_another_plugin(attributes)
}

/// Returns the Sync map that holds a conversation while it waits for an agent. Its items' keys are the conversations' SIDs.
#[wasm_bindgen(js_name = waitingMapOf)]
#[must_use]
pub fn waiting_map_of(conversation: &str) -> Option<String> {
    let conversation = ConversationSid::parse(conversation).ok()?;
    Some(MapName::waiting(&conversation).as_str().to_owned())
}

/// Returns true if the items of a Sync map with this unique name are conversations that may be parked: those of an agent's list, or
/// those that wait for an agent. Their keys are the conversations' SIDs.
#[wasm_bindgen(js_name = holdsConversations)]
#[must_use]
pub fn map_holds_conversations(map_name: &str) -> bool {
    holds_conversations(map_name)
}

/// Returns true if a conversation with these attributes, a JSON text, is parked by this product. A damaged record counts: the caller
/// is about to remove the webhook that wakes the conversation. A text that is no JSON object holds none.
#[wasm_bindgen(js_name = holdsParkedRecord)]
#[must_use]
pub fn holds_parked_record(attributes: &str) -> bool {
    ParkedRecord::find(attributes).is_some()
}

/// Returns how `TaskRouter` posts its events to the Functions at `domain`: a JSON text with the `url`, and the `events`, a list of
/// their names.
#[wasm_bindgen(js_name = taskEventCallback)]
#[must_use]
pub fn task_event_callback(domain: &str) -> String {
    let url = function_url(domain, path::TASK_EVENT);
    json!({ "url": url, "events": TASK_ENDS }).to_string()
}

/// Returns how a sink of Event Streams posts to the Functions at `domain`: a JSON text with the `url`, and the `types` of the events to
/// which it subscribes.
#[wasm_bindgen(js_name = eventStreamsSink)]
#[must_use]
pub fn event_streams_sink(domain: &str) -> String {
    let url = function_url(domain, path::EVENT);
    json!({ "url": url, "types": stream_types() }).to_string()
}
