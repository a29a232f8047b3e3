//! I7: nobody waits unheard. Another invite follows every invite that ends without an agent.

use memory_twilio::sids::worker;
use memory_twilio::{caller, ADA, BEN};
use park_interaction::protocol::unpark::{Cause, Clock};
use park_interaction::reply::Reply;
use park_interaction::sync_name::MapName;
use park_interaction::twilio::time::Millis;

use crate::stage::{
    Fault, Stage, Watchers, DESKTOP_ALONE, EVENTS_ALONE, STREAMS_ALONE, TIMER_ALONE,
};

/// The longest time of an unheard customer without an open invite, with the time of a check.
const FOLLOWED_WITHIN_MS: Millis = 62_000;

const SECOND_MS: Millis = 1_000;
const MINUTE_MS: Millis = 60_000;

/// Each watcher alone: the others do nothing.
const ALONE: [Watchers; 4] = [EVENTS_ALONE, TIMER_ALONE, DESKTOP_ALONE, STREAMS_ALONE];

fn parked_with(watchers: Watchers) -> Stage {
    let mut stage = Stage::parked();
    stage.watchers = watchers;
    stage
}

fn unpark(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

/// Lets time pass until somebody is asked. Returns the time that it took.
fn time_until_asked(stage: &mut Stage, within: Millis) -> Option<Millis> {
    let began = stage.now;
    while stage.now <= began + within {
        if stage.twilio.invite().is_some() {
            return Some(stage.now - began);
        }
        stage.let_time_pass(SECOND_MS);
    }
    None
}

#[track_caller]
fn is_followed(stage: &mut Stage, watchers: Watchers) {
    let took = time_until_asked(stage, FOLLOWED_WITHIN_MS);
    assert!(took.is_some(), "nobody is asked with {watchers:?} alone");
}

#[test]
fn an_ended_invite_is_followed() {
    for watchers in ALONE {
        let mut stage = parked_with(watchers);
        assert_eq!(stage.wake(), Reply::Routed);
        stage.let_time_pass(5 * MINUTE_MS);
        stage.end_invite();
        is_followed(&mut stage, watchers);
        let last = stage.invitations().last().unwrap();
        assert_eq!(last.worker, None, "through the workflow");
        assert_eq!(stage.invites(), 2);
    }
}

/// Ada resumes, does not take it, and the customer writes meanwhile.
#[test]
fn a_message_during_an_offer_is_routed_after_it() {
    for watchers in ALONE {
        let mut stage = parked_with(watchers);
        assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
        stage.let_time_pass(10 * SECOND_MS);
        assert_eq!(stage.wake(), Reply::AlreadyRouted);
        let row = stage.twilio.rows().next().expect("the row stays").1;
        assert!(row.data.contains("\"unheardSince\""), "{}", row.data);
        stage.let_time_pass(10 * SECOND_MS);
        stage.end_invite();
        is_followed(&mut stage, watchers);
        let last = stage.invitations().last().unwrap();
        assert_eq!(last.worker, None, "through the workflow");
    }
}

#[test]
fn invites_follow_until_an_agent_joins() {
    for watchers in ALONE {
        let mut stage = parked_with(watchers);
        stage.wake();
        for _ in 0..5 {
            stage.let_time_pass(3 * MINUTE_MS);
            stage.end_invite();
            is_followed(&mut stage, watchers);
        }
        stage.twilio.accept(BEN, stage.now);
        stage.let_time_pass(10 * MINUTE_MS);
        assert_eq!(stage.twilio.open_tasks().count(), 1);
        assert_eq!(stage.invites(), 6);
    }
}

/// A workflow whose filter matches nothing cancels a task at once.
#[test]
fn invites_that_end_at_once_make_no_storm() {
    for watchers in ALONE {
        let mut stage = parked_with(watchers);
        stage.wake();
        let mut made = vec![stage.now];
        stage.end_invite();
        while stage.now < made[0] + 200 * MINUTE_MS {
            if stage.twilio.invite().is_some() {
                made.push(stage.now);
                stage.end_invite();
            }
            stage.let_time_pass(SECOND_MS);
        }
        // Without a clock nobody comes back after an end: the event alone makes the first wait only.
        let clocks = watchers.timer || watchers.desktop;
        let minutes: Vec<Millis> = made
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).div_ceil(MINUTE_MS))
            .collect();
        if clocks {
            assert!(minutes.len() >= 5, "{minutes:?} with {watchers:?}");
            for (took, at_most) in minutes.iter().zip([2, 6, 16, 61, 61, 61]) {
                assert!(*took <= at_most, "{minutes:?} with {watchers:?}");
            }
            for (took, at_least) in minutes.iter().zip([1, 5, 15, 60, 60, 60]) {
                assert!(*took >= at_least, "{minutes:?} with {watchers:?}");
            }
        }
    }
}

