use serde::Deserialize;
use serde_json::json;

use crate::sid::{ParticipantSid, TaskSid, WorkerSid};
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::Call;

use super::ChannelRef;

/// Reads the participants of an interaction channel.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/interaction-channel-participants>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListParticipants(pub ChannelRef);

/// A participant of an interaction channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Participant {
    pub sid: ParticipantSid,
    /// True for the contact centre's people: agents and supervisors.
    pub internal: bool,
    /// The worker, if Twilio names one.
    pub worker: Option<WorkerSid>,
    /// The worker's task, if Twilio names one.
    pub task: Option<TaskSid>,
}

impl Call for ListParticipants {
    type Answer = Vec<Participant>;

    fn http(&self, _: &Access) -> Http {
        Http::get(self.0.uri().part("Participants")).with_query(json!({ "PageSize": 1_000 }))
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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(crate::twilio::testing::channel())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request, respond};
    use crate::twilio::Failure;

    #[test]
    fn the_participants_are_listed() {
        assert_eq!(
            request(&example::<ListParticipants>()),
            json!({
                "method": "get",
                "uri": "https://flex-api.twilio.com/v1/Interactions/KD…/Channels/UO…/Participants",
                "params": { "PageSize": 1_000 },
            })
        );
    }

    #[test]
    fn a_participant_without_routing_properties_is_read() {
        let body = json!({ "participants": [
            { "sid": sid("UT"), "type": "customer", "routing_properties": null },
            { "sid": sid("UT"), "type": "agent", "routing_properties": { "worker_sid": sid("WK") } },
            { "sid": sid("UT"), "type": "external" },
        ] });
        let read = answer(&example::<ListParticipants>(), &body);
        let internal: Vec<bool> = read.iter().map(|one| one.internal).collect();
        assert_eq!(internal, [false, true, false]);
        let worker = read.iter().find_map(|one| one.worker.clone());
        assert_eq!(worker, Some(WorkerSid::example()));
    }

    #[test]
    fn an_error_names_the_missing_field() {
        let body = json!({ "participants": [{ "sid": sid("UT") }] });
        let field = "participants[0].type".into();
        let read = respond(&example::<ListParticipants>(), 200, &body);
        assert_eq!(read, Err(Failure::UnreadableResponse { field }));
    }
}
