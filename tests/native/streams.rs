//! Events of Event Streams: reported of every conversation, at least once, in any order, and up to hours late.

use memory_twilio::{sids, ADA, WAKE_URL};
use park_interaction::protocol::unpark::Cause;
use park_interaction::reply::{Refusal, Reply};
use park_interaction::twilio::calls::Target;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyCall;

use crate::stage::{refusal, Fault, Stage, ELSEWHERE, FAULTS, NOBODY, STREAMS_ALONE, TIMER_ALONE};

const MINUTE_MS: Millis = 60_000;

fn parked() -> Stage {
    let mut stage = Stage::parked().later(0);
    stage.watchers = NOBODY;
    stage
}

fn streamed(stage: &mut Stage) -> Reply {
    let operation = stage.streamed();
    stage.reply(operation)
}

/// Its owner's timer may make it inactive, and every conversation is closed one day.
#[test]
fn a_conversation_that_is_not_parked_costs_one_request() {
    let mut stage = Stage::new();
    let before = stage.twilio.attributes.clone();
    assert_eq!(streamed(&mut stage), Reply::Ignored);
    let calls: Vec<_> = stage.calls.iter().map(|(_, call)| call.name()).collect();
    assert_eq!(calls, ["ListWebhooks"]);
    assert_eq!(stage.twilio.attributes, before);
}

#[test]
fn a_parked_conversation_without_a_message_stays_as_it_is() {
    let mut stage = parked();
    let saved = |stage: &Stage| {
        let rows: Vec<String> = stage
            .twilio
            .rows()
            .map(|(_, row)| row.data.to_string())
            .collect();
        (
            stage.twilio.attributes.clone(),
            stage.twilio.guardian(),
            rows,
        )
    };
    let before = saved(&stage);
    streamed(&mut stage);
    assert_eq!(saved(&stage), before);
    assert_eq!(stage.invites(), 0);
}

/// The wake was lost, with its answer and its clocks.
#[test]
fn a_message_that_nobody_heard_of_is_routed_once() {
    let mut stage = parked();
    stage.twilio.customer_writes(stage.now);
    assert_eq!(streamed(&mut stage), Reply::Routed);
    for _ in 0..3 {
        assert_eq!(streamed(&mut stage), Reply::AlreadyRouted);
    }
    assert_eq!(stage.invites(), 1);
}

/// Twilio delivers an event again while the first delivery is answered, and the timer's webhook comes at the same moment.
#[test]
fn deliveries_at_the_same_moment_make_one_invite() {
    for apart in [0, 30, 70, 150, 400, 1_200] {
        let mut stage = parked();
        stage.twilio.customer_writes(stage.now);
        let first = stage.streamed();
        stage.run_for(apart);
        let second = stage.streamed();
        let other = stage.unpark(Cause::Restore);
        stage.run();
        let replies =
            [first, second, other].map(|operation| stage.outcomes[&operation].reply.clone());
        assert_eq!(stage.invites(), 1, "{apart} ms: {replies:?}");
        assert!(replies.contains(&Reply::Routed), "{apart} ms: {replies:?}");
    }
}

/// An event that could not be handled is answered so that Twilio delivers it again; that delivery finds everything as it was.
#[test]
fn an_event_that_fails_is_repeated() {
    for fault in FAULTS {
        for call in 0.. {
            let mut stage = parked();
            stage.watchers = STREAMS_ALONE;
            stage.twilio.customer_writes(stage.now);
            stage.fault = Some((call, fault));
            let first = stage.streamed();
            stage.run();
            if !stage.fault_was_hit {
                break;
            }
            stage.fault = None;
            let died = matches!(fault, Fault::DiesBefore | Fault::DiesAfter);
            let is_repeated = died
                || matches!(
                    stage.outcomes[&first].reply,
                    Reply::Refused {
                        refusal: Refusal::TwilioUnavailable
                            | Refusal::TwilioRefused { .. }
                            | Refusal::Busy,
                        ..
                    }
                );
            if is_repeated {
                stage.let_time_pass(MINUTE_MS);
                streamed(&mut stage);
            }
            stage.let_time_pass(2 * MINUTE_MS);
            assert!(
                stage.invites() >= 1,
                "{fault:?} at call {call}: nobody is asked"
            );
            assert_eq!(
                stage.twilio.open_tasks().count(),
                1,
                "{fault:?} at call {call}"
            );
        }
    }
}

