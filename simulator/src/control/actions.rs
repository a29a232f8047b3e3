//! Actions of people: messages, typing, answers to offers, ends of tasks.

use axum::extract::{Json, Path, State};
use serde::Deserialize;
use serde_json::{json, Value};

use super::body::Body;
use super::Reply;
use crate::conversations::{ConversationChange, NewMedia};
use crate::http::request::invalid;
use crate::http::surrogates::json_text;
use crate::sim::Sim;
use crate::taskrouter::{AssignmentStatus, TaskChange};

/// A message to write.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageBody {
    body: String,
    attributes: Option<Value>,
    /// Attached files. Their content is generated.
    #[serde(default)]
    media: Vec<AttachedFile>,
    /// Required for agents, who are in several conversations.
    conversation_sid: Option<String>,
}

/// A file that is attached to a message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AttachedFile {
    content_type: String,
    filename: Option<String>,
    #[serde(default)]
    size: u64,
}

impl From<AttachedFile> for NewMedia {
    fn from(attached: AttachedFile) -> Self {
        Self {
            content_type: attached.content_type,
            filename: attached.filename,
            size: Some(attached.size),
            ..Self::default()
        }
    }
}

/// Signals that a customer types.
pub async fn signal_customer_typing(State(sim): State<Sim>, Path(id): Path<String>) -> Reply {
    let mut world = sim.world.lock();
    let customer = world.customer(&id)?.clone();
    let conversation_sid = customer.conversation_sid.unwrap_or_default();
    world.signal_typing(&conversation_sid, &customer.address)?;
    Ok(Json(json!({})))
}

/// Writes a message as a customer, in the customer's own medium.
pub async fn post_as_customer(
    State(sim): State<Sim>,
    Path(id): Path<String>,
    Body(written): Body<MessageBody>,
) -> Reply {
    let mut world = sim.world.lock();
    let attributes = written.attributes.map(|attributes| json_text(&attributes));
    let files = written.media.into_iter().map(NewMedia::from).collect();
    let message = world.post_files_as_customer(&id, &written.body, attributes, files)?;
    let conversation_sid = world.customer(&id)?.conversation_sid.clone();
    Ok(Json(
        json!({"conversationSid": conversation_sid, "message": message}),
    ))
}

/// Writes a message as an agent in the desktop.
pub async fn post_as_agent(
    State(sim): State<Sim>,
    Path(identity): Path<String>,
    Body(written): Body<MessageBody>,
) -> Reply {
    let conversation_sid = written
        .conversation_sid
        .ok_or_else(|| invalid("conversationSid", "a conversation's SID"))?;
    sim.world
        .lock()
        .post_as_agent(&conversation_sid, &identity, &written.body)?;
    Ok(Json(json!({})))
}

/// A change to a conversation that no API of Twilio can make.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RawConversation {
    /// The text to store, which may be invalid JSON.
    attributes: Option<String>,
    friendly_name: Option<String>,
}

/// Writes attributes or a name into a conversation without validation.
pub async fn write_conversation(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    Body(raw): Body<RawConversation>,
) -> Reply {
    let mut world = sim.world.lock();
    let change = ConversationChange {
        friendly_name: raw.friendly_name,
        ..ConversationChange::default()
    };
    world.update_conversation(&sid, change, false)?;
    if let Some(attributes) = raw.attributes {
        world.write_raw_attributes(&sid, attributes)?;
    }
    Ok(Json(json!(world.conversation(&sid)?)))
}

/// A worker's answer to an offer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReservationAnswer {
    status: String,
}

/// Answers an offer as its worker, or moves an accepted reservation to its next status.
pub async fn answer_reservation(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    Json(answered): Json<ReservationAnswer>,
) -> Reply {
    let mut world = sim.world.lock();
    let reservation = match answered.status.as_str() {
        "accepted" => world.accept_reservation(&sid)?,
        "rejected" => world.reject_reservation(&sid, None)?,
        "wrapping" => world.wrap_up_reservation(&sid)?,
        "completed" => world.complete_reservation(&sid)?,
        _ => {
            return Err(invalid(
                "status",
                "accepted, rejected, wrapping or completed",
            ))
        }
    };
    Ok(Json(json!(reservation)))
}

/// The end of a task by someone other than its worker.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskEnd {
    status: TaskEndKind,
    reason: Option<String>,
}

/// The way in which a task ends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum TaskEndKind {
    Canceled,
    Completed,
    Deleted,
    SystemDeleted,
}

/// Ends a task, as the owner's own code or Twilio itself does. Returns the task as it was at its end.
pub async fn end_task(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    Json(ended): Json<TaskEnd>,
) -> Reply {
    let mut world = sim.world.lock();
    let mut task = world.taskrouter.task(&sid)?.clone();
    let reason = ended.reason.as_deref();
    match ended.status {
        TaskEndKind::Canceled => {
            let change = TaskChange {
                status: Some(AssignmentStatus::Canceled),
                reason: Some(reason.unwrap_or("canceled by a test").into()),
                ..TaskChange::default()
            };
            task = world.update_task(&sid, change)?;
        }
        TaskEndKind::Completed => {
            world.complete_without_worker(&sid, reason.unwrap_or("completed by a test"))?;
            task = world.taskrouter.task(&sid)?.clone();
        }
        TaskEndKind::Deleted => world.delete_task(&sid)?,
        TaskEndKind::SystemDeleted => world.system_delete_task(&sid)?,
    }
    Ok(Json(json!(task)))
}
