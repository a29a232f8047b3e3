//! Tests of the watch as a whole.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is a failed test"
)]

use serde_json::{json, Value};

use super::{hash, Step, Watch, HASH_OF_NOTHING, SPREAD_MS};
use crate::plugin::json::Json;
use crate::sid::ConversationSid;
use crate::sync_name::MapName;

pub(super) const NOW: f64 = 1_800_000_000_000.0;
pub(super) const SECOND: f64 = 1_000.0;

fn worker(number: usize) -> String {
    format!("WK{number:032}")
}

pub(super) fn conversation(number: usize) -> ConversationSid {
    ConversationSid::parse(format!("CH{number:032x}")).unwrap()
}

/// The name of a conversation's map.
pub(super) fn map(number: usize) -> String {
    MapName::waiting(&conversation(number)).as_str().into()
}

/// A [`Step`], with conversations by their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OwnedStep {
    Read(String),
    Mark(usize),
    Check(usize),
    Refused,
}

pub(super) fn send(watch: &mut Watch, event: &Value, now: f64) -> Option<f64> {
    watch.handle(&Json::from(event), now)
}

pub(super) fn tick(watch: &mut Watch, now: f64) -> Vec<OwnedStep> {
    let number = |sid: &ConversationSid| usize::from_str_radix(&sid.as_str()[2..], 16).unwrap();
    let mut steps = Vec::new();
    watch.tick(now, &mut |step| {
        steps.push(match step {
            Step::Read(map) => OwnedStep::Read(map.as_str().into()),
            Step::Mark(name, sid) => {
                assert_eq!(name.as_str(), map(number(sid)));
                OwnedStep::Mark(number(sid))
            }
            Step::Check(sid) => OwnedStep::Check(number(sid)),
            Step::Refused => OwnedStep::Refused,
        });
    });
    steps
}

fn all_reads() -> Vec<OwnedStep> {
    let maps = MapName::all_waiting();
    maps.map(|map| OwnedStep::Read(map.as_str().into()))
        .collect()
}

/// The watch of a desktop that has read all maps, which are empty.
pub(super) fn watch_of(desktop: usize) -> Watch {
    let mut watch = Watch::new();
    send(&mut watch, &json!(["start", worker(desktop)]), NOW);
    connect(&mut watch, true, NOW);
    assert_eq!(tick(&mut watch, NOW), all_reads());
    for map in MapName::all_waiting() {
        send(&mut watch, &json!(["page", map.as_str(), [], true]), NOW);
    }
    watch
}

pub(super) fn connect(watch: &mut Watch, online: bool, now: f64) {
    send(
        watch,
        &json!(["connection", "connected", null, online]),
        now,
    );
}

/// The extra wait of a desktop with a conversation.
fn wait(desktop: usize, number: usize) -> f64 {
    let worker = hash(HASH_OF_NOTHING, &worker(desktop));
    f64::from(hash(worker, conversation(number).as_str()) % SPREAD_MS)
}

fn item(number: usize, data: &Value, written_at: f64) -> Value {
    json!({ "key": conversation(number).as_str(), "data": data, "dateUpdated": written_at })
}

pub(super) fn put(watch: &mut Watch, number: usize, data: &Value, now: f64) {
    send(
        watch,
        &json!(["put", map(number), item(number, data, now)]),
        now,
    );
}

pub(super) fn take(watch: &mut Watch, number: usize, now: f64) {
    send(watch, &json!(["take", conversation(number).as_str()]), now);
}

/// Returns true if the desktop may write its mark over `data`.
pub(super) fn may_mark(watch: &mut Watch, number: usize, data: &Value, now: f64) -> bool {
    let event = json!(["mark", conversation(number).as_str(), data]);
    let asked_at = send(watch, &event, now);
    assert!(asked_at.is_none_or(|at| at.to_bits() == now.to_bits()));
    asked_at.is_some()
}

pub(super) fn marked(watch: &mut Watch, number: usize, status: Option<u16>, now: f64) {
    send(
        watch,
        &json!(["marked", conversation(number).as_str(), status]),
        now,
    );
}

pub(super) fn checked(watch: &mut Watch, number: usize, now: f64) {
    send(
        watch,
        &json!(["checked", conversation(number).as_str()]),
        now,
    );
}

fn ask_at(at: f64) -> Value {
    json!({ "unheardSince": NOW - SECOND, "askAt": at })
}

