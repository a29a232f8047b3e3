//! Tests of the team as a whole.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_cmp,
    reason = "a panic is a failed test, and times are passed on as they are"
)]

use serde::Serialize;
use serde_json::{json, Value};

use super::agents::Listed;
use super::alerts::Limits;
use super::view::{AgentSum, FacetValue, Scope};
use super::{Setup, Team, AGENTS_MS, REFRESH_MS};
use crate::plugin::call::CallFailure;
use crate::plugin::effect::{NotificationId, ShimEffect, StringKey};
use crate::plugin::json::Json;
use crate::plugin::list::resume::Resumes;
use crate::plugin::list::text::Platform;
use crate::plugin::list::time;
use crate::plugin::list::view::Status;
use crate::plugin::to_json::ToJson;
use crate::reply::{Refusal, Reply, Sees, TeamAgent};
use crate::sid::WorkerSid;

pub(super) const NOW: f64 = 1_800_000_000_000.0;
pub(super) const MINUTE: f64 = 60_000.0;
pub(super) const HOUR: f64 = 60.0 * MINUTE;
const ADA: usize = 1;
const BEN: usize = 2;
const CLEO: usize = 3;

fn worker(number: usize) -> String {
    format!("WK{number:032}")
}

fn sid(number: usize) -> String {
    format!("CH{number:032}")
}

pub(super) fn listed(number: usize, name: &str, is_mine: bool) -> Listed {
    Listed {
        sid: WorkerSid::parse(worker(number)).unwrap(),
        name: name.into(),
        is_mine,
        activity: "Available".into(),
        is_available: true,
    }
}

/// Ada and Ben are in the supervisor's team, Cleo is not.
pub(super) fn three() -> Vec<Listed> {
    vec![
        listed(ADA, "Ada Agent", true),
        listed(BEN, "Ben Agent", true),
        listed(CLEO, "Cleo Agent", false),
    ]
}

/// A team with everything that its caller holds.
pub(super) struct Desk {
    pub(super) team: Team,
    pub(super) resumes: Resumes,
    pub(super) now: f64,
}

pub(super) const LIMITS: Limits = Limits {
    unanswered_minutes: 15,
    parked_hours: 0,
};

impl Desk {
    pub(super) fn with(is_admin: bool, limits: Limits, saved: &Value) -> Self {
        let setup = Json::from(&json!({
            "workerSid": worker(9),
            "channelNames": { "web": "Web chat" },
            "saved": saved,
        }));
        let platform = Platform {
            fold: |text| text.to_lowercase(),
            parse: |_| Json::Null,
        };
        let setup = Setup::read(&setup, is_admin, limits).unwrap();
        Self {
            team: Team::new(setup, platform, NOW),
            resumes: Resumes::default(),
            now: NOW,
        }
    }

    /// A supervisor who knows the three agents and is connected.
    fn started(saved: &Value) -> Self {
        let mut desk = Self::with(false, LIMITS, saved);
        desk.team.connection(true, "connected");
        desk.list(three());
        desk
    }

    /// The same after all lists have been read, which were empty.
    fn read(saved: &Value) -> Self {
        let mut desk = Self::started(saved);
        for owner in desk.next() {
            desk.read_list(owner, &json!([]));
        }
        desk
    }

    fn list(&mut self, agents: Vec<Listed>) {
        assert!(self.team.wants_agents(self.now));
        self.team.listed(true, agents, true, self.now);
    }

    pub(super) fn next(&mut self) -> Vec<usize> {
        let next = self.team.next(self.now);
        next.into_iter().map(|(owner, _)| owner).collect()
    }

    pub(super) fn page(&mut self, owner: usize, read: u32, items: &Value, is_end: bool) -> bool {
        let items = Json::from(items);
        self.team
            .page((owner, read), &items, is_end, &mut self.resumes, self.now)
    }

    fn read_list(&mut self, owner: usize, items: &Value) {
        let read = self.team.begin(owner);
        assert!(!self.page(owner, read, items, true));
    }

    fn fail(&mut self, owner: usize, status: Option<u16>) {
        let read = self.team.begin(owner);
        self.team
            .fail((owner, read), status, &mut self.resumes, self.now);
    }

    pub(super) fn put(&mut self, owner: usize, item: &Value) {
        self.team
            .put(owner, &Json::from(item), &mut self.resumes, self.now);
    }

    pub(super) fn take(&mut self, owner: usize, number: usize) {
        self.team
            .take(owner, &sid(number), &mut self.resumes, self.now);
    }

    pub(super) fn tick_at(&mut self, now: f64) -> Vec<ShimEffect> {
        self.now = now;
        self.team.tick(&mut self.resumes, now)
    }

    /// Returns the last digits of the conversations that are shown.
    fn shown(&self) -> Vec<usize> {
        self.team.keys().map(number).collect()
    }

    /// Returns who has the shown rows, and their customers.
    fn owners(&mut self) -> Vec<(String, String)> {
        let rows = self.team.rows(0, 99, &self.resumes, self.now);
        let owner = |row: crate::plugin::list::view::Row| {
            (row.owner.unwrap(), row.data.customer_name.unwrap())
        };
        rows.into_iter().map(owner).collect()
    }

    fn view(&self) -> super::view::TeamView {
        self.team.view(self.now, self.now + 8.0 * HOUR)
    }

    fn sums(&mut self) -> Vec<AgentSum> {
        self.team.agent_sums(self.now, self.now + 8.0 * HOUR)
    }
}

