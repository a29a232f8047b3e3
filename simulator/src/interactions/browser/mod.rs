//! Interactions in the browser: the requests of the Flex SDK over the event bridge.

mod payload;
mod route;

pub use route::Route;

use serde_json::{json, Value};

use super::leaving::Leaving;
use super::rest::{new_transfer, transfer as shown_transfer};
use crate::http::bridge::{invalid, text, BridgeError, BridgeResult};
use crate::iam::Token;
use crate::world::error::Error;
use crate::world::World;

/// Answers a request to read a resource; `None` if the event bridge has no such request.
pub fn read(world: &World, caller: &Token, route: Route<'_>) -> Option<BridgeResult> {
    Some(match route {
        Route::ChannelTransfers(kd, uo) => transfers(world, kd, uo),
        Route::Channels(kd) => {
            let channels: Vec<Value> = world.channels_of(kd).map(payload::channel).collect();
            Ok(json!({"channels": channels, "meta": {}}))
        }
        Route::Channel(kd, uo) => world
            .channel(kd, uo)
            .map(payload::channel)
            .map_err(BridgeError::from),
        Route::Participants(kd, uo) => participants(world, kd, uo),
        Route::PausedChannels => Ok(json!({"content": paused_channels(world, caller), "meta": {}})),
        Route::Participant(..) | Route::Invites(..) | Route::Invite(..) => return None,
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
        Route::Channel(kd, uo) => change_channel(world, caller, kd, uo, params),
        Route::ChannelTransfers(kd, uo) => transfer(world, caller, kd, uo, params),
        Route::Participant(kd, uo, ut) => change_participant(world, caller, kd, uo, ut, params),
        Route::Invites(kd, uo) => invite(world, caller, kd, uo, params),
        Route::Invite(kd, uo, kg) => answer_invite(world, caller, kd, uo, kg, params),
        _ => return None,
    })
}

fn participants(world: &World, kd: &str, uo: &str) -> BridgeResult {
    let channel = world.channel(kd, uo)?;
    let participants: Vec<Value> = channel
        .participants
        .iter()
        .map(|participant| payload::participant(world, channel, participant))
        .collect();
    Ok(json!({"participants": participants, "channel_type": channel.kind}))
}

fn transfers(world: &World, kd: &str, uo: &str) -> BridgeResult {
    let channel = world.channel(kd, uo)?;
    let all = channel.transfers.iter();
    Ok(all
        .map(|transfer| shown_transfer(world, channel, transfer))
        .collect())
}

fn transfer(world: &mut World, caller: &Token, kd: &str, uo: &str, params: &Value) -> BridgeResult {
    if !is_inside(world, caller, kd, uo)? && !caller.oversees() {
        return Err(BridgeError::Forbidden);
    }
    let made = world.transfer_channel(kd, uo, new_transfer(params))?;
    let channel = world.channel(kd, uo)?;
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
fn is_inside(world: &World, caller: &Token, kd: &str, uo: &str) -> Result<bool, BridgeError> {
    let channel = world.channel(kd, uo)?;
    Ok(channel.participants.iter().any(|participant| {
        participant
            .routing
            .as_ref()
            .is_some_and(|routing| caller.worker_sid.as_ref() == Some(&routing.worker_sid))
    }))
}

/// Closes a chat, completes its task, or leaves the channel open without agents.
fn change_channel(
    world: &mut World,
    caller: &Token,
    kd: &str,
    uo: &str,
    params: &Value,
) -> BridgeResult {
    let has_paused = world
        .channel(kd, uo)?
        .last_agent
        .as_ref()
        .is_some_and(|last| caller.worker_sid.as_ref() == Some(&last.worker_sid));
    if !is_inside(world, caller, kd, uo)? && !caller.oversees() && !has_paused {
        return Err(BridgeError::Forbidden);
    }
    let wrapup = params.pointer("/routing/status").and_then(Value::as_str) == Some("wrapup");
    let channel = match text(params, "status") {
        Some("closed") => world.close_channel(kd, uo, wrapup)?,
        Some("inactive") => world.leave_channel(kd, uo, Leaving::Leave, wrapup)?,
        Some("pause") => world.leave_channel(kd, uo, Leaving::Pause, wrapup)?,
        Some("active") => world.resume_channel(kd, uo)?,
        _ => return Err(invalid("status", "closed, inactive, pause or active")),
    };
    Ok(payload::channel(&channel))
}

/// Removes a participant from a channel: the caller or someone else.
fn change_participant(
    world: &mut World,
    caller: &Token,
    kd: &str,
    uo: &str,
    ut: &str,
    params: &Value,
) -> BridgeResult {
    if !is_inside(world, caller, kd, uo)? && !caller.oversees() {
        return Err(BridgeError::Forbidden);
    }
    let wrapup = match text(params, "status") {
        Some("closed") => false,
        Some("wrapup") => true,
        _ => return Err(invalid("status", "closed or wrapup")),
    };
    let gone = world.close_channel_participant(kd, uo, ut, wrapup)?;
    let channel = world.channel(kd, uo)?;
    Ok(payload::participant(world, channel, &gone))
}

fn invite(world: &mut World, caller: &Token, kd: &str, uo: &str, params: &Value) -> BridgeResult {
    if !is_inside(world, caller, kd, uo)? && !caller.oversees() {
        return Err(BridgeError::Forbidden);
    }
    let invite = world.invite(kd, uo, params.get("routing").cloned().unwrap_or_default())?;
    Ok(
        json!({"sid": invite.sid, "interaction_sid": kd, "channel_sid": uo, "routing": invite.routing}),
    )
}

fn answer_invite(
    world: &mut World,
    caller: &Token,
    kd: &str,
    uo: &str,
    kg: &str,
    params: &Value,
) -> BridgeResult {
    let channel = world.channel(kd, uo)?;
    let known = channel
        .invites
        .iter()
        .find(|invite| invite.sid == kg)
        .cloned();
    let invite = known.ok_or_else(|| Error::NotFound(format!("/Invites/{kg}")))?;
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
    Ok(
        json!({"sid": kg, "interaction_sid": kd, "channel_sid": uo, "routing": params.get("routing")}),
    )
}
