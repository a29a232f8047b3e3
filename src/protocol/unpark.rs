//! Unpark: the operations on a parked conversation.
//!
//! | operation | cause |
//! |---|---|
//! | wake | the customer has written, so the conversation is routed again |
//! | resume | an agent wants the conversation back |
//! | give | an agent gives the conversation to the queue |
//! | end | an agent closes the conversation, because its customer is gone |
//! | check | a timer or an open desktop asks whether a worker is being asked for a waiting conversation |
//! | change | an agent changes something about the parked conversation: its agent, its time, its reason, or the end of its longest wait |
//! | settle | an agent has joined, so the parked state is removed |
//! | restore | an invite has ended, and no agent has joined |
//! | reconcile | the owner wants the parked state to be correct |
//! | release | the owner wants the conversation to be routed now |
//!
//! | step | calls in parallel |
//! |---|---|
//! | probe | of an event that all environments of the account get: read the webhooks; unless they show that the conversation is parked here, the event ends |
//! | glance | of a check: read the last invite's task; if it still waits for a worker, which is the usual case, the check ends here |
//! | look | validate the token or read the message; read the conversation, its participants, channel, tasks and webhooks; then take the claim |
//! | invite | create the new task, if no worker has the conversation or is being asked; set the clocks that watch over it |
//! | tidy | after an invite: delete the row, write the task into the webhook's address, and mark the claim |
//! | settle | one after the other: delete the row, remove the record and put the timer back, delete the webhooks |
//! | restore | arm the webhook, if it is missing; then write the row, and the webhook's SID into the attributes |
//! | end | close the conversation, which has been looked at with the claim; then close its channel, and delete row, note and webhooks |
//! | change | a restore that first writes the change into the webhook's address, and then into row, record and clocks; the row of a conversation that was given to another agent is moved to their list |
//!
//! The webhook and the record stay until an agent has joined. If the new task ends before that, another one follows.

mod authors;
mod change;
mod conditions;
mod decide;
mod end;
mod invite;
mod restore;
mod settle;
mod watch;

use std::iter;

use crate::guardian::Guardian;
use crate::park_note;
use crate::record::ParkedRecord;
use crate::reply::{Reply, Sees};
use crate::sid::{ConversationSid, MessageSid, WorkerSid};
use crate::sync_name::MapName;
use crate::twilio::calls::{
    Caller, DeleteItem, FetchMessage, ListWorkerChannels, UpdateConversation, ValidateToken,
};
use crate::twilio::time::Millis;
use crate::twilio::Failure;
use crate::waiting;

use super::calls::{Calls, Finished, Slot};
use super::claim::{ClaimHandle, ClaimStatus};
use super::messages::MessageReader;
use super::oversight::Oversight;
use super::refusal::{busy, not_claimed, token_refused, Refused};
use super::snapshot::ConversationSnapshot;
use super::{Machine, MessageRef, OperationContext, Outcome};
use authors::Authors;
pub use change::{Change, NewTime};
pub use conditions::Conditions;
use decide::Decision;
use end::Ending;
use invite::Inviting;
use restore::Restoring;
use settle::Settling;

/// The time for which an operation waits for a state that allows a decision. It is longer than a lease, so that the
/// claim of an operation that died can be taken over. Together with the invite it is shorter than the 10 s of a
/// Function.
const LOOK_WITHIN_MS: Millis = 6_800;

/// The time after which nothing is retried.
const TRY_WITHIN_MS: Millis = 8_000;

/// The same times for one of many conversations in a sweep. The next sweep finds the conversations that this one has missed.
const RECONCILE_LOOK_WITHIN_MS: Millis = 1_500;
const RECONCILE_TRY_WITHIN_MS: Millis = 3_000;

const LOOK_AGAIN_AFTER_MS: Millis = 400;

