//! Reads the answers of the Functions.
//!
//! The shared types write them. serde's `Deserialize` for the same types would cost the plugin a third of its Wasm for twenty
//! names, so the readers are made from the tables of names. A test compares the two.

use super::json::{Field, Json, MalformedField};
use crate::refusal::refusals;
use crate::reply::{AgentRoom, Refusal, Reply, Sees, TeamAgent};
use crate::sid::{WebhookSid, WorkerSid};
use crate::stored::ReadFrom;

/// Reads the body of an answer.
pub fn read(body: &Json) -> Result<Reply, MalformedField> {
    let body = Field::root("", body);
    let outcome = body.at("outcome");
    match outcome.text()?.unwrap_or_default() {
        "parked" => Ok(Reply::Parked {
            webhook_sid: body.at("webhookSid").optional_sid(WebhookSid::parse)?,
            until: body.at("until").integer((0, u32::MAX))?,
            keep_time: body.at("keepTime").flag()?.unwrap_or_default(),
        }),
        "team" => Ok(Reply::Team {
            sees: sees(&body.at("sees"))?,
            agents: each(&body.at("agents"), agent)?,
            next: body.at("next").text()?.map(Into::into),
        }),
        "room" => Ok(Reply::Room {
            rooms: each(&body.at("rooms"), room)?,
        }),
        "refused" => Ok(Reply::Refused {
            refusal: refusal(&body.at("refusal"))?,
            message: String::read(&body.at("message"))?,
        }),
        name => Reply::without_data(name)
            .ok_or_else(|| outcome.malformed("an outcome of the functions")),
    }
}

fn sees(field: &Field<'_>) -> Result<Sees, MalformedField> {
    Sees::parse(field.text()?.unwrap_or_default()).ok_or_else(|| field.malformed("`all` or `team`"))
}

/// Reads each item of a list.
fn each<T>(
    field: &Field<'_>,
    read: fn(&Field<'_>) -> Result<T, MalformedField>,
) -> Result<Vec<T>, MalformedField> {
    field.items()?.iter().map(read).collect()
}

fn agent(field: &Field<'_>) -> Result<TeamAgent, MalformedField> {
    Ok(TeamAgent {
        worker_sid: field.at("workerSid").sid(WorkerSid::parse)?,
        name: String::read(&field.at("name"))?,
        team: String::read(&field.at("team"))?,
        is_mine: field.at("isMine").flag()?.unwrap_or_default(),
        activity: String::read(&field.at("activity"))?,
        is_available: field.at("isAvailable").flag()?.unwrap_or_default(),
    })
}

fn room(field: &Field<'_>) -> Result<AgentRoom, MalformedField> {
    Ok(AgentRoom {
        worker_sid: field.at("workerSid").sid(WorkerSid::parse)?,
        free: u32::read(&field.at("free"))?,
        capacity: u32::read(&field.at("capacity"))?,
    })
}

/// Makes the reader of refusals from their table.
macro_rules! reader {
    ({} $(
        #[doc = $doc:literal]
        $Refusal:ident $({ $data:ident: $Type:ty $(, $more:ident: $MoreType:ty)* })? = $name:literal, $status:literal, $Notification:ident $($Kind:ident)?;
    )*) => {
        fn refusal(field: &Field<'_>) -> Result<Refusal, MalformedField> {
            let kind = field.at("kind");
            Ok(match kind.text()?.unwrap_or_default() {
                $($name => Refusal::$Refusal $({
                    $data: <$Type>::read(&field.at(stringify!($data)))?,
                    $($more: <$MoreType>::read_from(field.value()?, stringify!($more)).unwrap_or_default(),)*
                })?,)*
                _ => return Err(kind.malformed("a refusal of the functions")),
            })
        }
    };
}
refusals!(reader);

/// The data of a refusal. If it is missing, it is empty or 0.
trait Data: Sized {
    fn read(field: &Field<'_>) -> Result<Self, MalformedField>;
}

impl Data for String {
    fn read(field: &Field<'_>) -> Result<Self, MalformedField> {
        field.text().map(Option::unwrap_or_default).map(Into::into)
    }
}

impl Data for u32 {
    fn read(field: &Field<'_>) -> Result<Self, MalformedField> {
        field.integer((0, u32::MAX)).map(Option::unwrap_or_default)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::*;

    #[test]
    fn every_answer_is_read_as_it_was_written() {
        for reply in Reply::examples() {
            if matches!(reply, Reply::Reconciled { .. }) {
                // No operation of the plugin is answered with it.
                continue;
            }
            let written = serde_json::to_value(&reply).unwrap();
            assert_eq!(read(&Json::from(&written)), Ok(reply), "{written}");
        }
    }

    #[test]
    fn fields_of_a_later_version_are_ignored() {
        let body = json!({ "outcome": "routed", "success": true, "taskSid": 3 });
        assert_eq!(read(&Json::from(&body)), Ok(Reply::Routed));
    }

    #[test]
    fn anything_else_is_malformed() {
        for (body, path) in [
            (json!(null), "outcome"),
            (json!("routed"), ""),
            (json!({ "outcome": "sold" }), "outcome"),
            (json!({ "outcome": "refused" }), "refusal.kind"),
            (
                json!({ "outcome": "refused", "refusal": { "kind": "tired" } }),
                "refusal.kind",
            ),
            (
                json!({ "outcome": "parked", "webhookSid": "CH" }),
                "webhookSid",
            ),
        ] {
            assert_eq!(read(&Json::from(&body)).unwrap_err().path, path, "{body}");
        }
    }
}
