//! Waking, resuming, settling and restoring a parked conversation.
//!
//! *Wake*: the customer wrote, so the conversation is routed again. *Resume*: an agent wants it back. *Settle*:
//! somebody has joined, so that the parked state can go. *Restore*: nobody took it, so that the row comes back.
//! *Reconcile*: the owner wants to be sure that all of it is as it should be. *Release*: the owner wants it routed now.
//!
//! | step | together |
//! |---|---|
//! | look | who calls or wrote; the conversation, its channel, tasks and webhooks; then the claim |
//! | invite | the new task, once it is certain that nobody has the conversation or is being asked |
//! | tidy | after an invite: the row goes (wake) and the claim says that an invite was made |
//! | settle | one after the other: the row out of the list, the record out of the attributes, the webhook |
//! | restore | the webhook, if it is missing; then the row, and the webhook's SID into the attributes |
//!
//! The webhook and the record stay until an agent has really joined. Should the new task be declined, time
//! out or be canceled, the customer's next message makes another one.

mod authors;
mod decide;
mod restore;
mod settle;

use crate::attributes::Attributes;
use crate::list_item;
use crate::record::ParkedRecord;
use crate::reply::{Refusal, Reply};
use crate::sid::{
    ChannelSid, ConversationSid, InteractionSid, MessageSid, QueueSid, WorkerSid, WorkflowSid,
};

use super::call::{Answer, Call, Caller, Failure, Message};
use super::calls::Calls;
use super::claim::{Hold, Standing};
use super::look::{Look, Slot};
use super::refusal::{busy, not_claimed, refusal_for, token_refused, CONVERSATION_CLOSED};
use super::{Machine, MessageRef, Millis, Outcome, Setting};
use authors::Author;
use decide::Decision;
use restore::Restoring;
use settle::Settling;

/// How long the state is waited for that lets us decide. Longer than a claim's lease, so that a claim left by
/// an operation that died is taken over; together with the invite shorter than the 10 s that a Function has.
const LOOK_WITHIN: Millis = 6_800;

/// Nothing is tried again later than this.
const TRY_WITHIN: Millis = 8_000;

/// The same for one of many conversations that are looked over in one invocation. What is missed is seen next time.
const RECONCILE_LOOK_WITHIN: Millis = 1_500;
const RECONCILE_TRY_WITHIN: Millis = 3_000;

const LOOK_AGAIN_AFTER: Millis = 400;

/// Why a conversation is to be unparked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// These wrote; if one of them is the customer, it is a wake. Nobody: see [`Unpark::told_of`].
    Wake(Vec<MessageRef>),
    /// The caller wants it.
    Resume,
    /// The caller has joined.
    Settle,
    /// The new task was canceled or the conversation closed: the row comes back, or goes.
    Restore,
    /// The owner looks over what is parked: as `Restore`, and what the customer wrote without a task coming of it
    /// is routed.
    Reconcile,
    /// The owner wants all that is parked to be routed, whether or not the customer wrote.
    Release,
}

impl Cause {
    /// Whether the owner looks over many conversations, of which this is one.
    fn is_owners(&self) -> bool {
        matches!(self, Self::Reconcile | Self::Release)
    }
}

/// Unparks one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unpark {
    conversation: ConversationSid,
    cause: Cause,
    setting: Setting,
    /// The interaction and channel: from the request at first, from the record once it is read.
    place: Option<(InteractionSid, ChannelSid)>,
    calls: Calls,
    hold: Hold,
    phase: Phase,
    /// Whether the claim was ours when the look began.
    looked_with_claim: bool,
    caller: Option<Caller>,
    seen: Look,
    authors: Vec<Author>,
    /// What somebody wrote who is not known yet.
    message: Option<MessageSid>,
    messages: Slot<Vec<Message>>,
    route: Option<Route>,
    row: Option<(String, String)>,
}

/// Where to route a conversation whose record is gone: other code replaced its attributes as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Route {
    /// The workflow that routed the parked task.
    pub workflow: WorkflowSid,
    /// Its task channel.
    pub task_channel_unique_name: String,
    /// Its queue.
    pub queue: QueueSid,
    /// The agent who parked.
    pub worker: WorkerSid,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Phase {
    Look,
    LookAgain,
    AskAgain,
    Invite,
    Settle(Settling),
    Restore(Box<Restoring>),
    /// It ends when nothing is under way any more.
    Over,
}

