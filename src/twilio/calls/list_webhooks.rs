use serde::Deserialize;
use serde_json::json;

use crate::sid::{ConversationSid, FlowSid, WebhookSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

/// Five is the most that a page holds, and that a conversation may have.
const PAGE_SIZE: u32 = 5;

/// Reads a conversation's webhooks. No agent's browser can write them.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListWebhooks(pub ConversationSid);

/// A webhook of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArmedWebhook {
    /// Its SID.
    pub sid: WebhookSid,
    /// What it calls, if that is an address or a flow.
    pub target: Option<Target>,
}

/// What a webhook calls.
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
    /// Reads a webhook as lists have it.
    pub fn parse(json: &str) -> Result<Self, Unreadable> {
        crate::twilio::body::parse::<RawWebhook>(json).map(Self::from)
    }
}

impl Call for ListWebhooks {
    type Answer = Vec<ArmedWebhook>;
    answers_as!(ListWebhooks);

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.0).part("Webhooks");
        Http::get(uri).query(json!({ "PageSize": PAGE_SIZE }))
    }

    fn read(&self, body: Body<'_>) -> Result<Vec<ArmedWebhook>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            webhooks: Vec<RawWebhook>,
        }

        let raw: Raw = body.parse()?;
        Ok(raw.webhooks.into_iter().map(ArmedWebhook::from).collect())
    }
}
