//! One state of the search: Twilio, the operations in flight, and the facts that an observer remembers.

use std::collections::BTreeMap;

use memory_twilio::{MemoryTask, MemoryTwilio, CUSTOMER};
use park_interaction::protocol::unpark::Clock;
use park_interaction::twilio::calls::{Message, TaskStatus};
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyCall;

use crate::calls::is_extra;
use crate::running::{has_room, Name, Role, Running};
use crate::scenario::Step;
use crate::shared::Shared;

/// The time at which a scenario begins: a full minute, so that long pauses can end at full minutes too.
pub const START: Millis = 1_789_999_980_000;
pub const MINUTE: Millis = 60_000;
pub const HOUR: Millis = 60 * MINUTE;

/// The longest that a Function runs before Twilio ends it.
pub const FUNCTION_RUNS_FOR: Millis = 10_000;

/// The appointment of the present park.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Due {
    /// Its time.
    pub at: Millis,
    /// The longest time for which the customer's first message waits, in minutes. `None`: it does not wait.
    pub keep_minutes: Option<u32>,
    /// True if it is the end of the longest wait that the owner allows.
    pub is_expiry: bool,
}

/// One state of the search.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each says a thing of its own that has happened"
)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub now: Millis,
    pub world: Shared<MemoryTwilio>,
    pub running: BTreeMap<Name, Running>,
    /// The steps of the scenario that have been taken.
    pub taken: Vec<bool>,
    pub faults_left: u8,
    /// The number of ended tasks whose event is still due.
    pub events_due: u8,
    /// The number of events of ended tasks that were delivered.
    pub events_told: u8,
    /// The item of the waiting conversation when a desktop last asked.
    pub desktop_asked: Option<Millis>,
    /// The index of the first message that no agent has seen.
    pub first_unseen: u32,
    /// The worker whose conversation it is: who parked last, or to whom it was given since.
    pub owner: Option<u32>,
    /// The appointment of the present park, until an agent joins.
    pub due: Option<Due>,
    /// True if an invite through the workflow has taken the row away, and nobody has looked since.
    pub woken: bool,
    /// Counts the events of which an operation knows for certain only if it began later.
    pub news: u8,
    /// True if a message reached nobody, or an operation died or was refused, and nobody has looked since.
    pub lapsed: bool,
    /// True if an operation ever died or was refused: it may have set one clock only.
    pub crashed: bool,
    /// True if an operation was refused that sets clocks before it says so, by what it saw long before.
    pub may_have_late_clocks: bool,
    /// True if an agent has left of their own accord: a conversation that is not parked is their responsibility.
    pub abandoned: bool,
    /// True if a long pause was the last event.
    pub rested: bool,
    /// The invariants that are broken.
    pub broken: [bool; 8],
}

impl State {
    /// Returns the state in which Ada has the conversation.
    pub fn new(world: MemoryTwilio, steps: usize) -> Self {
        Self {
            now: START,
            first_unseen: next_index(&world),
            world: Shared::new(world),
            running: BTreeMap::new(),
            taken: vec![false; steps],
            faults_left: 0,
            events_due: 0,
            events_told: 0,
            desktop_asked: None,
            owner: None,
            due: None,
            woken: false,
            news: 0,
            lapsed: false,
            crashed: false,
            may_have_late_clocks: false,
            abandoned: false,
            rested: true,
            broken: [false; 8],
        }
    }

    /// Returns true if calls are in flight that do not hang.
    pub fn has_calls(&self) -> bool {
        let mut calls = self.running.values().flat_map(|one| one.calls().values());
        calls.any(|call| !is_extra(call))
    }

    /// Returns true if a change is in flight that happens in time or not at all: `main` lists those.
    pub fn has_unconditional_change_under_way(&self) -> bool {
        self.running.values().any(|running| {
            running.calls().values().any(|call| match call {
                AnyCall::CreateInvite(_) => true,
                AnyCall::UpdateConversation(call) if call.close => true,
                AnyCall::UpdateWebhook(_) | AnyCall::PutItem(_) => running.role().changes_park(),
                AnyCall::UpdateConversation(call) => call.inactive_after_seconds > Some(0),
                AnyCall::DeleteItem(_) => {
                    let role = running.role();
                    matches!(role, Role::Wake(_) | Role::Give(_) | Role::End(_))
                        || role.changes_park()
                        || role.looks_after()
                }
                _ => false,
            })
        })
    }

    pub fn is_due(&self) -> bool {
        self.running
            .values()
            .flat_map(|running| running.waits().values())
            .any(|until| *until <= self.now)
    }

    /// Returns true if an agent is about to be taken out.
    pub fn is_being_parked(&self) -> bool {
        let mut running = self.running.values();
        running.any(|running| matches!(running.role(), Role::Park(_)))
    }

    /// Returns true if an agent left a conversation that was not parked: nobody else can lose that customer.
    pub fn is_left_behind(&self) -> bool {
        self.abandoned && !self.world.is_armed() && !self.has_somebody()
    }

