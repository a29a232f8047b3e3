//! The state of the list's reading: connected to Sync or not, read or not.

use super::ranges::{Page, Ranges};
use super::view::Status;
use crate::plugin::effect::StringKey;

/// The time within which the first page has to come, in milliseconds. After it the list shows a failure, and still takes the page.
const FIRST_PAGE_WITHIN: f64 = 20_000.0;

/// The connection to Sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Connection {
    /// There has been none yet.
    Unknown,
    Connected,
    Lost,
    /// Twilio refuses the token.
    Denied,
}

/// Reads of the whole map, one after the other.
#[derive(Debug)]
pub struct Reading {
    connection: Connection,
    /// The number of reads; only the last one counts.
    read: u32,
    /// The time at which the last read began, or else the wait for the connection.
    since: f64,
    under_way: bool,
    ranges: Ranges,
    /// True if a first page has ever come.
    shown: bool,
    failure: Option<StringKey>,
}

impl Reading {
    /// Makes the state before anything has been read.
    #[must_use]
    pub fn new(now: f64) -> Self {
        Self {
            connection: Connection::Unknown,
            read: 0,
            since: now,
            under_way: false,
            ranges: Ranges::default(),
            shown: false,
            failure: None,
        }
    }

    /// Returns the status for the view.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.failure().is_some() {
            Status::Failed
        } else if self.connection == Connection::Lost {
            Status::Offline
        } else if self.shown {
            Status::Ready
        } else {
            Status::Loading
        }
    }

    /// Returns the reason for the failure.
    #[must_use]
    pub fn failure(&self) -> Option<StringKey> {
        match self.connection {
            Connection::Denied => Some(StringKey::ParkInteractionListForbidden),
            // The lost connection is shown instead.
            Connection::Lost => None,
            Connection::Unknown | Connection::Connected => self.failure,
        }
    }

    /// Returns true if a read is under way.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.under_way
    }

    /// Returns true while the connection is there.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.connection == Connection::Connected
    }

    /// Takes a change of the connection; `state` is the Sync client's word for it. Returns true if the map has to be read again.
    pub fn connection(&mut self, online: bool, state: &str) -> bool {
        let before = self.connection;
        self.connection = match (state, before) {
            ("connected", _) if online => Connection::Connected,
            ("denied", _) => Connection::Denied,
            (_, Connection::Unknown) => Connection::Unknown,
            _ => Connection::Lost,
        };
        self.connection == Connection::Connected && before != Connection::Connected
    }

    /// Begins a read. Returns its number, which its pages carry.
    pub fn begin(&mut self, now: f64) -> u32 {
        self.read += 1;
        self.since = now;
        self.failure = None;
        self.under_way = true;
        self.ranges = Ranges::new();
        self.read
    }

    /// Returns true if pages of this read are still wanted.
    #[must_use]
    pub fn is_current(&self, read: u32) -> bool {
        self.read == read && self.under_way
    }

    /// Takes a page; see [`Ranges::page`].
    pub fn page(&mut self, reader: &str, page: Page<'_>, next: &mut Vec<String>) {
        self.shown = true;
        self.failure = None;
        self.ranges.page(reader, page, next);
    }

    /// Returns true if the whole map has been read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.ranges.is_done()
    }

    /// Returns the number of the last read that has begun.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.read
    }

    /// Ends the read.
    pub fn end(&mut self) {
        self.under_way = false;
    }

    /// Takes a failure, with Sync's HTTP status if there was an answer. The whole read ends with it unless [`Ranges::fail`] goes on.
    pub fn fail(&mut self, reader: &str, status: Option<u16>, next: &mut Vec<String>) {
        if self.ranges.fail(reader, next) {
            return;
        }
        self.under_way = false;
        self.failure = Some(match status {
            Some(401 | 403) => StringKey::ParkInteractionListForbidden,
            _ => StringKey::ParkInteractionListUnavailable,
        });
    }

    /// Shows a failure if the first page has not come in time; it may still come.
    pub fn tick(&mut self, now: f64) {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.failure = Some(StringKey::ParkInteractionListUnavailable);
        }
    }

    /// Returns the time at which [`Self::tick`] has something to do.
    #[must_use]
    pub fn deadline(&self) -> Option<f64> {
        let waiting = !self.shown && self.failure.is_none();
        waiting.then_some(self.since + FIRST_PAGE_WITHIN)
    }
}