fn number(key: &str) -> usize {
    key.trim_start_matches("CH").parse().unwrap()
}

pub(super) fn item(number: usize, data: &Value) -> Value {
    let mut whole = json!({
        "customerName": format!("Customer {number}"),
        "channelType": "web",
        "parkedAt": NOW - HOUR,
    });
    for (key, value) in data.as_object().unwrap() {
        whole[key] = value.clone();
    }
    json!({ "key": sid(number), "data": whole, "dateUpdated": NOW - HOUR })
}

fn plain(number: usize) -> Value {
    item(number, &json!({}))
}

/// A row that was written later than others.
fn newer(number: usize, data: &Value) -> Value {
    let mut item = item(number, data);
    item["dateUpdated"] = json!(NOW - MINUTE);
    item
}

fn counts(values: &[FacetValue]) -> Vec<(&str, u32)> {
    let count = |one: &FacetValue| one.count;
    let values = values.iter();
    values.map(|one| (one.value.as_str(), count(one))).collect()
}

// Scopes.

#[test]
fn a_supervisor_starts_with_the_team_and_an_admin_with_all() {
    for (is_admin, scope, places) in [
        (false, Scope::Team, vec![0, 1]),
        (true, Scope::All, vec![0, 1, 2]),
    ] {
        let mut desk = Desk::with(is_admin, LIMITS, &json!({}));
        desk.team.connection(true, "connected");
        desk.list(three());
        assert_eq!(desk.view().scope, scope);
        assert_eq!(
            desk.view().scopes,
            [Scope::Mine, Scope::Team, Scope::All],
            "both may choose"
        );
        assert_eq!(desk.next(), places, "only lists of the scope are read");
    }
}

#[test]
fn a_supervisor_who_sees_the_team_has_no_all() {
    let mut desk = Desk::with(false, LIMITS, &json!({ "scope": "all" }));
    assert!(desk.team.wants_agents(NOW));
    desk.team.listed(false, three(), true, NOW);
    assert_eq!(desk.view().scopes, [Scope::Mine, Scope::Team]);
    assert_eq!(desk.view().scope, Scope::Team, "a kept choice is no right");
    assert!(!desk.view().no_team);
}

#[test]
fn without_a_team_all_are_shown_or_else_the_own_list() {
    for (sees_all, scopes, scope) in [
        (true, vec![Scope::Mine, Scope::All], Scope::All),
        (false, vec![Scope::Mine], Scope::Mine),
    ] {
        let mut desk = Desk::with(false, LIMITS, &json!({}));
        desk.team.connection(true, "connected");
        assert!(desk.team.wants_agents(NOW));
        let cleo = sees_all.then(|| listed(CLEO, "Cleo", false));
        let agents = cleo.into_iter().collect();
        desk.team.listed(sees_all, agents, true, NOW);
        let view = desk.view();
        assert_eq!((view.scopes, view.scope), (scopes, scope));
        assert!(view.no_team);
        assert_eq!(desk.next().len(), usize::from(sees_all));
    }
}

#[test]
fn another_scope_reads_more_lists_and_shows_their_rows() {
    let mut desk = Desk::started(&json!({}));
    assert_eq!(desk.next(), [0, 1]);
    desk.read_list(0, &json!([plain(1)]));
    desk.read_list(1, &json!([plain(2)]));
    desk.team.set_scope("all", NOW);
    assert!(desk.view().reading);
    assert_eq!(desk.next(), [2]);
    desk.read_list(2, &json!([plain(3)]));
    assert_eq!(desk.shown(), [1, 2, 3]);
    assert_eq!(desk.view().total, 3);
    desk.team.set_scope("team", NOW);
    assert_eq!(desk.shown(), [1, 2]);
    assert_eq!(desk.view().total, 2);
    assert!(desk.next().is_empty());
}

/// While supervisors look at their own list, the team's is up to date, and its alerts are told.
#[test]
fn the_team_is_followed_beside_the_own_list() {
    let mut desk = Desk::started(&json!({ "scope": "mine" }));
    assert_eq!(desk.view().scope, Scope::Mine);
    assert_eq!(desk.next(), [0, 1]);
}

#[test]
fn an_agent_who_leaves_the_team_goes_with_their_rows_and_may_come_back() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &plain(1));
    desk.put(1, &plain(2));
    desk.now += AGENTS_MS;
    desk.list(vec![listed(BEN, "Ben", true), listed(CLEO, "Cleo", false)]);
    assert_eq!(desk.shown(), [2]);
    let names = |desk: &mut Desk| -> Vec<String> {
        let sums = desk.sums().into_iter();
        sums.map(|sum| sum.name).collect()
    };
    assert_eq!(names(&mut desk), ["Ben", "Cleo"]);
    desk.now += AGENTS_MS;
    desk.list(three());
    assert_eq!(desk.shown(), [1, 2]);
    assert_eq!(names(&mut desk), ["Ada Agent", "Ben Agent", "Cleo Agent"]);
}

#[test]
fn the_agents_come_in_pages_and_a_failed_page_takes_nobody_away() {
    let mut desk = Desk::with(true, LIMITS, &json!({}));
    desk.team.connection(true, "connected");
    assert!(desk.team.wants_agents(NOW));
    assert!(!desk.team.wants_agents(NOW), "it is under way");
    let [first, rest @ ..] = &three()[..] else {
        panic!()
    };
    desk.team.listed(true, vec![first.clone()], false, NOW);
    assert_eq!(desk.next(), [0], "its list is read at once");
    desk.team.listed(true, rest.to_vec(), true, NOW);
    assert_eq!(desk.next(), [1, 2]);
    desk.now += AGENTS_MS;
    assert!(desk.team.wants_agents(desk.now));
    desk.team
        .listed(false, vec![first.clone()], false, desk.now);
    desk.team.not_listed(None, desk.now);
    assert_eq!(desk.sums().len(), 3);
    assert_eq!(desk.team.agents_at, desk.now + AGENTS_MS);
}

