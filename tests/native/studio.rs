//! Conversations that wake through the owner's Studio flow, and webhooks that somebody else's code armed.

use park_interaction::protocol::call::{ArmedWebhook, Target};
use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::Call;
use park_interaction::reply::Reply;
use park_interaction::sid::MessageSid;

use crate::desk::{self, caller, Desk, ADA, BEN};
use crate::stage::{wake, Fault, Stage};

const THEIRS: &str = "https://template.twil.io/features/park-interaction/common/unpark-interaction";

/// A stage on which Ada has parked, long ago, in an account whose owner wants a flow to be run.
fn parked_with_flow() -> Stage {
    let mut stage = Stage::new(Desk::new());
    stage.flow = Some(desk::flow(1));
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.let_time_pass(60_000);
    stage
}

/// A stage on which the template's feature parked: its webhook has another address, and its record lacks what is ours.
fn parked_by_the_template() -> Stage {
    let mut stage = Stage::parked();
    stage.desk.webhooks[0].target = Some(Target::Url(THEIRS.into()));
    let mut attributes: serde_json::Value = serde_json::from_str(&stage.desk.attributes).unwrap();
    attributes
        .as_object_mut()
        .unwrap()
        .remove("parkInteraction");
    stage.desk.attributes = attributes.to_string();
    stage
}

fn targets(stage: &Stage) -> Vec<Option<Target>> {
    let armed = stage.desk.webhooks.iter();
    armed.map(|webhook| webhook.target.clone()).collect()
}

fn flow(number: u32) -> Vec<Option<Target>> {
    vec![Some(Target::Flow(desk::flow(number)))]
}

fn unpark(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

fn by_flow(stage: &mut Stage, message: Option<MessageSid>) -> Reply {
    let operation = stage.unpark_by_flow(message);
    stage.reply(operation)
}

/// Which call of the first operation arms the webhook.
fn call_that_arms(stage: &Stage) -> usize {
    let arms = |(_, call): &(usize, Call)| matches!(call, Call::CreateWebhook(_));
    stage.calls.iter().position(arms).unwrap()
}

fn last_message(stage: &Stage) -> Option<MessageSid> {
    stage.desk.last_index().map(desk::message)
}

#[test]
fn a_flow_is_armed_in_place_of_the_function_and_goes_once_an_agent_has_joined() {
    let mut stage = parked_with_flow();
    assert_eq!(targets(&stage), flow(1));
    assert_eq!(
        stage.desk.record().unwrap().webhook_sid,
        Some(stage.desk.webhooks[0].sid.clone())
    );
    stage.desk.customer_writes();
    let written = last_message(&stage);
    assert_eq!(by_flow(&mut stage, written), Reply::Routed);
    assert_eq!(targets(&stage), flow(1), "it stays until somebody joined");
    stage.desk.accept(BEN);
    stage.desk.caller = Some(caller(BEN, &["agent"]));
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert_eq!(targets(&stage), []);
    assert!(stage.desk.record().is_none() && stage.desk.others_are_untouched());
}

#[test]
fn a_flow_that_runs_for_ten_messages_makes_one_task() {
    let mut stage = parked_with_flow();
    for _ in 0..10 {
        stage.desk.customer_writes();
        let written = last_message(&stage);
        stage.unpark_by_flow(written);
    }
    stage.run();
    assert_eq!(stage.desk.invites.len(), 1);
}

#[test]
fn the_message_that_a_flow_passes_on_says_who_wrote() {
    for (author, participant) in [("ben", Some(desk::member(2))), ("system", None)] {
        let mut stage = parked_with_flow();
        stage.desk.writes(author, participant);
        let written = last_message(&stage);
        assert_eq!(by_flow(&mut stage, written), Reply::Ignored, "{author}");
        assert!(stage.desk.invites.is_empty());
    }
}

#[test]
fn where_a_flow_does_not_say_who_wrote_or_twilio_cannot_it_may_have_been_the_customer() {
    for message in [None, Some(desk::message(99))] {
        let mut stage = parked_with_flow();
        assert_eq!(by_flow(&mut stage, message), Reply::Routed);
    }
}

#[test]
fn a_flow_that_was_armed_though_the_answer_was_lost_is_not_armed_twice() {
    let mut stage = Stage::new(Desk::new());
    stage.flow = Some(desk::flow(1));
    let park = stage.park(true);
    stage.reply(park);

    let mut again = Stage::new(Desk::new());
    again.flow = Some(desk::flow(1));
    again.fault = Some((call_that_arms(&stage), Fault::AnswerLost));
    let park = again.park(true);
    assert!(matches!(again.reply(park), Reply::Parked { .. }));
    assert!(again.fault_was_hit);
    assert_eq!(targets(&again), flow(1));
}

#[test]
fn a_deleted_flow_webhook_comes_back_as_one() {
    let mut stage = parked_with_flow();
    stage.desk.webhooks.clear();
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Restored);
    assert_eq!(targets(&stage), flow(1));
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Ignored);
}

