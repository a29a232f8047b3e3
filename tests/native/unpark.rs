//! Waking, resuming and settling.

use memory_twilio::sids::{member, queue, task, worker};
use memory_twilio::{caller, ADA, BEN, OTHERS, SUE};
use park_interaction::protocol::unpark::Cause;
use park_interaction::reply::{Refusal, Reply};

use crate::stage::{refusal, Stage};

fn unpark(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

#[test]
fn a_wake_takes_two_rounds_and_removes_the_row() {
    let mut first = Stage::parked();
    assert_eq!(first.wake(), Reply::Routed);
    // The map of waiting conversations exists from then on.
    first.twilio.accept(ADA, first.now);
    let park = first.park(true);
    assert!(matches!(first.reply(park), Reply::Parked { .. }));
    let mut stage = first.later(60_000);
    let started = stage.now;
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.now - started, 300, "look, invite, tidy");
    assert_eq!(stage.invites(), 1);
    let invite = stage.invitations().next().unwrap();
    assert_eq!(invite.worker, None);
    assert!(invite.attributes.contains(r#""topic":"parcel""#));
    assert!(invite.attributes.contains("originalRouting"));
    assert_eq!(stage.twilio.rows().count(), 0);
    assert!(
        stage.twilio.is_armed(),
        "the guardian stays until somebody joined"
    );
}

/// Twilio may still list participants who have left.
#[test]
fn an_agent_who_left_does_not_count() {
    let mut stage = Stage::parked();
    stage.twilio.readings.lists_who_left = true;
    assert_eq!(stage.wake(), Reply::Routed);
    stage.twilio.end_invite(stage.now);
    stage.now += 30_000;
    assert_eq!(stage.wake(), Reply::Routed);
}

/// Found by the model checker: tasks read before a park's last step, participants after it.
#[test]
fn the_parked_task_is_no_invite() {
    let mut stage = Stage::parked();
    let waiting = park_interaction::twilio::calls::TaskStatus::Waiting;
    stage.twilio.set_status(&task(1), waiting, stage.now);
    assert_eq!(stage.wake(), Reply::Routed);
}

/// The webhook's address names the place.
#[test]
fn a_wiped_record_does_not_prevent_routing() {
    let mut stage = Stage::parked();
    stage.twilio.attributes = r#"{"theirs":1}"#.into();
    assert_eq!(stage.wake(), Reply::Routed);
    let invite = stage.invitations().next().unwrap();
    assert_eq!(invite.workflow, memory_twilio::sids::workflow(1));
    assert!(invite.attributes.contains(worker(ADA).as_str()));
    assert_eq!(&*stage.twilio.attributes, r#"{"theirs":1}"#);
}

#[test]
fn ten_messages_at_once_make_one_task() {
    let mut stage = Stage::parked();
    for _ in 0..10 {
        stage.customer_writes_in(0);
    }
    stage.run();
    assert_eq!(stage.invites(), 1);
}

#[test]
fn only_the_customer_wakes() {
    let mut stage = Stage::parked();
    stage.twilio.join(BEN, None);
    stage.twilio.participants.pop();
    for (author, participant) in [("ben", Some(member(BEN))), ("system", None)] {
        let by = stage.twilio.write(author, participant, stage.now);
        assert_eq!(stage.wake_for(&by), Reply::Ignored, "{author}");
    }
    assert_eq!(stage.invites(), 0);
    assert_eq!(stage.twilio.rows().count(), 1);
}

/// Twilio takes three requests a second with an expression, for the whole account.
#[test]
fn a_usual_wake_makes_no_limited_call() {
    let mut stage = Stage::parked();
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.count("FindWorker"), 0);
}

#[test]
fn while_a_task_is_open_further_messages_make_none() {
    let mut stage = Stage::parked();
    stage.wake();
    stage.let_time_pass(30_000);
    assert_eq!(stage.wake(), Reply::AlreadyRouted);
    assert_eq!(stage.invites(), 1);
}

/// Twilio may deliver a message again, hours later.
#[test]
fn a_redelivered_message_wakes_nobody() {
    let mut stage = Stage::parked();
    let old = park_interaction::protocol::MessageRef::from(&stage.twilio.messages[1]);
    assert_eq!(stage.wake_for(&old), Reply::Ignored);
    assert_eq!(stage.invites(), 0);
}

#[test]
fn settling_leaves_nothing_of_ours_and_all_of_others() {
    let mut stage = Stage::parked();
    stage.twilio.timer_seconds = None;
    stage.wake();
    assert!(stage.twilio.timer_seconds.is_some() && stage.twilio.waiting_item().is_some());
    stage.twilio.accept(BEN, stage.now);
    stage.caller = Some(caller(BEN));
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert!(stage.twilio.webhooks.is_empty() && stage.twilio.items.is_empty());
    assert_eq!(stage.twilio.timer_seconds, None);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&stage.twilio.attributes).unwrap(),
        serde_json::from_str::<serde_json::Value>(OTHERS).unwrap()
    );
}