impl Unpark {
    /// An operation that has not begun. `place`: where the conversation is said to be, which saves a round
    /// trip if it is true.
    #[must_use]
    pub fn new(
        conversation: ConversationSid,
        place: Option<(InteractionSid, ChannelSid)>,
        cause: Cause,
        setting: Setting,
    ) -> Self {
        let authors = match &cause {
            Cause::Wake(by) => by.iter().cloned().map(Author::new).collect(),
            _ => Vec::new(),
        };
        let try_within = if cause.is_owners() {
            RECONCILE_TRY_WITHIN
        } else {
            TRY_WITHIN
        };
        Self {
            calls: Calls::new(setting.seed, setting.started + try_within),
            hold: Hold::new(conversation.clone(), setting.operation.clone()),
            conversation,
            cause,
            setting,
            place,
            phase: Phase::Look,
            looked_with_claim: false,
            caller: None,
            seen: Look::default(),
            authors,
            message: None,
            messages: None,
            route: None,
            row: None,
        }
    }

    /// With where to route to should the record be gone.
    #[must_use]
    pub fn or_else_by(mut self, route: Option<Route>) -> Self {
        self.route = route;
        self
    }

    /// With the message that woke it, of which it is not known who wrote it: a flow passes on no more. Without one, whoever
    /// signed the request has decided that it is to be woken.
    #[must_use]
    pub fn told_of(mut self, message: Option<MessageSid>) -> Self {
        self.message = message;
        self
    }

    /// With the row of a list, map and key, that says that this conversation is parked.
    #[must_use]
    pub fn found_by(mut self, row: Option<(String, String)>) -> Self {
        self.row = row;
        self
    }

    fn look(&mut self) {
        self.phase = Phase::Look;
        self.looked_with_claim = matches!(self.hold.standing(), Standing::Held { .. });
        self.seen = Look::default();
        Look::at_conversation(&mut self.calls, &self.conversation);
        if let Some((interaction, channel)) = &self.place {
            Look::at_channel(&mut self.calls, interaction, channel);
        }
        if self.cause.is_owners() {
            self.calls
                .make(Call::ListMessages(self.conversation.clone()));
        }
    }

    /// Until when the conversation is looked at again while it cannot be decided.
    fn look_until(&self) -> Millis {
        let within = if self.cause.is_owners() {
            RECONCILE_LOOK_WITHIN
        } else {
            LOOK_WITHIN
        };
        self.setting.started + within
    }

    fn take_caller(&mut self, call: &Call, result: &Result<Answer, Failure>, now: Millis) {
        match (call, result) {
            (Call::ValidateToken, Ok(Answer::Caller(caller))) => {
                self.caller = Some(caller.clone());
                // Nothing is changed, not even a claim taken, before it is known who asks.
                self.hold.ask(&mut self.calls, now);
            }
            (Call::ValidateToken, Err(failure)) => self.calls.finish(token_refused(failure)),
            _ => {}
        }
    }

    fn after_look(&mut self, now: Millis) {
        if self.place_has_changed() || (self.hold.is_taken_over() && !self.looked_with_claim) {
            return self.look();
        }
        if self.asks_who_wrote() {
            self.phase = Phase::Look;
            return;
        }
        match self.decide(now) {
            Decision::LookAgain => self.look_again(now),
            Decision::Leave(outcome) => self.release(outcome),
            decision if self.may_change(now) => self.carry_out(decision, now),
            Decision::Settle(_) | Decision::Discard(_)
                if self.hold.take_from_inviter(&mut self.calls, now) =>
            {
                self.phase = Phase::Look;
            }
            _ if *self.hold.standing() == Standing::Unavailable => {
                self.calls.finish(not_claimed());
            }
            _ if now < self.look_until() => {
                self.phase = Phase::AskAgain;
                self.calls.pause(LOOK_AGAIN_AFTER);
            }
            _ => self.calls.finish(busy()),
        }
    }

    /// Whether this operation may change anything. A customer's message needs no claim where Sync is out of
    /// reach: two tasks for one customer are bad, none is worse.
    fn may_change(&self, now: Millis) -> bool {
        self.hold.is_held(now)
            || (matches!(self.cause, Cause::Wake(_))
                && *self.hold.standing() == Standing::Unavailable)
    }

    fn look_again(&mut self, now: Millis) {
        self.hold.renew(&mut self.calls, now);
        self.phase = if self.may_change(now) {
            Phase::LookAgain
        } else {
            Phase::AskAgain
        };
        self.calls.pause(LOOK_AGAIN_AFTER);
    }

    /// The record is the authority on where the conversation is.
    fn place_has_changed(&mut self) -> bool {
        let Some(record) = self.record().ok().flatten() else {
            return false;
        };
        let place = Some((record.interaction_sid, record.channel_sid));
        let changed = self.place != place;
        self.place = place;
        changed
    }

