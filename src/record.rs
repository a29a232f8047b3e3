//! The parked record: what stands in a conversation's attributes while it is parked.
//!
//! Workflows, Studio flows and other plugins read these attributes, so their names are fixed. What is ours
//! beyond them stands under one key of its own, [`OWN_KEY`].

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::attributes::{Attributes, Malformed};
use crate::list_item;
use crate::sid::{
    ChannelSid, ConversationSid, InteractionSid, MapSid, ParticipantSid, QueueSid, TaskSid,
    WebhookSid, WorkerSid, WorkflowSid,
};

/// The attribute that holds what the fixed names have no place for.
pub const OWN_KEY: &str = "parkInteraction";

const FIXED_KEYS: [&str; 13] = [
    "interactionSid",
    "channelSid",
    "participantSid",
    "taskSid",
    "workflowSid",
    "taskChannelUniqueName",
    "queueName",
    "queueSid",
    "workerSid",
    "taskAttributes",
    "webhookSid",
    "mapSid",
    "mapItemKey",
];

/// A conversation's parked state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ParkedRecord {
    /// The interaction to invite into.
    pub interaction_sid: InteractionSid,
    /// The channel to invite into.
    pub channel_sid: ChannelSid,
    /// The participant that the parking agent was.
    pub participant_sid: ParticipantSid,
    /// The task that was parked.
    pub task_sid: TaskSid,
    /// The workflow that routes the next task too.
    pub workflow_sid: WorkflowSid,
    /// The task channel, `chat` or `sms` for example.
    pub task_channel_unique_name: String,
    /// Name of the queue that the task came from.
    pub queue_name: String,
    /// The queue that the task came from.
    pub queue_sid: QueueSid,
    /// The agent who parked.
    pub worker_sid: WorkerSid,
    /// The task's attributes, a JSON object in a string.
    pub task_attributes: String,
    /// The armed webhook. Absent for the moment between arming it and having left.
    pub webhook_sid: Option<WebhookSid>,
    /// The Sync map of the agent's list, where the list is on.
    pub map_sid: Option<MapSid>,
    /// The key of the list's item, where the list is on.
    pub map_item_key: Option<String>,
    /// When it was parked, in milliseconds since 1970. Absent where the template's own feature parked it.
    pub parked_at: Option<u64>,
    /// When its row leaves the list, in milliseconds since 1970. Absent where it does not by itself.
    pub expires_at: Option<u64>,
    /// Index of the last message that an agent's screen held or that was routed. Absent where it is not known.
    pub heard: Option<u32>,
}

/// What stands under [`OWN_KEY`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Own {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parked_at: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    heard: Option<u32>,
    /// Values of others that our fixed names displaced, to be put back.
    #[serde(default)]
    displaced: Attributes,
}

impl ParkedRecord {
    /// Finds the record in a conversation's attributes. `None`: it is not parked.
    ///
    /// A record that the template's feature wrote is one too; it lacks [`OWN_KEY`].
    pub fn find(attributes: &Attributes) -> Result<Option<Self>, Malformed> {
        let own: Option<Own> = attributes.optional(OWN_KEY, "the parked state")?;
        let parsed = Self::read(attributes, own.as_ref());
        match (own, parsed) {
            (_, Ok(record)) => Ok(Some(record)),
            (Some(_), Err(error)) => Err(error),
            // Single attributes of these names are somebody else's.
            (None, Err(_)) => Ok(None),
        }
    }

    fn read(attributes: &Attributes, own: Option<&Own>) -> Result<Self, Malformed> {
        const SID: &str = "a SID of its kind";
        const TEXT: &str = "a string";
        Ok(Self {
            interaction_sid: attributes.required("interactionSid", SID)?,
            channel_sid: attributes.required("channelSid", SID)?,
            participant_sid: attributes.required("participantSid", SID)?,
            task_sid: attributes.required("taskSid", SID)?,
            workflow_sid: attributes.required("workflowSid", SID)?,
            task_channel_unique_name: attributes.required("taskChannelUniqueName", TEXT)?,
            queue_name: attributes.required("queueName", TEXT)?,
            queue_sid: attributes.required("queueSid", SID)?,
            worker_sid: attributes.required("workerSid", SID)?,
            task_attributes: attributes.required("taskAttributes", TEXT)?,
            webhook_sid: attributes.optional("webhookSid", SID)?,
            map_sid: attributes.optional("mapSid", SID)?,
            map_item_key: attributes.optional("mapItemKey", TEXT)?,
            parked_at: own.and_then(|own| own.parked_at),
            expires_at: own.and_then(|own| own.expires_at),
            heard: own.and_then(|own| own.heard),
        })
    }

    /// `attributes` with this record in them. A former record is replaced; values of others that stand under
    /// our names are set aside, for [`without_record`] to put back.
    pub fn write_into(&self, attributes: &Attributes) -> Result<Attributes, Malformed> {
        let mut attributes = without_record(attributes)?;
        let mut displaced = Attributes::default();
        for key in FIXED_KEYS {
            if let Some(value) = attributes.remove(key) {
                displaced.set_raw(key, value);
            }
        }
        attributes.set("interactionSid", &self.interaction_sid);
        attributes.set("channelSid", &self.channel_sid);
        attributes.set("participantSid", &self.participant_sid);
        attributes.set("taskSid", &self.task_sid);
        attributes.set("workflowSid", &self.workflow_sid);
        attributes.set("taskChannelUniqueName", &self.task_channel_unique_name);
        attributes.set("queueName", &self.queue_name);
        attributes.set("queueSid", &self.queue_sid);
        attributes.set("workerSid", &self.worker_sid);
        attributes.set("taskAttributes", &self.task_attributes);
        if let Some(webhook) = &self.webhook_sid {
            attributes.set("webhookSid", webhook);
        }
        if let Some(map) = &self.map_sid {
            attributes.set("mapSid", map);
        }
        if let Some(key) = &self.map_item_key {
            attributes.set("mapItemKey", key);
        }
        attributes.set(
            OWN_KEY,
            &Own {
                parked_at: self.parked_at,
                expires_at: self.expires_at,
                heard: self.heard,
                displaced,
            },
        );
        Ok(attributes)
    }

