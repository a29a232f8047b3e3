use serde_json::json;

use crate::sid::ParticipantSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::Call;

use super::ChannelRef;

/// Closes an agent's participant of an interaction channel, which completes the agent's task. The conversation stays
/// active.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/park-an-interaction>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CloseParticipant {
    pub channel: ChannelRef,
    /// The agent's participant.
    pub participant: ParticipantSid,
}

impl Call for CloseParticipant {
    type Answer = ();

    fn http(&self, _: &Access) -> Http {
        let uri = self.channel.uri().part("Participants");
        Http::post(uri.id(&self.participant), json!({ "Status": "closed" }))
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self {
            channel: crate::twilio::testing::channel(),
            participant: ParticipantSid::example(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_participant_is_closed() {
        let call = example::<CloseParticipant>();
        assert_eq!(
            request(&call),
            json!({
                "method": "post",
                "uri": "https://flex-api.twilio.com/v1/Interactions/KD…/Channels/UO…/Participants/UT…",
                "data": { "Status": "closed" },
            })
        );
        answer(&call, &json!({ "sid": "UT", "type": "agent" }));
    }
}