#[test]
fn webhooks_that_cannot_be_read_decide_nothing() {
    let mut stage = parked();
    stage.down = Some("ListWebhooks");
    let reply = streamed(&mut stage);
    assert_eq!(refusal(reply), Refusal::TwilioUnavailable);
    stage.down = None;
    stage.missing = Some("ListWebhooks");
    assert_eq!(streamed(&mut stage), Reply::Ignored);
}

/// The webhook has set the timer again by then. It would be longer by the age of the last message if that counted as an end at once.
#[test]
fn a_late_report_of_the_timer_makes_the_next_one_no_longer() {
    let mut stage = parked();
    stage.watchers = TIMER_ALONE;
    stage.wake();
    stage.let_time_pass(10 * MINUTE_MS + 1_000);
    assert_eq!(streamed(&mut stage), Reply::AlreadyRouted);
    let ends = stage.twilio.timer_ends_at().expect("a timer runs");
    assert!(ends <= stage.now + MINUTE_MS, "{} ms", ends - stage.now);
}

/// An account has one stream of events, and may have the Functions of two environments.
#[test]
fn what_another_environment_has_parked_is_left_to_it() {
    let mut stage = parked();
    stage.twilio.customer_writes(stage.now);
    for webhook in &mut stage.twilio.webhooks {
        if let Some(Target::Url(url)) = &mut webhook.armed.target {
            *url = url.replace("https://", "https://other-");
        }
    }
    assert_eq!(streamed(&mut stage), Reply::Ignored);
    let ended = stage.streamed_end();
    assert_eq!(stage.reply(ended), Reply::Ignored);
    assert_eq!(stage.changes(), Vec::<&str>::new());
    assert_eq!(stage.invites(), 0);
}

/// Other code has removed the webhook. TaskRouter's log shows where the conversation is parked.
#[test]
fn the_end_of_an_invite_restores_a_lost_webhook() {
    let mut stage = parked();
    stage.twilio.webhooks.clear();
    let ended = stage.streamed_end();
    assert_eq!(stage.reply(ended), Reply::Restored);
    assert!(stage.twilio.guardian().is_some());
}

/// Both report that a timer has ended. Where it counts from the last message, the second check must not set one that ends at once: its end
/// would be reported twice again, and so on without a pause.
#[test]
fn two_reports_of_one_end_make_no_storm() {
    for timers_run_from_message in [false, true] {
        for is_streamed_first in [false, true] {
            let mut stage = parked();
            stage.twilio.readings.timers_run_from_message = timers_run_from_message;
            assert_eq!(stage.wake(), Reply::Routed);
            stage.let_time_pass(4 * MINUTE_MS);
            let ends_at = stage
                .twilio
                .timer_ends_at()
                .map_or(stage.now, |at| at.max(stage.now));
            stage.now = ends_at;
            let mut checks = stage.twilio.timer_ends(ends_at);
            let mut ends = 0;
            while let Some(call) = checks.pop() {
                ends += 1;
                assert!(ends < 4, "{timers_run_from_message}, {is_streamed_first}");
                if is_streamed_first {
                    streamed(&mut stage);
                }
                let check = stage.called(call);
                let _ = stage.reply(check);
                if !is_streamed_first {
                    streamed(&mut stage);
                }
                checks.extend(stage.twilio.timer_ends(stage.now));
            }
            let left = stage.twilio.timer_ends_at().expect("a timer runs") - stage.now;
            assert!(
                left > 50_000,
                "{timers_run_from_message}, {is_streamed_first}: {left}"
            );
        }
    }
}

