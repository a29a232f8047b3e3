//! Situations that people who park conversations have reported in public.

use memory_twilio::sids::{member, webhook, worker};
use memory_twilio::{caller, MemoryWebhook, ADA, BEN};
use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::MessageRef;
use park_interaction::reply::{Refusal, Reply};
use park_interaction::twilio::calls::{ArmedWebhook, ChatParticipant, Target, WebhookEvents};
use serde_json::{json, Value};

use crate::stage::{Fault, Stage};

fn change_record(stage: &mut Stage, change: impl FnOnce(&mut Value)) {
    let mut attributes: Value = serde_json::from_str(&stage.twilio.attributes).unwrap();
    change(&mut attributes);
    stage.twilio.attributes = attributes.to_string().into();
}

/// Changes the parked task's attributes in the record.
fn parked_task(stage: &mut Stage, change: impl FnOnce(&mut Value)) {
    change_record(stage, |record| {
        let text = record["taskAttributes"].as_str().unwrap().to_owned();
        let mut attributes: Value = serde_json::from_str(&text).unwrap();
        change(&mut attributes);
        record["taskAttributes"] = json!(attributes.to_string());
    });
}

fn by(author: &str, participant: Option<u32>) -> MessageRef {
    MessageRef {
        author: author.into(),
        participant: participant.map(member),
        index: Some(9),
        sid: None,
        line: None,
    }
}

fn add_member(stage: &mut Stage, number: u32, identity: Option<&str>, address: Option<&str>) {
    stage.twilio.members.push(ChatParticipant {
        sid: member(number),
        identity: identity.map(str::to_owned),
        address: address.map(str::to_owned),
        medium: None,
    });
}

/// 02: a task that came by a transfer is parked.
#[test]
fn the_last_transfer_does_not_route_the_woken_task() {
    let mut stage = Stage::parked();
    parked_task(&mut stage, |attributes| {
        attributes["transferTargetType"] = json!("worker");
        attributes["transferTargetSid"] = json!(worker(ADA).as_str());
        attributes["workerSidsInConversation"] = json!([worker(BEN).as_str()]);
        attributes["conversations"] = json!({ "conversation_id": "WT1" });
    });
    assert_eq!(stage.wake(), Reply::Routed);
    let invite = stage.invitations().next().unwrap();
    let attributes: Value = serde_json::from_str(&invite.attributes).unwrap();
    for key in [
        "transferTargetType",
        "transferTargetSid",
        "workerSidsInConversation",
    ] {
        assert_eq!(attributes.get(key), None, "{key}");
    }
    assert_eq!(attributes["conversations"]["conversation_id"], "WT1");
}

/// 03: a bot that is a participant of the conversation.
#[test]
fn a_bot_in_the_conversation_wakes_nobody() {
    let mut stage = Stage::parked();
    add_member(&mut stage, 50, Some("survey-bot"), None);
    assert_eq!(stage.wake_for(&by("survey-bot", Some(50))), Reply::Ignored);
    assert_eq!(stage.wake(), Reply::Routed);
}

/// 04: a worker whose `contact_uri` does not fit their chat identity.
#[test]
fn an_agent_with_an_odd_contact_uri_wakes_nobody() {
    let mut stage = Stage::parked();
    add_member(&mut stage, 51, Some("ben_40example_2Ecom"), None);
    let by = by("ben_40example_2Ecom", Some(51));
    assert_eq!(stage.wake_for(&by), Reply::Ignored);
}

/// 05: parked while the screen held no messages yet.
#[test]
fn what_the_agent_cannot_have_seen_wakes() {
    let mut stage = Stage::new();
    let park = stage.park_with(|request| request.target.last_message_index = None);
    stage.run();
    assert!(matches!(stage.outcomes[&park].reply, Reply::Parked { .. }));
    assert_eq!(stage.invites(), 1, "the customer wrote last");

    let mut stage = Stage::new();
    stage.twilio.write("ada", Some(member(ADA)), stage.now);
    let park = stage.park_with(|request| request.target.last_message_index = None);
    stage.run();
    assert!(matches!(stage.outcomes[&park].reply, Reply::Parked { .. }));
    assert_eq!(stage.invites(), 0, "the agent wrote last");
    stage.now += 60_000;
    assert_eq!(stage.wake(), Reply::Routed);
}

/// 06: a custom channel whose messages are posted through REST in the customer's name.
#[test]
fn the_customer_is_known_by_their_address() {
    for (address, author) in [
        ("telegram_user_5550100", "telegram_user_5550100"),
        ("+15550100", "whatsapp:+15550100"),
        ("whatsapp:+15550100", "+15550100"),
    ] {
        let mut stage = Stage::parked();
        parked_task(&mut stage, |attributes| {
            attributes["customerAddress"] = json!(address);
        });
        assert_eq!(stage.wake_for(&by(author, None)), Reply::Routed, "{author}");
    }
}

/// R4: some channels write the participant's SID for the author.
#[test]
fn a_participants_sid_may_be_the_author() {
    let mut stage = Stage::parked();
    let by = by(member(100).as_str(), None);
    assert_eq!(stage.wake_for(&by), Reply::Routed);
}

