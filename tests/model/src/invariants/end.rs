//! An end closes nobody's conversation over their hands, and no message that was there when it took the claim: I1 and I7. It
//! leaves nothing of ours: I4 and I5.

use park_interaction::reply::Reply;
use park_interaction::twilio::AnyCall;

use crate::running::{Role, Running};
use crate::scenario::Step;
use crate::state::State;
use crate::system::System;

use super::authority::closes;

/// Checks a call that closes the conversation.
pub fn judge_call(state: &mut State, running: &Running, call: &AnyCall) {
    if !closes(call) || state.world.closed {
        return;
    }
    if state.has_somebody() {
        state.break_invariant(1);
    }
    let unheard = state.unheard().map(|message| message.index);
    let claimed_at = running.claimed_at().unwrap_or(u32::MAX);
    if unheard.is_some_and(|index| index < claimed_at) {
        state.break_invariant(7);
    }
}

impl System {
    /// Checks the end of an operation that has closed the conversation: the agent knows of every message that nobody has seen.
    pub fn judge_end(&self, state: &mut State, ended: &Running, reply: &Reply) {
        let is_end = matches!(ended.role(), Role::End(_));
        if is_end && matches!(reply, Reply::Ended | Reply::EndedUnheard) && !state.world.closed {
            state.break_invariant(5);
        }
        let is_silent = ended.has_closed() && *reply == Reply::Ended;
        if is_silent && self.is_faultless(state) && state.unheard().is_some() {
            state.break_invariant(7);
        }
    }

    /// Checks that nothing of ours is left in a conversation that was ended: at once, or after another end if something went wrong.
    pub fn judge_ended(&self, state: &mut State) {
        let steps = self.scenario.steps.iter();
        let Some(end) = steps
            .filter(|step| matches!(step, Step::End(number) if state.owner == Some(*number)))
            .find(|_| state.world.closed && !self.scenario.steps.contains(&Step::Close))
        else {
            return;
        };
        if self.is_faultless(state) && !is_clear(state) {
            state.break_invariant(4);
            return;
        }
        let mut later = state.clone();
        later.faults_left = 0;
        self.pause(&mut later);
        self.alone(&mut later, *end);
        if !is_clear(&later) {
            state.break_invariant(5);
        }
    }
}

fn is_clear(state: &State) -> bool {
    let twilio = &state.world;
    !twilio.is_armed() && twilio.rows().count() == 0 && twilio.waiting_item().is_none()
}