/// The cause of an operation on a parked conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// New messages. If one of them is the customer's, the conversation wakes.
    Wake(Vec<MessageRef>),
    /// A call by a Studio flow, for a new message. `None`: the flow itself has decided to wake the conversation.
    WakeByFlow(Option<MessageSid>),
    /// The caller wants the conversation back.
    Resume,
    /// The caller gives the conversation to the queue: it is routed through the workflow.
    Give,
    /// The caller closes the conversation for good.
    End {
        /// The number of the customer's unheard messages that the caller has seen.
        unread: u32,
    },
    /// The caller changes something about the parked conversation.
    Change(Change),
    /// The caller has joined the conversation.
    Settle,
    /// The new task has ended, or the conversation is closed. Unheard messages are routed again, and the row is put
    /// back or deleted.
    Restore,
    /// A clock asks whether a worker is being asked for a waiting conversation.
    Check(Clock),
    /// The owner's check of all parked conversations. It does the same as `Restore`.
    Reconcile,
    /// The owner wants all parked conversations to be routed, even if the customer has not written.
    Release,
}

/// A clock that watches over a waiting conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clock {
    /// The conversation's timer. Twilio reports its end to the webhook.
    Timer,
    /// An open desktop, with its agent's token.
    Desktop,
}

impl Cause {
    /// Returns true if this is one of many conversations in a sweep.
    fn is_owners(&self) -> bool {
        matches!(self, Self::Reconcile | Self::Release)
    }

    /// Returns true if a message is the cause, which may be the customer's.
    fn is_wake(&self) -> bool {
        matches!(self, Self::Wake(_) | Self::WakeByFlow(_))
    }

    /// Returns the message that must be read for its author or its index.
    fn message_to_read(&self) -> Option<&MessageSid> {
        match self {
            Self::WakeByFlow(message) => message.as_ref(),
            Self::Wake(by) => by.iter().find_map(|by| by.sid.as_ref()),
            _ => None,
        }
    }

    /// Returns true if the caller needs a Flex token.
    #[must_use]
    pub fn needs_token(&self) -> bool {
        self.is_click() || matches!(self, Self::Settle | Self::Check(Clock::Desktop))
    }

    /// Returns true if an agent has clicked on a parked conversation, and waits for the reply.
    fn is_click(&self) -> bool {
        matches!(
            self,
            Self::Resume | Self::Give | Self::End { .. } | Self::Change(_)
        )
    }

    /// Returns the agent to whom the caller gives the conversation.
    fn recipient(&self) -> Option<&WorkerSid> {
        match self {
            Self::Change(Change::Owner { worker, .. }) => Some(worker),
            _ => None,
        }
    }

    /// Returns true if all messages since the park must be read.
    fn asks_what_is_unheard(&self) -> bool {
        matches!(
            self,
            Self::End { .. } | Self::Change(_) | Self::Restore | Self::Check(_) | Self::Reconcile
        )
    }

    /// Returns true if the invite of this operation may ask the agent who parked. One of many in a sweep goes through the
    /// workflow: the appointment is long past.
    fn may_ask_same_agent(&self) -> bool {
        match self {
            // A supervisor has taken it from that agent.
            Self::Change(Change::Owner { .. }) => false,
            Self::End { .. } | Self::Change(_) | Self::Check(_) | Self::Restore => true,
            _ => self.is_wake(),
        }
    }

    /// Returns true if the operation may create an invite.
    fn may_invite(&self) -> bool {
        *self != Self::Settle
    }
}

/// An operation on one parked conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unpark {
    conversation: ConversationSid,
    cause: Cause,
    conditions: Conditions,
    context: OperationContext,
    /// The guardian of the address that Twilio has called. It saves a round trip. Decisions use the armed webhook.
    called: Option<Guardian>,
    /// The agent whose list has a row of this conversation, if a sweep found the row.
    row_of: Option<WorkerSid>,
    /// If Event Streams reports the cause, which it does to the Functions of every environment, and perhaps late: what the webhooks must
    /// show, or nothing is done.
    probe: Option<Probe>,
    /// True if something was missing, and is read a second time.
    confirms_absence: bool,
    /// True if this operation has set the clocks.
    are_clocks_set: bool,
    calls: Calls,
    claim: ClaimHandle,
    phase: Phase,
    token: Slot<ValidateToken>,
    oversight: Oversight,
    seen: ConversationSnapshot,
    authors: Authors,
    /// The message that had to be read for its author or its index.
    named: Slot<FetchMessage>,
    messages: MessageReader,
    /// The worker whose room was read: [`Self::oversight`] has their activity.
    room_of: Option<WorkerSid>,
    capacity: Slot<ListWorkerChannels>,
}

