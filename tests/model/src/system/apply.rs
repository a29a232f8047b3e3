//! The effect of a call that reaches Twilio.

use memory_twilio::sids::worker;
use memory_twilio::{MemoryTwilio, WebhookCall, CUSTOMER};
use park_interaction::attributes::Attributes;
use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::{CallId, Event, Outcome};
use park_interaction::twilio::calls::CloseParticipant;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::{AnyAnswer, AnyCall, Failure};

use crate::calls::changes;
use crate::running::{Role, Running, What};
use crate::scenario::Fault;
use crate::state::{State, HOUR};

use super::people::{moved, KEEPS_FOR_HOURS};
use super::System;

type Answer = Result<AnyAnswer, Failure>;

impl System {
    pub(super) fn call(&self, state: &mut State, name: &str, id: CallId, fault: Option<Fault>) {
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
                self.go_wrong(state, &running, call, fault)
            }
        };
        self.tell(state, name, Event::Answered(id, result));
    }

    fn go_wrong(
        &self,
        state: &mut State,
        running: &Running,
        call: &AnyCall,
        fault: Fault,
    ) -> Answer {
        let failure = match fault {
            Fault::Throttled => Failure::Throttled,
            Fault::NotDone => Failure::Unavailable,
            Fault::Changed => Failure::Conflict,
            Fault::AnswerLost => {
                let _ = self.apply(state, running, call);
                Failure::Unavailable
            }
        };
        let told = self.variant.and_then(|variant| variant.told(call, fault));
        told.unwrap_or(Err(failure))
    }

    /// Carries out a call. Returns Twilio's answer.
    fn apply(&self, state: &mut State, running: &Running, call: &AnyCall) -> Answer {
        Self::judge_call(state, running, call);
        let role = running.role();
        let falsified = self.variant.and_then(|variant| variant.instead(call));
        if let Some(answer) = falsified {
            return answer;
        }
        let replaced = self.variant.and_then(|variant| variant.replaces(call));
        let call = replaced.as_ref().unwrap_or(call);
        let before = state.world.clone();
        let answer = carry_out(state, call, role)?;
        self.follow(state, &before, call, running);
        match self.variant {
            Some(variant) => Ok(variant.answers(answer, role, &before)),
            None => Ok(answer),
        }
    }

    /// Handles the further effects of a call that was carried out.
    fn follow(&self, state: &mut State, before: &MemoryTwilio, call: &AnyCall, running: &Running) {
        match call {
            AnyCall::UpdateConversation(update) => {
                if !state.world.others_are_untouched() {
                    state.break_invariant(3);
                }
                if update.close {
                    note(state, running, None, true);
                }
            }
            AnyCall::CreateWebhook(webhook) => self.replay(state, webhook.replay_after),
            AnyCall::CreateInvite(invite) => state.woken |= invite.worker.is_none(),
            AnyCall::UpdateWebhook(_) => Self::follow_change(state, before, running),
            AnyCall::CreateClaim(_) | AnyCall::UpdateClaim(_) => {
                let next = state.next_index();
                note(state, running, Some(next), false);
            }
            AnyCall::CloseParticipant(close) => {
                state.owner = running.role().caller_number();
                state.due = running.due();
                state.woken = false;
                if came_out_of_parking(before, close) {
                    state.events_due += self.scenario.events;
                }
            }
            _ => {}
        }
    }

    /// Changes the owner or the time, if the change was written into the address. A change that finds an unheard message writes its
    /// invite there instead.
    fn follow_change(state: &mut State, before: &MemoryTwilio, running: &Running) {
        if !running.role().changes_park() {
            return;
        }
        let tasks = [before.guardian(), state.world.guardian()].map(|guardian| {
            let last = guardian.as_ref().and_then(|one| one.last_task.clone());
            (
                last,
                guardian.is_some_and(|one| one.unheard_since.is_some()),
            )
        });
        let [(task_before, _), (task_now, is_unheard)] = tasks;
        if task_before != task_now || is_unheard {
            return;
        }
        match running.role() {
            // A gift that comes too late writes an invite, perhaps twice.
            Role::GiveTo(_, to) => {
                let guardian = state.world.guardian();
                if guardian.is_some_and(|guardian| guardian.worker == worker(to)) {
                    state.owner = Some(to);
                }
            }
            Role::Move(_, minutes) => state.due = moved(minutes, running.started()),
            _ => {
                if let Some(due) = &mut state.due {
                    let wait = Millis::from(KEEPS_FOR_HOURS) * HOUR;
                    // Twilio's addresses have full seconds.
                    due.at = (running.started() + wait) / 1_000 * 1_000;
                }
            }
        }
    }

    pub(super) fn tell(&self, state: &mut State, name: &str, event: Event) {
        let Some(running) = state.running.get_mut(name) else {
            return;
        };
        if let Some(outcome) = running.tell(event, state.now) {
            let Some(ended) = state.running.remove(name) else {
                return;
            };
            let knows_all = ended.knows_all(state);
            self.judge_end(state, &ended, &outcome.reply);
            self.ended(state, name, ended.role(), &outcome, knows_all);
        }
    }

    /// Handles the end of an operation: a park may go on as a wake.
    pub(super) fn ended(
        &self,
        state: &mut State,
        name: &str,
        role: Role,
        outcome: &Outcome,
        knows_all: bool,
    ) {
        self.judge_outcome(state, role, &outcome.reply, knows_all);
        if !outcome.unseen.is_empty() {
            let customer = outcome.unseen.iter().any(|by| by.author == CUSTOMER);
            let cause = Cause::Wake(outcome.unseen.clone());
            let what = What::Unpark(Box::new(WebhookCall {
                cause,
                called: None,
            }));
            self.begin(
                state,
                format!("unseen-by-{name}"),
                Role::Wake(customer),
                what,
            );
        }
    }
}

/// Notes what an operation has done; see [`Running::note`].
fn note(state: &mut State, running: &Running, claimed_at: Option<u32>, has_closed: bool) {
    // The others take the claim too, but only an end is judged by it.
    if let Some(running) = state
        .running
        .get_mut(running.name())
        .filter(|running| matches!(running.role(), Role::End(_)))
    {
        running.note(claimed_at, has_closed);
    }
}

fn carry_out(state: &mut State, call: &AnyCall, role: Role) -> Answer {
    let (caller, now) = (role.caller(), state.now);
    let perform = |twilio: &mut MemoryTwilio| {
        let answer = call.perform(twilio.at(now, caller));
        // The time and author of the last change do not matter.
        twilio.at(0, None);
        answer
    };
    if changes(call) {
        state.world.change(perform)
    } else {
        perform(&mut MemoryTwilio::clone(&state.world))
    }
}

/// Returns true if an event reports the end of the task of somebody who is taken out.
fn came_out_of_parking(twilio: &MemoryTwilio, close: &CloseParticipant) -> bool {
    let mut participants = twilio.participants.iter();
    let leaving = participants.find(|one| one.sid == close.participant);
    let task = leaving.and_then(|one| twilio.tasks.get(one.task.as_ref()?));
    let attributes = task.and_then(|task| Attributes::parse(&task.attributes).ok());
    attributes.is_some_and(|attributes| attributes.raw("originalRouting").is_some())
}
