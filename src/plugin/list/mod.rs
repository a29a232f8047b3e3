//! The agent's list of parked conversations: its rows, their order, the search, and the announcements.
//!
//! | part | module |
//! |---|---|
//! | an item of the Sync map, read | [`entry`] |
//! | all rows, in their order, and those that match | [`rows`], [`order`], [`filter`], [`text`] |
//! | the state of the reading of the map, by readers side by side | [`reading`], [`ranges`] |
//! | the reminder of the oldest row | `oldest` |
//! | conversations that the agent has asked for | [`resume`] |
//! | the data for the view, and the announcements | [`view`], [`time`], [`announcer`] |
//!
//! [`List`] joins them. It has no clock: each caller passes the time, in milliseconds since 1970.

pub mod announcer;
pub mod entry;
pub mod filter;
mod oldest;
pub mod order;
pub mod ranges;
pub mod reading;
pub mod resume;
pub mod rows;
pub mod text;
pub mod time;
pub mod view;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(test)]
mod tests;

use self::announcer::{Announcer, Counts};
use self::entry::Entry;
use self::filter::Filters;
use self::ranges::Page;
use self::reading::Reading;
use self::resume::{Answer, Resumes, Room, WaitStep};
use self::rows::Rows;
use self::text::{Platform, Search};
use self::view::{ChannelCount, Column, Direction, ListView, Row, Sort};
use super::json::Json;
use crate::sid::{InvalidSid, WorkerSid};
use crate::sync_name::MapName;

/// The time after which rows are drawn again for their times as seen from now, in milliseconds.
const REFRESH_MS: f64 = 30_000.0;

/// The setup of a list.
#[derive(Debug)]
pub struct Setup {
    worker: WorkerSid,
    auto_accept: bool,
    /// The channels' names, by channel.
    channel_names: Json,
    /// The search, the filter and the order of the page before a reload.
    saved: Json,
}

impl Setup {
    /// Reads `workerSid`, `autoAccept`, `channelNames` (the channels' names in the agent's language), and `saved`: `search`, `filter`
    /// and `sort` as [`List::view`] had them.
    pub fn read(view: &Json) -> Result<Self, InvalidSid> {
        Ok(Self {
            worker: WorkerSid::parse(view.get_text("workerSid").unwrap_or_default())?,
            auto_accept: matches!(view.get("autoAccept"), Json::Bool(true)),
            channel_names: view.get("channelNames").clone(),
            saved: view.get("saved").clone(),
        })
    }

    fn channel_name<'a>(&'a self, channel: &'a str) -> &'a str {
        self.channel_names.get_text(channel).unwrap_or(channel)
    }
}

/// The list.
#[derive(Debug)]
pub struct List {
    setup: Setup,
    platform: Platform,
    rows: Rows,
    reading: Reading,
    resumes: Resumes,
    announcer: Announcer,
    search: String,
    /// True if the whole map has been read once: later changes are news.
    known: bool,
    /// The time at which rows were last drawn, if any are shown.
    told: Option<f64>,
}

impl List {
    /// Makes an empty list, before anything has been read.
    #[must_use]
    pub fn new(setup: Setup, platform: Platform, now: f64) -> Self {
        let mut list = Self {
            setup,
            platform,
            rows: Rows::default(),
            reading: Reading::new(now),
            resumes: Resumes::default(),
            announcer: Announcer::default(),
            search: String::new(),
            known: false,
            told: None,
        };
        list.restore();
        list
    }

    fn restore(&mut self) {
        let saved = std::mem::take(&mut self.setup.saved);
        let search = saved.get_text("search").unwrap_or_default();
        self.rows
            .set_search(Search::new(&(self.platform.fold)(search)));
        self.search = search.into();
        let channel = saved.get_text("filter").map(Into::into);
        self.rows.set_filters(Filters::of_channel(channel));
        let sort = saved.get("sort");
        if let Some(column) = sort.get_text("column") {
            let is_ascending = sort.get_text("direction") == Some("ascending");
            self.rows.set_sort(Sort {
                column: Column::named(column).unwrap_or(Column::ParkedAt),
                direction: if is_ascending {
                    Direction::Ascending
                } else {
                    Direction::Descending
                },
            });
        }
    }

    /// Returns the name of the Sync map to read.
    #[must_use]
    pub fn map_name(&self) -> MapName {
        MapName::list_of(&self.setup.worker)
    }

    /// Takes a change of the connection; see [`Reading::connection`].
    pub fn connection(&mut self, online: bool, state: &str) -> bool {
        self.reading.connection(online, state)
    }

    /// Begins a read of the whole map. Returns its number.
    pub fn begin(&mut self, now: f64) -> u32 {
        self.reading.begin(now)
    }

