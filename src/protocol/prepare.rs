//! Prepare: an agent may park soon. The Function is awake then, and knows the caller, when the click comes.
//!
//! It changes nothing, and is no permission: the park checks everything itself.

use crate::reply::Reply;
use crate::twilio::calls::ValidateToken;
use crate::twilio::time::Millis;

use super::calls::{Calls, Finished, Slot};
use super::refusal::token_refused;
use super::{Machine, OperationContext, Outcome};

/// The time after which nothing is retried. The click has come by then.
const TRY_WITHIN_MS: Millis = 1_000;

/// The validation of a caller's token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Prepare {
    calls: Calls,
    token: Slot<ValidateToken>,
}

impl Prepare {
    /// Makes a preparation that has not begun.
    #[must_use]
    pub fn new(context: &OperationContext) -> Self {
        Self {
            calls: Calls::new(context.seed, context.started + TRY_WITHIN_MS),
            token: Slot::Empty,
        }
    }
}

impl Machine for Prepare {
    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    fn begin(&mut self) {
        self.token.ask(&mut self.calls, ValidateToken);
    }

    fn take(&mut self, finished: &Finished, _now: Millis) {
        self.token.take(finished);
    }

    fn advance(&mut self, _now: Millis) {
        let outcome = match self.token.failure() {
            None => Outcome::reply(Reply::Ready),
            Some(failure) => token_refused(failure),
        };
        self.calls.finish(outcome);
    }
}
