//! Every call of an operation goes wrong in every way; then the customer writes again, and somebody must come.

use park_interaction::attributes::Attributes;
use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::Call;
use park_interaction::record::{without_record, ParkedRecord};
use park_interaction::reply::Reply;

use crate::desk::{caller, Desk, ADA, OTHERS};
use crate::stage::{Fault, Stage};

const FAULTS: [Fault; 7] = [
    Fault::Throttled,
    Fault::NotDone,
    Fault::Refused,
    Fault::AnswerLost,
    Fault::Down,
    Fault::DiesBefore,
    Fault::DiesAfter,
];

/// I1 and I2, now and after the customer's next message; I3 always.
fn nobody_is_lost(stage: &mut Stage, what: &str) {
    let desk = &stage.desk;
    assert!(
        desk.open_tasks.len() <= 1,
        "{what}: two tasks for one customer"
    );
    let parked = desk.record().is_some() && desk.is_armed();
    assert!(
        desk.agents() > 0 || !desk.open_tasks.is_empty() || parked,
        "{what}: the customer is alone"
    );
    others_are_untouched(stage, what);

    // Whatever it was, it is over before the customer writes next; its lease too.
    stage.let_time_pass(20_000);
    stage.customer_writes_in(0);
    stage.run();
    let desk = &stage.desk;
    assert!(
        desk.agents() > 0 || desk.open_tasks.len() == 1,
        "{what}: the next message brought nobody"
    );
    assert!(
        desk.open_tasks.len() <= 1,
        "{what}: the next message made a second task"
    );
    others_are_untouched(stage, what);
    nothing_is_left(stage, what);
}

/// I3 and I4, once somebody has joined and settled.
fn nothing_is_left(stage: &mut Stage, what: &str) {
    if stage.desk.agents() == 0 {
        stage.desk.accept(ADA);
    }
    stage.let_time_pass(20_000);
    stage.desk.caller = Some(caller(ADA, &["agent"]));
    stage.unpark(Cause::Settle);
    stage.run();
    let desk = &stage.desk;
    assert!(desk.record().is_none(), "{what}: the record is left");
    assert!(desk.rows.is_empty(), "{what}: the row is left");
    assert!(desk.webhooks.is_empty(), "{what}: a webhook is left");
}

fn others_are_untouched(stage: &Stage, what: &str) {
    let attributes = Attributes::parse(&stage.desk.attributes).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&without_record(&attributes).unwrap().text())
            .unwrap(),
        serde_json::from_str::<serde_json::Value>(OTHERS).unwrap(),
        "{what}: attributes of others"
    );
}

/// Runs `act` with each fault at each call that it makes when nothing goes wrong.
fn at_every_call(prepare: fn(Desk) -> Stage, act: fn(&mut Stage) -> usize) {
    for lists_who_left in [false, true] {
        let prepare = || {
            let mut desk = Desk::new();
            desk.lists_who_left = lists_who_left;
            prepare(desk)
        };
        with_each_fault(prepare, act);
    }
}

fn with_each_fault(prepare: impl Fn() -> Stage, act: fn(&mut Stage) -> usize) {
    let mut clean = prepare();
    let operation = act(&mut clean);
    clean.run();
    let calls = clean
        .calls
        .iter()
        .filter(|(by, _)| *by == operation)
        .count();
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

/// A stage of its own for what follows: faults are counted from its first operation.
fn parked(desk: Desk) -> Stage {
    let mut stage = Stage::new(desk);
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    let mut later = Stage::new(stage.desk);
    later.now = stage.now + 60_000;
    later
}

fn woken_and_accepted(desk: Desk) -> Stage {
    let mut stage = parked(desk);
    let by = stage.desk.customer_writes();
    let wake = stage.unpark(Cause::Wake(vec![by]));
    accepted(stage, wake)
}

/// Unlike after a wake, the row is there still.
fn resumed_and_accepted(desk: Desk) -> Stage {
    let mut stage = parked(desk);
    let resume = stage.unpark(Cause::Resume);
    accepted(stage, resume)
}

fn accepted(mut stage: Stage, operation: usize) -> Stage {
    assert_eq!(stage.reply(operation), Reply::Routed);
    stage.desk.accept(ADA);
    let mut later = Stage::new(stage.desk);
    later.now = stage.now + 20_000;
    later.desk.caller = Some(caller(ADA, &["agent"]));
    later
}

#[test]
fn a_park_that_goes_wrong_anywhere_loses_nobody() {
    at_every_call(Stage::new, |stage| stage.park(true));
}

#[test]
fn a_park_that_goes_wrong_while_the_customer_writes_loses_nobody() {
    at_every_call(Stage::new, |stage| {
        let park = stage.park(true);
        stage.customer_writes_in(250);
        park
    });
}

#[test]
fn a_wake_that_goes_wrong_anywhere_loses_nobody() {
    at_every_call(parked, |stage| {
        let by = stage.desk.customer_writes();
        stage.unpark(Cause::Wake(vec![by]))
    });
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

#[test]
fn a_park_that_is_refused_leaves_no_trace_but_the_claim() {
    for number in 0..16 {
        let mut stage = Stage::new(Desk::new());
        stage.fault = Some((number, Fault::Down));
        let park = stage.park(true);
        if let Reply::Refused { .. } = stage.reply(park) {
            assert_eq!(stage.desk.agents(), 1, "call {number}");
            assert!(
                stage.desk.rows.is_empty(),
                "call {number}: {:?}",
                stage.desk.rows
            );
            assert!(stage.desk.webhooks.is_empty(), "call {number}");
        }
    }
}

/// Found by the model checker.
#[test]
fn a_row_goes_with_the_wake_even_if_the_park_died_before_the_record_named_it() {
    let mut left = 0;
    for number in 0..20 {
        let mut stage = Stage::new(Desk::new());
        stage.fault = Some((number, Fault::DiesBefore));
        stage.park(true);
        stage.run();
        let nameless = |record: ParkedRecord| record.map_item_key.is_none();
        if stage.desk.agents() == 0 && stage.desk.record().is_some_and(nameless) {
            left += 1;
            assert_eq!(stage.desk.rows.len(), 1, "call {number}");
            stage.let_time_pass(20_000);
            stage.customer_writes_in(0);
            stage.run();
            assert!(stage.desk.rows.is_empty(), "call {number}");
        }
    }
    assert!(
        left > 0,
        "no park died with its agent out and its row unnamed"
    );
}

#[test]
fn an_invite_whose_answer_is_lost_is_not_made_twice_though_it_takes_a_while_to_show() {
    let wake = |stage: &mut Stage| {
        let by = stage.desk.customer_writes();
        let wake = stage.unpark(Cause::Wake(vec![by]));
        stage.reply(wake)
    };
    let mut clean = parked(Desk::new());
    assert_eq!(wake(&mut clean), Reply::Routed);
    let invite = clean
        .calls
        .iter()
        .position(|(_, call)| matches!(call, Call::Invite(_)))
        .expect("an invite");

    let mut stage = parked(Desk::new());
    stage.desk.invites_show_after = 2_500;
    stage.fault = Some((invite, Fault::AnswerLost));
    assert_eq!(wake(&mut stage), Reply::Routed);
    assert!(stage.fault_was_hit);
    assert_eq!(stage.desk.invites.len(), 1);
}
