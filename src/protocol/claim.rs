//! The claim on a conversation, from the side of one operation.
//!
//! While somebody has it, nobody else changes the conversation's parked state. It ends by itself after
//! [`LEASE`], so that an operation that dies holds nobody up for long.

use crate::sid::ConversationSid;

use super::call::{Answer, Call, Claim, ClaimState, Failure};
use super::calls::Calls;
use super::Millis;

/// How long a claim lasts. An operation that holds one begins no change later than this.
pub const LEASE: Millis = 6_000;

/// How long the claim's document outlives its last change, in seconds: longer than any operation runs. So
/// whoever can make a new one knows that nothing was under way while they looked.
pub const TTL_SECONDS: u32 = 12;

/// How long an invite may take to show among the open tasks (inferred: Twilio documents no figure).
pub const INVITE_SHOWS_WITHIN: Millis = 3_000;

/// What is left of a lease must suffice for a call.
const MARGIN: Millis = 500;

/// Whoever goes on waiting with less than this renews the lease.
const RENEW_BEFORE: Millis = 2_500;

/// How often in a row a claim that was about to be ours may turn out to be gone or changed. Without an end to it, a
/// Sync that takes a name for used and yet knows no document of that name would hold an operation up until it dies.
const MOST_MISSES: u8 = 4;

/// Where an operation stands with its claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Standing {
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
        /// Whether they are through and have made an invite. Only another invite has to wait then.
        invited: bool,
    },
    /// Sync cannot be reached.
    Unavailable,
}

/// One operation's claim on one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hold {
    conversation: ConversationSid,
    operation: String,
    standing: Standing,
    /// How often it has slipped away since it was asked for.
    misses: u8,
}

impl Hold {
    /// Nothing is asked for yet.
    #[must_use]
    pub fn new(conversation: ConversationSid, operation: String) -> Self {
        Self {
            conversation,
            operation,
            standing: Standing::Open,
            misses: 0,
        }
    }

    /// Where we stand.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Takes it from an owner who is through and only wants no second invite to be made: for whoever makes
    /// none. Answers whether that is how it stands.
    pub fn take_from_inviter(&mut self, calls: &mut Calls, now: Millis) -> bool {
        let Standing::Theirs {
            revision,
            invited: true,
        } = &self.standing
        else {
            return false;
        };
        let claim = self.ours(now + LEASE, ClaimState::Held);
        calls.make(Call::UpdateClaim(claim, revision.clone()));
        self.standing = Standing::Open;
        true
    }