fn with_mark(data: &Value, at: f64) -> Value {
    let mut data = data.clone();
    data["askedAt"] = json!(at);
    data["ask"] = json!(worker(9));
    data
}

/// Runs the watch from `now` until `until`, like the shim. Returns all steps with their times.
fn pass_from(mut now: f64, watch: &mut Watch, until: f64) -> Vec<(f64, OwnedStep)> {
    let mut steps = Vec::new();
    for _ in 0..10_000 {
        let Some(due) = watch.next_tick().filter(|due| *due <= until) else {
            return steps;
        };
        now = now.max(due);
        steps.extend(tick(watch, now).into_iter().map(|step| (now, step)));
    }
    panic!("something is due again and again");
}

fn pass(watch: &mut Watch, until: f64) -> Vec<(f64, OwnedStep)> {
    pass_from(NOW, watch, until)
}

/// Writes a mark in a Sync where nobody else has changed the item. Returns the new content of the item.
fn write_mark(watch: &mut Watch, number: usize, data: &Value, now: f64) -> Value {
    assert!(may_mark(watch, number, data, now));
    let data = with_mark(data, now);
    put(watch, number, &data, now);
    marked(watch, number, None, now);
    data
}

#[test]
fn an_item_is_asked_about_after_its_time() {
    let mut watch = watch_of(1);
    let (data, at) = (
        ask_at(NOW + 45.0 * SECOND),
        NOW + 45.0 * SECOND + wait(1, 1),
    );
    put(&mut watch, 1, &data, NOW);
    assert_eq!(pass(&mut watch, at - 1.0), []);
    assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
    write_mark(&mut watch, 1, &data, at);
    assert_eq!(pass_from(at, &mut watch, at), [(at, OwnedStep::Check(1))]);
    checked(&mut watch, 1, at);
    assert_eq!(pass(&mut watch, at + 20.0 * SECOND), []);
}

#[test]
fn an_item_that_changes_in_time_is_not_asked_about() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW + SECOND), NOW);
    put(&mut watch, 1, &ask_at(NOW + 45.0 * SECOND), NOW + SECOND);
    assert_eq!(pass(&mut watch, NOW + 44.0 * SECOND), []);
    take(&mut watch, 1, NOW);
    assert_eq!(watch.next_tick(), None);
}

#[test]
fn the_extra_waits_of_desktops_are_spread() {
    let waits: Vec<f64> = (0..100).map(|desktop| wait(desktop, 1)).collect();
    assert!(waits.iter().all(|wait| (0.0..8_000.0).contains(wait)));
    for second in 0..8 {
        let from = f64::from(second) * SECOND;
        let within = |wait: &&f64| (from..from + SECOND).contains(*wait);
        assert!(waits.iter().any(|wait| within(&wait)), "{second} s");
    }
    assert!((0..20).any(|number| wait(1, number) < wait(2, number)));
    assert!((0..20).any(|number| wait(1, number) > wait(2, number)));
}

#[test]
fn a_fresh_mark_keeps_other_desktops_away() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &with_mark(&data, NOW - 5.0 * SECOND), NOW);
    let at = NOW + 15.0 * SECOND + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
}

#[test]
fn a_mark_from_the_future_is_ignored() {
    let mut watch = watch_of(1);
    let data = with_mark(&ask_at(NOW - SECOND), NOW + 5.0 * SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
    assert!(may_mark(&mut watch, 1, &data, at));
}

#[test]
fn a_slow_clock_respects_a_mark_for_its_time_only() {
    let mut watch = watch_of(1);
    let minute = 60.0 * SECOND;
    let data = with_mark(&ask_at(NOW - SECOND), NOW + minute);
    let item = item(1, &data, NOW + minute + 1.0);
    send(&mut watch, &json!(["put", map(1), item]), NOW);
    let at = NOW + 20.0 * SECOND + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
}

#[test]
fn a_desktop_that_loses_looks_again_later() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
    // Sync refuses the write. The SDK reads the item and calls again.
    assert!(may_mark(&mut watch, 1, &data, at));
    let theirs = with_mark(&data, at - SECOND);
    put(&mut watch, 1, &theirs, at);
    assert!(!may_mark(&mut watch, 1, &theirs, at));
    marked(&mut watch, 1, None, at);
    let later = at + 28.0 * SECOND + wait(1, 1);
    assert_eq!(pass(&mut watch, later), [(later, OwnedStep::Mark(1))]);
}

