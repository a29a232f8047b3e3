use crate::sid::{ConversationSid, MessageSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

use super::list_messages::RawMessage;
use super::Message;

/// Reads one message.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-message-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchMessage {
    pub conversation: ConversationSid,
    pub message: MessageSid,
}

impl Call for FetchMessage {
    type Answer = Message;

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.conversation).part("Messages");
        Http::get(uri.id(&self.message))
    }

    fn read(&self, body: Body<'_>) -> Result<Message, Unreadable> {
        body.parse::<RawMessage>().map(Message::from)
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            conversation: ConversationSid::example(),
            message: MessageSid::example(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};
    use serde_json::json;

    #[test]
    fn the_message_is_fetched_and_read() {
        let call = example::<FetchMessage>();
        assert_eq!(
            request(&call),
            json!({
                "method": "get",
                "uri": "https://conversations.twilio.com/v1/Conversations/CH…/Messages/IM…",
            })
        );
        let message = answer(
            &call,
            &json!({ "index": 3, "sid": sid("IM"), "author": "ada" }),
        );
        assert_eq!((message.index, message.author.as_str()), (3, "ada"));
    }
}
