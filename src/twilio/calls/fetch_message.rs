use crate::sid::{ConversationSid, MessageSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

use super::list_messages::RawMessage;
use super::Message;

/// Reads one message.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-message-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchMessage {
    /// The conversation.
    pub conversation: ConversationSid,
    /// The message.
    pub message: MessageSid,
}

impl Call for FetchMessage {
    type Answer = Message;
    answers_as!(FetchMessage);

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.conversation).part("Messages");
        Http::get(uri.id(&self.message))
    }

    fn read(&self, body: Body<'_>) -> Result<Message, Unreadable> {
        body.parse::<RawMessage>().map(Message::from)
    }
}
