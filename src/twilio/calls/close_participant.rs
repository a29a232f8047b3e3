use serde_json::json;

use crate::sid::ParticipantSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::{answers_as, Call};

use super::ChannelRef;

/// Takes an agent out of an interaction channel, which completes their task. The conversation stays active.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/park-an-interaction>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CloseParticipant {
    /// The channel.
    pub channel: ChannelRef,
    /// The agent's participant.
    pub participant: ParticipantSid,
}

impl Call for CloseParticipant {
    type Answer = ();
    answers_as!(CloseParticipant);

    fn http(&self, _: &Access) -> Http {
        let uri = self.channel.uri().part("Participants");
        Http::post(uri.id(&self.participant), json!({ "Status": "closed" }))
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }
}