// The reading.

#[test]
fn at_most_32_lists_are_read_at_a_time_the_team_first() {
    let mut desk = Desk::with(true, LIMITS, &json!({}));
    let agents = (0..200).map(|place| listed(place, "Agent", place >= 190));
    desk.list(agents.collect());
    assert!(desk.next().is_empty(), "there is no connection yet");
    desk.team.connection(true, "connected");
    let first = desk.next();
    assert_eq!(first.len(), 32);
    assert_eq!(
        first[..11],
        [190, 191, 192, 193, 194, 195, 196, 197, 198, 199, 0]
    );
    assert!(desk.next().is_empty());
    desk.read_list(190, &json!([]));
    desk.fail(191, Some(500));
    assert_eq!(desk.next(), [22, 23]);
    let read = desk.team.begin(192);
    assert!(desk.page(192, read, &json!([plain(1)]), false));
    assert!(desk.next().is_empty(), "its second page is on its way");
}

#[test]
fn a_list_that_cannot_be_read_takes_the_others_not_down() {
    let mut desk = Desk::started(&json!({}));
    desk.next();
    assert_eq!(desk.view().status, Status::Loading);
    desk.fail(0, Some(500));
    desk.read_list(1, &json!([plain(2)]));
    let view = desk.view();
    assert_eq!((view.lists.failed, view.lists.all), (1, 2));
    assert_eq!(view.status, Status::Ready);
    assert!(!view.reading);
    assert_eq!(desk.shown(), [2]);

    assert!(desk.next().is_empty());
    let first = desk.team.next_tick();
    assert_eq!(first, Some(NOW), "a look at what needs attention");
    desk.tick_at(NOW);
    desk.now = desk.team.next_tick().unwrap();
    assert!(desk.now > NOW);
    desk.tick_at(NOW + 2_000.0);
    assert_eq!(desk.next(), [0], "it is read again by itself");
    assert_eq!(desk.view().lists.failed, 1, "until it has been read");
    desk.read_list(0, &json!([plain(1)]));
    assert_eq!(desk.view().lists.failed, 0);
    assert_eq!(desk.shown(), [1, 2]);
}

/// A time in the past would be a timer that never rests.
#[test]
fn without_a_connection_nothing_is_due_that_needs_one() {
    let mut desk = Desk::started(&json!({}));
    desk.next();
    desk.fail(0, Some(500));
    desk.read_list(1, &json!([]));
    desk.team.connection(false, "disconnected");
    let _ = desk.tick_at(NOW + 5_000.0);
    assert!(desk.next().is_empty());
    assert_eq!(desk.team.next_tick(), Some(NOW + AGENTS_MS));
    desk.team.connection(true, "connected");
    assert_eq!(desk.next(), [0, 1]);
}

#[test]
fn an_agent_who_is_not_listed_any_more_is_not_due() {
    let mut desk = Desk::started(&json!({}));
    desk.next();
    desk.fail(0, Some(500));
    desk.read_list(1, &json!([]));
    desk.now += AGENTS_MS;
    desk.list(vec![listed(BEN, "Ben Agent", true)]);
    // Ada is on the first page again, and the second one does not come.
    desk.now += AGENTS_MS;
    assert!(desk.team.wants_agents(desk.now));
    let ada = vec![listed(ADA, "Ada Agent", true)];
    desk.team.listed(true, ada, false, desk.now);
    desk.team.not_listed(None, desk.now);
    let _ = desk.tick_at(desk.now);
    assert!(desk.next().is_empty());
    assert_eq!(desk.team.next_tick(), Some(desk.now + AGENTS_MS));
}

#[test]
fn a_notification_is_not_due_while_lists_are_read() {
    let waits = json!({ "unheardSince": NOW - HOUR });
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &item(1, &waits));
    let _ = desk.tick_at(NOW);
    desk.put(0, &item(2, &waits));
    let _ = desk.tick_at(NOW);
    let later = NOW + 10.0 * MINUTE;
    assert_eq!(desk.team.notices.next(), Some(later));
    desk.now = later;
    desk.team.set_scope("all", later);
    assert_eq!(desk.next(), [2]);
    assert!(desk.team.wants_agents(later));
    for now in [later + 1_000.0, later + 2_000.0] {
        assert_eq!(desk.tick_at(now), [], "Cleo's list is read");
    }
    assert_eq!(desk.team.next_tick(), None, "all was announced");
    desk.read_list(2, &json!([]));
    assert_eq!(desk.team.next_tick(), Some(later), "at once");
    let effects = desk.tick_at(desk.now);
    let unanswered = NotificationId::ParkInteractionAlertsUnanswered;
    assert_eq!(told(&effects), [(unanswered, "2")]);
}

#[test]
fn a_click_reads_what_could_not_be_read_at_once() {
    let mut desk = Desk::started(&json!({}));
    desk.next();
    desk.fail(0, Some(500));
    desk.read_list(1, &json!([]));
    assert!(desk.next().is_empty());
    desk.team.retry(NOW);
    assert_eq!(desk.next(), [0]);
}