#[test]
fn what_was_parked_before_the_owner_chose_a_flow_still_wakes_and_parks_with_the_flow_next() {
    let mut stage = Stage::parked();
    stage.flow = Some(desk::flow(1));
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Ignored);
    assert_eq!(wake(&mut stage), Reply::Routed);
    stage.desk.accept(ADA);
    stage.let_time_pass(60_000);
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert_eq!(targets(&stage), flow(1));
}

#[test]
fn what_was_parked_with_a_flow_that_the_owner_gave_up_is_armed_with_what_they_have_now() {
    for now in [None, Some(desk::flow(2))] {
        let mut stage = parked_with_flow();
        stage.flow.clone_from(&now);
        assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Restored);
        assert_eq!(stage.desk.webhooks.len(), 1, "the former one is gone");
        match now {
            None => assert!(stage.desk.is_armed()),
            Some(_) => assert_eq!(targets(&stage), flow(2)),
        }
        assert_eq!(
            stage.desk.record().unwrap().webhook_sid,
            Some(stage.desk.webhooks[0].sid.clone())
        );
    }
}

#[test]
fn what_the_template_parked_is_settled_without_a_trace() {
    let mut stage = parked_by_the_template();
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    stage.desk.accept(ADA);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert_eq!(targets(&stage), []);
    assert!(stage.desk.rows.is_empty() && stage.desk.record().is_none());
}

#[test]
fn reconciling_puts_our_webhook_in_the_place_of_the_templates() {
    let mut stage = parked_by_the_template();
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Restored);
    assert_eq!(stage.desk.webhooks.len(), 1);
    assert!(stage.desk.is_armed());
    assert_eq!(wake(&mut stage), Reply::Routed);
}

#[test]
fn the_templates_webhook_stays_where_ours_cannot_be_armed() {
    let mut trial = Stage::new(parked_by_the_template().desk);
    unpark(&mut trial, Cause::Reconcile);
    let mut stage = Stage::new(parked_by_the_template().desk);
    stage.fault = Some((call_that_arms(&trial), Fault::Refused));
    unpark(&mut stage, Cause::Reconcile);
    assert!(stage.fault_was_hit);
    assert_eq!(targets(&stage), [Some(Target::Url(THEIRS.into()))]);
}

#[test]
fn a_webhook_of_others_is_left_alone_whatever_happens() {
    let mut stage = parked_by_the_template();
    let theirs = ArmedWebhook {
        sid: desk::webhook(500),
        target: Some(Target::Flow(desk::flow(9))),
    };
    stage.desk.webhooks.push(theirs.clone());
    unpark(&mut stage, Cause::Reconcile);
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    stage.desk.accept(ADA);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert_eq!(stage.desk.webhooks, [theirs]);
}
