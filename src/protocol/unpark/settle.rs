//! Settle: removes the parked state.

use crate::protocol::calls::Finished;
use crate::protocol::{arm_flow, Outcome};
use crate::reply::{Refusal, Reply};
use crate::twilio::calls::DeleteWebhook;
use crate::twilio::time::Millis;
use crate::waiting;

use super::{Phase, Unpark};

/// The progress of a settle.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Settling {
    reply: Reply,
    step: Step,
    failed: bool,
}

/// The steps, in order. The webhooks are last, because without them no message would bring another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Row,
    Record,
    Webhooks,
}

impl Settling {
    /// Makes a settle that ends with `reply`.
    pub(super) fn new(reply: Reply) -> Self {
        Self {
            reply,
            step: Step::Row,
            failed: false,
        }
    }

    /// Takes the result of a call.
    pub(super) fn take(&mut self, finished: &Finished) {
        self.failed |= finished.result.is_err();
    }
}

impl Unpark {
    /// Takes one step. After a failure or a crash the next message wakes the conversation and finds the rest.
    pub(super) fn settle(&mut self, settling: Settling, now: Millis) {
        match settling.step {
            Step::Row => {
                self.delete_row();
                self.delete_note();
                if self.is_watched(now) {
                    self.calls.make(waiting::delete(&self.conversation));
                }
                if self.returns_owners_timer(now) {
                    // The timer may count from the last message.
                    self.messages.begin(&mut self.calls, &self.conversation);
                }
            }
            Step::Record => self.take_record_out(now),
            Step::Webhooks => self.disarm(),
        }
        self.phase = Phase::Settle(settling);
    }

    /// Continues with the next step.
    pub(super) fn after_settle(&mut self, settling: Settling, now: Millis) {
        if settling.failed {
            // The webhook stays, so the next message brings another try.
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
            // It took too long, so the rest may belong to another park by now.
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

    pub(super) fn disarm(&mut self) {
        for webhook in self.seen.all_guardians(&self.context) {
            self.calls.make(DeleteWebhook {
                conversation: self.conversation.clone(),
                webhook,
            });
        }
    }
}
