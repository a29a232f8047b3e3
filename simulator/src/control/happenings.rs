//! What people do: write, and answer offers.

use axum::extract::{Json, Path, State};
use serde::Deserialize;
use serde_json::{json, Value};

use super::Reply;
use crate::rest::call::invalid;
use crate::sim::Sim;
use crate::world::taskrouter::{AssignmentStatus, TaskChange};

/// Something that is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Written {
    body: String,
    attributes: Option<Value>,
    /// Needed for agents, who are in several conversations.
    conversation_sid: Option<String>,
}

/// A customer writes on their own channel.
pub async fn customer_writes(
    State(sim): State<Sim>,
    Path(id): Path<String>,
    Json(written): Json<Written>,
) -> Reply {
    let mut world = sim.world.lock();
    let attributes = written.attributes.map(|attributes| attributes.to_string());
    let message = world.customer_writes(&id, &written.body, attributes)?;
    let conversation_sid = world.customer(&id)?.conversation_sid.clone();
    Ok(Json(
        json!({"conversationSid": conversation_sid, "message": message}),
    ))
}

/// An agent writes from a screen.
pub async fn agent_writes(
    State(sim): State<Sim>,
    Path(identity): Path<String>,
    Json(written): Json<Written>,
) -> Reply {
    let conversation_sid = written
        .conversation_sid
        .ok_or_else(|| invalid("conversationSid", "a conversation's SID"))?;
    sim.world
        .lock()
        .agent_writes(&conversation_sid, &identity, &written.body)?;
    Ok(Json(json!({})))
}

/// A worker's answer to an offer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    status: String,
}

/// A worker answers an offer, or goes on with it.
pub async fn answer_reservation(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    Json(answered): Json<Answered>,
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

/// What becomes of a task that nobody did.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    status: String,
}

/// Somebody's own code ends a task.
pub async fn cancel_task(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    Json(ended): Json<Ended>,
) -> Reply {
    if ended.status != "canceled" {
        return Err(invalid("status", "canceled"));
    }
    let mut world = sim.world.lock();
    let change = TaskChange {
        status: Some(AssignmentStatus::Canceled),
        reason: Some("canceled by a test".into()),
        ..TaskChange::default()
    };
    Ok(Json(json!(world.update_task(&sid, change)?)))
}
