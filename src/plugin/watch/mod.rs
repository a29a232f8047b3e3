//! Watches the conversations that wait for an agent, and says when this desktop is to ask the Function about one of them.
//!
//! For each of them there is an item in a Sync map (the Functions' side is `crate::waiting`). Its `askAt` is the time at which the
//! Function is to be asked, unless somebody has looked after the conversation by then. Every open desktop sees the item, and
//! one of them asks:
//!
//! 1. Each desktop waits some seconds longer, by a hash of its worker and the conversation.
//! 2. It claims the item: it writes its mark there, on condition that the item has not changed.
//! 3. The desktop whose mark was written asks. The others see the mark, and stand back while it is fresh.
//!
//! Every agent's browser can write these items, so no value in one gives a right or is relied upon: whatever it says, a desktop
//! asks within a minute after it has seen it, and not more often than every 20 s.
//!
//! [`Watch`] knows all items, and [`item`] when one may be claimed. Neither knows a clock: times come in, in milliseconds since
//! 1970.

pub mod item;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(test)]
mod tests;

use self::item::{State, WaitingItem, MARK_LASTS};
use super::json::{whole, Json};
use crate::sid::ConversationSid;
use crate::sync_name::MapName;

/// The most conversations that are claimed or asked about at the same time.
const UNDER_WAY: usize = 4;

/// The time between two claims, and between two questions, in milliseconds.
const BETWEEN: f64 = 500.0;

/// The longest time that a desktop waits beyond the time at which everybody may claim an item, in milliseconds.
const SPREAD: u32 = 8_000;

/// The first pause after a failure, and the longest, in milliseconds.
const FIRST_PAUSE: u32 = 20_000;
const LONGEST_PAUSE: u32 = 120_000;

/// No item, ever.
const NEVER: (usize, f64) = (0, f64::INFINITY);

/// The pause after a map could not be read, in milliseconds. The SDK has tried again and again by then.
const READ_AGAIN_AFTER: f64 = 60_000.0;

