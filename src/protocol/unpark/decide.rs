//! The decision about a conversation, made from its snapshot.

use std::collections::BTreeSet;
use std::iter;

use crate::guardian::{is_ahead, Guardian, Invitee, LastInvite, LastTask};
use crate::protocol::refusal::Refused;
use crate::protocol::{MessageRef, Outcome};
use crate::reply::{Refusal, Reply};
use crate::sid::{TaskSid, WorkerSid};
use crate::twilio::calls::{Caller, Participant, TaskStatus};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::invite::Invitation;
use super::{Cause, Unpark};

/// The longest time from the start of a park until its agent is removed.
const PARK_ENDS_WITHIN_MS: Millis = 10_000;

/// The decision about a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// Create an invite.
    Invite(Box<Invitation>),
    /// Set the clocks for an unheard message, and then reply. No invite is due now.
    Watch(Box<Guardian>, Reply),
    /// Remove the parked state, because an agent has joined.
    Settle(Reply),
    /// Put back the missing parts of the parked state.
    Restore(Box<Guardian>),
    /// Let the webhook call these Functions while a worker is being asked. The rest of the parked state stays as the invite has left it.
    Arm(Box<Guardian>),
    /// Delete the row, because the conversation cannot come back.
    Discard(Outcome),
    /// Close the conversation for good.
    Close,
    /// Clear away the rest of a conversation that is closed.
    Clear,
    /// Change nothing.
    Leave(Outcome),
    /// Read everything again, because the conversation is between two states.
    LookAgain,
    /// Read everything a second time, because something does not exist.
    Confirm,
}

impl Decision {
    /// Returns true if it creates no invite and puts back no row. Then it is safe while another operation's new invite
    /// may not show yet.
    pub(super) fn disturbs_no_inviter(&self) -> bool {
        matches!(
            self,
            Self::Settle(_) | Self::Discard(_) | Self::Clear | Self::Watch(_, Reply::AlreadyRouted)
        )
    }
}

impl Unpark {
    /// Makes the decision.
    pub(super) fn decide(&self, now: Millis) -> Decision {
        let late = now >= self.look_until();
        if self.is_elsewhere() {
            return Decision::Leave(Outcome::reply(Reply::Ignored));
        }
        let conversation = match self.seen.conversation.result() {
            Some(Ok(conversation)) => conversation,
            Some(Err(Failure::NotFound)) => {
                return self.discard_absent(Refusal::NotParked, "the conversation does not exist")
            }
            Some(Err(failure)) => return unavailable(failure, "reading the conversation"),
            None => return Decision::LookAgain,
        };
        if conversation.closed && self.is_end() {
            return self.decide_on_ended(late);
        }
        if conversation.closed {
            return self.discard_since(Refusal::ConversationClosed, "the conversation is closed");
        }
        match self.seen.webhooks.result() {
            Some(Err(Failure::NotFound)) => {
                return self.discard_absent(Refusal::NotParked, "the conversation does not exist")
            }
            Some(Err(failure)) => return unavailable(failure, "reading the webhooks"),
            Some(Ok(_)) | None => {}
        }
        if self.cause.is_wake() && !self.is_woken() {
            return self.decide_on_other_message(now);
        }
        match self.guardian() {
            None => self.decide_without_guardian(),
            Some(guardian) => self.decide_with_guardian(guardian, late, now),
        }
    }

    /// Returns true if the event came by Event Streams, and the Functions of another environment have parked the conversation since the
    /// probe: the claim may have been theirs until now.
    fn is_elsewhere(&self) -> bool {
        let newest = self.probe.and_then(|_| self.seen.newest(&self.context));
        newest.is_some_and(|armed| !armed.is_ours)
    }

    /// Decides about a message that wakes nobody. It has moved the end of the conversation's timer, which may be that of an
    /// appointment.
    fn decide_on_other_message(&self, now: Millis) -> Decision {
        let guardian = self.guardian();
        let is_alone = self.seen.participants.ok().is_some()
            && self.seen.internal().next().is_none()
            && matches!(self.seen.open_tasks(), Some(Ok(open)) if open.is_empty());
        match guardian {
            Some(guardian)
                if is_alone
                    && guardian
                        .clock_after(now)
                        .is_some_and(|at| !self.has_timer_for(at)) =>
            {
                Decision::Watch(Box::new(guardian), Reply::Ignored)
            }
            _ => Decision::Leave(Outcome::reply(Reply::Ignored)),
        }
    }

