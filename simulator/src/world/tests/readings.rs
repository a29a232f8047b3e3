//! What each reading changes. Those of replay, timers and joining twice are tested with what they belong to.

use std::collections::BTreeMap;

use serde_json::json;

use super::Stage;
use crate::world::conversations::{
    Configuration, ConversationChange, NewParticipant, Post, Source, State,
};
use crate::world::customers::Medium;
use crate::world::error::Error;
use crate::world::taskrouter::engine::NewTask;
use crate::world::taskrouter::AssignmentStatus::{Canceled, Pending, Reserved};

const TARGET: &str = "https://park-interaction-1234.twil.io/wake";
const DAY: u64 = 86_400;

impl Stage {
    /// Arms a webhook for these events on a customer's conversation.
    fn arm(&mut self, customer: &str, events: &[&str]) {
        let configuration = Configuration {
            url: Some(TARGET.into()),
            filters: Some(events.iter().map(|event| (*event).to_owned()).collect()),
            ..Configuration::default()
        };
        let sid = self.conversation(customer);
        let armed = self.world.add_webhook(&sid, "webhook", configuration);
        armed.unwrap();
        self.deliveries();
    }

    /// The requests to that webhook since the last time.
    fn heard(&mut self) -> Vec<BTreeMap<String, String>> {
        let all = self.deliveries().into_iter();
        all.filter(|delivery| delivery.url == TARGET)
            .map(|delivery| delivery.params)
            .collect()
    }

    fn bodies(&mut self) -> Vec<String> {
        let heard = self.heard().into_iter();
        heard
            .map(|mut params| params.remove("Body").unwrap())
            .collect()
    }

    fn writes(&mut self, customer: &str, body: &str) {
        let written = self.world.customer_writes(customer, body, None);
        written.unwrap();
    }

    fn set_state(&mut self, customer: &str, state: State) {
        let change = ConversationChange {
            state: Some(state),
            ..ConversationChange::default()
        };
        let sid = self.conversation(customer);
        self.world.update_conversation(&sid, change, true).unwrap();
    }

    fn count_invites(&self, customer: &str) -> Result<usize, Error> {
        let channel = self.channel(customer);
        self.world.listed_invites(&channel).map(|all| all.len())
    }
}

#[test]
fn invites_are_listed_refused_or_shown_late() {
    for (reading, at_first, later) in [
        ("answers", Ok(2), Ok(2)),
        ("without-task", Ok(2), Ok(2)),
        ("late", Ok(1), Ok(2)),
        ("403", Err(403), Err(403)),
        ("404", Err(404), Err(404)),
        ("405", Err(405), Err(405)),
    ] {
        let mut stage = Stage::reading(&[("invite-list", reading)]);
        let workflow = stage.workflow();
        stage.leave("charlie");
        stage
            .invite("charlie", json!({"workflow_sid": workflow}))
            .unwrap();
        let count = |stage: &Stage| stage.count_invites("charlie").map_err(|e| e.status());
        assert_eq!(count(&stage), at_first, "{reading}");
        stage.pass(30);
        assert_eq!(count(&stage), later, "{reading}");
    }
}

#[test]
fn who_has_left_is_listed_as_the_reading_says() {
    for (reading, all, left) in [
        ("unlisted", 1, 0),
        ("closed", 2, 1),
        ("closed-many", 62, 61),
    ] {
        let mut stage = Stage::reading(&[("left-participants", reading)]);
        stage.leave("charlie");
        let listed = stage.world.listed_participants(&stage.channel("charlie"));
        let gone = listed.iter().filter(|one| one.left).count();
        assert_eq!((listed.len(), gone), (all, left), "{reading}");
        let customer = &listed[listed.len() - left.min(1) - 1].participant;
        assert_eq!(customer.kind, "customer", "{reading}");
        assert!(listed.iter().all(|one| one.participant.sid.len() == 34));
    }
}

