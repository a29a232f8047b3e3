//! The webhooks of a conversation: their targets and their validation.

use jiff::Timestamp;
use serde::Serialize;

use super::ConversationState;
use crate::readings::number;
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The maximum number of webhooks of one conversation.
const MAX_WEBHOOKS: usize = 5;
const MAX_URL: usize = 512;

/// A webhook of one conversation.
#[derive(Debug, Clone, Serialize)]
pub struct Webhook {
    /// `WH…`
    pub sid: Sid,
    /// `webhook`, `studio` or `trigger`.
    pub target: String,
    pub configuration: WebhookConfiguration,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

/// The details of a webhook's target.
#[derive(Debug, Clone, Default, Serialize)]
pub struct WebhookConfiguration {
    /// The URL, for the targets `webhook` and `trigger`.
    pub url: Option<String>,
    /// `POST` or `GET`.
    pub method: Option<String>,
    /// The events for the targets `webhook` and `trigger`.
    pub filters: Option<Vec<String>>,
    /// The trigger words, for the target `trigger`.
    pub triggers: Option<Vec<String>>,
    /// The Studio flow, for the target `studio`.
    pub flow_sid: Option<Sid>,
    /// The index after which messages are replayed when the webhook is created.
    pub replay_after: Option<i64>,
}

impl WebhookConfiguration {
    /// Returns a copy with the fields of `change` that are set.
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

/// The events that a webhook of one conversation can select.
///
/// Source: <https://www.twilio.com/docs/conversations/conversations-webhooks>.
const FILTERS: [&str; 10] = [
    "onMessageAdded",
    "onMessageUpdated",
    "onMessageRemoved",
    "onConversationUpdated",
    "onConversationRemoved",
    "onConversationStateUpdated",
    "onParticipantAdded",
    "onParticipantUpdated",
    "onParticipantRemoved",
    "onDeliveryUpdated",
];

impl World {
    /// Returns the webhook with this SID of a conversation.
    pub fn webhook(&self, conversation: &str, sid: &str) -> Result<&Webhook> {
        let webhooks = &self.conversation(conversation)?.webhooks;
        let found = webhooks.iter().find(|webhook| webhook.sid == sid);
        found.ok_or_else(|| self.no_webhook(sid))
    }

    fn no_webhook(&self, sid: &str) -> Error {
        Error::WebhookNotFound {
            sid: sid.to_owned(),
            code: number(self.readings.missing_webhook_code.name(), 20_404),
        }
    }

    /// Creates a webhook of one conversation, and replays to it the messages after `replay_after`.
    pub fn add_webhook(
        &mut self,
        conversation: &str,
        target: &str,
        configuration: WebhookConfiguration,
    ) -> Result<Webhook> {
        let found = self.conversation(conversation)?;
        let sid = found.sid.clone();
        if found.state == ConversationState::Closed {
            return Err(self.closed());
        }
        if found.webhooks.len() >= MAX_WEBHOOKS {
            return Err(Error::TooManyWebhooks);
        }
        check(target, &configuration)?;
        let now = self.now();
        let webhook = Webhook {
            sid: self.sids.next("WH"),
            target: target.into(),
            configuration,
            date_created: now,
            date_updated: now,
        };
        self.conversation_mut(&sid)?.webhooks.push(webhook.clone());
        if let Some(after) = webhook.configuration.replay_after {
            self.replay(&sid, &webhook, after);
        }
        Ok(webhook)
    }

    /// Changes a webhook of one conversation: only the fields of `change` that are set.
    pub fn update_webhook(
        &mut self,
        conversation: &str,
        webhook_sid: &str,
        change: WebhookConfiguration,
    ) -> Result<Webhook> {
        let mut webhook = self.webhook(conversation, webhook_sid)?.clone();
        webhook.configuration = webhook.configuration.merged(change);
        check(&webhook.target, &webhook.configuration)?;
        webhook.date_updated = self.now();
        let sid = self.conversation(conversation)?.sid.clone();
        let webhooks = &mut self.conversation_mut(&sid)?.webhooks;
        if let Some(own) = webhooks.iter_mut().find(|own| own.sid == webhook_sid) {
            own.clone_from(&webhook);
        }
        Ok(webhook)
    }

    /// Deletes a webhook of one conversation.
    pub fn remove_webhook(&mut self, conversation: &str, webhook_sid: &str) -> Result<()> {
        self.webhook(conversation, webhook_sid)?;
        let sid = self.conversation(conversation)?.sid.clone();
        let webhooks = &mut self.conversation_mut(&sid)?.webhooks;
        webhooks.retain(|webhook| webhook.sid != webhook_sid);
        Ok(())
    }
}

/// Validates a webhook as Twilio does on creation.
fn check(target: &str, configuration: &WebhookConfiguration) -> Result<()> {
    let mut filters = configuration.filters.iter().flatten();
    if let Some(unknown) = filters.find(|filter| !FILTERS.contains(&filter.as_str())) {
        return Err(Error::WebhookFilter(unknown.clone()));
    }
    if target == "webhook" && configuration.filters.is_none() {
        return Err(Error::WebhookFilterMissing);
    }
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
