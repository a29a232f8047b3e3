//! Which webhooks hear of what, and with which parameters. Sending is the work of `crate::webhooks`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::{json, Value};

use super::clock::iso_millis;
use super::conversations::{Media, Message, Participant, Source, State, Webhook};
use super::scheduled::Queue;
use super::World;
use crate::readings::{
    DeliveryOrder, MessageAuthor, MessageIndex, MessageParticipant, Redelivery, Replay,
    StateWebhook,
};

/// How long Conversations waits for a webhook's answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long after the first one a request is made again, under one of the readings.
const REDELIVERED_AFTER: Duration = Duration::from_secs(3 * 3600);

/// Something that a webhook can hear of.
#[derive(Debug, Clone)]
pub enum Hook {
    /// A message was added.
    MessageAdded(Message),
    /// A message was edited.
    MessageUpdated(Message),
    /// A message was removed.
    MessageRemoved(Message),
    /// Somebody joined.
    ParticipantAdded(Participant),
    /// Something about a participant changed.
    ParticipantUpdated(Participant),
    /// Somebody left.
    ParticipantRemoved(Participant),
    /// The conversation changed.
    ConversationUpdated,
    /// The conversation was deleted.
    ConversationRemoved,
    /// The conversation's state changed.
    StateUpdated {
        /// From this.
        from: State,
        /// To this.
        to: State,
        /// `API`, `TIMER` or `EVENT`.
        reason: &'static str,
    },
}

/// A webhook request that is due.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    /// Where it goes.
    pub url: String,
    /// `POST` or `GET`.
    pub method: String,
    /// What it says, by parameter.
    pub params: BTreeMap<String, String>,
    /// How long the product that sends it waits for an answer.
    #[serde(skip)]
    pub patience: Duration,
}

impl World {
    /// Tells every webhook of the conversation that asked for it.
    pub(super) fn fire(&mut self, conversation_sid: &str, hook: &Hook) {
        if !self.tells(hook) {
            return;
        }
        let Ok(conversation) = self.conversation(conversation_sid) else {
            return;
        };
        let due: Vec<Delivery> = conversation
            .webhooks
            .iter()
            .filter_map(|webhook| self.delivery(conversation_sid, webhook, hook))
            .collect();
        for delivery in due {
            self.deliver_hook(delivery, hook);
        }
    }

    /// Returns whether any webhook hears of such a thing.
    fn tells(&self, hook: &Hook) -> bool {
        match (hook, self.readings.state_webhook) {
            (Hook::StateUpdated { reason, .. }, StateWebhook::TimerOnly) => *reason == "TIMER",
            (Hook::StateUpdated { .. }, StateWebhook::Never) => false,
            _ => true,
        }
    }

    /// Tells a new webhook of the messages from index `after` on, as far as the reading replays them.
    pub(super) fn replay(&mut self, conversation_sid: &str, webhook: &Webhook, after: i64) {
        let first = match self.readings.replay {
            Replay::Inclusive => after,
            Replay::Exclusive => after.saturating_add(1),
            Replay::None => return,
        };
        let Ok(conversation) = self.conversation(conversation_sid) else {
            return;
        };
        let due: Vec<(Delivery, Hook)> = conversation
            .messages
            .iter()
            .filter(|message| i64::from(message.index) >= first)
            .filter_map(|message| {
                let hook = Hook::MessageAdded(message.clone());
                let delivery = self.delivery(conversation_sid, webhook, &hook)?;
                Some((delivery, hook))
            })
            .collect();
        for (delivery, hook) in due {
            self.deliver_hook(delivery, &hook);
        }
    }

    /// Sends a request, and does with it what the readings say of message webhooks.
    fn deliver_hook(&mut self, delivery: Delivery, hook: &Hook) {
        if !matches!(hook, Hook::MessageAdded(_)) {
            return self.deliver(delivery);
        }
        match self.readings.redelivery {
            Redelivery::Never => {}
            Redelivery::AtOnce => self.deliver(delivery.clone()),
            Redelivery::HoursLater => {
                let mut again = delivery.clone();
                again.params.insert("RetryCount".into(), "1".into());
                self.deliver_later(REDELIVERED_AFTER, again);
            }
        }
        match self.readings.delivery_order {
            DeliveryOrder::AsWritten => self.deliver(delivery),
            DeliveryOrder::Swapped => self.deliver_swapped(Queue::Messages, delivery),
        }
    }