/// The parked task does not have the customer's address.
#[test]
fn an_author_who_is_no_worker_is_the_customer() {
    let mut stage = Stage::parked();
    parked_task(&mut stage, |attributes| {
        attributes
            .as_object_mut()
            .unwrap()
            .remove("customerAddress");
    });
    assert_eq!(stage.wake(), Reply::Routed);

    let mut stage = Stage::parked();
    parked_task(&mut stage, |attributes| {
        attributes
            .as_object_mut()
            .unwrap()
            .remove("customerAddress");
    });
    stage.twilio.join(BEN, None);
    stage.twilio.participants.pop();
    assert_eq!(stage.wake_for(&by("ben", Some(BEN))), Reply::Ignored);
}

/// A participant with an address outside is a customer, whatever the task says.
#[test]
fn a_participant_from_outside_is_the_customer() {
    let mut stage = Stage::parked();
    add_member(&mut stage, 60, None, Some("+15550199"));
    assert_eq!(stage.wake_for(&by("+15550199", Some(60))), Reply::Routed);
}

/// 09: returns a stage with a conversation that an older parking plugin has parked, its webhook still armed.
fn parked_by_an_older_plugin() -> Stage {
    let mut stage = Stage::parked();
    let theirs = webhook(900);
    stage.twilio.webhooks = vec![MemoryWebhook {
        armed: ArmedWebhook {
            sid: theirs.clone(),
            target: Some(Target::Url(
                "https://serverless-1234-dev.twil.io/unpark-an-interaction".into(),
            )),
        },
        events: WebhookEvents::MessagesAndState,
    }];
    stage.twilio.items.clear();
    change_record(&mut stage, |record| {
        let record = record.as_object_mut().unwrap();
        for key in [
            "parkInteraction",
            "queueName",
            "queueSid",
            "workerSid",
            "mapSid",
            "mapItemKey",
        ] {
            record.remove(key);
        }
        let text = record["taskAttributes"].as_str().unwrap().to_owned();
        record.insert(
            "taskAttributes".into(),
            serde_json::from_str(&text).unwrap(),
        );
        record.insert("targetSid".into(), json!("WQ1"));
        record.insert("webhookSid".into(), json!(theirs.as_str()));
    });
    stage
}

#[test]
fn reconciling_adopts_an_older_plugins_park() {
    let mut stage = parked_by_an_older_plugin();
    let reconcile = stage.unpark(Cause::Reconcile);
    assert_eq!(stage.reply(reconcile), Reply::Restored);
    assert_eq!(stage.twilio.webhooks.len(), 1, "theirs is gone");
    assert!(stage.twilio.guardian().is_some());
    assert_eq!(stage.wake(), Reply::Routed);
    let invite = stage.invitations().next().unwrap();
    assert!(invite.attributes.contains("customerAddress"));
}

#[test]
fn a_park_adopts_an_older_plugins_webhook() {
    let mut stage = parked_by_an_older_plugin();
    stage.twilio.make_task(stage.now);
    stage.twilio.accept(ADA, stage.now);
    let park = stage.park(true);
    let reply = stage.reply(park);
    assert!(matches!(reply, Reply::Parked { .. }), "{reply:?}");
    assert_eq!(stage.twilio.webhooks.len(), 1);
    stage.now += 60_000;
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.twilio.open_tasks().count(), 1);
}

/// 12b: the invite is refused for good. A 404 is "closed" only if the channel says so.
#[test]
fn a_refused_invite_is_named_with_its_code() {
    // With a record it would be tried once more, without the record's attributes of the parked task.
    let parked = || {
        let mut stage = Stage::parked().later(0);
        stage.twilio.attributes = "{}".into();
        stage
    };
    let invite_is_call = {
        let mut stage = parked();
        stage.wake();
        let mut calls = stage.calls.iter();
        calls
            .position(|(_, call)| call.name() == "CreateInvite")
            .unwrap()
    };
    let mut stage = parked();
    stage.fault = Some((invite_is_call, Fault::Refused));
    let reply = stage.wake();
    let Reply::Refused { refusal, .. } = reply else {
        panic!("not refused: {reply:?}")
    };
    assert_eq!(refusal, Refusal::TwilioRefused { code: 20_001 });
    assert!(stage.twilio.is_armed(), "the guardian stays");
    assert_eq!(stage.twilio.rows().count(), 1, "the row stays");
    stage.let_time_pass(70_000);
    assert!(stage.twilio.invite().is_some(), "the clocks try again");
}

/// 16: the agent who accepts the woken task is a participant of the conversation already. Twilio cancels their reservation.
#[test]
fn a_wake_removes_agents_who_were_left() {
    let mut stage = Stage::parked();
    stage.twilio.join(BEN, None);
    stage.twilio.participants.pop();
    add_member(&mut stage, 50, Some("survey-bot"), None);
    assert_eq!(stage.wake(), Reply::Routed);
    let identities: Vec<&str> = stage
        .twilio
        .members
        .iter()
        .filter_map(|member| member.identity.as_deref())
        .collect();
    assert_eq!(identities, ["customer-1", "survey-bot"]);
    stage.twilio.accept(BEN, stage.now);
    stage.caller = Some(caller(BEN));
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
}