#[test]
fn a_mark_of_a_changed_item_is_not_granted() {
    let data = ask_at(NOW - SECOND);
    let changed = ask_at(NOW + 45.0 * SECOND);
    for now_there in [changed, with_mark(&data, NOW), json!({})] {
        let mut watch = watch_of(1);
        put(&mut watch, 1, &data, NOW);
        let at = NOW + wait(1, 1);
        pass(&mut watch, at);
        assert!(!may_mark(&mut watch, 1, &now_there, at));
        marked(&mut watch, 1, None, at);
        assert_eq!(pass(&mut watch, at + 20.0 * SECOND), []);
    }
    let mut watch = watch_of(1);
    assert!(!may_mark(&mut watch, 1, &data, NOW), "unknown");
    put(&mut watch, 1, &data, NOW);
    assert!(!may_mark(&mut watch, 1, &data, NOW), "not due");
    marked(&mut watch, 1, None, NOW);
    checked(&mut watch, 1, NOW);
    let at = NOW + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
}

#[test]
fn questions_that_change_nothing_become_rarer() {
    let mut watch = watch_of(1);
    let mut data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let mut now = NOW + wait(1, 1);
    for pause in [20.0, 40.0, 80.0, 120.0, 120.0] {
        assert_eq!(pass(&mut watch, now), [(now, OwnedStep::Mark(1))]);
        data = write_mark(&mut watch, 1, &data, now);
        assert_eq!(
            pass_from(now, &mut watch, now),
            [(now, OwnedStep::Check(1))]
        );
        checked(&mut watch, 1, now);
        // The desktop that has asked lets the others go first.
        now += pause * SECOND + 8.0 * SECOND + wait(1, 1);
        assert_eq!(pass(&mut watch, now - 1.0), []);
    }
    // The Function writes the item again.
    data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, now + SECOND);
    now = watch.next_tick().unwrap();
    pass(&mut watch, now);
    write_mark(&mut watch, 1, &data, now);
    pass_from(now, &mut watch, now);
    checked(&mut watch, 1, now);
    let next = watch.next_tick().unwrap();
    assert!(next <= now + 36.0 * SECOND, "{}", next - now);
}

#[test]
fn a_failed_mark_is_repeated_later() {
    for status in [Some(500), None] {
        let mut watch = watch_of(1);
        put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
        let mut at = NOW + wait(1, 1);
        assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
        if status.is_some() {
            marked(&mut watch, 1, status, at);
        } else {
            at += 20.0 * SECOND;
            assert_eq!(pass(&mut watch, at), []);
        }
        let next = watch.next_tick().unwrap();
        assert!((at + 20.0 * SECOND..at + 36.0 * SECOND).contains(&next));
        assert_eq!(pass(&mut watch, next), [(next, OwnedStep::Mark(1))]);
    }
}

#[test]
fn a_few_items_are_asked_about_at_a_time() {
    let mut watch = watch_of(1);
    for number in 0..100 {
        put(&mut watch, number, &ask_at(NOW - SECOND), NOW);
    }
    let steps = pass(&mut watch, NOW + 15.0 * SECOND);
    assert_eq!(steps.len(), 4, "{steps:?}");
    assert!(steps.windows(2).all(|two| match two {
        [(before, _), (after, _)] => after - before >= 500.0,
        _ => false,
    }));
}

#[test]
fn garbage_is_watched_too() {
    for data in [
        json!(null),
        json!({}),
        json!([]),
        json!("askAt"),
        json!({ "askAt": "soon", "askedAt": {}, "ask": 7 }),
        json!({ "askAt": NOW + 1e11, "unheardSince": null }),
        json!({ "askAt": 1e300, "askedAt": -1 }),
    ] {
        let mut watch = watch_of(1);
        put(&mut watch, 1, &data, NOW);
        let at = NOW + 52.0 * SECOND + wait(1, 1);
        assert_eq!(pass(&mut watch, at - 1.0), [], "{data}");
        assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))], "{data}");
        assert!(may_mark(&mut watch, 1, &data, at), "{data}");
    }
}

