//! The parked conversations of a supervisor's agents: the rows of all their lists in one order, searched and filtered.
//!
//! There is no index of the account's rows: each agent's own Sync map is read, because a team of 15 is 15 maps and not the account.
//!
//! | part | module |
//! |---|---|
//! | the agents, and the reading of their maps side by side | [`agents`] |
//! | conversations that need attention | [`alerts`] |
//! | the supervisor's choices, after a reload or from an address | [`saved`] |
//! | the data for the view | [`view`], `survey` |
//!
//! [`Team`] joins them with the rows of [`super::list`]. It has no clock: each caller passes the time, in milliseconds since 1970.

pub mod agents;
pub mod alerts;
pub mod saved;
mod survey;
pub mod view;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(test)]
mod tests;

use self::agents::{Agent, Agents, Listed};
use self::alerts::{Limits, Notices};
use self::saved::{Choices, ON};
use self::view::{Lists, Scope};
use super::call::CallFailure;
use super::effect::ShimEffect;
use super::json::Json;
use super::list::announcer::{Announcer, Counts};
use super::list::entry::Entry;
use super::list::filter::Filters;
use super::list::is_over;
use super::list::order;
use super::list::ranges::{Page, FIRST};
use super::list::reading::Reading;
use super::list::resume::Resumes;
use super::list::rows::Rows;
use super::list::text::{Platform, Search};
use super::list::view::{Column, Row};
use crate::reply::{Refusal, Reply, Sees};
use crate::sid::{InvalidSid, WorkerSid};
use crate::sync_name::MapName;

/// The time between two readings of the Function that lists the agents, in milliseconds.
const AGENTS_MS: f64 = 60_000.0;

/// The time after which rows are drawn again for their times as seen from now, in milliseconds.
const REFRESH_MS: f64 = 30_000.0;

/// The HTTP status of an answer to somebody who may not read.
const FORBIDDEN: u16 = 403;

/// The place of an agent who is not known: no row has it.
const NOBODY: usize = usize::MAX;

/// The setup of a team.
#[derive(Debug)]
pub struct Setup {
    worker: WorkerSid,
    is_admin: bool,
    limits: Limits,
    /// The channels' names, by channel.
    channel_names: Json,
    choices: Choices,
}

impl Setup {
    /// Reads `workerSid`, `channelNames` (the channels' names in the supervisor's language), and `saved`, as [`Choices::each`] gives it.
    pub fn read(view: &Json, is_admin: bool, limits: Limits) -> Result<Self, InvalidSid> {
        Ok(Self {
            worker: WorkerSid::parse(view.get_text("workerSid").unwrap_or_default())?,
            is_admin,
            limits,
            channel_names: view.get("channelNames").clone(),
            choices: Choices::read(view.get("saved")),
        })
    }
}

/// A team.
#[derive(Debug)]
pub struct Team {
    worker: WorkerSid,
    is_admin: bool,
    limits: Limits,
    channel_names: Json,
    platform: Platform,
    agents: Agents,
    /// False if the supervisor sees agents of their team only. `None`: the Function has not said so yet.
    sees_all: Option<bool>,
    rows: Rows,
    /// Older rows of conversations that stand in another list too: they were just given.
    shadowed: Vec<Entry>,
    choices: Choices,
    /// The connection, and the reading of the agents.
    reading: Reading,
    announcer: Announcer,
    notices: Notices,
    /// The time at which the agents are listed again. Infinite while they are.
    agents_at: f64,
    /// The time at which a row changes by itself.
    changes_at: f64,
    /// The time at which rows were last drawn, if any are shown.
    told: Option<f64>,
    /// The HTTP status of the last failure to read a list.
    status: Option<u16>,
    /// True once all lists of the first scope have been read, or have failed.
    is_known: bool,
}