#[test]
fn the_time_between_tries_grows_to_a_minute() {
    let mut desk = Desk::read(&json!({}));
    desk.tick_at(NOW);
    let mut waits = Vec::new();
    for _ in 0..7 {
        desk.fail(0, None);
        desk.tick_at(desk.now);
        let retry = desk.team.agents.next_retry().unwrap();
        waits.push((retry - desk.now) / 1_000.0);
        desk.now = retry;
        assert_eq!(desk.next(), [0]);
    }
    assert_eq!(waits, [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]);
}

#[test]
fn if_no_list_can_be_read_it_says_why() {
    let mut desk = Desk::started(&json!({}));
    desk.next();
    desk.fail(0, Some(403));
    desk.fail(1, Some(403));
    assert_eq!(desk.view().status, Status::Failed);
    assert_eq!(
        desk.view().failure,
        Some(StringKey::ParkInteractionListForbidden)
    );
    desk.team.retry(NOW);
    assert_eq!(desk.next(), [0, 1]);
    desk.read_list(0, &json!([plain(1)]));
    assert_eq!(desk.view().status, Status::Ready);
}

#[test]
fn if_the_agents_cannot_be_listed_it_says_why_and_tries_again() {
    let mut desk = Desk::with(false, LIMITS, &json!({}));
    desk.team.connection(true, "connected");
    assert!(desk.team.wants_agents(NOW));
    desk.team.not_listed(None, NOW);
    assert_eq!(desk.view().status, Status::Failed);
    assert_eq!(
        desk.view().failure,
        Some(StringKey::ParkInteractionListUnavailable)
    );
    assert!(!desk.team.wants_agents(NOW));
    desk.team.retry(NOW);
    assert_eq!(desk.view().status, Status::Loading);
    assert!(desk.team.wants_agents(NOW));
    desk.team.retry(NOW);
    assert!(!desk.team.wants_agents(NOW), "it is under way");
    desk.team.listed(true, Vec::new(), true, NOW);
    assert_eq!(desk.view().status, Status::Ready);
}

#[test]
fn the_answer_of_the_function_lists_the_agents() {
    let agent = |number: usize| TeamAgent {
        worker_sid: WorkerSid::parse(worker(number)).unwrap(),
        name: "Ada Agent".into(),
        team: "One".into(),
        is_mine: true,
        activity: "Break".into(),
        is_available: false,
    };
    let page = |sees, number, next: Option<&str>| {
        Ok(Reply::Team {
            sees,
            agents: vec![agent(number)],
            next: next.map(Into::into),
        })
    };
    let mut desk = Desk::with(false, LIMITS, &json!({}));
    assert!(desk.team.wants_agents(NOW));
    let first = desk.team.answered(page(Sees::Team, 1, Some("2")), NOW);
    assert_eq!(first.as_deref(), Some("2"));
    assert!(!desk.team.agents.is_complete());
    let last = desk.team.answered(page(Sees::Team, 2, None), NOW);
    assert_eq!(last, None);
    assert_eq!(desk.view().scopes, [Scope::Mine, Scope::Team]);
    let [ada, _] = &desk.sums()[..] else { panic!() };
    assert_eq!((ada.activity.as_str(), ada.is_available), ("Break", false));
}

#[test]
fn a_refusal_of_the_function_is_told_apart_from_an_outage() {
    use StringKey as Key;
    for (failure, expected) in [
        (
            CallFailure::Refused(Refusal::NotAllowed),
            Key::ParkInteractionListForbidden,
        ),
        (
            CallFailure::Unreachable,
            Key::ParkInteractionListUnavailable,
        ),
    ] {
        let mut desk = Desk::with(false, LIMITS, &json!({}));
        desk.team.connection(true, "connected");
        assert!(desk.team.wants_agents(NOW));
        assert_eq!(desk.team.answered(Err(failure), NOW), None);
        assert_eq!(desk.view().failure, Some(expected));
    }
}

#[test]
fn an_agent_without_a_map_has_an_empty_list_and_is_looked_at_each_minute() {
    let mut desk = Desk::started(&json!({}));
    desk.next();
    desk.fail(0, Some(404));
    desk.read_list(1, &json!([]));
    let view = desk.view();
    assert_eq!((view.lists.failed, view.reading), (0, false));
    assert!(desk.next().is_empty());
    desk.now += AGENTS_MS;
    desk.list(three());
    assert_eq!(desk.next(), [0], "and only theirs");
    desk.read_list(0, &json!([plain(1)]));
    assert_eq!(desk.shown(), [1]);
}

#[test]
fn a_map_that_was_deleted_has_no_rows() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &plain(1));
    desk.put(1, &plain(2));
    desk.team.clear(0, &mut desk.resumes, NOW);
    desk.fail(0, Some(404));
    assert_eq!(desk.shown(), [2]);
}

#[test]
fn after_a_lost_connection_everything_is_read_again_and_stale_rows_go() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &plain(1));
    desk.put(0, &plain(3));
    desk.put(1, &plain(2));
    desk.team.connection(false, "disconnected");
    assert_eq!(desk.view().status, Status::Offline);
    assert_eq!(desk.shown(), [1, 2, 3]);
    assert!(desk.next().is_empty());
    desk.team.connection(true, "connected");
    assert_eq!(desk.next(), [0, 1]);
    desk.read_list(0, &json!([plain(3)]));
    assert_eq!(desk.shown(), [2, 3], "the other list is not touched");
    desk.read_list(1, &json!([]));
    assert_eq!(desk.shown(), [3]);
}

