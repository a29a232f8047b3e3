//! Settling: what is left of the parking goes.

use crate::protocol::call::{Answer, Call, Failure};
use crate::protocol::{Millis, Outcome};
use crate::reply::{Refusal, Reply};

use super::{Phase, Unpark};

/// What is being tidied up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Settling {
    reply: Reply,
    step: Step,
    failed: bool,
}

/// What goes one after the other: the record names the row, and without the webhook nobody would try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Row,
    Record,
    Webhooks,
}

impl Settling {
    /// From the beginning; `reply` is what the caller is told in the end.
    pub(super) fn new(reply: Reply) -> Self {
        Self {
            reply,
            step: Step::Row,
            failed: false,
        }
    }

    /// Takes the result of a call.
    pub(super) fn take(&mut self, result: &Result<Answer, Failure>) {
        self.failed |= result.is_err();
    }
}

impl Unpark {
    /// Takes one step. What fails, or where it crashes, is healed by the next message: its wake finds what is left.
    pub(super) fn settle(&mut self, settling: Settling) {
        match settling.step {
            Step::Row => {
                let record = self.record().ok().flatten();
                self.delete_row(record.as_ref());
            }
            Step::Record => self.take_record_out(),
            Step::Webhooks => self.disarm(),
        }
        self.phase = Phase::Settle(settling);
    }

    /// Goes on to the next step.
    pub(super) fn after_settle(&mut self, settling: Settling, now: Millis) {
        if settling.failed {
            // The webhook stays, and so the next message tries again.
            let outcome = Outcome::refused(
                Refusal::TwilioUnavailable,
                "the parked state could not be removed; the next message will try again",
            );
            return self.release(outcome);
        }
        let step = match settling.step {
            Step::Row => Step::Record,
            Step::Record => Step::Webhooks,
            Step::Webhooks => return self.release(Outcome::reply(settling.reply)),
        };
        if !self.may_change(now) {
            // It took too long: what is left may be another park's by now.
            let outcome =
                Outcome::refused(Refusal::Busy, "removing the parked state took too long");
            return self.release(outcome);
        }
        self.settle(Settling { step, ..settling });
    }

    fn take_record_out(&mut self) {
        let Ok(Some(_)) = self.record() else {
            return;
        };
        if let Some(attributes) = self.seen.attributes_without_record() {
            self.calls.make(Call::UpdateAttributes(
                self.conversation.clone(),
                attributes,
            ));
        }
    }

    fn disarm(&mut self) {
        for webhook in self.seen.all_guardians(&self.setting) {
            self.calls
                .make(Call::DeleteWebhook(self.conversation.clone(), webhook));
        }
    }
}
