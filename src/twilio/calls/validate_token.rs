use serde::Deserialize;
use serde_json::json;

use crate::sid::WorkerSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{Call, Failure};

/// Validates the Flex token of the request, and reads its owner.
///
/// Source of the address: the package `twilio-flex-token-validator`; see decision 3.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ValidateToken;

/// The owner of a valid Flex token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    pub worker: WorkerSid,
    /// The chat identity, if Twilio names it.
    pub identity: Option<String>,
    /// The Flex roles.
    pub roles: Vec<String>,
}

impl Caller {
    /// Returns true if the caller may act on conversations that other agents parked: a supervisor may be limited to those of their
    /// team, see `protocol::oversight`.
    #[must_use]
    pub fn oversees(&self) -> bool {
        self.is_admin() || self.has_role("supervisor")
    }

    /// Returns true for an admin, who may act on every parked conversation.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.has_role("admin")
    }

    fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }
}

impl Call for ValidateToken {
    type Answer = Caller;

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::iam(access).part("Tokens").part("validate");
        Http::post(uri, json!({ "token": access.token }))
            .with_header("Content-Type", "application/json")
    }

    fn read(&self, body: Body<'_>) -> Result<Caller, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            valid: bool,
            worker_sid: Option<WorkerSid>,
            #[serde(default)]
            identity: Option<String>,
            #[serde(default)]
            roles: Vec<String>,
        }

        let raw: Raw = body.parse()?;
        match (raw.valid, raw.worker_sid) {
            (true, Some(worker)) => Ok(Caller {
                worker,
                identity: raw.identity,
                roles: raw.roles,
            }),
            _ => Err(Unreadable {
                field: "valid".into(),
            }),
        }
    }

    fn failure(&self, status: u16, code: u32) -> Failure {
        match status {
            401 | 403 => Failure::InvalidToken,
            _ => Failure::from_status(status, code),
        }
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, request, respond};

    #[test]
    fn the_token_is_sent_as_json() {
        assert_eq!(
            request(&ValidateToken),
            json!({
                "method": "post",
                "uri": "https://iam.twilio.com/v1/Accounts/AC…/Tokens/validate",
                "headers": { "Content-Type": "application/json" },
                "data": { "token": "token" },
            })
        );
    }

    #[test]
    fn the_owner_of_a_valid_token_is_read() {
        let body = json!({ "valid": true, "worker_sid": sid("WK"), "roles": ["supervisor"] });
        let caller = answer(&ValidateToken, &body);
        assert!(caller.oversees() && caller.identity.is_none());
        let body = json!({ "valid": true, "worker_sid": sid("WK"), "identity": "ada", "roles": ["agent"] });
        let caller = answer(&ValidateToken, &body);
        assert_eq!(caller.identity.as_deref(), Some("ada"));
        assert!(!caller.oversees());
    }

    #[test]
    fn any_other_answer_is_a_failure() {
        for body in [
            json!({ "valid": false, "worker_sid": sid("WK") }),
            json!({ "valid": true, "worker_sid": null }),
        ] {
            let field = "valid".into();
            let expected = Err(Failure::UnreadableResponse { field });
            assert_eq!(respond(&ValidateToken, 200, &body), expected);
        }
        for status in [401, 403] {
            let refused = respond(&ValidateToken, status, &json!({ "code": 20_003 }));
            assert_eq!(refused, Err(Failure::InvalidToken));
        }
        let failed = respond(&ValidateToken, 503, &json!(null));
        assert_eq!(failed, Err(Failure::Unavailable));
    }
}