impl Team {
    /// Makes a team of which nothing is known yet.
    #[must_use]
    pub fn new(setup: Setup, platform: Platform, now: f64) -> Self {
        let choices = setup.choices;
        let mut rows = Rows::default();
        rows.set_search(Search::new(&(platform.fold)(&choices.search)));
        rows.set_sort(choices.sort);
        let mut team = Self {
            worker: setup.worker,
            is_admin: setup.is_admin,
            limits: setup.limits,
            channel_names: setup.channel_names,
            platform,
            agents: Agents::default(),
            sees_all: None,
            rows,
            shadowed: Vec::new(),
            choices,
            reading: Reading::new(now),
            announcer: Announcer::default(),
            notices: Notices::default(),
            agents_at: now,
            changes_at: f64::INFINITY,
            told: None,
            status: None,
            is_known: false,
        };
        team.match_again();
        team
    }

    // The agents.

    /// Returns true if the agents have to be listed now; the caller does it, and ends it with [`Self::listed`] or [`Self::not_listed`].
    pub fn wants_agents(&mut self, now: f64) -> bool {
        let is_due = now >= self.agents_at;
        if is_due {
            self.agents_at = f64::INFINITY;
            if !self.agents.is_complete() {
                self.reading.begin(now);
            }
        }
        is_due
    }

    /// Takes the answer of the Function. Returns the `next` for the next page, if one follows.
    pub fn answered(&mut self, answered: Result<Reply, CallFailure>, now: f64) -> Option<String> {
        match answered {
            Ok(Reply::Team { sees, agents, next }) => {
                let agents = agents.into_iter().map(Listed::from).collect();
                self.listed(sees == Sees::All, agents, next.is_none(), now);
                return next;
            }
            Err(CallFailure::Refused(Refusal::NotAllowed)) => {
                self.not_listed(Some(FORBIDDEN), now);
            }
            _ => self.not_listed(None, now),
        }
        None
    }

    /// Takes a page of the agents.
    pub fn listed(&mut self, sees_all: bool, page: Vec<Listed>, is_last: bool, now: f64) {
        self.sees_all = Some(sees_all);
        self.agents.page(page, self.platform.fold, is_last);
        if is_last {
            self.agents_at = now + AGENTS_MS;
        }
        self.match_again();
        self.note_known(now);
    }

    /// Takes the failure to list them, with the HTTP status of the answer if there was one. Those who are known stay.
    pub fn not_listed(&mut self, status: Option<u16>, now: f64) {
        self.agents.give_up();
        self.agents_at = now + AGENTS_MS;
        if !self.agents.is_complete() {
            self.reading.fail(FIRST, status, &mut Vec::new());
        }
    }

    // The lists.

    /// Takes a change of the connection; see [`Reading::connection`]. Once it is there again, all lists are read again.
    pub fn connection(&mut self, online: bool, state: &str) {
        if self.reading.connection(online, state) {
            self.agents.read_again(false);
        }
    }

    /// Returns the maps to read now, with the places of their owners.
    pub fn next(&mut self, now: f64) -> Vec<(usize, MapName)> {
        if !self.reading.is_connected() {
            return Vec::new();
        }
        let reach = self.reach();
        let places = self.agents.next(&|agent| is_within(reach, agent), now);
        let all = self.agents.all();
        let map = |place: usize| Some((place, MapName::list_of(&all.get(place)?.listed.sid)));
        places.into_iter().filter_map(map).collect()
    }

    /// Begins a read of the owner's map. Returns its number.
    pub fn begin(&mut self, owner: usize) -> u32 {
        let agent = self.agents.get_mut(owner);
        agent.map_or(0, |agent| agent.source.begin())
    }

