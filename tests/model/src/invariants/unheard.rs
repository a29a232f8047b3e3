//! I7: nobody waits unheard. Another invite follows every invite that ends without an agent. An appointment that has come is
//! like an unheard message; before its time it makes no invite. While its agent keeps the time, the first message waits: until
//! that time, within the bound, or until the second message.

use park_interaction::protocol::unpark::Clock;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyCall;

use crate::running::{has_room, Role, Running};
use crate::scenario::Scenario;
use crate::state::{is_over, State, FUNCTION_RUNS_FOR, MINUTE};
use crate::system::System;

/// The delay until the next invite after one that did not end at once, with the time of a check.
const FOLLOWED_WITHIN: Millis = 62_000;

/// The life of an invite below which the next one follows at growing distances. Twilio's times are full seconds.
const QUICK_END: Millis = 61_000;

/// The growing distances, from the time at which the invite was made.
const DISTANCES: [Millis; 4] = [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE];

/// The time before an appointment at which it may count as come.
const TOLERANCE: Millis = 10_000;

const CLOCKS: [Clock; 2] = [Clock::Timer, Clock::Desktop];

impl State {
    /// Returns the latest time for the next invite, since the last one has ended. `None`: none has.
    fn is_followed_by(&self) -> Option<Millis> {
        let mut by = None;
        let mut quick_ends = 0;
        for invite in self.invites().filter(|invite| is_over(invite)) {
            let was_quick = invite.updated_at < invite.made_at + QUICK_END;
            by = Some(invite.updated_at + FOLLOWED_WITHIN);
            match (&invite.asks, was_quick) {
                // An invite for one worker shows nothing about the workflow.
                (Some(_), _) => {}
                (None, false) => quick_ends = 0,
                (None, true) => {
                    let distance = DISTANCES.get(quick_ends).or(DISTANCES.last());
                    by = distance.map(|distance| invite.made_at + distance + FOLLOWED_WITHIN);
                    quick_ends += 1;
                }
            }
        }
        by
    }

    /// Returns true if a clock watches. The owner's own timer does not.
    fn is_set(&self, clock: Clock, owners_timer: Option<u32>) -> bool {
        let is_owners = clock == Clock::Timer && self.world.timer_seconds == owners_timer;
        !is_owners && self.strikes_at(clock).is_some()
    }

    /// Returns true if anybody has been asked to take the conversation back.
    fn was_asked(&self) -> bool {
        self.invites().next().is_some()
    }

    /// Returns true if nobody waits for the next invite.
    pub fn is_owed_an_invite(&self) -> bool {
        let waits = self.invites().last().is_some_and(|invite| {
            invite.asks.is_none() && invite.updated_at < invite.made_at + QUICK_END
        });
        let is_owed = self.owed_from().is_some_and(|from| from <= self.now);
        is_owed && !waits && !self.world.closed && !self.is_left_behind()
    }
}

/// Returns true if a call invites a worker who cannot take the task, and could not when the operation began.
pub fn asks_in_vain(state: &State, running: &Running, call: &AnyCall) -> bool {
    match (running.role(), call) {
        (Role::Resume(number), AnyCall::CreateInvite(_)) => {
            !running.had_room() && !has_room(&state.world, number)
        }
        _ => false,
    }
}

/// Returns true if a call invites anybody because of an appointment that has not come, or because of the one message that
/// waits for it. A worker may resume at any time, the owner may release, and an operation that does not know a message may not
/// let it wait.
pub fn asks_before_the_time(state: &State, running: &Running, call: &AnyCall) -> bool {
    let AnyCall::CreateInvite(_) = call else {
        return false;
    };
    let (
        Some(due),
        Role::Wake(_)
        | Role::Keep(_)
        | Role::GiveTo(..)
        | Role::Move(..)
        | Role::End(_)
        | Role::Restore
        | Role::Timer
        | Role::Desktop(_),
    ) = (state.due, running.role())
    else {
        return false;
    };
    let waits_until = match state.unheard() {
        None => Some(due.at),
        Some(_) if state.was_asked() || state.crashed => None,
        // The agent takes the time away that the message waits for.
        Some(_) if matches!(running.role(), Role::Move(..)) => None,
        Some(_) => state.kept_until(),
    };
    state.world.agents() == 0 && waits_until.is_some_and(|until| state.now + TOLERANCE < until)
}

