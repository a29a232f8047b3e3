//! What to do about a conversation, decided from what was read of it.

use crate::guardian::{Asked, Guardian, LastInvite, LastTask};
use crate::protocol::refusal::Refused;
use crate::protocol::Outcome;
use crate::reply::{Refusal, Reply};
use crate::sid::TaskSid;
use crate::twilio::calls::{Participant, TaskStatus};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::invite::Invitation;
use super::{Cause, Unpark};

/// A park takes its agent out within this time or not at all.
const PARK_ENDS_WITHIN_MS: Millis = 10_000;

/// An invite that is due in so little time is made now: the next check would come a minute later.
const DUE_TOLERANCE_MS: Millis = 10_000;

/// What to do about a conversation, given what was read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    Invite(Box<Invitation>),
    /// A message is unheard and no invite is to be made now: what watches over the conversation is set, and this is answered.
    Watch(Box<Guardian>, Reply),
    /// Somebody is there: what is left of the parking goes.
    Settle(Reply),
    /// It is parked: what is missing of the parked state comes back.
    Restore(Box<Guardian>),
    /// It cannot come back: its row goes.
    Discard(Outcome),
    /// Nothing is to be changed.
    Leave(Outcome),
    /// It is in between two states.
    LookAgain,
    /// Twilio knows no such thing. It is asked once more before that is believed.
    Confirm,
}

impl Decision {
    /// Whether it makes no invite and puts no row back: what another operation has just done, having made an invite, may not show yet.
    pub(super) fn disturbs_no_inviter(&self) -> bool {
        matches!(
            self,
            Self::Settle(_) | Self::Discard(_) | Self::Watch(_, Reply::AlreadyRouted)
        )
    }
}

