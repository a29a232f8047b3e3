//! The callers whose Flex tokens Twilio has validated in the last minute.
//!
//! A Function that is called again within a minute need not wait for the validation: so an agent's click is not kept waiting, if the
//! plugin has prepared the Function beforehand. The memory is that of one container. A call to another one validates the token.

use std::cell::RefCell;
use std::rc::Rc;

use crate::twilio::calls::Caller;
use crate::twilio::time::Millis;

/// The time for which a validation counts. A token that Flex has revoked is accepted for so long.
pub const KNOWN_FOR_MS: Millis = 60_000;

/// The most callers. A container serves fewer agents in a minute; more would be somebody who fills the memory.
const MOST: usize = 1_000;

/// The known callers of a container.
#[derive(Debug, Clone, Default)]
pub struct Callers(Rc<RefCell<Vec<Known>>>);

#[derive(Debug)]
struct Known {
    token: String,
    caller: Caller,
    at: Millis,
}

impl Known {
    /// Returns true if the validation counts. A clock that was set back ends it too.
    fn counts(&self, now: Millis) -> bool {
        now.checked_sub(self.at)
            .is_some_and(|age| age < KNOWN_FOR_MS)
    }
}

impl Callers {
    /// Returns the owner of this token, if it was validated in the last minute. Forgets all validations that count no more: a clock that
    /// is put forward again does not bring them back.
    #[must_use]
    pub fn find(&self, token: &str, now: Millis) -> Option<Caller> {
        let mut known = self.0.borrow_mut();
        known.retain(|one| one.counts(now));
        let one = known.iter().find(|one| one.token == token)?;
        Some(one.caller.clone())
    }

    /// Remembers the owner of a token that Twilio has just validated.
    pub fn remember(&self, token: &str, caller: &Caller, now: Millis) {
        let mut known = self.0.borrow_mut();
        known.retain(|one| one.token != token && one.counts(now));
        if known.len() < MOST {
            known.push(Known {
                token: token.into(),
                caller: caller.clone(),
                at: now,
            });
        }
    }

    /// Forgets a token that Twilio has refused.
    pub fn forget(&self, token: &str) {
        self.0.borrow_mut().retain(|one| one.token != token);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;
    use crate::sid::WorkerSid;

    const NOW: Millis = 1_790_000_000_000;

    fn ada() -> Caller {
        Caller {
            worker: WorkerSid::example(),
            identity: Some("ada".into()),
            roles: vec!["agent".into()],
        }
    }

    #[test]
    fn a_token_is_known_for_a_minute_from_its_validation() {
        let callers = Callers::default();
        assert_eq!(callers.find("token", NOW), None);
        callers.remember("token", &ada(), NOW);
        assert_eq!(callers.find("token", NOW + KNOWN_FOR_MS - 1), Some(ada()));
        assert_eq!(callers.find("toke", NOW), None);
        assert_eq!(callers.find("token", NOW + KNOWN_FOR_MS), None);
        assert!(
            callers.0.borrow().is_empty(),
            "no token stays in the memory"
        );
    }

    #[test]
    fn a_clock_that_is_set_back_ends_a_validation() {
        let callers = Callers::default();
        callers.remember("token", &ada(), NOW);
        assert_eq!(callers.find("token", NOW - 1), None);
        assert_eq!(callers.find("token", NOW), None);
    }

    #[test]
    fn a_new_validation_replaces_the_old_one() {
        let callers = Callers::default();
        callers.remember("token", &ada(), NOW);
        let supervisor = Caller {
            roles: vec!["supervisor".into()],
            ..ada()
        };
        callers.remember("token", &supervisor, NOW + 1);
        assert_eq!(callers.find("token", NOW + 1), Some(supervisor));
        callers.forget("token");
        assert_eq!(callers.find("token", NOW + 1), None);
    }

    #[test]
    fn the_memory_is_bounded() {
        let callers = Callers::default();
        for number in 0..=MOST {
            callers.remember(&number.to_string(), &ada(), NOW);
        }
        assert_eq!(callers.0.borrow().len(), MOST);
        assert_eq!(callers.find(&MOST.to_string(), NOW), None);
        callers.remember("token", &ada(), NOW + KNOWN_FOR_MS);
        assert_eq!(callers.0.borrow().len(), 1);
    }
}
