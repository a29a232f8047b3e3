use crate::sid::{ConversationParticipantSid, ConversationSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{Call, Failure};

/// Deletes a participant of a conversation.
///
/// An agent must not be a participant when they accept a task of the conversation: Twilio would cancel the reservation
/// (50433).
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-participant-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RemoveChatParticipant {
    pub conversation: ConversationSid,
    pub participant: ConversationParticipantSid,
}

impl Call for RemoveChatParticipant {
    type Answer = ();

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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            conversation: ConversationSid::example(),
            participant: ConversationParticipantSid::example(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};
    use serde_json::json;

    #[test]
    fn the_participant_is_deleted() {
        let call = example::<RemoveChatParticipant>();
        assert_eq!(
            request(&call),
            json!({
                "method": "delete",
                "uri": "https://conversations.twilio.com/v1/Conversations/CH…/Participants/MB…",
            })
        );
        answer(&call, &json!(null));
    }

    #[test]
    fn a_missing_participant_counts_as_deleted() {
        let call = example::<RemoveChatParticipant>();
        assert_eq!(call.done_already(&Failure::NotFound), Some(()));
        assert_eq!(call.done_already(&Failure::Unavailable), None);
    }
}
