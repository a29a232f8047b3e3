//! Figures for Flex Insights: the parked task says that it was parked, and the next one why it is back.

use memory_twilio::sids::task;
use park_interaction::reply::Reply;
use park_interaction::request::InsightsFields;
use park_interaction::twilio::time::Millis;
use serde_json::{json, Value};

use crate::stage::Stage;

const FIELDS: InsightsFields = InsightsFields {
    reason: 3,
    cause: 4,
    seconds: 1,
    parks: 2,
};
const PARKED_FOR_MS: Millis = 90_000;

fn park(stage: &mut Stage) -> Reply {
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.options.insights = Some(FIELDS);
        request.appointment.reason = Some("Order number".into());
    });
    stage.reply(park)
}

fn figures(attributes: &str) -> Value {
    let attributes: Value = serde_json::from_str(attributes).expect("JSON");
    attributes["conversations"].clone()
}

fn of_parked_task(stage: &Stage) -> Value {
    figures(&stage.twilio.tasks[&task(1)].attributes)
}

fn of_last_invite(stage: &Stage) -> Value {
    figures(&stage.invitations().last().expect("an invite").attributes)
}

#[test]
fn both_tasks_have_their_figures() {
    let mut stage = Stage::new();
    assert!(matches!(park(&mut stage), Reply::Parked { .. }));
    assert_eq!(
        of_parked_task(&stage),
        json!({ "outcome": "Parked", "followed_by": "Park", "conversation_attribute_3": "Order number" })
    );
    stage.let_time_pass(PARKED_FOR_MS);
    assert_eq!(stage.wake(), Reply::Routed);
    let back = of_last_invite(&stage);
    let seconds = back["conversation_measure_1"].as_u64().expect("a number");
    assert!((90..100).contains(&seconds), "{seconds}");
    assert_eq!(
        back,
        json!({
            "conversation_id": task(1).as_str(), "preceded_by": "Park", "conversation_attribute_4": "message",
            "conversation_measure_1": seconds, "conversation_measure_2": 1,
        })
    );
}

#[test]
fn without_the_owners_wish_no_task_is_written() {
    let mut stage = Stage::parked();
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.count("UpdateTask"), 0);
    assert_eq!(of_last_invite(&stage), Value::Null);
}

#[test]
fn a_task_that_cannot_be_written_is_parked_all_the_same() {
    let mut stage = Stage::new();
    stage.down = Some("UpdateTask");
    assert!(matches!(park(&mut stage), Reply::Parked { .. }));
}

#[test]
fn a_park_that_fails_takes_its_figures_back() {
    let mut stage = Stage::new();
    let before = stage.twilio.tasks[&task(1)].attributes.clone();
    stage.down = Some("CreateWebhook");
    assert!(matches!(park(&mut stage), Reply::Refused { .. }));
    assert_eq!(stage.count("UpdateTask"), 2);
    assert_eq!(stage.twilio.tasks[&task(1)].attributes, before);
}

/// Any agent's browser can write the record.
#[test]
fn fields_beyond_the_owners_ten_are_not_written() {
    let mut stage = Stage::new();
    assert!(matches!(park(&mut stage), Reply::Parked { .. }));
    let attributes = stage.twilio.attributes.to_string();
    assert!(attributes.contains("\"3,4,1,2\""), "{attributes}");
    stage.twilio.attributes = attributes.replace("3,4,1,2", "3,4,1,99").into();
    stage.let_time_pass(PARKED_FOR_MS);
    assert_eq!(stage.wake(), Reply::Routed);
    let back = of_last_invite(&stage);
    assert_eq!(back, Value::Null);
}
