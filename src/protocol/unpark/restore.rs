//! Restore: puts back the missing parts of the parked state (webhook, row, and the webhook's SID in the record).
//!
//! The order after a change: the address, which has the authority, then the row, and at last the record and the clocks. After a crash
//! in between, the clocks of the former time bring a check, which finds the former times in the record and finishes the rest.

use crate::attributes::Attributes;
use crate::guardian::Guardian;
use crate::list_item;
use crate::park_note::ParkNote;
use crate::protocol::calls::{Finished, Slot};
use crate::protocol::refusal::Refused;
use crate::protocol::{arm_flow, Outcome};
use crate::record::ParkedRecord;
use crate::reply::{Refusal, Reply};
use crate::row_data::{ParkDetails, RowData};
use crate::sid::{WebhookSid, WorkerSid};
use crate::sync_name::MapName;
use crate::twilio::calls::{
    CreateWebhook, DeleteItem, DeleteWebhook, FetchItem, PutItem, WhenTaken,
};
use crate::twilio::time::Millis;
use crate::twilio::Failure;
use crate::waiting;

use super::{Cause, Change, Clock, Phase, Unpark};

/// The progress of a restore.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Restoring {
    guardian: Guardian,
    step: Step,
    own: Slot<CreateWebhook>,
    flow: Slot<CreateWebhook>,
    row: Slot<PutItem>,
    /// The row as it was in the list of the conversation's agent. Its last message stands nowhere else.
    former_row: Slot<FetchItem>,
    /// The row as it was in the list of the agent before. It is deleted as soon as the new one is there.
    other_row: Slot<FetchItem>,
    /// The item for which a desktop has asked, if nothing is due: an operation that died may have left it.
    stale_item: Slot<DeleteItem>,
    /// The agents in whose lists there must be no row.
    other_lists: Vec<WorkerSid>,
    /// True if something was missing.
    changed: bool,
    failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    /// The webhook alone, while a worker is being asked.
    Arm,
    /// The clocks of a nearer time.
    Clocks,
    /// The webhooks are first, because their SIDs are part of record and row.
    Webhooks,
    /// A row with other data, or in another list.
    Row,
    /// The row in the list of another agent.
    OtherRow,
    /// The record, the clocks, and a row that is missing.
    Record,
}

impl Restoring {
    fn new(step: Step, guardian: Guardian, other_lists: Vec<WorkerSid>) -> Self {
        Self {
            guardian,
            step,
            own: Slot::Empty,
            flow: Slot::Empty,
            row: Slot::Empty,
            former_row: Slot::Empty,
            other_row: Slot::Empty,
            stale_item: Slot::Empty,
            other_lists,
            changed: false,
            failure: None,
        }
    }

    /// Takes the result of a call.
    pub(super) fn take(&mut self, finished: &Finished) {
        self.own.take(finished);
        self.flow.take(finished);
        for row in [&mut self.former_row, &mut self.other_row] {
            if row.take(finished) {
                let failure = row.failure();
                // A lost row comes back without its last message.
                let failure = failure.filter(|failure| **failure != Failure::NotFound);
                self.failure = self.failure.take().or(failure.cloned());
                return;
            }
        }
        if self.stale_item.take(finished) {
            // It counts as no change, because it is there only after a crash.
            self.failure = self.failure.take().or(self.stale_item.failure().cloned());
            return;
        }
        // The map is named only if the row was missing.
        let row_was_there = self.row.take(finished) && self.row.ok() == Some(&None);
        match &finished.result {
            Err(failure) => self.failure = Some(failure.clone()),
            Ok(_) => self.changed |= !row_was_there,
        }
    }

    /// Returns the row as it was. The one that has been in use is that of the agent before.
    fn row_before(&self) -> Option<&String> {
        self.other_row.ok().or(self.former_row.ok())
    }
}

impl Unpark {
    /// Puts back what is missing, and writes what is to be changed.
    pub(super) fn restore(&mut self, guardian: Guardian, now: Millis) {
        let is_armed = self.seen.hears_messages(&self.context);
        let guardian = Guardian {
            // The owner's flow may have changed since the park. A new webhook uses the present one.
            flow: if is_armed {
                guardian.flow.clone()
            } else {
                self.context.wake_flow.clone()
            },
            ..guardian
        };
        let other_lists = self.other_lists(&guardian);
        let restoring = Restoring::new(Step::Clocks, guardian, other_lists);
        if self.brings_time_forward(&restoring.guardian, now) {
            self.set_clocks(&restoring.guardian, now);
        }
        self.go_on_restoring(restoring, now);
    }

    /// Lets the webhook call these Functions while a worker is being asked, or creates one where none is there. What is missing besides
    /// comes back when the invite has ended.
    pub(super) fn arm(&mut self, guardian: Guardian) {
        if self.seen.newest(&self.context).is_some() {
            self.write_address(&guardian);
        } else {
            self.calls.make(self.context.arm(
                &self.conversation,
                &guardian,
                replay_after(&guardian),
            ));
        }
        let restoring = Restoring::new(Step::Arm, guardian, Vec::new());
        self.phase = Phase::Restore(Box::new(restoring));
    }