#[test]
fn settling_puts_the_owners_timer_back() {
    let mut stage = Stage::new();
    stage.twilio.timer_seconds = Some(7_200);
    let park = stage.park(true);
    stage.reply(park);
    stage.now += 60_000;
    stage.wake();
    assert_eq!(stage.twilio.timer_seconds, Some(60));
    stage.twilio.accept(ADA, stage.now);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert_eq!(stage.twilio.timer_seconds, Some(7_200));
}

/// Settling and the next park go on at once.
#[test]
fn an_accepted_invite_is_not_waited_for() {
    let accepted = || {
        let mut stage = Stage::parked();
        stage.wake();
        stage.twilio.accept(ADA, stage.now);
        stage
    };
    let mut stage = accepted();
    let started = stage.now;
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert!(stage.now - started < 1_500, "{} ms", stage.now - started);

    let mut stage = accepted();
    let started = stage.now;
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert!(stage.now - started < 1_500, "{} ms", stage.now - started);
}

#[test]
fn should_nobody_settle_the_next_message_does() {
    let mut stage = Stage::parked();
    stage.wake();
    stage.twilio.accept(BEN, stage.now);
    stage.now += 30_000;
    assert_eq!(stage.wake(), Reply::Settled);
    assert!(stage.twilio.record().is_none() && !stage.twilio.is_armed());
    assert_eq!(stage.invites(), 1);
}

/// Without a desktop that settles, the timer finds the agent there.
#[test]
fn should_nobody_settle_the_timer_does() {
    let mut stage = Stage::parked();
    stage.wake();
    stage.twilio.accept(BEN, stage.now);
    stage.let_time_pass(70_000);
    assert!(stage.twilio.record().is_none() && !stage.twilio.is_armed());
    assert!(stage.twilio.items.is_empty() && stage.twilio.timer_seconds.is_none());
}

/// The row stays until they have joined.
#[test]
fn a_resume_asks_the_agent_who_clicked() {
    let mut stage = Stage::parked();
    stage.caller = Some(caller(SUE));
    let started = stage.now;
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    assert_eq!(stage.now - started, 400, "token, claim, invite, tidy");
    let named = stage.invitations().next().unwrap().worker.clone().unwrap();
    assert_eq!((named.worker, named.queue), (worker(SUE), queue(1)));
    assert_eq!(named.timeout_seconds, 60);
    assert_eq!(stage.twilio.rows().count(), 1);
    stage.twilio.accept(SUE, stage.now);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert_eq!(stage.twilio.rows().count(), 0);
}

#[test]
fn another_agent_may_not_resume() {
    let mut stage = Stage::parked();
    stage.caller = Some(caller(BEN));
    assert_eq!(
        refusal(unpark(&mut stage, Cause::Resume)),
        Refusal::NotAllowed
    );
    assert_eq!(stage.invites(), 0);
}

/// Twilio would let the invite wait until its time is over.
#[test]
fn a_resume_needs_an_agent_with_room() {
    let mut stage = Stage::parked();
    stage.twilio.away.insert(worker(ADA));
    assert_eq!(refusal(unpark(&mut stage, Cause::Resume)), Refusal::Away);
    stage.twilio.away.clear();
    stage.twilio.full.insert(worker(ADA));
    assert_eq!(refusal(unpark(&mut stage, Cause::Resume)), Refusal::Full);
    assert_eq!(stage.invites(), 0);
    assert_eq!(stage.twilio.rows().count(), 1);
    stage.twilio.full.clear();
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
}

/// The conversation is closed, or not parked any more.
#[test]
fn a_resume_in_vain_removes_the_row() {
    let mut stage = Stage::parked();
    stage.twilio.close_conversation(stage.now);
    assert_eq!(
        refusal(unpark(&mut stage, Cause::Resume)),
        Refusal::ConversationClosed
    );
    assert_eq!(stage.twilio.rows().count(), 0);

    let mut stage = Stage::new();
    assert_eq!(
        refusal(unpark(&mut stage, Cause::Resume)),
        Refusal::NotParked
    );
}

#[test]
fn resume_and_wake_at_the_same_moment_make_one_task() {
    let mut stage = Stage::parked();
    stage.unpark(Cause::Resume);
    stage.customer_writes_in(0);
    stage.run();
    assert_eq!(stage.invites(), 1);
}

#[test]
fn repeated_parks_leave_no_stray_webhook() {
    let mut stage = Stage::new();
    for round in 0..3 {
        let park = stage.park(round != 1);
        let reply = stage.reply(park);
        assert!(matches!(reply, Reply::Parked { .. }), "{round}: {reply:?}");
        assert_eq!(stage.twilio.webhooks.len(), 1, "{round}");
        // The customer answers at once, and nobody settles before the next park.
        assert_eq!(stage.wake(), Reply::Routed, "{round}");
        stage.twilio.accept(ADA, stage.now);
    }
}

/// Twilio may refuse an invite while it is inactive.
#[test]
fn an_inactive_conversation_is_activated_first() {
    let mut stage = Stage::parked();
    stage.twilio.inactive = true;
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    let names: Vec<&str> = stage.calls.iter().map(|(_, call)| call.name()).collect();
    let at = |name| names.iter().rposition(|one| *one == name);
    assert!(at("UpdateConversation") < at("CreateInvite"), "{names:?}");
    assert!(!stage.twilio.inactive);
}
