//! Tests of the readings that change customers' conversations and the seeded agents.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

use serde_json::json;

use crate::contact_centre::customers::Medium;
use crate::conversations::ConversationState;
use crate::world::stage::Stage;

const DAY: u64 = 86_400;

/// It is not a participant of the interaction.
#[test]
fn the_bot_joins_only_the_conversation() {
    let mut stage = Stage::with_readings(&[("bot-participant", "present")]);
    stage
        .world
        .create_customer("dora", "Dora", Medium::Web, None)
        .unwrap();
    stage.post("dora", "hello");
    let conversation = stage
        .world
        .conversation(&stage.conversation("dora"))
        .unwrap();
    assert!(conversation.participant_with_identity("bot").is_some());
    assert_eq!(stage.channel("dora").participants.len(), 1);
}

#[test]
fn the_entry_webhook_is_gone_or_armed() {
    for (reading, count) in [("gone", 0), ("armed", 1)] {
        let stage = Stage::with_readings(&[("entry-webhook", reading)]);
        let conversation = stage
            .world
            .conversation(&stage.conversation("sam"))
            .unwrap();
        assert_eq!(conversation.webhooks.len(), count, "{reading}");
        assert!(conversation.webhooks.iter().all(|w| w.target == "studio"));
    }
}

#[test]
fn owner_timers_end_a_customers_conversation() {
    for (reading, after_an_hour, after_a_day) in [
        ("none", ConversationState::Active, ConversationState::Active),
        (
            "inactive",
            ConversationState::Inactive,
            ConversationState::Inactive,
        ),
        (
            "closed",
            ConversationState::Active,
            ConversationState::Closed,
        ),
    ] {
        let mut stage = Stage::with_readings(&[("owner-timers", reading)]);
        stage.post("charlie", "hello");
        let now = |stage: &Stage| {
            let found = stage.world.conversation(&stage.conversation("charlie"));
            found.unwrap().state
        };
        stage.advance_seconds(3600);
        assert_eq!(now(&stage), after_an_hour, "{reading}");
        stage.advance_seconds(DAY - 3600);
        assert_eq!(now(&stage), after_a_day, "{reading}");
    }
}

#[test]
fn contact_uri_follows_the_reading() {
    for (reading, expected) in [
        ("client", json!("client:ada")),
        ("bare", json!("ada")),
        ("other-case", json!("client:Ada")),
        ("missing", json!(null)),
    ] {
        let uri = |stage: &Stage| {
            let ada = stage.world.taskrouter.worker_named("ada").unwrap();
            ada.attributes["contact_uri"].clone()
        };
        let mut stage = Stage::with_readings(&[("contact-uri", reading)]);
        assert_eq!(uri(&stage), expected);
        stage
            .world
            .set_readings(crate::readings::Readings::default())
            .unwrap();
        assert_eq!(uri(&stage), json!("client:ada"), "from {reading}");
        let mut readings = stage.world.readings;
        readings.set("contact-uri", reading).unwrap();
        stage.world.set_readings(readings).unwrap();
        assert_eq!(uri(&stage), expected, "to {reading}");
    }
}