/// Event Streams may be faster than the webhook, which then finds a timer that was set a moment ago. If that counted as an end at once, a
/// crash before the correction would leave a timer that is longer by the age of the message.
#[test]
fn a_webhook_after_event_streams_never_asks_for_a_longer_timer() {
    for apart in [0, 300, 2_000, 10_000, 29_000] {
        let mut stage = parked();
        stage.watchers = TIMER_ALONE;
        stage.wake();
        stage.let_time_pass(10 * MINUTE_MS + 1_000);
        stage.watchers = NOBODY;
        stage.now = stage.twilio.timer_ends_at().expect("a timer runs");
        let calls = stage.twilio.timer_ends(stage.now);
        assert_eq!(calls.len(), 1);
        stage.calls.clear();
        stage.streamed();
        stage.run_for(apart);
        for call in calls {
            stage.called(call);
        }
        stage.run();
        let timers: Vec<_> = stage
            .calls
            .iter()
            .filter_map(|(_, call)| match call {
                AnyCall::UpdateConversation(update) => update.inactive_after_seconds,
                _ => None,
            })
            .collect();
        assert!(!timers.is_empty(), "{apart} ms later");
        assert!(
            timers.iter().all(|seconds| *seconds == 60),
            "{apart} ms later: {timers:?}"
        );
    }
}

/// An event may come late: about the task before, or about a park that was not settled. While its operation waits for the claim, the agent
/// parks through another environment's Functions.
#[test]
fn what_another_environment_parks_meanwhile_is_left_to_it() {
    for is_parked_before in [false, true] {
        for is_end in [false, true] {
            for apart in (0..2_500).step_by(50) {
                let what = format!("{apart} ms, parked before: {is_parked_before}, end: {is_end}");
                let mut stage = if is_parked_before {
                    let mut stage = parked();
                    stage.wake();
                    stage.twilio.accept(ADA, stage.now);
                    stage.later(30_000)
                } else {
                    Stage::new()
                };
                stage.watchers = NOBODY;
                stage.wake_url = ELSEWHERE;
                let park = stage.park(true);
                stage.run_for(apart);
                stage.wake_url = WAKE_URL;
                let event = if is_end {
                    stage.streamed_end()
                } else {
                    stage.streamed()
                };
                stage.run();
                let replies = [park, event].map(|one| stage.outcomes[&one].reply.clone());
                assert!(
                    matches!(replies[0], Reply::Parked { .. }),
                    "{what}: {replies:?}"
                );
                let webhooks = stage.twilio.webhooks.iter();
                let targets: Vec<_> = webhooks.map(|one| one.armed.target.clone()).collect();
                let is_theirs = |target: &Option<Target>| matches!(target, Some(Target::Url(url)) if url.starts_with(ELSEWHERE));
                assert!(
                    targets.len() == 1 && targets.iter().all(is_theirs),
                    "{what}: {replies:?}, {targets:?}"
                );
            }
        }
    }
}

/// Other products may have webhooks in the same conversation, whose addresses look like ours.
#[test]
fn webhooks_of_others_hide_nothing_and_count_for_nothing() {
    let query = "interactionSid=KD00000000000000000000000000000009";
    let (host, path) = WAKE_URL
        .split_once(".io/")
        .map(|(host, path)| (format!("{host}.io"), format!("/{path}")))
        .expect("a host and a path");
    for theirs in [
        format!("{host}/other{path}?{query}"),
        format!("{host}{path}-2?{query}"),
        format!("{host}{path}/?{query}"),
        format!("{host}.example.com/hooks?to={WAKE_URL}"),
        format!("http{}{path}?{query}", host.trim_start_matches("https")),
    ] {
        let arm = |stage: &mut Stage| {
            let mut webhook = stage.twilio.webhooks[0].clone();
            webhook.armed.sid = sids::webhook(9);
            webhook.armed.target = Some(Target::Url(theirs.clone()));
            stage.twilio.webhooks.push(webhook);
        };
        let is_there = |stage: &Stage| {
            let mut webhooks = stage.twilio.webhooks.iter();
            webhooks.any(|one| one.armed.sid == sids::webhook(9))
        };
        let mut beside = parked();
        arm(&mut beside);
        beside.twilio.customer_writes(beside.now);
        assert_eq!(streamed(&mut beside), Reply::Routed, "{theirs}");
        assert!(is_there(&beside), "{theirs}");

        let mut alone = parked();
        arm(&mut alone);
        alone.twilio.webhooks.remove(0);
        assert_eq!(streamed(&mut alone), Reply::Ignored, "{theirs}");
        assert_eq!(alone.changes(), Vec::<&str>::new(), "{theirs}");
        // The end of a task names its own conversation, whose webhook is lost.
        let ended = alone.streamed_end();
        assert_eq!(alone.reply(ended), Reply::Restored, "{theirs}");
        assert!(is_there(&alone), "{theirs}");
    }
}