/// What the webhooks of a conversation must show before an event of Event Streams is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Probe {
    /// It is parked by these Functions. For an event that comes of every conversation of the account.
    ParkedHere,
    /// It is not parked by the Functions of another environment. For an event about a task that came out of parking, whose webhook may
    /// be lost.
    NotElsewhere,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Phase {
    Probe,
    Glance,
    Look,
    LookAgain,
    AskAgain,
    Invite(Box<Inviting>),
    /// With the reply for when the clocks are set.
    Watch(Reply),
    Settle(Settling),
    Restore(Box<Restoring>),
    End(Ending),
    /// The operation ends when nothing is in flight.
    Over,
}

impl Unpark {
    /// Makes an operation that has not begun.
    #[must_use]
    pub fn new(conversation: ConversationSid, cause: Cause, context: OperationContext) -> Self {
        let authors = match &cause {
            Cause::Wake(by) => Authors::new(by.clone()),
            _ => Authors::default(),
        };
        let try_within = if cause.is_owners() {
            RECONCILE_TRY_WITHIN_MS
        } else {
            TRY_WITHIN_MS
        };
        Self {
            calls: Calls::new(context.seed, context.started + try_within),
            claim: ClaimHandle::new(conversation.clone(), context.operation.clone()),
            seen: ConversationSnapshot::new(conversation.clone()),
            conversation,
            cause,
            conditions: Conditions::default(),
            context,
            called: None,
            row_of: None,
            probe: None,
            confirms_absence: false,
            are_clocks_set: false,
            phase: Phase::Look,
            token: Slot::Empty,
            oversight: Oversight::default(),
            authors,
            named: Slot::Empty,
            messages: MessageReader::default(),
            room_of: None,
            capacity: Slot::Empty,
        }
    }

    /// Sets the guardian of the address that Twilio has called.
    #[must_use]
    pub fn with_address(mut self, called: Option<Guardian>) -> Self {
        self.called = called;
        self
    }

    /// Makes an operation that first reads the webhooks, and does nothing unless they show this: an event about a conversation that is
    /// not parked, or is another environment's, costs one request.
    #[must_use]
    pub fn with_probe(mut self, probe: Probe) -> Self {
        self.probe = Some(probe);
        self
    }

    /// Sets the conditions of the request.
    #[must_use]
    pub fn with_conditions(mut self, conditions: Conditions) -> Self {
        self.conditions = conditions;
        self
    }

    /// Sets the caller, if the token was validated a moment ago.
    #[must_use]
    pub fn with_caller(mut self, caller: Option<Caller>) -> Self {
        self.token = Slot::known(caller.filter(|_| self.cause.needs_token()));
        self
    }

    /// Sets the owner's flag `supervisors_see`, if it was read a moment ago.
    #[must_use]
    pub fn with_sees(mut self, sees: Option<Sees>) -> Self {
        self.oversight = Oversight::new(sees);
        self
    }

    /// Sets the agent whose list has a row of this conversation.
    #[must_use]
    pub fn with_row_of(mut self, worker: Option<WorkerSid>) -> Self {
        self.row_of = worker;
        self
    }

    /// Goes on with the guardian of the webhook, as if Twilio had called its address, or ends the operation.
    fn after_probe(&mut self) {
        match self.seen.webhooks.failure() {
            None | Some(Failure::NotFound) => {}
            Some(failure) => {
                let refused = Refused::from_failure(failure, "reading the webhooks");
                return self.calls.finish(refused.into());
            }
        }
        let newest = self.seen.newest(&self.context);
        match newest {
            Some(armed) if armed.is_ours => {
                self.called = Some(armed.guardian);
                self.begin_to_look();
            }
            None if self.probe == Some(Probe::NotElsewhere) => self.begin_to_look(),
            _ => self.calls.finish(Outcome::reply(Reply::Ignored)),
        }
    }

