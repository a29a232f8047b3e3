//! The guardian: the webhook that brings a parked conversation back when the customer writes.

use crate::record::ParkedRecord;
use crate::sid::ConversationSid;

use super::call::{Target, Webhook};
use super::Setting;

/// The guardian of a parked conversation. Messages after `replay_after` are told to it too.
pub(super) fn guardian(
    setting: &Setting,
    conversation: &ConversationSid,
    record: &ParkedRecord,
    replay_after: Option<u32>,
) -> Webhook {
    Webhook {
        conversation: conversation.clone(),
        target: match &setting.wake_flow {
            Some(flow) => Target::Flow(flow.clone()),
            None => Target::Url(address(&setting.wake_url, record)),
        },
        replay_after,
    }
}

/// The wake function's address. It carries where the conversation is, which saves the wake a round trip, and where to
/// route it should other code wipe the record out of the attributes. Twilio signs it, and allows 512 characters.
fn address(wake_url: &str, record: &ParkedRecord) -> String {
    format!(
        "{wake_url}?interactionSid={}&channelSid={}&workflowSid={}&queueSid={}&workerSid={}&taskChannel={}",
        record.interaction_sid,
        record.channel_sid,
        record.workflow_sid,
        record.queue_sid,
        record.worker_sid,
        query_value(&record.task_channel_unique_name),
    )
}

/// A text as it can stand in a query. SIDs need no such care, names might.
fn query_value(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
