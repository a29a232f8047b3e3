use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::sid::TaskSid;
use crate::twilio::body::{self, Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::time::Millis;
use crate::twilio::Call;

use super::ChannelRef;

/// Reads all invites that were ever created for an interaction channel, with their tasks.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/invites-subresource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListInvites(pub ChannelRef);

/// An invite that was created.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MadeInvite {
    pub task: TaskSid,
    /// The creation time of the task, to the second, if Twilio named it.
    pub created_at: Option<Millis>,
}

#[derive(Deserialize)]
struct RawInvite {
    routing: Routing,
}

#[derive(Deserialize)]
struct Routing {
    properties: Properties,
}

#[derive(Deserialize)]
struct Properties {
    sid: TaskSid,
    #[serde(default)]
    date_created: Option<u64>,
}

impl From<RawInvite> for MadeInvite {
    fn from(raw: RawInvite) -> Self {
        let task = raw.routing.properties;
        Self {
            task: task.sid,
            created_at: task
                .date_created
                .map(|seconds| seconds.saturating_mul(1_000)),
        }
    }
}

/// Reads an invite. Returns `None` if Twilio does not name its task, e.g. because the task was deleted.
pub(super) fn invite(json: &str) -> Option<MadeInvite> {
    body::parse::<RawInvite>(json).ok().map(MadeInvite::from)
}

impl Call for ListInvites {
    type Answer = Vec<MadeInvite>;

    fn http(&self, _: &Access) -> Http {
        Http::get(self.0.uri().part("Invites")).with_query(json!({ "PageSize": 1_000 }))
    }

    fn read(&self, body: Body<'_>) -> Result<Vec<MadeInvite>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            invites: Vec<Box<RawValue>>,
        }

        let raw: Raw = body.parse()?;
        Ok(raw
            .invites
            .iter()
            .filter_map(|json| invite(json.get()))
            .collect())
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
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn the_invites_are_listed() {
        assert_eq!(
            request(&example::<ListInvites>()),
            json!({
                "method": "get",
                "uri": "https://flex-api.twilio.com/v1/Interactions/KD…/Channels/UO…/Invites",
                "params": { "PageSize": 1_000 },
            })
        );
    }

    #[test]
    fn invites_with_a_task_are_read() {
        let invite =
            |properties| json!({ "sid": sid("KG"), "routing": { "properties": properties } });
        let body = json!({ "invites": [
            invite(json!({ "sid": sid("WT"), "date_created": 1_500_000_000 })),
            invite(json!({ "sid": sid("WT") })),
            invite(json!({})),
            { "sid": sid("KG"), "routing": null },
        ] });
        let created: Vec<_> = answer(&example::<ListInvites>(), &body)
            .iter()
            .map(|made| made.created_at)
            .collect();
        assert_eq!(created, [Some(1_500_000_000_000), None]);
    }
}
