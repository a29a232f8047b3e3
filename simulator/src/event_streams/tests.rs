//! Tests of the rules of Event Streams.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

use serde_json::{json, Value};

use super::{SentEvents, Sink};
use crate::conversations::ConversationState;
use crate::world::deliveries::Delivery;
use crate::world::error::Error;
use crate::world::stage::Stage;

const DESTINATION: &str = "https://user:secret@park-interaction-1234.twil.io/events";
const CANCELED: &str = "com.twilio.taskrouter.task.canceled";
const STATE: &str = "com.twilio.conversations.conversation-state.updated";

/// Subscribes a new sink to the ends of tasks and the states of conversations.
fn subscribe(stage: &mut Stage, batch_events: bool) -> Sink {
    let configuration =
        json!({"destination": DESTINATION, "method": "POST", "batch_events": batch_events});
    let world = &mut stage.world;
    let sink = world
        .create_sink("ours".into(), "webhook".into(), configuration)
        .unwrap();
    let types = [(CANCELED.to_owned(), None), (STATE.to_owned(), Some(1))];
    world
        .create_subscription("ours".into(), &sink.sid, &types)
        .unwrap();
    stage.deliveries();
    sink
}

fn subscribed(readings: &[(&str, &str)]) -> Stage {
    let mut stage = Stage::with_readings(readings);
    subscribe(&mut stage, false);
    stage
}

/// Returns the requests of Event Streams since the last time.
fn requests(stage: &mut Stage) -> Vec<Delivery> {
    let all = stage.deliveries().into_iter();
    all.filter(|delivery| delivery.events.is_some()).collect()
}

fn sent(stage: &mut Stage) -> Vec<SentEvents> {
    requests(stage)
        .into_iter()
        .filter_map(|delivery| delivery.events)
        .collect()
}

/// Makes Charlie's conversation inactive, or active again.
fn turn(stage: &mut Stage, to: ConversationState) {
    stage.set_state("charlie", to);
}

/// Returns the new states in each request, in their order.
fn states(sent: &[SentEvents]) -> Vec<Vec<String>> {
    let state = |event: &Value| event["data"]["StateTo"].as_str().unwrap().to_owned();
    sent.iter()
        .map(|sent| sent.events.iter().map(state).collect())
        .collect()
}

#[test]
fn a_canceled_task_is_streamed() {
    let mut stage = subscribed(&[]);
    stage.leave("charlie");
    let task = stage.invite_worker("charlie", "ada").unwrap();
    assert!(sent(&mut stage).is_empty(), "no other event is selected");
    stage.world.cancel_task(&task.sid, "gone").unwrap();
    let [sent] = sent(&mut stage).try_into().unwrap();
    let event = &sent.events[0];
    assert_eq!(sent.events.len(), 1);
    assert_eq!(event["type"], CANCELED);
    assert_eq!(
        event["dataschema"],
        "https://events-schemas.twilio.com/TaskRouter.WDSEvent/4"
    );
    assert_eq!(event["id"], event["data"]["payload"]["sid"]);
    let payload = &event["data"]["payload"];
    assert_eq!(payload["eventtype"], "task.canceled");
    assert_eq!(payload["task_sid"], task.sid.as_str());
    assert_eq!(payload["task_priority"], 0);
    let attributes: Value =
        serde_json::from_str(payload["task_attributes"].as_str().unwrap()).unwrap();
    assert_eq!(
        attributes["conversationSid"],
        stage.conversation("charlie").as_str()
    );
    assert_eq!(
        serde_json::from_str::<Value>(&sent.text).unwrap(),
        json!([event])
    );
}

/// Twilio documents no condition, such as the one of webhooks.
#[test]
fn a_state_is_streamed_although_no_webhook_hears_it() {
    let mut stage = subscribed(&[]);
    let charlie = stage.conversation("charlie");
    let inactive = ConversationState::Inactive;
    for _ in 0..2 {
        stage
            .world
            .move_conversation(&charlie, inactive, "API", false)
            .unwrap();
    }
    let [sent] = sent(&mut stage).try_into().unwrap();
    let event = &sent.events[0];
    assert_eq!(
        event["dataschema"],
        "https://events-schemas.twilio.com/Conversations.ConversationStateUpdated/1"
    );
    let data = &event["data"];
    assert_eq!(data["ConversationSid"], charlie.as_str());
    assert_eq!(
        [&data["StateFrom"], &data["StateTo"], &data["Reason"]],
        ["active", "inactive", "API"]
    );
}

#[test]
fn a_batch_waits_for_further_events() {
    let mut stage = Stage::new();
    subscribe(&mut stage, true);
    turn(&mut stage, ConversationState::Inactive);
    turn(&mut stage, ConversationState::Active);
    assert!(sent(&mut stage).is_empty());
    stage.advance_seconds(1);
    assert_eq!(states(&sent(&mut stage)), [["inactive", "active"]]);
}

