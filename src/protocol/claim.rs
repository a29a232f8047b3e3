//! The claim of one operation on a conversation.
//!
//! Only the operation that holds the claim changes the parked state of the conversation. A claim ends by itself after
//! [`LEASE_MS`], so an operation that dies does not block others for long.

use crate::sid::ConversationSid;
use crate::twilio::calls::{
    Claim, ClaimState, ClaimVersion, ClaimedDocument, CreateClaim, FetchClaim, UpdateClaim,
};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::calls::{Calls, Finished, Slot};

/// The duration of a claim, in milliseconds. After it the owner starts no more changes.
pub const LEASE_MS: Millis = 6_000;

/// The longest time until a new invite shows among the open tasks (inferred: Twilio documents no figure).
pub const INVITE_SHOWS_WITHIN_MS: Millis = 3_000;

/// The shortest remaining lease in which another call may start.
const MARGIN_MS: Millis = 500;

/// The tolerance for the end of another operation's lease. A claim that lasts longer is forged, because every agent's
/// browser can write Sync documents. The clocks of two Functions differ by much less.
const FORGED_BEYOND_MS: Millis = 5_000;

/// The remaining lease below which an operation that waits renews it. It is longer than the longest wait before an
/// invite is looked for again, so that the lease does not end during that wait.
const RENEW_BEFORE_MS: Millis = 3_500;

/// The most attempts in a row that may fail because the document is gone or has changed. Without a limit, an operation
/// would hang if Sync refused a name as taken and yet had no document of that name.
const MOST_MISSES: u8 = 4;

/// The status of an operation's claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClaimStatus {
    /// There is no answer yet, or nothing was asked for.
    Open,
    /// This operation holds it.
    Held {
        /// The end of the lease.
        until: Millis,
        /// The document's version.
        version: ClaimVersion,
        /// True if there was a claim before this one. Then earlier reads may be out of date.
        taken_over: bool,
    },
    /// Another operation holds it.
    Theirs {
        /// If they have ended and have created an invite: the document's version, and the time until which their last changes may not
        /// show.
        invited: Option<(ClaimVersion, Millis)>,
    },
    /// Sync is not available.
    Unavailable,
}

/// The claim of one operation on one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimHandle {
    conversation: ConversationSid,
    operation: String,
    status: ClaimStatus,
    /// The number of failed attempts since the claim was asked for.
    misses: u8,
    /// The time until which the last changes of the former owner, who had created an invite, may not show.
    inviter_until: Millis,
    creation: Slot<CreateClaim>,
    read: Slot<FetchClaim>,
    take_over: Slot<UpdateClaim>,
    renewal: Slot<UpdateClaim>,
    /// The end of the lease by the last renewal.
    renewed_until: Millis,
    /// True if the claim was asked for while the glance is under way.
    is_wanted: bool,
    /// True if the claim of an operation that has ended is being taken over, and no look has begun since.
    needs_look: bool,
    /// True if nobody else has changed anything since the look began, should this operation hold the claim.
    is_look_current: bool,
}

