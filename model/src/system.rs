//! All that can happen next, one thing at a time.

use std::collections::BTreeMap;
use std::fmt;

use park_interaction::protocol::{Answer, Call, CallId, Event, Failure, Millis};
use stateright::{Model, Property};

use crate::calls::{changes, is_constant, name_of};
use crate::invariants::INVARIANTS;
use crate::running::Running;
use crate::scenario::{Fault, Scenario, Start, Step, FAULTS};
use crate::state::{State, START};
use crate::variant::Variant;
use crate::world::{World, ADA};

/// Longer than a claim lasts, shorter than a Function may run.
const STANDSTILL: Millis = 6_500;

/// A scenario, run by the shipped code or by a variant of it.
pub struct System {
    pub scenario: Scenario,
    pub variant: Option<Variant>,
}

/// What happens next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A step of the scenario.
    Step(usize, Step),
    /// A call reaches Twilio and its answer comes back, or what a fault makes of that.
    Call(String, CallId, String, Option<Fault>),
    /// An operation dies, with its calls that have not reached Twilio.
    Dies(String),
    /// A wait is over.
    Waited(String, CallId),
    /// Time goes on to the next wait's end.
    Tick,
    /// Twilio answers nobody for some seconds.
    Standstill,
    /// Nothing happens for a minute.
    Pause,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(_, step) => write!(f, "{step}"),
            Self::Call(name, _, call, None) => write!(f, "{name}: {call}"),
            Self::Call(name, _, call, Some(fault)) => write!(f, "{name}: {call} ({fault:?})"),
            Self::Dies(name) => write!(f, "{name} dies"),
            Self::Waited(name, _) => write!(f, "{name} has waited"),
            Self::Tick => f.write_str("time goes on to the next wait's end"),
            Self::Standstill => f.write_str("Twilio answers nobody for some seconds"),
            Self::Pause => f.write_str("nothing happens for a minute"),
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
        if let Some(running) = state.running.values().find(|running| is_private(running)) {
            return self.calls_of(state, running, actions);
        }
        for (number, (step, taken)) in self.scenario.steps.iter().zip(&state.taken).enumerate() {
            if !taken && state.allows(*step) {
                actions.push(Action::Step(number, *step));
            }
        }
        for running in state.running.values() {
            self.calls_of(state, running, actions);
            for (id, until) in running.waits() {
                if *until <= state.now {
                    actions.push(Action::Waited(running.name().into(), *id));
                }
            }
            if state.faults_left > 0 {
                actions.push(Action::Dies(running.name().into()));
            }
        }
        if state.has_calls() {
            if state.faults_left > 0 && !state.has_unconditional_change_under_way() {
                actions.push(Action::Standstill);
            }
        } else if state.running.is_empty() {
            if !state.rested && state.taken.contains(&false) {
                actions.push(Action::Pause);
            }
        } else if !state.is_due() {
            actions.push(Action::Tick);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        self.perform(&mut next, &action);
        if next.world.tasks.len() > 1 {
            next.break_invariant(2);
        }
        if next.running.is_empty() {
            self.judge(&mut next);
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let [i1, i2, i3, i4, i5, i6] = INVARIANTS;
        vec![
            Property::always(i1, |_, state: &State| !state.is_broken(1)),
            Property::always(i2, |_, state: &State| !state.is_broken(2)),
            Property::always(i3, |_, state: &State| !state.is_broken(3)),
            Property::always(i4, |_, state: &State| !state.is_broken(4)),
            Property::always(i5, |_, state: &State| !state.is_broken(5)),
            Property::always(i6, |_, state: &State| !state.is_broken(6)),
        ]
    }
}

/// Whether it has a call whose answer nobody else can change: its place among the others' is of no account.
fn is_private(running: &Running) -> bool {
    running.calls().values().any(is_constant)
}

impl System {
    fn beginning(&self) -> State {
        let mut state = State {
            now: START,
            world: World::new(),
            running: BTreeMap::new(),
            taken: vec![false; self.scenario.steps.len()],
            faults_left: 0,
            delivery_was_lost: false,
            rested: true,
            broken: [false; 6],
        };
        if self.scenario.start != Start::WithAda {
            self.alone(&mut state, Step::Park(ADA));
            state.pause();
        }
        if self.scenario.start == Start::Accepted {
            self.alone(&mut state, Step::Message);
            state.take(Step::Accept, "begin");
            state.pause();
        }
        state.faults_left = self.scenario.faults;
        state
    }

