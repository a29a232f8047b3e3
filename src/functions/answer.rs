//! What Twilio's REST APIs answer to calls.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::list_item;
use crate::protocol::call::{
    ArmedWebhook, Call, Caller, Claim, Conversation, ConversationParticipant, Entry, MadeInvite,
    Message, Page, PageRef, Participant, Source, Target, Task,
};
use crate::protocol::{Answer, Failure, MessageRef};
use crate::sid::ConversationSid;

use super::http::ClaimData;

/// The statuses of a task that somebody has or is being asked to take.
const OPEN: [&str; 3] = ["pending", "reserved", "assigned"];

/// What an HTTP answer to `call` means.
pub fn read(call: &Call, status: u16, body: &Value) -> Result<Answer, Failure> {
    let code = body.get("code").and_then(Value::as_u64).unwrap_or(0);
    match status {
        200..=299 => answer(call, body).map_err(|field| match (call, field.as_str()) {
            (Call::ValidateToken, "valid") => Failure::InvalidToken,
            _ => Failure::Malformed { field },
        }),
        401 | 403 if *call == Call::ValidateToken => Err(Failure::InvalidToken),
        404 => Err(Failure::NotFound),
        409 | 412 => Err(Failure::Conflict),
        429 => Err(Failure::Throttled),
        408 | 500.. => Err(Failure::Unavailable),
        status => Err(Failure::Refused {
            status,
            code: u32::try_from(code).unwrap_or(0),
        }),
    }
}

/// Reads a successful answer. An error is the name of the field that is missing or malformed.
fn answer(call: &Call, body: &Value) -> Result<Answer, String> {
    let answered = Answered(body);
    Ok(match call {
        Call::ValidateToken => {
            if answered.required::<bool>("valid")? {
                Answer::Caller(Caller {
                    worker: answered.required("worker_sid")?,
                    roles: answered.optional("roles").unwrap_or_default(),
                })
            } else {
                return Err("valid".into());
            }
        }
        Call::FetchConversation(_) => Answer::Conversation(Conversation {
            closed: answered.required::<String>("state")? == "closed",
            attributes: answered.required("attributes")?,
        }),
        Call::ListParticipants(..) => Answer::Participants(
            answered
                .list("participants")?
                .iter()
                .map(participant)
                .collect::<Result<_, _>>()?,
        ),
        Call::Invite(_) => Answer::Invited(answered.optional("sid")),
        Call::FetchTask(_) => {
            let status: String = answered.required("assignment_status")?;
            Answer::Task(Box::new(Task {
                attributes: answered.required("attributes")?,
                workflow: answered.required("workflow_sid")?,
                queue: answered.required("task_queue_sid")?,
                queue_name: answered
                    .optional("task_queue_friendly_name")
                    .unwrap_or_default(),
                task_channel_unique_name: answered.required("task_channel_unique_name")?,
                assigned: status == "assigned",
                open: OPEN.contains(&status.as_str()),
            }))
        }
        Call::ListInvites(..) => Answer::Invites(
            answered
                .list("invites")?
                .iter()
                .filter_map(made_invite)
                .collect(),
        ),
        Call::ListWebhooks(_) => Answer::Webhooks(
            answered
                .list("webhooks")?
                .iter()
                .map(webhook)
                .collect::<Result<_, _>>()?,
        ),
        Call::CreateWebhook(_) => Answer::Webhook(answered.required("sid")?),
        Call::ListMessages(_) => Answer::Messages(
            answered
                .list("messages")?
                .iter()
                .map(message)
                .collect::<Result<_, _>>()?,
        ),
        Call::FetchMessage(..) => Answer::Messages(vec![message(body)?]),
        Call::FetchConversationParticipant(..) => {
            let binding = body.get("messaging_binding");
            Answer::ConversationParticipant(ConversationParticipant {
                identity: answered.optional("identity"),
                // A binding with nothing but a projected address is an agent in a group text.
                outside: binding
                    .and_then(|binding| Answered(binding).optional::<String>("address"))
                    .is_some(),
            })
        }
        Call::FindWorker(_) => Answer::WorkerExists(!answered.list("workers")?.is_empty()),
        Call::CreateClaim(claim) | Call::UpdateClaim(claim, _) => {
            claim_of(claim.conversation.clone(), &answered)?
        }
        Call::FetchClaim(conversation) => claim_of(conversation.clone(), &answered)?,
        Call::CreateItem(_) | Call::PutBackItem(_) | Call::ReplaceItem(_) => {
            Answer::Item(answered.required("map_sid")?)
        }
        Call::ListPage(source, _) => Answer::Page(page(source, body)?),
        Call::UpdateItem(_)
        | Call::UpdateAttributes(..)
        | Call::CloseParticipant(..)
        | Call::CreateMap(_)
        | Call::DeleteWebhook(..)
        | Call::DeleteItem(..) => Answer::Done,
    })
}

fn page(source: &Source, body: &Value) -> Result<Page, String> {
    let list = match source {
        Source::Conversations(_) => "conversations",
        Source::Lists => "maps",
        Source::Rows(_) => "items",
    };
    let entries = Answered(body).list(list)?.iter();
    Ok(Page {
        entries: entries
            .map(|value| entry(source, &Answered(value)))
            .collect(),
        next: body.get("meta").and_then(next_page),
    })
}

fn entry(source: &Source, answered: &Answered<'_>) -> Entry {
    let known = match source {
        Source::Conversations(_) => answered
            .optional("sid")
            .zip(answered.optional("attributes"))
            .map(|(sid, attributes)| Entry::Conversation(sid, attributes)),
        Source::Lists => answered
            .optional("unique_name")
            .filter(|name: &String| list_item::is_map_name(name))
            .map(Entry::List),
        Source::Rows(_) => answered.optional("key").map(Entry::Row),
    };
    known.unwrap_or(Entry::Other)
}

