//! The claim on a conversation, from the side of one operation.
//!
//! While somebody has it, nobody else changes the conversation's parked state. It ends by itself after
//! [`LEASE_MS`], so that an operation that dies holds nobody up for long.

use crate::sid::ConversationSid;
use crate::twilio::calls::{
    Claim, ClaimState, ClaimedDocument, CreateClaim, FetchClaim, UpdateClaim,
};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::calls::{Calls, Finished, Slot};

/// How long a claim lasts. An operation that holds one begins no change later than this.
pub const LEASE_MS: Millis = 6_000;

/// How long an invite may take to show among the open tasks (inferred: Twilio documents no figure).
pub const INVITE_SHOWS_WITHIN_MS: Millis = 3_000;

/// What is left of a lease must suffice for a call.
const MARGIN_MS: Millis = 500;

/// A lease that ends later than this after it could is none that an operation took: every agent's browser can write Sync
/// documents. Between the clocks of two Functions lies much less.
const FORGED_BEYOND_MS: Millis = 5_000;

/// An operation that goes on waiting with less than this renews the lease.
const RENEW_BEFORE_MS: Millis = 2_500;

/// How often in a row a claim that was about to be ours may turn out to be gone or changed. Without an end to it, a
/// Sync that takes a name for used and yet knows no document of that name would hold an operation up until it dies.
const MOST_MISSES: u8 = 4;

/// Where an operation stands with its claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClaimStatus {
    /// Asked for, no answer yet; or not asked for.
    Open,
    /// It is ours until then.
    Held {
        /// The end of the lease.
        until: Millis,
        /// The document's revision.
        revision: String,
        /// Whether there was a claim before ours. What was read before we had it may be out of date then.
        taken_over: bool,
    },
    /// Another operation has it.
    Theirs {
        /// The document's revision.
        revision: String,
        /// Until when what they did last may not show, if they are through and have made an invite.
        invited_until: Option<Millis>,
    },
    /// Sync cannot be reached.
    Unavailable,
}

/// One operation's claim on one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimHandle {
    conversation: ConversationSid,
    operation: String,
    status: ClaimStatus,
    /// How often it has slipped away since it was asked for.
    misses: u8,
    /// It was taken from somebody who had made an invite: until then what they did last may not show.
    inviter_until: Millis,
    creation: Slot<CreateClaim>,
    read: Slot<FetchClaim>,
    take_over: Slot<UpdateClaim>,
}

impl ClaimHandle {
    /// A claim that is not asked for yet.
    #[must_use]
    pub fn new(conversation: ConversationSid, operation: String) -> Self {
        Self {
            conversation,
            operation,
            status: ClaimStatus::Open,
            misses: 0,
            inviter_until: 0,
            creation: Slot::Empty,
            read: Slot::Empty,
            take_over: Slot::Empty,
        }
    }

    /// Where the operation stands with it.
    #[must_use]
    pub fn status(&self) -> &ClaimStatus {
        &self.status
    }

    /// Takes the claim from an owner who is through and only wants no second invite to be made, and no row put back that they take
    /// out: for an operation that does neither. Returns whether there is such an owner.
    pub fn take_from_inviter(&mut self, calls: &mut Calls, now: Millis) -> bool {
        let ClaimStatus::Theirs {
            revision,
            invited_until: Some(until),
        } = &self.status
        else {
            return false;
        };
        let revision = revision.clone();
        self.inviter_until = *until;
        self.update(calls, revision, now);
        true
    }

    /// Returns whether it is ours for long enough to change something.
    #[must_use]
    pub fn is_held(&self, now: Millis) -> bool {
        matches!(self.status, ClaimStatus::Held { until, .. } if now + MARGIN_MS < until)
    }

    /// Returns whether all shows that was done by whoever it was taken from.
    #[must_use]
    pub fn is_inviter_through(&self, now: Millis) -> bool {
        self.inviter_until <= now
    }

    /// Asks for it.
    pub fn ask(&mut self, calls: &mut Calls, now: Millis) {
        self.misses = 0;
        self.create(calls, now);
    }

    /// Looks whether it has become free, and takes it then.
    pub fn ask_again(&mut self, calls: &mut Calls) {
        self.misses = 0;
        self.fetch(calls);
    }

    /// Makes sure that it stays ours for a while, if it is.
    pub fn renew(&mut self, calls: &mut Calls, now: Millis) {
        if let ClaimStatus::Held {
            until, revision, ..
        } = &self.status
        {
            if *until < now + RENEW_BEFORE_MS {
                let claim = self.ours(now + LEASE_MS, ClaimState::Held);
                let revision = revision.clone();
                self.take_over.ask(calls, UpdateClaim { claim, revision });
            }
        }
    }

    /// Returns whether it is ours and was somebody's before.
    #[must_use]
    pub fn is_taken_over(&self) -> bool {
        matches!(
            self.status,
            ClaimStatus::Held {
                taken_over: true,
                ..
            }
        )
    }

    /// Gives it back, if it is ours.
    pub fn release(&mut self, calls: &mut Calls) {
        self.end(calls, 0, ClaimState::Released);
    }

    /// Tells the next operation that an invite has been made, for as long as it may not show elsewhere.
    pub fn mark_invited(&mut self, calls: &mut Calls, now: Millis) {
        self.end(calls, now + INVITE_SHOWS_WITHIN_MS, ClaimState::Invited);
    }

    fn end(&mut self, calls: &mut Calls, until: Millis, state: ClaimState) {
        if let ClaimStatus::Held { revision, .. } = &self.status {
            // Should it have passed to somebody else meanwhile, the revision keeps it theirs.
            calls.make(UpdateClaim {
                claim: self.ours(until, state),
                revision: revision.clone(),
            });
            self.status = ClaimStatus::Open;
        }
    }