    /// Decides about an end of a conversation that is closed, as after an end whose answer was lost.
    fn decide_on_ended(&self, late: bool) -> Decision {
        let guardian = self.guardian();
        let refused = guardian.and_then(|guardian| self.decide_authority(&guardian, late));
        refused.unwrap_or(Decision::Clear)
    }

    /// Returns true if the new message wakes the conversation: it is the customer's, and no agent has seen it. Twilio
    /// may report an old message again.
    pub(super) fn is_woken(&self) -> bool {
        let first_unseen = self.guardian().and_then(|guardian| guardian.first_unseen);
        let is_new = |index: Option<u32>| match (index, first_unseen) {
            (Some(index), Some(first_unseen)) => index >= first_unseen,
            _ => true,
        };
        if self.authors.is_empty() {
            // The flow named no message, or it cannot be read. It may be the customer's.
            return matches!(self.cause, Cause::WakeByFlow(_));
        }
        self.authors.indices().any(is_new) && self.customer_wrote()
    }

    pub(super) fn customer_wrote(&self) -> bool {
        let address = self.customer_address();
        self.authors.customer_wrote(&self.seen, address.as_deref())
    }

    /// Decides about a conversation without a guardian, so it counts as not parked.
    fn decide_without_guardian(&self) -> Decision {
        let has_row = self.row_of.is_some();
        let has_record = self.record().is_some();
        match &self.cause {
            Cause::Reconcile | Cause::Release if has_record => {
                Decision::Leave(Outcome::refused(
                    Refusal::NotParked,
                    "the attributes say that it is parked, and nothing of Twilio's shows where: see `parked -- list`",
                ))
            }
            Cause::Reconcile | Cause::Release if has_row => {
                self.discard_since(Refusal::NotParked, "the conversation is not parked")
            }
            Cause::Settle if has_record => self.decide_settling_of_leftovers(),
            Cause::Resume | Cause::Give | Cause::End { .. } | Cause::Change(_) => {
                self.discard_since(Refusal::NotParked, "the conversation is not parked")
            }
            Cause::Check(_) => self.discard_since(Refusal::NotParked, "the conversation is not parked"),
            Cause::Wake(_)
            | Cause::WakeByFlow(_)
            | Cause::Settle
            | Cause::Restore
            | Cause::Reconcile
            | Cause::Release => Decision::Leave(Outcome::reply(Reply::Ignored)),
        }
    }

    /// Decides whether the caller may remove a record without a webhook, as the template's functions leave it. They may
    /// if they are in the conversation.
    fn decide_settling_of_leftovers(&self) -> Decision {
        let identity = self
            .token
            .ok()
            .and_then(|caller| caller.identity.as_deref());
        let is_member = identity
            .and_then(|identity| self.seen.member(identity))
            .is_some();
        if is_member {
            Decision::Settle(Reply::Settled)
        } else {
            Decision::Leave(Outcome::refused(
                Refusal::NotAllowed,
                "the worker is not in this conversation",
            ))
        }
    }

    /// Deletes the row. A caller who wants the conversation is refused; for the others this is a success.
    fn discard_since(&self, refusal: Refusal, message: &str) -> Decision {
        Decision::Discard(match self.cause {
            Cause::Restore | Cause::Reconcile | Cause::Release | Cause::Check(_) => {
                Outcome::reply(Reply::Removed)
            }
            Cause::Wake(_)
            | Cause::WakeByFlow(_)
            | Cause::Resume
            | Cause::Give
            | Cause::End { .. }
            | Cause::Change(_)
            | Cause::Settle => Outcome::refused(refusal, message),
        })
    }

    /// Deletes the row of something that does not exist, after a second look.
    fn discard_absent(&self, refusal: Refusal, message: &str) -> Decision {
        if self.confirms_absence {
            self.discard_since(refusal, message)
        } else {
            Decision::Confirm
        }
    }

