//! The invariants: they hold in every state.

mod authority;
mod end;
mod healing;
mod own;
mod unheard;

use memory_twilio::sids::worker;
use park_interaction::reply::Reply;
use park_interaction::sync_name::MapName;
use park_interaction::twilio::AnyCall;

use crate::running::{Role, Running};
use crate::state::State;
use crate::system::System;

/// The invariants, in their order.
pub const INVARIANTS: [&str; 8] = [
    "I1 nobody is left alone",
    "I2 no double work",
    "I3 nothing overwritten",
    "I4 the list is true",
    "I5 running again heals",
    "I6 only who may",
    "I7 nobody waits unheard",
    "I8 a record is data",
];

impl System {
    /// Checks a state in which nothing is in flight: now, after the customer's next message, and once somebody
    /// has joined and settled.
    pub fn judge(&self, state: &mut State) {
        self.judge_rows(state);
        self.judge_ended(state);
        if state.world.closed || state.is_left_behind() {
            return;
        }
        if !state.has_somebody() && !state.world.is_armed() {
            state.break_invariant(1);
        }
        self.judge_unheard(state);
        self.judge_healing(state);
    }

    /// Checks a call that reaches Twilio.
    pub fn judge_call(state: &mut State, running: &Running, call: &AnyCall) {
        if !authority::may(state, running, call) {
            state.break_invariant(6);
        }
        if unheard::asks_in_vain(state, running, call)
            || unheard::asks_before_the_time(state, running, call)
        {
            state.break_invariant(7);
        }
        end::judge_call(state, running, call);
        if !own::names_only_its_own(state, running.role(), call) {
            state.break_invariant(8);
        }
    }

    /// Checks a state after the end of an operation. Only one that `knows_all` has seen everything that it had to do.
    pub fn judge_outcome(&self, state: &mut State, role: Role, reply: &Reply, knows_all: bool) {
        let has_changed = matches!(reply, Reply::Extended | Reply::Given | Reply::Changed);
        if has_changed && knows_all && state.unheard().is_some() && state.kept_until().is_none() {
            state.break_invariant(7);
        }
        let woke = role == Role::Wake(true) && *reply != Reply::Ignored;
        if !role.looks_after() && !woke {
            return;
        }
        if matches!(reply, Reply::Refused { .. }) {
            if !self.is_faultless(state) {
                state.crash();
                state.may_have_late_clocks |= woke || role == Role::Timer;
            }
            return;
        }
        if !knows_all {
            return;
        }
        state.lapsed = false;
        if role.looks_after() && !state.has_somebody() {
            state.woken = false;
            if state.is_owed_an_invite() {
                state.break_invariant(7);
            }
        }
    }

    /// Returns true if nothing has gone wrong so far.
    pub fn is_faultless(&self, state: &State) -> bool {
        state.faults_left == self.scenario.faults
    }

    fn judge_rows(&self, state: &mut State) {
        let faultless = self.is_faultless(state);
        let rows = state.world.rows().count();
        let is_due = !state.has_somebody()
            && !state.woken
            && state.owner.is_some()
            && !state.world.closed
            && !state.is_left_behind();
        let may_be = if state.world.closed || state.world.record().is_none() {
            0
        } else {
            usize::from(!(state.woken && state.world.invite().is_some()))
        };
        let list = state.owner.map(|owner| MapName::list_of(&worker(owner)));
        let is_strange = state
            .world
            .rows()
            .any(|(map, _)| Some(map) != list.as_ref());
        if (is_due && rows == 0) || (faultless && (rows > may_be || is_strange)) {
            state.break_invariant(4);
        }
    }
}
