//! Interactions in the browser: the requests of the Flex SDK over the event bridge.

mod payload;
mod route;

pub use route::{ChannelPath, Route};

use serde_json::{json, Value};

use super::leaving::Leaving;
use super::rest::{new_transfer, transfer as shown_transfer};
use super::Channel;
use crate::http::bridge::{invalid, text, BridgeError, BridgeResult};
use crate::iam::Token;
use crate::world::error::Error;
use crate::world::World;

/// Answers a request to read a resource; `None` if the event bridge has no such request.
pub fn read(world: &World, caller: &Token, route: Route<'_>) -> Option<BridgeResult> {
    Some(match route {
        Route::ChannelTransfers(path) => transfers(world, path),
        Route::Channels { interaction_sid } => {
            let channels = world.channels_of(interaction_sid).map(payload::channel);
            Ok(json!({"channels": channels.collect::<Vec<Value>>(), "meta": {}}))
        }
        Route::Channel(path) => channel(world, path)
            .map(payload::channel)
            .map_err(BridgeError::from),
        Route::Participants(path) => participants(world, path),
        Route::PausedChannels => Ok(json!({"content": paused_channels(world, caller), "meta": {}})),
        Route::Participant { .. } | Route::Invites(_) | Route::Invite { .. } => return None,
    })
}

/// Answers a request to change a resource; `None` if the event bridge has no such request.
pub fn write(
    world: &mut World,
    caller: &Token,
    route: Route<'_>,
    params: &Value,
) -> Option<BridgeResult> {
    Some(match route {
        Route::Channel(path) => change_channel(world, caller, path, params),
        Route::ChannelTransfers(path) => transfer(world, caller, path, params),
        Route::Participant {
            channel,
            participant_sid,
        } => change_participant(world, caller, channel, participant_sid, params),
        Route::Invites(path) => invite(world, caller, path, params),
        Route::Invite {
            channel,
            invite_sid,
        } => answer_invite(world, caller, channel, invite_sid, params),
        _ => return None,
    })
}

fn channel<'a>(world: &'a World, path: ChannelPath<'_>) -> Result<&'a Channel, Error> {
    world.channel(path.interaction_sid, path.channel_sid)
}

fn participants(world: &World, path: ChannelPath<'_>) -> BridgeResult {
    let channel = channel(world, path)?;
    let participants: Vec<Value> = channel
        .participants
        .iter()
        .map(|participant| payload::participant(world, channel, participant))
        .collect();
    Ok(json!({"participants": participants, "channel_type": channel.kind}))
}

fn transfers(world: &World, path: ChannelPath<'_>) -> BridgeResult {
    let channel = channel(world, path)?;
    let all = channel.transfers.iter();
    Ok(all
        .map(|transfer| shown_transfer(world, channel, transfer))
        .collect())
}

fn transfer(
    world: &mut World,
    caller: &Token,
    path: ChannelPath<'_>,
    params: &Value,
) -> BridgeResult {
    refuse_outsider(world, caller, path)?;
    let made =
        world.transfer_channel(path.interaction_sid, path.channel_sid, new_transfer(params))?;
    let channel = channel(world, path)?;
    Ok(shown_transfer(world, channel, &made))
}

/// Returns the channels that the caller has paused, in the form of Flex UI's type `PausedEmailConversation`.
fn paused_channels(world: &World, caller: &Token) -> Vec<Value> {
    let worker_sid = caller.worker_sid.as_deref().unwrap_or_default();
    let paused = world.channels_paused_by(worker_sid);
    paused
        .map(|(channel, last)| payload::paused_channel(world, channel, last))
        .collect()
}

/// Returns true if the caller is an agent in the channel.
fn is_inside(world: &World, caller: &Token, path: ChannelPath<'_>) -> Result<bool, BridgeError> {
    let channel = channel(world, path)?;
    Ok(channel.participants.iter().any(|participant| {
        participant
            .routing
            .as_ref()
            .is_some_and(|routing| caller.worker_sid.as_ref() == Some(&routing.worker_sid))
    }))
}

