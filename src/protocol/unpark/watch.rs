//! The clocks that watch over a conversation with an unheard message: its timer, and open desktops. One of them is
//! enough.
//!
//! TaskRouter reports the end of an invite at once, but this event may be lost. So the conversation's timer brings a
//! check every minute while a message is unheard. An item of a Sync map has the time at which an open desktop asks.
//! This time is before the end of the timer, and the check of the desktop sets the timer again.

use std::collections::BTreeMap;

use crate::guardian::Guardian;
use crate::last_line::BY_CUSTOMER;
use crate::list_item;
use crate::park_note::ParkNote;
use crate::protocol::calls::Finished;
use crate::protocol::claim::ClaimStatus;
use crate::protocol::owners_timer::Silence;
use crate::protocol::snapshot::CLOCK_TOLERANCE_MS;
use crate::protocol::MessageRef;
use crate::reply::{Refusal, Reply};
use crate::row_data::LastMessage;
use crate::twilio::calls::{
    PutItem, TaskStatus, UpdateConversation, UpdateItem, WhenTaken, SHORTEST_TIMER_SECONDS,
};
use crate::twilio::time::Millis;
use crate::waiting;

use super::{Cause, Clock, Phase, Unpark};

/// The shortest timer of a conversation, in milliseconds.
const SHORTEST_TIMER_MS: Millis = SHORTEST_TIMER_SECONDS as Millis * 1_000;

/// The time without a check after which an open desktop asks, in milliseconds. With the duration of a check it is less
/// than a minute.
const DESKTOPS_ASK_AFTER_MS: Millis = 45_000;

impl Unpark {
    /// Reads only the last invite's task. While it waits for a worker, a check only sets the clocks again. This is the
    /// usual case, and it comes once a minute for each waiting conversation.
    pub(super) fn glance(&mut self) {
        self.phase = Phase::Glance;
        self.begin_to_see();
        if self.cause == Cause::Check(Clock::Timer) {
            self.seen.read_state(&mut self.calls);
        }
        match self.called.as_ref().and_then(Guardian::invited_task) {
            Some(task) => self.seen.read_task(&mut self.calls, task),
            None => self.seen.read_webhooks(&mut self.calls),
        }
    }

    pub(super) fn take_glance(&mut self, finished: &Finished, now: Millis) {
        self.seen.take(finished);
        self.take_caller(finished, now);
    }

    pub(super) fn after_glance(&mut self, now: Millis) {
        if self.claim.is_look_outdated() {
            return self.glance();
        }
        let guardian = self.guardian().or_else(|| self.called.clone());
        let Some((guardian, task)) = guardian
            .filter(|guardian| guardian.waits_since(now).is_some())
            .and_then(|guardian| Some((guardian.clone(), guardian.invited_task()?.clone())))
        else {
            return self.look();
        };
        match self.seen.last_invite(&guardian) {
            Some((TaskStatus::Waiting, _)) if self.may_change(now) => {
                self.set_clocks(&guardian, now);
                self.phase = Phase::Watch(Reply::AlreadyRouted);
            }
            None if self.seen.task(&task).is_none() => {
                self.seen.read_task(&mut self.calls, &task);
                self.phase = Phase::Glance;
            }
            Some((TaskStatus::Waiting | TaskStatus::Assigned | TaskStatus::Over, _)) | None => {
                self.look();
            }
        }
    }

    /// Sets both clocks to the time of the next invite, or of the next check.
    pub(super) fn set_clocks(&mut self, guardian: &Guardian, now: Millis) {
        self.set_clocks_with(None, guardian, now);
    }

    /// Sets both clocks, and writes `attributes` in the update that sets the timer.
    pub(super) fn set_clocks_with(
        &mut self,
        attributes: Option<String>,
        guardian: &Guardian,
        now: Millis,
    ) {
        let later = guardian.clock_after(now);
        let (timer, ask_at) = match later {
            Some(at) => ((at - now).max(SHORTEST_TIMER_MS), at),
            None => (SHORTEST_TIMER_MS, now + DESKTOPS_ASK_AFTER_MS),
        };
        let since = guardian.waits_since(now).unwrap_or(now).min(now);
        let ended_at_once = self.timer_ended_at_once(now);
        let after = if ended_at_once {
            now + timer - since
        } else {
            timer
        };
        let seconds = |period: Millis| u32::try_from(period.div_ceil(1_000)).ok();
        let must_be_exact = ended_at_once || later.is_some();
        // A conversation that could not be read may be inactive.
        let is_inactive = self.seen.conversation().is_none_or(|one| one.inactive);
        if attributes.is_some() || !self.is_timer_set_again(now, now + timer) {
            self.calls.make(UpdateConversation {
                attributes,
                inactive_after_seconds: seconds(after),
                inactive_left_seconds: seconds(timer).filter(|_| must_be_exact),
                // The timer of an inactive conversation does not run.
                activate: is_inactive,
                ..UpdateConversation::new(self.conversation.clone())
            });
        }
        let item = waiting::item(&self.conversation, since, ask_at, now);
        let before = self.guardian().or_else(|| self.called.clone());
        let is_there = before.is_some_and(|guardian| guardian.has_clocks());
        self.calls.make(if is_there {
            PutItem::replacing(item)
        } else {
            PutItem::new(item, WhenTaken::Replace)
        });
        self.are_clocks_set = true;
    }

