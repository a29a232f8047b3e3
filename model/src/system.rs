//! All that can happen next, one thing at a time, and what must hold whatever happens.

use std::collections::BTreeMap;
use std::fmt;

use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::{Answer, Call, CallId, Event, Failure, MessageRef, Millis};
use park_interaction::reply::Reply;
use stateright::{Model, Property};

use crate::running::{Role, Running};
use crate::scenario::{Fault, Scenario, Start, Step, FAULTS};
use crate::variant::Variant;
use crate::world::{self, World, ADA, BEN, SUE};

/// A full minute, so that long pauses can end at full minutes too.
const START: Millis = 1_789_999_980_000;
const MINUTE: Millis = 60_000;

/// Longer than a claim lasts, shorter than a Function may run.
const STANDSTILL: Millis = 6_500;

/// Twilio ends a Function that runs longer.
const FUNCTION_RUNS_FOR: Millis = 10_000;

/// The invariants, in their order.
pub const INVARIANTS: [&str; 6] = [
    "I1 nobody is left alone",
    "I2 no double work",
    "I3 nothing overwritten",
    "I4 the list is true",
    "I5 running again heals",
    "I6 only who may",
];

/// A scenario, run by the shipped code or by a variant of it.
pub struct System {
    pub scenario: Scenario,
    pub variant: Option<Variant>,
}

/// One moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    now: Millis,
    world: World,
    running: BTreeMap<String, Running>,
    /// Which steps of the scenario have been taken.
    taken: Vec<bool>,
    faults_left: u8,
    /// Whether a message reached nobody, and nobody has reconciled since.
    delivery_was_lost: bool,
    /// Whether everybody has paused since something was last done.
    rested: bool,
    /// Which invariants are broken.
    broken: [bool; 6],
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

fn is_constant(call: &Call) -> bool {
    matches!(
        call,
        Call::ValidateToken | Call::FindWorker(_) | Call::FetchConversationParticipant(..)
    )
}

fn is_claim(call: &Call) -> bool {
    matches!(call, Call::CreateClaim(_) | Call::UpdateClaim(..))
}

fn changes(call: &Call) -> bool {
    !is_constant(call)
        && !matches!(
            call,
            Call::FetchConversation(_)
                | Call::ListParticipants(..)
                | Call::FetchTask(_)
                | Call::ListInvites(..)
                | Call::ListWebhooks(_)
                | Call::ListMessages(_)
                | Call::FetchClaim(_)
        )
}