    /// Starts to ask for the claim, and to look.
    fn begin_to_look(&mut self) {
        if self.cause.needs_token() {
            if self.cause.is_click() {
                self.claim.glance(&mut self.calls);
            }
            if self.token.is_empty() {
                self.token.ask(&mut self.calls, ValidateToken);
            } else {
                self.begin_for_caller(self.context.started);
            }
        } else {
            if let Some(message) = self.cause.message_to_read() {
                let call = FetchMessage {
                    conversation: self.conversation.clone(),
                    message: message.clone(),
                };
                self.named.ask(&mut self.calls, call);
            }
            self.claim.ask(&mut self.calls, self.context.started);
        }
        match self.cause {
            Cause::Check(_) => self.glance(),
            _ => self.look(),
        }
    }

    fn look(&mut self) {
        self.phase = Phase::Look;
        // The last look may show the place too.
        let known = self.called.clone().or_else(|| self.guardian());
        self.begin_to_see();
        self.seen.read_conversation(&mut self.calls);
        self.seen.read_members(&mut self.calls);
        if let Some(known) = known {
            self.read_place_of(&known);
        }
        let keeps_time = self.called.as_ref().is_some_and(Guardian::keeps_time);
        if self.cause.asks_what_is_unheard() || keeps_time {
            self.messages.begin(&mut self.calls, &self.conversation);
        }
    }

    fn begin_to_see(&mut self) {
        self.claim.note_look();
        self.seen = ConversationSnapshot::new(self.conversation.clone());
    }

    fn read_place_of(&mut self, guardian: &Guardian) {
        self.seen.read_channel(&mut self.calls, &guardian.channel);
        if let Some(task) = guardian.invited_task() {
            self.seen.read_task(&mut self.calls, task);
        }
    }

    /// Returns true if the webhook reports only messages that an agent has seen, by the guardian in its own address.
    /// Twilio reports the last message to a new webhook, and may report any message twice.
    fn brings_what_was_seen(&self) -> bool {
        let first_unseen = self.called.as_ref().and_then(|called| called.first_unseen);
        let (Cause::Wake(by), Some(first_unseen)) = (&self.cause, first_unseen) else {
            return false;
        };
        by.iter()
            .all(|by| by.index.is_some_and(|index| index < first_unseen))
    }

    /// Returns the time until which an operation that cannot decide looks again.
    fn look_until(&self) -> Millis {
        let within = if self.cause.is_owners() {
            RECONCILE_LOOK_WITHIN_MS
        } else {
            LOOK_WITHIN_MS
        };
        self.context.started + within
    }

    /// Takes a result of the look, and starts the reads that follow from it.
    fn take_look(&mut self, finished: &Finished, now: Millis) {
        self.seen.take(finished);
        self.take_caller(finished, now);
        self.oversight.take(finished);
        self.capacity.take(finished);
        self.authors.take(finished);
        self.take_named_message(finished);
        if self.claim.needs_look() && self.seen.has_place() {
            return self.look();
        }
        self.read_on();
    }

    fn take_caller(&mut self, finished: &Finished, now: Millis) {
        if self.token.take(finished) {
            self.begin_for_caller(now);
        }
    }

    /// Goes on once the caller is known, or refuses.
    fn begin_for_caller(&mut self, now: Millis) {
        if let Some(failure) = self.token.failure() {
            let refused = token_refused(failure);
            return self.calls.finish(refused);
        }
        let caller = self.token.ok().cloned();
        if let Some(Err(refused)) = caller.as_ref().map(|caller| self.begin_change(caller)) {
            return self.calls.finish(refused.into());
        }
        // Nothing is changed before the caller is known. A claim would be a change.
        self.claim.ask(&mut self.calls, now);
        if let (Cause::Resume, Some(caller)) = (&self.cause, caller) {
            self.read_room_of(&caller.worker);
        }
    }

    /// Starts to read whether a worker can take a task, unless it was read before.
    fn read_room_of(&mut self, worker: &WorkerSid) {
        if self.room_of.is_none() {
            self.room_of = Some(worker.clone());
            self.oversight.read_worker(&mut self.calls, worker);
            self.capacity
                .ask(&mut self.calls, ListWorkerChannels(worker.clone()));
        }
    }