/// It does so until the next invite.
#[test]
fn a_row_shows_an_unheard_message() {
    let mut stage = Stage::parked();
    stage.wake();
    let wrote_at = stage.now;
    assert_eq!(stage.twilio.rows().count(), 0);
    stage.end_invite();
    let (list, row) = stage.twilio.rows().next().expect("the row is back");
    assert_eq!(*list, MapName::list_of(&worker(ADA)));
    let data: serde_json::Value = serde_json::from_str(&row.data).unwrap();
    let since = data["unheardSince"].as_u64().unwrap();
    assert!(
        since <= wrote_at && wrote_at - since < 2 * SECOND_MS,
        "{data}"
    );
    stage.let_time_pass(FOLLOWED_WITHIN_MS);
    assert!(stage.twilio.invite().is_some());
    assert_eq!(stage.twilio.rows().count(), 0, "it goes with the invite");
}

/// The claim of the operation before is still there, and the event may be doubled.
#[test]
fn an_event_that_comes_twice_makes_one_invite() {
    let mut stage = Stage::parked();
    stage.wake();
    stage.let_time_pass(2 * MINUTE_MS);
    stage.twilio.end_invite(stage.now);
    for _ in 0..3 {
        stage.unpark(Cause::Restore);
        stage.unpark(Cause::Check(Clock::Timer));
        stage.unpark(Cause::Check(Clock::Desktop));
    }
    stage.run();
    assert_eq!(stage.twilio.open_tasks().count(), 1);
    assert_eq!(stage.invites(), 2);
}

#[test]
fn a_new_message_does_not_wait_for_the_next_invite() {
    let mut stage = Stage::parked();
    stage.wake();
    stage.end_invite();
    assert!(stage.twilio.invite().is_none());
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(
        stage.twilio.guardian().unwrap().quick_ends,
        0,
        "the customer's own messages do not let the distance grow"
    );
}

#[test]
fn an_agent_may_resume_what_waits_for_the_next_invite() {
    let mut stage = Stage::parked();
    stage.wake();
    stage.end_invite();
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert!(stage.twilio.items.is_empty());
    assert_eq!(stage.twilio.timer_seconds, None);
}

#[test]
fn what_nobody_wrote_to_is_not_routed_by_any_clock() {
    let mut stage = Stage::parked();
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    stage.let_time_pass(70 * SECOND_MS);
    stage.end_invite();
    for clock in [Clock::Timer, Clock::Desktop] {
        assert_eq!(unpark(&mut stage, Cause::Check(clock)), Reply::Ignored);
    }
    stage.let_time_pass(10 * MINUTE_MS);
    assert_eq!(stage.invites(), 1);
    assert_eq!(stage.twilio.rows().count(), 1);
}

/// Any agent's desktop may ask. It changes only what must change.
#[test]
fn a_desktop_that_asks_gives_its_agent_no_right() {
    let mut stage = Stage::parked();
    stage.caller = Some(caller(BEN));
    let desktop = Cause::Check(Clock::Desktop);
    assert_eq!(unpark(&mut stage, desktop.clone()), Reply::Ignored);
    assert_eq!(stage.invites(), 0);
    stage.caller = None;
    assert!(matches!(unpark(&mut stage, desktop), Reply::Refused { .. }));
}

