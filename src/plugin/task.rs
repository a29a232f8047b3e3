//! The fields of a Flex task that parking needs.

use super::json::{Field, MalformedField};
use crate::sid::{ChannelSid, ConversationSid, InteractionSid};
use crate::task_attributes;

/// The identifiers of a messaging task's conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messaging {
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// The interaction of the conversation.
    pub interaction_sid: InteractionSid,
    /// The channel of the interaction.
    pub channel_sid: ChannelSid,
}

impl Messaging {
    /// Reads the task's attributes, which Flex Conversations writes.
    pub fn read(task: &Field<'_>) -> Result<Self, MalformedField> {
        let attributes = task.at("attributes");
        Ok(Self {
            conversation_sid: attributes
                .at(task_attributes::CONVERSATION)
                .sid(ConversationSid::parse)?,
            interaction_sid: attributes
                .at(task_attributes::INTERACTION)
                .sid(InteractionSid::parse)?,
            channel_sid: attributes
                .at(task_attributes::CHANNEL)
                .sid(ChannelSid::parse)?,
        })
    }
}

/// Returns true if the task belongs to a conversation on a messaging channel.
///
/// Like Flex's `TaskHelper.isCBMTask` it checks the interaction channel. A phone call may have one too, but has no
/// conversation.
pub fn is_messaging(task: &Field<'_>) -> Result<bool, MalformedField> {
    let attributes = task.at("attributes");
    Ok(attributes.at(task_attributes::CHANNEL).is_present()?
        && attributes.at(task_attributes::CONVERSATION).is_present()?
        && task.at("channelType").text()? != Some("voice"))
}

/// Returns true if the agent has accepted the task. False in wrap-up.
pub fn is_assigned(task: &Field<'_>) -> Result<bool, MalformedField> {
    Ok(task.at("status").text()? == Some("accepted"))
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::*;
    use crate::plugin::json::Json;

    pub(crate) fn json(value: &serde_json::Value) -> Json {
        Json::from(value)
    }

    pub(crate) fn task() -> serde_json::Value {
        json!({
            "sid": "WR00000000000000000000000000000001",
            "taskSid": "WT00000000000000000000000000000001",
            "status": "accepted",
            "channelType": "web",
            "attributes": {
                "conversationSid": "CH00000000000000000000000000000001",
                "flexInteractionSid": "KD00000000000000000000000000000001",
                "flexInteractionChannelSid": "UO00000000000000000000000000000001",
            },
        })
    }

    fn with(path: &str, value: serde_json::Value) -> Json {
        let mut task = task();
        *task.pointer_mut(path).unwrap() = value;
        json(&task)
    }

    #[test]
    fn a_web_chat_is_messaging() {
        let task = json(&task());
        assert_eq!(is_messaging(&Field::root("", &task)), Ok(true));
    }

    #[test]
    fn a_phone_call_is_not_messaging() {
        let task = with("/channelType", json!("voice"));
        assert_eq!(is_messaging(&Field::root("", &task)), Ok(false));
    }

    #[test]
    fn a_task_without_a_channel_or_a_conversation_is_not_messaging() {
        for path in [
            "/attributes/flexInteractionChannelSid",
            "/attributes/conversationSid",
            "/attributes",
        ] {
            let task = with(path, json!(null));
            assert_eq!(is_messaging(&Field::root("", &task)), Ok(false), "{path}");
        }
    }

    #[test]
    fn a_task_is_assigned_until_its_wrap_up() {
        for (status, expected) in [
            ("pending", false),
            ("accepted", true),
            ("wrapping", false),
            ("completed", false),
        ] {
            let task = with("/status", json!(status));
            assert_eq!(
                is_assigned(&Field::root("", &task)),
                Ok(expected),
                "{status}"
            );
        }
    }

    #[test]
    fn a_malformed_attribute_is_named() {
        for (path, name) in [
            ("/attributes/conversationSid", "attributes.conversationSid"),
            (
                "/attributes/flexInteractionSid",
                "attributes.flexInteractionSid",
            ),
            (
                "/attributes/flexInteractionChannelSid",
                "attributes.flexInteractionChannelSid",
            ),
        ] {
            let task = with(path, json!("<script>"));
            let error = Messaging::read(&Field::root("", &task)).unwrap_err();
            assert_eq!(error.path, name);
            assert!(!error.to_string().contains("script"));
        }
    }
}