    /// Takes a page of a read. Returns true if the next one is wanted.
    pub fn page(
        &mut self,
        (owner, read): (usize, u32),
        items: &Json,
        is_end: bool,
        resumes: &mut Resumes,
        now: f64,
    ) -> bool {
        if !self.is_current(owner, read) {
            return false;
        }
        self.shown();
        if let Json::List(items) = items {
            for item in items {
                self.put(owner, item, resumes, now);
            }
        }
        if is_end {
            let was_known = self.source_is_known(owner);
            if let Some(agent) = self.agents.get_mut(owner) {
                agent.source.end();
            }
            if was_known {
                self.retain(owner, &|entry| entry.met == read, resumes, now);
            }
            self.note_known(now);
        }
        !is_end
    }

    /// Takes the failure of a read, with Sync's HTTP status if there was an answer.
    pub fn fail(
        &mut self,
        (owner, read): (usize, u32),
        status: Option<u16>,
        resumes: &mut Resumes,
        now: f64,
    ) {
        if !self.is_current(owner, read) {
            return;
        }
        self.status = status;
        let agent = self.agents.get_mut(owner);
        if agent.is_some_and(|agent| agent.source.fail(status, now)) {
            self.clear(owner, resumes, now);
        }
        self.note_known(now);
    }

    /// Puts in an item of the owner's list that is new or has changed; see [`Entry::read`].
    pub fn put(&mut self, owner: usize, item: &Json, resumes: &mut Resumes, now: f64) {
        let names = &self.channel_names;
        let name = |channel: &str| names.get_text(channel).unwrap_or(channel).to_owned();
        let Some(mut entry) = Entry::read(item, now, self.platform, name) else {
            return;
        };
        // Sync removes an expired item only some time later.
        if is_over(&entry, now) {
            self.take(owner, &entry.key, resumes, now);
            return;
        }
        let Some(agent) = self.agents.all().get(owner) else {
            return;
        };
        entry.belong_to(owner, &agent.folded);
        entry.met = agent.source.number();
        let is_news = agent.source.is_known() && is_within(self.reach(), agent);
        let is_here = |other: &Entry| other.key == entry.key && other.owner == owner;
        self.shadowed.retain(|other| !is_here(other));
        let mut was_unheard = false;
        if let Some(known) = self.rows.get(&entry.key) {
            was_unheard = known.is_unheard();
            if known.owner == owner {
                entry.keep_last_message(known, self.platform);
            } else if known.written_at > entry.written_at {
                self.shadowed.push(entry);
                return;
            } else {
                self.shadowed.push(known.clone());
            }
        }
        let is_unheard = entry.is_unheard();
        self.note_changes(&entry, is_news, now);
        let is_new = self.rows.put(entry);
        if is_news && is_unheard && !was_unheard {
            self.announcer.unheard(now);
        } else if is_news && is_new {
            self.announcer.came(now);
        }
    }

    /// Takes an item out of the owner's list. If the conversation stands in another list too, that row is shown now.
    pub fn take(&mut self, owner: usize, key: &str, resumes: &mut Resumes, now: f64) {
        let is_it = |entry: &Entry| entry.owner == owner && entry.key == key;
        self.take_if(&is_it, resumes, now);
    }

    /// Takes out all items of the owner's list: the map itself has gone.
    pub fn clear(&mut self, owner: usize, resumes: &mut Resumes, now: f64) {
        self.retain(owner, &|_| false, resumes, now);
    }

    fn retain(
        &mut self,
        owner: usize,
        keep: &dyn Fn(&Entry) -> bool,
        resumes: &mut Resumes,
        now: f64,
    ) {
        let goes = |entry: &Entry| entry.owner == owner && !keep(entry);
        self.take_if(&goes, resumes, now);
    }

    fn take_if(&mut self, goes: &dyn Fn(&Entry) -> bool, resumes: &mut Resumes, now: f64) {
        self.shadowed.retain(|entry| !goes(entry));
        let gone = self.rows.all().iter().filter(|entry| goes(entry));
        let gone: Vec<String> = gone.map(|entry| entry.key.clone()).collect();
        let mut count = 0;
        for key in gone {
            self.rows.take(&key);
            if let Some(place) = self.shadowed.iter().position(|entry| entry.key == key) {
                self.rows.put(self.shadowed.remove(place));
            } else {
                count += 1;
                resumes.row_went(&key);
            }
        }
        if self.is_known {
            self.announcer.went(count, now);
        }
    }