    /// Starts to read whether the caller may act on conversations of their agent, and of the agent to whom they give it.
    fn read_right_to(&mut self, agent: &WorkerSid) {
        if let Some(caller) = self.token.ok().filter(|_| self.cause.is_click()) {
            for agent in iter::once(agent).chain(self.cause.recipient()) {
                self.oversight.read(&mut self.calls, caller, agent);
            }
        }
    }

    fn take_named_message(&mut self, finished: &Finished) {
        if self.named.take(finished) {
            if let Some(message) = self.named.ok() {
                match &self.cause {
                    Cause::Wake(by) => self.authors.set_messages(placed(by, message.index)),
                    _ => self.authors.set_messages(vec![MessageRef::from(message)]),
                }
            }
        }
    }

    /// Starts the reads that are known to be needed by now: the channel, its tasks, the log, more messages.
    fn read_on(&mut self) {
        if self.cause.may_invite() {
            self.seen.read_evidence(&mut self.calls, &self.context);
        }
        let Some(guardian) = self.guardian() else {
            return;
        };
        self.read_place_of(&guardian);
        self.read_right_to(&guardian.worker);
        if guardian.has_note && self.cause.may_invite() {
            self.seen.read_note(&mut self.calls);
        }
        if guardian.asks_same_agent().is_some() && self.cause.may_ask_same_agent() {
            self.read_room_of(&guardian.worker);
        }
        self.seen.read_tasks(&mut self.calls, &self.context);
        let from = guardian.first_unseen.unwrap_or(u32::MAX);
        if self.cause.asks_what_is_unheard() {
            self.authors
                .set_messages(self.messages.authors_since(from, None));
        }
        if self.cause.is_wake() && guardian.keeps_time() && !self.messages.has_begun() {
            self.messages.begin(&mut self.calls, &self.conversation);
        } else if self.messages.has_begun() && !self.is_enough(&guardian, from) {
            self.messages
                .go_on(&mut self.calls, &self.conversation, from);
        }
    }

    /// Returns true if the messages that were read are enough for a decision: one unheard message is, or two if the first
    /// one waits. Hundreds of them could take longer than the claim lasts, again and again.
    fn is_enough(&self, guardian: &Guardian, from: u32) -> bool {
        if let Some(is_more) = self.has_more_than_seen() {
            is_more
        } else if guardian.keeps_time() {
            self.messages_of_customer(from)
                .is_none_or(|written| written.len() > 1)
        } else {
            self.customer_wrote()
        }
    }

    fn after_look(&mut self, now: Millis) {
        // An end cannot be undone, so it reads everything again with the claim.
        if self.claim.is_look_outdated() || (self.is_end() && self.claim.is_look_without_claim()) {
            return self.look();
        }
        if self.asks_for_more() {
            self.phase = Phase::Look;
            return;
        }
        match self.decide(now) {
            Decision::LookAgain => self.look_again(now),
            Decision::Confirm => {
                self.confirms_absence = true;
                self.look_again(now);
            }
            Decision::Leave(outcome) => self.leave(outcome, now),
            decision
                if self.may_change(now)
                    && (decision.disturbs_no_inviter() || self.claim.is_inviter_through(now)) =>
            {
                self.carry_out(decision, now);
            }
            _ if self.may_change(now) && now < self.look_until() => self.look_again(now),
            decision
                if decision.disturbs_no_inviter()
                    && self.claim.take_from_inviter(&mut self.calls, now) =>
            {
                self.phase = Phase::Look;
            }
            _ if *self.claim.status() == ClaimStatus::Unavailable => {
                self.release(not_claimed());
            }
            _ if now < self.look_until() => {
                self.phase = Phase::AskAgain;
                self.calls.pause(LOOK_AGAIN_AFTER_MS);
            }
            _ => self.release(busy()),
        }
    }

    /// Starts the reads that a decision seldom needs: the authors, and others in the conversation. Returns true if
    /// something is in flight.
    fn asks_for_more(&mut self) -> bool {
        self.read_on();
        if self.cause.asks_what_is_unheard() {
            let first_unseen = self.first_unseen();
            self.authors
                .set_messages(self.messages.authors_since(first_unseen, None));
        }
        let address = self.customer_address();
        self.authors
            .ask(&mut self.calls, &self.seen, address.as_deref());
        if self.may_come_to_invite() {
            self.authors
                .ask_for_leftovers(&mut self.calls, &self.seen, address.as_deref());
        }
        !self.calls.idle()
    }

