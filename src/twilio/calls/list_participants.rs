use serde::Deserialize;
use serde_json::json;

use crate::sid::{ParticipantSid, TaskSid, WorkerSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::{answers_as, Call};

use super::ChannelRef;

/// Reads who is in an interaction channel.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/interaction-channel-participants>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListParticipants(pub ChannelRef);

/// A participant of an interaction channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Participant {
    /// Its SID.
    pub sid: ParticipantSid,
    /// Whether it is one of the contact centre's people.
    pub internal: bool,
    /// The worker, where Twilio says.
    pub worker: Option<WorkerSid>,
    /// The worker's task, where Twilio says.
    pub task: Option<TaskSid>,
}

impl Call for ListParticipants {
    type Answer = Vec<Participant>;
    answers_as!(ListParticipants);

    fn http(&self, _: &Access) -> Http {
        Http::get(self.0.uri().part("Participants")).query(json!({ "PageSize": 1_000 }))
    }

    fn read(&self, body: Body<'_>) -> Result<Vec<Participant>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            participants: Vec<RawParticipant>,
        }
        #[derive(Deserialize)]
        struct RawParticipant {
            sid: ParticipantSid,
            #[serde(rename = "type")]
            kind: String,
            #[serde(default)]
            routing_properties: Option<Routing>,
        }
        #[derive(Default, Deserialize)]
        struct Routing {
            #[serde(default)]
            worker_sid: Option<WorkerSid>,
            #[serde(default)]
            task_sid: Option<TaskSid>,
        }

        let raw: Raw = body.parse()?;
        let participants = raw.participants.into_iter().map(|raw| {
            let routing = raw.routing_properties.unwrap_or_default();
            Participant {
                sid: raw.sid,
                internal: raw.kind == "agent" || raw.kind == "supervisor",
                worker: routing.worker_sid,
                task: routing.task_sid,
            }
        });
        Ok(participants.collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;
    use crate::sid::{example as sid, ChannelSid, InteractionSid};
    use serde_json::value::to_raw_value;
    use serde_json::Value;

    fn read(body: &Value) -> Result<Vec<Participant>, Unreadable> {
        let call = ListParticipants(ChannelRef {
            interaction: InteractionSid::example(),
            channel: ChannelSid::example(),
        });
        call.read(Body::new(Some(&to_raw_value(body).unwrap())))
    }

    #[test]
    fn a_participant_without_routing_properties_is_read() {
        let seen = read(&json!({ "participants": [
            { "sid": sid("UT"), "type": "customer", "routing_properties": null },
            { "sid": sid("UT"), "type": "agent", "routing_properties": { "worker_sid": sid("WK") } },
            { "sid": sid("UT"), "type": "external" },
        ] }))
        .unwrap();
        let internal: Vec<bool> = seen.iter().map(|one| one.internal).collect();
        assert_eq!(internal, [false, true, false]);
        let worker = seen.iter().find_map(|one| one.worker.clone());
        assert_eq!(worker, Some(WorkerSid::example()));
    }

    #[test]
    fn an_answer_that_lacks_a_field_names_it() {
        let body = json!({ "participants": [{ "sid": sid("UT") }] });
        let field = read(&body).unwrap_err().field;
        assert_eq!(field, "participants[0].type");
    }
}
