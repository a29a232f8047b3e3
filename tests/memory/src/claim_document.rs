//! The Sync document that is a conversation's claim, as Sync keeps it.

use park_interaction::twilio::calls::{
    Claim, ClaimedDocument, CreateClaim, UpdateClaim, CLAIM_TTL_SECONDS,
};
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::Failure;

/// The document while there is one: its claim, its revision, and when it expires.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ClaimDocument(Option<(Claim, u32, Millis)>);

impl ClaimDocument {
    /// Returns true if nobody has claimed the conversation for a while.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.0.is_none()
    }

    /// Deletes the document if its time to live is over.
    pub fn expire(&mut self, now: Millis) {
        self.0.take_if(|(_, _, expires)| *expires <= now);
    }

    /// Creates the document. Fails if there is one.
    pub fn create(&mut self, call: &CreateClaim, now: Millis) -> Result<ClaimedDocument, Failure> {
        if call.reads() {
            return self.read(now);
        }
        self.expire(now);
        if self.0.is_some() {
            return Err(Failure::Conflict);
        }
        self.put(&call.claim, 1, now);
        self.document(true)
    }

    /// Reads the document.
    pub fn read(&mut self, now: Millis) -> Result<ClaimedDocument, Failure> {
        self.expire(now);
        self.document(false)
    }

    /// Changes the document if it has the expected revision.
    pub fn update(&mut self, call: &UpdateClaim, now: Millis) -> Result<ClaimedDocument, Failure> {
        self.expire(now);
        let (_, revision, _) = self.0.as_ref().ok_or(Failure::NotFound)?;
        let revision = *revision;
        if call.revision != revision.to_string() {
            return Err(Failure::Conflict);
        }
        self.put(&call.claim, revision + 1, now);
        self.document(false)
    }

    fn put(&mut self, claim: &Claim, revision: u32, now: Millis) {
        let expires = now + Millis::from(CLAIM_TTL_SECONDS) * 1_000;
        // A claim that is broken on purpose, so that it never ends, must not expire either.
        self.0 = Some((claim.clone(), revision, expires.max(claim.until)));
    }

    fn document(&self, is_new: bool) -> Result<ClaimedDocument, Failure> {
        let (claim, revision, _) = self.0.as_ref().ok_or(Failure::NotFound)?;
        Ok(ClaimedDocument {
            claim: claim.clone(),
            revision: revision.to_string(),
            is_new,
        })
    }
}
