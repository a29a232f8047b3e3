use serde::Deserialize;
use serde_json::{json, Value};

use crate::sid::{ConversationSid, WebhookSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{Call, ReadBack};

use super::{ListWebhooks, Target};

/// Creates a webhook of one conversation.
///
/// An unanswered request is read back: a second one would create a second webhook.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreateWebhook {
    pub conversation: ConversationSid,
    /// The target that Twilio calls.
    pub target: Target,
    /// The events that Twilio sends to an address. To a flow it sends added messages only.
    pub events: WebhookEvents,
    /// The index of a message. Twilio sends the webhook the later messages, and perhaps that message: its documentation
    /// says both.
    pub replay_after: Option<u32>,
}

/// The events that Twilio sends to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookEvents {
    /// Added messages and changes of the conversation's state.
    MessagesAndState,
    /// Changes of the conversation's state only.
    State,
}

impl WebhookEvents {
    fn filters(self) -> &'static [&'static str] {
        match self {
            Self::MessagesAndState => &["onMessageAdded", "onConversationStateUpdated"],
            Self::State => &["onConversationStateUpdated"],
        }
    }
}

impl Call for CreateWebhook {
    type Answer = WebhookSid;

    fn http(&self, _: &Access) -> Http {
        let mut data = match &self.target {
            Target::Url(url) => json!({
                "Target": "webhook",
                "Configuration.Url": url,
                "Configuration.Method": "POST",
                "Configuration.Filters": self.events.filters(),
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

    fn read_back(&self) -> Option<ReadBack<'_, WebhookSid>> {
        let list = ListWebhooks(self.conversation.clone());
        Some(ReadBack::new(list, |armed| {
            let mut armed = armed.iter();
            let same = armed.find(|webhook| webhook.target.as_ref() == Some(&self.target))?;
            Some(same.sid.clone())
        }))
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        use crate::sid::FlowSid;

        let call = |target, events| Self {
            conversation: ConversationSid::example(),
            target,
            events,
            replay_after: Some(4),
        };
        let url = Target::Url("https://example.com".into());
        vec![
            call(
                Target::Flow(FlowSid::example()),
                WebhookEvents::MessagesAndState,
            ),
            call(url.clone(), WebhookEvents::MessagesAndState),
            call(url, WebhookEvents::State),
        ]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};
    use crate::twilio::AnyAnswer;

    use super::super::ArmedWebhook;

    #[test]
    fn the_request_configures_a_flow_or_an_address() {
        let url = |filters: Value| {
            json!({
                "Target": "webhook", "Configuration.Url": "https://example.com",
                "Configuration.Method": "POST", "Configuration.Filters": filters,
                "Configuration.ReplayAfter": 4,
            })
        };
        let flow = json!({
            "Target": "studio", "Configuration.FlowSid": "FW…", "Configuration.ReplayAfter": 4,
        });
        let expected = [
            flow,
            url(json!(["onMessageAdded", "onConversationStateUpdated"])),
            url(json!(["onConversationStateUpdated"])),
        ];
        for (call, data) in CreateWebhook::examples().iter().zip(expected) {
            let uri = "https://conversations.twilio.com/v1/Conversations/CH…/Webhooks";
            let sent = json!({ "method": "post", "uri": uri, "data": data });
            assert_eq!(request(call), sent);
        }
    }

    #[test]
    fn the_sid_is_read() {
        let body = json!({ "sid": sid("WH"), "target": "webhook", "configuration": {} });
        assert_eq!(
            answer(&example::<CreateWebhook>(), &body),
            WebhookSid::example()
        );
    }

    #[test]
    fn an_unanswered_request_is_found_by_its_target() {
        for call in CreateWebhook::examples() {
            let read_back = call.read_back().unwrap();
            let listed = |target| {
                let sid = WebhookSid::example();
                read_back.adopt(&AnyAnswer::ListWebhooks(vec![ArmedWebhook { sid, target }]))
            };
            assert_eq!(
                listed(Some(call.target.clone())),
                Some(WebhookSid::example())
            );
            assert_eq!(
                listed(Some(Target::Url("https://example.org".into()))),
                None
            );
            assert_eq!(listed(None), None);
        }
    }
}
