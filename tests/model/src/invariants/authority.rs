//! I6: only an agent in the conversation parks it; only the parker, a supervisor or an admin resumes it.

use memory_twilio::sids::worker;
use memory_twilio::{MemoryTwilio, SUE};
use park_interaction::sid::WorkerSid;
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::CloseParticipant;
use park_interaction::twilio::AnyCall;

use crate::calls::{changes, is_claim};
use crate::running::{Role, Running};
use crate::state::State;

/// Whether an operation may do this, going by what is true and not by what it was told.
pub fn may(state: &State, running: &Running, call: &AnyCall) -> bool {
    let role = running.role();
    if !changes(call) {
        return true;
    }
    if role.caller_number().is_some() && !running.knows_caller() {
        return false;
    }
    if is_claim(call) {
        return true;
    }
    match role {
        Role::Wake(customer) => customer,
        // They bear Twilio's signature, or the owner's; or they ask only whether somebody is asked for.
        Role::Restore | Role::Timer | Role::Desktop(_) | Role::Owner => true,
        Role::Park(number) => running.was_in() && closes_only(&state.world, call, number),
        Role::Resume(number) => {
            (oversees_or_parked(state, number) && invites_only(call, number))
                || tidies_up(state, call, number)
        }
        Role::Settle(number) => running.was_in() || state.world.is_in(number),
    }
}

fn oversees_or_parked(state: &State, number: u32) -> bool {
    number == SUE || state.parked_by == Some(number)
}

fn closes_only(twilio: &MemoryTwilio, call: &AnyCall, number: u32) -> bool {
    match call {
        AnyCall::CloseParticipant(close) => {
            worker_of(twilio, close).is_none_or(|sid| *sid == worker(number))
        }
        _ => true,
    }
}

fn worker_of<'a>(twilio: &'a MemoryTwilio, close: &CloseParticipant) -> Option<&'a WorkerSid> {
    let mut participants = twilio.participants.iter();
    let found = participants.find(|one| one.sid == close.participant);
    found?.worker.as_ref()
}

fn invites_only(call: &AnyCall, number: u32) -> bool {
    match call {
        AnyCall::CreateInvite(invite) => {
            invite.worker.as_ref().map(|named| &named.worker) == Some(&worker(number))
        }
        _ => true,
    }
}

/// Whether it takes the row of a conversation that is not parked out of the caller's own list.
fn tidies_up(state: &State, call: &AnyCall, number: u32) -> bool {
    match call {
        AnyCall::DeleteItem(item) => {
            item.map == MapName::list_of(&worker(number)) || !state.world.is_armed()
        }
        _ => false,
    }
}