#[test]
fn a_refused_request_is_repeated_for_four_hours() {
    let mut stage = subscribed(&[]);
    turn(&mut stage, ConversationState::Inactive);
    let [mut refused] = requests(&mut stage).try_into().unwrap();
    let mut passed = 0;
    let mut delays = Vec::new();
    for attempt in 2_u32.. {
        stage.world.retry_events(&refused);
        let Some(due) = stage.world.next_scheduled() else {
            break;
        };
        let delay = due.duration_since(stage.world.now()).as_secs();
        delays.push(delay);
        passed += delay;
        stage.advance_seconds(delay.unsigned_abs());
        [refused] = requests(&mut stage).try_into().unwrap();
        assert_eq!(refused.events.as_ref().unwrap().attempt, attempt);
    }
    assert_eq!(delays[..5], [1, 2, 4, 8, 16]);
    assert_eq!(delays.last(), Some(&900));
    assert!((13_500..=14_400).contains(&passed), "{passed} s");
}

#[test]
fn a_deleted_sink_gets_no_retry() {
    let mut stage = Stage::new();
    let sink = subscribe(&mut stage, false);
    turn(&mut stage, ConversationState::Inactive);
    let [refused] = requests(&mut stage).try_into().unwrap();
    let world = &mut stage.world;
    assert_eq!(world.remove_sink(&sink.sid), Err(Error::SinkInUse));
    let subscription = world
        .event_streams
        .subscriptions
        .keys()
        .next()
        .unwrap()
        .clone();
    world.remove_subscription(&subscription).unwrap();
    world.remove_sink(&sink.sid).unwrap();
    world.retry_events(&refused);
    turn(&mut stage, ConversationState::Active);
    stage.advance_seconds(5 * 3600);
    assert!(requests(&mut stage).is_empty());
}

#[test]
fn the_time_of_requests_follows_the_reading() {
    for (reading, at_once, after) in [
        ("prompt", 1, vec![]),
        ("late", 0, vec![(30, 1)]),
        ("twice", 2, vec![]),
        ("hours-later", 1, vec![(3 * 3600, 1)]),
        ("swapped", 0, vec![(1, 1)]),
    ] {
        let mut stage = subscribed(&[("stream-delivery", reading)]);
        turn(&mut stage, ConversationState::Inactive);
        assert_eq!(sent(&mut stage).len(), at_once, "{reading}");
        for (seconds, count) in after {
            stage.advance_seconds(seconds - 1);
            assert_eq!(sent(&mut stage).len(), 0, "{reading}");
            stage.advance_seconds(1);
            assert_eq!(sent(&mut stage).len(), count, "{reading}");
        }
    }
}

#[test]
fn swapped_events_change_their_order() {
    let mut stage = subscribed(&[("stream-delivery", "swapped")]);
    turn(&mut stage, ConversationState::Inactive);
    turn(&mut stage, ConversationState::Active);
    stage.advance_seconds(1);
    assert_eq!(states(&sent(&mut stage)), [["active"], ["inactive"]]);
}

/// The reader of JSON must not depend on how it is written.
#[test]
fn the_text_follows_the_reading() {
    for (reading, start) in [
        ("compact", r#"[{"specversion":"1.0","type":"com"#),
        ("spaced", r#"[{"specversion": "1.0", "type": "com"#),
        ("escaped", r#"[{"specversion":"1.0","type":"com"#),
    ] {
        let mut stage = subscribed(&[("stream-body", reading)]);
        turn(&mut stage, ConversationState::Inactive);
        let [sent] = sent(&mut stage).try_into().unwrap();
        assert!(sent.text.starts_with(start), "{reading}: {}", sent.text);
        assert_eq!(sent.text.contains(r"\/v1\/"), reading == "escaped");
        let read: Value = serde_json::from_str(&sent.text).unwrap();
        assert_eq!(read, Value::from(sent.events), "{reading}");
    }
}

#[test]
fn all_but_ascii_is_escaped_in_one_reading() {
    let events = [json!({"name": "Grüße 😀"})];
    let text = super::delivery::text_of(&events, crate::readings::StreamBody::Escaped);
    assert_eq!(text, r#"[{"name":"Gr\u00fc\u00dfe \ud83d\ude00"}]"#);
}

#[test]
fn the_payload_follows_the_reading() {
    for (reading, is_text) in [("object", false), ("text", true)] {
        let mut stage = subscribed(&[("stream-payload", reading)]);
        stage.leave("charlie");
        let task = stage.invite_worker("charlie", "ada").unwrap();
        stage.world.cancel_task(&task.sid, "gone").unwrap();
        let [sent] = sent(&mut stage).try_into().unwrap();
        let payload = &sent.events[0]["data"]["payload"];
        assert_eq!(payload.is_string(), is_text, "{reading}");
    }
}
