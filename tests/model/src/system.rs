//! The transition system: all events that can happen next.

mod apply;
mod happen;
mod people;

use std::fmt;

use park_interaction::protocol::unpark::Clock;
use park_interaction::protocol::CallId;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyCall;
use stateright::{Model, Property};

use crate::calls::{changes, reads, Reads};
use crate::invariants::INVARIANTS;
use crate::running::{Name, Running};
use crate::scenario::{Fault, Scenario, Step};
use crate::state::State;
use crate::variant::Variant;

/// A scenario, run by the shipped code or by a variant of it.
pub struct System {
    pub scenario: Scenario,
    pub variant: Option<Variant>,
}

/// The next event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A step of the scenario.
    Step(usize, Step),
    /// A call reaches Twilio and its answer comes back, unless a fault prevents either.
    Call(Name, CallId, &'static str, Option<Fault>),
    /// An operation dies, with its calls that have not reached Twilio.
    Dies(Name),
    /// A wait is over.
    Waited(Name, CallId),
    /// `TaskRouter` posts the end of a task.
    Event,
    /// A clock strikes.
    Strike(Clock),
    /// Time moves on to the end of the next wait.
    Tick,
    /// Twilio answers nobody for some seconds.
    Standstill,
    /// Nothing happens for a minute or two.
    Pause,
    /// Nothing happens until the next clock of the appointment.
    LongPause,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(_, step) => write!(f, "{step}"),
            Self::Call(name, _, call, None) => write!(f, "{name}: {call}"),
            Self::Call(name, _, call, Some(fault)) => write!(f, "{name}: {call} ({fault:?})"),
            Self::Dies(name) => write!(f, "{name} dies"),
            Self::Waited(name, _) => write!(f, "{name} has waited"),
            Self::Event => f.write_str("TaskRouter tells that a task has ended"),
            Self::Strike(Clock::Timer) => f.write_str("the conversation's timer ends"),
            Self::Strike(Clock::Desktop) => f.write_str("a desktop asks in time"),
            Self::Tick => f.write_str("time goes on to the next wait's end"),
            Self::Standstill => f.write_str("Twilio answers nobody for some seconds"),
            Self::Pause => f.write_str("nothing happens for a minute"),
            Self::LongPause => f.write_str("nothing happens until the next clock"),
        }
    }
}

impl Model for System {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.beginning()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.broken.contains(&true) {
            return;
        }
        let mut running = state.running.values();
        if let Some(first) = running.find_map(|one| self.stable_read(state, one)) {
            return call_or_fault(state, first, actions);
        }
        self.steps_of(state, actions);
        for running in state.running.values() {
            for next in self.calls_of(running) {
                call_or_fault(state, next, actions);
            }
            for (id, until) in running.waits() {
                if *until <= state.now {
                    actions.push(Action::Waited(running.name().clone(), *id));
                }
            }
            if state.faults_left > 0 {
                actions.push(Action::Dies(running.name().clone()));
            }
        }
        self.time_of(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        self.perform(&mut next, &action);
        if next.world.open_tasks().count() > 1 {
            next.break_invariant(2);
        }
        if next.running.is_empty() {
            if next.world.agents() > 0 {
                next.see();
            }
            self.judge(&mut next);
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let [i1, i2, i3, i4, i5, i6, i7, i8] = INVARIANTS;
        vec![
            Property::always(i1, |_, state: &State| !state.is_broken(1)),
            Property::always(i2, |_, state: &State| !state.is_broken(2)),
            Property::always(i3, |_, state: &State| !state.is_broken(3)),
            Property::always(i4, |_, state: &State| !state.is_broken(4)),
            Property::always(i5, |_, state: &State| !state.is_broken(5)),
            Property::always(i6, |_, state: &State| !state.is_broken(6)),
            Property::always(i7, |_, state: &State| !state.is_broken(7)),
            Property::always(i8, |_, state: &State| !state.is_broken(8)),
        ]
    }
}

/// A call that can be made next.
type Next<'a> = (&'a Running, CallId, &'a AnyCall);

impl System {
    fn steps_of(&self, state: &State, actions: &mut Vec<Action>) {
        for (number, (step, taken)) in self.scenario.steps.iter().zip(&state.taken).enumerate() {
            if !taken && state.allows(*step) {
                actions.push(Action::Step(number, *step));
            }
        }
        if state.events_due > 0 {
            actions.push(Action::Event);
        }
        for clock in self.scenario.clocks {
            if state.strikes_at(*clock).is_some_and(|at| at <= state.now) {
                actions.push(Action::Strike(*clock));
            }
        }
    }