    fn decide_with_guardian(&self, guardian: Guardian, late: bool, now: Millis) -> Decision {
        match self.seen.participants.result() {
            Some(Ok(_)) => {}
            Some(Err(Failure::NotFound)) => {
                return self.decide_without_channel(guardian, late, now)
            }
            Some(Err(failure)) => return unavailable(failure, "reading the channel"),
            None => return Decision::LookAgain,
        }
        let open = match self.seen.open_tasks() {
            Some(Ok(open)) => open,
            Some(Err(Failure::NotFound)) if !self.confirms_absence => return Decision::Confirm,
            Some(Err(failure)) => return unavailable(&failure, "reading the open tasks"),
            None => return Decision::LookAgain,
        };
        let asked = guardian
            .invited_task()
            .and_then(|task| self.seen.task(task));
        if matches!(asked, Some(Err(Failure::NotFound))) && !self.confirms_absence {
            // If the task existed after all, a worker would be asked twice.
            return Decision::Confirm;
        }
        if let Some(decision) = self.decide_authority(&guardian, late) {
            return decision;
        }
        let park_may_be_under_way = guardian
            .parked_at
            .is_some_and(|parked_at| now < parked_at + PARK_ENDS_WITHIN_MS);
        if self.seen.internal().next().is_some() {
            let only_the_parker = self.seen.internal().all(|one| is_parker(one, &guardian));
            return match (only_the_parker && park_may_be_under_way, late) {
                (false, _) => Decision::Settle(self.reply_when_joined()),
                (true, false) => Decision::LookAgain,
                // The park died. A clock finds out whether its agent leaves after all.
                (true, true) if self.cause.is_wake() => {
                    let guardian = self.unheard(guardian, now);
                    Decision::Watch(Box::new(guardian), Reply::Waiting)
                }
                (true, true) => Decision::Leave(Outcome::reply(Reply::Ignored)),
            };
        }
        let open = open
            .iter()
            .find(|task| Some(*task) != guardian.parked_task());
        if let Some(open) = open {
            return self.decide_while_asked(guardian, open, late, now);
        }
        if self.cause == Cause::Settle {
            return Decision::Leave(Outcome::reply(Reply::Ignored));
        }
        // The last writes of a park bring the webhook's SID. They must not overwrite the changes of this operation.
        let is_half_saved = self
            .record()
            .is_none_or(|record| record.webhook_sid.is_none());
        if is_half_saved && park_may_be_under_way && !late {
            return Decision::LookAgain;
        }
        self.decide_on_parked(&guardian, now)
    }

    /// Decides about an open conversation whose channel Twilio has deleted. Its next invite creates an interaction.
    fn decide_without_channel(&self, guardian: Guardian, late: bool, now: Millis) -> Decision {
        if !self.confirms_absence {
            return Decision::Confirm;
        }
        if self.cause == Cause::Settle {
            return self.decide_settling_of_leftovers();
        }
        if let Some(decision) = self.decide_authority(&guardian, late) {
            return decision;
        }
        // Nobody was being asked in the 180 days before.
        let guardian = Guardian {
            last_task: None,
            ..guardian
        };
        self.decide_on_parked(&guardian, now)
    }

    /// Decides while a task is open, so a worker is being asked.
    fn decide_while_asked(
        &self,
        guardian: Guardian,
        open: &TaskSid,
        late: bool,
        now: Millis,
    ) -> Decision {
        let is_assigned = matches!(
            self.seen.task(open),
            Some(Ok(task)) if task.status == TaskStatus::Assigned
        );
        match &self.cause {
            // The agent is accepting the task and will be there soon.
            Cause::Settle if !late => Decision::LookAgain,
            Cause::Check(_) if is_assigned && !late => Decision::LookAgain,
            Cause::Check(_) => self.keep_watching(self.asked_for_by(guardian, open, now), now),
            // The message came while a worker is being asked. If nobody joins, it is unheard.
            _ if self.has_unwatched_message(&guardian, now) => {
                let guardian = self.unheard(guardian, now);
                let guardian = self.asked_for_by(guardian, open, now);
                Decision::Watch(Box::new(guardian), Reply::AlreadyRouted)
            }
            Cause::Reconcile | Cause::Release if !self.is_armed_here() => {
                Decision::Arm(Box::new(self.asked_for_by(guardian, open, now)))
            }
            _ => Decision::Leave(Outcome::reply(Reply::AlreadyRouted)),
        }
    }

