use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::sid::TaskSid;
use crate::twilio::body::{self, Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::time::Millis;
use crate::twilio::{answers_as, Call};

use super::ChannelRef;

/// Reads the invites that were ever made for an interaction channel, and their tasks.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/invites-subresource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListInvites(pub ChannelRef);

/// An invite that was made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MadeInvite {
    /// Its task.
    pub task: TaskSid,
    /// When the task was made, to the second; absent where Twilio does not say.
    pub at: Option<Millis>,
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
            at: task
                .date_created
                .map(|seconds| seconds.saturating_mul(1_000)),
        }
    }
}

/// Reads an invite. `None`: its task is not named, because it was removed since.
pub(super) fn invite(json: &str) -> Option<MadeInvite> {
    body::parse::<RawInvite>(json).ok().map(MadeInvite::from)
}

impl Call for ListInvites {
    type Answer = Vec<MadeInvite>;
    answers_as!(ListInvites);

    fn http(&self, _: &Access) -> Http {
        Http::get(self.0.uri().part("Invites")).query(json!({ "PageSize": 1_000 }))
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
}