#[test]
fn an_appointment_is_asked_about_at_its_time() {
    let day = 24.0 * 3_600.0 * SECOND;
    let mut watch = watch_of(1);
    let due = NOW + 30.0 * day;
    put(&mut watch, 1, &ask_at(due), NOW);
    let at = due + wait(1, 1);
    assert_eq!(pass(&mut watch, at - 1.0), []);
    assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
}

#[test]
fn an_item_in_the_wrong_map_is_passed_over() {
    let mut watch = watch_of(1);
    let due = ask_at(NOW - SECOND);
    for (map, key) in [
        (map(1), json!(null)),
        (map(1), json!("CH1")),
        (map(1), json!("../Documents")),
        (map(0), json!(conversation(1).as_str())),
        (
            "ParkInteractionWaiting_9".into(),
            json!(conversation(1).as_str()),
        ),
    ] {
        let event = json!(["put", map, { "key": key, "data": due }]);
        send(&mut watch, &event, NOW);
        assert_eq!(watch.next_tick(), None, "{event}");
    }
    // They do not hide the item of the right map.
    put(&mut watch, 1, &due, NOW);
    assert!(watch.next_tick().is_some());
}

#[test]
fn unknown_events_do_nothing() {
    let mut watch = watch_of(1);
    for event in [
        json!(null),
        json!("put"),
        json!([]),
        json!([7]),
        json!(["sell"]),
        json!(["put"]),
        json!(["put", map(1)]),
        json!(["page", map(1), "items"]),
        json!(["mark", null, null]),
        json!(["marked", {}]),
    ] {
        assert_eq!(send(&mut watch, &event, NOW), None, "{event}");
        assert_eq!(tick(&mut watch, NOW), [], "{event}");
    }
}

#[test]
fn a_desktop_that_slept_looks_before_it_asks() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW + SECOND), NOW);
    let morning = NOW + 36_000.0 * SECOND;
    assert_eq!(tick(&mut watch, morning), [OwnedStep::Mark(1)]);
    let now_there = ask_at(morning + 45.0 * SECOND);
    assert!(!may_mark(&mut watch, 1, &now_there, morning));
}

#[test]
fn a_desktop_does_not_ask_with_a_stale_mark() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    pass(&mut watch, at);
    write_mark(&mut watch, 1, &data, at);
    assert_eq!(tick(&mut watch, at + 36_000.0 * SECOND), []);
}

#[test]
fn a_clock_that_is_set_back_stops_no_other_item() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
    pass(&mut watch, NOW + wait(1, 1));
    let hour_ago = NOW - 3_600.0 * SECOND;
    assert_eq!(tick(&mut watch, hour_ago), []);
    put(&mut watch, 2, &ask_at(hour_ago), hour_ago);
    let at = hour_ago + wait(1, 2).max(500.0);
    assert_eq!(
        pass_from(hour_ago, &mut watch, at),
        [(at, OwnedStep::Mark(2))]
    );
}

#[test]
fn a_connection_that_returns_reads_all_maps() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
    for lost in [
        json!(["connection", "disconnected", null, true]),
        json!(["connection", "connected", null, false]),
    ] {
        send(&mut watch, &lost, NOW);
        assert_eq!(watch.next_tick(), None);
    }
    connect(&mut watch, true, NOW);
    assert_eq!(tick(&mut watch, NOW), all_reads());
    connect(&mut watch, true, NOW);
    assert!(watch.next_tick().unwrap() > NOW, "nothing has changed");
}

#[test]
fn a_read_drops_the_items_that_it_does_not_meet() {
    let mut watch = watch_of(1);
    for number in [4, 8, 5] {
        put(&mut watch, number, &ask_at(NOW - SECOND), NOW);
    }
    connect(&mut watch, false, NOW);
    connect(&mut watch, true, NOW);
    tick(&mut watch, NOW);
    let first = json!([item(12, &ask_at(NOW - SECOND), NOW), null]);
    send(&mut watch, &json!(["page", map(0), first, false]), NOW);
    put(&mut watch, 16, &ask_at(NOW - SECOND), NOW);
    send(&mut watch, &json!(["page", map(0), [], true]), NOW);
    let mut kept: Vec<OwnedStep> = Vec::new();
    for (_, step) in pass(&mut watch, NOW + 15.0 * SECOND) {
        kept.push(step);
    }
    kept.sort_by_key(|step| format!("{step:?}"));
    assert_eq!(kept, [12, 16, 5].map(OwnedStep::Mark));
}

