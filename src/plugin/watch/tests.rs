//! Tests of the watch as a whole.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is a failed test"
)]

use serde_json::{json, Value};

use super::{spread, Mark, Step, Watch};
use crate::plugin::json::Json;
use crate::sid::{ConversationSid, WorkerSid};

pub(super) const NOW: f64 = 1_800_000_000_000.0;
pub(super) const SECOND: f64 = 1_000.0;

pub(super) fn worker(number: usize) -> WorkerSid {
    WorkerSid::parse(format!("WK{number:032}")).unwrap()
}

pub(super) fn conversation(number: usize) -> ConversationSid {
    ConversationSid::parse(format!("CH{number:032x}")).unwrap()
}

/// The place of a conversation's map.
pub(super) fn map(number: usize) -> usize {
    number % 4
}

pub(super) fn watch_of(number: usize) -> Watch {
    let mut watch = Watch::new(worker(number).as_str()).unwrap();
    watch.connection(true, "connected", NOW);
    read_all(&mut watch, NOW);
    watch
}

/// Reads all maps, which are empty.
fn read_all(watch: &mut Watch, now: f64) {
    for step in watch.tick(now) {
        let Step::Read { map } = step else {
            panic!("{step:?}");
        };
        let read = watch.begin(map, now);
        assert!(!watch.page(map, read, &Json::List(Vec::new()), true, now));
    }
}

/// How long the desktop waits with a conversation.
fn wait(desktop: usize, number: usize) -> f64 {
    spread(&worker(desktop), conversation(number).as_str())
}

pub(super) fn put(watch: &mut Watch, number: usize, data: &Value, now: f64) {
    let item = json!({ "key": conversation(number).as_str(), "data": data, "dateUpdated": now });
    watch.put(map(number), &Json::from(&item), now);
}

fn ask_at(at: f64) -> Value {
    json!({ "unheardSince": NOW - SECOND, "askAt": at })
}

/// Lets the time pass from `now` until `until`, as the shim does. Returns all steps, each with its time.
fn pass_from(mut now: f64, watch: &mut Watch, until: f64) -> Vec<(f64, Step)> {
    let mut steps = Vec::new();
    for _ in 0..10_000 {
        let Some(due) = watch.next_tick().filter(|due| *due <= until) else {
            return steps;
        };
        now = now.max(due);
        steps.extend(watch.tick(now).into_iter().map(|step| (now, step)));
    }
    panic!("something is due again and again");
}

fn pass(watch: &mut Watch, until: f64) -> Vec<(f64, Step)> {
    pass_from(NOW, watch, until)
}

fn claim(number: usize) -> Step {
    Step::Claim {
        map: map(number),
        conversation_sid: conversation(number),
    }
}

fn check(number: usize) -> Step {
    Step::Check {
        conversation_sid: conversation(number),
    }
}

/// Carries out a claim as Sync does where nobody else has changed the item. Returns what the item holds then.
fn write_mark(watch: &mut Watch, number: usize, data: &Value, now: f64) -> Value {
    let key = conversation(number).to_string();
    let mark = watch.claim(&key, &Json::from(data), now).unwrap();
    let expected = Mark {
        asked_at: now,
        ask: worker(1),
    };
    assert_eq!(mark, expected);
    let data = marked(data, mark.asked_at);
    put(watch, number, &data, now);
    watch.claimed(&key, None, now);
    data
}

fn marked(data: &Value, at: f64) -> Value {
    let mut data = data.clone();
    data["askedAt"] = json!(at);
    data["ask"] = json!(worker(9).as_str());
    data
}

#[test]
fn an_item_is_asked_about_some_seconds_after_its_time() {
    let mut watch = watch_of(1);
    let (data, at) = (
        ask_at(NOW + 45.0 * SECOND),
        NOW + 45.0 * SECOND + wait(1, 1),
    );
    put(&mut watch, 1, &data, NOW);
    assert_eq!(pass(&mut watch, at - 1.0), []);
    assert_eq!(pass(&mut watch, at), [(at, claim(1))]);
    write_mark(&mut watch, 1, &data, at);
    assert_eq!(pass_from(at, &mut watch, at), [(at, check(1))]);
    watch.checked(conversation(1).as_str());
    assert_eq!(pass(&mut watch, at + 20.0 * SECOND), []);
}

