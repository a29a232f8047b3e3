//! How the list stands with Sync: connected or not, read or not.

use super::view::Status;
use crate::plugin::effect::StringKey;

/// Nothing has come for so long, in milliseconds: the agent is told, while it goes on.
const FIRST_PAGE_WITHIN: f64 = 20_000.0;

/// The connection to Sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Connection {
    /// It has never been there.
    Unknown,
    Connected,
    Lost,
    /// Twilio does not take the token.
    Denied,
}

/// Reads of the whole map, one after the other.
#[derive(Debug)]
pub struct Reading {
    connection: Connection,
    /// Counts the reads; only the last one matters.
    read: u32,
    /// When the last one began, or else the waiting for the connection.
    since: f64,
    under_way: bool,
    /// Whether a first page has ever come.
    shown: bool,
    failure: Option<StringKey>,
}

impl Reading {
    /// Nothing has been read.
    #[must_use]
    pub fn new(now: f64) -> Self {
        Self {
            connection: Connection::Unknown,
            read: 0,
            since: now,
            under_way: false,
            shown: false,
            failure: None,
        }
    }

    /// How it stands.
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

    /// Why it has failed.
    #[must_use]
    pub fn failure(&self) -> Option<StringKey> {
        match self.connection {
            Connection::Denied => Some(StringKey::ParkInteractionListForbidden),
            // Until it is back, nothing else matters.
            Connection::Lost => None,
            Connection::Unknown | Connection::Connected => self.failure,
        }
    }

    /// Whether a read is under way.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.under_way
    }

    /// The connection's state has changed; `state` is the Sync client's word for it. Says whether to read anew.
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

    /// A read begins. Gives the number by which its pages are told from those of earlier ones.
    pub fn begin(&mut self, now: f64) -> u32 {
        self.read += 1;
        self.since = now;
        self.failure = None;
        self.under_way = true;
        self.read
    }

    /// Whether pages of this read are still wanted.
    #[must_use]
    pub fn is_current(&self, read: u32) -> bool {
        self.read == read && self.under_way
    }

    /// A page has come.
    pub fn page(&mut self) {
        self.shown = true;
        self.failure = None;
    }

    /// The number of the last read that has begun.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.read
    }

    /// The read has ended.
    pub fn end(&mut self) {
        self.under_way = false;
    }

    /// The read has failed, with Sync's HTTP status if there was an answer.
    pub fn fail(&mut self, status: Option<u16>) {
        self.under_way = false;
        self.failure = Some(match status {
            Some(401 | 403) => StringKey::ParkInteractionListForbidden,
            _ => StringKey::ParkInteractionListUnavailable,
        });
    }

    /// Takes it for failed if nothing has come for too long; a page may still come.
    pub fn tick(&mut self, now: f64) {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.failure = Some(StringKey::ParkInteractionListUnavailable);
        }
    }

    /// When [`Self::tick`] has something to do.
    #[must_use]
    pub fn deadline(&self) -> Option<f64> {
        let waiting = !self.shown && self.failure.is_none();
        waiting.then_some(self.since + FIRST_PAGE_WITHIN)
    }
}
