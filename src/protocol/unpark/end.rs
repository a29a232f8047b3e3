//! End: closes a parked conversation for good, because an agent has seen that its customer is gone.
//!
//! The conversation is closed before the channel. Afterwards no message can come, so a crash leaves nobody without an agent. Twilio
//! does not document whether the end of a channel without agents also closes its conversation.

use crate::protocol::calls::{Finished, Slot};
use crate::protocol::refusal::{says_closed, Refused};
use crate::protocol::MessageRef;
use crate::reply::{Refusal, Reply};
use crate::twilio::calls::{CloseChannel, FetchConversation, UpdateConversation};
use crate::twilio::Failure;
use crate::waiting;

use super::{Cause, Phase, Unpark};

/// The progress of an end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Ending {
    step: Step,
    closing: Slot<UpdateConversation>,
    check: Slot<FetchConversation>,
    channel: Slot<CloseChannel>,
    /// The number of the customer's unheard messages before the end. `None`: the conversation was closed before.
    written: Option<usize>,
    has_failed: bool,
}

/// The steps, in order. The webhooks are last, because their address names what there is to clear away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Close,
    /// After a 404, which Twilio may answer for a closed conversation: read it, because an open one must stay armed.
    Verify,
    Clear,
    Disarm,
}

impl Ending {
    fn new(step: Step, written: Option<usize>) -> Self {
        Self {
            step,
            closing: Slot::Empty,
            check: Slot::Empty,
            channel: Slot::Empty,
            written,
            has_failed: false,
        }
    }

    /// Takes the result of a call.
    pub(super) fn take(&mut self, finished: &Finished) {
        self.closing.take(finished);
        self.check.take(finished);
        // A channel that stays open does no harm: nobody can be invited into a closed conversation.
        let is_channel = self.channel.take(finished);
        self.has_failed |= finished.result.is_err() && !is_channel;
    }
}

impl Unpark {
    /// Returns true if this operation closes the conversation.
    pub(super) fn is_end(&self) -> bool {
        matches!(self.cause, Cause::End { .. })
    }

    /// Returns true if the customer has written more than the agent has seen. `None`: this operation does not ask for it, or the
    /// messages are not known.
    pub(super) fn has_more_than_seen(&self) -> Option<bool> {
        let Cause::End { unread } = self.cause else {
            return None;
        };
        Some(self.unheard_count()? > usize::try_from(unread).unwrap_or(usize::MAX))
    }

    /// Counts the customer's messages that no agent has read in the conversation. `None`: they are not known.
    fn unheard_count(&self) -> Option<usize> {
        if !self.messages.has_begun() || self.messages.failure().is_some() {
            return None;
        }
        let (first, address) = (self.first_unseen(), self.customer_address());
        let read = self.messages.newest_first().iter();
        let is_unheard = |by: &MessageRef| {
            by.index.is_some_and(|index| index >= first)
                && self.authors.is_customer(by, &self.seen, address.as_deref())
        };
        Some(read.map(MessageRef::from).filter(is_unheard).count())
    }

    /// Returns the index after the last message that is not the customer's. The agent had seen that one; of the later ones nobody
    /// knows.
    pub(super) fn after_last_of_others(&self) -> u32 {
        let address = self.customer_address();
        let read = self.messages.newest_first().iter();
        let of_customer = read.take_while(|message| {
            let by = MessageRef::from(*message);
            self.authors
                .is_customer(&by, &self.seen, address.as_deref())
        });
        of_customer.last().map_or(u32::MAX, |first| first.index)
    }

    /// Closes the conversation. The same update removes the record.
    pub(super) fn close(&mut self) {
        let mut ending = Ending::new(Step::Close, self.unheard_count());
        let update = UpdateConversation {
            attributes: self.seen.attributes_without_record(),
            close: true,
            ..UpdateConversation::new(self.conversation.clone())
        };
        ending.closing.ask(&mut self.calls, update);
        self.phase = Phase::End(ending);
    }

    /// Clears away the rest of a conversation that is closed.
    pub(super) fn clear(&mut self) {
        self.clear_after(None);
    }

    fn verify(&mut self, written: Option<usize>) {
        let mut ending = Ending::new(Step::Verify, written);
        let call = FetchConversation(self.conversation.clone());
        ending.check.ask(&mut self.calls, call);
        self.phase = Phase::End(ending);
    }

    fn clear_after(&mut self, written: Option<usize>) {
        let mut ending = Ending::new(Step::Clear, written);
        if let Some(guardian) = self.guardian().filter(|_| !self.seen.channel_is_gone()) {
            let call = CloseChannel(guardian.channel);
            ending.channel.ask(&mut self.calls, call);
        }
        self.delete_row();
        self.delete_note();
        self.calls.make(waiting::delete(&self.conversation));
        self.phase = Phase::End(ending);
    }

    fn disarm_ended(&mut self, ending: &Ending) {
        if ending.written.is_some() {
            self.messages.begin(&mut self.calls, &self.conversation);
        }
        // After a failure they stay, so that another end or the owner's sweep finds the rest.
        if !ending.has_failed {
            self.disarm();
        }
        self.phase = Phase::End(Ending::new(Step::Disarm, ending.written));
    }

    /// Continues with the next step, or ends. A conversation that is closed cannot be parked again, so the rest needs no claim.
    pub(super) fn after_end(&mut self, ending: &Ending) {
        match ending.step {
            Step::Close => match ending.closing.failure() {
                Some(Failure::NotFound) => self.verify(ending.written),
                Some(failure) if !says_closed(failure) => {
                    let refused = Refused::from_failure(failure, "closing the conversation");
                    self.release(refused);
                }
                _ => self.clear_after(ending.written),
            },
            Step::Verify => match ending.check.result() {
                Some(Ok(conversation)) if conversation.closed => self.clear_after(ending.written),
                Some(Err(Failure::NotFound)) => self.clear_after(ending.written),
                _ => self.release(Refused::new(
                    Refusal::TwilioUnavailable,
                    "closing the conversation: Twilio says that it does not exist, and then that it is open",
                )),
            },
            Step::Clear => self.disarm_ended(ending),
            Step::Disarm => {
                let before = ending.written.unwrap_or(usize::MAX);
                let has_written = self.unheard_count().is_some_and(|now| now > before);
                self.end(if has_written {
                    Reply::EndedUnheard
                } else {
                    Reply::Ended
                });
            }
        }
    }
}
