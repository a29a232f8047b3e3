//! The filters of rows. A row is shown if it matches all of them.

use super::entry::Entry;

/// The filters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// For each owner's place, true if their rows are shown. Empty: all are.
    pub scope: Vec<bool>,
    /// The place of the only owner whose rows are shown; see [`Entry::owner`].
    pub owner: Option<usize>,
    /// The only channel that is shown, as in [`Entry::channel`].
    pub channel: Option<String>,
    /// The only queue that is shown. Empty: rows without one.
    pub queue: Option<String>,
    /// The only reason that is shown. Empty: rows without one.
    pub reason: Option<String>,
    /// True if only rows are shown whose time has come.
    pub overdue: bool,
    /// True if only rows are shown with an unheard message.
    pub unheard: bool,
}

/// A filter's place in the bits of [`Filters::misses`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// [`Filters::owner`]
    Owner,
    /// [`Filters::channel`]
    Channel,
    /// [`Filters::queue`]
    Queue,
    /// [`Filters::reason`]
    Reason,
    /// [`Filters::overdue`]
    Overdue,
    /// [`Filters::unheard`]
    Unheard,
}

impl Filter {
    /// Returns the filter's bit.
    #[must_use]
    pub fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl Filters {
    /// Makes the filter of a channel, or of none.
    #[must_use]
    pub fn of_channel(channel: Option<String>) -> Self {
        Self {
            channel,
            ..Self::default()
        }
    }

    /// Returns the bits of the filters that a row does not match. `None`: it is not in the scope.
    #[must_use]
    pub fn misses(&self, entry: &Entry) -> Option<u8> {
        if !self.scope.is_empty() && self.scope.get(entry.owner) != Some(&true) {
            return None;
        }
        let is_other = |wanted: &Option<String>, value: &str| {
            wanted.as_ref().is_some_and(|wanted| wanted != value)
        };
        let mut misses = 0;
        for (filter, is_missed) in [
            (
                Filter::Owner,
                self.owner.is_some_and(|owner| owner != entry.owner),
            ),
            (Filter::Channel, is_other(&self.channel, &entry.channel)),
            (
                Filter::Queue,
                is_other(&self.queue, value(entry.data.queue_name.as_ref())),
            ),
            (
                Filter::Reason,
                is_other(&self.reason, value(entry.data.reason.as_ref())),
            ),
            (Filter::Overdue, self.overdue && !entry.overdue.get()),
            (Filter::Unheard, self.unheard && !entry.is_unheard()),
        ] {
            if is_missed {
                misses |= filter.bit();
            }
        }
        Some(misses)
    }
}

/// Returns a text as filters have it: empty if it is missing.
#[must_use]
pub fn value(text: Option<&String>) -> &str {
    text.map_or("", String::as_str)
}
