//! What people hear who do not see the list: not each change, but what a moment has brought.

use super::view::{Announcement, AnnouncementValues};
use crate::plugin::effect::StringKey;

/// Changes within this time are told together, in milliseconds: a screen reader would not get to the end of each.
const TOGETHER: f64 = 600.0;

/// Gathers changes and puts them into words.
#[derive(Debug, Default)]
pub struct Announcer {
    came: usize,
    went: usize,
    loaded: bool,
    searched: bool,
    due: Option<f64>,
    said: Option<Announcement>,
}

impl Announcer {
    /// The last announcement.
    #[must_use]
    pub fn said(&self) -> Option<Announcement> {
        self.said
    }

    /// When [`Self::tick`] has something to say.
    #[must_use]
    pub fn due(&self) -> Option<f64> {
        self.due
    }

    /// A row has come.
    pub fn came(&mut self, now: f64) {
        self.came += 1;
        self.wait(now);
    }

    /// Rows have gone.
    pub fn went(&mut self, count: usize, now: f64) {
        self.went += count;
        if count > 0 {
            self.wait(now);
        }
    }

    /// The list has been read for the first time.
    pub fn loaded(&mut self, now: f64) {
        self.loaded = true;
        self.wait(now);
    }

    /// The agent has searched or filtered.
    pub fn searched(&mut self, now: f64) {
        self.searched = true;
        // While they type, nothing is said.
        self.due = Some(now + TOGETHER);
    }

    /// Says what is due. Says whether there was anything.
    pub fn tick(&mut self, now: f64, matching: usize, total: usize) -> bool {
        if self.due.is_none_or(|due| now < due) {
            return false;
        }
        let (key, count) = match (self.searched, self.loaded, self.came, self.went) {
            (true, ..) => (StringKey::ParkInteractionListMatching, matching),
            (_, true, ..) => (StringKey::ParkInteractionListLoaded, total),
            (.., came, went) if came >= went => (StringKey::ParkInteractionListCame, came),
            (.., went) => (StringKey::ParkInteractionListWent, went),
        };
        let id = self.said.map_or(0, |said| said.id) + 1;
        let values = AnnouncementValues { count, total };
        *self = Self {
            said: Some(Announcement { id, key, values }),
            ..Self::default()
        };
        true
    }

    fn wait(&mut self, now: f64) {
        self.due.get_or_insert(now + TOGETHER);
    }
}
