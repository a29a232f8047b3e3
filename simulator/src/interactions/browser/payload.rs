//! Interactions' resources in the form in which the Flex SDK in the browser reads them.

use jiff::Timestamp;
use serde_json::{json, Value};

use crate::http::surrogates::json_text;
use crate::interactions::leaving::LastAgent;
use crate::interactions::{Channel, ChannelParticipant};
use crate::world::clock::iso;
use crate::world::World;

pub fn channel(channel: &Channel) -> Value {
    json!({
        "sid": channel.sid,
        "interaction_sid": channel.interaction_sid,
        "type": channel.kind,
        "status": channel.status.name(),
        "media_sid": channel.conversation_sid,
        // Flex reads it as a number when a channel is paused.
        "error_code": 0,
        "error_message": null,
    })
}

/// Returns a paused channel in the form of Flex UI's type `PausedEmailConversation`.
pub fn paused_channel(world: &World, channel: &Channel, last: &LastAgent) -> Value {
    let kind = world
        .taskrouter
        .task_channel(&last.task_channel_unique_name)
        .ok();
    json!({
        "sid": channel.sid,
        "account_sid": world.account_sid,
        "interaction_sid": channel.interaction_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "workflow_sid": last.workflow_sid,
        "wds_queue_sid": last.queue_sid,
        "participant_sid": last.participant_sid,
        "task_channel_sid": kind.map(|kind| &kind.sid),
        "attributes": json_text(&last.attributes),
        "date_created": iso(last.date_left),
        "date_updated": iso(last.date_left),
        "action": "pause",
        "agent_identity": last.identity,
        "status_timeout": null,
    })
}

/// Returns a participant as Flex reads it. Its `media_properties` are Flex UI's type `ChatProperties`, in snake
/// case.
pub fn participant(world: &World, channel: &Channel, participant: &ChannelParticipant) -> Value {
    json!({
        "sid": participant.sid,
        "participant_sid": participant.sid,
        "type": participant.kind,
        "channel_type": channel.kind,
        "interaction_sid": channel.interaction_sid,
        "channel_sid": channel.sid,
        "routing_properties": participant.routing.as_ref().map(|routing| json!({
            "worker_sid": routing.worker_sid,
            "task_sid": routing.task_sid,
            "reservation_sid": routing.reservation_sid,
        })),
        "media_properties": media_properties(world, channel, participant),
    })
}

/// Returns the participant in the conversation: of former participants only the SIDs.
fn media_properties(world: &World, channel: &Channel, participant: &ChannelParticipant) -> Value {
    let conversation_sid = &channel.conversation_sid;
    let sid = participant.conversation_participant_sid.as_deref();
    let conversation = world.conversation(conversation_sid).ok();
    let inside = conversation.and_then(|c| c.participant(sid?).ok());
    let identity = inside.and_then(|p| p.identity.as_deref());
    json!({
        "account_sid": world.account_sid,
        "chat_service_sid": world.chat_service_sid,
        "conversation_sid": conversation_sid,
        "sid": sid,
        "identity": identity,
        "friendly_name": identity.map(|identity| world.friendly_name_of(identity)),
        "attributes": inside.map(|p| p.attributes.as_str()),
        "role_sid": inside.map(|p| &p.role_sid),
        "messaging_binding": inside.and_then(|p| p.binding.as_ref()),
        "last_read_message_index": inside.and_then(|p| p.last_read_message_index),
        "last_read_timestamp": inside.and_then(|p| p.last_read_timestamp).map(Timestamp::as_second),
        "url": sid.map(|sid| format!(
            "https://conversations.twilio.com/v1/Conversations/{conversation_sid}/Participants/{sid}"
        )),
    })
}