    /// Returns true if an invite may follow.
    fn may_come_to_invite(&self) -> bool {
        self.cause.may_invite()
            && self.seen.internal().next().is_none()
            && (!self.cause.is_wake() || self.is_woken())
    }

    /// Returns true if this operation may change something. A wake needs no claim if Sync is not available: two tasks
    /// for one customer are bad, but no task is worse.
    fn may_change(&self, now: Millis) -> bool {
        self.claim.is_held(now)
            || (self.cause.is_wake() && *self.claim.status() == ClaimStatus::Unavailable)
    }

    fn look_again(&mut self, now: Millis) {
        self.claim.renew(&mut self.calls, now);
        self.phase = if self.may_change(now) {
            Phase::LookAgain
        } else {
            Phase::AskAgain
        };
        self.calls.pause(LOOK_AGAIN_AFTER_MS);
    }

    /// Returns the guardian that decisions use.
    fn guardian(&self) -> Option<Guardian> {
        let guardian = self.seen.guardian(&self.context)?;
        if self.seen.newest(&self.context).is_some() {
            return Some(guardian);
        }
        // Then only the record has the index of the seen messages, and it gives no authority: it must not hide later
        // messages.
        let newest = self.messages.newest_first().first();
        let after_newest = newest.map(|message| message.index.saturating_add(1));
        let first_unseen = guardian.first_unseen.zip(after_newest);
        Some(Guardian {
            first_unseen: first_unseen.map(|(recorded, most)| recorded.min(most)),
            ..guardian
        })
    }

    fn record(&self) -> Option<ParkedRecord> {
        self.seen.record()
    }

    /// Returns the customer's address from the parked task.
    fn customer_address(&self) -> Option<String> {
        self.record()?.customer_address()
    }

    /// Returns the index of the first message that no agent has seen. If it is unknown, as after a park by another
    /// plugin, all messages count as seen, but for an end, which cannot be undone: see [`Self::after_last_of_others`].
    fn first_unseen(&self) -> u32 {
        match self.guardian().and_then(|guardian| guardian.first_unseen) {
            Some(known) => known,
            None if self.is_end() => self.after_last_of_others(),
            None => u32::MAX,
        }
    }

    fn carry_out(&mut self, decision: Decision, now: Millis) {
        match decision {
            Decision::Invite(invite) => self.invite(*invite, now),
            Decision::Watch(guardian, reply) => self.watch(&guardian, reply, now),
            Decision::Settle(reply) => self.settle(Settling::new(reply), now),
            Decision::Restore(guardian) => self.restore(*guardian, now),
            Decision::Arm(guardian) => self.arm(*guardian),
            Decision::Discard(outcome) => self.discard(outcome),
            Decision::Close => self.close(),
            Decision::Clear => self.clear(),
            Decision::Leave(outcome) => self.leave(outcome, now),
            Decision::LookAgain | Decision::Confirm => self.look_again(now),
        }
    }

    fn discard(&mut self, outcome: impl Into<Outcome>) {
        self.delete_row();
        self.calls.make(waiting::delete(&self.conversation));
        self.delete_note();
        self.release(outcome);
    }

    /// Deletes the row: of the conversation's agent, or else the row that the sweep found, or else the caller's. It may also be left
    /// in the list of the agent before, if it was given away.
    fn delete_row(&mut self) {
        let (owner, former) = match self.guardian() {
            Some(guardian) => (Some(guardian.worker), guardian.former_worker),
            None => (None, None),
        };
        let caller = self.token.ok().map(|caller| caller.worker.clone());
        let worker = owner.or_else(|| self.row_of.clone()).or(caller);
        for worker in worker.into_iter().chain(former) {
            self.delete_row_of(&worker);
        }
    }

    fn delete_row_of(&mut self, worker: &WorkerSid) {
        self.calls.make(DeleteItem {
            map: MapName::list_of(worker),
            key: self.conversation.clone(),
        });
    }

