use serde::Deserialize;
use serde_json::json;

use crate::sid::{ConversationSid, FlowSid, WebhookSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// The size of a page: the most that Twilio allows, and the most webhooks that a conversation may have.
const PAGE_SIZE: u32 = 5;

/// Reads a conversation's webhooks. No agent's browser can write them.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListWebhooks(pub ConversationSid);

/// A webhook of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArmedWebhook {
    pub sid: WebhookSid,
    /// The target, if it is an address or a flow.
    pub target: Option<Target>,
}

/// The target that Twilio calls.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// An address.
    Url(String),
    /// A Studio flow.
    Flow(FlowSid),
}

#[derive(Deserialize)]
pub(super) struct RawWebhook {
    sid: WebhookSid,
    #[serde(default)]
    configuration: Option<Configuration>,
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    flow_sid: Option<FlowSid>,
}

impl From<RawWebhook> for ArmedWebhook {
    fn from(raw: RawWebhook) -> Self {
        let target = raw.configuration.and_then(|configuration| {
            let flow = configuration.flow_sid.map(Target::Flow);
            flow.or(configuration.url.map(Target::Url))
        });
        Self {
            sid: raw.sid,
            target,
        }
    }
}

impl ArmedWebhook {
    /// Reads an entry of a list of webhooks.
    pub fn parse(json: &str) -> Result<Self, Unreadable> {
        crate::twilio::body::parse::<RawWebhook>(json).map(Self::from)
    }
}

impl Call for ListWebhooks {
    type Answer = Vec<ArmedWebhook>;

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.0).part("Webhooks");
        Http::get(uri).with_query(json!({ "PageSize": PAGE_SIZE }))
    }

    fn read(&self, body: Body<'_>) -> Result<Vec<ArmedWebhook>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            webhooks: Vec<RawWebhook>,
        }

        let raw: Raw = body.parse()?;
        Ok(raw.webhooks.into_iter().map(ArmedWebhook::from).collect())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(ConversationSid::example())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_webhooks_are_listed() {
        assert_eq!(
            request(&example::<ListWebhooks>()),
            json!({
                "method": "get",
                "uri": "https://conversations.twilio.com/v1/Conversations/CH…/Webhooks",
                "params": { "PageSize": 5 },
            })
        );
    }

    #[test]
    fn the_targets_are_read() {
        let webhook = |configuration| json!({ "sid": sid("WH"), "configuration": configuration });
        let body = json!({ "webhooks": [
            webhook(json!({ "url": "https://example.com", "method": "POST", "filters": [] })),
            webhook(json!({ "flow_sid": sid("FW") })),
            webhook(json!({})),
            webhook(json!(null)),
        ] });
        let read = answer(&example::<ListWebhooks>(), &body);
        let targets: Vec<_> = read.into_iter().map(|one| one.target).collect();
        let expected = [
            Some(Target::Url("https://example.com".into())),
            Some(Target::Flow(FlowSid::example())),
            None,
            None,
        ];
        assert_eq!(targets, expected);
    }
}
