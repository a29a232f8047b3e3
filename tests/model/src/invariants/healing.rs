//! I5: wherever an operation broke off, the next run restores I1 to I4.

use memory_twilio::{ADA, BEN, SUE};

use crate::scenario::Step;
use crate::state::State;
use crate::system::System;

impl System {
    /// Checks the states after the customer's next message, and once somebody has joined and settled.
    pub fn judge_healing(&self, state: &mut State) {
        let faultless = self.is_faultless(state);
        let mut later = state.clone();
        later.taken.fill(true);
        later.faults_left = 0;
        self.heal(&mut later);
        if !faultless && later.is_broken(1) {
            later.break_invariant(5);
        }
        if faultless && !self.is_as_before(&later) {
            later.break_invariant(3);
        }
        if faultless && later.world.rows().count() > 0 {
            later.break_invariant(4);
        }
        if !self.is_clean(&later) {
            later.break_invariant(5);
        }
        state.broken = later.broken;
    }

    /// Lets the customer write (twice if the first message waits), and somebody join and settle. If parts of a park are left beside an agent who never
    /// left, that agent parks again.
    fn heal(&self, state: &mut State) {
        self.pause(state);
        for _ in 0..2 {
            self.alone(state, Step::Message);
            if state.kept_until().is_some_and(|until| until > state.now) {
                self.alone(state, Step::Message);
            }
            let open = state.world.open_tasks().count();
            if state.world.agents() == 0 && open != 1 {
                state.break_invariant(1);
                return;
            }
            if open > 1 {
                state.break_invariant(2);
            }
            self.pause(state);
            if state.world.invite().is_some() {
                self.take(state, Step::Accept, "later");
                self.by_who_is_in(state, Step::Settle);
                self.pause(state);
            }
            if self.is_clean(state) {
                return;
            }
            self.by_who_is_in(state, Step::Park);
            self.pause(state);
        }
    }

    fn by_who_is_in(&self, state: &mut State, step: fn(u32) -> Step) {
        let mut people = [ADA, BEN, SUE].into_iter();
        if let Some(agent) = people.find(|number| state.world.is_in(*number)) {
            self.alone(state, step(agent));
        }
    }

    /// Returns true if nothing of the parking is left.
    fn is_clean(&self, state: &State) -> bool {
        self.is_as_before(state) && state.world.rows().count() == 0 && !state.world.is_armed()
    }

    /// Returns true if everything that parking wrote is gone, and the attributes of others are as they were.
    fn is_as_before(&self, state: &State) -> bool {
        let twilio = &state.world;
        let has_no_clock = twilio.timer_seconds == self.scenario.owners_timer
            && twilio.waiting_item().is_none()
            && !twilio.inactive;
        twilio.record().is_none()
            && twilio.others_are_untouched()
            && (has_no_clock || state.may_have_late_clocks)
    }
}