    /// Takes a page of a reader of the read `read`; `is_end`: no page follows. Returns the readers whose pages are wanted; see
    /// [`ranges::Ranges::page`].
    pub fn page(
        &mut self,
        (read, reader): (u32, &str),
        items: &Json,
        is_end: bool,
        now: f64,
    ) -> Vec<String> {
        let mut next = Vec::new();
        if !self.reading.is_current(read) {
            return next;
        }
        let items = match items {
            Json::List(items) => items.as_slice(),
            _ => &[],
        };
        for item in items {
            self.put(item, now);
        }
        let mut keys = items.iter().filter_map(|item| item.get_text("key"));
        let first = keys.next();
        let page = Page {
            first,
            last: keys.next_back().or(first),
            is_end,
        };
        self.reading.page(reader, page, &mut next);
        if self.reading.is_done() {
            self.reading.end();
            self.retain(&|entry| entry.met == read, now);
            if !std::mem::replace(&mut self.known, true) {
                match self.unheard() {
                    0 => self.announcer.loaded(now),
                    _ => self.announcer.unheard(now),
                }
            }
        }
        next
    }

    /// Takes the failure of a reader of the read `read`; see [`Reading::fail`].
    pub fn fail(&mut self, (read, reader): (u32, &str), status: Option<u16>) -> Vec<String> {
        let mut next = Vec::new();
        if self.reading.is_current(read) {
            self.reading.fail(reader, status, &mut next);
        }
        next
    }

    /// Puts in an item that is new or has changed; see [`Entry::read`].
    pub fn put(&mut self, item: &Json, now: f64) {
        let name = |channel: &str| self.setup.channel_name(channel).to_owned();
        let Some(mut entry) = Entry::read(item, now, self.platform, name) else {
            return;
        };
        // Sync removes an expired item only some time later.
        if is_over(&entry, now) {
            self.take(&entry.key, now);
            return;
        }
        entry.met = self.reading.number();
        let known = self.rows.get(&entry.key);
        let was_unheard = known.is_some_and(Entry::is_unheard);
        if let Some(known) = known {
            entry.keep_last_message(known, self.platform);
        }
        let is_unheard = entry.is_unheard();
        let is_new = self.rows.put(entry);
        if self.known && is_unheard && !was_unheard {
            self.announcer.unheard(now);
        } else if self.known && is_new {
            self.announcer.came(now);
        }
    }

    /// Takes out an item.
    pub fn take(&mut self, key: &str, now: f64) {
        if self.rows.take(key) {
            self.went(1, now);
        }
        self.resumes.row_went(key);
    }

    /// Takes out all items: the map itself has gone.
    pub fn clear(&mut self, now: f64) {
        self.retain(&|_| false, now);
    }

    fn retain(&mut self, keep: &dyn Fn(&Entry) -> bool, now: f64) {
        for entry in self.rows.all().iter().filter(|entry| !keep(entry)) {
            self.resumes.row_went(&entry.key);
        }
        let went = self.rows.retain(keep);
        self.went(went, now);
    }

    fn went(&mut self, count: usize, now: f64) {
        if self.known {
            self.announcer.went(count, now);
        }
    }

    /// Shows only rows that hold `text`.
    pub fn search(&mut self, text: String, now: f64) {
        self.rows
            .set_search(Search::new(&(self.platform.fold)(&text)));
        self.search = text;
        self.announcer.searched(now);
    }

    /// Shows only rows of a channel, or of all.
    pub fn filter(&mut self, channel: Option<String>, now: f64) {
        self.rows.set_filters(Filters::of_channel(channel));
        self.announcer.searched(now);
    }

    /// Sorts by a column, which is named as [`Column`] is serialized.
    pub fn sort(&mut self, column: &str) {
        let column = Column::named(column).unwrap_or(Column::ParkedAt);
        self.rows
            .set_sort(order::after_click(self.rows.sort(), column));
    }

    /// Takes the agent's wish to resume; see [`Resumes::wish`].
    pub fn wish(&mut self, key: &str, room: Room, now: f64) -> bool {
        self.resumes.wish(key, room, now)
    }

    /// Takes the conversations that wait for room; see [`Resumes::wait`]. `is_elsewhere` is true for one that stands in the list of
    /// another agent.
    pub fn wait(
        &mut self,
        keys: String,
        room: Room,
        is_elsewhere: &dyn Fn(&str) -> bool,
        now: f64,
    ) -> Option<WaitStep> {
        let (rows, known) = (&self.rows, self.known && !self.reading.is_under_way());
        let is_listed = |key: &str| !known || rows.get(key).is_some() || is_elsewhere(key);
        self.resumes.wait(keys, room, &is_listed, now)
    }

    /// Returns the conversations that the agent has asked for, from any list.
    pub fn resumes(&mut self) -> &mut Resumes {
        &mut self.resumes
    }

    /// Takes back the agent's wish to resume.
    pub fn cancel(&mut self, key: &str) {
        self.resumes.forget(key);
    }

    /// Marks the row of a conversation that the agent asks for.
    pub fn ask(&mut self, key: &str, now: f64) {
        self.resumes.ask(key, now);
    }

