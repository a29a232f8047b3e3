//! Settling: what is left of the parking goes.

use crate::protocol::{arm_flow, Outcome};
use crate::reply::{Refusal, Reply};
use crate::twilio::calls::DeleteWebhook;
use crate::twilio::time::Millis;
use crate::twilio::{AnyAnswer, Failure};
use crate::waiting;

use super::{Phase, Unpark};

/// What is being tidied up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Settling {
    reply: Reply,
    step: Step,
    failed: bool,
}

/// What goes one after the other: without the webhook nobody would try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Row,
    Record,
    Webhooks,
}

impl Settling {
    /// From the beginning; `reply` is answered in the end.
    pub(super) fn new(reply: Reply) -> Self {
        Self {
            reply,
            step: Step::Row,
            failed: false,
        }
    }

    /// Takes the result of a call.
    pub(super) fn take(&mut self, result: &Result<AnyAnswer, Failure>) {
        self.failed |= result.is_err();
    }
}

impl Unpark {
    /// Takes one step. What fails, or where it crashes, is healed by the next message: its wake finds what is left.
    pub(super) fn settle(&mut self, settling: Settling, now: Millis) {
        match settling.step {
            Step::Row => {
                self.delete_row();
                if self.is_watched(now) {
                    self.calls.make(waiting::delete(&self.conversation));
                }
            }
            Step::Record => self.take_record_out(now),
            Step::Webhooks => self.disarm(),
        }
        self.phase = Phase::Settle(settling);
    }

    /// Goes on to the next step.
    pub(super) fn after_settle(&mut self, settling: Settling, now: Millis) {
        if settling.failed {
            // The webhook stays, and so the next message tries again.
            return self.release(Outcome::refused(
                Refusal::TwilioUnavailable,
                "the parked state could not be removed; the next message will try again",
            ));
        }
        let step = match settling.step {
            Step::Row => Step::Record,
            Step::Record => Step::Webhooks,
            Step::Webhooks => return self.end(settling.reply),
        };
        if !self.may_change(now) {
            // It took too long: what is left may be another park's by now.
            return self.release(Outcome::refused(
                Refusal::Busy,
                "removing the parked state took too long",
            ));
        }
        self.settle(Settling { step, ..settling }, now);
    }

    fn take_record_out(&mut self, now: Millis) {
        let attributes = self.seen.attributes_without_record();
        self.put_timer_back(attributes, now);
        let paused = self.guardian().and_then(|guardian| guardian.paused_flow);
        if let Some(flow) = paused.filter(|flow| self.seen.flow_webhook(flow).is_none()) {
            self.calls.make(arm_flow(&self.conversation, &flow, None));
        }
    }

    fn disarm(&mut self) {
        for webhook in self.seen.all_guardians(&self.setting) {
            self.calls.make(DeleteWebhook {
                conversation: self.conversation.clone(),
                webhook,
            });
        }
    }
}
