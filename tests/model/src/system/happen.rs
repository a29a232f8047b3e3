//! The effect of each event on a state.

use memory_twilio::sids::worker;
use memory_twilio::{MemoryTwilio, ADA};
use park_interaction::protocol::unpark::Clock;
use park_interaction::protocol::Event;
use park_interaction::reply::Sees;
use park_interaction::twilio::time::Millis;

use crate::forged;
use crate::scenario::{Start, Step};
use crate::state::{State, START};

use super::{first_action, Action, System};

/// Longer than a claim lasts, shorter than a Function may run.
const STANDSTILL: Millis = 6_500;

impl System {
    /// Returns the state in which the scenario begins.
    pub fn beginning(&self) -> State {
        let mut twilio = MemoryTwilio::new(START);
        twilio.readings = self.scenario.readings;
        twilio.timer_seconds = self.scenario.owners_timer;
        for (number, team) in self.scenario.teams {
            twilio.supervisors_see = Sees::Team;
            twilio.teams.insert(worker(*number), (*team).into());
        }
        if self.scenario.steps.contains(&Step::Forge) {
            twilio.webhooks.push(forged::webhook_of_others());
        }
        twilio.at(0, None);
        let mut state = State::new(twilio, self.scenario.steps.len());
        let before: &[Step] = match self.scenario.start {
            Start::WithAda => &[],
            Start::Parked => &[Step::Park(ADA)],
            Start::Resumed => &[Step::Park(ADA), Step::Resume(ADA)],
            Start::Woken => &[Step::Park(ADA), Step::Message],
            Start::Accepted => &[Step::Park(ADA), Step::Message, Step::Accept],
        };
        for step in before {
            self.alone(&mut state, *step);
            if matches!(step, Step::Park(_) | Step::Accept) {
                self.pause(&mut state);
            }
        }
        state.faults_left = self.scenario.faults;
        state
    }

    /// Takes a step and runs all that follows, without faults.
    pub fn alone(&self, state: &mut State, step: Step) {
        self.take(state, step, "alone");
        self.run(state);
    }

    /// Runs everything in flight to its end, without faults.
    pub fn run(&self, state: &mut State) {
        while let Some(action) = first_action(state) {
            self.perform(state, &action);
        }
    }

    pub fn perform(&self, state: &mut State, action: &Action) {
        match action {
            Action::Step(number, step) => {
                if let Some(taken) = state.taken.get_mut(*number) {
                    *taken = true;
                }
                self.take(state, *step, &number.to_string());
            }
            Action::Call(name, id, _, fault) => self.call(state, name, *id, *fault),
            Action::Dies(name) => {
                state.running.remove(name);
                state.faults_left -= 1;
                state.crash();
            }
            Action::Waited(name, id) => self.tell(state, name, Event::Waited(*id)),
            Action::Event => self.tell_of_an_end(state),
            Action::Strike(clock) => self.strike(state, *clock),
            Action::Tick => {
                let running = state.running.values();
                let ends = running.flat_map(|running| running.waits().values());
                let next = ends.min().copied().unwrap_or(state.now);
                self.go_on_to(state, next);
            }
            Action::Standstill => {
                state.faults_left -= 1;
                self.go_on_to(state, state.now + STANDSTILL);
            }
            Action::Pause => self.pause(state),
            Action::LongPause => {
                let next = self.next_clock(state).unwrap_or(state.now);
                self.go_on_to(state, next);
            }
        }
    }

    pub fn pause(&self, state: &mut State) {
        self.go_on_to(state, state.after_pause());
        state.rested = true;
    }

    /// Moves time on, which may end an invite for one worker. A timer that no webhook reports makes the conversation inactive.
    pub fn go_on_to(&self, state: &mut State, now: Millis) {
        state.go_on_to(now);
        if state.world.change(|twilio| twilio.invite_times_out(now)) {
            state.news += 1;
            state.events_due += self.scenario.events;
        }
        if !self.scenario.clocks.contains(&Clock::Timer) {
            state.world.change(|twilio| twilio.timer_ends(now));
        }
    }
}
