//! The types of events, with their schemas.

use super::invalid;
use crate::world::error::{Error, Result};

/// A type of events.
#[derive(Debug, Clone, Copy)]
pub struct EventType {
    /// Such as `com.twilio.taskrouter.task.canceled`.
    pub name: &'static str,
    /// Such as `TaskRouter.WDSEvent`.
    pub schema: &'static str,
    /// The newest version of the schema.
    pub newest: u32,
}

const fn routing(name: &'static str) -> EventType {
    EventType {
        name,
        schema: "TaskRouter.WDSEvent",
        newest: 4,
    }
}

/// The types of `TaskRouter`'s tasks, reservations and workflows, and of a conversation's state. Twilio has more.
pub const TYPES: &[EventType] = &[
    EventType {
        name: "com.twilio.conversations.conversation-state.updated",
        schema: "Conversations.ConversationStateUpdated",
        newest: 2,
    },
    routing("com.twilio.taskrouter.reservation.accepted"),
    routing("com.twilio.taskrouter.reservation.canceled"),
    routing("com.twilio.taskrouter.reservation.completed"),
    routing("com.twilio.taskrouter.reservation.created"),
    routing("com.twilio.taskrouter.reservation.rejected"),
    routing("com.twilio.taskrouter.reservation.rescinded"),
    routing("com.twilio.taskrouter.reservation.timeout"),
    routing("com.twilio.taskrouter.reservation.wrapup"),
    routing("com.twilio.taskrouter.task.canceled"),
    routing("com.twilio.taskrouter.task.completed"),
    routing("com.twilio.taskrouter.task.created"),
    routing("com.twilio.taskrouter.task.deleted"),
    routing("com.twilio.taskrouter.task.system-deleted"),
    routing("com.twilio.taskrouter.task.updated"),
    routing("com.twilio.taskrouter.task.wrapup"),
    routing("com.twilio.taskrouter.workflow.entered"),
    routing("com.twilio.taskrouter.workflow.skipped"),
    routing("com.twilio.taskrouter.workflow.target-matched"),
    routing("com.twilio.taskrouter.workflow.timeout"),
];

/// Returns the type with this name.
pub fn event_type(name: &str) -> Result<&'static EventType> {
    let found = TYPES.iter().find(|known| known.name == name);
    found.ok_or_else(|| Error::NotFound(format!("/Types/{name}")))
}

/// Returns a version of a type's schema, or the newest one.
pub(super) fn version_of(name: &str, version: Option<u32>) -> Result<u32> {
    let known = event_type(name).map_err(|_| invalid("Types", "known event types"))?;
    match version.unwrap_or(known.newest) {
        version if (1..=known.newest).contains(&version) => Ok(version),
        _ => Err(invalid("SchemaVersion", "a version of the type's schema")),
    }
}
