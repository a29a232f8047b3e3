//! A conversation that waits for an agent, as an item of a Sync map has it, and when this desktop may claim it.

use super::{pause, SPREAD};
use crate::plugin::json::Json;
use crate::sid::ConversationSid;
use crate::sync_name::MapName;

/// How long a mark keeps other desktops away, in milliseconds. A claim that takes longer has failed.
pub const MARK_LASTS: f64 = 20_000.0;

/// A desktop claims an item within this time after it has seen it, in milliseconds, whatever the item says.
const LONGEST_WAIT: f64 = 60_000.0;

/// What this desktop does about an item.
#[derive(Debug, Clone, Copy)]
pub enum State {
    /// Nothing.
    Idle,
    /// Sync has no such item any more. It is kept while it was asked about a moment ago.
    Gone,
    /// It writes its mark; `granted`: the item was as it should be when it was last looked at.
    Claiming {
        /// Since when.
        since: f64,
        /// See above.
        granted: bool,
    },
    /// Its mark is written.
    Claimed {
        /// Since when it claims it.
        since: f64,
    },
    /// It asks the Function.
    Checking,
}

/// An item.
#[derive(Debug)]
pub struct WaitingItem {
    /// Its key.
    pub conversation: ConversationSid,
    /// The number of the last read of all maps that has met it.
    pub met: u32,
    /// What this desktop does about it.
    pub state: State,
    /// How much longer this desktop waits than the first one.
    spread: f64,
    /// Its times as they are written there; 0: there is none.
    ask_at: f64,
    asked_at: f64,
    /// When the last change was written, by Twilio's clock; 0: it is not known.
    written_at: f64,
    /// When it was seen, by this desktop's clock.
    seen_at: f64,
    /// The time until which a mark keeps this desktop away.
    marked_until: f64,
    /// The time before which this desktop does not claim it again.
    not_before: f64,
    /// How often this desktop has asked since the Function wrote the item.
    asked: u32,
}

impl WaitingItem {
    /// An item of which nothing is known but its key.
    #[must_use]
    pub fn new(conversation: ConversationSid, spread: f64) -> Self {
        Self {
            conversation,
            met: 0,
            state: State::Gone,
            spread,
            ask_at: 0.0,
            asked_at: 0.0,
            written_at: 0.0,
            seen_at: 0.0,
            marked_until: 0.0,
            not_before: 0.0,
            asked: 0,
        }
    }

    /// Whether it belongs to the map of this name.
    #[must_use]
    pub fn is_in(&self, map: &str) -> bool {
        MapName::waiting(&self.conversation).as_str() == map
    }

    /// Whether nothing is to be remembered of it.
    #[must_use]
    pub fn is_over(&self, now: f64) -> bool {
        matches!(self.state, State::Gone) && now >= self.not_before
    }

    /// Takes an item as Sync has it: `data`, and `dateUpdated` in milliseconds. What is not as it should be counts as missing.
    #[expect(
        clippy::float_cmp,
        reason = "a time that has not changed is the same number"
    )]
    pub fn update(&mut self, item: &Json, now: f64) {
        let data = item.get("data");
        let time = |value: &Json, name| value.get_time(name).unwrap_or_default();
        let (ask_at, asked_at) = (time(data, "askAt"), time(data, "askedAt"));
        let written_at = time(item, "dateUpdated");
        let is_same = ask_at == self.ask_at && asked_at == self.asked_at;
        if matches!(self.state, State::Gone) {
            self.state = State::Idle;
        } else if is_same && written_at == self.written_at && written_at > 0.0 {
            // It was read again.
            return;
        }
        // The Function writes an item without a mark.
        if asked_at == 0.0 {
            self.asked = 0;
        }
        // A mark from the future is none; but this desktop's clock may be slow, and Twilio's says when it was written.
        self.marked_until = if asked_at <= written_at.max(now) {
            asked_at.min(now) + MARK_LASTS
        } else {
            0.0
        };
        self.ask_at = ask_at;
        self.asked_at = asked_at;
        self.written_at = written_at;
        self.seen_at = now;
    }

    /// When this desktop may claim it.
    #[must_use]
    pub fn claim_at(&self) -> f64 {
        let longest = self.seen_at + LONGEST_WAIT - f64::from(SPREAD);
        let ask_at = if self.ask_at > 0.0 {
            self.ask_at.min(longest)
        } else {
            longest
        };
        let everybody = ask_at.max(self.seen_at).max(self.marked_until);
        everybody.max(self.not_before) + self.spread
    }

    /// Returns true if the mark may be written over `data`, which is what the item holds now.
    #[expect(
        clippy::float_cmp,
        reason = "a time that has not changed is the same number"
    )]
    pub fn claim(&mut self, data: &Json, now: f64) -> bool {
        let State::Claiming { since, .. } = self.state else {
            return false;
        };
        let time = |name| data.get_time(name).unwrap_or_default();
        let granted = time("askAt") == self.ask_at
            && time("askedAt") == self.asked_at
            && now >= self.marked_until;
        self.state = State::Claiming { since, granted };
        granted
    }

    /// The claim has ended, `written`: without an error.
    pub fn end_claim(&mut self, written: bool, now: f64) {
        if let State::Claiming { since, granted } = self.state {
            self.state = State::Claimed { since };
            if !(written && granted) {
                // It has failed, or another desktop was faster.
                self.back_off(now);
            }
        }
    }

    /// Ends what is done about it until the next time, at which other desktops may come first. That is the later the more often
    /// nothing came of it.
    pub fn back_off(&mut self, now: f64) {
        self.state = State::Idle;
        self.asked += 1;
        self.not_before = now + pause(self.asked) + f64::from(SPREAD);
    }
}