    fn time_of(&self, state: &State, actions: &mut Vec<Action>) {
        if state.has_calls() {
            if state.faults_left > 0 && !state.has_unconditional_change_under_way() {
                actions.push(Action::Standstill);
            }
        } else if state.running.is_empty() {
            if !state.rested && self.has_more_to_come(state) {
                actions.push(Action::Pause);
            } else if self.next_clock(state).is_some() {
                actions.push(Action::LongPause);
            }
        } else if !state.is_due() {
            actions.push(Action::Tick);
        }
    }

    /// Returns the next time at which a clock strikes because of the appointment. Later ones are like those of an unheard
    /// message, which one pause reaches.
    fn next_clock(&self, state: &State) -> Option<Millis> {
        let due = state.due?;
        let clocks = self.scenario.clocks.iter();
        let strikes = clocks.filter_map(|clock| state.strikes_at(*clock));
        let next = strikes.filter(|at| *at > state.now).min()?;
        (next <= due.at).then_some(next)
    }

    fn has_more_to_come(&self, state: &State) -> bool {
        let mut clocks = self.scenario.clocks.iter();
        state.taken.contains(&false)
            || state.events_due > 0
            || clocks.any(|clock| state.strikes_at(*clock).is_some())
    }

    /// Returns a call whose answer nobody else can change any more: its order among the others does not matter.
    fn stable_read<'a>(&self, state: &State, running: &'a Running) -> Option<Next<'a>> {
        let mut calls = running.calls().iter();
        let (id, call) = calls.find(|(_, call)| self.is_stable(state, call))?;
        Some((running, *id, call))
    }

    fn is_stable(&self, state: &State, call: &AnyCall) -> bool {
        let may_come = |is_meant: fn(Step) -> bool| {
            let mut steps = self.scenario.steps.iter().zip(&state.taken);
            steps.any(|(step, taken)| !taken && is_meant(*step))
        };
        match reads(call) {
            Reads::Nothing => true,
            Reads::Messages => !may_come(Step::writes),
            Reads::People => !may_come(Step::moves_people) && !state.is_being_parked(),
            Reads::Room => !may_come(Step::changes_room),
            // With no other operation in flight, nobody does.
            Reads::More => {
                let alone = state.running.len() == 1 && !state.taken.contains(&false);
                alone && state.events_due == 0 && !changes(call)
            }
        }
    }

    fn calls_of<'a>(&self, running: &'a Running) -> impl Iterator<Item = Next<'a>> {
        let calls = running.calls();
        let last = calls.len().saturating_sub(1);
        let every_order = self.scenario.every_order;
        let ends = move |place: usize| every_order || place == 0 || place == last;
        let next = calls
            .iter()
            .enumerate()
            .filter(move |(place, _)| ends(*place));
        next.map(move |(_, (id, call))| (running, *id, call))
    }
}

fn call_or_fault(state: &State, next: Next<'_>, actions: &mut Vec<Action>) {
    let (running, id, call) = next;
    let action = |fault| Action::Call(running.name().clone(), id, call.name(), fault);
    actions.push(action(None));
    if state.faults_left > 0 {
        let faults = faults_of(call).iter();
        actions.extend(faults.map(|fault| action(Some(*fault))));
    }
}

/// Returns the next call of an operation without faults, or the end of its wait.
fn first_action(state: &State) -> Option<Action> {
    for running in state.running.values() {
        let due = || {
            running
                .waits()
                .iter()
                .find(|(_, until)| **until <= state.now)
        };
        let name = running.name().clone();
        if let Some((id, call)) = running.calls().first_key_value() {
            return Some(Action::Call(name, *id, call.name(), None));
        }
        if let Some((id, _)) = due() {
            return Some(Action::Waited(name, *id));
        }
    }
    (!state.running.is_empty()).then_some(Action::Tick)
}

/// Returns the faults that a call can have.
fn faults_of(call: &AnyCall) -> &'static [Fault] {
    match call {
        AnyCall::UpdateClaim(_) => &[
            Fault::Throttled,
            Fault::NotDone,
            Fault::AnswerLost,
            Fault::Changed,
        ],
        call if changes(call) => &[Fault::Throttled, Fault::NotDone, Fault::AnswerLost],
        // A call that changes nothing is the same whether or not it was carried out.
        _ => &[Fault::Throttled, Fault::NotDone],
    }
}
