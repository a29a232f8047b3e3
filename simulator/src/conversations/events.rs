//! The events of a conversation, and the webhook requests about them. `crate::gate::webhook_sender` sends those.

use std::time::Duration;

use serde_json::{json, Value};

use super::{Conversation, ConversationState, Media, Message, Participant, Source, Webhook};
use crate::event_streams::StreamEvent;
use crate::readings::{
    DeliveryOrder, MessageAuthor, MessageIndex, MessageParticipant, Redelivery, Replay,
    StateWebhook,
};
use crate::world::clock::iso_millis;
use crate::world::deliveries::{Delivery, DeliveryQueue};
use crate::world::World;

/// The time for which Conversations waits for a webhook's response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The delay of a repeated request, under one of the readings.
const REDELIVERY_DELAY: Duration = Duration::from_secs(3 * 3600);

/// The name of a change of state in Event Streams.
const STATE_UPDATED: &str = "com.twilio.conversations.conversation-state.updated";

/// An event of a conversation that webhooks can receive.
#[derive(Debug, Clone)]
pub enum ConversationEvent {
    MessageAdded(Message),
    MessageUpdated(Message),
    MessageRemoved(Message),
    ParticipantAdded(Participant),
    ParticipantUpdated(Participant),
    ParticipantRemoved(Participant),
    ConversationUpdated,
    ConversationRemoved,
    StateUpdated {
        from: ConversationState,
        to: ConversationState,
        /// `API`, `TIMER` or `EVENT`.
        reason: &'static str,
    },
}

impl World {
    /// Queues a request to every webhook of the conversation that selects the event.
    pub(super) fn fire(&mut self, conversation_sid: &str, event: &ConversationEvent) {
        if !self.is_enabled(event) {
            return;
        }
        let Ok(conversation) = self.conversation(conversation_sid) else {
            return;
        };
        let due: Vec<Delivery> = conversation
            .webhooks
            .iter()
            .filter_map(|webhook| self.delivery(conversation, webhook, event))
            .collect();
        for delivery in due {
            self.deliver_event(delivery, event);
        }
    }

    /// Returns true if the readings let webhooks receive the event at all.
    fn is_enabled(&self, event: &ConversationEvent) -> bool {
        match (event, self.readings.state_webhook) {
            (ConversationEvent::StateUpdated { reason, .. }, StateWebhook::TimerOnly) => {
                *reason == "TIMER"
            }
            (ConversationEvent::StateUpdated { .. }, StateWebhook::Never) => false,
            _ => true,
        }
    }

    /// Replays the messages from index `after` on to a new webhook, as the reading says.
    pub(super) fn replay(&mut self, conversation_sid: &str, webhook: &Webhook, after: i64) {
        let first = match self.readings.replay {
            Replay::Inclusive => after,
            Replay::Exclusive => after.saturating_add(1),
            Replay::None => return,
        };
        let Ok(conversation) = self.conversation(conversation_sid) else {
            return;
        };
        let due: Vec<(Delivery, ConversationEvent)> = conversation
            .messages
            .iter()
            .filter(|message| i64::from(message.index) >= first)
            .filter_map(|message| {
                let event = ConversationEvent::MessageAdded(message.clone());
                let delivery = self.delivery(conversation, webhook, &event)?;
                Some((delivery, event))
            })
            .collect();
        for (delivery, event) in due {
            self.deliver_event(delivery, &event);
        }
    }

    /// Queues a request, with the order and repetition that the readings set for message webhooks.
    fn deliver_event(&mut self, delivery: Delivery, event: &ConversationEvent) {
        if !matches!(event, ConversationEvent::MessageAdded(_)) {
            return self.deliver(delivery);
        }
        match self.readings.redelivery {
            Redelivery::Never => {}
            Redelivery::AtOnce => self.deliver(delivery.clone()),
            Redelivery::HoursLater => {
                let mut again = delivery.clone();
                again.params.insert("RetryCount".into(), "1".into());
                self.deliver_later(REDELIVERY_DELAY, again);
            }
        }
        match self.readings.delivery_order {
            DeliveryOrder::AsWritten => self.deliver(delivery),
            DeliveryOrder::Swapped => self.deliver_swapped(DeliveryQueue::Messages, delivery),
        }
    }

    fn delivery(
        &self,
        conversation: &Conversation,
        webhook: &Webhook,
        event: &ConversationEvent,
    ) -> Option<Delivery> {
        let configuration = &webhook.configuration;
        if !selects(webhook, event) {
            return None;
        }
        let url = match webhook.target.as_str() {
            "studio" => studio_url(&self.account_sid, configuration.flow_sid.as_deref()?),
            _ => configuration.url.clone()?,
        };
        let mut params = vec![
            ("EventType", event.name().to_owned()),
            ("ConversationSid", conversation.sid.clone()),
            ("AccountSid", self.account_sid.clone()),
            ("ChatServiceSid", self.chat_service_sid.clone()),
            ("WebhookSid", webhook.sid.clone()),
            ("RetryCount", "0".to_owned()),
        ];
        params.extend(event.params());
        if let ConversationEvent::MessageAdded(message) = event {
            if message.source.is_messaging() {
                let service = conversation.messaging_service_sid.clone();
                params.push(("MessagingServiceSid", service));
            }
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
            events: None,
            response_timeout: RESPONSE_TIMEOUT,
        })
    }
}

impl World {
    /// Sends a change of a conversation's state to Event Streams, which receives each, whoever asked for webhooks.
    pub(super) fn stream_state(
        &mut self,
        conversation: &Conversation,
        from: ConversationState,
        reason: &'static str,
    ) {
        if from == conversation.state || !self.is_streamed(STATE_UPDATED) {
            return;
        }
        let event = StreamEvent {
            sid: self.sids.next("EV"),
            kind: STATE_UPDATED.into(),
            source: format!("/v1/Conversations/{}", conversation.sid),
            data: json!({
                "AccountSid": self.account_sid,
                "ChatServiceSid": self.chat_service_sid,
                "ConversationSid": conversation.sid,
                "MessagingServiceSid": conversation.messaging_service_sid,
                "StateUpdated": iso_millis(self.now()),
                "StateFrom": from.name(),
                "StateTo": conversation.state.name(),
                "Reason": reason,
            }),
        };
        self.stream(&event);
    }

    /// Changes the parameters of a message webhook according to the readings.
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

impl ConversationEvent {
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
                if message.source == Source::Sdk {
                    params.push(("ClientIdentity", message.author.clone()));
                }
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

/// Returns attached files in the form of the parameter `Media`.
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

fn selects(webhook: &Webhook, event: &ConversationEvent) -> bool {
    let asked = |name: &str| {
        webhook
            .configuration
            .filters
            .as_ref()
            .is_some_and(|filters| filters.iter().any(|filter| filter == name))
    };
    match webhook.target.as_str() {
        "studio" => matches!(event, ConversationEvent::MessageAdded(_)),
        "trigger" => match event {
            ConversationEvent::MessageAdded(message) => webhook
                .configuration
                .triggers
                .as_ref()
                .is_some_and(|triggers| {
                    triggers
                        .iter()
                        .any(|word| message.body.contains(word.as_str()))
                }),
            _ => false,
        },
        _ => asked(event.name()),
    }
}

fn studio_url(account_sid: &str, flow_sid: &str) -> String {
    format!("https://webhooks.twilio.com/v1/Accounts/{account_sid}/Flows/{flow_sid}")
}
