//! Waking, resuming, checking, settling and restoring a parked conversation.
//!
//! *Wake*: the customer wrote, so the conversation is routed again. *Resume*: an agent wants it back. *Check*: a timer or an open
//! desktop asks whether somebody is asked for a conversation that waits. *Settle*: somebody has joined, so that the parked
//! state can go. *Restore*: an invite has ended without anybody having joined. *Reconcile*: the owner wants to be sure that
//! all of it is as it should be. *Release*: the owner wants it routed now.
//!
//! | step | together |
//! |---|---|
//! | glance | of a check: whether the last invite's task still waits for somebody; most often it does, and that is all |
//! | look | who calls or wrote; the conversation, its members, channel, tasks and webhooks; then the claim |
//! | invite | the new task, once it is certain that nobody has the conversation or is being asked; the clock that watches over it |
//! | tidy | after an invite: the row goes, the webhook's address names the task, and the claim says that an invite was made |
//! | settle | one after the other: the row, the record with the timer, the webhooks |
//! | restore | the webhook, if it is missing; then the row, and the webhook's SID into the attributes |
//!
//! The webhook and the record stay until an agent has really joined. When the new task ends without that, another one follows.

mod authors;
mod decide;
mod invite;
mod restore;
mod settle;
mod watch;

use crate::guardian::Guardian;
use crate::record::ParkedRecord;
use crate::reply::Reply;
use crate::sid::{ConversationSid, MessageSid, WorkerSid};
use crate::sync_name::MapName;
use crate::twilio::calls::{
    DeleteItem, FetchMessage, FetchWorker, ListWorkerChannels, UpdateConversation, ValidateToken,
};
use crate::twilio::time::Millis;
use crate::waiting;

use super::calls::{Calls, Finished, Slot};
use super::claim::{ClaimHandle, ClaimStatus};
use super::messages::MessageReader;
use super::refusal::{busy, not_claimed, token_refused};
use super::snapshot::Snapshot;
use super::{Machine, MessageRef, Outcome, Setting};
use authors::Authors;
use decide::Decision;
use invite::Inviting;
use restore::Restoring;
use settle::Settling;

/// How long the state is waited for that lets us decide. Longer than a claim's lease, so that a claim left by
/// an operation that died is taken over; together with the invite shorter than the 10 s that a Function has.
const LOOK_WITHIN_MS: Millis = 6_800;

/// Nothing is tried again later than this.
const TRY_WITHIN_MS: Millis = 8_000;

/// The same for one of many conversations that are looked over in one invocation. What is missed is seen next time.
const RECONCILE_LOOK_WITHIN_MS: Millis = 1_500;
const RECONCILE_TRY_WITHIN_MS: Millis = 3_000;

const LOOK_AGAIN_AFTER_MS: Millis = 400;

/// Why a conversation is to be unparked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// These wrote; if one of them is the customer, it is a wake.
    Wake(Vec<MessageRef>),
    /// A Studio flow says that somebody wrote this message. Without one, the flow has decided that the conversation is to be
    /// woken.
    WakeByFlow(Option<MessageSid>),
    /// The caller wants it.
    Resume,
    /// The caller has joined.
    Settle,
    /// The new task has ended, or the conversation is closed: what is unheard is routed again, and the row comes back or goes.
    Restore,
    /// The clock of a conversation that waits, or an open desktop, asks whether it is looked after.
    Check(Clock),
    /// The owner looks over what is parked: as `Restore`.
    Reconcile,
    /// The owner wants all that is parked to be routed, whether or not the customer wrote.
    Release,
}

/// Who watches over a conversation that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clock {
    /// The conversation's own timer, by Twilio's webhook.
    Timer,
    /// An open desktop, whose agent shows a token.
    Desktop,
}

impl Cause {
    /// Whether the owner looks over many conversations, of which this is one.
    fn is_owners(&self) -> bool {
        matches!(self, Self::Reconcile | Self::Release)
    }

    /// Whether the customer's message is the cause, as far as is known.
    fn is_wake(&self) -> bool {
        matches!(self, Self::Wake(_) | Self::WakeByFlow(_))
    }

    /// The message that has to be read to know who wrote it or where it stands.
    fn message_to_read(&self) -> Option<&MessageSid> {
        match self {
            Self::WakeByFlow(message) => message.as_ref(),
            Self::Wake(by) => by.iter().find_map(|by| by.sid.as_ref()),
            _ => None,
        }
    }