#[test]
fn an_item_that_changes_in_time_is_not_asked_about() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW + SECOND), NOW);
    put(&mut watch, 1, &ask_at(NOW + 45.0 * SECOND), NOW + SECOND);
    assert_eq!(pass(&mut watch, NOW + 44.0 * SECOND), []);
    watch.take(conversation(1).as_str());
    assert_eq!(watch.next_tick(), None);
}

#[test]
fn the_desktops_wait_differently_and_none_longer_than_some_seconds() {
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
fn a_fresh_mark_of_another_desktop_keeps_this_one_away() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &marked(&data, NOW - 5.0 * SECOND), NOW);
    let at = NOW + 15.0 * SECOND + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, claim(1))]);
}

#[test]
fn a_mark_from_the_future_is_none() {
    let mut watch = watch_of(1);
    let data = marked(&ask_at(NOW - SECOND), NOW + 5.0 * SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, claim(1))]);
    let mark = watch.claim(conversation(1).as_str(), &Json::from(&data), at);
    assert!(mark.is_some());
}

#[test]
fn a_slow_clock_heeds_a_mark_and_not_for_longer() {
    let mut watch = watch_of(1);
    let minute = 60.0 * SECOND;
    let data = marked(&ask_at(NOW - SECOND), NOW + minute);
    let item = json!({
        "key": conversation(1).as_str(), "data": data, "dateUpdated": NOW + minute + 1.0,
    });
    watch.put(map(1), &Json::from(&item), NOW);
    let at = NOW + 20.0 * SECOND + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, claim(1))]);
}

#[test]
fn who_loses_stands_back_and_looks_again() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, claim(1))]);
    // Sync refuses the write, the SDK reads the item again and asks again.
    let key = conversation(1).to_string();
    assert!(watch.claim(&key, &Json::from(&data), at).is_some());
    let theirs = marked(&data, at - SECOND);
    put(&mut watch, 1, &theirs, at);
    assert_eq!(watch.claim(&key, &Json::from(&theirs), at), None);
    watch.claimed(&key, None, at);
    let later = at + 20.0 * SECOND + wait(1, 1);
    assert_eq!(pass(&mut watch, later), [(later, claim(1))]);
}

#[test]
fn an_item_that_has_changed_or_gone_under_the_claim_is_left_alone() {
    let data = ask_at(NOW - SECOND);
    for now_there in [ask_at(NOW + 45.0 * SECOND), json!({})] {
        let mut watch = watch_of(1);
        put(&mut watch, 1, &data, NOW);
        let at = NOW + wait(1, 1);
        pass(&mut watch, at);
        let key = conversation(1).to_string();
        assert_eq!(watch.claim(&key, &Json::from(&now_there), at), None);
        watch.claimed(&key, None, at);
        assert_eq!(pass(&mut watch, at + 20.0 * SECOND), []);
    }
    let mut watch = watch_of(1);
    let key = conversation(1).to_string();
    assert_eq!(watch.claim(&key, &Json::from(&data), NOW), None, "unknown");
    put(&mut watch, 1, &data, NOW);
    assert_eq!(watch.claim(&key, &Json::from(&data), NOW), None, "not due");
    watch.claimed(&key, None, NOW);
    watch.checked(&key);
    let at = NOW + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, claim(1))]);
}