    /// Writes or creates the webhooks, and reads the row.
    fn restore_webhooks(&mut self, mut restoring: Restoring, now: Millis) {
        restoring.step = Step::Webhooks;
        let guardian = &restoring.guardian;
        let replay_after = replay_after(guardian);
        let flow = guardian.flow.as_ref();
        let missing_flow = flow.filter(|flow| self.seen.flow_webhook(flow).is_none());
        if let Some(flow) = missing_flow {
            let call = arm_flow(&self.conversation, flow, replay_after);
            restoring.flow.ask(&mut self.calls, call);
        }
        let has_address = self
            .seen
            .newest(&self.context)
            .is_some_and(|one| one.is_ours);
        if !self.seen.hears_messages(&self.context) || !has_address {
            let call = self.context.arm(&self.conversation, guardian, replay_after);
            restoring.own.ask(&mut self.calls, call);
        } else if self.change().is_some() {
            // The address comes before the rest: a refused change has changed nothing.
            self.write_address(&restoring.guardian);
        }
        if self.has_row_to_change(&restoring.guardian) {
            let row_of = |worker| FetchItem {
                map: MapName::list_of(worker),
                key: self.conversation.clone(),
            };
            let row = row_of(&restoring.guardian.worker);
            restoring.former_row.ask(&mut self.calls, row);
            if let Some(other) = restoring.other_lists.first() {
                restoring.other_row.ask(&mut self.calls, row_of(other));
            }
        }
        self.go_on_restoring(restoring, now);
    }

    fn go_on_restoring(&mut self, restoring: Restoring, now: Millis) {
        if self.calls.idle() {
            self.after_restore(restoring, now);
        } else {
            self.phase = Phase::Restore(Box::new(restoring));
        }
    }

    /// Returns true if there is a row that this operation changes, whose times are not those of the guardian, or which is in another
    /// agent's list.
    fn has_row_to_change(&self, guardian: &Guardian) -> bool {
        if matches!(self.change(), Some(Change::Owner { .. })) {
            return true;
        }
        let record = self.record().filter(|record| record.is_listed);
        record.is_some_and(|record| {
            let expected = self.record_of(guardian, &record);
            let is_as_expected =
                (&expected.park, &expected.worker_sid) == (&record.park, &record.worker_sid);
            self.change().is_some() || !is_as_expected
        })
    }

    /// Continues with row and record, or ends.
    pub(super) fn after_restore(&mut self, mut restoring: Restoring, now: Millis) {
        if let Some(failure) = &restoring.failure {
            return self.release(Refused::from_failure(failure, "restoring the parked state"));
        }
        if restoring.step == Step::Arm {
            self.claim.mark_invited(&mut self.calls, now);
            return self.end(Reply::Restored);
        }
        if restoring.step == Step::Record {
            return self.end(match (self.reply_when_changed(), restoring.changed) {
                (Some(reply), _) => reply,
                (None, true) => Reply::Restored,
                (None, false) => Reply::Ignored,
            });
        }
        if !self.may_change(now) {
            return self.release(Outcome::refused(
                Refusal::Busy,
                "restoring the parked state took too long",
            ));
        }
        match restoring.step {
            Step::Clocks => self.restore_webhooks(restoring, now),
            Step::Webhooks if !restoring.former_row.is_empty() => {
                restoring.step = Step::Row;
                self.restore_row(&mut restoring, now);
                self.go_on_restoring(restoring, now);
            }
            Step::Webhooks | Step::Row if !restoring.other_lists.is_empty() => {
                // The record, which names its agent, comes after it.
                restoring.step = Step::OtherRow;
                for worker in restoring.other_lists.clone() {
                    self.delete_row_of(&worker);
                }
                self.go_on_restoring(restoring, now);
            }
            _ => self.restore_record(restoring, now),
        }
    }

    /// Returns the record with the webhook, and with all that belongs to the guardian.
    fn restored_record(&self, restoring: &Restoring) -> ParkedRecord {
        let found = self.record().unwrap_or_default();
        let row = restoring.former_row.ok().map(|data| row_data(data).park);
        let list = restoring.row.ok().cloned().flatten();
        ParkedRecord {
            webhook_sid: self.webhooks_now(restoring).pop(),
            map_sid: list
                .filter(|_| !restoring.other_lists.is_empty())
                .or_else(|| found.map_sid.clone()),
            ..self.changed_record(&restoring.guardian, &found, row.as_ref())
        }
    }