    /// Returns true if a webhook calls these Functions.
    fn is_armed_here(&self) -> bool {
        self.seen.own_webhook(&self.context).is_some()
    }

    /// Returns true if a message is unheard and no clock is set: it is the first one, or the operation that had to set
    /// the clocks has died.
    fn has_unwatched_message(&self, guardian: &Guardian, now: Millis) -> bool {
        let is_unheard =
            self.cause.is_wake() || (self.cause.asks_what_is_unheard() && self.customer_wrote());
        // The timer of an inactive conversation has ended.
        let is_inactive = self.seen.conversation().is_some_and(|one| one.inactive);
        let has_clock = self.has_clock(now) && !is_inactive;
        is_unheard && (guardian.unheard_since.is_none() || !has_clock)
    }

    /// Sets the clocks again while an agent is owed and a worker is being asked.
    fn keep_watching(&self, guardian: Guardian, now: Millis) -> Decision {
        if self.customer_wrote() {
            // The address may not say so. Then an appointment would set the clocks to its own time.
            let guardian = self.unheard(guardian, now);
            Decision::Watch(Box::new(guardian), Reply::AlreadyRouted)
        } else if guardian.waits_since(now).is_some() {
            Decision::Watch(Box::new(guardian), Reply::AlreadyRouted)
        } else {
            Decision::Leave(Outcome::reply(Reply::AlreadyRouted))
        }
    }

    /// Returns the guardian for a task that may not be in the address, because the last write of its invite is late or was
    /// lost. Then its invitee is unknown, so the next invite follows at once, and asks no single agent again.
    fn asked_for_by(&self, guardian: Guardian, task: &TaskSid, now: Millis) -> Guardian {
        if guardian.invited_task() == Some(task) {
            return guardian;
        }
        let created_at = self.seen.invited_at(task).unwrap_or(now);
        Guardian {
            last_task: Some(LastTask::Invited(LastInvite {
                task: Some(task.clone()),
                invitee: Invitee::Worker,
                created_at,
            })),
            next_invite_at: None,
            ..guardian
        }
    }

    /// Returns the guardian with the invite since the park, if the address has none.
    fn with_lost_invite(&self, guardian: &Guardian, now: Millis) -> Guardian {
        let lost = self
            .seen
            .invited_since_park(guardian)
            .filter(|_| guardian.last_invite().is_none());
        match lost {
            Some(task) => self.asked_for_by(guardian.clone(), task, now),
            None => guardian.clone(),
        }
    }

    /// Decides about a parked conversation: no agent is there, and no worker is being asked.
    fn decide_on_parked(&self, guardian: &Guardian, now: Millis) -> Decision {
        let refused = match self.cause {
            Cause::Resume => self.why_no_room(guardian),
            _ => self.why_no_change(guardian),
        };
        if let Some(refused) = refused {
            return Decision::Leave(refused.into());
        }
        let guardian = &self.with_lost_invite(guardian, now);
        let ended_at = self.seen.last_invite(guardian).and_then(|(_, at)| at);
        // An agent has accepted the task, so the workflow has targets, and the next invite may follow at once.
        let asked = guardian
            .invited_task()
            .and_then(|task| self.seen.task(task));
        let guardian = if matches!(asked, Some(Ok(task)) if task.was_accepted) {
            Guardian {
                quick_ends: 0,
                next_invite_at: None,
                ..guardian.clone()
            }
        } else if guardian.last_invite().is_none() {
            // The end of the wait of a kept message, which a second one may have ended. `keep` finds out.
            Guardian {
                next_invite_at: None,
                ..guardian.clone()
            }
        } else {
            guardian.after_invite_ended(ended_at, now)
        };
        if self.cause.is_wake() {
            let guardian = self.unheard(guardian, now);
            return match self.keep(&guardian, now) {
                Some(kept) => Decision::Watch(Box::new(kept), Reply::Kept),
                None => self.decide_to_invite(&guardian.with_early_invite(now)),
            };
        }
        if !self.cause.asks_what_is_unheard() {
            return self.decide_to_invite(&guardian);
        }
        if let Some(failure) = self.messages.failure() {
            return unavailable(failure, "reading the messages");
        }
        if self.has_more_than_seen() == Some(false) {
            return Decision::Close;
        }
        let guardian = if self.customer_wrote() {
            self.unheard(guardian, now)
        } else {
            Guardian {
                unheard_since: None,
                ..guardian
            }
        };
        let guardian = match self.changed(&guardian) {
            None => guardian,
            Some(changed) => match (
                self.quiet_after_change(changed.clone(), now),
                self.seen.note_failure(),
            ) {
                // The row would lose it.
                (Some(_), Some(failure)) => return unavailable(failure, "reading the note"),
                (Some(changed), None) => return Decision::Restore(Box::new(changed)),
                (None, _) => self.routed_instead_of(changed, guardian),
            },
        };
        if guardian.waits_since(now).is_none() {
            return Decision::Restore(Box::new(Guardian {
                next_invite_at: None,
                quick_ends: 0,
                ..guardian
            }));
        }
        if let Some(kept) = self.keep(&guardian, now) {
            return Decision::Watch(Box::new(kept), Reply::Kept);
        }
        match guardian.next_invite_at {
            Some(at) if is_ahead(at, now) => Decision::Watch(Box::new(guardian), Reply::Waiting),
            _ => self.decide_to_invite(&guardian),
        }
    }

