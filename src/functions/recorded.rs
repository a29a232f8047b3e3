//! Tests with payloads in the shape of real ones, from `tests/recorded/`.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed test may panic"
)]

use serde_json::Value;

use super::Incoming;
use crate::attributes::Attributes;
use crate::protocol::unpark::{Cause, Clock};
use crate::request::path;
use crate::sid::{ChannelSid, ConversationSid, InteractionSid, TaskSid, WebhookSid, WorkflowSid};
use crate::twilio::body::Body;
use crate::twilio::calls::{ChannelRef, CreateInteraction, CreateInvite, ListWebhooks, Target};
use crate::twilio::Call;

/// Returns the payload of a recording.
macro_rules! payload {
    ($name:literal) => {{
        let text = include_str!(concat!("../../tests/recorded/", $name, ".json"));
        let recording: Value = serde_json::from_str(text).unwrap();
        recording["payload"].clone()
    }};
}

fn read(function: &str, payload: &Value) -> Incoming {
    let parameters = Attributes::parse(&payload.to_string()).unwrap();
    Incoming::parse(function, &parameters).unwrap()
}

fn cause(payload: &Value) -> Cause {
    match read(path::WAKE, payload) {
        Incoming::Unpark { cause, .. } => cause,
        other => panic!("no unpark: {other:?}"),
    }
}

fn answer<C: Call>(call: &C, payload: &Value) -> C::Answer {
    let json = serde_json::value::to_raw_value(payload).unwrap();
    call.read(Body::new(Some(&json))).unwrap()
}

fn invite() -> CreateInvite {
    CreateInvite {
        channel: ChannelRef {
            interaction: InteractionSid::example(),
            channel: ChannelSid::example(),
        },
        workflow: WorkflowSid::example(),
        task_channel_unique_name: "chat".into(),
        attributes: "{}".into(),
        worker: None,
        waiting_since: None,
        earlier: Vec::new(),
    }
}

#[test]
fn a_message_names_its_author_and_its_place() {
    for payload in [
        payload!("message-webhook-sdk"),
        payload!("message-webhook-rest"),
    ] {
        let Cause::Wake(by) = cause(&payload) else {
            panic!("a message wakes")
        };
        assert_eq!(by[0].author, payload["Author"].as_str().unwrap());
        assert_eq!((by[0].index, by[0].sid.is_none()), (Some(7), true));
    }
    let Cause::Wake(by) = cause(&payload!("message-webhook-sms")) else {
        panic!("a message wakes")
    };
    assert_eq!((by[0].index, by[0].sid.is_some()), (None, true));
}

#[test]
fn the_end_of_a_timer_is_a_check() {
    assert_eq!(
        cause(&payload!("state-webhook-timer")),
        Cause::Check(Clock::Timer)
    );
}

#[test]
fn the_end_of_a_task_is_read() {
    let mut payload = payload!("task-canceled-callback");
    // The recorded task was not made by parking.
    assert!(matches!(
        read(path::TASK_EVENT, &payload),
        Incoming::Nothing
    ));
    let mut attributes: Value =
        serde_json::from_str(payload["TaskAttributes"].as_str().unwrap()).unwrap();
    attributes["originalRouting"] = serde_json::json!({});
    attributes["conversationSid"] = ConversationSid::example().as_str().into();
    payload["TaskAttributes"] = attributes.to_string().into();
    let Incoming::Unpark { cause, .. } = read(path::TASK_EVENT, &payload) else {
        panic!("one that did is looked at")
    };
    assert_eq!(cause, Cause::Restore);
}

#[test]
fn a_new_invite_and_interaction_name_their_task() {
    let task = TaskSid::parse("WT000000000000000000000000c0ffee09".to_owned()).ok();
    assert_eq!(answer(&invite(), &payload!("invite-created")), task);
    let call = CreateInteraction {
        conversation: ConversationSid::example(),
        medium: "web".into(),
        invite: invite(),
    };
    let made = answer(&call, &payload!("interaction-created"));
    assert_eq!(made.task, task);
    assert_eq!(
        made.channel.channel.as_str(),
        "UO000000000000000000000000c0ffee0e"
    );
}

#[test]
fn webhooks_of_all_three_targets_are_listed() {
    let webhooks = serde_json::json!({ "webhooks": [
        payload!("scoped-webhook-webhook"),
        payload!("scoped-webhook-studio"),
        payload!("scoped-webhook-trigger"),
    ] });
    let listed = answer(&ListWebhooks(ConversationSid::example()), &webhooks);
    let sid = WebhookSid::parse("WH000000000000000000000000c0ffee04".to_owned()).ok();
    assert!(listed.iter().all(|one| Some(&one.sid) == sid.as_ref()));
    assert!(
        matches!(&listed[0].target, Some(Target::Url(url)) if url == "https://example.com/wake")
    );
    assert!(matches!(&listed[1].target, Some(Target::Flow(_))));
    assert!(matches!(&listed[2].target, Some(Target::Url(_)) | None));
}