    /// Takes the result of the call. Returns true if it needs no notification, because the conversation opens by itself.
    pub fn answer(&mut self, key: &str, answer: Answer, now: f64) -> bool {
        let opens = answer == Answer::Coming && self.setup.auto_accept;
        let gone = answer == Answer::Gone;
        self.resumes.answer(key, answer, now);
        if gone {
            self.take(key, now);
        }
        opens
    }

    /// Takes the offer of a conversation's task to the agent. Returns true if the plugin accepts it for them.
    pub fn offer(&mut self, key: &str, now: f64) -> bool {
        self.resumes.offer(key, now) && self.setup.auto_accept
    }

    /// Takes the end of an offer that was not accepted.
    pub fn end(&mut self, key: &str) {
        self.resumes.end(key);
    }

    /// Does everything that is due.
    pub fn tick(&mut self, now: f64) {
        self.retain(&|entry| !is_over(entry, now), now);
        self.end_kept_times(now);
        self.reading.tick(now);
        // The view asks for the rows again after this, if it still shows any.
        self.told = self.told.filter(|told| now < told + REFRESH_MS);
        if self.announcer.is_due(now) {
            let counts = Counts {
                unheard: self.unheard(),
                matching: self.rows.matching().len(),
                total: self.rows.all().len(),
            };
            self.announcer.say(counts, now);
        }
        self.resumes.tick(now);
    }

    /// Puts the rows whose kept time has come in their new places.
    fn end_kept_times(&mut self, now: f64) {
        let mut changed = false;
        for entry in self.rows.all() {
            if entry.end_kept_time(now) {
                changed = true;
                if self.known && entry.is_unheard() {
                    self.announcer.unheard(now);
                }
            }
        }
        if changed {
            self.rows.set_sort(self.rows.sort());
        }
    }

    /// Returns the time at which [`Self::tick`] has something to do.
    #[must_use]
    pub fn next_tick(&self) -> Option<f64> {
        let mut due = f64::INFINITY;
        for at in [
            self.reading.deadline(),
            self.announcer.due(),
            self.resumes.next_tick(),
            self.told.map(|told| told + REFRESH_MS),
        ] {
            due = due.min(at.unwrap_or(due));
        }
        for entry in self.rows.all() {
            due = due.min(entry.data.park.expires_at.unwrap_or(due));
            let kept_until = entry.data.kept_until.filter(|_| entry.kept.get());
            due = due.min(kept_until.unwrap_or(due));
        }
        Some(due).filter(|due| due.is_finite())
    }

    /// Returns everything but the rows.
    #[must_use]
    pub fn view(&self) -> ListView {
        ListView {
            status: self.reading.status(),
            failure: self.reading.failure(),
            reading: self.reading.is_under_way(),
            total: self.rows.all().len(),
            unheard: self.unheard(),
            matching: self.rows.matching().len(),
            channels: self.channels(),
            search: self.search.clone(),
            filter: self.rows.filters().channel.clone(),
            sort: self.rows.sort(),
            announcement: self.announcer.said(),
        }
    }

    /// Counts the rows with an unheard message, without those that wait for a kept time.
    fn unheard(&self) -> usize {
        let rows = self.rows.all().iter();
        rows.filter(|entry| entry.is_unheard()).count()
    }

    fn channels(&self) -> Vec<ChannelCount> {
        let chosen = self.rows.filters().channel.as_deref();
        let chosen = chosen.map(ChannelCount::none_of);
        let mut channels: Vec<ChannelCount> = chosen.into_iter().collect();
        for entry in self.rows.all() {
            let place = channels.binary_search_by(|known| known.channel.cmp(&entry.channel));
            let place = place.unwrap_or_else(|place| {
                channels.insert(place, ChannelCount::none_of(&entry.channel));
                place
            });
            if let Some(known) = channels.get_mut(place) {
                known.count += 1;
            }
        }
        channels
    }

    /// Returns the rows from the place `from` to before `to` of those that match.
    pub fn rows(&mut self, from: usize, to: usize, now: f64) -> Vec<Row> {
        let matching = self.rows.matching();
        let shown = matching.iter().take(to).skip(from);
        let rows: Vec<Row> = shown.map(|entry| self.row(entry, now)).collect();
        self.told = (!rows.is_empty()).then_some(now);
        rows
    }

    /// Returns the place of a row among those that match.
    #[must_use]
    pub fn index_of(&self, key: &str) -> Option<usize> {
        self.rows.index_of(key)
    }

    fn row(&self, entry: &Entry, now: f64) -> Row {
        Row::new(entry, &self.setup.worker, &self.resumes, now)
    }
}

/// Returns true if a row has to leave the list.
pub(super) fn is_over(entry: &Entry, now: f64) -> bool {
    entry
        .data
        .park
        .expires_at
        .is_some_and(|expires| expires <= now)
}
