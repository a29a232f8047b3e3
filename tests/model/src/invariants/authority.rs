//! I6: only an agent in the conversation parks it; only its owner, a supervisor or an admin resumes, changes, gives
//! or ends it, and nobody else closes it. Only a supervisor or an admin gives it to an agent.

use memory_twilio::sids::worker;
use memory_twilio::{MemoryTwilio, SUE};
use park_interaction::reply::Sees;
use park_interaction::sid::WorkerSid;
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::CloseParticipant;
use park_interaction::twilio::AnyCall;

use crate::calls::{changes, is_claim};
use crate::running::{Role, Running};
use crate::state::State;

/// Returns true if an operation may make a call, by the true state and not by what the operation was told.
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
    if closes(call) && !matches!(role, Role::End(_)) {
        return false;
    }
    match role {
        Role::Wake(customer) => customer,
        // Twilio or the owner has signed these; or they only check whether somebody is asked.
        Role::Restore | Role::Timer | Role::Desktop(_) | Role::Owner => true,
        Role::Park(number) => running.was_in() && closes_only(&state.world, call, number),
        Role::Resume(number) => {
            (oversees_or_owns(state, number) && invites_only(call, number))
                || tidies_up(state, call, number)
        }
        Role::GiveTo(number, to) => {
            number == SUE
                && oversees_or_owns(state, number)
                && sees(&state.world, &worker(to))
                && invites_no_single_worker(call)
        }
        Role::Keep(number) | Role::Move(number, _) | Role::Give(number) | Role::End(number) => {
            (oversees_or_owns(state, number) && invites_no_single_worker(call))
                || tidies_up(state, call, number)
        }
        Role::Settle(number) => running.was_in() || state.world.is_in(number),
    }
}

/// Returns true if a call closes the conversation or its channel.
pub fn closes(call: &AnyCall) -> bool {
    match call {
        AnyCall::CloseChannel(_) => true,
        AnyCall::UpdateConversation(update) => update.close,
        _ => false,
    }
}

fn oversees_or_owns(state: &State, number: u32) -> bool {
    let owner = state.owner.map(worker);
    state.owner == Some(number)
        || (number == SUE && owner.is_none_or(|owner| sees(&state.world, &owner)))
}

/// Returns true if Sue, the supervisor, sees the conversations of a worker.
fn sees(twilio: &MemoryTwilio, of: &WorkerSid) -> bool {
    let team = |worker| twilio.teams.get(worker);
    let own = worker(SUE);
    twilio.supervisors_see == Sees::All
        || *of == own
        || (team(&own).is_some() && team(&own) == team(of))
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

fn invites_no_single_worker(call: &AnyCall) -> bool {
    match call {
        AnyCall::CreateInvite(invite) => invite.worker.is_none(),
        _ => true,
    }
}

/// Returns true if a call removes the row of a conversation that is not parked from the caller's own list.
fn tidies_up(state: &State, call: &AnyCall, number: u32) -> bool {
    match call {
        AnyCall::DeleteItem(item) => {
            item.map == MapName::list_of(&worker(number)) || !state.world.is_armed()
        }
        _ => false,
    }
}