/// Twilio names the next page by a link to it.
fn next_page(meta: &Value) -> Option<PageRef> {
    let link: String = Answered(meta).optional("next_page_url")?;
    let (_, query) = link.split_once('?')?;
    PageRef::try_from(query.to_owned()).ok()
}

fn participant(value: &Value) -> Result<Participant, String> {
    let answered = Answered(value);
    let kind: String = answered.required("type")?;
    let routing = value.get("routing_properties").map(Answered);
    Ok(Participant {
        sid: answered.required("sid")?,
        internal: kind == "agent" || kind == "supervisor",
        worker: routing
            .as_ref()
            .and_then(|routing| routing.optional("worker_sid")),
        task: routing
            .as_ref()
            .and_then(|routing| routing.optional("task_sid")),
    })
}

/// An invite's routing has its task as it was when it was made. Those whose task has been removed since have none.
fn made_invite(value: &Value) -> Option<MadeInvite> {
    let task = Answered(value.get("routing")?.get("properties")?);
    Some(MadeInvite {
        task: task.optional("sid")?,
        at: task
            .optional::<u64>("date_created")
            .map(|seconds| seconds * 1_000),
    })
}

/// A webhook, as lists have it.
pub fn webhook(value: &Value) -> Result<ArmedWebhook, String> {
    let configuration = value.get("configuration").map(Answered);
    let flow = configuration
        .as_ref()
        .and_then(|configuration| configuration.optional("flow_sid"));
    let url = configuration.and_then(|configuration| configuration.optional("url"));
    Ok(ArmedWebhook {
        sid: Answered(value).required("sid")?,
        target: flow.map(Target::Flow).or(url.map(Target::Url)),
    })
}

fn message(value: &Value) -> Result<Message, String> {
    let answered = Answered(value);
    Ok(Message {
        index: answered.required("index")?,
        by: MessageRef {
            author: answered.optional("author").unwrap_or_default(),
            participant: answered.optional("participant_sid"),
        },
    })
}

fn claim_of(conversation: ConversationSid, answered: &Answered<'_>) -> Result<Answer, String> {
    let data: ClaimData = answered.required("data")?;
    Ok(Answer::Claim(
        Claim {
            conversation,
            owner: data.owner,
            until: data.until,
            state: data.state,
        },
        answered.required("revision")?,
    ))
}

/// Looks into an answer of Twilio.
struct Answered<'a>(&'a Value);

impl<'a> Answered<'a> {
    /// What must stand under `field`.
    fn required<T: DeserializeOwned>(&self, field: &str) -> Result<T, String> {
        self.0
            .get(field)
            .and_then(|value| serde_json::from_value(value.clone()).ok())
            .ok_or_else(|| field.to_owned())
    }

    /// What may stand under `field`; anything that is not of its type counts as missing.
    fn optional<T: DeserializeOwned>(&self, field: &str) -> Option<T> {
        self.0
            .get(field)
            .and_then(|value| serde_json::from_value(value.clone()).ok())
    }

    /// The list that must stand under `field`.
    fn list(&self, field: &str) -> Result<&'a Vec<Value>, String> {
        self.0
            .get(field)
            .and_then(Value::as_array)
            .ok_or_else(|| field.to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;
    use crate::sid::{example as sid, ChannelSid, InteractionSid, WorkerSid};
    use serde_json::json;

    fn participants() -> Call {
        Call::ListParticipants(InteractionSid::example(), ChannelSid::example())
    }

    #[test]
    fn each_kind_of_refusal_is_told_apart() {
        let read = |status, body| read(&participants(), status, &body).unwrap_err();
        assert_eq!(read(404, json!({})), Failure::NotFound);
        assert_eq!(read(409, json!({ "code": 54_301 })), Failure::Conflict);
        assert_eq!(read(412, json!({ "code": 54_103 })), Failure::Conflict);
        assert_eq!(read(429, json!({ "code": 20_429 })), Failure::Throttled);
        assert_eq!(read(503, json!("<html>")), Failure::Unavailable);
        assert_eq!(
            read(400, json!({ "code": 45_354 })),
            Failure::Refused {
                status: 400,
                code: 45_354
            }
        );
    }

    #[test]
    fn an_answer_that_lacks_a_field_names_it() {
        let body = json!({ "participants": [{ "sid": sid("UT") }] });
        assert_eq!(
            read(&participants(), 200, &body),
            Err(Failure::Malformed {
                field: "type".into()
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
        let Answer::Participants(seen) = read(&participants(), 200, &body).unwrap() else {
            unreachable!("participants answer with participants")
        };
        let internal: Vec<bool> = seen
            .iter()
            .map(|participant| participant.internal)
            .collect();
        assert_eq!(internal, [false, true, false]);
        let worker = seen
            .iter()
            .find_map(|participant| participant.worker.clone());
        assert_eq!(worker, WorkerSid::parse(sid("WK")).ok());
    }

    #[test]
    fn an_expired_token_is_not_taken_for_a_busy_twilio() {
        let call = Call::ValidateToken;
        let expired = json!({ "valid": false, "code": 20_104, "message": "Access Token expired" });
        assert_eq!(read(&call, 200, &expired), Err(Failure::InvalidToken));
        assert_eq!(read(&call, 429, &json!({})), Err(Failure::Throttled));
        assert_eq!(read(&call, 500, &json!({})), Err(Failure::Unavailable));
    }
}