/// One thing for the shim to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Read a map.
    Read(&'a MapName),
    /// Write a mark into the item of a map, on condition that the item has not changed. [`Watch::hear`] says whether to.
    Claim(&'a MapName, &'a ConversationSid),
    /// Ask the Function about a conversation.
    Check(&'a ConversationSid),
    /// Warn engineers that Sync forbids the watch.
    Refused,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Status {
    #[default]
    Off,
    On,
    /// Sync forbids it, and nobody has been told.
    Refused,
}

/// The watch of one desktop.
#[derive(Debug, Default)]
pub struct Watch {
    /// The hash of the worker.
    worker: u32,
    status: Status,
    connected: bool,
    items: Vec<WaitingItem>,
    next_claim: f64,
    next_check: f64,
    /// Counts the times that all maps were read.
    reads: u32,
    /// When they are read again, if they are.
    read_at: Option<f64>,
}

impl Watch {
    /// A watch that has not begun.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            worker: 0,
            status: Status::Off,
            connected: false,
            items: Vec::new(),
            next_claim: 0.0,
            next_check: 0.0,
            reads: 0,
            read_at: None,
        }
    }

    /// Takes an event as the shim has it: a list of its kind, the name of a map or the key of an item, a value and a flag. Returns
    /// the time to write as a mark, where the event is a claim and this desktop may write it.
    pub fn hear(&mut self, event: &Json, now: f64) -> Option<f64> {
        let Json::List(parts) = event else {
            return None;
        };
        let part = |place| parts.get(place).unwrap_or(&Json::Null);
        let text = |place| match part(place) {
            Json::Text(text) => text.as_str(),
            _ => "",
        };
        let (name, value) = (text(1), part(2));
        let flag = matches!(part(3), Json::Bool(true));
        match text(0) {
            "start" => {
                *self = Self {
                    worker: hash(HASH_OF_NOTHING, name),
                    status: Status::On,
                    ..Self::new()
                }
            }
            "connection" => self.connection(flag && name == "connected", now),
            "page" => self.page(name, value, flag, now),
            "fail" => self.fail(value, now),
            "put" => self.put(name, value, now),
            "take" => self.remove(&|item| item.conversation.as_str() == name),
            "clear" => self.remove(&|item| item.is_in(name)),
            "claim" => return self.claim(name, value, now).then_some(now),
            "claimed" => self.claimed(name, value, now),
            "checked" => self.checked(name),
            "stop" => self.status = Status::Off,
            // Time has passed.
            _ => {}
        }
        None
    }

    /// The connection has changed. When it is back, all maps are read.
    fn connection(&mut self, connected: bool, now: f64) {
        if connected && !self.connected {
            self.read_at = Some(now);
        }
        self.connected = connected;
    }

    /// A page of the last read of a map has come; `last`: there is none after it.
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

    /// A map could not be read; `status` is Sync's HTTP status if there was an answer.
    fn fail(&mut self, status: &Json, now: f64) {
        self.refuse(status);
        self.read_at = Some(now + READ_AGAIN_AFTER);
    }

    /// Gives up where Sync forbids: the next try would be refused too.
    fn refuse(&mut self, status: &Json) {
        let is_forbidden = matches!(status, Json::Number(code) if whole(*code) == Some(403));
        if is_forbidden && self.status == Status::On {
            self.status = Status::Refused;
        }
    }

    /// An item of a map has come or changed; see [`WaitingItem::update`]. An item that does not belong there is passed over.
    fn put(&mut self, map: &str, item: &Json, now: f64) {
        let key = item.get_text("key").unwrap_or_default();
        if self.get_mut(key).is_none() {
            let Ok(conversation) = ConversationSid::parse(key) else {
                return;
            };
            let spread = f64::from(hash(self.worker, key) % SPREAD);
            self.items.push(WaitingItem::new(conversation, spread));
        }
        let reads = self.reads;
        if let Some(known) = self.get_mut(key).filter(|known| known.is_in(map)) {
            known.met = reads;
            known.update(item, now);
        }
    }

    /// Items have gone.
    fn remove(&mut self, which: &dyn Fn(&WaitingItem) -> bool) {
        for item in &mut self.items {
            if which(item) {
                item.state = State::Gone;
            }
        }
    }

    /// Returns true if the mark may be written over `data`, which is what the item holds now. Otherwise this desktop stands back.
    fn claim(&mut self, key: &str, data: &Json, now: f64) -> bool {
        let is_on = self.status == Status::On;
        let item = self.get_mut(key);
        item.is_some_and(|item| item.claim(data, now) && is_on)
    }

    /// A claim has ended: without a `status`, or with Sync's HTTP status where the mark could not be written.
    fn claimed(&mut self, key: &str, status: &Json, now: f64) {
        self.refuse(status);
        if let Some(item) = self.get_mut(key) {
            item.end_claim(matches!(status, Json::Null), now);
        }
    }

    /// A question has ended. What the Function has found shows in the item.
    fn checked(&mut self, key: &str) {
        if let Some(item) = self.get_mut(key) {
            if matches!(item.state, State::Checking) {
                item.state = State::Idle;
            }
        }
    }

    /// Does what is due, and hands each thing to do to `act`.
    pub fn tick(&mut self, now: f64, act: &mut dyn FnMut(Step<'_>)) {
        if self.status != Status::On {
            if self.status == Status::Refused {
                act(Step::Refused);
            }
            self.status = Status::Off;
            return;
        }
        // Nothing waits for a clock that was set back.
        self.next_claim = self.next_claim.min(now + BETWEEN);
        self.next_check = self.next_check.min(now + BETWEEN);
        while let Some(place) = self.items.iter().position(|item| item.is_over(now)) {
            self.items.swap_remove(place);
        }
        if self.connected && self.read_at.is_some_and(|at| now >= at) {
            self.read_at = None;
            self.reads += 1;
            for map in MapName::all_waiting() {
                act(Step::Read(&map));
            }
        }
        while let Some((place, _)) = self.next().filter(|(_, at)| now >= *at) {
            self.go_on(place, now, act);
        }
    }

    /// The next item about which something is to be done, and when.
    fn next(&self) -> Option<(usize, f64)> {
        let (mut idle, mut busy) = (NEVER, NEVER);
        let mut under_way = 0;
        for (place, item) in self.items.iter().enumerate() {
            let (next, at) = match item.state {
                State::Idle => (&mut idle, item.claim_at().max(self.next_claim)),
                State::Claiming { since, .. } => (&mut busy, since + MARK_LASTS),
                State::Claimed { .. } => (&mut busy, self.next_check),
                State::Checking => (&mut busy, f64::INFINITY),
                State::Gone => continue,
            };
            under_way += usize::from(!matches!(item.state, State::Idle));
            if at < next.1 {
                *next = (place, at);
            }
        }
        if self.connected && under_way < UNDER_WAY && idle.1 < busy.1 {
            busy = idle;
        }
        Some(busy).filter(|(_, at)| at.is_finite())
    }

    /// Does what is due about an item.
    fn go_on(&mut self, place: usize, now: f64, act: &mut dyn FnMut(Step<'_>)) {
        let Some(item) = self.items.get_mut(place) else {
            return;
        };
        match item.state {
            State::Idle => {
                item.state = State::Claiming {
                    since: now,
                    granted: false,
                };
                self.next_claim = now + BETWEEN;
                let map = MapName::waiting(&item.conversation);
                act(Step::Claim(&map, &item.conversation));
            }
            // The mark is fresh.
            State::Claimed { since } if now < since + MARK_LASTS => {
                item.back_off(now);
                item.state = State::Checking;
                self.next_check = now + BETWEEN;
                act(Step::Check(&item.conversation));
            }
            // It took too long.
            _ => item.back_off(now),
        }
    }

    /// When [`Self::tick`] has something to do next.
    #[must_use]
    pub fn next_tick(&self) -> Option<f64> {
        match self.status {
            Status::Refused => return Some(0.0),
            Status::Off => return None,
            Status::On => {}
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

/// Goes on with an FNV-1a hash.
fn hash(before: u32, text: &str) -> u32 {
    let mut hash = before;
    for byte in text.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

const HASH_OF_NOTHING: u32 = 0x811c_9dc5;

/// The pause after the failure `number` in a row, in milliseconds.
fn pause(number: u32) -> f64 {
    let doublings = number.clamp(1, 4) - 1;
    f64::from((FIRST_PAUSE << doublings).min(LONGEST_PAUSE))
}