    fn delivery(&self, conversation_sid: &str, webhook: &Webhook, hook: &Hook) -> Option<Delivery> {
        let configuration = &webhook.configuration;
        if !hears(webhook, hook) {
            return None;
        }
        let url = match webhook.target.as_str() {
            "studio" => studio_url(&self.account_sid, configuration.flow_sid.as_deref()?),
            _ => configuration.url.clone()?,
        };
        let mut params = vec![
            ("EventType", hook.name().to_owned()),
            ("ConversationSid", conversation_sid.to_owned()),
            ("AccountSid", self.account_sid.clone()),
            ("ChatServiceSid", self.chat_service_sid.clone()),
            ("WebhookSid", webhook.sid.clone()),
            ("RetryCount", "0".to_owned()),
        ];
        params.extend(hook.params());
        if let Hook::MessageAdded(message) = hook {
            self.adapt_message(message, &mut params);
        }
        Some(Delivery {
            url,
            method: configuration
                .method
                .clone()
                .unwrap_or_else(|| "POST".into()),
            params: params
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            patience: PATIENCE,
        })
    }
}

impl World {
    /// Changes the parameters of a message webhook as the readings say.
    fn adapt_message(&self, message: &Message, params: &mut Vec<(&'static str, String)>) {
        let readings = &self.readings;
        let no_index = match readings.message_index {
            MessageIndex::Sent => false,
            MessageIndex::MissingForSms => message.source == Source::Sms,
            MessageIndex::Missing => true,
        };
        let no_participant = readings.message_participant == MessageParticipant::Missing;
        params.retain(|(name, _)| match *name {
            "Index" => !no_index,
            "ParticipantSid" => !no_participant,
            _ => true,
        });
        if readings.message_author == MessageAuthor::ParticipantSid {
            let author = params.iter_mut().find(|(name, _)| *name == "Author");
            if let (Some((_, author)), Some(sid)) = (author, &message.participant_sid) {
                author.clone_from(sid);
            }
        }
    }
}

impl Hook {
    fn name(&self) -> &'static str {
        match self {
            Self::MessageAdded(_) => "onMessageAdded",
            Self::MessageUpdated(_) => "onMessageUpdated",
            Self::MessageRemoved(_) => "onMessageRemoved",
            Self::ParticipantAdded(_) => "onParticipantAdded",
            Self::ParticipantUpdated(_) => "onParticipantUpdated",
            Self::ParticipantRemoved(_) => "onParticipantRemoved",
            Self::ConversationUpdated => "onConversationUpdated",
            Self::ConversationRemoved => "onConversationRemoved",
            Self::StateUpdated { .. } => "onConversationStateUpdated",
        }
    }

    fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::MessageAdded(message)
            | Self::MessageUpdated(message)
            | Self::MessageRemoved(message) => {
                let mut params = vec![
                    ("MessageSid", message.sid.clone()),
                    ("Index", message.index.to_string()),
                    ("Author", message.author.clone()),
                    ("Source", message.source.name().to_owned()),
                    ("Body", message.body.clone()),
                    ("Attributes", message.attributes.clone()),
                    ("DateCreated", iso_millis(message.date_created)),
                ];
                params.extend(
                    message
                        .participant_sid
                        .clone()
                        .map(|sid| ("ParticipantSid", sid)),
                );
                if !message.media.is_empty() {
                    params.push(("Media", media_json(&message.media)));
                }
                params
            }
            Self::ParticipantAdded(participant)
            | Self::ParticipantUpdated(participant)
            | Self::ParticipantRemoved(participant) => {
                let mut params = vec![("ParticipantSid", participant.sid.clone())];
                params.extend(
                    participant
                        .identity
                        .clone()
                        .map(|identity| ("Identity", identity)),
                );
                params
            }
            Self::ConversationUpdated | Self::ConversationRemoved => Vec::new(),
            Self::StateUpdated { from, to, reason } => vec![
                ("StateFrom", from.name().to_owned()),
                ("StateTo", to.name().to_owned()),
                ("Reason", (*reason).to_owned()),
            ],
        }
    }
}

/// Writes attached files as the parameter `Media` carries them.
fn media_json(media: &[Media]) -> String {
    let shown = media.iter().map(|media| {
        json!({
            "Sid": media.sid,
            "Filename": media.filename,
            "ContentType": media.content_type,
            "Size": media.size,
        })
    });
    Value::Array(shown.collect()).to_string()
}

fn hears(webhook: &Webhook, hook: &Hook) -> bool {
    let asked = |name: &str| {
        webhook
            .configuration
            .filters
            .as_ref()
            .is_some_and(|filters| filters.iter().any(|filter| filter == name))
    };
    match webhook.target.as_str() {
        "studio" => matches!(hook, Hook::MessageAdded(_)),
        "trigger" => match hook {
            Hook::MessageAdded(message) => {
                webhook
                    .configuration
                    .triggers
                    .as_ref()
                    .is_some_and(|triggers| {
                        triggers
                            .iter()
                            .any(|word| message.body.contains(word.as_str()))
                    })
            }
            _ => false,
        },
        _ => asked(hook.name()),
    }
}

fn studio_url(account_sid: &str, flow_sid: &str) -> String {
    format!("https://webhooks.twilio.com/v1/Accounts/{account_sid}/Flows/{flow_sid}")
}
