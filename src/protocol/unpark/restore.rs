//! Restore: puts back the missing parts of the parked state (webhook, row, and the webhook's SID in the record).

use crate::guardian::Guardian;
use crate::list_item;
use crate::protocol::calls::{Finished, Slot};
use crate::protocol::refusal::Refused;
use crate::protocol::{arm_flow, Outcome};
use crate::record::ParkedRecord;
use crate::reply::{Refusal, Reply};
use crate::sid::WebhookSid;
use crate::sync_name::MapName;
use crate::twilio::calls::{CreateWebhook, DeleteItem, DeleteWebhook, PutItem, WhenTaken};
use crate::twilio::time::Millis;
use crate::twilio::Failure;
use crate::waiting;

use super::{Cause, Phase, Unpark};

/// The progress of a restore.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Restoring {
    guardian: Guardian,
    step: Step,
    own: Slot<CreateWebhook>,
    flow: Slot<CreateWebhook>,
    row: Slot<PutItem>,
    /// True if something was missing.
    changed: bool,
    failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    /// The webhooks are first, because their SIDs are part of record and row.
    Webhooks,
    RecordAndRow,
}

impl Restoring {
    /// Takes the result of a call.
    pub(super) fn take(&mut self, finished: &Finished) {
        self.own.take(finished);
        self.flow.take(finished);
        // The map is named only if the row was missing.
        let row_was_there = self.row.take(finished) && self.row.ok() == Some(&None);
        match &finished.result {
            Err(failure) => self.failure = Some(failure.clone()),
            Ok(_) => self.changed |= !row_was_there,
        }
    }
}

impl Unpark {
    /// Arms the webhooks that are missing.
    pub(super) fn restore(&mut self, guardian: Guardian, now: Millis) {
        let is_armed = self.seen.hears_messages(&self.context);
        let has_address = self
            .seen
            .newest(&self.context)
            .is_some_and(|one| one.is_ours);
        let guardian = Guardian {
            // The owner's flow may have changed since the park. A new webhook uses the present one.
            flow: if is_armed {
                guardian.flow.clone()
            } else {
                self.context.wake_flow.clone()
            },
            ..guardian
        };
        let mut restoring = Restoring {
            guardian,
            step: Step::Webhooks,
            own: Slot::Empty,
            flow: Slot::Empty,
            row: Slot::Empty,
            changed: false,
            failure: None,
        };
        let guardian = &restoring.guardian;
        let replay_after = guardian.first_unseen.and_then(|index| index.checked_sub(1));
        let flow = guardian.flow.as_ref();
        let missing_flow = flow.filter(|flow| self.seen.flow_webhook(flow).is_none());
        if let Some(flow) = missing_flow {
            let call = arm_flow(&self.conversation, flow, replay_after);
            restoring.flow.ask(&mut self.calls, call);
        }
        if !is_armed || !has_address {
            let call = self.context.arm(&self.conversation, guardian, replay_after);
            restoring.own.ask(&mut self.calls, call);
        } else if self.makes_change() {
            // The address comes before the rest: a refused change has changed nothing.
            self.write_address(&restoring.guardian);
        }
        if self.calls.idle() {
            self.after_restore(restoring, now);
        } else {
            self.phase = Phase::Restore(Box::new(restoring));
        }
    }

    /// Continues with record and row, or ends.
    pub(super) fn after_restore(&mut self, restoring: Restoring, now: Millis) {
        if let Some(failure) = &restoring.failure {
            return self.release(Refused::from_failure(failure, "restoring the parked state"));
        }
        if restoring.step == Step::RecordAndRow {
            return self.end(match restoring.changed {
                _ if self.makes_change() => Reply::Extended,
                true => Reply::Restored,
                false => Reply::Ignored,
            });
        }
        if !self.may_change(now) {
            return self.release(Outcome::refused(
                Refusal::Busy,
                "restoring the parked state took too long",
            ));
        }
        self.restore_record_and_row(restoring, now);
    }

    fn restore_record_and_row(&mut self, mut restoring: Restoring, now: Millis) {
        restoring.step = Step::RecordAndRow;
        let guardian = restoring.guardian.clone();
        let armed: Vec<WebhookSid> = self.webhooks_now(&restoring);
        let found = self.record();
        let record = ParkedRecord {
            webhook_sid: armed.last().cloned(),
            ..self.with_times_of(&guardian, &found.clone().unwrap_or_default())
        };
        // A deleted record stays deleted: the address has everything that is needed.
        let attributes = match &found {
            Some(found) if *found != record => self.attributes_with(&record, &guardian),
            _ => None,
        };
        let times_are_new = found.is_some_and(|found| found.park != record.park);
        let address_is_new = restoring.own.is_empty()
            && !self.makes_change()
            && self.guardian().as_ref() != Some(&guardian);
        if address_is_new {
            self.write_address(&guardian);
        }
        match guardian.due_after(now) {
            // An update of the attributes may move the timer, so both are one update.
            Some(at) if attributes.is_some() || self.makes_change() || !self.is_set_for(at) => {
                self.set_clocks_with(attributes, &guardian, now);
                restoring.changed = true;
            }
            due => {
                if let Some(attributes) = attributes {
                    self.update_attributes(attributes);
                }
                if due.is_none() && self.is_watched(now) {
                    self.calls.make(waiting::delete(&self.conversation));
                    self.put_timer_back(None, now);
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
        // A record of another plugin has no expiry for a row.
        let is_listed = record.is_listed && record.park.parked_at.is_some();
        if is_listed && list_item::ttl(&record, &guardian, now).is_some() {
            let row = list_item::row(
                &record,
                &guardian,
                &self.seen.note(),
                &self.conversation,
                now,
            );
            let put = if times_are_new && self.seen.note_failure().is_none() {
                PutItem::replacing(row)
            } else {
                PutItem::new(row, WhenTaken::Keep)
            };
            restoring.row.ask(&mut self.calls, put);
        }
        let note = self.seen.note();
        if self.makes_change() && !note.is_empty() {
            // Its life has to last for another longest wait.
            let item = note.item(&self.conversation);
            self.calls.make(PutItem::replacing(item));
        }
        self.delete_stray_row(&guardian);
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

    /// Deletes the row that a sweep found in the list of an agent who parked the conversation before.
    fn delete_stray_row(&mut self, guardian: &Guardian) {
        if let Some(worker) = self.row_of.clone().filter(|one| *one != guardian.worker) {
            self.calls.make(DeleteItem {
                map: MapName::list_of(&worker),
                key: self.conversation.clone(),
            });
        }
    }

    /// Returns true if this operation writes a change of an agent.
    fn makes_change(&self) -> bool {
        matches!(self.cause, Cause::Change(_))
    }

    /// Returns the conversation's attributes with the record.
    fn attributes_with(&self, record: &ParkedRecord, guardian: &Guardian) -> Option<String> {
        let before = self.seen.conversation()?;
        Some(record.write_into(&before.attributes, guardian, &self.conversation))
    }
}
