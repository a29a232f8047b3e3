//! The claim on a conversation: a Sync document. Its creation is atomic, and so is a change with `If-Match`.
//!
//! Source: <https://www.twilio.com/docs/sync/api/document-resource>

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use crate::sid::{ConversationSid, DocumentSid};
use crate::sync_name::DocumentName;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::time::Millis;
use crate::twilio::{Call, Failure};

/// The time from the last change of the document to its deletion, in seconds. It is longer than any operation runs. So
/// an operation that can create the document knows that no other one was running when it read the conversation.
pub const CLAIM_TTL_SECONDS: u32 = 12;

/// A claim. Only the operation that holds it changes the conversation's parked state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    pub conversation: ConversationSid,
    /// The operation that holds it.
    pub owner: String,
    /// The time at which it ends by itself.
    pub until: Millis,
    /// The progress of its owner.
    pub state: ClaimState,
}

/// The progress of the owner of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClaimState {
    /// The operation is running.
    Held,
    /// The operation has ended. It has created an invite, which other reads may not show yet.
    Invited,
    /// The operation has ended. The document is left to expire instead of being deleted: the next owner sees from it
    /// that its earlier reads may be out of date.
    Released,
}

/// A claim in Sync.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimedDocument {
    /// The content of the document.
    pub claim: Claim,
    /// Its version.
    pub version: ClaimVersion,
    /// True if this call has created the document. False: the conversation was claimed before.
    pub is_new: bool,
}

/// A version of the document. Each document of the same name begins with the same revision, so that the revision alone may be that of
/// a later document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimVersion {
    /// The document. `None`: Twilio's response names none, and the name is used.
    pub document: Option<DocumentSid>,
    /// Its revision.
    pub revision: String,
}

/// Creates a claim. If there is one already, reads that instead.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreateClaim {
    pub claim: Claim,
    /// True if the name is known to be taken: the next request reads the claim.
    taken: bool,
}

/// Reads a claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchClaim(pub ConversationSid);

/// Changes a claim, if it still has this version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateClaim {
    pub claim: Claim,
    /// The version that it must have.
    pub version: ClaimVersion,
}

#[derive(Serialize, Deserialize)]
struct Data {
    owner: String,
    until: Millis,
    state: ClaimState,
    /// For people who look at the requests: an address with the document's SID does not say it.
    #[serde(skip_deserializing)]
    conversation: String,
}

impl CreateClaim {
    /// Makes a call that creates `claim`.
    #[must_use]
    pub fn new(claim: Claim) -> Self {
        Self {
            claim,
            taken: false,
        }
    }

    /// Returns true if the next request reads the claim, because there is one already.
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
            conversation: self.conversation.to_string(),
        };
        // Serialization of strings and numbers cannot fail.
        serde_json::to_string(&data).unwrap_or_default()
    }
}

fn documents(access: &Access) -> Uri {
    Uri::sync_service(access).part("Documents")
}

fn named(conversation: &ConversationSid, access: &Access) -> Uri {
    documents(access).id(&DocumentName::claim_on(conversation))
}

fn read(
    conversation: &ConversationSid,
    body: Body<'_>,
    is_new: bool,
) -> Result<ClaimedDocument, Unreadable> {
    #[derive(Deserialize)]
    struct Raw {
        sid: Option<String>,
        data: Box<RawValue>,
        revision: String,
    }

    let raw: Raw = body.parse()?;
    // Every agent's browser can write Sync documents. A document that is no claim counts as free.
    let data = serde_json::from_str(raw.data.get()).unwrap_or_else(|_| Data {
        owner: String::new(),
        until: 0,
        state: ClaimState::Released,
        conversation: String::new(),
    });
    Ok(ClaimedDocument {
        claim: Claim {
            conversation: conversation.clone(),
            owner: data.owner,
            until: data.until,
            state: data.state,
        },
        version: ClaimVersion {
            document: raw.sid.and_then(|sid| DocumentSid::parse(sid).ok()),
            revision: raw.revision,
        },
        is_new,
    })
}

impl Call for CreateClaim {
    type Answer = ClaimedDocument;

