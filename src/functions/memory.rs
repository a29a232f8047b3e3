//! What a container remembers from one invocation to the next.

use std::cell::Cell;
use std::rc::Rc;

use crate::reply::Sees;
use crate::twilio::time::Millis;

use super::callers::Callers;

/// The time for which the owner's flag `supervisors_see` counts after it was read. A change of the flag takes so long.
pub const KNOWN_FOR_MS: Millis = 60_000;

/// The memory of a container. Copies share it.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// The callers whose tokens were validated.
    pub callers: Callers,
    /// The owner's flag `supervisors_see`.
    pub sees: KnownFlag,
}

/// The owner's flag `supervisors_see`, if it was read in the last minute.
#[derive(Debug, Clone, Default)]
pub struct KnownFlag(Rc<Cell<Option<(Sees, Millis)>>>);

impl KnownFlag {
    /// Returns the flag, if it was read in the last minute. A clock that was set back ends that too.
    #[must_use]
    pub fn find(&self, now: Millis) -> Option<Sees> {
        let (sees, at) = self.0.get()?;
        let counts = now.checked_sub(at).is_some_and(|age| age < KNOWN_FOR_MS);
        if !counts {
            self.0.set(None);
        }
        counts.then_some(sees)
    }

    /// Remembers the flag that Twilio has just shown.
    pub fn remember(&self, sees: Sees, now: Millis) {
        self.0.set(Some((sees, now)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_790_000_000_000;

    #[test]
    fn the_flag_is_known_for_a_minute() {
        let flag = KnownFlag::default();
        assert_eq!(flag.find(NOW), None);
        flag.remember(Sees::Team, NOW);
        assert_eq!(flag.find(NOW + KNOWN_FOR_MS - 1), Some(Sees::Team));
        assert_eq!(flag.find(NOW + KNOWN_FOR_MS), None);
        assert_eq!(flag.find(NOW), None, "it stays forgotten");
    }

    #[test]
    fn a_clock_that_is_set_back_ends_it() {
        let flag = KnownFlag::default();
        flag.remember(Sees::All, NOW);
        assert_eq!(flag.find(NOW - 1), None);
        assert_eq!(flag.find(NOW), None);
    }

    #[test]
    fn the_newest_value_counts() {
        let flag = KnownFlag::default();
        flag.remember(Sees::All, NOW);
        flag.remember(Sees::Team, NOW + 1);
        assert_eq!(flag.find(NOW + KNOWN_FOR_MS), Some(Sees::Team));
    }
}
