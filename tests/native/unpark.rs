use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::Call;
use park_interaction::reply::{Refusal, Reply};

use crate::desk::{self, caller, Desk, ADA, BEN, OTHERS};
use crate::stage::{wake, Stage};

#[test]
fn the_customers_message_makes_one_task_in_two_rounds_and_the_row_goes() {
    let mut stage = Stage::parked();
    let started = stage.now;
    assert_eq!(wake(&mut stage), Reply::Routed);
    assert_eq!(stage.now - started, 300, "look, invite, tidy");
    assert_eq!(stage.desk.invites.len(), 1);
    let invite = &stage.desk.invites[0];
    assert_eq!(invite.worker, None);
    assert!(invite.attributes.contains(r#""topic":"parcel""#));
    assert!(invite.attributes.contains("originalRouting"));
    assert!(stage.desk.rows.is_empty());
    assert!(
        stage.desk.is_armed(),
        "the guardian stays until somebody joined"
    );
}

#[test]
fn an_agent_who_has_left_is_not_taken_for_present_should_twilio_list_them_still() {
    let mut stage = Stage::parked();
    stage.desk.lists_who_left = true;
    assert_eq!(wake(&mut stage), Reply::Routed);
    stage.desk.decline();
    stage.let_time_pass(30_000);
    assert_eq!(wake(&mut stage), Reply::Routed);
}

/// Found by the model checker: tasks read before a park's last step, participants after it.
#[test]
fn the_task_that_was_parked_is_not_taken_for_an_invite_should_it_be_listed_still() {
    let mut stage = Stage::parked();
    stage.desk.open_tasks.push(desk::task(1));
    assert_eq!(wake(&mut stage), Reply::Routed);
}

#[test]
fn a_record_that_other_code_wiped_out_leaves_enough_to_route_by() {
    let mut stage = Stage::parked();
    stage.desk.attributes = r#"{"theirs":1}"#.into();
    let by = stage.desk.customer_writes();
    let wake = stage.unpark_routed(Cause::Wake(vec![by]));
    assert_eq!(stage.reply(wake), Reply::Routed);
    let invite = &stage.desk.invites[0];
    assert_eq!(invite.workflow, desk::workflow(1));
    assert!(invite.attributes.contains(desk::worker(ADA).as_str()));
    assert_eq!(stage.desk.attributes, r#"{"theirs":1}"#);
}

#[test]
fn ten_messages_at_once_make_one_task() {
    let mut stage = Stage::parked();
    for _ in 0..10 {
        stage.customer_writes_in(0);
    }
    stage.run();
    assert_eq!(stage.desk.invites.len(), 1);
}

#[test]
fn only_the_customer_wakes() {
    let mut stage = Stage::parked();
    for (author, participant) in [("ben", Some(desk::member(2))), ("system", None)] {
        let by = stage.desk.writes(author, participant);
        let wake = stage.unpark(Cause::Wake(vec![by]));
        assert_eq!(stage.reply(wake), Reply::Ignored, "{author}");
    }
    assert!(stage.desk.invites.is_empty());
    assert_eq!(stage.desk.rows.len(), 1);
}

#[test]
fn a_customer_whose_address_the_parked_task_does_not_have_is_told_by_not_being_a_worker() {
    let mut stage = Stage::parked();
    let by = stage.desk.writes("another name", Some(desk::member(1)));
    let wake = stage.unpark(Cause::Wake(vec![by]));
    assert_eq!(stage.reply(wake), Reply::Routed);
}

#[test]
fn the_usual_wake_asks_for_nothing_that_twilio_limits_to_a_few_a_second() {
    let mut stage = Stage::parked();
    stage.calls.clear();
    assert_eq!(wake(&mut stage), Reply::Routed);
    let asked = |(_, call): &(usize, Call)| matches!(call, Call::FindWorker(_));
    assert!(!stage.calls.iter().any(asked), "{:?}", stage.calls);
}

#[test]
fn a_declined_task_is_made_anew_by_the_next_message() {
    let mut stage = Stage::parked();
    assert_eq!(wake(&mut stage), Reply::Routed);
    stage.desk.decline();
    assert_eq!(wake(&mut stage), Reply::Routed);
    assert_eq!(stage.desk.open_tasks.len(), 1);
}

#[test]
fn while_a_task_is_open_further_messages_make_none() {
    let mut stage = Stage::parked();
    wake(&mut stage);
    stage.let_time_pass(30_000);
    assert_eq!(wake(&mut stage), Reply::AlreadyRouted);
    assert_eq!(stage.desk.invites.len(), 1);
}

#[test]
fn settling_leaves_nothing_of_ours_and_all_of_others() {
    let mut stage = Stage::parked();
    wake(&mut stage);
    stage.desk.accept(BEN);
    stage.desk.caller = Some(caller(BEN, &["agent"]));
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
    assert!(stage.desk.webhooks.is_empty() && stage.desk.rows.is_empty());
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&stage.desk.attributes).unwrap(),
        serde_json::from_str::<serde_json::Value>(OTHERS).unwrap()
    );
}

#[test]
fn settling_and_parking_again_do_not_wait_for_an_invite_that_was_accepted() {
    let mut stage = Stage::parked();
    wake(&mut stage);
    stage.desk.accept(ADA);
    let started = stage.now;
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
    assert!(stage.now - started < 1_500, "{} ms", stage.now - started);

    let mut stage = Stage::parked();
    wake(&mut stage);
    stage.desk.accept(ADA);
    let started = stage.now;
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert!(stage.now - started < 1_500, "{} ms", stage.now - started);
}

#[test]
fn should_nobody_settle_the_next_message_does() {
    let mut stage = Stage::parked();
    wake(&mut stage);
    stage.desk.accept(BEN);
    stage.let_time_pass(30_000);
    assert_eq!(wake(&mut stage), Reply::Settled);
    assert!(stage.desk.record().is_none() && !stage.desk.is_armed());
    assert_eq!(stage.desk.invites.len(), 1);
}

#[test]
fn a_resume_asks_the_agent_who_clicked_and_keeps_the_row_until_they_joined() {
    let mut stage = Stage::parked();
    stage.desk.caller = Some(caller(BEN, &["supervisor"]));
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    let asked = stage.desk.invites[0].worker.clone();
    assert_eq!(asked, Some((desk::queue(1), desk::worker(BEN))));
    assert_eq!(stage.desk.rows.len(), 1);
    stage.desk.accept(BEN);
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
    assert!(stage.desk.rows.is_empty());
}

#[test]
fn another_agent_may_not_resume() {
    let mut stage = Stage::parked();
    stage.desk.caller = Some(caller(BEN, &["agent"]));
    let resume = stage.unpark(Cause::Resume);
    assert!(matches!(
        stage.reply(resume),
        Reply::Refused {
            refusal: Refusal::NotAllowed,
            ..
        }
    ));
    assert!(stage.desk.invites.is_empty());
}

#[test]
fn a_resume_of_what_is_not_parked_or_closed_says_so_and_the_row_goes() {
    let mut stage = Stage::parked();
    stage.desk.closed = true;
    let resume = stage.unpark(Cause::Resume);
    assert!(matches!(
        stage.reply(resume),
        Reply::Refused {
            refusal: Refusal::ConversationClosed,
            ..
        }
    ));
    assert!(stage.desk.rows.is_empty());

    let mut stage = Stage::new(Desk::new());
    let resume = stage.unpark(Cause::Resume);
    assert!(matches!(
        stage.reply(resume),
        Reply::Refused {
            refusal: Refusal::NotParked,
            ..
        }
    ));
}

#[test]
fn resume_and_wake_at_the_same_moment_make_one_task() {
    let mut stage = Stage::parked();
    stage.unpark(Cause::Resume);
    stage.customer_writes_in(0);
    stage.run();
    assert_eq!(stage.desk.invites.len(), 1);
}

#[test]
fn park_wake_and_park_again_three_times_leaves_no_stray_webhook() {
    let mut stage = Stage::new(Desk::new());
    for round in 0..3 {
        let park = stage.park(round != 1);
        let reply = stage.reply(park);
        assert!(matches!(reply, Reply::Parked { .. }), "{round}: {reply:?}");
        assert_eq!(stage.desk.webhooks.len(), 1, "{round}");
        // The customer answers at once, and nobody settles before the next park.
        assert_eq!(wake(&mut stage), Reply::Routed, "{round}");
        stage.desk.accept(ADA);
    }
}