    /// Deletes the reason and the note, if there may be any.
    fn delete_note(&mut self) {
        if self.guardian().is_some_and(|guardian| guardian.has_note) {
            self.calls.make(park_note::delete(&self.conversation));
        }
    }

    fn update_attributes(&mut self, attributes: String) {
        let conversation = self.conversation.clone();
        self.calls
            .make(UpdateConversation::new(conversation).with_attributes(attributes));
    }

    /// Ends the operation without a change. If there is an open invite, marks the claim: the invite may be so new that
    /// it does not show yet, or that its creator is still working.
    fn leave(&mut self, outcome: Outcome, now: Millis) {
        if outcome.reply == Reply::AlreadyRouted {
            self.claim.mark_invited(&mut self.calls, now);
        }
        self.release(outcome);
    }

    /// Gives the claim back and then ends the operation.
    fn release(&mut self, outcome: impl Into<Outcome>) {
        self.claim.release(&mut self.calls);
        self.finish_when_idle(outcome.into());
    }

    /// Ends the operation as soon as nothing is in flight. An end that was not possible because of a message says so.
    fn finish_when_idle(&mut self, mut outcome: Outcome) {
        let because_of_message =
            matches!(outcome.reply, Reply::Routed | Reply::Waiting | Reply::Kept);
        if self.is_end() && because_of_message {
            outcome.reply = Reply::CustomerWrote;
        }
        self.calls.finish_when_idle(outcome);
    }

    fn end(&mut self, reply: Reply) {
        self.release(Outcome::reply(reply));
    }
}

/// Returns the messages, with `index` for the one that had to be read.
fn placed(by: &[MessageRef], index: u32) -> Vec<MessageRef> {
    let place = |by: &MessageRef| MessageRef {
        index: by.index.or(Some(index)),
        ..by.clone()
    };
    by.iter().map(place).collect()
}

impl Machine for Unpark {
    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    fn begin(&mut self) {
        if self.brings_what_was_seen() {
            return self.calls.finish(Outcome::reply(Reply::Ignored));
        }
        if self.probe.is_some() {
            self.phase = Phase::Probe;
            self.begin_to_see();
            self.seen.read_webhooks(&mut self.calls);
        } else {
            self.begin_to_look();
        }
    }

    fn take(&mut self, finished: &Finished, now: Millis) {
        self.claim.take(finished, &mut self.calls, now);
        let is_message = self.messages.take(finished);
        match &mut self.phase {
            Phase::Probe => self.seen.take(finished),
            Phase::Glance => self.take_glance(finished, now),
            Phase::Look => self.take_look(finished, now),
            Phase::Invite(inviting) => inviting.take(finished, now),
            // Without the messages, the silence counts from the park.
            Phase::Settle(_) if is_message => {}
            Phase::Settle(settling) => settling.take(finished),
            Phase::Restore(restoring) => restoring.take(finished),
            Phase::End(ending) => ending.take(finished),
            Phase::LookAgain | Phase::AskAgain | Phase::Watch(_) | Phase::Over => {}
        }
    }

    fn pass(&mut self, now: Millis) {
        // A lost invite is looked for longer than a lease lasts.
        if matches!(self.phase, Phase::Invite(_)) {
            self.claim.renew(&mut self.calls, now);
        }
    }

    fn advance(&mut self, now: Millis) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Probe => self.after_probe(),
            Phase::Glance => self.after_glance(now),
            Phase::Look => self.after_look(now),
            Phase::LookAgain => self.look(),
            Phase::AskAgain => {
                // The claim is asked for first, so that an expired one does not count for this look.
                self.claim.ask_again(&mut self.calls);
                self.look();
            }
            Phase::Invite(inviting) => self.after_invite(*inviting, now),
            // The claim is given back only now: a clock that is set after another operation has settled would stay.
            Phase::Watch(reply) => self.leave(Outcome::reply(reply), now),
            Phase::Settle(settling) => self.after_settle(settling, now),
            Phase::Restore(restoring) => self.after_restore(*restoring, now),
            Phase::End(ending) => self.after_end(&ending),
            Phase::Over => {}
        }
        self.watch_over_failure(now);
    }
}
