//! The Sync document that is a conversation's claim, as Sync keeps it. The model checker has this file too.

use park_interaction::protocol::call::Claim;
use park_interaction::protocol::{claim, Answer, Call, Failure, Millis};

/// What it says, its revision and when it goes by itself; nothing while there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ClaimDocument(Option<(Claim, u32, Millis)>);

impl ClaimDocument {
    /// Whether nobody has claimed the conversation for a while.
    #[allow(dead_code, reason = "the model checker has no use for it")]
    pub fn is_missing(&self) -> bool {
        self.0.is_none()
    }

    /// Lets it go, if it is time.
    pub fn forget_expired(&mut self, now: Millis) {
        self.0.take_if(|(_, _, expires)| *expires <= now);
    }

    /// Answers a call about it, and does it.
    pub fn answer(&mut self, call: &Call, now: Millis) -> Result<Answer, Failure> {
        self.forget_expired(now);
        let next = match (call, &self.0) {
            (Call::CreateClaim(_), Some(_)) => return Err(Failure::Conflict),
            (Call::CreateClaim(wanted), None) => Some((wanted, 1)),
            (_, None) => return Err(Failure::NotFound),
            (Call::UpdateClaim(wanted, expected), Some((_, revision, _))) => {
                if *expected != revision.to_string() {
                    return Err(Failure::Conflict);
                }
                Some((wanted, revision + 1))
            }
            (_, Some(_)) => None,
        };
        if let Some((wanted, revision)) = next {
            let expires = now + u64::from(claim::TTL_SECONDS) * 1_000;
            // A claim that is broken on purpose, so that it never ends, must not go either.
            self.0 = Some((wanted.clone(), revision, expires.max(wanted.until)));
        }
        match &self.0 {
            Some((claim, revision, _)) => Ok(Answer::Claim(claim.clone(), revision.to_string())),
            None => Err(Failure::NotFound),
        }
    }
}