    /// Where its row of the list is: map and key. A park that died before its last writes has not said
    /// whether it made one; so there may be one.
    #[must_use]
    pub fn row(&self, conversation: &ConversationSid) -> Option<(String, String)> {
        let (own_map, own_key) = list_item::place(&self.worker_sid, conversation);
        let key = match (&self.map_item_key, &self.webhook_sid) {
            (Some(key), _) => key.clone(),
            (None, None) => own_key,
            (None, Some(_)) => return None,
        };
        let map = self.map_sid.as_ref().map_or(own_map, ToString::to_string);
        Some((map, key))
    }

    /// The attributes of the next task: those of the parked one, and where it came from, so that a workflow
    /// can route back to a queue or an agent.
    pub fn next_task_attributes(&self) -> Result<Attributes, Malformed> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct OriginalRouting<'a> {
            queue_name: &'a str,
            queue_sid: &'a QueueSid,
            worker_sid: &'a WorkerSid,
        }

        let mut attributes = Attributes::parse(&self.task_attributes).map_err(|_| Malformed {
            field: "taskAttributes".into(),
            expected: "a JSON object in a string",
        })?;
        attributes.set(
            "originalRouting",
            &OriginalRouting {
                queue_name: &self.queue_name,
                queue_sid: &self.queue_sid,
                worker_sid: &self.worker_sid,
            },
        );
        Ok(attributes)
    }
}

/// `attributes` as they would be had we never written into them.
pub fn without_record(attributes: &Attributes) -> Result<Attributes, Malformed> {
    let mut rest = attributes.clone();
    let own: Option<Own> = attributes.optional(OWN_KEY, "the parked state")?;
    if own.is_none() && ParkedRecord::find(attributes)?.is_none() {
        return Ok(rest);
    }
    for key in FIXED_KEYS {
        rest.remove(key);
    }
    rest.remove(OWN_KEY);
    if let Some(own) = own {
        for key in FIXED_KEYS {
            if let Some(value) = own.displaced.raw(key) {
                rest.set_raw(key, RawValue::to_owned(value));
            }
        }
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;

    fn record() -> ParkedRecord {
        ParkedRecord {
            interaction_sid: InteractionSid::example(),
            channel_sid: ChannelSid::example(),
            participant_sid: ParticipantSid::example(),
            task_sid: TaskSid::example(),
            workflow_sid: WorkflowSid::example(),
            task_channel_unique_name: "chat".into(),
            queue_name: "Everyone".into(),
            queue_sid: QueueSid::example(),
            worker_sid: WorkerSid::example(),
            task_attributes: r#"{"name":"Charlie"}"#.into(),
            webhook_sid: Some(WebhookSid::example()),
            map_sid: None,
            map_item_key: None,
            parked_at: Some(1_790_000_000_000),
            expires_at: Some(1_790_086_400_000),
            heard: Some(4),
        }
    }

    #[test]
    fn a_record_that_was_written_is_found_again() {
        let attributes = record().write_into(&Attributes::default()).unwrap();
        assert_eq!(ParkedRecord::find(&attributes).unwrap(), Some(record()));
    }

    #[test]
    fn attributes_of_others_are_the_same_after_the_record_is_gone_even_under_our_names() {
        let text = r#"{"pre_engagement_data":{"a":1.0},"workerSid":"mine","webhookSid":7}"#;
        let before = Attributes::parse(text).unwrap();
        let parked = record().write_into(&before).unwrap();
        let parked_twice = record().write_into(&parked).unwrap();
        for attributes in [parked, parked_twice] {
            let after = without_record(&attributes).unwrap();
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&after.text()).unwrap(),
                serde_json::from_str::<serde_json::Value>(text).unwrap()
            );
        }
    }

    #[test]
    fn a_record_of_the_template_is_found_and_goes_without_a_trace() {
        let mut attributes = record().write_into(&Attributes::default()).unwrap();
        attributes.remove(OWN_KEY);
        let found = ParkedRecord::find(&attributes).unwrap().unwrap();
        assert_eq!(found.parked_at, None);
        assert_eq!(without_record(&attributes).unwrap().text(), "{}");
    }

    #[test]
    fn a_single_attribute_of_one_of_our_names_is_no_record() {
        let attributes = Attributes::parse(r#"{"workerSid":"x","taskSid":"y"}"#).unwrap();
        assert_eq!(ParkedRecord::find(&attributes).unwrap(), None);
        assert_eq!(
            without_record(&attributes).unwrap().text(),
            attributes.text()
        );
    }

    #[test]
    fn a_damaged_record_of_ours_names_the_field() {
        let mut attributes = record().write_into(&Attributes::default()).unwrap();
        attributes.set("workflowSid", "not a sid");
        let error = ParkedRecord::find(&attributes).unwrap_err();
        assert_eq!(error.field, "workflowSid");
    }

    #[test]
    fn the_next_task_has_the_old_attributes_and_where_it_came_from() {
        let text = record().next_task_attributes().unwrap().text();
        assert_eq!(
            text,
            format!(
                r#"{{"name":"Charlie","originalRouting":{{"queueName":"Everyone","queueSid":"{}","workerSid":"{}"}}}}"#,
                QueueSid::example(),
                WorkerSid::example()
            )
        );
    }
}
