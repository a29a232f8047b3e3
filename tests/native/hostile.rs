//! Hostile requests and data of an agent's browser, against the customer of the conversation.

use memory_twilio::{the_conversation, ADA, BEN};
use park_interaction::attributes::Attributes;
use park_interaction::protocol::unpark::{Cause, Clock};
use park_interaction::reply::Reply;
use park_interaction::twilio::calls::{Claim, ClaimState, CreateClaim};
use serde_json::{json, Value};

use crate::stage::Stage;

/// Sync documents can be written by every agent's browser, as maps can.
#[test]
fn a_forged_claim_keeps_nobody_waiting() {
    for state in [ClaimState::Held, ClaimState::Invited] {
        for until in [u64::MAX, 4_000_000_000_000] {
            let mut stage = Stage::parked();
            let claim = Claim {
                conversation: the_conversation(),
                owner: "forged".into(),
                until,
                state,
            };
            let now = stage.now;
            stage.twilio.claim.expire(now + 60_000);
            let forged = CreateClaim::new(claim);
            stage.twilio.claim.create(&forged, now).unwrap();
            assert_eq!(stage.wake(), Reply::Routed, "{state:?} until {until}");
            stage.twilio.accept(ADA, stage.now);
            let settle = stage.unpark(Cause::Settle);
            assert_eq!(stage.reply(settle), Reply::Settled);
        }
    }
}

/// An agent claims to have seen messages that do not exist yet.
#[test]
fn a_forged_last_seen_message_hides_none() {
    for ahead in [1, 5, u32::MAX - 10] {
        let mut stage = Stage::new();
        let last = stage.twilio.last_index().unwrap();
        let park = stage.park_with(|request| {
            request.target.last_message_index = Some(last + ahead);
        });
        assert!(matches!(stage.reply(park), Reply::Parked { .. }));
        stage.let_time_pass(60_000);
        assert_eq!(stage.wake(), Reply::Routed, "{ahead} ahead");
    }
}

/// Without a webhook of ours only the record's `heard` is left. It may not lie in the future.
#[test]
fn a_forged_record_hides_no_message() {
    let mut stage = Stage::parked();
    stage.twilio.webhooks[0].armed.target = Some(park_interaction::twilio::calls::Target::Url(
        memory_twilio::WAKE_URL.into(),
    ));
    let mut record: Value = serde_json::from_str(&stage.twilio.attributes).unwrap();
    record["parkInteraction"]["heard"] = json!(u32::MAX);
    stage.twilio.attributes = record.to_string().into();
    for cause in [Cause::Reconcile, Cause::Check(Clock::Desktop)] {
        let mut stage = Stage::with(stage.twilio.clone()).later(60_000);
        let operation = stage.unpark(cause.clone());
        stage.reply(operation);
        stage.let_time_pass(20_000);
        assert_eq!(stage.wake(), Reply::Routed, "after {cause:?}");
    }
    assert_eq!(stage.wake(), Reply::Routed);
}

/// A damaged or forged timer, which Twilio refuses, must not keep the parked state in the conversation.
#[test]
fn a_refused_timer_does_not_prevent_settling() {
    for seconds in [json!(1), json!(59), json!(u32::MAX), json!("30")] {
        let mut stage = Stage::parked();
        let mut record: Value = serde_json::from_str(&stage.twilio.attributes).unwrap();
        record["parkInteraction"]["timerSeconds"] = seconds.clone();
        stage.twilio.attributes = record.to_string().into();
        assert_eq!(stage.wake(), Reply::Routed);
        stage.twilio.accept(ADA, stage.now);
        let settle = stage.unpark(Cause::Settle);
        assert_eq!(stage.reply(settle), Reply::Settled, "{seconds}");
        assert!(stage.twilio.record().is_none());
    }
}

/// Twilio may refuse a task's attributes, as too large for example. The conversation is routed without them.
#[test]
fn refused_attributes_do_not_prevent_routing() {
    let mut stage = Stage::parked();
    let mut record: Value = serde_json::from_str(&stage.twilio.attributes).unwrap();
    let large = json!({ "customerAddress": "customer-1", "x": "x".repeat(9_000) });
    record["taskAttributes"] = json!(large.to_string());
    stage.twilio.attributes = record.to_string().into();
    assert_eq!(stage.wake(), Reply::Routed);
    assert!(stage.twilio.invite().is_some());
}

/// A slow or busy machine takes longer for both requests, so their ratio counts, each in the best of its tries. With a search for
/// each field it would be 64.
#[test]
fn eight_times_the_fields_are_eight_times_the_work() {
    let seconds = |count: u32| {
        let fields: Vec<String> = (0..count).map(|n| format!("\"{n:x}\":1")).collect();
        let text = format!("{{{}}}", fields.join(","));
        let tries = (0..7).map(|_| {
            let began = std::time::Instant::now();
            Attributes::parse(&text).unwrap();
            began.elapsed().as_secs_f64()
        });
        tries.fold(f64::INFINITY, f64::min)
    };
    let ratio = seconds(20_000) / seconds(2_500);
    assert!(ratio < 24.0, "{ratio}");
}

