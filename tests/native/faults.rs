//! Every fault at every call of an operation. Then the customer writes again, and somebody must come.

use memory_twilio::{caller, ADA};
use park_interaction::protocol::unpark::Cause;
use park_interaction::reply::Reply;

use crate::stage::{Fault, Stage, FAULTS, START};

/// Checks I1 and I2, now and after the customer's next message; I3 always.
fn nobody_is_lost(stage: &mut Stage, what: &str) {
    let open = |stage: &Stage| stage.twilio.open_tasks().count();
    assert!(open(stage) <= 1, "{what}: two tasks for one customer");
    let parked = stage.twilio.is_armed();
    assert!(
        stage.twilio.agents() > 0 || open(stage) > 0 || parked,
        "{what}: the customer is alone"
    );
    assert!(stage.twilio.others_are_untouched(), "{what}: attributes");

    // The operation and its lease are over before the customer writes next.
    stage.now += 20_000;
    stage.customer_writes_in(0);
    stage.run();
    assert!(
        stage.twilio.agents() > 0 || open(stage) == 1,
        "{what}: the next message brought nobody"
    );
    assert!(open(stage) <= 1, "{what}: a second task");
    assert!(stage.twilio.others_are_untouched(), "{what}: attributes");
    nothing_is_left(stage, what);
}

/// Checks I3 and I4, once somebody has joined and settled.
fn nothing_is_left(stage: &mut Stage, what: &str) {
    if stage.twilio.agents() == 0 {
        stage.twilio.accept(ADA, stage.now);
    }
    stage.now += 20_000;
    stage.caller = Some(caller(ADA));
    stage.unpark(Cause::Settle);
    stage.run();
    let twilio = &stage.twilio;
    assert!(twilio.record().is_none(), "{what}: the record is left");
    assert!(twilio.items.is_empty(), "{what}: {:?}", twilio.items);
    assert!(twilio.webhooks.is_empty(), "{what}: a webhook is left");
    assert_eq!(twilio.timer_seconds, None, "{what}: the timer is left");
}

/// Runs `act` with each fault at each call that it makes when nothing goes wrong.
fn at_every_call(prepare: fn(Stage) -> Stage, act: fn(&mut Stage) -> usize) {
    for lists_who_left in [false, true] {
        let prepare = || {
            let mut stage = Stage::new();
            stage.twilio.readings.lists_who_left = lists_who_left;
            prepare(stage)
        };
        with_each_fault(prepare, act);
    }
}

fn with_each_fault(prepare: impl Fn() -> Stage, act: fn(&mut Stage) -> usize) {
    let mut clean = prepare();
    let operation = act(&mut clean);
    clean.run();
    let of_it = clean.calls.iter().filter(|(by, _)| *by == operation);
    let calls = of_it.count();
    assert!(calls > 5, "only {calls} calls");
    for number in 0..calls {
        for fault in FAULTS {
            let mut stage = prepare();
            stage.fault = Some((number, fault));
            act(&mut stage);
            stage.run();
            assert!(stage.fault_was_hit, "call {number} was never made");
            let what = format!(
                "call {number}, {fault:?}, {:?}",
                stage.outcomes.values().last()
            );
            nobody_is_lost(&mut stage, &what);
        }
    }
}

fn parked(mut stage: Stage) -> Stage {
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.later(60_000)
}

fn woken_and_accepted(stage: Stage) -> Stage {
    let mut stage = parked(stage);
    assert_eq!(stage.wake(), Reply::Routed);
    accepted(stage)
}

/// Returns the stage after Ada has resumed and accepted: the row is still there.
fn resumed_and_accepted(stage: Stage) -> Stage {
    let mut stage = parked(stage);
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    accepted(stage)
}

fn accepted(mut stage: Stage) -> Stage {
    stage.twilio.accept(ADA, stage.now);
    stage.later(20_000)
}

fn write(stage: &mut Stage) -> usize {
    let by = stage.twilio.customer_writes(stage.now);
    let call = stage.twilio.calls_for(&by).pop().expect("a webhook");
    stage.called(call)
}

#[test]
fn a_park_that_goes_wrong_anywhere_loses_nobody() {
    at_every_call(|stage| stage, |stage| stage.park(true));
}

/// The customer writes meanwhile.
#[test]
fn a_failed_park_loses_no_message() {
    at_every_call(
        |stage| stage,
        |stage| {
            let park = stage.park(true);
            stage.customer_writes_in(250);
            park
        },
    );
}

