//! The watch over the conversations that wait for an agent: decides when this desktop asks the Function for a check of
//! one of them.
//!
//! Each of these conversations has an item in a Sync map, which the Functions write (`crate::waiting`). If the item has
//! not changed by its time `askAt`, no operation has checked the conversation. All open desktops see this, and one of
//! them asks:
//!
//! 1. Each desktop waits some seconds longer, by a hash of its worker and the conversation.
//! 2. It marks the item: it writes its mark there, on condition that the item has not changed.
//! 3. The desktop whose mark was written asks. The others see the mark, and stand back while it is fresh.
//!
//! The browser of every agent can write these items, and delete them. So a value in them gives no right: a desktop that
//! is alone asks within a minute after the item's time or, if that cannot be read, after it has seen the item, and never
//! more often than every 20 s.
//!
//! [`Watch`] holds all items, and [`item`] knows the times of one. They have no clock: each call brings the time, in
//! milliseconds since 1970.

pub mod item;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(test)]
mod tests;

use self::item::{Progress, WaitingItem, MARK_LASTS_MS};
use super::json::{integer, Json};
use crate::sid::ConversationSid;
use crate::sync_name::MapName;

/// The most conversations that are marked or asked about at the same time.
const UNDER_WAY: usize = 4;

/// The time between two marks, and between two questions, in milliseconds.
const BETWEEN_MS: f64 = 500.0;

/// The longest extra wait of a desktop, in milliseconds.
const SPREAD_MS: u32 = 8_000;

/// The pause after the first try to mark an item, and the longest pause, in milliseconds.
const FIRST_PAUSE_MS: u32 = 20_000;
const LONGEST_PAUSE_MS: u32 = 120_000;

/// The index and time of no item.
const NEVER: (usize, f64) = (0, f64::INFINITY);

/// The pause after a failed read, in milliseconds. The SDK has repeated its requests by then.
const READ_AGAIN_AFTER_MS: f64 = 60_000.0;

