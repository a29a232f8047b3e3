//! The Sync document that is a conversation's claim, as Sync keeps it.

use park_interaction::sid::DocumentSid;
use park_interaction::twilio::calls::{
    Claim, ClaimVersion, ClaimedDocument, CreateClaim, UpdateClaim, CLAIM_TTL_SECONDS,
};
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::Failure;

use crate::sids;

/// The document while there is one: its claim, its revision, and when it expires. Each document begins with the same revision, and every
/// other one has the same SID, so that the model checker has few states.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ClaimDocument {
    present: Option<(Claim, u32, Millis)>,
    number: u32,
}

impl ClaimDocument {
    /// Returns true if nobody has claimed the conversation for a while.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.present.is_none()
    }

    /// Deletes the document if its time to live is over.
    pub fn expire(&mut self, now: Millis) {
        self.present.take_if(|(_, _, expires)| *expires <= now);
    }

    /// Creates the document. Fails if there is one.
    pub fn create(&mut self, call: &CreateClaim, now: Millis) -> Result<ClaimedDocument, Failure> {
        if call.reads() {
            return self.read(now);
        }
        self.expire(now);
        if self.present.is_some() {
            return Err(Failure::Conflict);
        }
        self.number = (self.number + 1) % 2;
        self.put(&call.claim, 1, now);
        self.document(true)
    }

    /// Reads the document.
    pub fn read(&mut self, now: Millis) -> Result<ClaimedDocument, Failure> {
        self.expire(now);
        self.document(false)
    }

    /// Changes the document if it has the expected version.
    pub fn update(&mut self, call: &UpdateClaim, now: Millis) -> Result<ClaimedDocument, Failure> {
        self.expire(now);
        let (_, revision, _) = self.present.as_ref().ok_or(Failure::NotFound)?;
        let revision = *revision;
        let is_other = |named: &DocumentSid| *named != sids::document(self.number);
        if call.version.document.as_ref().is_some_and(is_other) {
            return Err(Failure::NotFound);
        }
        if call.version.revision != revision.to_string() {
            return Err(Failure::Conflict);
        }
        self.put(&call.claim, revision + 1, now);
        self.document(false)
    }

    fn put(&mut self, claim: &Claim, revision: u32, now: Millis) {
        let expires = now + Millis::from(CLAIM_TTL_SECONDS) * 1_000;
        // A claim that is broken on purpose, so that it never ends, must not expire either.
        self.present = Some((claim.clone(), revision, expires.max(claim.until)));
    }

    fn document(&self, is_new: bool) -> Result<ClaimedDocument, Failure> {
        let (claim, revision, _) = self.present.as_ref().ok_or(Failure::NotFound)?;
        Ok(ClaimedDocument {
            claim: claim.clone(),
            version: ClaimVersion {
                document: Some(sids::document(self.number)),
                revision: revision.to_string(),
            },
            is_new,
        })
    }
}