    /// Whether it is ours for long enough to change something.
    #[must_use]
    pub fn is_held(&self, now: Millis) -> bool {
        matches!(self.standing, Standing::Held { until, .. } if now + MARGIN < until)
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
    pub fn renew(&self, calls: &mut Calls, now: Millis) {
        if let Standing::Held {
            until, revision, ..
        } = &self.standing
        {
            if *until < now + RENEW_BEFORE {
                let claim = self.ours(now + LEASE, ClaimState::Held);
                calls.make(Call::UpdateClaim(claim, revision.clone()));
            }
        }
    }

    /// Whether it is ours and was somebody's before.
    #[must_use]
    pub fn is_taken_over(&self) -> bool {
        matches!(
            self.standing,
            Standing::Held {
                taken_over: true,
                ..
            }
        )
    }

    /// Gives it back, if it is ours.
    pub fn release(&mut self, calls: &mut Calls) {
        self.change(calls, 0, ClaimState::Released);
    }

    /// Says to whoever comes next that an invite has been made, for as long as it may not show elsewhere.
    pub fn mark_invited(&mut self, calls: &mut Calls, now: Millis) {
        self.change(calls, now + INVITE_SHOWS_WITHIN, ClaimState::Invited);
    }

    fn change(&mut self, calls: &mut Calls, until: Millis, state: ClaimState) {
        if let Standing::Held { revision, .. } = &self.standing {
            // Should it have passed to somebody else meanwhile, the revision keeps it theirs.
            calls.make(Call::UpdateClaim(self.ours(until, state), revision.clone()));
        }
        self.standing = Standing::Open;
    }

    /// Takes the result of a call, if it is one about the claim.
    pub fn take(
        &mut self,
        call: &Call,
        result: &Result<Answer, Failure>,
        calls: &mut Calls,
        now: Millis,
    ) {
        match (call, result) {
            (Call::UpdateClaim(claim, _), _) if claim.state != ClaimState::Held => {}
            (Call::CreateClaim(_), Ok(Answer::Claim(claim, revision))) => {
                self.held(claim, revision, false);
            }
            (Call::UpdateClaim(..), Ok(Answer::Claim(claim, revision))) => {
                self.held(claim, revision, true);
            }
            (Call::FetchClaim(_), Ok(Answer::Claim(claim, revision))) => {
                self.found(claim, revision, calls, now);
            }
            (Call::FetchClaim(_), Err(Failure::NotFound)) => {
                if self.may_try_again() {
                    self.create(calls, now);
                } else {
                    self.standing = Standing::Unavailable;
                }
            }
            (Call::UpdateClaim(_, revision), Err(Failure::Conflict | Failure::NotFound)) => {
                if self.may_try_again() {
                    self.fetch(calls);
                } else {
                    // Somebody is always quicker; whoever asks again waits a little first.
                    self.standing = Standing::Theirs {
                        revision: revision.clone(),
                        invited: false,
                    };
                }
            }
            (Call::CreateClaim(_) | Call::FetchClaim(_) | Call::UpdateClaim(..), _) => {
                self.standing = Standing::Unavailable;
            }
            _ => {}
        }
    }

    fn may_try_again(&mut self) -> bool {
        self.misses += 1;
        self.misses < MOST_MISSES
    }

    fn create(&mut self, calls: &mut Calls, now: Millis) {
        self.standing = Standing::Open;
        calls.make(Call::CreateClaim(self.ours(now + LEASE, ClaimState::Held)));
    }

    fn fetch(&mut self, calls: &mut Calls) {
        self.standing = Standing::Open;
        calls.make(Call::FetchClaim(self.conversation.clone()));
    }

    fn held(&mut self, claim: &Claim, revision: &str, taken_over: bool) {
        self.standing = Standing::Held {
            until: claim.until,
            revision: revision.into(),
            taken_over,
        };
    }

    fn found(&mut self, claim: &Claim, revision: &str, calls: &mut Calls, now: Millis) {
        if claim.owner == self.operation && claim.state == ClaimState::Held {
            // Ours already: the answer to taking it was lost. Whether somebody had it before is not known.
            self.held(claim, revision, true);
        } else if claim.until <= now {
            calls.make(Call::UpdateClaim(
                self.ours(now + LEASE, ClaimState::Held),
                revision.into(),
            ));
        } else {
            self.standing = Standing::Theirs {
                revision: revision.into(),
                invited: claim.state == ClaimState::Invited,
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
    use crate::protocol::calls::Progress;
    use crate::protocol::{Effect, Event};

    const NOW: Millis = 1_790_000_000_000;

    /// Asks for a claim while Sync answers every call with what `sync` says.
    fn asked(sync: impl Fn(&Call) -> Result<Answer, Failure>) -> Standing {
        let mut hold = Hold::new(ConversationSid::example(), "ours".into());
        let mut calls = Calls::new(7, NOW + LEASE);
        hold.ask(&mut calls, NOW);
        for _ in 0..40 {
            for effect in calls.effects() {
                if let Effect::Call(id, call) = effect {
                    let event = Event::Answered(id, sync(&call));
                    if let Progress::Finished(call, result) = calls.take(event, NOW) {
                        hold.take(&call, &result, &mut calls, NOW);
                    }
                }
            }
        }
        assert!(calls.idle(), "it goes on and on");
        hold.standing().clone()
    }

    #[test]
    fn a_name_that_is_taken_by_nothing_counts_as_sync_out_of_reach() {
        let standing = asked(|call| match call {
            Call::FetchClaim(_) => Err(Failure::NotFound),
            _ => Err(Failure::Conflict),
        });
        assert_eq!(standing, Standing::Unavailable);
    }

    #[test]
    fn a_claim_that_others_are_always_quicker_to_take_counts_as_theirs() {
        let standing = asked(|call| match call {
            Call::FetchClaim(conversation) => Ok(Answer::Claim(
                Claim {
                    conversation: conversation.clone(),
                    owner: "theirs".into(),
                    until: 0,
                    state: ClaimState::Released,
                },
                "1".into(),
            )),
            _ => Err(Failure::Conflict),
        });
        let expected = Standing::Theirs {
            revision: "1".into(),
            invited: false,
        };
        assert_eq!(standing, expected);
    }
}
