//! Access: lets a caller read their own list, and the maps of conversations that wait, where the Sync service's access lists are on.
//!
//! Nobody may change rows but the Functions. In the maps of conversations that wait, desktops leave marks. A permission stays until
//! somebody deletes it.

use crate::identity::Identity;
use crate::reply::{Refusal, Reply};
use crate::sync_name::MapName;
use crate::twilio::calls::{AllowUse, Caller, ValidateToken};
use crate::twilio::time::Millis;

use super::calls::{Calls, Finished, Slot};
use super::refusal::{token_refused, Refused};
use super::{Machine, OperationContext, Outcome};

/// The time after which nothing is retried.
const TRY_WITHIN_MS: Millis = 6_000;

/// The permissions of a caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GiveAccess {
    calls: Calls,
    token: Slot<ValidateToken>,
    /// Empty: not asked for yet.
    permissions: Vec<Slot<AllowUse>>,
}

impl GiveAccess {
    /// Makes an operation that has not begun, for a caller who may be known.
    #[must_use]
    pub fn new(context: &OperationContext, caller: Option<Caller>) -> Self {
        Self {
            calls: Calls::new(context.seed, context.started + TRY_WITHIN_MS),
            token: caller.map_or(Slot::Empty, |caller| Slot::Answered(Ok(caller))),
            permissions: Vec::new(),
        }
    }

    fn allow(&mut self, caller: &Caller) {
        let Some(identity) = caller.identity.as_deref().and_then(Identity::parse) else {
            return self.calls.finish(Outcome::refused(
                Refusal::NotAllowed,
                "the token names no identity to which Sync could give a permission",
            ));
        };
        let own = AllowUse::new(MapName::list_of(&caller.worker), identity.clone());
        let waiting = MapName::all_waiting().map(|map| AllowUse::and_write(map, identity.clone()));
        for call in waiting.chain([own]) {
            let mut permission = Slot::Empty;
            permission.ask(&mut self.calls, call);
            self.permissions.push(permission);
        }
    }
}

impl Machine for GiveAccess {
    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    fn begin(&mut self) {
        match self.token.ok().cloned() {
            Some(caller) => self.allow(&caller),
            None => self.token.ask(&mut self.calls, ValidateToken),
        }
    }

    fn take(&mut self, finished: &Finished, _now: Millis) {
        self.token.take(finished);
        for permission in &mut self.permissions {
            permission.take(finished);
        }
    }

    fn advance(&mut self, _now: Millis) {
        if let Some(failure) = self.token.failure() {
            let refused = token_refused(failure);
            return self.calls.finish(refused);
        }
        if self.permissions.is_empty() {
            if let Some(caller) = self.token.ok().cloned() {
                self.allow(&caller);
            }
            return;
        }
        let failure = self.permissions.iter().find_map(Slot::failure);
        let outcome = match failure {
            None => Outcome::reply(Reply::Allowed),
            Some(failure) => Refused::from_failure(failure, "giving permissions in Sync").into(),
        };
        self.calls.finish(outcome);
    }
}
