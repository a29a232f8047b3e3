//! Restoring: a conversation that is parked has its webhook, its row and the webhook's SID, and what the customer
//! wrote was routed.

use crate::list_item;
use crate::protocol::call::{Answer, Call, Failure, Item};
use crate::protocol::guardian::guardian;
use crate::protocol::refusal::refusal_for;
use crate::protocol::{Millis, Outcome};
use crate::record::ParkedRecord;
use crate::reply::{Refusal, Reply};

use super::{Cause, Phase, Unpark};

/// What is being restored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Restoring {
    record: ParkedRecord,
    step: Step,
    /// Whether anything was missing.
    changed: bool,
    failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    /// First, since its SID is part of record and row.
    Webhook,
    RecordAndRow,
}

impl Restoring {
    /// Takes the result of a call.
    pub(super) fn take(&mut self, call: &Call, result: &Result<Answer, Failure>) {
        match (call, result) {
            (Call::CreateWebhook(_), Ok(Answer::Webhook(sid))) => {
                self.record.webhook_sid = Some(sid.clone());
                self.changed = true;
            }
            (Call::UpdateAttributes(..) | Call::DeleteItem(..), Ok(_))
            | (_, Ok(Answer::Item(_))) => self.changed = true,
            (_, Err(failure)) => self.failure = Some(failure.clone()),
            _ => {}
        }
    }
}

impl Unpark {
    /// Begins with the webhook.
    pub(super) fn restore(&mut self, record: ParkedRecord, now: Millis) {
        let armed = self
            .seen
            .guardians(&self.setting)
            .next()
            .map(|webhook| webhook.sid.clone());
        if armed.is_none() {
            self.calls.make(Call::CreateWebhook(guardian(
                &self.setting,
                &self.conversation,
                &record,
                record.heard,
            )));
        }
        let restoring = Restoring {
            record: ParkedRecord {
                webhook_sid: armed,
                ..record
            },
            step: Step::Webhook,
            changed: false,
            failure: None,
        };
        if self.calls.idle() {
            self.after_restore(restoring, now);
        } else {
            self.phase = Phase::Restore(Box::new(restoring));
        }
    }

    /// Goes on to record and row, or ends.
    pub(super) fn after_restore(&mut self, restoring: Restoring, now: Millis) {
        if let Some(failure) = &restoring.failure {
            let (refusal, message) = refusal_for(failure, "restoring the parked state");
            return self.release(Outcome::refused(refusal, message));
        }
        if restoring.step == Step::RecordAndRow {
            let reply = if restoring.changed {
                Reply::Restored
            } else {
                Reply::Ignored
            };
            return self.release(Outcome::reply(reply));
        }
        if !self.may_change(now) {
            let outcome =
                Outcome::refused(Refusal::Busy, "restoring the parked state took too long");
            return self.release(outcome);
        }
        if self.record() != Ok(Some(restoring.record.clone())) {
            self.write_record(&restoring.record);
        }
        // Its successor is armed: two would make two tasks of one message, where the former calls other code.
        if let Some(former) = self.seen.former_guardian(&self.setting) {
            self.calls
                .make(Call::DeleteWebhook(self.conversation.clone(), former));
        }
        // What the template's feature parked does not say how long its row is to stay.
        let listed =
            restoring.record.map_item_key.is_some() && restoring.record.parked_at.is_some();
        if listed && list_item::ttl(&restoring.record, now).is_some() {
            self.calls.make(Call::PutBackItem(Item::of(
                &restoring.record,
                &self.conversation,
                now,
            )));
        }
        self.delete_stray_row(&restoring.record);
        self.phase = Phase::Restore(Box::new(Restoring {
            step: Step::RecordAndRow,
            ..restoring
        }));
    }

    /// The row that led here may stand in the list of somebody who parked the conversation before.
    fn delete_stray_row(&mut self, record: &ParkedRecord) {
        let own_list = list_item::map_name(&record.worker_sid);
        if let Some((map, key)) = self.row.clone().filter(|(map, _)| *map != own_list) {
            self.calls.make(Call::DeleteItem(map, key));
        }
    }

    fn write_record(&mut self, record: &ParkedRecord) {
        if let Some(attributes) = self.seen.attributes_with(record) {
            self.calls.make(Call::UpdateAttributes(
                self.conversation.clone(),
                attributes,
            ));
        }
    }

    /// Takes the last messages, for whoever looks whether all of them were heard.
    pub(super) fn take_messages(&mut self, call: &Call, result: &Result<Answer, Failure>) {
        match (call, result) {
            (Call::ListMessages(_), Ok(Answer::Messages(messages))) => {
                self.messages = Some(Ok(messages.clone()));
            }
            (Call::ListMessages(_), Err(failure)) => self.messages = Some(Err(failure.clone())),
            _ => {}
        }
    }

    /// Says in the record that the last message was routed, so that nobody routes it once more should the task be
    /// canceled. Without it that happens once, and does no harm.
    pub(super) fn note_what_was_heard(&mut self) {
        let last = match (&self.cause, &self.messages) {
            (Cause::Reconcile | Cause::Release, Some(Ok(messages))) => {
                messages.iter().map(|message| message.index).max()
            }
            _ => None,
        };
        if let (Some(last), Ok(Some(record))) = (last, self.record()) {
            self.write_record(&ParkedRecord {
                heard: Some(last),
                ..record
            });
        }
    }
}