    /// Counts the lists that are followed.
    fn lists(&self) -> Lists {
        let mut lists = Lists::default();
        for (_, agent) in self.agents.listed() {
            if is_within(self.reach(), agent) {
                lists.all += 1;
                lists.failed += u32::from(agent.source.has_failed());
            }
        }
        lists
    }

    fn is_current(&self, owner: usize, read: u32) -> bool {
        let agent = self.agents.all().get(owner);
        agent.is_some_and(|agent| agent.source.is_current(read))
    }

    fn source_is_known(&self, owner: usize) -> bool {
        let agent = self.agents.all().get(owner);
        agent.is_some_and(|agent| agent.source.is_known())
    }

    /// Ends the state before the first rows.
    fn shown(&mut self) {
        let page = Page {
            first: None,
            last: None,
            is_end: true,
        };
        self.reading.page(FIRST, page, &mut Vec::new());
    }

    /// Once all has been read: announces that, and looks at what needs attention.
    fn note_known(&mut self, now: f64) {
        if self.is_reading() {
            return;
        }
        let lists = self.lists();
        if lists.failed > 0 && lists.failed == lists.all {
            self.reading.fail(FIRST, self.status, &mut Vec::new());
        } else {
            self.shown();
        }
        self.changes_at = now;
        if !std::mem::replace(&mut self.is_known, true) {
            self.announcer.loaded(now);
        }
    }

    // The supervisor's choices.

    /// Returns the scopes that the supervisor has.
    #[must_use]
    pub fn scopes(&self) -> Vec<Scope> {
        let has = |scope: &Scope| match scope {
            Scope::Mine => true,
            Scope::Team => !self.has_no_team(),
            Scope::All => self.sees_all != Some(false),
        };
        let scopes = [Scope::Mine, Scope::Team, Scope::All];
        scopes.into_iter().filter(has).collect()
    }

    /// Returns true if the supervisor belongs to no team, as far as is known.
    #[must_use]
    pub fn has_no_team(&self) -> bool {
        self.agents.is_complete() && !self.agents.listed().any(|(_, agent)| agent.listed.is_mine)
    }

