//! The authors of new messages, and the decision whether one of them is the customer.

use crate::protocol::calls::{Calls, Finished, Slot};
use crate::protocol::snapshot::ConversationSnapshot;
use crate::protocol::MessageRef;
use crate::sid::ConversationParticipantSid;
use crate::twilio::calls::{ChatParticipant, FindWorker, WorkerField};

/// The new messages, and the chat identities that were looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Authors {
    messages: Vec<MessageRef>,
    identities: Vec<Identity>,
}

/// A chat identity, with the search for a worker who has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Identity {
    name: String,
    by_name: Slot<FindWorker>,
    by_contact_uri: Slot<FindWorker>,
}

/// The decision whether an author is the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Customer,
    SomebodyElse,
    /// The customer, unless a worker has this identity.
    UnlessWorker(String),
}

impl Identity {
    fn ask(&mut self, calls: &mut Calls, by: WorkerField) {
        let slot = match by {
            WorkerField::FriendlyName => &mut self.by_name,
            WorkerField::ContactUri => &mut self.by_contact_uri,
        };
        if slot.is_empty() {
            let identity = self.name.clone();
            slot.ask(calls, FindWorker { identity, by });
        }
    }

    /// Returns true if a worker has it. `None`: it was not looked up, or Twilio did not answer.
    fn is_worker(&self) -> Option<bool> {
        match (self.by_name.ok(), self.by_contact_uri.ok()) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            (None, _) | (_, None) => None,
        }
    }
}

impl Authors {
    /// Makes the authors of these messages.
    pub fn new(messages: Vec<MessageRef>) -> Self {
        Self {
            messages,
            identities: Vec::new(),
        }
    }

    /// Replaces the messages. Identities that were looked up stay.
    pub fn set_messages(&mut self, messages: Vec<MessageRef>) {
        self.messages = messages;
    }

    /// Takes the result of a call, if it is a search for a worker.
    pub fn take(&mut self, finished: &Finished) {
        for identity in &mut self.identities {
            identity.by_name.take(finished);
            identity.by_contact_uri.take(finished);
        }
    }

    /// Looks up the authors, unless one of them is known to be the customer. The search by an expression is limited to
    /// three requests per second and account, so it is the last resort.
    pub fn ask(&mut self, calls: &mut Calls, seen: &ConversationSnapshot, address: Option<&str>) {
        let is_customer = |by: &MessageRef| verdict(by, seen, address) == Verdict::Customer;
        if !self.messages.iter().any(is_customer) {
            for by in self.messages.clone() {
                if let Verdict::UnlessWorker(identity) = verdict(&by, seen, address) {
                    self.identity(&identity).ask(calls, WorkerField::ContactUri);
                    self.identity(&identity)
                        .ask(calls, WorkerField::FriendlyName);
                }
            }
        }
    }

    /// Looks up the participants who may be workers that were left in the conversation.
    pub fn ask_for_leftovers(
        &mut self,
        calls: &mut Calls,
        seen: &ConversationSnapshot,
        address: Option<&str>,
    ) {
        for member in strangers(seen, address) {
            if let Some(identity) = &member.identity {
                self.identity(identity)
                    .ask(calls, WorkerField::FriendlyName);
            }
        }
    }

    fn identity(&mut self, identity: &str) -> &mut Identity {
        let known = self.identities.iter().position(|one| one.name == identity);
        let index = known.unwrap_or(self.identities.len());
        if known.is_none() {
            self.identities.push(Identity {
                name: identity.to_owned(),
                by_name: Slot::Empty,
                by_contact_uri: Slot::Empty,
            });
        }
        // The index was found or has just been filled.
        #[expect(clippy::indexing_slicing, reason = "the index exists")]
        &mut self.identities[index]
    }

    /// Returns true if the customer is among the authors.
    pub fn customer_wrote(&self, seen: &ConversationSnapshot, address: Option<&str>) -> bool {
        let is_customer = |by: &MessageRef| self.is_customer(by, seen, address);
        self.messages.iter().any(is_customer)
    }

    /// Returns true if the author of a message is the customer.
    pub fn is_customer(
        &self,
        by: &MessageRef,
        seen: &ConversationSnapshot,
        address: Option<&str>,
    ) -> bool {
        match verdict(by, seen, address) {
            Verdict::Customer => true,
            Verdict::SomebodyElse => false,
            // In doubt it is the customer: one task too many is better than an unheard message.
            Verdict::UnlessWorker(identity) => self.is_worker(&identity) != Some(true),
        }
    }