#[test]
fn a_wake_that_goes_wrong_anywhere_loses_nobody() {
    at_every_call(parked, write);
}

#[test]
fn a_resume_that_goes_wrong_anywhere_loses_nobody() {
    at_every_call(parked, |stage| stage.unpark(Cause::Resume));
}

#[test]
fn a_settle_that_goes_wrong_anywhere_loses_nobody() {
    at_every_call(woken_and_accepted, |stage| stage.unpark(Cause::Settle));
    at_every_call(resumed_and_accepted, |stage| stage.unpark(Cause::Settle));
}

/// The end of a task of a conversation with an unheard message is followed by another invite.
#[test]
fn a_restore_that_goes_wrong_anywhere_loses_nobody() {
    let declined = |stage| {
        let mut stage = parked(stage);
        assert_eq!(stage.wake(), Reply::Routed);
        stage.now += 70_000;
        stage.twilio.end_invite(stage.now);
        stage.later(0)
    };
    at_every_call(declined, |stage| stage.unpark(Cause::Restore));
}

#[test]
fn a_park_that_is_refused_leaves_no_trace_but_the_claim() {
    for number in 0..18 {
        let mut stage = Stage::new();
        stage.twilio.closing_seconds = Some(86_400);
        stage.fault = Some((number, Fault::Down));
        let park = stage.park(true);
        if let Reply::Refused { .. } = stage.reply(park) {
            assert_eq!(stage.twilio.agents(), 1, "call {number}");
            assert_eq!(stage.twilio.closing_seconds, Some(86_400), "call {number}");
            assert!(stage.twilio.items.is_empty(), "call {number}");
            // If the agent may still be taken out, the webhook has to stay.
            let may_go = stage.count("ListParticipants") > 1;
            assert!(may_go || stage.twilio.webhooks.is_empty(), "call {number}");
        }
    }
}

/// Found by the model checker.
#[test]
fn a_wake_removes_a_row_that_no_record_names() {
    let mut left = 0;
    for number in 0..24 {
        let mut stage = Stage::new();
        stage.fault = Some((number, Fault::DiesBefore));
        stage.park(true);
        stage.run();
        let is_nameless = stage
            .twilio
            .record()
            .is_some_and(|record| !record.is_listed);
        if stage.twilio.agents() == 0 && is_nameless {
            left += 1;
            assert_eq!(stage.twilio.rows().count(), 1, "call {number}");
            stage.now += 20_000;
            stage.customer_writes_in(0);
            stage.run();
            assert_eq!(stage.twilio.rows().count(), 0, "call {number}");
        }
    }
    assert!(
        left > 0,
        "no park died with its agent out and its row unnamed"
    );
}

/// The response was lost, and the invite takes a while to show in the list, or never does: the task itself shows it then.
#[test]
fn a_late_invite_is_not_made_twice() {
    let mut clean = parked(Stage::new());
    assert_eq!(clean.wake(), Reply::Routed);
    let invite = number_of_invite(&clean);
    for shows_after_ms in [2_500, 30_000] {
        let mut stage = parked(Stage::new());
        assert!(stage.now > START);
        stage.twilio.readings.invites_show_after_ms = shows_after_ms;
        stage.fault = Some((invite, Fault::AnswerLost));
        assert_eq!(stage.wake(), Reply::Routed);
        assert!(stage.fault_was_hit);
        assert_eq!(stage.twilio.open_tasks().count(), 1, "{shows_after_ms} ms");
    }
}

/// The search for a lost invite takes about as long as the claim lasts.
#[test]
fn an_invite_that_is_found_late_is_written_down() {
    let mut clean = parked(Stage::new());
    let resume = clean.unpark(Cause::Resume);
    assert_eq!(clean.reply(resume), Reply::Routed);
    let invite = number_of_invite(&clean);

    let mut stage = parked(Stage::new());
    stage.twilio.readings.invites_show_after_ms = 30_000;
    stage.fault = Some((invite, Fault::TimedOut));
    let begin = stage.now;
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    assert!(stage.fault_was_hit);
    assert!(stage.now - begin > 5_500, "the invite was found soon");
    let guardian = stage.twilio.guardian().expect("a guardian");
    let task = stage.twilio.open_tasks().next().map(|(task, _)| task);
    assert_eq!(guardian.invited_task(), task);
}

/// Returns the number of the call that creates the invite.
fn number_of_invite(stage: &Stage) -> usize {
    let mut calls = stage.calls.iter();
    let invite = calls.position(|(_, call)| call.name() == "CreateInvite");
    invite.expect("an invite")
}