#[test]
fn questions_that_change_nothing_become_rarer() {
    let mut watch = watch_of(1);
    let mut data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let mut now = NOW + wait(1, 1);
    for pause in [20.0, 40.0, 80.0, 120.0, 120.0] {
        assert_eq!(pass(&mut watch, now), [(now, claim(1))]);
        data = write_mark(&mut watch, 1, &data, now);
        assert_eq!(pass_from(now, &mut watch, now), [(now, check(1))]);
        watch.checked(conversation(1).as_str());
        // Who has asked lets the others go first.
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
    watch.checked(conversation(1).as_str());
    let next = watch.next_tick().unwrap();
    assert!(next <= now + 36.0 * SECOND, "{}", next - now);
}

#[test]
fn a_claim_that_fails_or_is_never_answered_is_tried_again_later() {
    for error in [Some(500), None] {
        let mut watch = watch_of(1);
        put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
        let mut at = NOW + wait(1, 1);
        assert_eq!(pass(&mut watch, at), [(at, claim(1))]);
        match error {
            Some(_) => watch.claimed(conversation(1).as_str(), error, at),
            None => {
                at += 20.0 * SECOND;
                assert_eq!(pass(&mut watch, at), []);
            }
        }
        let next = watch.next_tick().unwrap();
        assert!((at + 20.0 * SECOND..at + 36.0 * SECOND).contains(&next));
        assert_eq!(pass(&mut watch, next), [(next, claim(1))]);
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
        json!({ "askAt": NOW + 1e9, "unheardSince": null }),
        json!({ "askAt": 1e300, "askedAt": -1 }),
    ] {
        let mut watch = watch_of(1);
        put(&mut watch, 1, &data, NOW);
        let at = NOW + 52.0 * SECOND + wait(1, 1);
        assert_eq!(pass(&mut watch, at - 1.0), [], "{data}");
        assert_eq!(pass(&mut watch, at), [(at, claim(1))], "{data}");
        let mark = watch.claim(conversation(1).as_str(), &Json::from(&data), at);
        assert!(mark.is_some(), "{data}");
    }
}

#[test]
fn what_is_no_item_of_the_map_is_passed_over() {
    let mut watch = watch_of(1);
    let due = json!({ "askAt": NOW - SECOND });
    for (map, key) in [
        (0, json!(null)),
        (0, json!("CH1")),
        (0, json!("../Documents")),
        (0, json!(conversation(1).as_str())),
        (9, json!(conversation(1).as_str())),
    ] {
        watch.put(map, &Json::from(&json!({ "key": key, "data": due })), NOW);
    }
    watch.put(0, &Json::Null, NOW);
    assert_eq!(watch.next_tick(), None);
}

#[test]
fn a_desktop_that_slept_looks_at_the_item_before_it_asks() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW + SECOND), NOW);
    let morning = NOW + 36_000.0 * SECOND;
    assert_eq!(watch.tick(morning), [claim(1)]);
    let now_there = ask_at(morning + 45.0 * SECOND);
    let key = conversation(1).to_string();
    assert_eq!(watch.claim(&key, &Json::from(&now_there), morning), None);
}

#[test]
fn a_desktop_that_sleeps_between_mark_and_question_does_not_ask() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    pass(&mut watch, at);
    write_mark(&mut watch, 1, &data, at);
    let morning = at + 36_000.0 * SECOND;
    // The question is the first thing that is due; a tick that late finds the mark stale.
    assert_eq!(watch.tick(morning), []);
}

#[test]
fn a_clock_that_is_set_back_makes_no_wait_longer() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
    let hour_ago = NOW - 3_600.0 * SECOND;
    assert_eq!(watch.tick(hour_ago), []);
    assert!(watch.next_tick().unwrap() <= hour_ago + 60.0 * SECOND);
}

#[test]
fn without_a_connection_nothing_is_claimed_and_its_return_reads_all_maps() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
    watch.connection(true, "disconnected", NOW);
    assert_eq!(watch.next_tick(), None);
    watch.connection(false, "connected", NOW);
    assert_eq!(watch.next_tick(), None);
    watch.connection(true, "connected", NOW);
    assert_eq!(
        watch.tick(NOW),
        [0, 1, 2, 3].map(|map| Step::Read { map }),
        "{watch:?}"
    );
    watch.connection(true, "connected", NOW);
    assert!(watch.next_tick().unwrap() > NOW, "nothing has changed");
}

#[test]
fn a_read_drops_what_went_meanwhile_and_keeps_what_has_just_come() {
    let mut watch = watch_of(1);
    for number in [4, 8, 5] {
        put(&mut watch, number, &ask_at(NOW - SECOND), NOW);
    }
    let read = watch.begin(0, NOW);
    let key = |number| conversation(number).to_string();
    let page = json!([{ "key": key(12), "data": ask_at(NOW - SECOND) }, null]);
    assert!(watch.page(0, read, &Json::from(&page), false, NOW));
    put(&mut watch, 16, &ask_at(NOW - SECOND), NOW);
    assert!(!watch.page(0, read, &Json::List(Vec::new()), true, NOW));
    let kept: Vec<&str> = watch
        .items
        .iter()
        .map(|item| item.conversation.as_str())
        .collect();
    assert_eq!(kept, [key(5), key(12), key(16)]);
    assert!(
        !watch.page(0, read, &Json::from(&page), false, NOW),
        "ended"
    );
}