    /// Returns true if an agent is there or is being asked.
    pub fn has_somebody(&self) -> bool {
        self.world.agents() > 0 || self.world.invite().is_some()
    }

    /// Returns the first message of the customer that no agent has seen.
    pub fn unheard(&self) -> Option<&Message> {
        let mut messages = self.world.messages.iter();
        messages.find(|message| message.index >= self.first_unseen && message.author == CUSTOMER)
    }

    /// Returns the time until which the customer's only unheard message waits, because the agent has kept the time of the
    /// appointment.
    pub fn kept_until(&self) -> Option<Millis> {
        let due = self.due?;
        let written_at = self.unheard()?.written_at?;
        let unheard = self
            .world
            .messages
            .iter()
            .filter(|message| message.index >= self.first_unseen && message.author == CUSTOMER);
        let bound = written_at + Millis::from(due.keep_minutes?) * MINUTE;
        (unheard.count() == 1).then_some(due.at.min(bound))
    }

    /// Returns the time from which an invite is owed while nobody is there: of the unheard message, unless it waits, or of
    /// the appointment. `None`: the conversation waits for the customer.
    pub fn owed_from(&self) -> Option<Millis> {
        let due = self.due.map(|due| due.at);
        let written_at = self.unheard().and_then(|message| message.written_at);
        let message = self.kept_until().or(written_at);
        message.into_iter().chain(due).min()
    }

    /// Returns the index of the next message.
    pub fn next_index(&self) -> u32 {
        next_index(&self.world)
    }

    /// Marks all messages as seen if an agent is in the conversation.
    pub fn see(&mut self) {
        self.first_unseen = next_index(&self.world);
    }

    /// Returns the invites that were made, in their order.
    pub fn invites(&self) -> impl Iterator<Item = &MemoryTask> {
        self.world.tasks.values().skip(1)
    }

    /// Returns the time at which a clock next strikes.
    pub fn strikes_at(&self, clock: Clock) -> Option<Millis> {
        match clock {
            Clock::Timer => self.world.timer_ends_at(),
            Clock::Desktop => {
                let asks_at = self.world.desktops_ask_at()?;
                (self.desktop_asked != Some(asks_at)).then_some(asks_at)
            }
        }
    }

    /// Returns true if a step can be taken now.
    pub fn allows(&self, step: Step) -> bool {
        match step {
            Step::Accept => self.invited_worker_has_room(),
            Step::InviteEnds => self.world.invite().is_some(),
            Step::Settle(number) | Step::Leave(number) => self.world.is_in(number),
            Step::Message | Step::LostMessage | Step::SupervisorWrites => !self.world.closed,
            Step::Forge => self.world.record().is_some(),
            Step::Close => self.world.agents() == 0 && self.world.invite().is_none(),
            _ => true,
        }
    }

    fn invited_worker_has_room(&self) -> bool {
        self.world
            .invite()
            .is_some_and(|(_, task)| match number_of(task) {
                Some(number) => has_room(&self.world, number),
                None => true,
            })
    }

    /// Moves the time on. Twilio ends Functions that run too long.
    pub fn go_on_to(&mut self, now: Millis) {
        self.now = now;
        let before = self.running.len();
        self.running
            .retain(|_, running| now < running.started() + FUNCTION_RUNS_FOR);
        if self.running.len() < before {
            self.crash();
        }
        self.world.change(|twilio| twilio.claim.expire(now));
    }

    /// Notes that work was left undone, which the next operation has to do.
    pub fn lapse(&mut self) {
        self.lapsed = true;
        self.news += 1;
    }

    /// Notes that an operation died or was refused.
    pub fn crash(&mut self) {
        self.crashed = true;
        self.lapse();
    }

    /// Ends the open task without anybody having joined.
    pub fn end_invite(&mut self) {
        let now = self.now;
        self.world.change(|twilio| twilio.end_invite(now));
        self.news += 1;
    }

    /// Returns the next full minute that is at least a minute away.
    pub fn after_pause(&self) -> Millis {
        (self.now + MINUTE).div_ceil(MINUTE) * MINUTE
    }

    pub fn is_broken(&self, number: usize) -> bool {
        self.broken.get(number - 1).copied().unwrap_or(true)
    }

    pub fn break_invariant(&mut self, number: usize) {
        if let Some(broken) = self.broken.get_mut(number - 1) {
            *broken = true;
        }
    }
}

/// Returns the one worker whom a task asks.
pub fn number_of(task: &MemoryTask) -> Option<u32> {
    let mut people = [memory_twilio::ADA, memory_twilio::BEN, memory_twilio::SUE].into_iter();
    people.find(|number| task.asks.as_ref() == Some(&memory_twilio::sids::worker(*number)))
}

/// Returns true if an invite has ended.
pub fn is_over(task: &MemoryTask) -> bool {
    task.status == TaskStatus::Over
}

fn next_index(world: &MemoryTwilio) -> u32 {
    world.last_index().map_or(0, |index| index + 1)
}
