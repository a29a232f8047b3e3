//! Which webhooks hear of what, and with which parameters. Sending is the work of `crate::webhooks`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::clock::iso_millis;
use super::conversations::{Message, Participant, State};
use super::error::{Error, Result};
use super::sids::Sid;
use super::World;

const MAX_URL: usize = 512;
/// How long Conversations waits for a webhook's answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A webhook of one conversation.
#[derive(Debug, Clone, Serialize)]
pub struct Webhook {
    /// `WH…`
    pub sid: Sid,
    /// `webhook`, `studio` or `trigger`.
    pub target: String,
    /// Where it goes, and for what.
    pub configuration: Configuration,
    /// When it was armed.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// Where a webhook goes, and for what.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Configuration {
    /// The address for the targets `webhook` and `trigger`.
    pub url: Option<String>,
    /// `POST` or `GET`.
    pub method: Option<String>,
    /// The events for the targets `webhook` and `trigger`.
    pub filters: Option<Vec<String>>,
    /// The words for the target `trigger`.
    pub triggers: Option<Vec<String>>,
    /// The flow for the target `studio`.
    pub flow_sid: Option<Sid>,
    /// Messages after this index are replayed when the webhook is armed.
    pub replay_after: Option<i64>,
}

impl Configuration {
    /// This one with the parts of `change` that are set.
    #[must_use]
    pub fn merged(&self, change: Self) -> Self {
        let old = self.clone();
        Self {
            url: change.url.or(old.url),
            method: change.method.or(old.method),
            filters: change.filters.or(old.filters),
            triggers: change.triggers.or(old.triggers),
            flow_sid: change.flow_sid.or(old.flow_sid),
            replay_after: old.replay_after,
        }
    }
}

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

/// Checks what Twilio checks when a webhook is armed.
pub fn check(target: &str, configuration: &Configuration) -> Result<()> {
    if target == "studio" {
        return match configuration.flow_sid {
            Some(_) => Ok(()),
            None => Err(Error::Invalid {
                name: "Configuration.FlowSid",
                expected: "the flow's SID".into(),
            }),
        };
    }
    let url = configuration.url.as_deref().unwrap_or_default();
    if url.chars().count() > MAX_URL {
        return Err(Error::WebhookUrlTooLong);
    }
    let parsed = url::Url::parse(url)
        .map_err(|_| Error::WebhookUrl("expected an absolute http or https URL".into()))?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(Error::WebhookUrl(
            "expected an absolute http or https URL".into(),
        ));
    }
    let reachable = match parsed.host() {
        Some(url::Host::Domain(name)) => {
            name != "localhost" && !name.ends_with(".localhost") && name.contains('.')
        }
        Some(url::Host::Ipv4(ip)) => !ip.is_loopback() && !ip.is_private() && !ip.is_unspecified(),
        Some(url::Host::Ipv6(ip)) => !ip.is_loopback() && !ip.is_unspecified(),
        None => false,
    };
    if reachable {
        Ok(())
    } else {
        Err(Error::WebhookUrl(
            "expected a host that can be reached from the internet".into(),
        ))
    }
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
