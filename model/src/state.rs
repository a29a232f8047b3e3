//! One moment: what there is, what is under way, and what a step makes of it.

use std::collections::BTreeMap;

use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::{Call, Event, MessageRef, Millis};
use park_interaction::reply::Reply;

use crate::running::{Role, Running};
use crate::scenario::Step;
use crate::world::{self, World, ADA, BEN, SUE};

/// A full minute, so that long pauses can end at full minutes too.
pub const START: Millis = 1_789_999_980_000;
const MINUTE: Millis = 60_000;

/// Twilio ends a Function that runs longer.
const FUNCTION_RUNS_FOR: Millis = 10_000;

/// One moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub now: Millis,
    pub world: World,
    pub running: BTreeMap<String, Running>,
    /// Which steps of the scenario have been taken.
    pub taken: Vec<bool>,
    pub faults_left: u8,
    /// Whether a message reached nobody, and nobody has reconciled since.
    pub delivery_was_lost: bool,
    /// Whether everybody has paused since something was last done.
    pub rested: bool,
    /// Which invariants are broken.
    pub broken: [bool; 6],
}

impl State {
    pub fn has_calls(&self) -> bool {
        self.running
            .values()
            .any(|running| !running.calls().is_empty())
    }

    /// What `main` says is done in time or not at all.
    pub fn has_unconditional_change_under_way(&self) -> bool {
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

    pub fn is_due(&self) -> bool {
        self.running
            .values()
            .flat_map(|running| running.waits().values())
            .any(|until| *until <= self.now)
    }

    pub fn allows(&self, step: Step) -> bool {
        match step {
            Step::Accept | Step::Decline => self.world.invite().is_some(),
            Step::Settle(number) => self.world.is_in(number),
            Step::LostMessage => !self.is_being_reconciled(),
            Step::Restore => self.world.woken && self.world.invite().is_none(),
            _ => true,
        }
    }

    pub fn go_on_to(&mut self, now: Millis) {
        self.now = now;
        self.running
            .retain(|_, running| now < running.started() + FUNCTION_RUNS_FOR);
        self.world.claim.forget_expired(now);
    }

    pub fn pause(&mut self) {
        self.go_on_to((self.now / MINUTE + 1) * MINUTE);
        self.rested = true;
    }

    /// `mark` tells operations apart that are begun by the same kind of step.
    pub fn take(&mut self, step: Step, mark: &str) {
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
    pub fn replay(&mut self, after: Option<u32>) {
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

    pub fn tell(&mut self, name: &str, event: Event) {
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
}
