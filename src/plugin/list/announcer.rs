//! Announcements for people who use a screen reader: one for all changes of a moment.

use super::view::{Announcement, AnnouncementValues};
use crate::plugin::effect::StringKey;

/// The time within which changes are announced together, in milliseconds: a screen reader would not get to the end of each.
const TOGETHER: f64 = 600.0;

/// Numbers of rows.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// Rows with an unheard message.
    pub unheard: usize,
    /// Rows that match the search and the filter.
    pub matching: usize,
    /// All rows.
    pub total: usize,
}

/// Gathers changes and makes announcements of them.
#[derive(Debug, Default)]
pub struct Announcer {
    came: usize,
    went: usize,
    loaded: bool,
    searched: bool,
    unheard: bool,
    due: Option<f64>,
    said: Option<Announcement>,
}

impl Announcer {
    /// The last announcement.
    #[must_use]
    pub fn said(&self) -> Option<Announcement> {
        self.said
    }

    /// Returns the time of the next announcement, if one is planned.
    #[must_use]
    pub fn due(&self) -> Option<f64> {
        self.due
    }

    /// Returns true if that time has come.
    #[must_use]
    pub fn is_due(&self, now: f64) -> bool {
        self.due.is_some_and(|due| now >= due)
    }

    /// Notes that a message has become unheard.
    pub fn unheard(&mut self, now: f64) {
        self.unheard = true;
        self.wait(now);
    }

    /// Notes that a row has come.
    pub fn came(&mut self, now: f64) {
        self.came += 1;
        self.wait(now);
    }

    /// Notes that rows have gone.
    pub fn went(&mut self, count: usize, now: f64) {
        self.went += count;
        if count > 0 {
            self.wait(now);
        }
    }

    /// Notes that the list has been read for the first time.
    pub fn loaded(&mut self, now: f64) {
        self.loaded = true;
        self.wait(now);
    }

    /// Notes that the agent has searched or filtered.
    pub fn searched(&mut self, now: f64) {
        self.searched = true;
        // Nothing is announced while they type.
        self.due = Some(now + TOGETHER);
    }

    /// Announces the most important of the changes since the last announcement.
    pub fn say(&mut self, counts: Counts, now: f64) {
        let Counts {
            matching, total, ..
        } = counts;
        let unheard = self.unheard && counts.unheard > 0;
        let (key, count) = match (unheard, self.searched, self.loaded) {
            (true, ..) => (StringKey::ParkInteractionListUnheard, counts.unheard),
            (_, true, _) => (StringKey::ParkInteractionListMatching, matching),
            (.., true) => (StringKey::ParkInteractionListLoaded, total),
            _ if self.came >= self.went => (StringKey::ParkInteractionListCame, self.came),
            _ => (StringKey::ParkInteractionListWent, self.went),
        };
        let id = self.said.map_or(0, |said| said.id) + 1;
        let values = AnnouncementValues { count, total };
        // The result of a search is announced next.
        let searched = unheard && self.searched;
        *self = Self {
            said: Some(Announcement { id, key, values }),
            searched,
            due: searched.then_some(now + TOGETHER),
            ..Self::default()
        };
    }

    fn wait(&mut self, now: f64) {
        self.due.get_or_insert(now + TOGETHER);
    }
}