impl System {
    /// Checks that somebody is asked, or will be, while a message is unheard or an appointment is made: each clock alone is
    /// enough.
    pub fn judge_unheard(&self, state: &mut State) {
        if state.owed_from().is_none() || state.world.agents() > 0 {
            return;
        }
        Self::judge_message(state);
        self.judge_clocks(state);
    }

    /// Checks that a message was routed when it came, unless it waits for the appointment.
    fn judge_message(state: &mut State) {
        let written_at = match state.unheard() {
            Some(unheard) if state.kept_until().is_none() => unheard.written_at,
            Some(_) | None => return,
        };
        let is_asked = state.world.invite().is_some();
        let was_asked = state
            .invites()
            .any(|invite| is_over(invite) && Some(invite.updated_at) >= written_at);
        if !is_asked && !was_asked && !state.lapsed {
            state.break_invariant(7);
        }
    }

    fn judge_clocks(&self, state: &mut State) {
        let owners_timer = self.scenario.owners_timer;
        let is_set = |state: &State, clock| state.is_set(clock, owners_timer);
        if state.crashed && !state.lapsed && !CLOCKS.iter().any(|clock| is_set(state, *clock)) {
            state.break_invariant(7);
        }
        let mut works = [true; 2];
        for (clock, works) in CLOCKS.into_iter().zip(&mut works) {
            let is_missed = clock == Clock::Timer && state.world.inactive;
            let may_lack = state.lapsed || state.crashed;
            let is_excused = is_missed || (may_lack && !is_set(state, clock));
            *works = is_excused || Watch::new(self, state, clock).sees_to_it(state);
        }
        // The clocks of an appointment are set already: an operation that died may have moved one of them only.
        let is_enough = if state.crashed && state.due.is_some() {
            works.contains(&true)
        } else {
            works == [true; 2]
        };
        if !is_enough {
            state.break_invariant(7);
        }
    }
}

/// A clock that watches alone.
struct Watch {
    system: System,
    clock: Clock,
    /// The delay that is allowed, because calls that failed took time.
    grace: Millis,
}

impl Watch {
    fn new(system: &System, state: &State, clock: Clock) -> Self {
        let scenario = Scenario {
            clocks: match clock {
                Clock::Timer => &[Clock::Timer],
                Clock::Desktop => &[Clock::Desktop],
            },
            events: 0,
            faults: 0,
            ..system.scenario
        };
        Self {
            grace: if system.is_faultless(state) {
                0
            } else {
                FUNCTION_RUNS_FOR
            },
            system: System {
                scenario,
                variant: system.variant,
            },
            clock,
        }
    }

    /// Returns true if the clock leads to another invite, whether the present one ends now or later.
    fn sees_to_it(&self, state: &State) -> bool {
        let mut now = state.clone();
        now.taken.fill(true);
        now.faults_left = 0;
        if now.world.invite().is_none() {
            return self.follows(now);
        }
        let mut later = now.clone();
        for _ in 0..2 {
            if !self.strikes(&mut later) {
                return false;
            }
        }
        now.end_invite();
        later.end_invite();
        self.follows(now) && self.follows(later)
    }

    /// Returns true if another invite, through the workflow, follows in time and not before.
    fn follows(&self, mut state: State) -> bool {
        let owed_from = state.owed_from().unwrap_or_default();
        let since = if state.lapsed {
            owed_from.max(state.now)
        } else {
            owed_from
        };
        let at_once = since + FOLLOWED_WITHIN;
        let mut by = state.is_followed_by().unwrap_or_default().max(at_once) + self.grace;
        if state.lapsed && state.due.is_some() {
            // Nobody knows of the message before the appointment's clock strikes, which a message may have delayed.
            by = by.max(state.strikes_at(self.clock).unwrap_or_default());
        }
        while state.world.invite().is_none() {
            let Some(at) = state.strikes_at(self.clock).filter(|at| *at <= by) else {
                return false;
            };
            // A clock is late only because the checker's time is coarse.
            by += state.now.saturating_sub(at);
            if !self.strikes(&mut state) {
                return false;
            }
        }
        let invite = state.world.invite();
        let is_broken = state.is_broken(7);
        !is_broken && invite.is_some_and(|(_, task)| task.asks.is_none())
    }

    /// Lets time pass until the clock strikes, and runs what follows. Returns true if it strikes.
    fn strikes(&self, state: &mut State) -> bool {
        let Some(at) = state.strikes_at(self.clock) else {
            return false;
        };
        self.system.go_on_to(state, at.max(state.now));
        self.system.strike(state, self.clock);
        self.system.run(state);
        true
    }
}
