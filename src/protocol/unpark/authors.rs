//! Who wrote, and whether that was the customer.

use crate::attributes::Attributes;
use crate::protocol::call::{Answer, Call, ConversationParticipant, Failure, Message};
use crate::protocol::calls::Calls;
use crate::protocol::look::Slot;
use crate::protocol::MessageRef;
use crate::sid::ConversationSid;

use super::{Cause, Unpark};

/// What is known of somebody who wrote.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Author {
    by: MessageRef,
    is_asked_for: bool,
    participant: Slot<ConversationParticipant>,
    is_worker: Slot<bool>,
}

impl Unpark {
    /// Takes the result of a call, if it tells who wrote.
    pub(super) fn take_author(&mut self, call: &Call, result: &Result<Answer, Failure>) {
        match call {
            Call::FetchMessage(..) => {
                if let Ok(Answer::Messages(messages)) = result {
                    let authors = messages
                        .iter()
                        .map(|message| Author::new(message.by.clone()));
                    self.authors.extend(authors);
                }
            }
            Call::FetchConversationParticipant(_, sid) => {
                for author in &mut self.authors {
                    if author.by.participant.as_ref() == Some(sid) {
                        author.participant = Some(match result {
                            Ok(Answer::ConversationParticipant(participant)) => {
                                Ok(participant.clone())
                            }
                            Ok(_) => Err(Failure::NotFound),
                            Err(failure) => Err(failure.clone()),
                        });
                    }
                }
            }
            Call::FindWorker(identity) => {
                for author in &mut self.authors {
                    if author.by.author == *identity {
                        author.is_worker = Some(match result {
                            Ok(Answer::WorkerExists(exists)) => Ok(*exists),
                            Ok(_) => Ok(false),
                            Err(failure) => Err(failure.clone()),
                        });
                    }
                }
            }
            _ => {}
        }
    }

    /// Begins to ask who wrote, unless that is known, or nobody did. A list of workers by an expression is limited to
    /// three a second for the whole account, so it is not asked for where the parked task tells.
    pub(super) fn asks_who_wrote(&mut self) -> bool {
        if self.cause == Cause::Reconcile && self.authors.is_empty() {
            self.authors = self.who_was_not_heard();
        }
        let address = self.customer_address();
        let is_known = |author: &Author| author.is_plainly_customer(address.as_deref());
        if self.authors.iter().any(is_known) || self.authors.iter().all(|one| one.is_asked_for) {
            return false;
        }
        for author in &mut self.authors {
            author.ask(&self.conversation, &mut self.calls);
        }
        // Those without a participant, of whom there is nothing to ask, are nobody's messages.
        !self.calls.idle()
    }

    /// The customer's address, as the parked task has it. Absent: there is none, or nothing is parked.
    fn customer_address(&self) -> Option<String> {
        let record = self.record().ok().flatten()?;
        let attributes = Attributes::parse(&record.task_attributes).ok()?;
        attributes.required("customerAddress", "a string").ok()
    }

    /// Whether the customer is among those who wrote.
    pub(super) fn customer_wrote(&self) -> bool {
        let address = self.customer_address();
        self.authors
            .iter()
            .any(|author| author.is_customer(address.as_deref()))
    }

    /// Where it cannot be told who wrote, it may have been the customer: a task too many is better than one unheard.
    pub(super) fn customer_may_have_written(&self) -> bool {
        self.authors.is_empty() || self.customer_wrote()
    }

    /// Who wrote what was not heard.
    fn who_was_not_heard(&self) -> Vec<Author> {
        let mut authors: Vec<Author> = Vec::new();
        for message in self.unheard() {
            if authors.iter().all(|author| author.by != message.by) {
                authors.push(Author::new(message.by.clone()));
            }
        }
        authors
    }

    /// Messages of participants that no agent's screen held and that made no task.
    fn unheard(&self) -> impl Iterator<Item = &Message> {
        let heard = self
            .record()
            .ok()
            .flatten()
            .and_then(|record| record.heard)
            .unwrap_or(u32::MAX);
        self.messages
            .iter()
            .flatten()
            .flatten()
            .filter(move |message| message.index > heard && message.by.participant.is_some())
    }
}

impl Author {
    /// Of whom nothing is known yet.
    pub(super) fn new(by: MessageRef) -> Self {
        Self {
            by,
            is_asked_for: false,
            participant: None,
            is_worker: None,
        }
    }

    /// Begins to ask who it is.
    fn ask(&mut self, conversation: &ConversationSid, calls: &mut Calls) {
        self.is_asked_for = true;
        if let Some(participant) = &self.by.participant {
            calls.make(Call::FetchConversationParticipant(
                conversation.clone(),
                participant.clone(),
            ));
            calls.make(Call::FindWorker(self.by.author.clone()));
        }
    }

    /// Whether it is the customer: whoever has the parked task's address, a participant who writes from outside, or
    /// one who chats and is no worker. In doubt it is, since a task too many is better than a customer unheard.
    fn is_customer(&self, address: Option<&str>) -> bool {
        if self.by.participant.is_none() {
            return false;
        }
        address == Some(&self.by.author)
            || matches!(&self.participant, Some(Ok(participant)) if participant.outside)
            || !matches!(self.is_worker, Some(Ok(true)))
    }

    /// The same, as far as it is known without asking.
    fn is_plainly_customer(&self, address: Option<&str>) -> bool {
        self.by.participant.is_some() && address == Some(&self.by.author)
    }
}