#[test]
fn an_item_that_is_read_again_is_not_new() {
    let mut watch = watch_of(1);
    let far = ask_at(NOW + 1e9);
    put(&mut watch, 1, &far, NOW);
    let due = watch.next_tick().unwrap();
    let item = json!({ "key": conversation(1).as_str(), "data": far, "dateUpdated": NOW });
    watch.put(map(1), &Json::from(&item), NOW + 30.0 * SECOND);
    assert_eq!(watch.next_tick(), Some(due));
}

#[test]
fn a_read_that_fails_or_hangs_is_tried_again_less_and_less_often() {
    let mut watch = watch_of(1);
    let mut now = NOW;
    for pause in [20.0, 40.0, 80.0, 120.0, 120.0] {
        let read = watch.begin(0, now);
        watch.fail(0, read, Some(500), now);
        watch.fail(0, read, Some(500), now);
        let at = now + pause * SECOND;
        assert_eq!(pass(&mut watch, at), [(at, Step::Read { map: 0 })]);
        now = at;
    }
    let read = watch.begin(0, now);
    let again = now + 60.0 * SECOND;
    assert_eq!(pass(&mut watch, again), [(again, Step::Read { map: 0 })]);
    assert!(watch.begin(0, again) > read);
    watch.fail(0, read, None, again);
    assert_eq!(
        watch.next_tick(),
        Some(again + 60.0 * SECOND),
        "an earlier read"
    );
}

#[test]
fn a_map_that_was_deleted_is_made_again_not_by_all_at_once() {
    let mut watch = watch_of(1);
    put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
    watch.clear(1, NOW);
    let at = NOW + spread(&worker(1), "ParkInteractionWaiting_1");
    assert_eq!(pass(&mut watch, at), [(at, Step::Read { map: 1 })]);
}

#[test]
fn where_sync_forbids_it_the_watch_is_off_with_one_warning() {
    let refuse: [fn(&mut Watch); 2] = [
        |watch| {
            let read = watch.begin(2, NOW);
            watch.fail(2, read, Some(403), NOW);
        },
        |watch| watch.claimed(conversation(1).as_str(), Some(403), NOW),
    ];
    for refuse in refuse {
        let mut watch = watch_of(1);
        put(&mut watch, 1, &ask_at(NOW - SECOND), NOW);
        refuse(&mut watch);
        refuse(&mut watch);
        assert!(watch.next_tick().unwrap() <= NOW);
        let steps = watch.tick(NOW);
        assert!(matches!(steps.as_slice(), [Step::Warn { .. }]), "{steps:?}");
        assert_eq!(watch.next_tick(), None);
        watch.connection(false, "disconnected", NOW);
        watch.connection(true, "connected", NOW);
        assert_eq!((watch.next_tick(), watch.tick(NOW)), (None, Vec::new()));
    }
}

#[test]
fn a_logout_ends_everything() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    pass(&mut watch, at);
    watch.stop();
    let mark = watch.claim(conversation(1).as_str(), &Json::from(&data), at);
    assert_eq!((mark, watch.next_tick()), (None, None));
    assert_eq!(watch.tick(at), []);
}

#[test]
fn an_item_that_was_deleted_and_made_again_is_not_asked_about_sooner() {
    let mut watch = watch_of(1);
    let data = ask_at(NOW - SECOND);
    put(&mut watch, 1, &data, NOW);
    let at = NOW + wait(1, 1);
    pass(&mut watch, at);
    write_mark(&mut watch, 1, &data, at);
    assert_eq!(pass_from(at, &mut watch, at), [(at, check(1))]);
    watch.take(conversation(1).as_str());
    put(&mut watch, 1, &data, at + SECOND);
    let next = watch.next_tick().unwrap();
    assert!(next >= at + 20.0 * SECOND, "{}", next - at);
}

/// The item that the Functions write and the watch belong together.
#[cfg(feature = "functions")]
#[test]
fn what_the_functions_write_is_watched() {
    let mut watch = watch_of(1);
    let item = crate::waiting::item(&conversation(1), 1_799_999_999_000, 1_800_000_045_000);
    let names: Vec<&str> = watch.map_names().collect();
    let place = names.iter().position(|name| *name == item.map.as_str());
    let data: Value = serde_json::from_str(&item.data).unwrap();
    let item = json!({ "key": item.key.as_str(), "data": data, "dateUpdated": NOW });
    watch.put(place.unwrap(), &Json::from(&item), NOW);
    let at = NOW + 45.0 * SECOND + wait(1, 1);
    assert_eq!(pass(&mut watch, at), [(at, claim(1))]);
}