/// Fails unless the caller is an agent in the channel or a supervisor.
fn refuse_outsider(
    world: &World,
    caller: &Token,
    path: ChannelPath<'_>,
) -> Result<(), BridgeError> {
    if is_inside(world, caller, path)? || caller.oversees() {
        Ok(())
    } else {
        Err(BridgeError::Forbidden)
    }
}

/// Closes a chat, completes its task, or leaves the channel open without agents.
fn change_channel(
    world: &mut World,
    caller: &Token,
    path: ChannelPath<'_>,
    params: &Value,
) -> BridgeResult {
    let has_paused = channel(world, path)?
        .last_agent
        .as_ref()
        .is_some_and(|last| caller.worker_sid.as_ref() == Some(&last.worker_sid));
    if !is_inside(world, caller, path)? && !caller.oversees() && !has_paused {
        return Err(BridgeError::Forbidden);
    }
    let wrapup = params.pointer("/routing/status").and_then(Value::as_str) == Some("wrapup");
    let channel = match text(params, "status") {
        Some("closed") => world.close_channel(path.interaction_sid, path.channel_sid, wrapup)?,
        Some("inactive") => world.leave_channel(
            path.interaction_sid,
            path.channel_sid,
            Leaving::Leave,
            wrapup,
        )?,
        Some("pause") => world.leave_channel(
            path.interaction_sid,
            path.channel_sid,
            Leaving::Pause,
            wrapup,
        )?,
        Some("active") => world.resume_channel(path.interaction_sid, path.channel_sid)?,
        _ => return Err(invalid("status", "closed, inactive, pause or active")),
    };
    Ok(payload::channel(&channel))
}

/// Removes a participant from a channel: the caller or someone else.
fn change_participant(
    world: &mut World,
    caller: &Token,
    path: ChannelPath<'_>,
    participant_sid: &str,
    params: &Value,
) -> BridgeResult {
    refuse_outsider(world, caller, path)?;
    let wrapup = match text(params, "status") {
        Some("closed") => false,
        Some("wrapup") => true,
        _ => return Err(invalid("status", "closed or wrapup")),
    };
    let left = world.close_channel_participant(
        path.interaction_sid,
        path.channel_sid,
        participant_sid,
        wrapup,
    )?;
    let channel = channel(world, path)?;
    Ok(payload::participant(world, channel, &left))
}

fn invite(
    world: &mut World,
    caller: &Token,
    path: ChannelPath<'_>,
    params: &Value,
) -> BridgeResult {
    refuse_outsider(world, caller, path)?;
    let invite = world.invite(
        path.interaction_sid,
        path.channel_sid,
        params.get("routing").cloned().unwrap_or_default(),
    )?;
    Ok(json!({
        "sid": invite.sid,
        "interaction_sid": path.interaction_sid,
        "channel_sid": path.channel_sid,
        "routing": invite.routing,
    }))
}

fn answer_invite(
    world: &mut World,
    caller: &Token,
    path: ChannelPath<'_>,
    invite_sid: &str,
    params: &Value,
) -> BridgeResult {
    let channel = channel(world, path)?;
    let known = channel
        .invites
        .iter()
        .find(|invite| invite.sid == invite_sid)
        .cloned();
    let invite = known.ok_or_else(|| Error::NotFound(format!("/Invites/{invite_sid}")))?;
    let sid = params
        .pointer("/routing/reservation/sid")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let reservation = world.taskrouter.reservation(&sid)?;
    if reservation.task_sid != invite.task_sid || !caller.may_act_for(&reservation.worker_sid) {
        return Err(BridgeError::Forbidden);
    }
    match text(params, "action") {
        Some("accept") => world.accept_reservation(&sid)?,
        Some("decline") => world.reject_reservation(&sid, None)?,
        _ => return Err(invalid("action", "accept or decline")),
    };
    Ok(json!({
        "sid": invite_sid,
        "interaction_sid": path.interaction_sid,
        "channel_sid": path.channel_sid,
        "routing": params.get("routing"),
    }))
}
