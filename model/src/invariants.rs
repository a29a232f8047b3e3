//! What must hold whatever happens.

use park_interaction::protocol::Call;

use crate::calls::{changes, is_claim};
use crate::running::{Role, Running};
use crate::scenario::Step;
use crate::state::State;
use crate::system::System;
use crate::world::{self, ADA, BEN, SUE};

/// The invariants, in their order.
pub const INVARIANTS: [&str; 6] = [
    "I1 nobody is left alone",
    "I2 no double work",
    "I3 nothing overwritten",
    "I4 the list is true",
    "I5 running again heals",
    "I6 only who may",
];

impl System {
    /// What must hold when nothing is under way: now, after the customer's next message, and once somebody
    /// has joined and settled.
    pub fn judge(&self, state: &mut State) {
        let faultless = state.faults_left == self.scenario.faults;
        let world = &state.world;
        let somebody = world.has_agent() || world.invite().is_some();
        let unheard =
            faultless && !state.delivery_was_lost && world.last_index() > Some(world.heard);
        if !somebody && (!world.is_armed() || unheard) {
            state.break_invariant(1);
        }
        let row_is_due = !somebody && !state.world.woken && state.world.parked_by.is_some();
        let row_may_be = state.world.record().is_some() || !faultless;
        if (row_is_due && state.world.rows.is_empty())
            || (!row_may_be && !state.world.rows.is_empty())
        {
            state.break_invariant(4);
        }

        let mut later = state.clone();
        later.taken.fill(true);
        later.faults_left = 0;
        self.heal(&mut later);
        if !faultless && later.is_broken(1) {
            later.break_invariant(5);
        }
        if faultless {
            for (number, clean) in [
                (3, later.world.record().is_none()),
                (4, later.world.rows.is_empty()),
            ] {
                if !clean {
                    later.break_invariant(number);
                }
            }
        }
        if !later.is_clean() {
            later.break_invariant(5);
        }
        state.broken = later.broken;
    }

    /// The customer writes, somebody joins and settles. Should anything of a park be left beside an agent
    /// who had never gone, that agent parks again.
    fn heal(&self, state: &mut State) {
        state.pause();
        for _ in 0..2 {
            self.alone(state, Step::Message);
            if !state.world.has_agent() && state.world.tasks.len() != 1 {
                state.break_invariant(1);
                return;
            }
            if state.world.tasks.len() > 1 {
                state.break_invariant(2);
            }
            state.pause();
            if state.world.invite().is_some() {
                state.take(Step::Accept, "later");
                self.by_who_is_in(state, Step::Settle);
                state.pause();
            }
            if state.is_clean() {
                return;
            }
            self.by_who_is_in(state, Step::Park);
            state.pause();
        }
    }

    fn by_who_is_in(&self, state: &mut State, step: fn(u32) -> Step) {
        let agent = [ADA, BEN, SUE]
            .into_iter()
            .find(|number| state.world.is_in(*number));
        if let Some(agent) = agent {
            self.alone(state, step(agent));
        }
    }
}

impl State {
    pub fn is_broken(&self, number: usize) -> bool {
        self.broken.get(number - 1).copied().unwrap_or(true)
    }

    pub fn break_invariant(&mut self, number: usize) {
        if let Some(broken) = self.broken.get_mut(number - 1) {
            *broken = true;
        }
    }

    /// Whether nothing of the parking is left.
    fn is_clean(&self) -> bool {
        self.world.record().is_none()
            && self.world.others_are_untouched()
            && self.world.rows.is_empty()
            && !self.world.is_armed()
    }

    /// Whether an operation may do this, going by what is true and not by what it was told.
    pub fn may(&self, running: &Running, call: &Call) -> bool {
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
            // They bear Twilio's signature, or the owner's.
            Role::Restore | Role::Reconcile => true,
            Role::Park(number) => {
                let own = match call {
                    Call::CloseParticipant(_, _, sid) => self
                        .world
                        .worker_of(sid)
                        .is_none_or(|sid| *sid == world::worker(number)),
                    _ => true,
                };
                running.was_in() && own
            }
            Role::Resume(number) => match call {
                Call::Invite(invite) => {
                    self.oversees_or_parked(number)
                        && invite.worker.as_ref().map(|(_, worker)| worker)
                            == Some(&world::worker(number))
                }
                Call::DeleteItem(map, _) if map.ends_with(world::worker(number).as_str()) => true,
                _ => self.oversees_or_parked(number),
            },
            Role::Settle(number) => running.was_in() || self.world.is_in(number),
        }
    }

    fn oversees_or_parked(&self, number: u32) -> bool {
        number == SUE || self.world.parked_by == Some(number)
    }
}
