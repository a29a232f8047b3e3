use serde_json::json;

use crate::sid::{ConversationSid, WebhookSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

/// Changes the address that a webhook calls.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateWebhook {
    /// The conversation.
    pub conversation: ConversationSid,
    /// The webhook.
    pub webhook: WebhookSid,
    /// The new address, 512 characters at most.
    pub url: String,
}

impl Call for UpdateWebhook {
    type Answer = ();
    answers_as!(UpdateWebhook);

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.conversation);
        let data = json!({ "Configuration.Url": self.url });
        Http::post(uri.part("Webhooks").id(&self.webhook), data)
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }
}
