//! Steps of people, and Twilio's requests to the Functions.

use memory_twilio::sids::worker;
use memory_twilio::{identity, WebhookCall, BEN, CUSTOMER, SUE};
use park_interaction::protocol::unpark::{Cause, Change, Clock, NewTime};
use park_interaction::protocol::MessageRef;
use park_interaction::twilio::time::Millis;

use crate::forged;
use crate::running::{Role, Running, What};
use crate::scenario::Step;
use crate::state::{number_of, Due, State, MINUTE};

use super::System;

/// The wait that a click on Keep begins, in hours.
pub const KEEPS_FOR_HOURS: u32 = 1;

impl System {
    /// Takes a step. `mark` names the operation, so that two steps of one kind begin two operations.
    pub fn take(&self, state: &mut State, step: Step, mark: &str) {
        state.rested = false;
        let now = state.now;
        match step {
            Step::Park(number) => {
                let screen = state.first_unseen.checked_sub(1);
                self.park(state, mark, number, screen);
            }
            Step::ParkBlind(number) => self.park(state, mark, number, None),
            Step::Resume(number) => {
                let name = format!("resume-{mark}");
                self.unpark(state, name, Role::Resume(number), Cause::Resume);
            }
            Step::Keep(number) => {
                let name = format!("keep-{mark}");
                let hours = KEEPS_FOR_HOURS;
                let cause = Cause::Change(Change::LongestWait { hours });
                self.unpark(state, name, Role::Keep(number), cause);
            }
            Step::Give(number) => {
                let name = format!("give-{mark}");
                self.unpark(state, name, Role::Give(number), Cause::Give);
            }
            Step::GiveTo(number, to) => {
                let name = format!("give-to-{mark}");
                let cause = Cause::Change(Change::Owner {
                    worker: worker(to),
                    given_by: None,
                });
                self.unpark(state, name, Role::GiveTo(number, to), cause);
            }
            Step::Move(number, minutes) => {
                let name = format!("move-{mark}");
                let due = moved(minutes, now);
                let time = NewTime {
                    until: due.and_then(|due| u32::try_from(due.at / 1_000).ok()),
                    keep_minutes: None,
                    expires_after_hours: None,
                };
                let cause = Cause::Change(Change::Details {
                    time: Some(time),
                    reason: None,
                });
                self.unpark(state, name, Role::Move(number, minutes), cause);
            }
            Step::End(number) => {
                let name = format!("end-{mark}");
                let cause = Cause::End { unread: 0 };
                self.unpark(state, name, Role::End(number), cause);
            }
            Step::Settle(number) => {
                let name = format!("settle-{mark}");
                self.unpark(state, name, Role::Settle(number), Cause::Settle);
            }
            Step::Message => {
                let by = state.world.change(|twilio| twilio.customer_writes(now));
                state.news += 1;
                self.fire(state, &by);
            }
            Step::LostMessage => {
                state.world.change(|twilio| twilio.customer_writes(now));
                state.lapse();
            }
            Step::SupervisorWrites => {
                let write = |twilio: &mut memory_twilio::MemoryTwilio| {
                    twilio.write(identity(SUE), None, now)
                };
                let by = state.world.change(write);
                self.fire(state, &by);
            }
            Step::Accept => accept(state),
            Step::InviteEnds => {
                state.end_invite();
                state.events_due += self.scenario.events;
            }
            Step::Leave(number) => self.leave(state, number),
            Step::BecomesFull(number) => {
                let worker = worker(number);
                state.world.change(|twilio| twilio.full.insert(worker));
            }
            Step::GoesAway(number) => {
                let worker = worker(number);
                state.world.change(|twilio| twilio.away.insert(worker));
            }
            Step::DesktopAsks => self.desktop_asks(state, format!("desktop-{mark}")),
            Step::Reconcile => {
                let name = format!("reconcile-{mark}");
                self.unpark(state, name, Role::Owner, Cause::Reconcile);
            }
            Step::Release => {
                let name = format!("release-{mark}");
                self.unpark(state, name, Role::Owner, Cause::Release);
            }
            Step::Forge => state.world.change(forged::forge),
            Step::Close => self.close(state),
        }
    }

