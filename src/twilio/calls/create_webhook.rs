use serde::Deserialize;
use serde_json::{json, Value};

use crate::sid::{ConversationSid, WebhookSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, AnyAnswer, AnyCall, Call};

use super::{ListWebhooks, Target};

/// Arms a webhook of one conversation.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreateWebhook {
    /// The conversation.
    pub conversation: ConversationSid,
    /// What it calls.
    pub target: Target,
    /// Of what it hears, if its target is an address. A flow hears of added messages, and of nothing else.
    pub hears: Hears,
    /// The index of a message: Twilio tells the webhook of that message and of those after it, or of those after it only (which
    /// of the two is documented in two ways).
    pub replay_after: Option<u32>,
}

/// Of what a webhook hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hears {
    /// Added messages, and changes of the conversation's state.
    MessagesAndState,
    /// Changes of the conversation's state only.
    State,
}

impl Hears {
    fn filters(self) -> &'static [&'static str] {
        match self {
            Self::MessagesAndState => &["onMessageAdded", "onConversationStateUpdated"],
            Self::State => &["onConversationStateUpdated"],
        }
    }
}

impl Call for CreateWebhook {
    type Answer = WebhookSid;
    answers_as!(CreateWebhook);

    fn http(&self, _: &Access) -> Http {
        let mut data = match &self.target {
            Target::Url(url) => json!({
                "Target": "webhook",
                "Configuration.Url": url,
                "Configuration.Method": "POST",
                "Configuration.Filters": self.hears.filters(),
            }),
            Target::Flow(flow) => json!({
                "Target": "studio",
                "Configuration.FlowSid": flow,
            }),
        };
        if let (Some(index), Value::Object(data)) = (self.replay_after, &mut data) {
            data.insert("Configuration.ReplayAfter".into(), index.into());
        }
        Http::post(
            Uri::conversations().id(&self.conversation).part("Webhooks"),
            data,
        )
    }

    fn read(&self, body: Body<'_>) -> Result<WebhookSid, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            sid: WebhookSid,
        }

        body.parse::<Raw>().map(|raw| raw.sid)
    }

    fn read_back(&self) -> Option<AnyCall> {
        Some(ListWebhooks(self.conversation.clone()).into())
    }

    fn adopt(&self, read: &AnyAnswer) -> Option<WebhookSid> {
        let armed = ListWebhooks::answer(read)?;
        armed
            .iter()
            .find(|webhook| webhook.target.as_ref() == Some(&self.target))
            .map(|webhook| webhook.sid.clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;
    use crate::sid::{example as sid, FlowSid};
    use crate::twilio::http::tests::access;
    use serde_json::value::to_raw_value;

    #[test]
    fn a_webhook_is_armed_and_read_back_by_its_target() {
        for (target, hears, sent, held) in [
            (
                Target::Flow(FlowSid::example()),
                Hears::MessagesAndState,
                json!({
                    "Target": "studio", "Configuration.FlowSid": sid("FW"),
                    "Configuration.ReplayAfter": 4,
                }),
                json!({ "flow_sid": sid("FW") }),
            ),
            (
                Target::Url("https://example.com".into()),
                Hears::State,
                json!({
                    "Target": "webhook", "Configuration.Url": "https://example.com",
                    "Configuration.Method": "POST",
                    "Configuration.Filters": ["onConversationStateUpdated"],
                    "Configuration.ReplayAfter": 4,
                }),
                json!({ "url": "https://example.com", "method": "POST" }),
            ),
        ] {
            let call = CreateWebhook {
                conversation: ConversationSid::example(),
                target,
                hears,
                replay_after: Some(4),
            };
            assert_eq!(call.http(&access()).data, Some(sent));
            let json = json!({ "webhooks": [{ "sid": sid("WH"), "configuration": held }] });
            let json = to_raw_value(&json).unwrap();
            let read = call.read_back().unwrap().read(200, Body::new(Some(&json)));
            assert_eq!(call.adopt(&read.unwrap()), Some(WebhookSid::example()));
        }
    }
}
