//! Access: lets a caller read lists in Sync where the service's access lists are on: their own with the maps of conversations that wait, or
//! those of agents whose parked conversations they may see.
//!
//! Nobody may change rows but the Functions. In the maps of conversations that wait, desktops leave marks. A permission stays until
//! somebody deletes it, also when the caller may see the agents no more.

use crate::identity::Identity;
use crate::reply::{Refusal, Reply, Sees};
use crate::sid::WorkerSid;
use crate::sync_name::MapName;
use crate::twilio::calls::{AllowUse, Caller, ValidateToken};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::calls::{Calls, Finished, Slot};
use super::oversight::Oversight;
use super::refusal::{token_refused, Refused};
use super::{Machine, OperationContext, Outcome};

/// The time after which nothing is retried.
const TRY_WITHIN_MS: Millis = 6_000;

/// The permissions of a caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GiveAccess {
    calls: Calls,
    /// The agents whose lists are asked for. Empty: the caller's own.
    of: Vec<WorkerSid>,
    token: Slot<ValidateToken>,
    oversight: Oversight,
    /// Empty: not asked for yet.
    permissions: Vec<Slot<AllowUse>>,
}

impl GiveAccess {
    /// Makes an operation that has not begun. `caller` and `sees` are known if they were read a moment ago.
    #[must_use]
    pub fn new(
        of: Vec<WorkerSid>,
        context: &OperationContext,
        caller: Option<Caller>,
        sees: Option<Sees>,
    ) -> Self {
        Self {
            calls: Calls::new(context.seed, context.started + TRY_WITHIN_MS),
            of,
            token: Slot::known(caller),
            oversight: Oversight::new(sees),
            permissions: Vec::new(),
        }
    }

    /// Starts the reads that show whether the caller may see the agents.
    fn read(&mut self) {
        if let Some(caller) = self.token.ok() {
            for agent in &self.of {
                self.oversight.read(&mut self.calls, caller, agent);
            }
        }
    }

    /// Starts to give the permissions, or refuses.
    fn give(&mut self, caller: &Caller) {
        match self.wanted(caller) {
            Err(refused) => self.calls.finish(refused.into()),
            Ok(wanted) => {
                for call in wanted {
                    let mut permission = Slot::Empty;
                    permission.ask(&mut self.calls, call);
                    self.permissions.push(permission);
                }
            }
        }
    }

    /// Returns the permissions to give, or the refusal.
    fn wanted(&self, caller: &Caller) -> Result<Vec<AllowUse>, Refused> {
        let identity = caller.identity.as_deref().and_then(Identity::parse);
        let identity = identity.ok_or_else(|| {
            let why = "the token names no identity to which Sync could give a permission";
            Refused::new(Refusal::NotAllowed, why)
        })?;
        if self.of.is_empty() {
            let own = AllowUse::new(MapName::list_of(&caller.worker), identity.clone());
            let waiting = MapName::all_waiting();
            let waiting = waiting.map(|map| AllowUse::and_write(map, identity.clone()));
            return Ok(waiting.chain([own]).collect());
        }
        for agent in &self.of {
            match self.oversight.allows(caller, agent) {
                Ok(true) => {}
                Ok(false) => {
                    let why = "the caller may not see the parked conversations of this agent";
                    return Err(Refused::new(Refusal::NotAllowed, why));
                }
                Err(failure) => {
                    return Err(Refused::from_failure(
                        &failure,
                        "reading whom the caller sees",
                    ))
                }
            }
        }
        let lists = self.of.iter().map(MapName::list_of);
        Ok(lists
            .map(|map| AllowUse::if_it_exists(map, identity.clone()))
            .collect())
    }
}

impl Machine for GiveAccess {
    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    fn begin(&mut self) {
        if self.token.is_empty() {
            self.token.ask(&mut self.calls, ValidateToken);
        }
        self.read();
        if let (true, Some(caller)) = (self.calls.idle(), self.token.ok().cloned()) {
            self.give(&caller);
        }
    }

    fn take(&mut self, finished: &Finished, _now: Millis) {
        self.token.take(finished);
        self.oversight.take(finished);
        for permission in &mut self.permissions {
            permission.take(finished);
        }
        self.read();
    }

    fn advance(&mut self, _now: Millis) {
        let caller = match self.token.result() {
            Some(Ok(caller)) => caller.clone(),
            Some(Err(failure)) => {
                let refused = token_refused(failure);
                return self.calls.finish(refused);
            }
            None => return self.calls.finish(token_refused(&Failure::Unavailable)),
        };
        if self.permissions.is_empty() {
            return self.give(&caller);
        }
        let failure = self.permissions.iter().find_map(Slot::failure);
        let outcome = match failure {
            None => Outcome::reply(Reply::Allowed),
            Some(failure) => Refused::from_failure(failure, "giving permissions in Sync").into(),
        };
        self.calls.finish(outcome);
    }
}
