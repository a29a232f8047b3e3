use crate::sid::{ConversationSid, WebhookSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call, Failure};

/// Disarms a webhook of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeleteWebhook {
    /// The conversation.
    pub conversation: ConversationSid,
    /// The webhook.
    pub webhook: WebhookSid,
}

impl Call for DeleteWebhook {
    type Answer = ();
    answers_as!(DeleteWebhook);

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.conversation);
        Http::delete(uri.part("Webhooks").id(&self.webhook))
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    fn done_already(&self, failure: &Failure) -> Option<()> {
        (*failure == Failure::NotFound).then_some(())
    }
}
