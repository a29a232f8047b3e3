use crate::sid::{ConversationSid, WebhookSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{Call, Failure};

/// Deletes a webhook of one conversation.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeleteWebhook {
    pub conversation: ConversationSid,
    pub webhook: WebhookSid,
}

impl Call for DeleteWebhook {
    type Answer = ();

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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            conversation: ConversationSid::example(),
            webhook: WebhookSid::example(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};
    use serde_json::json;

    #[test]
    fn the_webhook_is_deleted() {
        let call = example::<DeleteWebhook>();
        assert_eq!(
            request(&call),
            json!({
                "method": "delete",
                "uri": "https://conversations.twilio.com/v1/Conversations/CH…/Webhooks/WH…",
            })
        );
        answer(&call, &json!(null));
    }

    #[test]
    fn a_missing_webhook_counts_as_deleted() {
        let call = example::<DeleteWebhook>();
        assert_eq!(call.done_already(&Failure::NotFound), Some(()));
        assert_eq!(call.done_already(&Failure::Unavailable), None);
    }
}
