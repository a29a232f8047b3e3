use super::Stage;
use crate::world::conversations::{Configuration, Post, Source};
use crate::world::error::Error;

const TARGET: &str = "https://park-interaction-1234.twil.io/wake";

fn configuration(url: &str, replay_after: Option<i64>) -> Configuration {
    Configuration {
        url: Some(url.into()),
        filters: Some(vec!["onMessageAdded".into()]),
        replay_after,
        ..Configuration::default()
    }
}

/// The documentation says: the message with the index and its successors.
#[test]
fn replay_begins_where_the_reading_says() {
    for (reading, expected) in [
        ("inclusive", vec!["1", "2"]),
        ("exclusive", vec!["2"]),
        ("none", vec![]),
    ] {
        let mut stage = Stage::reading(&[("replay", reading)]);
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

#[test]
fn nothing_is_replayed_without_an_index_or_after_the_last_message() {
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
fn a_customers_message_tells_who_wrote_what_and_where() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("wanda");
    let webhook = stage
        .world
        .add_webhook(&conversation, "webhook", configuration(TARGET, None))
        .unwrap();
    let message = stage.world.customer_writes("wanda", "Hi", None).unwrap();
    let told = stage.deliveries().remove(0);
    assert_eq!(told.url, TARGET);
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
            told.params.get(name).map(String::as_str),
            Some(value),
            "{name}"
        );
    }
}

#[test]
fn messages_made_through_rest_are_told_only_when_asked_for() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("charlie");
    stage
        .world
        .add_webhook(&conversation, "webhook", configuration(TARGET, None))
        .unwrap();
    for (webhooks, told) in [(false, 0), (true, 1)] {
        let post = Post {
            author: "bot".into(),
            body: "hello".into(),
            source: Source::Api,
            webhooks,
            ..Post::default()
        };
        stage.world.post_message(&conversation, post).unwrap();
        assert_eq!(stage.deliveries().len(), told);
    }
}

#[test]
fn only_the_events_that_were_asked_for_are_told() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("charlie");
    stage
        .world
        .add_webhook(&conversation, "webhook", configuration(TARGET, None))
        .unwrap();
    stage.leave("charlie");
    assert!(stage.deliveries().is_empty());
}

#[test]
fn a_sixth_webhook_and_urls_that_twilio_cannot_call_are_refused() {
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