    fn park(&self, state: &mut State, mark: &str, number: u32, screen: Option<u32>) {
        let what = What::Park(screen);
        self.begin(state, format!("park-{mark}"), Role::Park(number), what);
    }

    pub(super) fn unpark(&self, state: &mut State, name: String, role: Role, cause: Cause) {
        let what = What::Unpark(Box::new(WebhookCall {
            cause,
            called: None,
        }));
        self.begin(state, name, role, what);
    }

    pub(super) fn begin(&self, state: &mut State, name: String, role: Role, what: What) {
        let begun = Running::begin(name.as_str().into(), role, what, &self.scenario, state);
        match begun {
            Ok(running) => {
                state.running.insert(name.into(), running);
            }
            Err(outcome) => self.ended(state, &name, role, &outcome, true),
        }
    }

    /// Delivers a message to the webhooks.
    fn fire(&self, state: &mut State, by: &MessageRef) {
        let index = by.index.unwrap_or_default();
        let role = Role::Wake(by.author == CUSTOMER);
        for (number, call) in state.world.calls_for(by).into_iter().enumerate() {
            let name = format!("wake-{index}-{number}");
            self.begin(state, name, role, What::Unpark(Box::new(call)));
        }
    }

    /// Replays earlier messages to a new webhook.
    pub(super) fn replay(&self, state: &mut State, after: Option<u32>) {
        let webhook = state.world.webhooks.last().map(|one| one.armed.sid.clone());
        let number: String = webhook
            .iter()
            .filter_map(|sid| sid.as_str().chars().last())
            .collect();
        for (place, call) in state.world.replayed(after).into_iter().enumerate() {
            let name = format!("replay-{number}-{place}");
            self.begin(state, name, Role::Wake(true), What::Unpark(Box::new(call)));
        }
    }

    /// Delivers `TaskRouter`'s event of an ended task.
    pub(super) fn tell_of_an_end(&self, state: &mut State) {
        state.events_due -= 1;
        state.events_told += 1;
        let name = format!("restore-{}", state.events_told);
        self.unpark(state, name, Role::Restore, Cause::Restore);
    }

    pub fn strike(&self, state: &mut State, clock: Clock) {
        let (at, now) = (state.strikes_at(clock), state.now);
        match clock {
            Clock::Timer => {
                let calls = state.world.change(|twilio| twilio.timer_ends(now));
                for (number, call) in calls.into_iter().enumerate() {
                    let name = format!("timer-{now}-{number}");
                    self.begin(state, name, Role::Timer, What::Unpark(Box::new(call)));
                }
            }
            Clock::Desktop => {
                state.desktop_asked = at;
                self.desktop_asks(state, format!("desktop-{now}"));
            }
        }
    }

    fn desktop_asks(&self, state: &mut State, name: String) {
        let cause = Cause::Check(Clock::Desktop);
        self.unpark(state, name, Role::Desktop(BEN), cause);
    }

    fn leave(&self, state: &mut State, number: u32) {
        let now = state.now;
        state.see();
        state.world.change(|twilio| twilio.leave(number, now));
        state.abandoned = true;
        // Their task is completed.
        state.events_due += self.scenario.events;
    }

    fn close(&self, state: &mut State) {
        let now = state.now;
        state.world.change(|twilio| twilio.close_conversation(now));
        for number in 0..state.world.webhooks.len() {
            let name = format!("closed-{number}");
            self.unpark(state, name, Role::Restore, Cause::Restore);
        }
    }
}

/// Returns the time that a change at `now` has asked for.
pub fn moved(minutes: u32, now: Millis) -> Option<Due> {
    (minutes > 0).then_some(Due {
        at: (now + Millis::from(minutes) * MINUTE) / 1_000 * 1_000,
        keep_minutes: None,
        is_expiry: false,
    })
}

fn accept(state: &mut State) {
    let asked = state.world.invite().and_then(|(_, task)| number_of(task));
    let now = state.now;
    state
        .world
        .change(|twilio| twilio.accept(asked.unwrap_or(BEN), now));
    state.due = None;
    state.see();
}