    /// Returns the guardian that lets the message of the customer wait, because the agent has kept the time of the
    /// appointment. Only the first message waits, and only before the first invite. `None`: it does not wait.
    pub(super) fn keep(&self, guardian: &Guardian, now: Millis) -> Option<Guardian> {
        let until = guardian
            .kept_until()
            .filter(|_| guardian.unheard_since.is_some())?;
        let written = self.messages_of_customer(guardian.first_unseen?)?;
        let first = written.first().filter(|_| written.len() == 1)?;
        let may_wait = guardian.parked_task().is_some() && is_ahead(until, now);
        may_wait.then(|| Guardian {
            // The next message is the second one, also if Twilio's list does not show this one then.
            first_unseen: Some(*first),
            next_invite_at: Some(until),
            ..guardian.clone()
        })
    }

    /// Returns the indices of the customer's messages from the index `first` on. `None`: they are not known.
    pub(super) fn messages_of_customer(&self, first: u32) -> Option<BTreeSet<u32>> {
        if !self.messages.has_begun() || self.messages.failure().is_some() {
            return None;
        }
        let read = self.messages.newest_first().iter().map(MessageRef::from);
        let mut all: Vec<MessageRef> = read.collect();
        // The list may not show the new message yet.
        if self.cause.is_wake() {
            all.extend_from_slice(self.authors.messages());
        }
        let address = self.customer_address();
        let mut written = BTreeSet::new();
        for by in all {
            let index = by.index?;
            if index >= first
                && self
                    .authors
                    .is_customer(&by, &self.seen, address.as_deref())
            {
                written.insert(index);
            }
        }
        // A message that waits already.
        let before = self.guardian().filter(|one| one.unheard_since.is_some());
        written.extend(before.and_then(|one| one.first_unseen));
        Some(written)
    }

    /// Returns the guardian with an unheard message.
    fn unheard(&self, guardian: Guardian, now: Millis) -> Guardian {
        let first = self.authors.indices().flatten().min();
        Guardian {
            first_unseen: guardian.first_unseen.or(first).or(Some(0)),
            unheard_since: guardian
                .unheard_since
                .or_else(|| self.oldest_unheard())
                .or(Some(now)),
            ..guardian
        }
    }

    /// Returns the creation time of the oldest unheard message that was read.
    fn oldest_unheard(&self) -> Option<Millis> {
        let first_unseen = self.first_unseen();
        let read = self.messages.newest_first().iter();
        read.filter(|message| message.index >= first_unseen)
            .filter_map(|message| message.written_at)
            .min()
    }

    fn decide_to_invite(&self, guardian: &Guardian) -> Decision {
        Decision::Invite(Box::new(self.invitation(guardian)))
    }

