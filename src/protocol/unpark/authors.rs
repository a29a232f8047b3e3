//! Who wrote, and whether that was the customer.

use crate::protocol::calls::{Calls, Finished, Slot};
use crate::protocol::snapshot::Snapshot;
use crate::protocol::MessageRef;
use crate::sid::ConversationParticipantSid;
use crate::twilio::calls::{ChatParticipant, FindWorker, WorkerMark};

/// Those who wrote, and what is known of chat identities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Authors {
    wrote: Vec<MessageRef>,
    asked: Vec<Identity>,
}

/// A chat identity of which it is asked whether a worker has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Identity {
    name: String,
    by_name: Slot<FindWorker>,
    by_contact_uri: Slot<FindWorker>,
}

/// Whether somebody is the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Customer,
    SomebodyElse,
    /// It is, unless a worker has this identity.
    UnlessWorker(String),
}

impl Identity {
    fn ask(&mut self, calls: &mut Calls, by: WorkerMark) {
        let slot = match by {
            WorkerMark::FriendlyName => &mut self.by_name,
            WorkerMark::ContactUri => &mut self.by_contact_uri,
        };
        if slot.is_empty() {
            let identity = self.name.clone();
            slot.ask(calls, FindWorker { identity, by });
        }
    }

    /// Whether it is a worker's. `None`: it was not asked for, or Twilio did not answer.
    fn is_worker(&self) -> Option<bool> {
        match (self.by_name.ok(), self.by_contact_uri.ok()) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        }
    }
}

impl Authors {
    /// Those who wrote these messages.
    pub fn new(wrote: Vec<MessageRef>) -> Self {
        Self {
            wrote,
            asked: Vec::new(),
        }
    }

    /// From now on, those who wrote these messages. What is known of identities stays.
    pub fn of(&mut self, wrote: Vec<MessageRef>) {
        self.wrote = wrote;
    }

    /// Takes the result of a call, if it is one of these.
    pub fn take(&mut self, finished: &Finished) {
        for identity in &mut self.asked {
            identity.by_name.take(finished);
            identity.by_contact_uri.take(finished);
        }
    }

    /// Asks who wrote, as far as that is not known already. Workers are searched for by an expression three times a second at most
    /// for a whole account, so that is the last resort.
    pub fn ask(&mut self, calls: &mut Calls, seen: &Snapshot, address: Option<&str>) {
        let is_customer = |by: &MessageRef| verdict(by, seen, address) == Verdict::Customer;
        if !self.wrote.iter().any(is_customer) {
            for by in self.wrote.clone() {
                if let Verdict::UnlessWorker(identity) = verdict(&by, seen, address) {
                    self.identity(&identity).ask(calls, WorkerMark::ContactUri);
                    self.identity(&identity)
                        .ask(calls, WorkerMark::FriendlyName);
                }
            }
        }
    }

    /// Asks who of the contact centre was left in the conversation.
    pub fn ask_for_leftovers(&mut self, calls: &mut Calls, seen: &Snapshot, address: Option<&str>) {
        for member in strangers(seen, address) {
            if let Some(identity) = &member.identity {
                self.identity(identity).ask(calls, WorkerMark::FriendlyName);
            }
        }
    }

    fn identity(&mut self, identity: &str) -> &mut Identity {
        let known = self.asked.iter().position(|one| one.name == identity);
        let place = known.unwrap_or(self.asked.len());
        if known.is_none() {
            self.asked.push(Identity {
                name: identity.to_owned(),
                by_name: Slot::Empty,
                by_contact_uri: Slot::Empty,
            });
        }
        // The place is one that was found or has just been filled.
        #[expect(clippy::indexing_slicing, reason = "the place is there")]
        &mut self.asked[place]
    }

    /// Returns whether the customer is among those who wrote.
    pub fn customer_wrote(&self, seen: &Snapshot, address: Option<&str>) -> bool {
        self.wrote
            .iter()
            .any(|by| match verdict(by, seen, address) {
                Verdict::Customer => true,
                Verdict::SomebodyElse => false,
                // In doubt it is: a task too many is better than a customer unheard.
                Verdict::UnlessWorker(identity) => self.is_worker(&identity) != Some(true),
            })
    }

    /// Returns whether nobody is known to have written.
    pub fn is_empty(&self) -> bool {
        self.wrote.is_empty()
    }

    /// The indices of the messages, where they are known.
    pub fn indices(&self) -> impl Iterator<Item = Option<u32>> + '_ {
        self.wrote.iter().map(|by| by.index)
    }

    /// Workers who are still in the conversation although they have no part in it any more. Twilio cancels the reservation of a
    /// worker who is a participant already when they accept (50433).
    pub fn leftovers(
        &self,
        seen: &Snapshot,
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
        let known = self.asked.iter().find(|known| known.name == identity);
        known?.is_worker()
    }
}

/// Decides whether the author is the customer: whoever has the parked task's address, or a participant who writes from outside.
/// Where somebody else of the conversation is known to be the customer, it is not; so a bot that is a participant wakes
/// nobody.
fn verdict(by: &MessageRef, seen: &Snapshot, address: Option<&str>) -> Verdict {
    if address.is_some_and(|address| is_same(address, &by.author)) {
        return Verdict::Customer;
    }
    let members = seen.members.ok().map(Vec::as_slice);
    match (members.and_then(|members| member_of(by, members)), members) {
        (Some(member), Some(members)) => verdict_on_member(member, members, address),
        // A participant who has left since, or members that could not be read.
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

/// The author as a participant: by their SID, which some channels write for the author's name too, or by who they are.
fn member_of<'a>(by: &MessageRef, members: &'a [ChatParticipant]) -> Option<&'a ChatParticipant> {
    let has_sid = |member: &&ChatParticipant| {
        Some(&member.sid) == by.participant.as_ref() || member.sid.as_str() == by.author
    };
    let is_author = |member: &&ChatParticipant| has_address(member, &by.author);
    let mut all = members.iter();
    all.find(has_sid).or_else(|| members.iter().find(is_author))
}

/// Participants who chat, where somebody else is known to be the customer.
fn strangers<'a>(
    seen: &'a Snapshot,
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

/// Returns whether two addresses are the same, with or without the channel's name before them.
fn is_same(one: &str, other: &str) -> bool {
    !one.is_empty() && bare(one) == bare(other)
}

fn bare(address: &str) -> &str {
    ["whatsapp:", "messenger:", "sms:", "rcs:"]
        .iter()
        .find_map(|channel| address.strip_prefix(channel))
        .unwrap_or(address)
}
