use serde::Deserialize;
use serde_json::json;

use crate::sid::WorkerSid;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call, Failure};

/// Asks Twilio who the Flex token of the request belongs to.
///
/// The address is the one that `twilio-flex-token-validator` calls; see decision 3.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ValidateToken;

/// Whose token it is, as Twilio says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The worker.
    pub worker: WorkerSid,
    /// Their identity in chats. Absent where Twilio does not say.
    pub identity: Option<String>,
    /// Their Flex roles.
    pub roles: Vec<String>,
}

impl Caller {
    /// Returns whether they may act on conversations that others parked.
    #[must_use]
    pub fn oversees(&self) -> bool {
        self.roles
            .iter()
            .any(|role| role == "supervisor" || role == "admin")
    }
}

impl Call for ValidateToken {
    type Answer = Caller;
    answers_as!(ValidateToken);

    fn http(&self, access: &Access) -> Http {
        let uri = Uri::iam(access).part("Tokens").part("validate");
        Http::post(uri, json!({ "token": access.token })).header("Content-Type", "application/json")
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
}