/// As long as somebody is asked, a check reads a task and sets the clocks again: it comes once a minute for all who wait.
#[test]
fn a_check_while_somebody_is_asked_is_cheap() {
    let claim = ["CreateClaim", "UpdateClaim"];
    let clocks = ["FetchTask", "PutItem", "UpdateConversation"];
    for (watchers, more) in [
        (ALONE[1], &["FetchConversation"][..]),
        (ALONE[2], &["ListWebhooks", "ValidateToken"]),
    ] {
        let mut stage = parked_with(watchers);
        stage.wake();
        stage.let_time_pass(30 * SECOND_MS);
        stage.calls.clear();
        stage.let_time_pass(50 * SECOND_MS);
        let mut made: Vec<&str> = stage.calls.iter().map(|(_, call)| call.name()).collect();
        made.sort_unstable();
        let mut expected = [&claim, &clocks[..], more].concat();
        expected.sort_unstable();
        assert_eq!(made, expected, "{watchers:?}");
        assert!(stage.twilio.waiting_item().is_some());
    }
}

/// An operation sets the clocks before its invite, so that they are set if it dies or the invite fails.
#[test]
fn a_failed_wake_is_watched() {
    for watchers in [ALONE[1], ALONE[2]] {
        for fault in [Fault::Refused, Fault::DiesBefore, Fault::DiesAfter] {
            let calls = calls_of_a_wake();
            let invite = calls.iter().position(|name| *name == "CreateInvite");
            for (number, name) in calls.iter().enumerate().skip(invite.unwrap()) {
                let mut stage = Stage::parked().later(0);
                stage.watchers = watchers;
                stage.fault = Some((number, fault));
                let by = stage.twilio.customer_writes(stage.now);
                let call = stage.twilio.calls_for(&by).pop().unwrap();
                stage.called(call);
                stage.run();
                stage.let_time_pass(20 * SECOND_MS);
                stage.twilio.end_invite(stage.now);
                let what = format!("{name} {fault:?} with {watchers:?}");
                // If the fault hit the only clock, the customer's next message is watched.
                let is_watched = (watchers.timer && stage.twilio.timer_seconds.is_some())
                    || (watchers.desktop && stage.twilio.waiting_item().is_some());
                let took = time_until_asked(&mut stage, 2 * FOLLOWED_WITHIN_MS);
                assert!(took.is_some() || !is_watched, "{what}");
            }
        }
    }
}

fn calls_of_a_wake() -> Vec<&'static str> {
    let mut stage = Stage::parked().later(0);
    stage.wake();
    stage.calls.iter().map(|(_, call)| call.name()).collect()
}

/// A wake that fails sets the clocks before it replies, and so does the check of a timer, which nobody would repeat.
#[test]
fn what_fails_is_looked_at_again() {
    for fault in [Fault::Refused, Fault::Down] {
        for watchers in [ALONE[1], ALONE[2]] {
            for number in 0..calls_of_a_wake().len() {
                let mut stage = Stage::parked().later(0);
                stage.watchers = watchers;
                stage.fault = Some((number, fault));
                let wake = stage.wake();
                let is_set = stage.twilio.invite().is_some()
                    || (watchers.timer && stage.twilio.timer_seconds.is_some())
                    || (watchers.desktop && stage.twilio.waiting_item().is_some());
                let what = format!("call {number}, {fault:?}, {watchers:?}: {wake:?}");
                let other = if watchers.timer {
                    stage.twilio.waiting_item().is_some()
                } else {
                    stage.twilio.timer_seconds.is_some()
                };
                assert!(is_set || other, "{what}: nothing watches");
                let took = time_until_asked(&mut stage, FOLLOWED_WITHIN_MS);
                assert!(took.is_some() || !is_set, "{what}: nobody is asked");
            }
        }
    }
}

#[test]
fn a_check_of_the_timer_that_fails_comes_again() {
    for number in 0..2 {
        let mut stage = parked_with(ALONE[1]);
        stage.wake();
        stage.let_time_pass(3 * MINUTE_MS);
        stage.twilio.end_invite(stage.now);
        let mut stage = stage.later(0);
        stage.watchers = ALONE[1];
        stage.fault = Some((number, Fault::Refused));
        let took = time_until_asked(&mut stage, 3 * MINUTE_MS);
        assert!(stage.fault_was_hit);
        assert!(took.is_some(), "call {number}");
    }
}