    /// Writes the row with its new times, or one that is missing.
    fn restore_row(&mut self, restoring: &mut Restoring, now: Millis) {
        let (record, guardian) = (self.restored_record(restoring), &restoring.guardian);
        // A record of another plugin has no expiry for a row.
        let is_listed = record.is_listed && record.park.parked_at.is_some();
        if !is_listed {
            return self.move_row(restoring, &record.park);
        }
        if list_item::ttl(&record, guardian, now).is_none() {
            return;
        }
        let note = match restoring.row_before() {
            Some(data) => self.note_with_row(data),
            None => self.note_after_change(),
        };
        let row = list_item::row(&record, guardian, &note, &self.conversation, now);
        let put = match restoring.former_row.result() {
            None => PutItem::new(row, WhenTaken::Keep),
            Some(Ok(_)) => PutItem::replacing(row),
            Some(Err(_)) => PutItem::new(row, WhenTaken::Replace),
        };
        restoring.row.ask(&mut self.calls, put);
    }

    /// Puts the row of the agent before into the list of the new one, if there is no record from which to make it.
    fn move_row(&mut self, restoring: &mut Restoring, park: &ParkDetails<Millis>) {
        if let Some(data) = restoring.other_row.ok() {
            let owner = &restoring.guardian.worker;
            let row = list_item::moved(data, owner, park, &self.conversation);
            let put = PutItem::new(row, WhenTaken::Replace);
            restoring.row.ask(&mut self.calls, put);
        }
    }

    /// Returns the texts of the park with the last message of its row. A reason and a note that could not be read are the row's.
    fn note_with_row(&self, data: &str) -> ParkNote {
        let note = match self.seen.note_failure() {
            None => self.note_after_change(),
            Some(_) => ParkNote::read(data),
        };
        ParkNote {
            last: row_data(data).last,
            ..note
        }
    }

    fn restore_record(&mut self, mut restoring: Restoring, now: Millis) {
        restoring.step = Step::Record;
        let guardian = restoring.guardian.clone();
        let armed: Vec<WebhookSid> = self.webhooks_now(&restoring);
        let found = self.record();
        let record = self.restored_record(&restoring);
        // A deleted record stays deleted: the address has everything that is needed.
        let attributes = match &found {
            Some(found) if *found != record => self.attributes_with(&record, &guardian),
            _ => None,
        };
        let address_is_new = restoring.own.is_empty()
            && self.change().is_none()
            && self.guardian().as_ref() != Some(&guardian);
        if address_is_new {
            self.write_address(&guardian);
        }
        match guardian.due_after(now) {
            // An update of the attributes may move the timer, so both are one update.
            Some(at) if attributes.is_some() || self.change().is_some() || !self.is_set_for(at) => {
                self.set_clocks_with(attributes, &guardian, now);
                restoring.changed = true;
            }
            due => {
                if let Some(attributes) = attributes {
                    self.update_attributes(attributes);
                }
                // An operation that took the time away may have died before this.
                let had_time = found.is_some_and(|found| {
                    let park = &found.park;
                    guardian.due.is_none() && park.due_at.or(park.expiry_at).is_some()
                });
                let may_have_clocks = had_time || self.changes_time() || self.is_watched(now);
                if due.is_none() && may_have_clocks {
                    self.calls.make(waiting::delete(&self.conversation));
                    self.put_timer_back(None, now);
                } else if due.is_none() && self.cause == Cause::Check(Clock::Desktop) {
                    let item = waiting::delete(&self.conversation);
                    restoring.stale_item.ask(&mut self.calls, item);
                }
            }
        }
        // The new webhook is armed. A former one that calls other code would create a second task for the same message.
        for former in self.seen.all_guardians(&self.context) {
            if !armed.contains(&former) {
                self.calls.make(DeleteWebhook {
                    conversation: self.conversation.clone(),
                    webhook: former,
                });
            }
        }
        if restoring.former_row.is_empty() {
            self.restore_row(&mut restoring, now);
        }
        self.write_note();
        self.phase = Phase::Restore(Box::new(restoring));
    }

    /// Returns the webhooks that bring the conversation back. The one that gets messages is last.
    fn webhooks_now(&self, restoring: &Restoring) -> Vec<WebhookSid> {
        let armed = self.seen.newest(&self.context).filter(|one| one.is_ours);
        let own = restoring
            .own
            .ok()
            .cloned()
            .or(armed.map(|armed| armed.webhook));
        let flow = restoring.guardian.flow.as_ref();
        let flow = restoring
            .flow
            .ok()
            .or_else(|| self.seen.flow_webhook(flow?))
            .cloned();
        own.into_iter().chain(flow).collect()
    }

    /// Returns the conversation's attributes with the record.
    pub(super) fn attributes_with(
        &self,
        record: &ParkedRecord,
        guardian: &Guardian,
    ) -> Option<String> {
        let before = self.seen.conversation()?;
        Some(record.write_into(&before.attributes, guardian, &self.conversation))
    }
}

/// Returns the last message that an agent has seen: Twilio delivers those after it to a new webhook.
fn replay_after(guardian: &Guardian) -> Option<u32> {
    guardian.first_unseen.and_then(|index| index.checked_sub(1))
}

fn row_data(data: &str) -> RowData<Millis> {
    RowData::read(&Attributes::parse(data).unwrap_or_default())
}