#[test]
fn a_message_webhook_lacks_what_the_readings_take_away() {
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
        let mut stage = Stage::reading(&[(reading, value)]);
        stage.arm(customer, &["onMessageAdded"]);
        stage.writes(customer, "hello");
        let params = stage.heard().remove(0);
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
fn a_message_is_delivered_once_twice_or_again_hours_later() {
    for (reading, at_once, hours_later) in
        [("never", 1, 0), ("at-once", 2, 0), ("hours-later", 1, 1)]
    {
        let mut stage = Stage::reading(&[("redelivery", reading)]);
        stage.arm("charlie", &["onMessageAdded"]);
        stage.writes("charlie", "hello");
        let first = stage.heard();
        assert_eq!(first.len(), at_once, "{reading}");
        assert!(first.iter().all(|params| params["RetryCount"] == "0"));
        stage.pass(3 * 3600);
        let again = stage.heard();
        assert_eq!(again.len(), hours_later, "{reading}");
        assert!(again.iter().all(|params| params["RetryCount"] == "1"));
        assert!(again
            .iter()
            .all(|params| params["MessageSid"] == first[0]["MessageSid"]));
    }
}

#[test]
fn each_two_messages_are_told_the_other_way_round() {
    let mut stage = Stage::reading(&[("delivery-order", "swapped")]);
    stage.arm("charlie", &["onMessageAdded"]);
    for body in ["one", "two", "three"] {
        stage.writes("charlie", body);
    }
    assert_eq!(stage.bodies(), ["two"]);
    stage.pass(1);
    assert_eq!(stage.bodies(), ["one", "three"]);
}

#[test]
fn an_adapters_message_has_a_participant_or_not() {
    for (reading, known) in [("sent", true), ("missing", false)] {
        let mut stage = Stage::reading(&[("adapter-participant", reading)]);
        stage.arm("charlie", &["onMessageAdded"]);
        let post = Post {
            author: "customer-charlie".into(),
            body: "through an adapter".into(),
            source: Source::Api,
            webhooks: true,
            ..Post::default()
        };
        let sid = stage.conversation("charlie");
        let message = stage.world.post_message(&sid, post).unwrap();
        assert_eq!(message.participant_sid.is_some(), known, "{reading}");
        assert_eq!(
            stage.heard()[0].contains_key("ParticipantSid"),
            known,
            "{reading}"
        );
        stage.writes("charlie", "by hand");
        assert!(stage.heard()[0].contains_key("ParticipantSid"), "{reading}");
    }
}

#[test]
fn a_bot_is_in_what_a_customer_begins_but_not_in_the_interaction() {
    let mut stage = Stage::reading(&[("bot-participant", "present")]);
    stage
        .world
        .create_customer("dora", "Dora", Medium::Web, None)
        .unwrap();
    stage.writes("dora", "hello");
    let conversation = stage
        .world
        .conversation(&stage.conversation("dora"))
        .unwrap();
    assert!(conversation.participant_with_identity("bot").is_some());
    assert_eq!(stage.channel("dora").participants.len(), 1);
}

#[test]
fn a_change_of_state_is_told_for_the_reasons_of_the_reading() {
    for (reading, reasons) in [
        ("all", vec!["API", "EVENT"]),
        ("timer-only", vec![]),
        ("never", vec![]),
    ] {
        let mut stage = Stage::reading(&[("state-webhook", reading)]);
        stage.arm("charlie", &["onConversationStateUpdated"]);
        stage.set_state("charlie", State::Inactive);
        stage.writes("charlie", "back");
        let told: Vec<String> = stage
            .heard()
            .into_iter()
            .map(|p| p["Reason"].clone())
            .collect();
        assert_eq!(told, reasons, "{reading}");
        let sid = stage.conversation("charlie");
        stage
            .world
            .move_conversation(&sid, State::Inactive, "TIMER", true)
            .unwrap();
        assert_eq!(
            stage.heard().len(),
            usize::from(reading != "never"),
            "{reading}"
        );
    }
}

#[test]
fn a_closed_conversation_refuses_with_the_numbers_of_the_readings() {
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
        let mut stage = Stage::reading(&settings);
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
fn a_closed_conversations_attributes_stay_or_change() {
    for (reading, done) in [("refused", false), ("allowed", true)] {
        let mut stage = Stage::reading(&[("closed-update", reading)]);
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

#[test]
fn an_invite_to_an_inactive_conversation_is_made_or_refused() {
    for (reading, made) in [("allowed", true), ("refused", false)] {
        let mut stage = Stage::reading(&[("inactive-invite", reading)]);
        let workflow = stage.workflow();
        stage.leave("charlie");
        stage.set_state("charlie", State::Inactive);
        let invite = stage.invite("charlie", json!({"workflow_sid": workflow.clone()}));
        assert_eq!(invite.is_ok(), made, "{reading}");
        stage.set_state("charlie", State::Active);
        assert!(stage
            .invite("charlie", json!({"workflow_sid": workflow}))
            .is_ok());
    }
}

#[test]
fn an_invite_for_a_worker_who_is_away_waits_ends_or_is_offered() {
    for (reading, status) in [
        ("waits", Pending),
        ("canceled", Canceled),
        ("offered", Reserved),
    ] {
        let mut stage = Stage::reading(&[("named-worker", reading)]);
        stage.leave("charlie");
        stage.go("ben", "Offline");
        let task = stage.invite_worker("charlie", "ben").unwrap();
        assert_eq!(stage.task(&task.sid).assignment_status, status, "{reading}");
    }
}

#[test]
fn an_agents_token_opens_the_sync_service_of_the_reading() {
    for reading in ["default-service", "flex-service"] {
        let stage = Stage::reading(&[("agent-sync-service", reading)]);
        let world = &stage.world;
        let opened = world.sync_service(world.agent_sync_service_sid()).unwrap();
        let expected = match reading {
            "default-service" => "Default Service",
            _ => "Flex Service",
        };
        assert_eq!(opened.friendly_name, expected);
        assert_eq!(
            world.sync_service("default").unwrap().friendly_name,
            "Default Service"
        );
        let named = world.flex_configuration()["flex_service_instance_sid"].clone();
        assert_eq!(named, json!(world.flex_sync_service_sid));
    }
}

#[test]
fn event_callbacks_come_as_the_reading_says() {
    for (reading, at_once, after_a_second, after_30_seconds) in [
        (
            "delivered",
            vec!["task.canceled", "reservation.canceled"],
            vec![],
            vec![],
        ),
        (
            "late",
            vec![],
            vec![],
            vec!["task.canceled", "reservation.canceled"],
        ),
        (
            "twice",
            vec![
                "task.canceled",
                "task.canceled",
                "reservation.canceled",
                "reservation.canceled",
            ],
            vec![],
            vec![],
        ),
        (
            "swapped",
            vec!["reservation.canceled"],
            vec!["task.canceled"],
            vec![],
        ),
        ("never", vec![], vec![], vec![]),
    ] {
        let mut stage = Stage::reading(&[("task-callback", reading)]);
        let workflow = stage.workflow();
        stage.leave("charlie");
        let task = stage
            .invite("charlie", json!({"workflow_sid": workflow}))
            .unwrap();
        let filter = "task.canceled,reservation.canceled";
        let set = stage
            .world
            .set_event_callback(Some(TARGET.into()), Some(filter.into()));
        set.unwrap();
        stage.world.cancel_task(&task.sid, "hangup").unwrap();
        let heard = |stage: &mut Stage| -> Vec<String> {
            stage
                .heard()
                .into_iter()
                .map(|p| p["EventType"].clone())
                .collect()
        };
        assert_eq!(heard(&mut stage), at_once, "{reading}");
        stage.pass(1);
        assert_eq!(heard(&mut stage), after_a_second, "{reading}");
        stage.pass(29);
        assert_eq!(heard(&mut stage), after_30_seconds, "{reading}");
    }
}

#[test]
fn the_entry_flows_webhook_is_gone_or_armed() {
    for (reading, count) in [("gone", 0), ("armed", 1)] {
        let stage = Stage::reading(&[("entry-webhook", reading)]);
        let conversation = stage
            .world
            .conversation(&stage.conversation("sam"))
            .unwrap();
        assert_eq!(conversation.webhooks.len(), count, "{reading}");
        assert!(conversation.webhooks.iter().all(|w| w.target == "studio"));
    }
}

#[test]
fn a_channel_that_has_not_changed_for_180_days_is_gone_or_kept() {
    for (reading, kept) in [("deleted", false), ("kept", true)] {
        let mut stage = Stage::reading(&[("old-channel", reading)]);
        stage.leave("charlie");
        let channel = stage.channel("charlie");
        let found = |stage: &Stage| {
            let world = &stage.world;
            let interaction = world.interaction(&channel.interaction_sid).is_ok();
            let channel = world
                .channel(&channel.interaction_sid, &channel.sid)
                .is_ok();
            assert_eq!(interaction, channel);
            channel
        };
        stage.pass(180 * DAY - 1);
        assert!(found(&stage), "{reading}");
        stage.pass(1);
        assert_eq!(found(&stage), kept, "{reading}");
        let sid = stage.conversation("charlie");
        let again = stage
            .world
            .create_interaction("web", &sid, json!({}), json!(null));
        assert_eq!(
            again.map(drop),
            if kept {
                Err(Error::ChannelExists)
            } else {
                Ok(())
            }
        );
    }
}

#[test]
fn the_owners_timers_end_what_a_customer_has_begun() {
    for (reading, after_an_hour, after_a_day) in [
        ("none", State::Active, State::Active),
        ("inactive", State::Inactive, State::Inactive),
        ("closed", State::Active, State::Closed),
    ] {
        let mut stage = Stage::reading(&[("owner-timers", reading)]);
        stage.writes("charlie", "hello");
        let now = |stage: &Stage| {
            let found = stage.world.conversation(&stage.conversation("charlie"));
            found.unwrap().state
        };
        stage.pass(3600);
        assert_eq!(now(&stage), after_an_hour, "{reading}");
        stage.pass(DAY - 3600);
        assert_eq!(now(&stage), after_a_day, "{reading}");
    }
}

#[test]
fn a_finished_task_is_gone_after_five_minutes_or_kept() {
    for (reading, kept) in [("deleted", false), ("kept", true)] {
        let mut stage = Stage::reading(&[("finished-tasks", reading)]);
        let task = stage.agents("charlie")[0].routing.clone().unwrap().task_sid;
        stage.leave("charlie");
        stage.pass(299);
        assert!(stage.world.kept_task(&task).is_ok(), "{reading}");
        stage.pass(1);
        assert_eq!(stage.world.kept_task(&task).is_ok(), kept, "{reading}");
    }
}

#[test]
fn contact_uri_follows_the_reading_at_the_start_and_later() {
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
        let mut stage = Stage::reading(&[("contact-uri", reading)]);
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

#[test]
fn a_task_whose_targets_end_is_canceled_or_goes_to_the_default_queue() {
    for (reading, status) in [("canceled", Canceled), ("default-filter", Pending)] {
        let mut stage = Stage::reading(&[("exhausted-targets", reading)]);
        let [everyone, support] = [0, 1].map(|n| stage.world.taskrouter.queues[n].sid.clone());
        let configuration = json!({"task_routing": {
            "filters": [{"expression": "1 == 1", "targets": [{"queue": everyone, "timeout": 40}]}],
            "default_filter": {"queue": support},
        }});
        let timeout = std::time::Duration::from_secs(60);
        let made = stage
            .world
            .create_workflow("Own", &configuration.to_string(), timeout);
        for agent in ["ada", "ben"] {
            stage.go(agent, "Offline");
        }
        let task = stage
            .world
            .create_task(NewTask {
                attributes: json!({}),
                workflow_sid: Some(made.unwrap().sid),
                ..NewTask::default()
            })
            .unwrap();
        stage.pass(40);
        let ended = stage.task(&task.sid);
        assert_eq!(ended.assignment_status, status, "{reading}");
        if status == Pending {
            assert_eq!(ended.queue_sid, Some(support));
        }
    }
}

#[test]
fn an_invite_takes_its_start_from_the_past() {
    for (reading, past, future) in [
        ("taken", true, false),
        ("ignored", true, true),
        ("refused", false, false),
    ] {
        let mut stage = Stage::reading(&[("invite-start-time", reading)]);
        let workflow = stage.workflow();
        stage.leave("charlie");
        let mut invite = |time: &str| {
            let properties = json!({"workflow_sid": workflow, "virtual_start_time": time});
            stage.invite("charlie", properties)
        };
        assert_eq!(invite("2999-01-01T00:00:00Z").is_ok(), future, "{reading}");
        let task = invite("2020-01-01T00:00:00Z");
        assert_eq!(task.is_ok(), past, "{reading}");
        if let Ok(task) = task {
            let year = task.virtual_start_time.to_string();
            assert_eq!(year.starts_with("2020"), reading == "taken", "{reading}");
        }
        assert!(invite("yesterday").is_err());
    }
}