    /// Takes a step and lets all that follows run, nothing going wrong.
    pub fn alone(&self, state: &mut State, step: Step) {
        state.take(step, "alone");
        while let Some(action) = self.first_action(state) {
            self.perform(state, &action);
        }
    }

    fn first_action(&self, state: &State) -> Option<Action> {
        let running = state.running.values();
        let mut actions = Vec::new();
        for running in running {
            self.calls_of(state, running, &mut actions);
            let due = running
                .waits()
                .iter()
                .find(|(_, until)| **until <= state.now);
            actions.extend(due.map(|(id, _)| Action::Waited(running.name().into(), *id)));
            if !actions.is_empty() {
                return Some(actions.swap_remove(0));
            }
        }
        (!state.running.is_empty()).then_some(Action::Tick)
    }

    fn calls_of(&self, state: &State, running: &Running, actions: &mut Vec<Action>) {
        let calls = running.calls();
        let only = state.running.len() == 1 && !state.taken.contains(&false);
        let next: Vec<_> = if let Some(constant) = calls.iter().find(|(_, call)| is_constant(call))
        {
            vec![constant]
        } else if let Some(read) = calls.iter().find(|(_, call)| only && !changes(call)) {
            // With nobody else about, the order of reads is of no account either.
            vec![read]
        } else if self.scenario.every_order || calls.len() < 2 {
            calls.iter().collect()
        } else {
            calls
                .first_key_value()
                .into_iter()
                .chain(calls.last_key_value())
                .collect()
        };
        for (id, call) in next {
            let action = |fault| Action::Call(running.name().into(), *id, name_of(call), fault);
            actions.push(action(None));
            if state.faults_left > 0 {
                actions.extend(FAULTS.into_iter().map(|fault| action(Some(fault))));
            }
        }
    }

    fn perform(&self, state: &mut State, action: &Action) {
        match action {
            Action::Step(number, step) => {
                if let Some(taken) = state.taken.get_mut(*number) {
                    *taken = true;
                }
                state.take(*step, &number.to_string());
            }
            Action::Call(name, id, _, fault) => self.call(state, name, *id, *fault),
            Action::Dies(name) => {
                state.running.remove(name);
                state.faults_left -= 1;
            }
            Action::Waited(name, id) => state.tell(name, Event::Waited(*id)),
            Action::Tick => {
                let ends = state
                    .running
                    .values()
                    .flat_map(|running| running.waits().values());
                let next = ends.min().copied().unwrap_or(state.now);
                state.go_on_to(next);
            }
            Action::Standstill => {
                state.faults_left -= 1;
                state.go_on_to(state.now + STANDSTILL);
            }
            Action::Pause => state.pause(),
        }
    }

    fn call(&self, state: &mut State, name: &str, id: CallId, fault: Option<Fault>) {
        let Some(running) = state.running.get(name).cloned() else {
            return;
        };
        let Some(call) = running.calls().get(&id) else {
            return;
        };
        let result = match fault {
            None => self.apply(state, &running, call),
            Some(fault) => {
                state.faults_left -= 1;
                let failure = match fault {
                    Fault::Throttled => Failure::Throttled,
                    Fault::NotDone => Failure::Unavailable,
                    Fault::AnswerLost => {
                        let _ = self.apply(state, &running, call);
                        Failure::Unavailable
                    }
                };
                self.variant
                    .and_then(|variant| variant.told(call, fault))
                    .unwrap_or(Err(failure))
            }
        };
        state.tell(name, Event::Answered(id, result));
    }

    /// What Twilio does on a call, and answers.
    fn apply(&self, state: &mut State, running: &Running, call: &Call) -> Result<Answer, Failure> {
        if !state.may(running, call) {
            state.break_invariant(6);
        }
        if let Some(answer) = self.variant.and_then(|variant| variant.instead(call)) {
            return answer;
        }
        let replaced = self.variant.and_then(|variant| variant.replaces(call));
        let call = replaced.as_ref().unwrap_or(call);
        let caller = running.role().caller();
        let answer = state.world.answer(call, caller.as_ref(), state.now);
        match call {
            Call::UpdateAttributes(..) if !state.world.others_are_untouched() => {
                state.break_invariant(3);
            }
            Call::CreateWebhook(webhook) if self.scenario.replays => {
                state.replay(webhook.replay_after);
            }
            _ => {}
        }
        answer
    }
}