    fn http(&self, access: &Access) -> Http {
        let claim = &self.claim;
        if self.taken {
            return Http::get(named(&claim.conversation, access));
        }
        let data = json!({
            "UniqueName": DocumentName::claim_on(&claim.conversation).as_str(),
            "Data": claim.data(),
            "Ttl": CLAIM_TTL_SECONDS,
        });
        Http::post(documents(access), data)
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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let claim = Claim {
            conversation: ConversationSid::example(),
            owner: "operation".into(),
            until: 1_000,
            state: ClaimState::Held,
        };
        let read = Self {
            claim: claim.clone(),
            taken: true,
        };
        vec![Self::new(claim), read]
    }
}

impl Call for FetchClaim {
    type Answer = ClaimedDocument;

    fn http(&self, access: &Access) -> Http {
        Http::get(named(&self.0, access))
    }

    fn read(&self, body: Body<'_>) -> Result<ClaimedDocument, Unreadable> {
        read(&self.0, body, false)
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(ConversationSid::example())]
    }
}

impl Call for UpdateClaim {
    type Answer = ClaimedDocument;

    fn http(&self, access: &Access) -> Http {
        let data = json!({ "Data": self.claim.data(), "Ttl": CLAIM_TTL_SECONDS });
        let document = match &self.version.document {
            Some(document) => documents(access).id(document),
            None => named(&self.claim.conversation, access),
        };
        Http::post(document, data).with_header("If-Match", &self.version.revision)
    }

    fn read(&self, body: Body<'_>) -> Result<ClaimedDocument, Unreadable> {
        read(&self.claim.conversation, body, false)
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let of = |document| Self {
            claim: Claim {
                conversation: ConversationSid::example(),
                owner: "operation".into(),
                until: 1_000,
                state: ClaimState::Released,
            },
            version: ClaimVersion {
                document,
                revision: "1a".into(),
            },
        };
        vec![of(Some(DocumentSid::example())), of(None)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request, respond};

    const URI: &str = "https://sync.twilio.com/v1/Services/IS…/Documents";

    #[test]
    fn the_requests_create_read_and_change_the_document() {
        let data = |state: &str| {
            format!(
                r#"{{"owner":"operation","until":1000,"state":"{state}","conversation":"CH…"}}"#
            )
        };
        assert_eq!(
            request(&example::<CreateClaim>()),
            json!({
                "method": "post", "uri": URI,
                "data": { "UniqueName": "ParkInteraction_CH…", "Data": data("held"), "Ttl": 12 },
            })
        );
        let document = format!("{URI}/ParkInteraction_CH…");
        assert_eq!(
            request(&example::<FetchClaim>()),
            json!({ "method": "get", "uri": document })
        );
        assert_eq!(
            request(&example::<UpdateClaim>()),
            json!({
                "method": "post", "uri": format!("{URI}/ET…"), "headers": { "If-Match": "1a" },
                "data": { "Data": data("released"), "Ttl": 12 },
            })
        );
    }

    #[test]
    fn a_document_is_read_and_one_that_is_no_claim_is_free() {
        let claim = json!({ "owner": "other", "until": 7, "state": "invited" });
        let read = |data| {
            let body = json!({ "sid": sid("ET"), "data": data, "revision": "2b" });
            answer(&example::<FetchClaim>(), &body)
        };
        let found = read(claim);
        assert_eq!((found.claim.until, found.is_new), (7, false));
        assert_eq!(found.claim.state, ClaimState::Invited);
        let version = ClaimVersion {
            document: Some(DocumentSid::example()),
            revision: "2b".into(),
        };
        assert_eq!(found.version, version);
        for other in [json!({}), json!({ "owner": 1 }), json!([])] {
            assert_eq!(read(other).claim.until, 0);
        }
    }

    #[test]
    fn a_taken_name_is_read() {
        let create = example::<CreateClaim>();
        let taken = respond(&create, 409, &json!({ "code": 54_301 }));
        let read = create
            .next(&taken)
            .map(|call| (call.reads(), call.next(&taken)));
        assert_eq!(read, Some((true, None)));
        let held = json!({ "owner": "operation", "until": 7, "state": "held" });
        let body = json!({ "data": held, "revision": "1a" });
        assert!(answer(&create, &body).is_new);
        let stale = respond(&example::<UpdateClaim>(), 412, &json!({ "code": 54_103 }));
        assert_eq!(stale, Err(Failure::Conflict));
    }
}