impl ClaimHandle {
    /// Makes a claim that was not asked for yet.
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
            renewal: Slot::Empty,
            renewed_until: 0,
            is_wanted: false,
            needs_look: false,
            is_look_current: false,
        }
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> &ClaimStatus {
        &self.status
    }

    /// Takes the claim from an owner that has ended after an invite. Their claim only protects the invite from a second
    /// one, and the row from being put back, so an operation that does neither may take it. Returns true if there is
    /// such an owner.
    pub fn take_from_inviter(&mut self, calls: &mut Calls, now: Millis) -> bool {
        let ClaimStatus::Theirs {
            invited: Some((version, until)),
        } = &self.status
        else {
            return false;
        };
        let version = version.clone();
        self.inviter_until = *until;
        self.update(calls, version, now);
        true
    }

    /// Returns true if this operation holds the claim for long enough to change something.
    #[must_use]
    pub fn is_held(&self, now: Millis) -> bool {
        matches!(self.status, ClaimStatus::Held { until, .. } if now + MARGIN_MS < until)
    }

    /// Returns true if all changes of the former owner show by now.
    #[must_use]
    pub fn is_inviter_through(&self, now: Millis) -> bool {
        self.inviter_until <= now
    }

    /// Reads the claim before it may be asked for: while it is not known whether the caller may change anything. It saves two
    /// round trips after another operation has ended.
    pub fn glance(&mut self, calls: &mut Calls) {
        self.fetch(calls);
        self.is_wanted = false;
    }

    /// Asks for the claim.
    pub fn ask(&mut self, calls: &mut Calls, now: Millis) {
        self.misses = 0;
        self.is_wanted = true;
        match self.read.result().cloned() {
            Some(Ok(document)) => self.found(&document, calls, now),
            None if self.read.is_under_way() => {}
            _ => self.create(calls, now),
        }
    }

    /// Reads the claim again and takes it if it is free.
    pub fn ask_again(&mut self, calls: &mut Calls) {
        self.misses = 0;
        self.fetch(calls);
    }

    /// Notes that the look begins now.
    pub fn note_look(&mut self) {
        let is_held = matches!(self.status, ClaimStatus::Held { .. });
        self.is_look_current = is_held || self.needs_look;
        self.needs_look = false;
    }

    /// Returns true if the look should begin again at once, beside the request that takes the claim over. What the former
    /// owner has changed shows by now.
    #[must_use]
    pub fn needs_look(&self) -> bool {
        self.needs_look
    }

    /// Returns true if this operation holds the claim, and has begun to look before that.
    #[must_use]
    pub fn is_look_without_claim(&self) -> bool {
        matches!(self.status, ClaimStatus::Held { .. }) && !self.is_look_current
    }

    /// Returns true if this operation has taken the claim over, and what it has read may be from before the former owner's end.
    #[must_use]
    pub fn is_look_outdated(&self) -> bool {
        let is_taken_over = matches!(
            self.status,
            ClaimStatus::Held {
                taken_over: true,
                ..
            }
        );
        is_taken_over && !self.is_look_current
    }

    /// Renews the lease if it ends soon. It may also have ended: the version shows that nobody else has taken it.
    pub fn renew(&mut self, calls: &mut Calls, now: Millis) {
        let ClaimStatus::Held { until, version, .. } = &self.status else {
            return;
        };
        let ends_soon = *until < now + RENEW_BEFORE_MS;
        if !ends_soon || self.renewal.is_under_way() || !calls.has_time(now) {
            return;
        }
        let version = version.clone();
        self.renewed_until = now + LEASE_MS;
        let claim = self.ours(self.renewed_until, ClaimState::Held);
        self.renewal.ask(calls, UpdateClaim { claim, version });
    }

    /// Gives the claim back, if this operation holds it.
    pub fn release(&mut self, calls: &mut Calls) {
        self.end(calls, 0, ClaimState::Released);
    }

    /// Gives the claim back with the mark that an invite was created, which may not show yet.
    pub fn mark_invited(&mut self, calls: &mut Calls, now: Millis) {
        self.end(calls, now + INVITE_SHOWS_WITHIN_MS, ClaimState::Invited);
    }

    fn end(&mut self, calls: &mut Calls, until: Millis, state: ClaimState) {
        if let ClaimStatus::Held { version, .. } = &self.status {
            // If another operation has taken it, the version prevents this change.
            calls.make(UpdateClaim {
                claim: self.ours(until, state),
                version: version.clone(),
            });
            self.status = ClaimStatus::Open;
        }
    }

    /// Takes the result of a call, if it is about the claim.
    pub fn take(&mut self, finished: &Finished, calls: &mut Calls, now: Millis) {
        if self.creation.take(finished) {
            match self.creation.result().cloned() {
                Some(Ok(document)) if document.is_new => self.hold(&document, false),
                Some(Ok(document)) => self.found(&document, calls, now),
                // The document expired between the two requests.
                Some(Err(Failure::NotFound)) => self.create_again(calls, now),
                Some(Err(_)) | None => self.status = ClaimStatus::Unavailable,
            }
        }
        if self.read.take(finished) && self.is_wanted {
            match self.read.result().cloned() {
                Some(Ok(document)) => self.found(&document, calls, now),
                Some(Err(Failure::NotFound)) => self.create_again(calls, now),
                Some(Err(_)) | None => self.status = ClaimStatus::Unavailable,
            }
        }
        if self.take_over.take(finished) {
            match self.take_over.result().cloned() {
                Some(Ok(document)) => self.hold(&document, true),
                Some(Err(Failure::Conflict | Failure::NotFound)) => self.missed(calls),
                Some(Err(_)) | None => self.status = ClaimStatus::Unavailable,
            }
        }
        if self.renewal.take(finished) {
            self.renewed();
        }
    }

    /// Takes the result of a renewal.
    fn renewed(&mut self) {
        let ClaimStatus::Held { taken_over, .. } = self.status else {
            return;
        };
        match self.renewal.result().cloned() {
            Some(Ok(document)) => {
                self.status = ClaimStatus::Held {
                    until: self.renewed_until,
                    version: document.version,
                    taken_over,
                };
            }
            // Another operation has taken it. What this one has read may be out of date.
            Some(Err(Failure::Conflict | Failure::NotFound)) => self.lose(),
            // The lease lasts until its old end.
            Some(Err(_)) | None => {}
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

    /// Reads the claim again after another operation was faster.
    fn missed(&mut self, calls: &mut Calls) {
        self.forget_look();
        if self.may_try_again() {
            self.fetch(calls);
        } else {
            // Others are always faster.
            self.lose();
        }
    }

    fn forget_look(&mut self) {
        self.needs_look = false;
        self.is_look_current = false;
    }

    /// Leaves the claim to others. The operation waits before it asks again.
    fn lose(&mut self) {
        self.forget_look();
        self.status = ClaimStatus::Theirs { invited: None };
    }

    fn create(&mut self, calls: &mut Calls, now: Millis) {
        self.status = ClaimStatus::Open;
        let claim = self.ours(now + LEASE_MS, ClaimState::Held);
        self.creation.ask(calls, CreateClaim::new(claim));
    }

    fn fetch(&mut self, calls: &mut Calls) {
        self.status = ClaimStatus::Open;
        self.is_wanted = true;
        self.read.ask(calls, FetchClaim(self.conversation.clone()));
    }

    fn update(&mut self, calls: &mut Calls, version: ClaimVersion, now: Millis) {
        self.status = ClaimStatus::Open;
        let claim = self.ours(now + LEASE_MS, ClaimState::Held);
        self.take_over.ask(calls, UpdateClaim { claim, version });
    }

    fn hold(&mut self, document: &ClaimedDocument, taken_over: bool) {
        self.status = ClaimStatus::Held {
            until: document.claim.until,
            version: document.version.clone(),
            taken_over,
        };
    }

    fn found(&mut self, document: &ClaimedDocument, calls: &mut Calls, now: Millis) {
        let claim = &document.claim;
        if claim.owner == self.operation && claim.state == ClaimState::Held {
            // The response to an earlier request was lost. It is unknown whether there was a claim before.
            self.hold(document, true);
        } else if claim.until <= now || claim.until > now + LEASE_MS + FORGED_BEYOND_MS {
            self.needs_look = claim.state == ClaimState::Released;
            self.update(calls, document.version.clone(), now);
        } else {
            let is_inviter = claim.state == ClaimState::Invited;
            self.status = ClaimStatus::Theirs {
                invited: is_inviter.then(|| (document.version.clone(), claim.until)),
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
    use std::cell::Cell;

    use super::*;
    use crate::protocol::{Effect, Event};
    use crate::twilio::{AnyAnswer, AnyCall};

    const NOW: Millis = 1_790_000_000_000;

    /// Asks for a claim. `sync` returns Sync's response to each call.
    fn asked(sync: impl Fn(&AnyCall) -> Result<AnyAnswer, Failure>) -> ClaimStatus {
        asked_looking(sync, 0).status().clone()
    }

    /// Asks for a claim during a look, which begins again `looks` times when the claim needs it.
    fn asked_looking(
        sync: impl Fn(&AnyCall) -> Result<AnyAnswer, Failure>,
        mut looks: u32,
    ) -> ClaimHandle {
        let mut claim = ClaimHandle::new(ConversationSid::example(), "ours".into());
        let mut calls = Calls::new(7, NOW + LEASE_MS);
        claim.note_look();
        claim.ask(&mut calls, NOW);
        for _ in 0..40 {
            for effect in calls.effects() {
                if let Effect::Call(id, call) = effect {
                    let event = Event::Answered(id, sync(&call));
                    if let Some(finished) = calls.take(event, NOW) {
                        claim.take(&finished, &mut calls, NOW);
                    }
                    if looks > 0 && claim.needs_look() {
                        looks -= 1;
                        claim.note_look();
                    }
                }
            }
        }
        assert!(calls.idle(), "the claim never ends");
        claim
    }

    fn released() -> ClaimedDocument {
        ClaimedDocument {
            claim: Claim {
                conversation: ConversationSid::example(),
                owner: "theirs".into(),
                until: 0,
                state: ClaimState::Released,
            },
            version: ClaimVersion {
                document: None,
                revision: "1".into(),
            },
            is_new: false,
        }
    }

    /// Sync has a claim that was released, and lets others take it before us `lost` times.
    fn released_in_sync(lost: u32) -> impl Fn(&AnyCall) -> Result<AnyAnswer, Failure> {
        let lost = Cell::new(lost);
        move |call| match call {
            AnyCall::CreateClaim(create) if create.reads() => {
                Ok(AnyAnswer::CreateClaim(released()))
            }
            AnyCall::FetchClaim(_) => Ok(AnyAnswer::FetchClaim(released())),
            AnyCall::UpdateClaim(update) if lost.get() == 0 => {
                Ok(AnyAnswer::UpdateClaim(ClaimedDocument {
                    claim: update.claim.clone(),
                    ..released()
                }))
            }
            AnyCall::UpdateClaim(_) => {
                lost.set(lost.get() - 1);
                Err(Failure::Conflict)
            }
            _ => Err(Failure::Conflict),
        }
    }

    /// The former owner may have changed what was read before.
    #[test]
    fn a_look_from_before_a_takeover_is_outdated() {
        let claim = asked_looking(released_in_sync(0), 0);
        assert!(claim.is_held(NOW) && claim.is_look_outdated());
    }

    #[test]
    fn a_look_beside_a_takeover_is_current_unless_others_were_faster() {
        let claim = asked_looking(released_in_sync(0), 1);
        assert!(claim.is_held(NOW) && !claim.is_look_outdated());
        let claim = asked_looking(released_in_sync(1), 1);
        assert!(claim.is_held(NOW) && claim.is_look_outdated());
        let claim = asked_looking(released_in_sync(1), 2);
        assert!(claim.is_held(NOW) && !claim.is_look_outdated());
    }

    #[test]
    fn a_taken_name_without_a_document_means_that_sync_is_unavailable() {
        let status = asked(|call| match call {
            AnyCall::CreateClaim(create) if create.reads() => Err(Failure::NotFound),
            _ => Err(Failure::Conflict),
        });
        assert_eq!(status, ClaimStatus::Unavailable);
    }

    #[test]
    fn a_claim_that_others_always_take_first_is_theirs() {
        let status = asked(|call| match call {
            AnyCall::CreateClaim(create) if create.reads() => {
                Ok(AnyAnswer::CreateClaim(released()))
            }
            AnyCall::FetchClaim(_) => Ok(AnyAnswer::FetchClaim(released())),
            _ => Err(Failure::Conflict),
        });
        assert_eq!(status, ClaimStatus::Theirs { invited: None });
    }
}