    /// Returns true if the end of the timer was reported before, and that check has set it again: webhook and Event Streams both report
    /// it. The timer runs, and ends by `wanted`. A new one that is not longer by the age of the last message might end at once, and the two
    /// reports of that end would go on like this without a pause.
    fn is_timer_set_again(&self, now: Millis, wanted: Millis) -> bool {
        let Some(conversation) = self.seen.conversation() else {
            return false;
        };
        let ends_in_time = |at| at > now && at <= wanted + CLOCK_TOLERANCE_MS;
        self.cause == Cause::Check(Clock::Timer)
            && !conversation.inactive
            && conversation.inactive_at.is_some_and(ends_in_time)
    }

    /// Returns true if the timer has ended as soon as it was set. Twilio does not document whether a timer runs from
    /// the update or from the last message. In the second case it must be longer by the age of that message, or it
    /// would end again and again.
    fn timer_ended_at_once(&self, now: Millis) -> bool {
        let Some(conversation) = self.seen.conversation() else {
            return false;
        };
        let set_at = conversation.updated_at;
        self.cause == Cause::Check(Clock::Timer)
            && conversation.inactive
            && set_at.is_some_and(|set_at| now < set_at + SHORTEST_TIMER_MS / 2)
    }

    /// Sets the clocks after an operation that has failed, because no other operation would try again. Clocks that are
    /// set stay.
    pub(super) fn watch_over_failure(&mut self, now: Millis) {
        let is_alone = self.cause.is_wake() || self.cause == Cause::Check(Clock::Timer);
        let has_failed = self
            .calls
            .ending()
            .is_some_and(|outcome| match &outcome.reply {
                Reply::Refused { refusal, .. } => passes(refusal),
                _ => false,
            });
        let is_there = self.seen.internal().next().is_some();
        // The operation that holds the claim does the work. It may not have read a message that has just come.
        let is_theirs =
            matches!(self.claim.status(), ClaimStatus::Theirs { .. }) && !self.cause.is_wake();
        if !is_alone || !has_failed || is_there || is_theirs || self.are_clocks_set {
            return;
        }
        let guardian = self.guardian().or_else(|| self.called.clone());
        if let Some(guardian) = guardian {
            self.set_clocks(&without_appointment(guardian), now);
        }
    }

    /// Sets the clocks, and writes the unheard message into address and row.
    pub(super) fn watch(&mut self, guardian: &Guardian, reply: Reply, now: Millis) {
        self.set_clocks(guardian, now);
        let before = self.guardian();
        if before.as_ref() != Some(guardian) {
            self.write_address(guardian);
            self.show_unheard(guardian, &reply, now);
        }
        self.phase = Phase::Watch(reply);
    }

    /// Returns true if clocks may be set: the address says so, or the timer looks like ours. The operation that set it
    /// may not have written the address, or may have died before.
    pub(super) fn is_watched(&self, now: Millis) -> bool {
        self.says_watched() || self.has_our_timer(now)
    }

    fn says_watched(&self) -> bool {
        let guardian = self.guardian();
        guardian.is_some_and(|guardian| guardian.has_clocks())
    }

    /// Returns true if both clocks are set for the appointment at `at`.
    pub(super) fn is_set_for(&self, at: Millis) -> bool {
        // A desktop that asks too early has an item with a wrong time, and would ask again and again.
        let has_wrong_item = self.cause == Cause::Check(Clock::Desktop);
        let says_unheard = self
            .guardian()
            .is_some_and(|guardian| guardian.unheard_since.is_some());
        !has_wrong_item && !says_unheard && self.has_timer_for(at)
    }

    /// Returns true if the conversation's timer ends at about `at`.
    pub(super) fn has_timer_for(&self, at: Millis) -> bool {
        let ends_at = self.seen.conversation().and_then(|one| one.inactive_at);
        ends_at.is_some_and(|end| end.abs_diff(at) <= CLOCK_TOLERANCE_MS)
    }

