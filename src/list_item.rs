//! The row of an agent's list of parked interactions: an item of a Sync map.
//!
//! Source: <https://www.twilio.com/docs/sync/api/map-item-resource>

use serde::Serialize;

use crate::attributes::Attributes;
pub use crate::list_map::{is_map_name, map_name};
use crate::record::ParkedRecord;
use crate::sid::{
    ChannelSid, ConversationSid, InteractionSid, ParticipantSid, WebhookSid, WorkerSid, WorkflowSid,
};

/// The most that an item may hold, in bytes.
pub const LIMIT: usize = 16 * 1024;

/// How long a row stays where the admin says nothing else, in seconds. It leaves the list then; the conversation
/// stays parked.
pub const TTL_SECONDS: u32 = 24 * 60 * 60;

/// The longest that a row may stay, in seconds: Sync's limit.
pub const LONGEST_TTL_SECONDS: u32 = 31_536_000;

/// Sync's word for "never expires".
const NO_TTL: u32 = 0;

/// Where an agent's row for a conversation is: map and key.
#[must_use]
pub fn place(worker: &WorkerSid, conversation: &ConversationSid) -> (String, String) {
    (map_name(worker), conversation.to_string())
}

/// When the row of a conversation that is parked at `parked_at` leaves the list, in milliseconds since 1970;
/// `None`: not by itself. A text message may be answered days later, so SMS does not expire.
#[must_use]
pub fn expires_at(
    parked_at: u64,
    task_attributes: &Attributes,
    ttl_seconds: Option<u32>,
) -> Option<u64> {
    let seconds = match text(task_attributes, &["channelType"]).as_deref() {
        Some("sms") => NO_TTL,
        _ => ttl_seconds.unwrap_or(TTL_SECONDS),
    };
    (seconds != NO_TTL).then(|| parked_at + u64::from(seconds) * 1_000)
}

/// The time to live that Sync is told for a row, in seconds, when it is written at `now`. `None`: its time is over.
#[must_use]
pub fn ttl(record: &ParkedRecord, now: u64) -> Option<u32> {
    let Some(expires_at) = record.expires_at else {
        return Some(NO_TTL);
    };
    let seconds = expires_at.checked_sub(now)?.div_ceil(1_000);
    u32::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds != NO_TTL)
}

/// The item's data. The first seven names are those that the template's feature writes and reads.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    interaction_sid: &'a InteractionSid,
    flex_interaction_channel_sid: &'a ChannelSid,
    participant_sid: &'a ParticipantSid,
    workflow_sid: &'a WorkflowSid,
    task_channel_unique_name: &'a str,
    task_attributes: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_sid: Option<&'a WebhookSid>,
    worker_sid: &'a WorkerSid,
    parked_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    customer_name: Option<String>,
    customer_address: Option<String>,
    channel_type: Option<String>,
}

/// The item's data for a parked conversation, as the JSON text that Sync takes.
#[must_use]
pub fn data(record: &ParkedRecord) -> String {
    let attributes = Attributes::parse(&record.task_attributes).unwrap_or_default();
    let item = Item {
        interaction_sid: &record.interaction_sid,
        flex_interaction_channel_sid: &record.channel_sid,
        participant_sid: &record.participant_sid,
        workflow_sid: &record.workflow_sid,
        task_channel_unique_name: &record.task_channel_unique_name,
        task_attributes: &record.task_attributes,
        webhook_sid: record.webhook_sid.as_ref(),
        worker_sid: &record.worker_sid,
        parked_at: record.parked_at.unwrap_or_default(),
        expires_at: record.expires_at,
        customer_name: text(&attributes, &["customerName", "from"]),
        customer_address: text(&attributes, &["customerAddress", "from"]),
        channel_type: text(&attributes, &["channelType"]),
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_string(&item).unwrap_or_default()
}

/// The first of `keys` that holds a text.
fn text(attributes: &Attributes, keys: &[&str]) -> Option<String> {
    keys.iter()
        .find_map(|key| attributes.required::<String>(key, "a string").ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;

    #[test]
    fn rows_expire_after_a_day_but_for_text_messages() {
        let sms = Attributes::parse(r#"{"channelType":"sms"}"#).unwrap();
        let web = Attributes::parse(r#"{"channelType":"web"}"#).unwrap();
        let day = Some(86_401_000);
        assert_eq!(expires_at(1_000, &sms, None), None);
        assert_eq!(expires_at(1_000, &sms, Some(60)), None);
        assert_eq!(expires_at(1_000, &web, None), day);
        assert_eq!(expires_at(1_000, &Attributes::default(), None), day);
        assert_eq!(expires_at(1_000, &web, Some(60)), Some(61_000));
        assert_eq!(expires_at(1_000, &web, Some(NO_TTL)), None);
    }
}