    /// Takes the result of a call, if it is one about the claim.
    pub fn take(&mut self, finished: &Finished, calls: &mut Calls, now: Millis) {
        if self.creation.take(finished) {
            match self.creation.result().cloned() {
                Some(Ok(document)) if document.is_new => self.hold(&document, false),
                Some(Ok(document)) => self.found(&document, calls, now),
                // It was there a moment ago.
                Some(Err(Failure::NotFound)) => self.create_again(calls, now),
                _ => self.status = ClaimStatus::Unavailable,
            }
        }
        if self.read.take(finished) {
            match self.read.result().cloned() {
                Some(Ok(document)) => self.found(&document, calls, now),
                Some(Err(Failure::NotFound)) => self.create_again(calls, now),
                _ => self.status = ClaimStatus::Unavailable,
            }
        }
        if self.take_over.take(finished) {
            match self.take_over.result().cloned() {
                Some(Ok(document)) => self.hold(&document, true),
                Some(Err(Failure::Conflict | Failure::NotFound)) => self.missed(calls),
                _ => self.status = ClaimStatus::Unavailable,
            }
        }
    }

    fn may_try_again(&mut self) -> bool {
        self.misses += 1;
        self.misses < MOST_MISSES
    }

    fn create_again(&mut self, calls: &mut Calls, now: Millis) {
        if self.may_try_again() {
            self.create(calls, now);
        } else {
            self.status = ClaimStatus::Unavailable;
        }
    }

    /// Somebody was quicker to take it over.
    fn missed(&mut self, calls: &mut Calls) {
        if self.may_try_again() {
            self.fetch(calls);
        } else {
            // Somebody is always quicker; an operation that asks again waits a little first.
            self.status = ClaimStatus::Theirs {
                revision: String::new(),
                invited_until: None,
            };
        }
    }

    fn create(&mut self, calls: &mut Calls, now: Millis) {
        self.status = ClaimStatus::Open;
        let claim = self.ours(now + LEASE_MS, ClaimState::Held);
        self.creation.ask(calls, CreateClaim::new(claim));
    }

    fn fetch(&mut self, calls: &mut Calls) {
        self.status = ClaimStatus::Open;
        self.read.ask(calls, FetchClaim(self.conversation.clone()));
    }

    fn update(&mut self, calls: &mut Calls, revision: String, now: Millis) {
        self.status = ClaimStatus::Open;
        let claim = self.ours(now + LEASE_MS, ClaimState::Held);
        self.take_over.ask(calls, UpdateClaim { claim, revision });
    }

    fn hold(&mut self, document: &ClaimedDocument, taken_over: bool) {
        self.status = ClaimStatus::Held {
            until: document.claim.until,
            revision: document.revision.clone(),
            taken_over,
        };
    }

    fn found(&mut self, document: &ClaimedDocument, calls: &mut Calls, now: Millis) {
        let claim = &document.claim;
        if claim.owner == self.operation && claim.state == ClaimState::Held {
            // Ours already: the answer to taking it was lost. Whether somebody had it before is not known.
            self.hold(document, true);
        } else if claim.until <= now || claim.until > now + LEASE_MS + FORGED_BEYOND_MS {
            self.update(calls, document.revision.clone(), now);
        } else {
            self.status = ClaimStatus::Theirs {
                revision: document.revision.clone(),
                invited_until: (claim.state == ClaimState::Invited).then_some(claim.until),
            };
        }
    }

    fn ours(&self, until: Millis, state: ClaimState) -> Claim {
        Claim {
            conversation: self.conversation.clone(),
            owner: self.operation.clone(),
            until,
            state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Effect, Event};
    use crate::twilio::{AnyAnswer, AnyCall};

    const NOW: Millis = 1_790_000_000_000;

    /// Asks for a claim while Sync answers every call as `sync` says.
    fn asked(sync: impl Fn(&AnyCall) -> Result<AnyAnswer, Failure>) -> ClaimStatus {
        let mut claim = ClaimHandle::new(ConversationSid::example(), "ours".into());
        let mut calls = Calls::new(7, NOW + LEASE_MS);
        claim.ask(&mut calls, NOW);
        for _ in 0..40 {
            for effect in calls.effects() {
                if let Effect::Call(id, call) = effect {
                    let event = Event::Answered(id, sync(&call));
                    if let Some(finished) = calls.take(event, NOW) {
                        claim.take(&finished, &mut calls, NOW);
                    }
                }
            }
        }
        assert!(calls.idle(), "it goes on and on");
        claim.status().clone()
    }

    #[test]
    fn a_name_that_is_taken_by_nothing_counts_as_sync_out_of_reach() {
        let status = asked(|call| match call {
            AnyCall::CreateClaim(create) if create.reads() => Err(Failure::NotFound),
            _ => Err(Failure::Conflict),
        });
        assert_eq!(status, ClaimStatus::Unavailable);
    }

    #[test]
    fn a_claim_that_others_are_always_quicker_to_take_counts_as_theirs() {
        let theirs = ClaimedDocument {
            claim: Claim {
                conversation: ConversationSid::example(),
                owner: "theirs".into(),
                until: 0,
                state: ClaimState::Released,
            },
            revision: "1".into(),
            is_new: false,
        };
        let status = asked(|call| match call {
            AnyCall::CreateClaim(create) if create.reads() => {
                Ok(AnyAnswer::CreateClaim(theirs.clone()))
            }
            AnyCall::FetchClaim(_) => Ok(AnyAnswer::FetchClaim(theirs.clone())),
            _ => Err(Failure::Conflict),
        });
        let expected = ClaimStatus::Theirs {
            revision: String::new(),
            invited_until: None,
        };
        assert_eq!(status, expected);
    }
}