    /// Whether the caller is somebody with a Flex token.
    #[must_use]
    pub fn needs_token(&self) -> bool {
        matches!(
            self,
            Self::Resume | Self::Settle | Self::Check(Clock::Desktop)
        )
    }

    /// Whether all that was written since the park has to be looked at.
    fn asks_what_is_unheard(&self) -> bool {
        matches!(self, Self::Restore | Self::Check(_) | Self::Reconcile)
    }

    /// Whether it may make an invite.
    fn may_invite(&self) -> bool {
        *self != Self::Settle
    }
}

/// Unparks one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unpark {
    conversation: ConversationSid,
    cause: Cause,
    setting: Setting,
    /// What the address says that Twilio has called: it saves a round trip. The address that is armed now decides.
    told: Option<Guardian>,
    /// The agent in whose list a row says that this conversation is parked.
    row_of: Option<WorkerSid>,
    /// Whether Twilio has said already that it knows no such thing.
    confirms_absence: bool,
    /// Whether something watches over the conversation after this.
    are_clocks_set: bool,
    calls: Calls,
    claim: ClaimHandle,
    phase: Phase,
    /// Whether the claim was ours when the look began.
    looked_with_claim: bool,
    token: Slot<ValidateToken>,
    seen: Snapshot,
    authors: Authors,
    /// The message that a flow names, or of which Twilio does not say where it stands.
    named: Slot<FetchMessage>,
    messages: MessageReader,
    availability: Slot<FetchWorker>,
    capacity: Slot<ListWorkerChannels>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Phase {
    Glance,
    Look,
    LookAgain,
    AskAgain,
    Invite(Box<Inviting>),
    /// With it: what is answered once the clocks are set.
    Watch(Reply),
    Settle(Settling),
    Restore(Box<Restoring>),
    /// It ends when nothing is under way any more.
    Over,
}

