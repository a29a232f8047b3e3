//! The Sync item of a conversation that waits for an agent, and the time at which this desktop marks it.

use super::{pause_ms, SPREAD_MS};
use crate::plugin::json::Json;
use crate::sid::ConversationSid;
use crate::sync_name::MapName;

/// The time for which a mark keeps other desktops away, in milliseconds. A write that takes longer has failed.
pub const MARK_LASTS_MS: f64 = 20_000.0;

/// The longest time from the first sight of an item without a readable time to the mark of this desktop, in milliseconds.
const LONGEST_WAIT_MS: f64 = 60_000.0;

/// The latest time that counts, in milliseconds from the first sight of an item: 181 days, longer than any appointment. An
/// item with a later one is damaged.
const LATEST_AHEAD_MS: f64 = 181.0 * 24.0 * 3_600_000.0;

/// The progress of this desktop with an item.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// The item waits for its time.
    Idle,
    /// The item has left Sync. It is remembered until the pause after the last question is over.
    Gone,
    /// The mark is being written.
    Marking {
        /// The time at which the write of the mark began.
        since: f64,
        /// True if the item was unchanged when the SDK last showed it.
        granted: bool,
    },
    /// The mark is written, and the question comes next.
    Marked {
        /// The time at which the write of the mark began.
        since: f64,
    },
    /// The Function is being asked.
    Checking,
}

/// The item of a waiting conversation. Times are in milliseconds since 1970.
#[derive(Debug)]
pub struct WaitingItem {
    /// The key.
    pub conversation: ConversationSid,
    /// The number of the last read of all maps that has met it.
    pub met: u32,
    /// The progress of this desktop with it.
    pub progress: Progress,
    /// The extra wait of this desktop, in milliseconds.
    spread_ms: f64,
    /// The field `askAt`. 0: missing.
    ask_at: f64,
    /// The field `askedAt`, which is a mark. 0: missing.
    asked_at: f64,
    /// The time of the last change, by Twilio's clock. 0: unknown.
    written_at: f64,
    /// The time at which this desktop saw that change, by its own clock.
    seen_at: f64,
    /// The time until which a mark keeps this desktop away.
    marked_until: f64,
    /// The time before which this desktop does not mark it again.
    not_before: f64,
    /// The number of tries of this desktop to mark it since the Function wrote the item.
    tries: u32,
}

impl WaitingItem {
    /// Makes an item of which only the key is known.
    #[must_use]
    pub fn new(conversation: ConversationSid, spread_ms: f64) -> Self {
        Self {
            conversation,
            met: 0,
            progress: Progress::Gone,
            spread_ms,
            ask_at: 0.0,
            asked_at: 0.0,
            written_at: 0.0,
            seen_at: 0.0,
            marked_until: 0.0,
            not_before: 0.0,
            tries: 0,
        }
    }

    /// Returns true if the item belongs to the map of this name.
    #[must_use]
    pub fn is_in(&self, map: &str) -> bool {
        MapName::waiting(&self.conversation).as_str() == map
    }

    /// Returns true if the item can be forgotten.
    #[must_use]
    pub fn is_over(&self, now: f64) -> bool {
        matches!(self.progress, Progress::Gone) && now >= self.not_before
    }

    /// Reads `data`, and `dateUpdated` in milliseconds. A field that is no time counts as missing.
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
        if matches!(self.progress, Progress::Gone) {
            self.progress = Progress::Idle;
        } else if is_same && written_at == self.written_at && written_at > 0.0 {
            // Nothing has changed: the map was read again.
            return;
        }
        // The Function writes an item without a mark.
        if asked_at == 0.0 {
            self.tries = 0;
        }
        // A mark from the future does not count. Twilio's clock judges too, because this desktop's clock may be slow.
        self.marked_until = if asked_at <= written_at.max(now) {
            asked_at.min(now) + MARK_LASTS_MS
        } else {
            0.0
        };
        self.ask_at = ask_at;
        self.asked_at = asked_at;
        self.written_at = written_at;
        self.seen_at = now;
    }

    /// Returns the time at which this desktop marks the item.
    #[must_use]
    pub fn mark_at(&self) -> f64 {
        let longest = self.seen_at + LONGEST_WAIT_MS - f64::from(SPREAD_MS);
        let is_readable = self.ask_at > 0.0 && self.ask_at < self.seen_at + LATEST_AHEAD_MS;
        let ask_at = if is_readable { self.ask_at } else { longest };
        let everybody = ask_at.max(self.seen_at).max(self.marked_until);
        everybody.max(self.not_before) + self.spread_ms
    }

    /// Returns true if the mark may replace `data`, the present content of the item.
    #[expect(
        clippy::float_cmp,
        reason = "a time that has not changed is the same number"
    )]
    pub fn mark(&mut self, data: &Json, now: f64) -> bool {
        let Progress::Marking { since, .. } = self.progress else {
            return false;
        };
        let time = |name| data.get_time(name).unwrap_or_default();
        let granted = time("askAt") == self.ask_at
            && time("askedAt") == self.asked_at
            && now >= self.marked_until;
        self.progress = Progress::Marking { since, granted };
        granted
    }

    /// Ends the write of the mark. `written`: Sync has answered without an error.
    pub fn end_mark(&mut self, written: bool, now: f64) {
        if let Progress::Marking { since, granted } = self.progress {
            self.progress = Progress::Marked { since };
            if !(written && granted) {
                // The write has failed, or another desktop was faster.
                self.back_off(now);
            }
        }
    }

    /// Lets the item wait for its next mark. Other desktops may mark it first, and each try makes the wait longer.
    pub fn back_off(&mut self, now: f64) {
        self.progress = Progress::Idle;
        self.tries += 1;
        self.not_before = now + pause_ms(self.tries) + f64::from(SPREAD_MS);
    }
}