/// The park dies while its agent is being taken out, which Twilio does only after the check of the customer's message.
#[test]
fn a_message_during_a_dead_park_is_heard() {
    use crate::stage::Fault;
    let mut clean = Stage::new();
    let park = clean.park(true);
    clean.reply(park);
    let calls: Vec<_> = clean.calls.iter().map(|(_, call)| call.name()).collect();
    let close = calls.iter().position(|name| *name == "CloseParticipant");
    let mut stage = Stage::new();
    stage.fault = Some((close.unwrap(), Fault::DiesBefore));
    stage.park(true);
    stage.customer_writes_in(1_000);
    stage.run();
    assert_eq!(stage.twilio.agents(), 1);
    stage.twilio.leave(ADA, stage.now);
    stage.let_time_pass(130_000);
    assert!(stage.twilio.invite().is_some(), "{:?}", stage.outcomes);
}

/// The response about the agent's removal is lost, and Twilio removes them half a minute later.
#[test]
fn a_late_removal_of_the_agent_loses_nobody() {
    use crate::stage::Fault;
    let mut clean = Stage::new();
    let park = clean.park(true);
    clean.reply(park);
    let calls: Vec<_> = clean.calls.iter().map(|(_, call)| call.name()).collect();
    let close = calls.iter().position(|name| *name == "CloseParticipant");
    let mut stage = Stage::new();
    stage.fault = Some((close.unwrap(), Fault::Down));
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Refused { .. }));
    assert_eq!(stage.twilio.agents(), 1);
    assert_eq!(stage.twilio.rows().count(), 0);
    assert!(stage.twilio.record().is_none());
    stage.now += 30_000;
    stage.twilio.leave(ADA, stage.now);
    assert!(stage.twilio.is_armed(), "the customer is alone");
    assert_eq!(stage.wake(), Reply::Routed);
}

/// The clock has struck and its webhook was lost. The customer writes again while somebody is asked.
#[test]
fn a_clock_that_has_struck_is_none() {
    let mut stage = Stage::parked();
    stage.watchers = crate::stage::TIMER_ALONE;
    assert_eq!(stage.wake(), Reply::Routed);
    stage.now += 70_000;
    drop(stage.twilio.timer_ends(stage.now));
    stage.now += 10_000;
    assert_eq!(stage.wake(), Reply::AlreadyRouted);
    stage.let_time_pass(5_000);
    stage.end_invite();
    stage.let_time_pass(130_000);
    assert!(stage.twilio.invite().is_some());
}

/// Twilio may take an invite's attributes as they are.
#[test]
fn the_next_task_names_its_own_place() {
    let mut stage = Stage::parked();
    let mut record: Value = serde_json::from_str(&stage.twilio.attributes).unwrap();
    let forged = memory_twilio::sids::sid("UO", 77);
    let theirs =
        json!({ "customerAddress": "customer-1", "flexInteractionChannelSid": forged.clone() });
    record["taskAttributes"] = json!(theirs.to_string());
    stage.twilio.attributes = record.to_string().into();
    assert_eq!(stage.wake(), Reply::Routed);
    let invite = stage.invitations().next().unwrap();
    assert!(
        !invite.attributes.contains(&forged),
        "{}",
        invite.attributes
    );
}

/// A log so long that its beginning is not read may begin with what the agent has written.
#[test]
fn a_cut_log_is_no_evidence() {
    use park_interaction::twilio::calls::{TaskEvent, LOGGED_EVENTS};
    let mut stage = Stage::parked();
    stage.twilio.webhooks.clear();
    let created = stage.twilio.events.pop().unwrap();
    for _ in 0..LOGGED_EVENTS - 1 {
        stage.twilio.events.push(TaskEvent {
            kind: "task.updated".into(),
            ..created.clone()
        });
    }
    let resume = stage.unpark(Cause::Resume);
    assert!(matches!(stage.reply(resume), Reply::Refused { .. }));
    assert_eq!(stage.invites(), 0);
}

/// A customer and a bot have written for a day: the follow-up of an invite does not read all of it, each time in vain.
#[test]
fn a_long_unheard_talk_is_routed_again_as_a_short_one() {
    let mut stage = Stage::parked();
    assert_eq!(stage.wake(), Reply::Routed);
    for _ in 0..900 {
        stage.twilio.customer_writes(stage.now);
    }
    stage.let_time_pass(120_000);
    stage.calls.clear();
    stage.end_invite();
    assert!(stage.twilio.invite().is_some(), "{:?}", stage.outcomes);
    assert_eq!(stage.count("ListMessages"), 1);
}

/// Each time at once: otherwise an agent could put the customer off for an hour.
#[test]
fn an_agent_who_leaves_at_once_is_followed_at_once() {
    let mut stage = Stage::parked();
    assert_eq!(stage.wake(), Reply::Routed);
    for _ in 0..5 {
        stage.let_time_pass(2_000);
        stage.twilio.accept(BEN, stage.now);
        stage.twilio.leave(BEN, stage.now);
        let restore = stage.unpark(Cause::Restore);
        assert_eq!(stage.reply(restore), Reply::Routed);
        assert!(stage.twilio.invite().is_some());
    }
}