    /// Returns the messages.
    pub fn messages(&self) -> &[MessageRef] {
        &self.messages
    }

    /// Returns true if there are no messages.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Returns the indices of the messages, if they are known.
    pub fn indices(&self) -> impl Iterator<Item = Option<u32>> + '_ {
        self.messages.iter().map(|by| by.index)
    }

    /// Returns the participants of workers who were left in the conversation. Twilio would cancel the reservation of a
    /// worker who is a participant when they accept (50433).
    pub fn leftovers(
        &self,
        seen: &ConversationSnapshot,
        address: Option<&str>,
    ) -> Vec<ConversationParticipantSid> {
        strangers(seen, address)
            .filter(|member| {
                let identity = member.identity.as_deref();
                identity.and_then(|identity| self.is_worker(identity)) == Some(true)
            })
            .map(|member| member.sid.clone())
            .collect()
    }

    fn is_worker(&self, identity: &str) -> Option<bool> {
        let known = self.identities.iter().find(|known| known.name == identity);
        known?.is_worker()
    }
}

/// Decides whether an author is the customer: one who has the address of the parked task, or a participant outside
/// Twilio. If another participant is known to be the customer, the author is not. So a bot that is a participant wakes
/// no conversation.
fn verdict(by: &MessageRef, seen: &ConversationSnapshot, address: Option<&str>) -> Verdict {
    if address.is_some_and(|address| is_same(address, &by.author)) {
        return Verdict::Customer;
    }
    let members = seen.members.ok().map(Vec::as_slice);
    match (members.and_then(|members| member_of(by, members)), members) {
        (Some(member), Some(members)) => verdict_on_member(member, members, address),
        // The participant has left, or the participants could not be read.
        _ if by.participant.is_some() && address.is_none() => {
            Verdict::UnlessWorker(by.author.clone())
        }
        (None, None) if by.participant.is_some() => Verdict::UnlessWorker(by.author.clone()),
        _ => Verdict::SomebodyElse,
    }
}

fn verdict_on_member(
    member: &ChatParticipant,
    members: &[ChatParticipant],
    address: Option<&str>,
) -> Verdict {
    let is_customer =
        |member: &ChatParticipant| address.is_some_and(|address| has_address(member, address));
    match &member.identity {
        _ if member.address.is_some() || is_customer(member) => Verdict::Customer,
        Some(identity) if !members.iter().any(is_customer) => {
            Verdict::UnlessWorker(identity.clone())
        }
        _ => Verdict::SomebodyElse,
    }
}

/// Returns the author's participant: by its SID, which some channels write as the author too, or by identity or
/// address.
fn member_of<'a>(by: &MessageRef, members: &'a [ChatParticipant]) -> Option<&'a ChatParticipant> {
    let has_sid = |member: &&ChatParticipant| {
        Some(&member.sid) == by.participant.as_ref() || member.sid.as_str() == by.author
    };
    let is_author = |member: &&ChatParticipant| has_address(member, &by.author);
    let mut all = members.iter();
    all.find(has_sid).or_else(|| members.iter().find(is_author))
}

/// Returns the participants who are not the customer, if the customer is known.
fn strangers<'a>(
    seen: &'a ConversationSnapshot,
    address: Option<&'a str>,
) -> impl Iterator<Item = &'a ChatParticipant> {
    let members = seen.members.ok().map(Vec::as_slice).unwrap_or_default();
    let is_customer = move |member: &ChatParticipant| {
        member.address.is_some() || address.is_some_and(|address| has_address(member, address))
    };
    let customer_is_known = members.iter().any(is_customer);
    members
        .iter()
        .filter(move |member| customer_is_known && !is_customer(member))
}

fn has_address(member: &ChatParticipant, address: &str) -> bool {
    let own = [&member.identity, &member.address];
    own.into_iter().flatten().any(|own| is_same(own, address))
}

/// Returns true if two addresses are the same, with or without the prefix of a channel.
fn is_same(one: &str, other: &str) -> bool {
    !one.is_empty() && bare(one) == bare(other)
}

fn bare(address: &str) -> &str {
    ["whatsapp:", "messenger:", "sms:", "rcs:"]
        .iter()
        .find_map(|channel| address.strip_prefix(channel))
        .unwrap_or(address)
}