#[test]
fn a_page_of_an_earlier_read_is_not_taken() {
    let mut desk = Desk::started(&json!({}));
    desk.next();
    let first = desk.team.begin(0);
    desk.team.begin(0);
    assert!(!desk.page(0, first, &json!([plain(1)]), false));
    assert!(desk.shown().is_empty());
    assert!(
        !desk.page(77, 1, &json!([plain(1)]), false),
        "nobody's list"
    );
}

// Rows.

#[test]
fn a_conversation_in_two_lists_is_one_row_the_newer_one() {
    let (old, new) = (plain(1), newer(1, &json!({ "customerName": "New" })));
    for new_comes_first in [false, true] {
        let mut desk = Desk::read(&json!({}));
        if new_comes_first {
            desk.put(1, &new);
            desk.put(0, &old);
        } else {
            desk.put(0, &old);
            desk.put(1, &new);
        }
        let ben = [("Ben Agent".to_owned(), "New".to_owned())];
        assert_eq!(desk.owners(), ben);
        desk.take(0, 1);
        assert_eq!(desk.owners(), ben, "the old one has gone");
        desk.take(1, 1);
        assert!(desk.shown().is_empty());
    }
}

/// A give that was taken back.
#[test]
fn the_older_row_is_shown_again_when_the_newer_one_goes() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &plain(1));
    desk.put(1, &newer(1, &json!({ "customerName": "New" })));
    desk.take(1, 1);
    let ada = [("Ada Agent".to_owned(), "Customer 1".to_owned())];
    assert_eq!(desk.owners(), ada);
    desk.take(0, 1);
    assert!(desk.shown().is_empty());
}

#[test]
fn an_older_row_that_is_written_again_is_the_newer_one() {
    let mut desk = Desk::read(&json!({}));
    desk.put(1, &plain(1));
    desk.put(0, &newer(1, &json!({ "customerName": "Given" })));
    let mut written = plain(1);
    written["dateUpdated"] = json!(NOW);
    desk.put(1, &written);
    let ben = ("Ben Agent".to_owned(), "Customer 1".to_owned());
    assert_eq!(desk.owners(), [ben]);
    desk.take(0, 1);
    assert_eq!(desk.shown(), [1]);
}

#[test]
fn who_waits_longest_comes_first() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &item(1, &json!({ "parkedAt": NOW - HOUR })));
    desk.put(1, &item(2, &json!({ "parkedAt": NOW - 3.0 * HOUR })));
    desk.put(0, &item(3, &json!({ "dueAt": NOW - MINUTE })));
    desk.put(1, &item(4, &json!({ "dueAt": NOW - 9.0 * MINUTE })));
    desk.put(0, &item(5, &json!({ "unheardSince": NOW - MINUTE })));
    desk.put(1, &item(6, &json!({ "unheardSince": NOW - 2.0 * MINUTE })));
    assert_eq!(desk.shown(), [6, 5, 4, 3, 2, 1]);
    desk.team.sort("waiting");
    assert_eq!(
        desk.shown(),
        [6, 5, 1, 2, 3, 4],
        "those who write stay first"
    );
}

#[test]
fn a_row_moves_when_its_time_comes() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &item(1, &json!({ "parkedAt": NOW - 3.0 * HOUR })));
    desk.put(0, &item(2, &json!({ "dueAt": NOW + MINUTE })));
    desk.tick_at(NOW);
    assert_eq!(desk.shown(), [1, 2]);
    assert_eq!(desk.team.changes_at, NOW + MINUTE);
    desk.tick_at(NOW + MINUTE);
    assert_eq!(desk.shown(), [2, 1]);
    assert_eq!(desk.view().totals.overdue, 1);
}

#[test]
fn a_row_leaves_at_its_end() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &item(1, &json!({ "expiresAt": NOW + MINUTE })));
    desk.put(0, &item(2, &json!({ "expiresAt": NOW - MINUTE })));
    assert_eq!(desk.shown(), [1]);
    desk.tick_at(NOW + MINUTE);
    assert!(desk.shown().is_empty());
}

#[test]
fn rows_are_sorted_by_agent_queue_and_reason_missing_ones_last() {
    let mut desk = Desk::read(&json!({}));
    desk.put(1, &item(1, &json!({ "queueName": "Sales" })));
    desk.put(
        0,
        &item(2, &json!({ "queueName": "Support", "reason": "Parts" })),
    );
    desk.put(
        0,
        &item(
            3,
            &json!({ "reason": "Answer", "parkedAt": NOW - 2.0 * HOUR }),
        ),
    );
    for (column, up, down) in [
        ("agent", [2, 3, 1], [1, 2, 3]),
        ("queue", [1, 2, 3], [2, 1, 3]),
        ("reason", [3, 2, 1], [2, 3, 1]),
    ] {
        desk.team.sort(column);
        assert_eq!(desk.shown(), up, "{column}");
        desk.team.sort(column);
        assert_eq!(desk.shown(), down, "{column}");
    }
}

#[test]
fn the_search_looks_into_names_of_agents_and_queues() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &item(1, &json!({ "queueName": "Support" })));
    desk.put(1, &item(2, &json!({ "queueName": "Sales" })));
    for (text, expected) in [
        ("ADA", vec![1]),
        ("ben sales", vec![2]),
        ("supp", vec![1]),
        ("ada sales", vec![]),
        ("customer 2", vec![2]),
    ] {
        desk.team.search(text.into(), NOW);
        assert_eq!(desk.shown(), expected, "{text}");
    }
}

