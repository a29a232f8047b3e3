//! Figures for Flex Insights: the parked task says that it was parked, and the next one why it is back.

use memory_twilio::sids::task;
use memory_twilio::MemoryTwilio;
use park_interaction::attributes::Attributes;
use park_interaction::reply::Reply;
use park_interaction::request::InsightsFields;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyCall;
use serde_json::{json, Value};

use crate::stage::{Hanging, Stage};

const FIELDS: InsightsFields = InsightsFields {
    reason: 3,
    cause: 4,
    seconds: 1,
    parks: 2,
};
const CHANGED: [&str; 2] = ["case", "colour"];
const PARKED_FOR_MS: Millis = 90_000;
/// A write that arrives after the end of its park.
const LATE: Hanging = Hanging {
    name: "UpdateTask",
    late_by_ms: 20_000,
    calls: 1,
};

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
fn figures_delay_no_agent() {
    let mut clean = Stage::new();
    park(&mut clean);
    for prepare in [
        (|stage| stage.hanging = Some(LATE)) as fn(&mut Stage),
        |stage| stage.throttled = Some("UpdateTask"),
        |stage| stage.down = Some("UpdateTask"),
    ] {
        let mut stage = Stage::new();
        prepare(&mut stage);
        assert!(matches!(park(&mut stage), Reply::Parked { .. }));
        assert_eq!(stage.ended[&0], clean.ended[&0]);
    }
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

/// The write names the version of the task before the one without the figures, so it comes too late.
#[test]
fn figures_that_arrive_after_the_undo_change_nothing() {
    let mut stage = Stage::new();
    let before = stage.twilio.tasks[&task(1)].attributes.clone();
    stage.down = Some("CreateWebhook");
    stage.hanging = Some(LATE);
    assert!(matches!(park(&mut stage), Reply::Refused { .. }));
    assert_eq!(stage.twilio.tasks[&task(1)].attributes, before);
    assert!(stage.ended[&0] < stage.now, "the write is late");
    let mut writes = stage.calls.iter().map(|(_, call)| call.name());
    assert_eq!(writes.next_back(), Some("UpdateTask"));
}

/// Another program changes the task before each of the first writes.
fn change_task<const TIMES: usize>(twilio: &mut MemoryTwilio, call: &AnyCall) {
    let task = twilio.tasks.get_mut(&task(1)).expect("the task");
    let mut attributes = Attributes::parse(&task.attributes).expect("JSON");
    let next = CHANGED[..TIMES]
        .iter()
        .find(|key| attributes.raw(key).is_none());
    if let (AnyCall::UpdateTask(_), Some(key)) = (call, next) {
        attributes.set(key, "theirs");
        task.attributes = attributes.text().into();
        task.version += 1;
    }
}

#[test]
fn nothing_of_other_programs_is_lost() {
    let one: fn(&mut MemoryTwilio, &AnyCall) = change_task::<1>;
    for (meanwhile, times, fails) in [(one, 1, false), (change_task::<2>, 2, true)] {
        let mut stage = Stage::new();
        stage.meanwhile = Some(meanwhile);
        stage.down = fails.then_some("CreateWebhook");
        let reply = park(&mut stage);
        assert_eq!(fails, matches!(reply, Reply::Refused { .. }));
        let now: Value =
            serde_json::from_str(&stage.twilio.tasks[&task(1)].attributes).expect("JSON");
        for key in &CHANGED[..times] {
            assert_eq!(now[key], json!("theirs"));
        }
        assert_eq!(now.get("conversations").is_none(), fails, "{now}");
    }
}

/// A worker's own flags may be such. `flex-config` refuses them for everybody.
#[test]
fn two_values_in_one_field_are_left_out() {
    for (wire, kept) in [("3,3,1,2", [0, 0, 1, 2]), ("3,4,1,1", [3, 4, 0, 0])] {
        let fields: InsightsFields = serde_json::from_value(json!(wire)).expect("four numbers");
        let numbers = [fields.reason, fields.cause, fields.seconds, fields.parks];
        assert_eq!(numbers, kept);
    }
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