#[test]
fn an_item_that_is_read_again_is_not_new() {
    let mut watch = watch_of(1);
    let far = ask_at(NOW + 1e9);
    put(&mut watch, 1, &far, NOW);
    let due = watch.next_tick().unwrap();
    let event = json!(["put", map(1), item(1, &far, NOW)]);
    send(&mut watch, &event, NOW + 30.0 * SECOND);
    assert_eq!(watch.next_tick(), Some(due));
}

#[test]
fn a_mark_of_the_same_moment_as_the_item_is_seen() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    put(&mut watch, 1, &with_mark(&data, NOW), NOW);
    let at = NOW + 20.0 * SECOND + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
}

#[test]
fn a_read_that_fails_is_made_again_after_a_minute() {
    let mut watch = watch_of(1);
    for status in [json!(500), json!(null)] {
        send(&mut watch, &json!(["fail", map(1), status]), NOW);
        let at = NOW + 60.0 * SECOND;
        assert_eq!(pass(&mut watch, at - 1.0), []);
        assert_eq!(tick(&mut watch, at), all_reads());
    }
}

#[test]
fn the_items_of_a_deleted_map_are_gone() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
    put(&mut watch, 2, &ask_at(NOW - SECOND), NOW);
    send(&mut watch, &json!(["clear", map(1)]), NOW);
    let at = NOW + wait(1, 2);
    assert_eq!(
        pass(&mut watch, NOW + 9.0 * SECOND),
        [(at, OwnedStep::Mark(2))]
    );
}

#[test]
fn a_watch_that_sync_forbids_warns_once() {
    for refused in [
        json!(["fail", map(2), 403]),
        json!(["marked", conversation(1).as_str(), 403]),
    ] {
        let mut watch = watch_of(1);
        put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
        send(&mut watch, &refused, NOW);
        send(&mut watch, &refused, NOW);
        assert!(watch.next_tick().unwrap() <= NOW);
        assert_eq!(tick(&mut watch, NOW), [OwnedStep::Refused]);
        assert_eq!(watch.next_tick(), None);
        connect(&mut watch, false, NOW);
        connect(&mut watch, true, NOW);
        send(&mut watch, &refused, NOW);
        assert_eq!((watch.next_tick(), tick(&mut watch, NOW)), (None, vec![]));
    }
}

#[test]
fn a_logout_ends_everything() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    pass(&mut watch, at);
    send(&mut watch, &json!(["stop"]), at);
    assert!(!may_mark(&mut watch, 1, &data, at));
    assert_eq!((watch.next_tick(), tick(&mut watch, at)), (None, vec![]));

    send(&mut watch, &json!(["start", worker(2)]), at);
    assert_eq!(watch.next_tick(), None);
    connect(&mut watch, true, at);
    assert_eq!(tick(&mut watch, at), all_reads());
}

#[test]
fn a_deleted_item_that_returns_keeps_its_pause() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    pass(&mut watch, at);
    write_mark(&mut watch, 1, &data, at);
    assert_eq!(pass_from(at, &mut watch, at), [(at, OwnedStep::Check(1))]);
    take(&mut watch, 1, at);
    checked(&mut watch, 1, at + SECOND);
    tick(&mut watch, at + SECOND);
    put(&mut watch, 1, &data, at + SECOND);
    let next = watch.next_tick().unwrap();
    assert!(next >= at + 20.0 * SECOND, "{}", next - at);
}

#[test]
fn a_question_about_a_deleted_item_is_dropped() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    pass(&mut watch, at);
    write_mark(&mut watch, 1, &data, at);
    take(&mut watch, 1, at);
    assert_eq!(pass_from(at, &mut watch, at + 60.0 * SECOND), []);
}

/// Checks that the watch understands the item that the Functions write.
#[cfg(feature = "functions")]
#[test]
fn the_item_of_the_functions_is_watched() {
    let mut watch = watch_of(1);
    let (since, ask_at) = (1_799_999_999_000, 1_800_000_045_000);
    let item = crate::waiting::item(&conversation(1), since, ask_at, since);
    let data: Value = serde_json::from_str(&item.data).unwrap();
    let shown = json!({ "key": item.key.as_str(), "data": data, "dateUpdated": NOW });
    send(&mut watch, &json!(["put", item.map.as_str(), shown]), NOW);
    let at = NOW + 45.0 * SECOND + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, OwnedStep::Mark(1))]);
}
