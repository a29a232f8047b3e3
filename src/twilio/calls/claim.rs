//! The claim on a conversation, a Sync document: making one is atomic, and so is changing one with `If-Match`.
//!
//! Source: <https://www.twilio.com/docs/sync/api/document-resource>

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use crate::sid::ConversationSid;
use crate::sync_name::DocumentName;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::time::Millis;
use crate::twilio::{answers_as, Call, Failure};

/// How long the document outlives its last change, in seconds: longer than any operation runs. So whoever can make a new one
/// knows that nothing was under way while they looked.
pub const CLAIM_TTL_SECONDS: u32 = 12;

/// A claim: while somebody has it, nobody else changes the conversation's parked state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The conversation.
    pub conversation: ConversationSid,
    /// The operation that has it.
    pub owner: String,
    /// When it ends by itself.
    pub until: Millis,
    /// What its owner is doing with it.
    pub state: ClaimState,
}

/// How far the owner of a claim is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClaimState {
    /// At work.
    Held,
    /// Through, having made an invite that may not show elsewhere yet.
    Invited,
    /// Through. The claim is left to expire rather than deleted: while it is there, whoever takes it knows that what they
    /// had read before may be out of date.
    Released,
}

/// A claim as Sync has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimedDocument {
    /// What it says.
    pub claim: Claim,
    /// Its revision.
    pub revision: String,
    /// Whether this call has made it. If not, somebody had claimed the conversation before.
    pub is_new: bool,
}

/// Takes a claim that nobody has. If somebody has it, the claim is read instead.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreateClaim {
    /// The claim.
    pub claim: Claim,
    /// Whether its name is known to be taken, so that it is read.
    taken: bool,
}

/// Reads a claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchClaim(pub ConversationSid);

/// Changes a claim, provided that it still has this revision.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateClaim {
    /// The claim.
    pub claim: Claim,
    /// The revision that it must have.
    pub revision: String,
}

#[derive(Serialize, Deserialize)]
struct Data {
    owner: String,
    until: Millis,
    state: ClaimState,
}

impl CreateClaim {
    /// Takes `claim`.
    #[must_use]
    pub fn new(claim: Claim) -> Self {
        Self {
            claim,
            taken: false,
        }
    }

    /// Whether it reads the claim, because somebody has it.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.taken
    }
}

impl Claim {
    fn data(&self) -> String {
        let data = Data {
            owner: self.owner.clone(),
            until: self.until,
            state: self.state,
        };
        // Texts and numbers always have a JSON form.
        serde_json::to_string(&data).unwrap_or_default()
    }
}

fn document(conversation: &ConversationSid, access: &Access) -> Uri {
    let name = DocumentName::claim_on(conversation);
    Uri::sync_service(access).part("Documents").id(&name)
}

fn read(
    conversation: &ConversationSid,
    body: Body<'_>,
    is_new: bool,
) -> Result<ClaimedDocument, Unreadable> {
    #[derive(Deserialize)]
    struct Raw {
        data: Box<RawValue>,
        revision: String,
    }

    let raw: Raw = body.parse()?;
    // Every agent's browser can write Sync documents. What is no claim is nobody's, and so can be taken.
    let data = serde_json::from_str(raw.data.get()).unwrap_or_else(|_| Data {
        owner: String::new(),
        until: 0,
        state: ClaimState::Released,
    });
    Ok(ClaimedDocument {
        claim: Claim {
            conversation: conversation.clone(),
            owner: data.owner,
            until: data.until,
            state: data.state,
        },
        revision: raw.revision,
        is_new,
    })
}

impl Call for CreateClaim {
    type Answer = ClaimedDocument;
    answers_as!(CreateClaim);

    fn http(&self, access: &Access) -> Http {
        let claim = &self.claim;
        if self.taken {
            return Http::get(document(&claim.conversation, access));
        }
        let data = json!({
            "UniqueName": DocumentName::claim_on(&claim.conversation).as_str(),
            "Data": claim.data(),
            "Ttl": CLAIM_TTL_SECONDS,
        });
        Http::post(Uri::sync_service(access).part("Documents"), data)
    }

    fn read(&self, body: Body<'_>) -> Result<ClaimedDocument, Unreadable> {
        read(&self.claim.conversation, body, !self.taken)
    }

    fn failure(&self, status: u16, code: u32) -> Failure {
        match status {
            409 => Failure::Conflict,
            _ => Failure::from_status(status, code),
        }
    }

    fn next(&self, result: &Result<ClaimedDocument, Failure>) -> Option<Self> {
        let is_taken = !self.taken && matches!(result, Err(Failure::Conflict));
        is_taken.then(|| Self {
            taken: true,
            ..self.clone()
        })
    }
}

impl Call for FetchClaim {
    type Answer = ClaimedDocument;
    answers_as!(FetchClaim);

    fn http(&self, access: &Access) -> Http {
        Http::get(document(&self.0, access))
    }

    fn read(&self, body: Body<'_>) -> Result<ClaimedDocument, Unreadable> {
        read(&self.0, body, false)
    }
}

impl Call for UpdateClaim {
    type Answer = ClaimedDocument;
    answers_as!(UpdateClaim);

    fn http(&self, access: &Access) -> Http {
        let data = json!({ "Data": self.claim.data(), "Ttl": CLAIM_TTL_SECONDS });
        Http::post(document(&self.claim.conversation, access), data)
            .header("If-Match", &self.revision)
    }

    fn read(&self, body: Body<'_>) -> Result<ClaimedDocument, Unreadable> {
        read(&self.claim.conversation, body, false)
    }
}
