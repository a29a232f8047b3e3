use serde_json::json;

use crate::sid::{ConversationSid, WebhookSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// Changes the address of a webhook.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateWebhook {
    pub conversation: ConversationSid,
    pub webhook: WebhookSid,
    /// The new address, 512 characters at most.
    pub url: String,
}

impl Call for UpdateWebhook {
    type Answer = ();

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.conversation);
        let data = json!({ "Configuration.Url": self.url });
        Http::post(uri.part("Webhooks").id(&self.webhook), data)
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            conversation: ConversationSid::example(),
            webhook: WebhookSid::example(),
            url: "https://example.com".into(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_address_is_changed() {
        let call = example::<UpdateWebhook>();
        assert_eq!(
            request(&call),
            json!({
                "method": "post",
                "uri": "https://conversations.twilio.com/v1/Conversations/CH…/Webhooks/WH…",
                "data": { "Configuration.Url": "https://example.com" },
            })
        );
        answer(&call, &json!({ "sid": "WH" }));
    }
}