    /// Returns the refusal for a worker who cannot take another task now: the caller, or the agent who parked.
    pub(super) fn why_no_room(&self, guardian: &Guardian) -> Option<Refused> {
        let action = "reading the worker's capacity";
        let worker = self.room_of.as_ref();
        let activity = worker.and_then(|worker| self.oversight.worker(worker));
        let (available, channels) = match (activity, self.capacity.result()) {
            (Some(Ok(worker)), Some(Ok(channels))) => (worker.is_available, channels),
            (Some(Err(failure)), _) | (_, Some(Err(failure))) => {
                return Some(Refused::from_failure(failure, action))
            }
            (None, _) | (_, None) => {
                return Some(Refused::from_failure(&Failure::Unavailable, action))
            }
        };
        if !available {
            return Some(Refused::new(
                Refusal::Away,
                "the worker is in an activity that takes no tasks",
            ));
        }
        let channel = channels
            .iter()
            .find(|one| one.task_channel_unique_name == guardian.task_channel_unique_name);
        match channel {
            Some(channel) if !channel.has_room => Some(Refused::new(
                Refusal::Full,
                "the worker has no room on the task channel",
            )),
            _ => None,
        }
    }

    /// Returns the decision against a caller who has no right to this operation, or believes of the conversation what is not so.
    /// `None`: neither.
    fn decide_authority(&self, guardian: &Guardian, late: bool) -> Option<Decision> {
        let refused = |message: &str| {
            Some(Decision::Leave(Outcome::refused(
                Refusal::NotAllowed,
                message,
            )))
        };
        match (&self.cause, self.token.ok()) {
            // These need only the signature of Twilio or of the owner, and any agent may ask for a check.
            (
                Cause::Wake(_)
                | Cause::WakeByFlow(_)
                | Cause::Restore
                | Cause::Check(_)
                | Cause::Reconcile
                | Cause::Release,
                _,
            ) => None,
            (
                Cause::Resume | Cause::Give | Cause::End { .. } | Cause::Change(_) | Cause::Settle,
                None,
            ) => refused("the caller is not known"),
            (Cause::Resume | Cause::Give | Cause::End { .. } | Cause::Change(_), Some(caller)) => {
                match self.allows(caller, &guardian.worker) {
                    Ok(true) => self
                        .why_not_as_believed(caller, guardian)
                        .map(|refused| Decision::Leave(refused.into())),
                    Ok(false) if caller.oversees() => {
                        refused("a supervisor may do this for the agents of their own team only")
                    }
                    Ok(false) => refused(
                        "only the agent who parked it, a supervisor or an admin may do this",
                    ),
                    Err(failure) => Some(unavailable(&failure, "reading the caller's right")),
                }
            }
            (Cause::Settle, Some(caller)) => {
                if self.seen.participant_of(&caller.worker).is_some() {
                    None
                } else if late {
                    refused("the worker is not in this conversation")
                } else {
                    Some(Decision::LookAgain)
                }
            }
        }
    }

    /// Returns true if the caller may act on conversations of `agent`, and of the agent to whom they give it. A recipient who does not
    /// exist is refused as such.
    fn allows(&self, caller: &Caller, agent: &WorkerSid) -> Result<bool, Failure> {
        let recipient = self.cause.recipient();
        let recipient = recipient
            .filter(|worker| self.oversight.worker(worker) != Some(&Err(Failure::NotFound)));
        for agent in iter::once(agent).chain(recipient) {
            if !self.oversight.allows(caller, agent)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn reply_when_joined(&self) -> Reply {
        if self.cause.is_click() {
            Reply::AlreadyRouted
        } else {
            Reply::Settled
        }
    }
}

/// Returns true if a participant is the agent who parks and has not left yet. After the first invite nobody is.
fn is_parker(participant: &Participant, guardian: &Guardian) -> bool {
    match (&guardian.last_task, &participant.task) {
        (Some(LastTask::Invited(_)), _) => false,
        (Some(LastTask::Parked(parked)), Some(task)) => task == parked,
        _ => participant.worker.as_ref() == Some(&guardian.worker),
    }
}

fn unavailable(failure: &Failure, action: &str) -> Decision {
    Decision::Leave(match failure {
        // It must exist, so another try may find it.
        Failure::NotFound => Outcome::refused(
            Refusal::TwilioUnavailable,
            format!("{action}: Twilio knows no such thing"),
        ),
        failure => Refused::from_failure(failure, action).into(),
    })
}