    fn record(&self) -> Result<Option<ParkedRecord>, String> {
        match &self.seen.conversation {
            Some(Ok(conversation)) => Attributes::parse(&conversation.attributes)
                .and_then(|attributes| ParkedRecord::find(&attributes))
                .map_err(|error| error.to_string()),
            _ => Ok(None),
        }
    }

    fn carry_out(&mut self, decision: Decision, now: Millis) {
        match decision {
            Decision::Invite(invite) => {
                self.calls.make(Call::Invite(invite));
                self.phase = Phase::Invite;
            }
            Decision::Settle(reply) => self.settle(Settling::new(reply)),
            Decision::Restore(record) => self.restore(*record, now),
            Decision::Discard(outcome) => self.discard(outcome),
            Decision::Leave(outcome) => self.release(outcome),
            Decision::LookAgain => self.look_again(now),
        }
    }

    fn after_invite(&mut self, result: &Result<Answer, Failure>, now: Millis) {
        match result {
            Ok(_) => {
                self.hold.mark_invited(&mut self.calls, now);
                if let Cause::Wake(_) | Cause::Reconcile | Cause::Release = self.cause {
                    let record = self.record().ok().flatten();
                    self.delete_row(record.as_ref());
                }
                self.note_what_was_heard();
                self.calls.finish_when_idle(Outcome::reply(Reply::Routed));
            }
            Err(
                Failure::NotFound
                | Failure::Refused {
                    code: CONVERSATION_CLOSED,
                    ..
                },
            ) => {
                let outcome = Outcome::refused(
                    Refusal::ConversationClosed,
                    "Twilio takes no more invites for this conversation",
                );
                self.discard(outcome);
            }
            Err(failure) => {
                let (refusal, message) = refusal_for(failure, "making the invite");
                self.release(Outcome::refused(refusal, message));
            }
        }
    }

    fn discard(&mut self, outcome: Outcome) {
        let record = self.record().ok().flatten();
        self.delete_row(record.as_ref());
        self.release(outcome);
    }

    /// Deletes the row: the one that the record names, or else the one that led here, or the caller's own.
    fn delete_row(&mut self, record: Option<&ParkedRecord>) {
        let row = match (record, &self.row, &self.caller) {
            (Some(record), _, _) => record.row(&self.conversation),
            (None, Some(row), _) => Some(row.clone()),
            (None, None, Some(caller)) => {
                Some(list_item::place(&caller.worker, &self.conversation))
            }
            (None, None, None) => None,
        };
        if let Some((map, key)) = row {
            self.calls.make(Call::DeleteItem(map, key));
        }
    }

    /// Ends it: the claim is given back first.
    fn release(&mut self, outcome: Outcome) {
        self.hold.release(&mut self.calls);
        self.calls.finish_when_idle(outcome);
    }
}

impl Machine for Unpark {
    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    fn begin(&mut self) {
        match &self.cause {
            Cause::Wake(_) | Cause::Restore | Cause::Reconcile | Cause::Release => {
                if let Some(message) = self.message.clone() {
                    self.calls
                        .make(Call::FetchMessage(self.conversation.clone(), message));
                }
                self.hold.ask(&mut self.calls, self.setting.started);
            }
            Cause::Resume | Cause::Settle => self.calls.make(Call::ValidateToken),
        }
        self.look();
    }

    fn take(&mut self, call: &Call, result: &Result<Answer, Failure>, now: Millis) {
        self.hold.take(call, result, &mut self.calls, now);
        match &mut self.phase {
            Phase::Look => {
                self.seen.take(call, result, &mut self.calls);
                self.take_caller(call, result, now);
                self.take_author(call, result);
                self.take_messages(call, result);
            }
            Phase::Invite => {
                if let Call::Invite(_) = call {
                    self.after_invite(result, now);
                }
            }
            Phase::Settle(settling) => settling.take(result),
            Phase::Restore(restoring) => restoring.take(call, result),
            Phase::LookAgain | Phase::AskAgain | Phase::Over => {}
        }
    }

    fn advance(&mut self, now: Millis) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Look => self.after_look(now),
            Phase::LookAgain => self.look(),
            Phase::AskAgain => {
                // First, so that a claim that has run out does not count for this look.
                self.hold.ask_again(&mut self.calls);
                self.look();
            }
            // Its answer leads on by itself.
            Phase::Invite => self.phase = Phase::Invite,
            Phase::Settle(settling) => self.after_settle(settling, now),
            Phase::Restore(restoring) => self.after_restore(*restoring, now),
            Phase::Over => {}
        }
    }
}