/// The variant's name, `CreateClaim` for example.
fn name_of(call: &Call) -> String {
    let text = format!("{call:?}");
    text.split('(').next().unwrap_or_default().to_owned()
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
    fn alone(&self, state: &mut State, step: Step) {
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

    /// What must hold when nothing is under way: now, after the customer's next message, and once somebody
    /// has joined and settled.
    fn judge(&self, state: &mut State) {
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
    fn has_calls(&self) -> bool {
        self.running
            .values()
            .any(|running| !running.calls().is_empty())
    }

    /// What `main` says is done in time or not at all.
    fn has_unconditional_change_under_way(&self) -> bool {
        self.running.values().any(|running| {
            running.calls().values().any(|call| match call {
                Call::Invite(_) => true,
                Call::DeleteItem(..) => matches!(running.role(), Role::Wake(_) | Role::Reconcile),
                _ => false,
            })
        })
    }

    fn is_being_reconciled(&self) -> bool {
        self.running
            .values()
            .any(|running| running.role() == Role::Reconcile)
    }

    fn is_due(&self) -> bool {
        self.running
            .values()
            .flat_map(|running| running.waits().values())
            .any(|until| *until <= self.now)
    }

    fn allows(&self, step: Step) -> bool {
        match step {
            Step::Accept | Step::Decline => self.world.invite().is_some(),
            Step::Settle(number) => self.world.is_in(number),
            Step::LostMessage => !self.is_being_reconciled(),
            Step::Restore => self.world.woken && self.world.invite().is_none(),
            _ => true,
        }
    }

    /// Whether nothing of the parking is left.
    fn is_clean(&self) -> bool {
        self.world.record().is_none()
            && self.world.others_are_untouched()
            && self.world.rows.is_empty()
            && !self.world.is_armed()
    }

    fn is_broken(&self, number: usize) -> bool {
        self.broken.get(number - 1).copied().unwrap_or(true)
    }

    fn break_invariant(&mut self, number: usize) {
        if let Some(broken) = self.broken.get_mut(number - 1) {
            *broken = true;
        }
    }

    fn go_on_to(&mut self, now: Millis) {
        self.now = now;
        self.running
            .retain(|_, running| now < running.started() + FUNCTION_RUNS_FOR);
        self.world.claim.forget_expired(now);
    }

    fn pause(&mut self) {
        self.go_on_to((self.now / MINUTE + 1) * MINUTE);
        self.rested = true;
    }

    /// `mark` tells operations apart that are begun by the same kind of step.
    fn take(&mut self, step: Step, mark: &str) {
        self.rested = false;
        match step {
            Step::Park(number) => self.begin(format!("park-{mark}"), Role::Park(number), None),
            Step::Resume(number) => {
                self.begin(
                    format!("resume-{mark}"),
                    Role::Resume(number),
                    Some(Cause::Resume),
                );
            }
            Step::Settle(number) => {
                self.begin(
                    format!("settle-{mark}"),
                    Role::Settle(number),
                    Some(Cause::Settle),
                );
            }
            Step::Message => {
                let by = self.world.write("customer", 1);
                self.fire(&by, true);
            }
            Step::LostMessage => {
                self.world.write("customer", 1);
                self.delivery_was_lost = true;
            }
            Step::Restore => self.begin(
                format!("restore-{mark}"),
                Role::Restore,
                Some(Cause::Restore),
            ),
            Step::Reconcile => self.begin(
                format!("reconcile-{mark}"),
                Role::Reconcile,
                Some(Cause::Reconcile),
            ),
            Step::SupervisorWrites => {
                let by = self.world.write("sue", 2);
                // It is not the customer's, and so nobody need hear it.
                self.world.heard = self.world.last_index().unwrap_or_default();
                self.fire(&by, false);
            }
            Step::Accept => {
                let asked = self.world.invite().and_then(|open| open.asked.clone());
                let number = [ADA, SUE]
                    .into_iter()
                    .find(|number| asked == Some(world::worker(*number)));
                self.world.accept(number.unwrap_or(BEN));
            }
            Step::Decline => self.world.decline(),
        }
    }

    fn fire(&mut self, by: &MessageRef, customer: bool) {
        let message = self.world.last_index().unwrap_or_default();
        for number in 0..self.world.webhooks.len() {
            self.wake(
                format!("wake-{message}-{number}"),
                vec![by.clone()],
                customer,
            );
        }
    }

    /// A new webhook is told of what was written after the index that it was made with.
    fn replay(&mut self, after: Option<u32>) {
        for message in self.world.messages.clone() {
            if Some(message.index) > after {
                self.wake(format!("replay-{}", message.index), vec![message.by], true);
            }
        }
    }

    fn wake(&mut self, name: String, by: Vec<MessageRef>, customer: bool) {
        self.begin(name, Role::Wake(customer), Some(Cause::Wake(by)));
    }

    fn begin(&mut self, name: String, role: Role, cause: Option<Cause>) {
        let running = Running::begin(name.clone(), role, cause, &self.world, self.now);
        self.running.insert(name, running);
    }

    fn tell(&mut self, name: &str, event: Event) {
        let Some(running) = self.running.get_mut(name) else {
            return;
        };
        let Some(outcome) = running.tell(event, self.now) else {
            return;
        };
        let role = self.running.remove(name).map(|running| running.role());
        self.look_after(role, &outcome.reply);
        if !outcome.unseen.is_empty() {
            self.wake(format!("unseen-by-{name}"), outcome.unseen, true);
        }
    }

    /// What must be so from now on, since somebody has looked after it.
    fn look_after(&mut self, role: Option<Role>, reply: &Reply) {
        let quiet = matches!(reply, Reply::Restored | Reply::Ignored)
            && !self.world.has_agent()
            && self.world.invite().is_none();
        if quiet && matches!(role, Some(Role::Restore | Role::Reconcile)) {
            self.world.woken = false;
        }
        if role == Some(Role::Reconcile) && !matches!(reply, Reply::Refused { .. }) {
            self.delivery_was_lost = false;
        }
    }

    /// Whether an operation may do this, going by what is true and not by what it was told.
    fn may(&self, running: &Running, call: &Call) -> bool {
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