    /// Returns true if the owner's timer must be put back. The update that removes the record also puts the timer back,
    /// so without a record only a timer that ends soon counts as ours.
    fn has_our_timer(&self, now: Millis) -> bool {
        let conversation = self.seen.conversation();
        let has_timer = conversation.is_some_and(|one| one.inactive_at.is_some());
        let is_ours = self.record().is_some_and(|record| {
            self.says_watched() || (has_timer && record.owners_timer_seconds.is_none())
        });
        is_ours || conversation.is_some_and(|one| one.inactive) || self.has_clock(now)
    }

    /// Returns true if the conversation's timer brings a check within a minute.
    pub(super) fn has_clock(&self, now: Millis) -> bool {
        let ends_at = self.seen.conversation().and_then(|one| one.inactive_at);
        ends_at.is_some_and(|at| at <= now + SHORTEST_TIMER_MS + CLOCK_TOLERANCE_MS)
    }

    /// Puts the owner's timers back if needed, and writes `attributes` (without the record) if there are any. The timer
    /// that closes the conversation comes back only together with them, at the end of the park.
    pub(super) fn put_timer_back(&mut self, attributes: Option<String>, now: Millis) {
        let record = self.record();
        let silence = Silence {
            last_message_at: self.messages.newest_at(),
            parked_at: self.guardian().and_then(|guardian| guardian.parked_at),
        };
        let mut update = UpdateConversation {
            attributes,
            ..UpdateConversation::new(self.conversation.clone())
        };
        if update.attributes.is_some() {
            let seconds = record
                .as_ref()
                .and_then(|record| record.owners_closing_seconds);
            update = update.with_owners_closing(seconds, silence, now);
        }
        if self.has_our_timer(now) {
            let seconds = match record {
                Some(record) => Some(record.owners_timer_seconds.unwrap_or(0)),
                // It was put back when the record was removed, or it is unknown.
                None => self.has_clock(now).then_some(0),
            };
            if let Some(seconds) = seconds {
                update = update.with_owners_timer(seconds, silence, now);
            }
            // An agent who is there gets an active conversation.
            update.activate = self.seen.conversation().is_some_and(|one| one.inactive);
        }
        if update != UpdateConversation::new(self.conversation.clone()) {
            self.calls.make(update);
        }
    }

    /// Returns true if an owner's timer comes back with the end of the park.
    pub(super) fn returns_owners_timer(&self, now: Millis) -> bool {
        let has_our_timer = self.has_our_timer(now);
        self.record().is_some_and(|record| {
            record.owners_closing_seconds.is_some()
                || (record.owners_timer_seconds.is_some() && has_our_timer)
        })
    }

    /// Returns the last unheard message, with their number if they were read, for the row.
    fn last_message(&self) -> LastMessage<Millis> {
        let (first, address) = (self.first_unseen(), self.customer_address());
        let read = self.messages.newest_first().iter().map(MessageRef::from);
        let mut unheard = BTreeMap::new();
        for by in self.authors.messages().iter().cloned().chain(read) {
            let is_customers = self
                .authors
                .is_customer(&by, &self.seen, address.as_deref());
            if let Some(index) = by.index.filter(|index| is_customers && *index >= first) {
                unheard.insert(index, by.line);
            }
        }
        let were_read = self.messages.has_begun() && self.messages.failure().is_none();
        LastMessage {
            unread: u32::try_from(unheard.len()).ok().filter(|_| were_read),
            by: (!unheard.is_empty()).then(|| BY_CUSTOMER.into()),
            line: unheard.into_values().next_back().flatten(),
            customer_wrote_at: None,
        }
    }

    /// Writes the unheard message into the row. If no worker is being asked, a missing row is put back.
    fn show_unheard(&mut self, guardian: &Guardian, reply: &Reply, now: Millis) {
        let Some(record) = self.record().filter(|record| record.is_listed) else {
            return;
        };
        let note = ParkNote {
            last: self.last_message(),
            ..self.seen.note()
        };
        let row = list_item::row(&record, guardian, &note, &self.conversation, now);
        match reply {
            Reply::Waiting | Reply::Kept => {
                self.calls.make(PutItem::new(row, WhenTaken::Replace));
            }
            _ => {
                self.calls.make(UpdateItem(row));
            }
        }
    }
}

/// Returns the guardian without an appointment and without the end of a kept message: the next try comes within a minute,
/// because the operation may not know that a message is unheard.
fn without_appointment(guardian: Guardian) -> Guardian {
    if guardian.due.is_none() {
        return guardian;
    }
    Guardian {
        due: None,
        next_invite_at: None,
        ..guardian
    }
}

/// Returns true if another try may succeed.
fn passes(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Busy
            | Refusal::TwilioUnavailable
            | Refusal::TwilioRefused { .. }
            | Refusal::Misconfigured { .. }
    )
}