    /// Returns the scope that is shown: the chosen one, or else that of the supervisor's role.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let chosen = self.choices.scope;
        let chosen = chosen.filter(|scope| self.scopes().contains(scope));
        chosen.unwrap_or_else(|| self.first_scope())
    }

    fn first_scope(&self) -> Scope {
        let [first, second] = if self.is_admin {
            [Scope::All, Scope::Team]
        } else {
            [Scope::Team, Scope::All]
        };
        let scopes = self.scopes();
        let found = [first, second].into_iter().find(|one| scopes.contains(one));
        found.unwrap_or(Scope::Mine)
    }

    /// Returns the scope whose lists are followed. While supervisors look at their own list, they hear of the others.
    fn reach(&self) -> Scope {
        match self.scope() {
            Scope::Mine => self.first_scope(),
            scope => scope,
        }
    }

    /// Shows the rows of a scope.
    pub fn set_scope(&mut self, scope: &str, now: f64) {
        self.choices.scope = Scope::named(scope);
        self.match_again();
        self.announcer.searched(now);
    }

    /// Shows only rows that hold `text`.
    pub fn search(&mut self, text: String, now: f64) {
        self.rows
            .set_search(Search::new(&(self.platform.fold)(&text)));
        self.choices.search = text;
        self.announcer.searched(now);
    }

    /// Shows only rows with a value, or with any: `name` is that of a field of [`Choices`].
    pub fn filter(&mut self, name: &str, value: Option<String>, now: f64) {
        let choices = &mut self.choices;
        match name {
            "agent" => choices.agent = value.and_then(|sid| WorkerSid::parse(sid).ok()),
            "queue" => choices.queue = value,
            "channel" => choices.channel = value,
            "reason" => choices.reason = value,
            "overdue" => choices.overdue = value.as_deref() == Some(ON),
            "unanswered" => choices.unanswered = value.as_deref() == Some(ON),
            _ => {}
        }
        self.match_again();
        self.announcer.searched(now);
    }

    /// Sorts by a column, which is named as [`Column`] is serialized.
    pub fn sort(&mut self, column: &str) {
        let column = Column::named(column).unwrap_or(Column::Waiting);
        let sort = order::after_click(self.choices.sort, column);
        self.choices.sort = sort;
        self.rows.set_sort(sort);
    }

    /// Passes the choices on to the rows.
    fn match_again(&mut self) {
        let reach = self.reach();
        let choices = &self.choices;
        let all = self.agents.all();
        let place = |sid: &WorkerSid| self.agents.place(sid.as_str()).unwrap_or(NOBODY);
        let filters = Filters {
            scope: all.iter().map(|agent| is_within(reach, agent)).collect(),
            owner: choices.agent.as_ref().map(place),
            channel: choices.channel.clone(),
            queue: choices.queue.clone(),
            reason: choices.reason.clone(),
            overdue: choices.overdue,
            unheard: choices.unanswered,
        };
        if *self.rows.filters() != filters {
            self.rows.set_filters(filters);
        }
    }

    /// Reads again what could not be read.
    pub fn retry(&mut self, now: f64) {
        self.agents.read_again(true);
        self.reading.begin(now);
        if !self.agents.is_complete() && self.agents_at.is_finite() {
            self.agents_at = now;
        }
    }

    // Time.

    /// Does everything that is due. Returns the notifications to show.
    pub fn tick(&mut self, resumes: &mut Resumes, now: f64) -> Vec<ShimEffect> {
        self.take_if(&|entry| is_over(entry, now), resumes, now);
        self.pass(now);
        self.reading.tick(now);
        // The view asks for the rows again after this, if it still shows any.
        self.told = self.told.filter(|told| now < told + REFRESH_MS);
        if self.announcer.is_due(now) {
            let survey = self.survey(now, now);
            let counts = Counts {
                unheard: survey.totals.unheard as usize,
                matching: self.rows.matching().len(),
                total: survey.totals.parked as usize,
            };
            self.announcer.say(counts, now);
        }
        if self.is_reading() {
            return Vec::new();
        }
        let counts = self.alert_counts(now);
        self.notices.take(counts, now)
    }

    /// Puts the rows in their new places whose kept time or own time has come.
    fn pass(&mut self, now: f64) {
        let mut has_changed = false;
        self.changes_at = f64::INFINITY;
        let mut changes_at = f64::INFINITY;
        for entry in self.rows.all() {
            has_changed |= entry.end_kept_time(now);
            has_changed |= entry.become_overdue(now);
            changes_at = changes_at.min(self.changes(entry, now));
        }
        self.changes_at = changes_at;
        if has_changed {
            self.rows.set_sort(self.choices.sort);
        }
    }

    /// Notes the time at which a row changes by itself: now, if it is news that it needs attention.
    fn note_changes(&mut self, entry: &Entry, is_news: bool, now: f64) {
        let is_on = is_news && self.is_alerting(entry, now);
        let changes = if is_on { now } else { self.changes(entry, now) };
        self.changes_at = self.changes_at.min(changes);
    }

    /// Returns the next time at which a row changes by itself.
    fn changes(&self, entry: &Entry, now: f64) -> f64 {
        let data = &entry.data;
        let [first, second, third] = self.limits.of(entry).map(|alert| alert.from);
        let kept_until = data.kept_until.filter(|_| entry.kept.get());
        let times = [
            data.park.expires_at,
            kept_until,
            entry.returns_at(),
            first,
            second,
            third,
        ];
        let ahead = times.into_iter().flatten().filter(|time| *time > now);
        ahead.fold(f64::INFINITY, f64::min)
    }

    /// Returns the time at which [`Self::tick`], [`Self::next`] or [`Self::wants_agents`] has something to do. Once they were called, it is
    /// ahead: what cannot be done now does not count, or the page would call them again and again.
    #[must_use]
    pub fn next_tick(&self) -> Option<f64> {
        let mut due = self.changes_at.min(self.agents_at);
        let retry = self.agents.next_retry();
        let notice = self.notices.next();
        for at in [
            self.reading.deadline(),
            self.announcer.due(),
            // They are looked at again when all has been read.
            notice.filter(|_| !self.is_reading()),
            // After a lost connection all lists are read again.
            retry.filter(|_| self.reading.is_connected()),
            self.told.map(|told| told + REFRESH_MS),
        ] {
            due = due.min(at.unwrap_or(due));
        }
        Some(due).filter(|due| due.is_finite())
    }

    // Rows.

    /// Returns the rows from the place `from` to before `to` of those that match.
    pub fn rows(&mut self, from: usize, to: usize, resumes: &Resumes, now: f64) -> Vec<Row> {
        let matching = self.rows.matching();
        let shown = matching.iter().take(to).skip(from);
        let rows: Vec<Row> = shown.map(|entry| self.row(entry, resumes, now)).collect();
        self.told = (!rows.is_empty()).then_some(now);
        rows
    }

    /// Returns the rows of one agent's list; who waits longest comes first.
    #[must_use]
    pub fn rows_of(&self, sid: &str, resumes: &Resumes, now: f64) -> Vec<Row> {
        let owner = self.agents.place(sid).unwrap_or(NOBODY);
        let mut entries: Vec<&Entry> = Vec::new();
        for entry in self.rows.all().iter().filter(|entry| entry.owner == owner) {
            let place = entries.partition_point(|other| {
                order::compare(order::WAITING_FIRST, other, entry).is_lt()
            });
            entries.insert(place, entry);
        }
        let row = |entry: &&Entry| self.row(entry, resumes, now);
        entries.iter().map(row).collect()
    }

    /// Returns the conversations of all rows that match, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.rows.matching().iter().map(|entry| entry.key.as_str())
    }

    /// Returns the place of a row among those that match.
    #[must_use]
    pub fn index_of(&self, key: &str) -> Option<usize> {
        self.rows.index_of(key)
    }

    /// Returns true if a conversation stands in any of the lists, or may do so while they are read.
    #[must_use]
    pub fn may_have(&self, key: &str) -> bool {
        self.is_reading() || self.rows.get(key).is_some()
    }

    fn row(&self, entry: &Entry, resumes: &Resumes, now: f64) -> Row {
        let mut row = Row::new(entry, &self.worker, resumes, now);
        if let Some(agent) = self.agents.all().get(entry.owner) {
            row.owner_sid = Some(agent.listed.sid.clone());
            row.owner = Some(agent.listed.name.clone());
        }
        for alert in self.limits.of(entry) {
            if alert.is_on(now) {
                row.alerts.push(alert.reason);
            }
        }
        row
    }

    fn is_alerting(&self, entry: &Entry, now: f64) -> bool {
        let alerts = self.limits.of(entry);
        alerts.iter().any(|alert| alert.is_on(now))
    }

    /// Returns true if lists are still being read for the first time.
    fn is_reading(&self) -> bool {
        let reach = self.reach();
        let mut listed = self.agents.listed();
        !self.agents.is_complete()
            || listed.any(|(_, agent)| is_within(reach, agent) && agent.source.is_awaited())
    }
}

/// Returns true if an agent's list belongs to a scope.
fn is_within(scope: Scope, agent: &Agent) -> bool {
    agent.is_there
        && match scope {
            Scope::Team => agent.listed.is_mine,
            Scope::All => true,
            Scope::Mine => false,
        }
}
