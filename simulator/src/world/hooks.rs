//! Which webhooks hear of what, and with which parameters. Sending is the work of `crate::webhooks`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::clock::iso_millis;
use super::conversations::{Message, Participant, State, Webhook};
use super::World;

/// How long Conversations waits for a webhook's answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Something that a webhook can hear of.
#[derive(Debug, Clone)]
pub enum Hook {
    /// A message was added.
    MessageAdded(Message),
    /// Somebody joined.
    ParticipantAdded(Participant),
    /// Somebody left.
    ParticipantRemoved(Participant),
    /// The conversation changed.
    ConversationUpdated,
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
        let Ok(conversation) = self.conversation(conversation_sid) else {
            return;
        };
        let due: Vec<Delivery> = conversation
            .webhooks
            .iter()
            .filter_map(|webhook| self.delivery(conversation_sid, webhook, hook))
            .collect();
        for delivery in due {
            self.deliver(delivery);
        }
    }

    /// Tells one webhook of every message whose index is above `after`.
    pub(super) fn replay(&mut self, conversation_sid: &str, webhook: &Webhook, after: i64) {
        let Ok(conversation) = self.conversation(conversation_sid) else {
            return;
        };
        let due: Vec<Delivery> = conversation
            .messages
            .iter()
            .filter(|message| i64::from(message.index) > after)
            .filter_map(|message| {
                self.delivery(
                    conversation_sid,
                    webhook,
                    &Hook::MessageAdded(message.clone()),
                )
            })
            .collect();
        for delivery in due {
            self.deliver(delivery);
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

impl Hook {
    fn name(&self) -> &'static str {
        match self {
            Self::MessageAdded(_) => "onMessageAdded",
            Self::ParticipantAdded(_) => "onParticipantAdded",
            Self::ParticipantRemoved(_) => "onParticipantRemoved",
            Self::ConversationUpdated => "onConversationUpdated",
            Self::StateUpdated { .. } => "onConversationStateUpdated",
        }
    }

    fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::MessageAdded(message) => {
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
                params
            }
            Self::ParticipantAdded(participant) | Self::ParticipantRemoved(participant) => {
                let mut params = vec![("ParticipantSid", participant.sid.clone())];
                params.extend(
                    participant
                        .identity
                        .clone()
                        .map(|identity| ("Identity", identity)),
                );
                params
            }
            Self::ConversationUpdated => Vec::new(),
            Self::StateUpdated { from, to, reason } => vec![
                ("StateFrom", from.name().to_owned()),
                ("StateTo", to.name().to_owned()),
                ("Reason", (*reason).to_owned()),
            ],
        }
    }
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