#[test]
fn filters_narrow_together_and_their_values_count_what_the_others_leave() {
    let mut desk = Desk::read(&json!({}));
    desk.put(
        0,
        &item(1, &json!({ "queueName": "Sales", "reason": "Parts" })),
    );
    desk.put(
        0,
        &item(2, &json!({ "queueName": "Support", "channelType": "sms" })),
    );
    desk.put(
        1,
        &item(
            3,
            &json!({ "queueName": "Sales", "unheardSince": NOW - MINUTE }),
        ),
    );
    desk.put(1, &item(4, &json!({ "dueAt": NOW - MINUTE })));
    let facets = desk.view().facets;
    assert_eq!(
        counts(&facets.queue),
        [("", 1), ("Sales", 2), ("Support", 1)]
    );
    assert_eq!(counts(&facets.channel), [("sms", 1), ("web", 3)]);
    assert_eq!(counts(&facets.reason), [("", 3), ("Parts", 1)]);
    let names: Vec<_> = facets
        .agent
        .iter()
        .map(|one| (one.name.as_deref(), one.count))
        .collect();
    assert_eq!(names, [(Some("Ada Agent"), 2), (Some("Ben Agent"), 2)]);
    assert_eq!(
        facets.channel[0].label,
        Some(StringKey::ParkInteractionChannelSms)
    );

    desk.team.filter("queue", Some("Sales".into()), NOW);
    assert_eq!(desk.shown(), [3, 1]);
    let view = desk.view();
    assert_eq!(view.total, 4);
    assert_eq!(
        counts(&view.facets.queue),
        [("", 1), ("Sales", 2), ("Support", 1)]
    );
    assert_eq!(counts(&view.facets.channel), [("web", 2)]);
    assert_eq!((view.counts.overdue, view.counts.unanswered), (0, 1));

    desk.team.filter("agent", Some(worker(ADA)), NOW);
    assert_eq!(desk.shown(), [1]);
    desk.team.filter("unanswered", Some("1".into()), NOW);
    assert!(desk.shown().is_empty());
    desk.team.filter("agent", None, NOW);
    assert_eq!(desk.shown(), [3]);
    desk.team.filter("queue", Some(String::new()), NOW);
    desk.team.filter("unanswered", None, NOW);
    assert_eq!(desk.shown(), [4], "rows without a queue");
    desk.team.filter("overdue", Some("1".into()), NOW);
    assert_eq!(desk.shown(), [4]);
    desk.team.filter("reason", Some("Parts".into()), NOW);
    assert!(desk.shown().is_empty());
    assert_eq!(desk.view().matching, 0);
}

#[test]
fn a_chosen_value_without_rows_stays_among_the_values() {
    let mut desk = Desk::read(&json!({}));
    desk.team.filter("channel", Some("fax".into()), NOW);
    desk.team.filter("agent", Some(worker(77)), NOW);
    let facets = desk.view().facets;
    assert_eq!(counts(&facets.channel), [("fax", 0)]);
    assert_eq!(facets.agent[0].value, worker(77));
    assert_eq!(facets.agent[0].name, None);
}

#[test]
fn the_sums_of_agents_do_not_depend_on_the_filters() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &item(1, &json!({ "parkedAt": NOW - 2.0 * HOUR })));
    desk.put(
        0,
        &item(
            2,
            &json!({ "unheardSince": NOW - MINUTE, "dueAt": NOW - MINUTE }),
        ),
    );
    desk.team.search("nobody".into(), NOW);
    let sums = desk.sums();
    let [ada, ben, cleo] = &sums[..] else {
        panic!()
    };
    assert_eq!((ada.count, ada.overdue, ada.unheard), (2, 1, 1));
    assert_eq!(ada.oldest_at, Some(NOW - 2.0 * HOUR));
    assert_eq!(ada.oldest_ago, Some(time::ago(NOW - 2.0 * HOUR, NOW)));
    assert_eq!((ben.count, ben.oldest_at, ben.is_read), (0, None, true));
    assert_eq!(ben.oldest_ago, None);
    assert!(!cleo.is_read, "out of the scope");
    let rows = desk.team.rows_of(&worker(ADA), &desk.resumes, NOW);
    let keys: Vec<usize> = rows
        .iter()
        .map(|row| number(&row.conversation_sid))
        .collect();
    assert_eq!(keys, [2, 1]);
}

#[test]
fn the_totals_tell_what_is_due_today() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &item(1, &json!({ "dueAt": NOW - MINUTE })));
    desk.put(0, &item(2, &json!({ "dueAt": NOW + HOUR })));
    desk.put(1, &item(3, &json!({ "dueAt": NOW + 9.0 * HOUR })));
    let totals = desk.view().totals;
    assert_eq!((totals.parked, totals.overdue, totals.due_today), (3, 1, 1));
    let due: Vec<u32> = desk.sums().iter().map(|sum| sum.due_today).collect();
    assert_eq!(due, [1, 0, 0]);
}

#[test]
fn the_ages_in_the_sums_are_told_again() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &plain(1));
    desk.tick_at(NOW);
    desk.tick_at(NOW + 600.0);
    assert_eq!(desk.team.next_tick(), Some(NOW + AGENTS_MS));
    desk.sums();
    assert_eq!(desk.team.next_tick(), Some(NOW + 600.0 + REFRESH_MS));
}

