//! Conditions: what a caller believes of a conversation. If it is not so, the operation changes nothing.
//!
//! A desktop shows what stood in Sync some time ago, and any agent's browser can write there. The webhook's address says what is so.

use crate::guardian::Guardian;
use crate::protocol::refusal::Refused;
use crate::reply::Refusal;
use crate::sid::WorkerSid;
use crate::twilio::calls::Caller;

use super::{Cause, Unpark};

/// The conditions of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Conditions {
    /// The agent whose conversation it is. `None`: anybody.
    pub owner: Option<WorkerSid>,
    /// True if the conversation must have been given to the caller, because no click asks for it.
    pub is_given: bool,
}

impl Unpark {
    /// Returns the refusal of a caller who has the right to this operation, but believes something that is not so.
    pub(super) fn why_not_as_believed(
        &self,
        caller: &Caller,
        guardian: &Guardian,
    ) -> Option<Refused> {
        let is_callers = guardian.worker == caller.worker && guardian.former_worker.is_some();
        if self.conditions.is_given && !is_callers {
            return Some(Refused::new(
                Refusal::NotAllowed,
                "the conversation was not given to the caller",
            ));
        }
        let owner = self.conditions.owner.as_ref()?;
        let is_as_believed = guardian.worker == *owner || self.has_given_before(owner, guardian);
        (!is_as_believed).then(|| {
            Refused::new(
                Refusal::Moved,
                "the conversation is in another agent's list",
            )
        })
    }

    /// Returns true if this gift was made before, as by the same request whose answer was lost. The address may have had no room for
    /// the former agent.
    fn has_given_before(&self, owner: &WorkerSid, guardian: &Guardian) -> bool {
        let former = guardian.former_worker.as_ref();
        matches!(self.cause, Cause::Change(_))
            && self.cause.recipient() == Some(&guardian.worker)
            && former.is_none_or(|former| former == owner)
    }
}
