//! The reading of a Sync map by several readers side by side, each of which reads a range of keys, page after page.
//!
//! A map of conversations has SIDs as keys, and Sync lists a map in the order of its keys, from a given key on. The first reader
//! begins with the first page. If more pages follow, another one reads the last page, so that the range between the two is known. It
//! is halved as often as it seems to have pages, and a reader that has come to the end of its range takes over half of another's.
//!
//! Sync's documentation does not say whether a read may begin at a key that no item has. So each page is checked, and after a page
//! or a failure that does not fit, the first reader reads everything alone: see `Ranges::alone`.
//!
//! Source: <https://www.twilio.com/docs/sync/api/map-item-resource> (`From`, `Order`), and
//! <https://www.twilio.com/docs/sync/limits>: 20 reads of an object a second, over ten seconds.

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;

use crate::sid::ConversationSid;

/// The most readers at a time. Each has one request under way, and 200 requests are allowed in ten seconds.
const READERS: usize = 8;

/// The name of the first reader, which starts at the first key. A reader that starts at a key has the key as its name.
pub const FIRST: &str = "";

/// The name of the reader that reads the last page, in descending order.
pub const LAST: &str = "-";

/// The keys of a page: the first one, the last one, and a flag for the last page of all.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The key of the first item. `None`: the page is empty.
    pub first: Option<&'a str>,
    /// The key of the last item.
    pub last: Option<&'a str>,
    /// True if no page follows.
    pub is_end: bool,
}

/// A reader.
#[derive(Debug, Default)]
struct Reader {
    name: String,
    /// The place of the last key that it has read, or else of its first one; see [`place`].
    at: u64,
    /// The distance between the first and the last key of its last page; 0 before the first page.
    width: u64,
    /// The key before which it ends. `None`: it reads to the last key.
    end: Option<String>,
}

/// The readers of one read.
#[derive(Debug, Default)]
pub struct Ranges {
    readers: Vec<Reader>,
    /// True if the last page has been asked for, or shall not be.
    is_split: bool,
    /// The number of pages after which their readers have gone on.
    pages: usize,
    /// The number of readers that have taken over a part of another's range.
    started: usize,
}

impl Ranges {
    /// Starts the first reader.
    #[must_use]
    pub fn new() -> Self {
        Self {
            readers: vec![Reader::default()],
            ..Self::default()
        }
    }

    /// Returns true if everything has been read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.readers.is_empty()
    }

    /// Takes a page of a reader. Adds the names of the readers whose next page is wanted to `next`: the same one for the page that
    /// follows this one, or others for their first pages.
    pub fn page(&mut self, name: &str, page: Page<'_>, next: &mut Vec<String>) {
        let Some(index) = self.index(name) else {
            return;
        };
        if name == LAST {
            self.readers.remove(index);
            self.split(page, next);
            return;
        }
        let Some(reader) = self.readers.get_mut(index) else {
            return;
        };
        let (first, last) = (page.first.unwrap_or(name), page.last.unwrap_or(name));
        let Some(end) = &reader.end else {
            // It reads everything that is left, in whatever order.
            if page.is_end {
                self.readers.clear();
                return;
            }
            reader.read(first, last);
            self.pages += 1;
            next.push(name.into());
            if !std::mem::replace(&mut self.is_split, true) {
                self.readers.push(Reader::new(LAST.into(), 0, None));
                next.push(LAST.into());
            }
            return;
        };
        let is_through = last >= end.as_str();
        // An item at its end was there.
        if first < name || last < first || (page.is_end && !is_through) {
            self.alone(name, next);
            return;
        }
        if is_through {
            self.readers.remove(index);
            self.take_over(next);
        } else {
            reader.read(first, last);
            self.pages += 1;
            next.push(name.into());
        }
    }

    /// Takes a failure. Returns false if the whole read has failed.
    pub fn fail(&mut self, name: &str, next: &mut Vec<String>) -> bool {
        if name != FIRST && self.index(name).is_some() {
            self.alone(name, next);
            return true;
        }
        name != FIRST
    }

    /// Divides the keys between the first page and the last one, which begins with the last key.
    fn split(&mut self, page: Page<'_>, next: &mut Vec<String>) {
        let ([first], Some(top), Some(end)) = (self.readers.as_mut_slice(), page.first, page.last)
        else {
            return;
        };
        if top < end {
            return;
        }
        first.end = Some(end.into());
        for _ in 1..READERS {
            self.take_over(next);
        }
    }

    /// Starts another reader for half of the longest range, if that seems to have two pages more.
    ///
    /// Keys may lie so close together, with wide gaps between them, that most halves are empty. So there are few readers more than
    /// pages.
    fn take_over(&mut self, next: &mut Vec<String>) {
        if self.started >= READERS - 1 + self.pages / 2 {
            return;
        }
        let mut longest: Option<&mut Reader> = None;
        for reader in &mut self.readers {
            if longest
                .as_ref()
                .is_none_or(|other| other.rest() < reader.rest())
            {
                longest = Some(reader);
            }
        }
        let Some(reader) = longest else { return };
        let half = reader.rest() >> 1;
        if half <= reader.width {
            return;
        }
        let middle = reader.at + half;
        let name = sid(middle);
        let other = Reader {
            width: reader.width,
            ..Reader::new(name.clone(), middle, reader.end.replace(name.clone()))
        };
        next.push(name);
        self.readers.push(other);
        self.started += 1;
    }

    /// Lets the first reader read everything, from the start if it has ended.
    fn alone(&mut self, name: &str, next: &mut Vec<String>) {
        self.is_split = true;
        self.readers.retain(|reader| reader.name == FIRST);
        let has_ended = self.readers.is_empty();
        if has_ended {
            self.readers.push(Reader::default());
        }
        // Otherwise its next page is on its way.
        if has_ended || name == FIRST {
            next.push(FIRST.into());
        }
        for first in &mut self.readers {
            first.end = None;
        }
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.readers.iter().position(|reader| reader.name == name)
    }
}

impl Reader {
    fn new(name: String, at: u64, end: Option<String>) -> Self {
        Self {
            name,
            at,
            width: 0,
            end,
        }
    }

    fn read(&mut self, first: &str, last: &str) {
        self.at = place(last);
        self.width = self.at.saturating_sub(place(first));
    }

    fn rest(&self) -> u64 {
        let end = self.end.as_deref().map_or(0, place);
        end.saturating_sub(self.at)
    }
}

/// The digits of a SID that make its place: so many that no two conversations have the same ones.
const DIGITS: usize = 16;

/// Returns the place of a key in the order of SIDs, or of the part of it that is a conversation's SID.
fn place(key: &str) -> u64 {
    let digits = key
        .strip_prefix(ConversationSid::PREFIX)
        .unwrap_or_default();
    let mut place = 0;
    for index in 0..DIGITS {
        let digit = match digits.as_bytes().get(index) {
            Some(digit @ b'0'..=b'9') => digit - b'0',
            Some(digit @ b'a'..=b'f') => digit - b'a' + 10,
            _ => 0,
        };
        place = place << 4 | u64::from(digit);
    }
    place
}

/// Returns the first SID at a place.
fn sid(mut place: u64) -> String {
    let mut digits = [b'0'; 2 * DIGITS];
    for digit in digits.iter_mut().take(DIGITS).rev() {
        let value = u8::try_from(place & 15).unwrap_or_default();
        *digit = if value < 10 { b'0' } else { b'a' - 10 } + value;
        place >>= 4;
    }
    let mut sid = String::from(ConversationSid::PREFIX);
    sid.extend(digits.into_iter().map(char::from));
    sid
}