// The supervisor's choices.

fn choices(desk: &Desk) -> Value {
    let mut saved = json!({});
    desk.team.choices().each(&mut |name, value| {
        saved[name] = json!(value);
    });
    saved
}

#[test]
fn choices_outlive_a_reload() {
    assert_eq!(choices(&Desk::read(&json!({}))), json!({}));
    let saved = json!({
        "scope": "all", "agent": worker(ADA), "queue": "Sales", "channel": "", "reason": "Parts", "overdue": "1",
        "unanswered": "1", "search": "wanda", "sort": "parkedAt", "order": "descending",
    });
    assert_eq!(choices(&Desk::read(&saved)), saved);
    let mut desk = Desk::read(&json!({}));
    desk.team.set_scope("all", NOW);
    desk.team.filter("agent", Some(worker(ADA)), NOW);
    desk.team.filter("queue", Some("Sales".into()), NOW);
    desk.team.filter("channel", Some(String::new()), NOW);
    desk.team.filter("reason", Some("Parts".into()), NOW);
    desk.team.filter("overdue", Some("1".into()), NOW);
    desk.team.filter("unanswered", Some("1".into()), NOW);
    desk.team.search("wanda".into(), NOW);
    desk.team.sort("parkedAt");
    assert_eq!(choices(&desk), saved);
}

#[test]
fn kept_choices_filter_before_the_agents_are_known() {
    let saved = json!({ "agent": worker(BEN), "search": "customer", "sort": "customer" });
    let mut desk = Desk::started(&saved);
    desk.next();
    desk.read_list(0, &json!([plain(1)]));
    desk.read_list(1, &json!([plain(3), plain(2)]));
    assert_eq!(desk.shown(), [2, 3]);
}

#[test]
fn a_malformed_choice_counts_as_none() {
    let long = "x".repeat(201);
    for saved in [
        json!(null),
        json!([1]),
        json!({
            "scope": "world", "agent": "WK1", "queue": 1, "channel": null, "reason": long, "overdue": "yes",
            "unanswered": true, "search": ["a"], "sort": "listedUntil", "order": "up",
        }),
        json!({ "scope": 1, "sort": "price" }),
    ] {
        assert_eq!(choices(&Desk::read(&saved)), json!({}), "{saved}");
    }
}

/// The browser gets nothing else.
#[test]
fn everything_for_the_view_is_plain_data() {
    let mut desk = Desk::read(&json!({ "agent": worker(ADA), "overdue": "1" }));
    desk.put(0, &item(1, &json!({ "dueAt": NOW - HOUR })));
    let rows = desk.team.rows(0, 9, &desk.resumes, NOW);
    assert!(matches!(rows.serialize(ToJson).unwrap(), Json::List(rows) if rows.len() == 1));
    let view = desk.view().serialize(ToJson).unwrap();
    assert_eq!(view.get_text("scope"), Some("team"));
    assert_eq!(view.get("filters").get_text("overdue"), Some("1"));
    let sums = desk.sums().serialize(ToJson).unwrap();
    assert!(matches!(sums, Json::List(sums) if sums.len() == 3));
    let effects = desk.tick_at(NOW);
    assert!(
        matches!(effects.serialize(ToJson).unwrap(), Json::List(effects) if effects.len() == 1)
    );
}

// What needs attention.

fn told(effects: &[ShimEffect]) -> Vec<(NotificationId, &str)> {
    let about = |effect| match effect {
        &ShimEffect::Notify { id, ref field, .. } => (id, field.as_deref().unwrap_or_default()),
        _ => panic!("{effect:?}"),
    };
    effects.iter().map(about).collect()
}

#[test]
fn rows_say_in_words_why_they_need_attention() {
    let limits = Limits {
        unanswered_minutes: 15,
        parked_hours: 2,
    };
    let mut desk = Desk::with(false, limits, &json!({}));
    desk.team.connection(true, "connected");
    desk.list(three());
    for owner in desk.next() {
        desk.read_list(owner, &json!([]));
    }
    let mut alerts = |data: Value| {
        desk.put(0, &item(1, &data));
        let rows = desk.team.rows(0, 1, &desk.resumes, NOW);
        let alerts = rows[0].alerts.iter();
        alerts.map(|one| (one.key, one.limit)).collect::<Vec<_>>()
    };
    let unanswered = (StringKey::ParkInteractionAlertUnanswered, 15);
    let due = (StringKey::ParkInteractionAlertDue, 2);
    let parked = (StringKey::ParkInteractionAlertParked, 2);
    assert_eq!(alerts(json!({})), []);
    assert_eq!(
        alerts(json!({ "unheardSince": NOW - 15.0 * MINUTE + 1.0 })),
        []
    );
    assert_eq!(
        alerts(json!({ "unheardSince": NOW - 15.0 * MINUTE })),
        [unanswered]
    );
    assert_eq!(alerts(json!({ "dueAt": NOW - 2.0 * MINUTE + 1.0 })), []);
    assert_eq!(alerts(json!({ "dueAt": NOW - 2.0 * MINUTE })), [due]);
    assert_eq!(alerts(json!({ "parkedAt": NOW - 2.0 * HOUR })), [parked]);
    let all = json!({
        "parkedAt": NOW - 9.0 * HOUR, "unheardSince": NOW - HOUR, "expiryAt": NOW - HOUR,
    });
    assert_eq!(alerts(all), [unanswered, due, parked]);
    let held = json!({ "unheardSince": NOW - HOUR, "keptUntil": NOW + HOUR });
    assert_eq!(alerts(held), [], "it waits for its time");
}

