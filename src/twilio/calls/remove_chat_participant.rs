use crate::sid::{ConversationParticipantSid, ConversationSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call, Failure};

/// Takes somebody out of a conversation.
///
/// Twilio cancels the reservation of an agent who is a participant already when they accept (50433).
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-participant-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RemoveChatParticipant {
    /// The conversation.
    pub conversation: ConversationSid,
    /// The participant.
    pub participant: ConversationParticipantSid,
}

impl Call for RemoveChatParticipant {
    type Answer = ();
    answers_as!(RemoveChatParticipant);

    fn http(&self, _: &Access) -> Http {
        let uri = Uri::conversations().id(&self.conversation);
        Http::delete(uri.part("Participants").id(&self.participant))
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    fn done_already(&self, failure: &Failure) -> Option<()> {
        (*failure == Failure::NotFound).then_some(())
    }
}
