//! Tests of webhooks: the events that they receive, and the configurations that are refused.

use crate::conversations::{NewMessage, Source, WebhookConfiguration};
use crate::world::error::Error;
use crate::world::stage::Stage;

const TARGET: &str = "https://park-interaction-1234.twil.io/wake";

fn configuration(url: &str, replay_after: Option<i64>) -> WebhookConfiguration {
    WebhookConfiguration {
        url: Some(url.into()),
        filters: Some(vec!["onMessageAdded".into()]),
        replay_after,
        ..WebhookConfiguration::default()
    }
}

/// Documented as: the message with the index and its successors.
#[test]
fn replay_starts_by_the_reading() {
    for (reading, expected) in [
        ("inclusive", vec!["1", "2"]),
        ("exclusive", vec!["2"]),
        ("none", vec![]),
    ] {
        let mut stage = Stage::with_readings(&[("replay", reading)]);
        let conversation = stage.conversation("charlie");
        stage.deliveries();
        let armed =
            stage
                .world
                .add_webhook(&conversation, "webhook", configuration(TARGET, Some(1)));
        armed.unwrap();
        let replayed = stage.deliveries();
        let indices: Vec<&str> = replayed
            .iter()
            .map(|d| d.params["Index"].as_str())
            .collect();
        assert_eq!(indices, expected, "{reading}");
    }
}

/// Without an index, or with one after the last message.
#[test]
fn nothing_to_replay() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("charlie");
    stage.deliveries();
    stage
        .world
        .add_webhook(&conversation, "webhook", configuration(TARGET, Some(3)))
        .unwrap();
    stage
        .world
        .add_webhook(&conversation, "webhook", configuration(TARGET, None))
        .unwrap();
    assert!(stage.deliveries().is_empty());
}

#[test]
fn webhooks_describe_a_customers_message() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("wanda");
    let webhook = stage
        .world
        .add_webhook(&conversation, "webhook", configuration(TARGET, None))
        .unwrap();
    let message = stage.world.post_as_customer("wanda", "Hi", None).unwrap();
    let posted = stage.deliveries().remove(0);
    assert_eq!(posted.url, TARGET);
    for (name, value) in [
        ("EventType", "onMessageAdded"),
        ("ConversationSid", conversation.as_str()),
        ("MessageSid", message.sid.as_str()),
        ("Index", "2"),
        (
            "Author",
            stage.world.customer("wanda").unwrap().address.as_str(),
        ),
        (
            "ParticipantSid",
            message.participant_sid.as_deref().unwrap(),
        ),
        ("Source", "WHATSAPP"),
        ("Body", "Hi"),
        ("WebhookSid", webhook.sid.as_str()),
        ("RetryCount", "0"),
    ] {
        assert_eq!(
            posted.params.get(name).map(String::as_str),
            Some(value),
            "{name}"
        );
    }
}

#[test]
fn rest_messages_reach_webhooks_on_request() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("charlie");
    stage
        .world
        .add_webhook(&conversation, "webhook", configuration(TARGET, None))
        .unwrap();
    for (webhooks, posted) in [(false, 0), (true, 1)] {
        let post = NewMessage {
            content_sid: None,
            author: "bot".into(),
            body: "hello".into(),
            source: Source::Api,
            webhooks,
            ..NewMessage::default()
        };
        stage.world.post_message(&conversation, post).unwrap();
        assert_eq!(stage.deliveries().len(), posted);
    }
}

#[test]
fn webhooks_receive_selected_events_only() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("charlie");
    stage
        .world
        .add_webhook(&conversation, "webhook", configuration(TARGET, None))
        .unwrap();
    stage.leave("charlie");
    let posted = stage.deliveries();
    assert!(posted.iter().all(|delivery| delivery.url != TARGET));
}

#[test]
fn invalid_webhooks_are_refused() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("charlie");
    let mut arm = |url: &str| {
        stage
            .world
            .add_webhook(&conversation, "webhook", configuration(url, None))
            .map(drop)
    };
    for url in [
        "http://localhost:3000/x",
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "ftp://a.example/x",
        "x",
    ] {
        assert!(
            matches!(arm(url), Err(Error::WebhookUrl(_))),
            "`{url}` was taken"
        );
    }
    let long = format!("{TARGET}?x={}", "y".repeat(512));
    assert_eq!(arm(&long), Err(Error::WebhookUrlTooLong));
    for _ in 0..5 {
        arm(TARGET).unwrap();
    }
    assert_eq!(arm(TARGET), Err(Error::TooManyWebhooks));
}