impl Unpark {
    /// Decides.
    pub(super) fn decide(&self, now: Millis) -> Decision {
        let late = now >= self.look_until();
        let conversation = match self.seen.conversation.result() {
            Some(Ok(conversation)) => conversation,
            Some(Err(Failure::NotFound)) => {
                return self.discard_absent(Refusal::NotParked, "the conversation does not exist")
            }
            Some(Err(failure)) => return unavailable(failure, "reading the conversation"),
            None => return Decision::LookAgain,
        };
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
            return Decision::Leave(Outcome::reply(Reply::Ignored));
        }
        match self.guardian() {
            None => self.decide_without_guardian(),
            Some(guardian) => self.decide_with_guardian(guardian, late, now),
        }
    }

    /// Whether the message that is the cause wakes the conversation: it is the customer's, and nobody has seen it. Twilio may bring
    /// an old one again.
    pub(super) fn is_woken(&self) -> bool {
        let first_unseen = self.guardian().and_then(|guardian| guardian.first_unseen);
        let is_new = |index: Option<u32>| match (index, first_unseen) {
            (Some(index), Some(first_unseen)) => index >= first_unseen,
            _ => true,
        };
        if self.authors.is_empty() {
            // A flow names no message, or one that cannot be read: it may have been the customer's.
            return matches!(self.cause, Cause::WakeByFlow(_));
        }
        self.authors.indices().any(is_new) && self.customer_wrote()
    }

    pub(super) fn customer_wrote(&self) -> bool {
        let address = self.customer_address();
        self.authors.customer_wrote(&self.seen, address.as_deref())
    }

    /// Nothing that can be relied upon says that it is parked.
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
            Cause::Resume => {
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

    /// A record without a webhook, as the template's functions leave it. The caller may take it out of a conversation in which they
    /// are.
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

    /// The row goes. A caller who wanted the conversation is refused; for one that looks after it, that is all right.
    fn discard_since(&self, refusal: Refusal, message: &str) -> Decision {
        Decision::Discard(match self.cause {
            Cause::Restore | Cause::Reconcile | Cause::Release | Cause::Check(_) => {
                Outcome::reply(Reply::Removed)
            }
            Cause::Wake(_) | Cause::WakeByFlow(_) | Cause::Resume | Cause::Settle => {
                Outcome::refused(refusal, message)
            }
        })
    }

    /// The same, where Twilio knows no such thing.
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
            // Were it there after all, somebody would be asked twice.
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
                // A park that died: whether its agent goes after all, a clock finds out.
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
        // A park's last writes bring the webhook's SID; it must not overtake what we do.
        let is_half_saved = self
            .record()
            .is_none_or(|record| record.webhook_sid.is_none());
        if is_half_saved && park_may_be_under_way && !late {
            return Decision::LookAgain;
        }
        self.decide_on_parked(&guardian, now)
    }

    /// Twilio has deleted the channel, and the conversation is open: a new interaction takes its place when somebody is to be asked.
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
        // Nobody was asked in all that time.
        let guardian = Guardian {
            last_task: None,
            ..guardian
        };
        self.decide_on_parked(&guardian, now)
    }

    /// Somebody is being asked.
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
            // The task is being accepted; the agent will be there in a moment.
            Cause::Settle if !late => Decision::LookAgain,
            Cause::Check(_) if is_assigned && !late => Decision::LookAgain,
            Cause::Check(_) => self.keep_watching(guardian),
            // A message that came while somebody is asked: should nobody join, it is unheard.
            _ if self.has_unwatched_message(&guardian, now) => {
                let guardian = self.unheard(guardian, now);
                let known = guardian.invited_task() == Some(open);
                let guardian = if known {
                    guardian
                } else {
                    self.asked_for_by(&guardian, open, now)
                };
                Decision::Watch(Box::new(guardian), Reply::AlreadyRouted)
            }
            _ => Decision::Leave(Outcome::reply(Reply::AlreadyRouted)),
        }
    }

    /// Whether a message is unheard over which nothing watches: none was unheard before, or the operation that had to set the
    /// clocks died before it could.
    fn has_unwatched_message(&self, guardian: &Guardian, now: Millis) -> bool {
        let is_unheard =
            self.cause.is_wake() || (self.cause.asks_what_is_unheard() && self.customer_wrote());
        // The timer of an inactive conversation has run out.
        let is_inactive = self.seen.conversation().is_some_and(|one| one.inactive);
        let has_clock = self.has_clock(now) && !is_inactive;
        is_unheard && (guardian.unheard_since.is_none() || !has_clock)
    }

    /// Somebody is asked. As long as a message is unheard, the clocks go on.
    fn keep_watching(&self, guardian: Guardian) -> Decision {
        if guardian.unheard_since.is_some() || self.customer_wrote() {
            Decision::Watch(Box::new(guardian), Reply::AlreadyRouted)
        } else {
            Decision::Leave(Outcome::reply(Reply::AlreadyRouted))
        }
    }

    /// The guardian of a conversation for which this task is open, of which the address says nothing: its invite's last round is
    /// late or was lost. Whom it asks is not known, and so it is followed at once.
    fn asked_for_by(&self, guardian: &Guardian, task: &TaskSid, now: Millis) -> Guardian {
        let at = self.seen.invited_at(task).unwrap_or(now);
        Guardian {
            last_task: Some(LastTask::Invited(LastInvite {
                task: Some(task.clone()),
                asks: Asked::Worker,
                at,
            })),
            next_invite_at: None,
            ..guardian.clone()
        }
    }

    /// Nobody is there, and nobody is asked.
    fn decide_on_parked(&self, guardian: &Guardian, now: Millis) -> Decision {
        if self.cause == Cause::Resume {
            if let Some(refused) = self.why_no_room(guardian) {
                return Decision::Leave(refused.into());
            }
        }
        let ended_at = self.seen.last_invite(guardian).and_then(|(_, at)| at);
        // An agent who accepts and leaves at once is no workflow without a target: others may be there.
        let asked = guardian
            .invited_task()
            .and_then(|task| self.seen.task(task));
        let guardian = if matches!(asked, Some(Ok(task)) if task.was_accepted) {
            Guardian {
                quick_ends: 0,
                next_invite_at: None,
                ..guardian.clone()
            }
        } else {
            guardian.ended(ended_at, now)
        };
        if self.cause.is_wake() {
            let guardian = self.unheard(guardian.before_its_time(now), now);
            return self.decide_to_invite(&guardian);
        }
        if !self.cause.asks_what_is_unheard() {
            return self.decide_to_invite(&guardian);
        }
        if let Some(failure) = self.messages.failure() {
            return unavailable(failure, "reading the messages");
        }
        if !self.customer_wrote() {
            return Decision::Restore(Box::new(Guardian {
                unheard_since: None,
                next_invite_at: None,
                quick_ends: 0,
                ..guardian
            }));
        }
        let guardian = self.unheard(guardian, now);
        match guardian.next_invite_at {
            Some(at) if now + DUE_TOLERANCE_MS < at => {
                Decision::Watch(Box::new(guardian), Reply::Waiting)
            }
            _ => self.decide_to_invite(&guardian),
        }
    }

    /// The guardian of a conversation with an unheard message.
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

    /// When the first of the messages that were read and are unheard was written.
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

    /// Why the caller cannot take the conversation now, if they cannot.
    fn why_no_room(&self, guardian: &Guardian) -> Option<Refused> {
        let what = "reading how much room the worker has";
        let (available, channels) = match (self.availability.result(), self.capacity.result()) {
            (Some(Ok(available)), Some(Ok(channels))) => (*available, channels),
            (Some(Err(failure)), _) | (_, Some(Err(failure))) => {
                return Some(Refused::by(failure, what))
            }
            _ => return Some(Refused::by(&Failure::Unavailable, what)),
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

    /// Whether the caller may do this. `None`: they may.
    fn decide_authority(&self, guardian: &Guardian, late: bool) -> Option<Decision> {
        let refused = |message: &str| {
            Some(Decision::Leave(Outcome::refused(
                Refusal::NotAllowed,
                message,
            )))
        };
        match (&self.cause, self.token.ok()) {
            // Twilio's signature, or the owner's, is all that they need; and any agent may ask whether somebody is asked for.
            (
                Cause::Wake(_)
                | Cause::WakeByFlow(_)
                | Cause::Restore
                | Cause::Check(_)
                | Cause::Reconcile
                | Cause::Release,
                _,
            ) => None,
            (Cause::Resume | Cause::Settle, None) => refused("it is not known who calls"),
            (Cause::Resume, Some(caller)) => {
                if caller.worker == guardian.worker || caller.oversees() {
                    None
                } else {
                    refused("only the agent who parked it, a supervisor or an admin may resume it")
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

    fn reply_when_joined(&self) -> Reply {
        match self.cause {
            Cause::Resume => Reply::AlreadyRouted,
            _ => Reply::Settled,
        }
    }
}

/// Whether a participant is the agent who parks, still on the way out. Once an invite was made, nobody is.
fn is_parker(participant: &Participant, guardian: &Guardian) -> bool {
    match (&guardian.last_task, &participant.task) {
        (Some(LastTask::Invited(_)), _) => false,
        (Some(LastTask::Parked(parked)), Some(task)) => task == parked,
        _ => participant.worker.as_ref() == Some(&guardian.worker),
    }
}

fn unavailable(failure: &Failure, what: &str) -> Decision {
    Decision::Leave(match failure {
        // What cannot be missing: another try may find it.
        Failure::NotFound => Outcome::refused(
            Refusal::TwilioUnavailable,
            format!("{what}: Twilio knows no such thing"),
        ),
        failure => Refused::by(failure, what).into(),
    })
}