#[test]
fn without_limits_only_a_missed_time_needs_attention() {
    let mut desk = Desk::with(false, Limits::default(), &json!({}));
    desk.list(three());
    desk.put(
        0,
        &item(1, &json!({ "parkedAt": 1.0, "unheardSince": 1.0 })),
    );
    assert_eq!(desk.view().alerts, 0);
    desk.put(0, &item(1, &json!({ "parkedAt": 1.0, "dueAt": 1.0 })));
    assert_eq!(desk.view().alerts, 1);
}

#[test]
fn one_notification_tells_the_number_once_all_has_been_read() {
    let waits = json!({ "unheardSince": NOW - HOUR });
    let mut desk = Desk::started(&json!({}));
    desk.next();
    desk.read_list(0, &json!([item(1, &waits), item(2, &waits)]));
    assert_eq!(desk.tick_at(NOW), [], "it is not read yet");
    desk.read_list(
        1,
        &json!([item(3, &waits), item(4, &json!({ "dueAt": NOW - HOUR }))]),
    );
    assert_eq!(desk.team.next_tick(), Some(NOW));
    let effects = desk.tick_at(NOW);
    assert_eq!(
        told(&effects),
        [
            (NotificationId::ParkInteractionAlertsUnanswered, "3"),
            (NotificationId::ParkInteractionAlertsDue, "1"),
        ]
    );
    assert_eq!(desk.tick_at(NOW + 1.0), [], "once");
    assert_eq!(desk.view().alerts, 4);
}

#[test]
fn it_is_told_again_when_there_were_none_or_there_are_more_after_ten_minutes() {
    let waits = json!({ "unheardSince": NOW - HOUR });
    let unanswered = NotificationId::ParkInteractionAlertsUnanswered;
    let mut desk = Desk::read(&json!({}));
    assert_eq!(desk.tick_at(NOW), []);
    desk.put(0, &item(1, &waits));
    assert_eq!(
        desk.team.next_tick(),
        Some(NOW),
        "a change is looked at at once"
    );
    assert_eq!(told(&desk.tick_at(NOW)), [(unanswered, "1")]);
    desk.put(0, &item(2, &waits));
    assert_eq!(desk.tick_at(NOW), []);
    let later = NOW + 10.0 * MINUTE;
    assert_eq!(desk.tick_at(later - 1.0), []);
    assert_eq!(desk.team.notices.next(), Some(later));
    assert_eq!(told(&desk.tick_at(later)), [(unanswered, "2")]);
    assert_eq!(desk.team.notices.next(), None);
    assert_eq!(desk.tick_at(later + HOUR), [], "no more than before");
    desk.take(0, 1);
    assert_eq!(desk.tick_at(later + HOUR), [], "fewer");
    desk.take(0, 2);
    assert_eq!(desk.tick_at(later + HOUR), []);
    desk.put(1, &item(3, &waits));
    let again = desk.tick_at(later + HOUR);
    assert_eq!(
        told(&again),
        [(unanswered, "1")],
        "there were none meanwhile"
    );
}

#[test]
fn a_row_needs_attention_when_its_time_has_come() {
    let mut desk = Desk::read(&json!({}));
    desk.put(0, &item(1, &json!({ "unheardSince": NOW - 5.0 * MINUTE })));
    desk.tick_at(NOW);
    assert_eq!(desk.team.next_tick(), Some(NOW + 600.0), "the announcement");
    desk.tick_at(NOW + 600.0);
    assert_eq!(desk.team.next_tick(), Some(NOW + AGENTS_MS));
    desk.team.agents_at = f64::INFINITY;
    let due = NOW + 10.0 * MINUTE;
    assert_eq!(desk.team.next_tick(), Some(due));
    assert_eq!(desk.tick_at(due).len(), 1);
    assert_eq!(desk.view().alerts, 1);
}

#[test]
fn rows_out_of_the_scope_need_no_attention() {
    let mut desk = Desk::read(&json!({}));
    desk.team.set_scope("all", NOW);
    assert_eq!(desk.next(), [2]);
    desk.read_list(2, &json!([item(1, &json!({ "unheardSince": NOW - HOUR }))]));
    assert_eq!(desk.view().alerts, 1);
    desk.team.set_scope("team", NOW);
    assert_eq!(desk.view().alerts, 0);
    assert_eq!(desk.tick_at(NOW), []);
}

// Announcements.

#[test]
fn what_is_read_and_what_changes_is_announced() {
    let said = |desk: &mut Desk, at: f64| {
        desk.tick_at(at);
        desk.view()
            .announcement
            .map(|said| (said.key, said.values.count, said.values.total))
    };
    let mut desk = Desk::started(&json!({}));
    desk.next();
    desk.read_list(0, &json!([plain(1)]));
    desk.read_list(1, &json!([plain(2)]));
    let loaded = (StringKey::ParkInteractionListLoaded, 2, 2);
    assert_eq!(said(&mut desk, NOW + 1_000.0), Some(loaded));
    desk.put(1, &plain(3));
    let came = (StringKey::ParkInteractionListCame, 1, 3);
    assert_eq!(said(&mut desk, NOW + 2_000.0), Some(came));
    desk.team.filter("agent", Some(worker(ADA)), desk.now);
    let found = (StringKey::ParkInteractionListMatching, 1, 3);
    assert_eq!(said(&mut desk, NOW + 3_000.0), Some(found));
}
