//! The owner's rules for a conversation, by its channel and its queue.
//!
//! They are rules of the desktop: flags reach the Functions only with its requests.

use super::channel;
use super::effect::{NotificationId, ShimEffect, ShimOutcome, ShimOutcomeError, StringKey};
use super::json::Json;
use crate::flags::Flags;

/// The reason for which the conversations of a channel or a queue are not parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotHere {
    /// The title of the button.
    pub title: StringKey,
    /// The notification with the same text.
    pub notification: NotificationId,
}

/// The fields of a task that name its queue.
pub const QUEUE_KEYS: [&str; 2] = ["queueName", "queueSid"];

const CHANNEL: NotHere = NotHere {
    title: StringKey::ParkInteractionChannelNotParked,
    notification: NotificationId::ParkInteractionChannelNotParked,
};
const QUEUE: NotHere = NotHere {
    title: StringKey::ParkInteractionQueueNotParked,
    notification: NotificationId::ParkInteractionQueueNotParked,
};

impl NotHere {
    /// Returns the outcome of a park that is refused before anything is sent.
    #[must_use]
    pub fn outcome(self) -> ShimOutcome {
        ShimOutcome {
            error: Some(ShimOutcomeError {
                variant: "notParkedHere".into(),
                message: "the flags do not allow it".into(),
                is_unclear: false,
            }),
            effects: vec![ShimEffect::notify(self.notification)],
        }
    }
}

/// Returns the reason for which the conversation of a task may not be parked. None: it may.
#[must_use]
pub fn refusal(flags: &Flags, task: &Json) -> Option<NotHere> {
    let channel = channel::of(task.get_text("channelType"), None);
    let allows = |allowed: &[String], is_it: &dyn Fn(&str) -> bool| {
        allowed.is_empty() || allowed.iter().any(|one| is_it(one))
    };
    if !allows(&flags.channels, &|one| {
        channel::of(Some(one), None) == channel
    }) {
        return Some(CHANNEL);
    }
    let is_in = |queue: &str| {
        QUEUE_KEYS
            .iter()
            .any(|key| task.get_text(key) == Some(queue))
    };
    (!allows(&flags.queues, &is_in)).then_some(QUEUE)
}

/// Returns true if the agent has to choose a reason. False if there is none to choose.
#[must_use]
pub fn is_reason_required(flags: &Flags) -> bool {
    flags.reason_required && !flags.reasons.is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::task::tests::json;
    use super::*;

    const SUPPORT: &str = "WQ00000000000000000000000000000001";

    fn task(channel: &str, queue: &str) -> Json {
        json(&json!({ "channelType": channel, "queueName": queue, "queueSid": SUPPORT }))
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn every_conversation_may_be_parked_by_default() {
        for task in [task("web", "Support"), task("", ""), Json::Null] {
            assert_eq!(refusal(&Flags::default(), &task), None);
        }
    }

    #[test]
    fn channels_are_compared_as_the_list_shows_them() {
        for (channels, channel, refused) in [
            (texts(&["web"]), "web", None),
            (texts(&["web"]), "chat", None),
            (texts(&["CHAT"]), "Web", None),
            (texts(&["sms", "WhatsApp"]), "whatsapp", None),
            (texts(&["sms", "whatsapp"]), "web", Some(CHANNEL)),
            (texts(&["line"]), "LINE", None),
            (texts(&["web"]), "", Some(CHANNEL)),
        ] {
            let flags = Flags {
                channels: channels.clone(),
                ..Flags::default()
            };
            let found = refusal(&flags, &task(channel, "Support"));
            assert_eq!(found, refused, "{channel} of {channels:?}");
        }
    }

    #[test]
    fn queues_are_compared_by_name_and_sid() {
        for (queues, refused) in [
            (texts(&["Support"]), None),
            (texts(&["Sales", SUPPORT]), None),
            (texts(&["support"]), Some(QUEUE)),
            (texts(&["Sales"]), Some(QUEUE)),
        ] {
            let flags = Flags {
                queues: queues.clone(),
                ..Flags::default()
            };
            assert_eq!(
                refusal(&flags, &task("web", "Support")),
                refused,
                "{queues:?}"
            );
        }
        let flags = Flags {
            queues: texts(&["Support"]),
            ..Flags::default()
        };
        assert_eq!(refusal(&flags, &Json::Null), Some(QUEUE));
    }

    #[test]
    fn a_reason_is_required_only_if_there_is_one() {
        for (reasons, reason_required, is_required) in [
            (texts(&["Payment"]), true, true),
            (texts(&["Payment"]), false, false),
            (Vec::new(), true, false),
        ] {
            let flags = Flags {
                reasons,
                reason_required,
                ..Flags::default()
            };
            assert_eq!(is_reason_required(&flags), is_required);
        }
    }

    #[test]
    fn the_refusal_says_the_same_as_the_button() {
        for reason in [CHANNEL, QUEUE] {
            let outcome = reason.outcome();
            let error = outcome.error.map(|error| error.variant);
            assert_eq!(error.as_deref(), Some("notParkedHere"));
            assert_eq!(outcome.effects, [ShimEffect::notify(reason.notification)]);
            assert_eq!(
                serde_json::to_value(reason.title).ok(),
                serde_json::to_value(reason.notification).ok()
            );
        }
    }
}