/// A task for the shim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Read a map.
    Read(&'a MapName),
    /// Write a mark into an item of a map, on condition that the item has not changed. [`Watch::handle`] grants it.
    Mark(&'a MapName, &'a ConversationSid),
    /// Ask the Function about a conversation.
    Check(&'a ConversationSid),
    /// Warn engineers that Sync forbids the watch.
    Refused,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Off,
    On,
    /// Sync forbids the watch, and the warning is still to be written.
    Refused,
}

/// The watch of one desktop.
#[derive(Debug, Default)]
pub struct Watch {
    /// The hash of the worker.
    worker: u32,
    mode: Mode,
    connected: bool,
    items: Vec<WaitingItem>,
    next_mark: f64,
    next_check: f64,
    /// The number of reads of all maps.
    reads: u32,
    /// The time of the next read, if one is planned.
    read_at: Option<f64>,
}

impl Watch {
    /// Makes a watch that has not begun.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            worker: 0,
            mode: Mode::Off,
            connected: false,
            items: Vec::new(),
            next_mark: 0.0,
            next_check: 0.0,
            reads: 0,
            read_at: None,
        }
    }

    /// Handles an event of the shim: a list of its kind, the name of a map or the key of an item, a value and a flag.
    /// Returns the time for the mark if the event is `mark`, and it is granted.
    pub fn handle(&mut self, event: &Json, now: f64) -> Option<f64> {
        let Json::List(parts) = event else {
            return None;
        };
        let part = |index| parts.get(index).unwrap_or(&Json::Null);
        let text = |index| match part(index) {
            Json::Text(text) => text.as_str(),
            _ => "",
        };
        let (name, value) = (text(1), part(2));
        let flag = matches!(part(3), Json::Bool(true));
        match text(0) {
            "start" => {
                *self = Self {
                    worker: hash(HASH_OF_NOTHING, name),
                    mode: Mode::On,
                    ..Self::new()
                }
            }
            "connection" => self.connection(flag && name == "connected", now),
            "page" => self.page(name, value, flag, now),
            "fail" => self.fail(value, now),
            "put" => self.put(name, value, now),
            "take" => self.remove(&|item| item.conversation.as_str() == name),
            "clear" => self.remove(&|item| item.is_in(name)),
            "mark" => return self.mark(name, value, now).then_some(now),
            "marked" => self.marked(name, value, now),
            "checked" => self.checked(name),
            "stop" => self.mode = Mode::Off,
            // `time` needs no action: the shim calls `tick` after each event.
            _ => {}
        }
        None
    }

    /// Reads all maps when the connection is back.
    fn connection(&mut self, connected: bool, now: f64) {
        if connected && !self.connected {
            self.read_at = Some(now);
        }
        self.connected = connected;
    }

    /// Takes a page of a map. After the last page the items that this read has not met are gone.
    fn page(&mut self, map: &str, items: &Json, last: bool, now: f64) {
        if let Json::List(items) = items {
            for item in items {
                self.put(map, item, now);
            }
        }
        if last {
            let reads = self.reads;
            self.remove(&|item| item.met != reads && item.is_in(map));
        }
    }

    /// Plans another read after a failed one. `status` is Sync's HTTP status, if there was a response.
    fn fail(&mut self, status: &Json, now: f64) {
        self.refuse(status);
        self.read_at = Some(now + READ_AGAIN_AFTER_MS);
    }

    /// Ends the watch if Sync forbids it, because the next try would fail too.
    fn refuse(&mut self, status: &Json) {
        let is_forbidden = matches!(status, Json::Number(code) if integer(*code) == Some(403));
        if is_forbidden && self.mode == Mode::On {
            self.mode = Mode::Refused;
        }
    }

    /// Takes a new or changed item of a map; see [`WaitingItem::update`]. Ignores an item that does not belong to this
    /// map.
    fn put(&mut self, map: &str, item: &Json, now: f64) {
        let key = item.get_text("key").unwrap_or_default();
        if self.get_mut(key).is_none() {
            let Ok(conversation) = ConversationSid::parse(key) else {
                return;
            };
            let spread_ms = f64::from(hash(self.worker, key) % SPREAD_MS);
            self.items.push(WaitingItem::new(conversation, spread_ms));
        }
        let reads = self.reads;
        if let Some(known) = self.get_mut(key).filter(|known| known.is_in(map)) {
            known.met = reads;
            known.update(item, now);
        }
    }

    /// Notes that items have left Sync.
    fn remove(&mut self, which: &dyn Fn(&WaitingItem) -> bool) {
        for item in &mut self.items {
            if which(item) {
                item.progress = Progress::Gone;
            }
        }
    }

    /// Returns true if the mark may replace `data`, the present content of an item. Otherwise this desktop stands back.
    fn mark(&mut self, key: &str, data: &Json, now: f64) -> bool {
        let is_on = self.mode == Mode::On;
        let item = self.get_mut(key);
        item.is_some_and(|item| item.mark(data, now) && is_on)
    }

    /// Ends the write of a mark. `status` is Sync's HTTP status if the mark could not be written, or null.
    fn marked(&mut self, key: &str, status: &Json, now: f64) {
        self.refuse(status);
        if let Some(item) = self.get_mut(key) {
            item.end_mark(matches!(status, Json::Null), now);
        }
    }

    /// Ends a question. Its result shows in the item.
    fn checked(&mut self, key: &str) {
        if let Some(item) = self.get_mut(key) {
            if matches!(item.progress, Progress::Checking) {
                item.progress = Progress::Idle;
            }
        }
    }

    /// Does everything that is due, and passes each task for the shim to `act`.
    pub fn tick(&mut self, now: f64, act: &mut dyn FnMut(Step<'_>)) {
        if self.mode != Mode::On {
            if self.mode == Mode::Refused {
                act(Step::Refused);
            }
            self.mode = Mode::Off;
            return;
        }
        // A clock that was set back must not stop the watch.
        self.next_mark = self.next_mark.min(now + BETWEEN_MS);
        self.next_check = self.next_check.min(now + BETWEEN_MS);
        while let Some(index) = self.items.iter().position(|item| item.is_over(now)) {
            self.items.swap_remove(index);
        }
        if self.connected && self.read_at.is_some_and(|at| now >= at) {
            self.read_at = None;
            self.reads += 1;
            for map in MapName::all_waiting() {
                act(Step::Read(&map));
            }
        }
        while let Some((index, _)) = self.next().filter(|(_, at)| now >= *at) {
            self.go_on(index, now, act);
        }
    }

    /// Returns the index of the item that is due next, and its time.
    fn next(&self) -> Option<(usize, f64)> {
        let (mut idle, mut busy) = (NEVER, NEVER);
        let mut under_way = 0;
        for (index, item) in self.items.iter().enumerate() {
            let (next, at) = match item.progress {
                Progress::Idle => (&mut idle, item.mark_at().max(self.next_mark)),
                Progress::Marking { since, .. } => (&mut busy, since + MARK_LASTS_MS),
                Progress::Marked { .. } => (&mut busy, self.next_check),
                Progress::Checking => (&mut busy, f64::INFINITY),
                Progress::Gone => continue,
            };
            under_way += usize::from(!matches!(item.progress, Progress::Idle));
            if at < next.1 {
                *next = (index, at);
            }
        }
        if self.connected && under_way < UNDER_WAY && idle.1 < busy.1 {
            busy = idle;
        }
        Some(busy).filter(|(_, at)| at.is_finite())
    }

    /// Takes the next step with an item.
    fn go_on(&mut self, index: usize, now: f64, act: &mut dyn FnMut(Step<'_>)) {
        let Some(item) = self.items.get_mut(index) else {
            return;
        };
        match item.progress {
            Progress::Idle => {
                item.progress = Progress::Marking {
                    since: now,
                    granted: false,
                };
                self.next_mark = now + BETWEEN_MS;
                let map = MapName::waiting(&item.conversation);
                act(Step::Mark(&map, &item.conversation));
            }
            // The mark is still fresh.
            Progress::Marked { since } if now < since + MARK_LASTS_MS => {
                item.back_off(now);
                item.progress = Progress::Checking;
                self.next_check = now + BETWEEN_MS;
                act(Step::Check(&item.conversation));
            }
            // The write of the mark took too long.
            _ => item.back_off(now),
        }
    }

    /// Returns the time of the next [`Self::tick`] that has something to do.
    #[must_use]
    pub fn next_tick(&self) -> Option<f64> {
        match self.mode {
            Mode::Refused => return Some(0.0),
            Mode::Off => return None,
            Mode::On => {}
        }
        let next = self.next().map_or(f64::INFINITY, |(_, at)| at);
        let read_at = self.read_at.filter(|_| self.connected);
        Some(read_at.unwrap_or(next).min(next)).filter(|due| due.is_finite())
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut WaitingItem> {
        let mut items = self.items.iter_mut();
        items.find(|item| item.conversation.as_str() == key)
    }
}

/// Continues an FNV-1a hash.
fn hash(before: u32, text: &str) -> u32 {
    let mut hash = before;
    for byte in text.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

const HASH_OF_NOTHING: u32 = 0x811c_9dc5;

/// Returns the pause after the try `number` in a row, in milliseconds.
fn pause_ms(number: u32) -> f64 {
    let doublings = number.clamp(1, 4) - 1;
    f64::from((FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS))
}
