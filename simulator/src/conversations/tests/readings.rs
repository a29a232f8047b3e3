//! Tests of the readings that change Conversations. Those of replay and timers stand in their own files.

use serde_json::json;

use crate::conversations::{
    ConversationChange, ConversationState, NewMessage, NewParticipant, Source,
};
use crate::world::error::Error;
use crate::world::stage::Stage;

#[test]
fn readings_remove_message_webhook_fields() {
    let charlie = "customer-charlie";
    for (reading, value, customer, index, participant, author) in [
        ("message-index", "sent", "sam", true, true, None),
        ("message-index", "missing-for-sms", "sam", false, true, None),
        (
            "message-index",
            "missing-for-sms",
            "charlie",
            true,
            true,
            Some(charlie),
        ),
        (
            "message-index",
            "missing",
            "charlie",
            false,
            true,
            Some(charlie),
        ),
        (
            "message-participant",
            "missing",
            "charlie",
            true,
            false,
            Some(charlie),
        ),
        (
            "message-author",
            "participant-sid",
            "charlie",
            true,
            true,
            None,
        ),
    ] {
        let mut stage = Stage::with_readings(&[(reading, value)]);
        stage.arm(customer, &["onMessageAdded"]);
        stage.post(customer, "hello");
        let params = stage.webhook_params().remove(0);
        let name = format!("{reading}={value} {customer}");
        assert_eq!(params.contains_key("Index"), index, "{name}");
        assert_eq!(params.contains_key("ParticipantSid"), participant, "{name}");
        if let Some(author) = author {
            assert_eq!(params["Author"], author, "{name}");
        }
        if reading == "message-author" {
            assert_eq!(params["Author"], params["ParticipantSid"]);
        }
    }
}

#[test]
fn message_webhooks_are_repeated_by_the_reading() {
    for (reading, at_once, hours_later) in
        [("never", 1, 0), ("at-once", 2, 0), ("hours-later", 1, 1)]
    {
        let mut stage = Stage::with_readings(&[("redelivery", reading)]);
        stage.arm("charlie", &["onMessageAdded"]);
        stage.post("charlie", "hello");
        let first = stage.webhook_params();
        assert_eq!(first.len(), at_once, "{reading}");
        assert!(first.iter().all(|params| params["RetryCount"] == "0"));
        stage.advance_seconds(3 * 3600);
        let again = stage.webhook_params();
        assert_eq!(again.len(), hours_later, "{reading}");
        assert!(again.iter().all(|params| params["RetryCount"] == "1"));
        assert!(again
            .iter()
            .all(|params| params["MessageSid"] == first[0]["MessageSid"]));
    }
}

#[test]
fn message_webhooks_are_swapped_in_pairs() {
    let mut stage = Stage::with_readings(&[("delivery-order", "swapped")]);
    stage.arm("charlie", &["onMessageAdded"]);
    for body in ["one", "two", "three"] {
        stage.post("charlie", body);
    }
    assert_eq!(stage.bodies(), ["two"]);
    stage.advance_seconds(1);
    assert_eq!(stage.bodies(), ["one", "three"]);
}

#[test]
fn adapter_messages_have_a_participant_or_none() {
    for (reading, known) in [("sent", true), ("missing", false)] {
        let mut stage = Stage::with_readings(&[("adapter-participant", reading)]);
        stage.arm("charlie", &["onMessageAdded"]);
        let post = NewMessage {
            content_sid: None,
            author: "customer-charlie".into(),
            body: "through an adapter".into(),
            source: Source::Api,
            webhooks: true,
            ..NewMessage::default()
        };
        let sid = stage.conversation("charlie");
        let message = stage.world.post_message(&sid, post).unwrap();
        assert_eq!(message.participant_sid.is_some(), known, "{reading}");
        assert_eq!(
            stage.webhook_params()[0].contains_key("ParticipantSid"),
            known,
            "{reading}"
        );
        stage.post("charlie", "by hand");
        assert!(
            stage.webhook_params()[0].contains_key("ParticipantSid"),
            "{reading}"
        );
    }
}

#[test]
fn state_webhooks_follow_the_reading() {
    for (reading, reasons) in [
        ("all", vec!["API", "EVENT"]),
        ("timer-only", vec![]),
        ("never", vec![]),
    ] {
        let mut stage = Stage::with_readings(&[("state-webhook", reading)]);
        stage.arm("charlie", &["onConversationStateUpdated"]);
        stage.set_state("charlie", ConversationState::Inactive);
        stage.post("charlie", "back");
        let posted: Vec<String> = stage
            .webhook_params()
            .into_iter()
            .map(|p| p["Reason"].clone())
            .collect();
        assert_eq!(posted, reasons, "{reading}");
        let sid = stage.conversation("charlie");
        stage
            .world
            .move_conversation(&sid, ConversationState::Inactive, "TIMER", true)
            .unwrap();
        assert_eq!(
            stage.webhook_params().len(),
            usize::from(reading != "never"),
            "{reading}"
        );
    }
}

#[test]
fn closed_conversation_errors_follow_the_readings() {
    for (settings, write, invite) in [
        (vec![], (400, 50_377), (400, 45_354)),
        (
            vec![("closed-code", "50367"), ("closed-status", "409")],
            (409, 50_367),
            (409, 45_354),
        ),
        (
            vec![("closed-invite-code", "45376"), ("closed-status", "404")],
            (404, 50_377),
            (404, 45_376),
        ),
    ] {
        let mut stage = Stage::with_readings(&settings);
        let workflow = stage.workflow();
        stage.leave("charlie");
        stage.close("charlie");
        let sid = stage.conversation("charlie");
        let numbers = |error: Error| (error.status(), error.code());
        let new = NewParticipant {
            identity: Some("dana".into()),
            ..NewParticipant::default()
        };
        let refused = stage.world.add_participant(&sid, new, false).unwrap_err();
        assert_eq!(numbers(refused), write);
        let refused = stage
            .invite("charlie", json!({"workflow_sid": workflow}))
            .unwrap_err();
        assert_eq!(numbers(refused), invite);
    }
}

#[test]
fn closed_attributes_are_fixed_or_writable() {
    for (reading, done) in [("refused", false), ("allowed", true)] {
        let mut stage = Stage::with_readings(&[("closed-update", reading)]);
        stage.close("charlie");
        let change = ConversationChange {
            attributes: Some("{}".into()),
            ..ConversationChange::default()
        };
        let sid = stage.conversation("charlie");
        let changed = stage.world.update_conversation(&sid, change, false);
        assert_eq!(changed.is_ok(), done, "{reading}");
    }
}