impl Unpark {
    /// An operation that has not begun.
    #[must_use]
    pub fn new(conversation: ConversationSid, cause: Cause, setting: Setting) -> Self {
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
            calls: Calls::new(setting.seed, setting.started + try_within),
            claim: ClaimHandle::new(conversation.clone(), setting.operation.clone()),
            seen: Snapshot::new(conversation.clone()),
            conversation,
            cause,
            setting,
            told: None,
            row_of: None,
            confirms_absence: false,
            are_clocks_set: false,
            phase: Phase::Look,
            looked_with_claim: false,
            token: Slot::Empty,
            authors,
            named: Slot::Empty,
            messages: MessageReader::default(),
            availability: Slot::Empty,
            capacity: Slot::Empty,
        }
    }

    /// The same with what the address says that Twilio has called.
    #[must_use]
    pub fn with_address(mut self, told: Option<Guardian>) -> Self {
        self.told = told;
        self
    }

    /// The same with the agent in whose list a row led here.
    #[must_use]
    pub fn with_row_of(mut self, worker: Option<WorkerSid>) -> Self {
        self.row_of = worker;
        self
    }

    fn look(&mut self) {
        self.phase = Phase::Look;
        self.begin_to_see();
        self.seen.read_conversation(&mut self.calls);
        self.seen.read_members(&mut self.calls);
        if let Some(told) = self.told.clone() {
            self.read_place_of(&told);
        }
        if self.cause.asks_what_is_unheard() {
            self.messages.begin(&mut self.calls, &self.conversation);
        }
    }

    fn begin_to_see(&mut self) {
        self.looked_with_claim = matches!(self.claim.status(), ClaimStatus::Held { .. });
        self.seen = Snapshot::new(self.conversation.clone());
    }

    fn read_place_of(&mut self, guardian: &Guardian) {
        self.seen.read_channel(&mut self.calls, &guardian.channel);
        if let Some(task) = guardian.invited_task() {
            self.seen.read_task(&mut self.calls, task);
        }
    }

    /// Whether a webhook tells of nothing but messages that an agent has seen, by its own address: Twilio tells a new webhook of the
    /// last one, and may bring any message again.
    fn brings_what_was_seen(&self) -> bool {
        let first_unseen = self.told.as_ref().and_then(|told| told.first_unseen);
        let (Cause::Wake(by), Some(first_unseen)) = (&self.cause, first_unseen) else {
            return false;
        };
        by.iter()
            .all(|by| by.index.is_some_and(|index| index < first_unseen))
    }

    /// Until when the conversation is looked at again while it cannot be decided.
    fn look_until(&self) -> Millis {
        let within = if self.cause.is_owners() {
            RECONCILE_LOOK_WITHIN_MS
        } else {
            LOOK_WITHIN_MS
        };
        self.setting.started + within
    }

    /// Takes what a look has brought, and asks for what that leads to.
    fn take_look(&mut self, finished: &Finished, now: Millis) {
        self.seen.take(finished);
        self.take_caller(finished, now);
        self.availability.take(finished);
        self.capacity.take(finished);
        self.authors.take(finished);
        self.take_named_message(finished);
        self.read_on();
    }

    fn take_caller(&mut self, finished: &Finished, now: Millis) {
        if !self.token.take(finished) {
            return;
        }
        if let Some(failure) = self.token.failure() {
            let refused = token_refused(failure);
            return self.calls.finish(refused);
        }
        // Nothing is changed, not even a claim taken, before it is known who calls.
        self.claim.ask(&mut self.calls, now);
        if let (Cause::Resume, Some(caller)) = (&self.cause, self.token.ok()) {
            let worker = caller.worker.clone();
            self.availability
                .ask(&mut self.calls, FetchWorker(worker.clone()));
            self.capacity
                .ask(&mut self.calls, ListWorkerChannels(worker));
        }
    }

    fn take_named_message(&mut self, finished: &Finished) {
        if self.named.take(finished) {
            if let Some(message) = self.named.ok() {
                match &self.cause {
                    Cause::Wake(by) => self.authors.of(placed(by, message.index)),
                    _ => self.authors.of(vec![MessageRef::from(message)]),
                }
            }
        }
    }

    /// Reads what is known by now to be needed: the channel, the tasks in it, evidence, further messages.
    fn read_on(&mut self) {
        if self.cause.may_invite() {
            self.seen.read_evidence(&mut self.calls, &self.setting);
        }
        let Some(guardian) = self.guardian() else {
            return;
        };
        self.read_place_of(&guardian);
        self.seen.read_tasks(&mut self.calls, &self.setting);
        if self.messages.has_begun() {
            let from = guardian.first_unseen.unwrap_or(u32::MAX);
            self.authors.of(self.messages.authors_since(from));
            // One unheard message is enough: to read hundreds more may take longer than the claim lasts, each time.
            if !self.customer_wrote() {
                self.messages
                    .go_on(&mut self.calls, &self.conversation, from);
            }
        }
    }

    fn after_look(&mut self, now: Millis) {
        if self.claim.is_taken_over() && !self.looked_with_claim {
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

    /// Asks for what is needed to decide and was not asked for, since it seldom is: who wrote, and who else is in the conversation.
    /// Returns whether something is under way.
    fn asks_for_more(&mut self) -> bool {
        self.read_on();
        if self.cause.asks_what_is_unheard() {
            let first_unseen = self.first_unseen();
            self.authors.of(self.messages.authors_since(first_unseen));
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

    /// Whether an invite may follow, as far as is known.
    fn may_come_to_invite(&self) -> bool {
        self.cause.may_invite()
            && self.seen.internal().next().is_none()
            && (!self.cause.is_wake() || self.is_woken())
    }

    /// Whether this operation may change anything. A customer's message needs no claim where Sync is out of
    /// reach: two tasks for one customer are bad, none is worse.
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

    /// What is known for certain of where the conversation is parked.
    fn guardian(&self) -> Option<Guardian> {
        let guardian = self.seen.guardian(&self.setting)?;
        if self.seen.newest(&self.setting).is_some() {
            return Some(guardian);
        }
        // What was seen stands in the record alone then, which is data: of messages that are yet to come it can say nothing.
        let newest = self.messages.newest_first().first();
        let after_newest = newest.map(|message| message.index.saturating_add(1));
        let first_unseen = guardian.first_unseen.zip(after_newest);
        Some(Guardian {
            first_unseen: first_unseen.map(|(told, most)| told.min(most)),
            ..guardian
        })
    }

    fn record(&self) -> Option<ParkedRecord> {
        self.seen.record()
    }

    /// The customer's address, as the parked task has it.
    fn customer_address(&self) -> Option<String> {
        self.record()?.customer_address()
    }

    /// The index of the first message that no agent has seen. Unknown counts as none: what another plugin parked says nothing of
    /// messages.
    fn first_unseen(&self) -> u32 {
        let guardian = self.guardian();
        guardian
            .and_then(|guardian| guardian.first_unseen)
            .unwrap_or(u32::MAX)
    }

    fn carry_out(&mut self, decision: Decision, now: Millis) {
        match decision {
            Decision::Invite(invite) => self.invite(*invite, now),
            Decision::Watch(guardian, reply) => self.watch(&guardian, reply, now),
            Decision::Settle(reply) => self.settle(Settling::new(reply), now),
            Decision::Restore(guardian) => self.restore(*guardian, now),
            Decision::Discard(outcome) => self.discard(outcome),
            Decision::Leave(outcome) => self.leave(outcome, now),
            Decision::LookAgain | Decision::Confirm => self.look_again(now),
        }
    }

    fn discard(&mut self, outcome: impl Into<Outcome>) {
        self.delete_row();
        self.calls.make(waiting::delete(&self.conversation));
        self.release(outcome);
    }

    /// Deletes the row: that of the agent who parked, or else the one that led here, or the caller's own.
    fn delete_row(&mut self) {
        let parked_by = self.guardian().map(|guardian| guardian.worker);
        let caller = self.token.ok().map(|caller| caller.worker.clone());
        let worker = parked_by.or_else(|| self.row_of.clone()).or(caller);
        if let Some(worker) = worker {
            self.calls.make(DeleteItem {
                map: MapName::list_of(&worker),
                key: self.conversation.clone(),
            });
        }
    }

    fn update_attributes(&mut self, attributes: String) {
        let conversation = self.conversation.clone();
        self.calls
            .make(UpdateConversation::attributes(conversation, attributes));
    }

    /// Ends it, having changed nothing that matters to others. An invite that is open may be so new that it does not show everywhere
    /// yet, or that who made it is not quite through.
    fn leave(&mut self, outcome: Outcome, now: Millis) {
        if outcome.reply == Reply::AlreadyRouted {
            self.claim.mark_invited(&mut self.calls, now);
        }
        self.release(outcome);
    }

    /// Ends it: the claim is given back first.
    fn release(&mut self, outcome: impl Into<Outcome>) {
        self.claim.release(&mut self.calls);
        self.calls.finish_when_idle(outcome.into());
    }

    fn end(&mut self, reply: Reply) {
        self.release(Outcome::reply(reply));
    }
}

/// The same messages, where the place of the one that had to be asked for is `index`.
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
        if self.cause.needs_token() {
            self.token.ask(&mut self.calls, ValidateToken);
        } else {
            if let Some(message) = self.cause.message_to_read() {
                let call = FetchMessage {
                    conversation: self.conversation.clone(),
                    message: message.clone(),
                };
                self.named.ask(&mut self.calls, call);
            }
            self.claim.ask(&mut self.calls, self.setting.started);
        }
        match self.cause {
            Cause::Check(_) => self.glance(),
            _ => self.look(),
        }
    }

    fn take(&mut self, finished: &Finished, now: Millis) {
        self.claim.take(finished, &mut self.calls, now);
        self.messages.take(finished);
        match &mut self.phase {
            Phase::Glance => self.take_glance(finished, now),
            Phase::Look => self.take_look(finished, now),
            Phase::Invite(inviting) => inviting.take(finished, now),
            Phase::Settle(settling) => settling.take(&finished.result),
            Phase::Restore(restoring) => restoring.take(finished),
            Phase::LookAgain | Phase::AskAgain | Phase::Watch(_) | Phase::Over => {}
        }
    }

    fn advance(&mut self, now: Millis) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Glance => self.after_glance(now),
            Phase::Look => self.after_look(now),
            Phase::LookAgain => self.look(),
            Phase::AskAgain => {
                // First, so that a claim that has run out does not count for this look.
                self.claim.ask_again(&mut self.calls);
                self.look();
            }
            Phase::Invite(inviting) => self.after_invite(*inviting, now),
            // Only now is the claim given back: a clock that is set after somebody has settled would stay.
            Phase::Watch(reply) => self.leave(Outcome::reply(reply), now),
            Phase::Settle(settling) => self.after_settle(settling, now),
            Phase::Restore(restoring) => self.after_restore(*restoring, now),
            Phase::Over => {}
        }
        self.watch_over_failure(now);
    }
}
