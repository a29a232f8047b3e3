//! I8: a record is data, never authority. Every request names only this conversation's own resources, whatever an agent's
//! browser writes into attributes and rows.

use memory_twilio::sids::{conversation, sid, worker};
use memory_twilio::{caller, ADA, BEN};
use park_interaction::protocol::sweep::Cursor;
use park_interaction::protocol::unpark::{Cause, Clock};
use park_interaction::reply::{Refusal, Reply};
use park_interaction::sid::{AccountSid, SyncServiceSid, WorkspaceSid};
use park_interaction::twilio::http::Access;
use serde_json::{json, Value};

use crate::stage::Stage;

/// The number of all resources of others.
const FOREIGN: u32 = 77;

/// The fields of the record, and those of its own key.
const FIELDS: [&str; 13] = [
    "interactionSid",
    "channelSid",
    "participantSid",
    "taskSid",
    "workflowSid",
    "taskChannelUniqueName",
    "queueName",
    "queueSid",
    "workerSid",
    "taskAttributes",
    "webhookSid",
    "mapSid",
    "mapItemKey",
];
const OWN_FIELDS: [&str; 6] = [
    "parkedAt",
    "expiresAt",
    "heard",
    "timerSeconds",
    "displaced",
    "whole",
];

fn hostile_values(field: &str) -> Vec<Value> {
    let prefix = match field {
        "interactionSid" => "KD",
        "channelSid" => "UO",
        "participantSid" => "UT",
        "taskSid" => "WT",
        "workflowSid" => "WW",
        "queueSid" => "WQ",
        "workerSid" => "WK",
        "webhookSid" => "WH",
        "mapSid" => "MP",
        _ => "CH",
    };
    vec![
        json!(".."),
        json!("/"),
        json!("?"),
        json!("#"),
        json!(""),
        json!(null),
        json!([]),
        json!("../../../Documents/PayrollApprovals"),
        // Another conversation's of the right kind, and one of a wrong kind.
        json!(sid(prefix, FOREIGN)),
        json!(sid("IS", FOREIGN)),
        // Far past and far future.
        json!(0),
        json!(u64::MAX),
        json!(4_000_000_000_000_u64),
    ]
}

/// An operation: its name, its stage, and how it begins.
type Act = (&'static str, fn(&mut Stage));

fn operations() -> Vec<Act> {
    fn unpark(stage: &mut Stage, cause: Cause) {
        stage.unpark(cause);
        stage.run();
    }
    vec![
        ("wake", |stage| {
            stage.customer_writes_in(0);
            stage.run();
        }),
        ("resume", |stage| unpark(stage, Cause::Resume)),
        ("resume by somebody else", |stage| {
            stage.caller = Some(caller(BEN));
            unpark(stage, Cause::Resume);
        }),
        ("restore", |stage| unpark(stage, Cause::Restore)),
        ("check by the timer", |stage| {
            unpark(stage, Cause::Check(Clock::Timer));
        }),
        ("check by a desktop", |stage| {
            unpark(stage, Cause::Check(Clock::Desktop));
        }),
        ("reconcile", |stage| unpark(stage, Cause::Reconcile)),
        ("release", |stage| unpark(stage, Cause::Release)),
        ("sweep", |stage| {
            stage.sweep(Cause::Reconcile, Cursor::default());
            stage.run();
        }),
        ("settle", |stage| {
            stage.wake();
            stage.twilio.accept(ADA, stage.now);
            unpark(stage, Cause::Settle);
        }),
        ("park by another agent", |stage| {
            stage.wake();
            stage.twilio.accept(BEN, stage.now);
            stage.caller = Some(caller(BEN));
            stage.park(true);
            stage.run();
        }),
    ]
}

fn access() -> Access {
    Access {
        account: AccountSid::parse(sid("AC", 1)).unwrap(),
        workspace: WorkspaceSid::parse(sid("WS", 1)).unwrap(),
        sync_service: SyncServiceSid::parse(sid("IS", 1)).unwrap(),
        token: String::new(),
    }
}

/// Checks that every request names resources of the conversation. `TaskRouter`'s log may be read for any task: it counts only if it
/// names this conversation.
#[track_caller]
fn names_only_its_own(stage: &Stage, what: &str) {
    let foreign = format!("{FOREIGN:032}");
    for (_, call) in &stage.calls {
        let http = call.http(&access());
        let address = http.uri.as_str();
        assert!(!address.contains(&foreign), "{what}: {address}");
        assert!(!address.contains(".."), "{what}: {address}");
        let allowed = address.split('/').skip(3).all(|part| {
            part.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_?=&".contains(&byte))
        });
        assert!(allowed, "{what}: {address}");
        let mut sent = http.data.clone().unwrap_or_default();
        if let Some(fields) = sent.as_object_mut() {
            fields.remove("Attributes");
            fields.remove("Data");
            if let Some(routing) = fields.get_mut("Routing") {
                let mut parsed: Value = serde_json::from_str(routing.as_str().unwrap()).unwrap();
                parsed["properties"]["attributes"] = Value::Null;
                *routing = parsed;
            }
        }
        assert!(!sent.to_string().contains(&foreign), "{what}: {sent}");
    }
}

fn forge(stage: &mut Stage, change: impl FnOnce(&mut Value)) {
    let mut attributes: Value = serde_json::from_str(&stage.twilio.attributes).unwrap();
    change(&mut attributes);
    stage.twilio.attributes = attributes.to_string().into();
}

#[test]
fn no_field_of_a_record_leads_elsewhere() {
    for (name, act) in operations() {
        for field in FIELDS.into_iter().chain(OWN_FIELDS) {
            for value in hostile_values(field) {
                let what = format!("{name}, {field} = {value}");
                let mut stage = Stage::parked();
                forge(&mut stage, |record| {
                    if OWN_FIELDS.contains(&field) {
                        record["parkInteraction"][field] = value;
                    } else {
                        record[field] = value;
                    }
                });
                act(&mut stage);
                names_only_its_own(&stage, &what);
                assert!(stage.twilio.open_tasks().count() <= 1, "{what}: two tasks");
            }
        }
    }
}

/// A record in a conversation that is not parked belongs to nobody.
#[test]
fn a_record_without_a_park_grants_nothing() {
    let mut parked = Stage::parked();
    let forged = parked
        .twilio
        .attributes
        .replace(&format!("{:032}", 1), &format!("{FOREIGN:032}"));
    parked.twilio.attributes = forged.clone().into();
    for cause in [
        Cause::Resume,
        Cause::Settle,
        Cause::Restore,
        Cause::Reconcile,
        Cause::Release,
        Cause::Check(Clock::Desktop),
    ] {
        let mut stage = Stage::new();
        stage.twilio.attributes = forged.clone().into();
        let operation = stage.unpark(cause.clone());
        stage.run();
        names_only_its_own(&stage, &format!("{cause:?}"));
        assert_eq!(stage.invites(), 0, "{cause:?}");
        assert!(stage.outcomes.contains_key(&operation));
        assert_eq!(stage.twilio.agents(), 1);
    }
}

/// Ben writes himself into the record of a conversation that Ada parked.
#[test]
fn whoever_stands_in_the_record_may_not_resume() {
    let mut stage = Stage::parked();
    forge(&mut stage, |record| {
        record["workerSid"] = json!(worker(BEN).as_str());
    });
    stage.caller = Some(caller(BEN));
    let resume = stage.unpark(Cause::Resume);
    let Reply::Refused { refusal, .. } = stage.reply(resume) else {
        panic!("he may resume")
    };
    assert_eq!(refusal, Refusal::NotAllowed);
    stage.caller = Some(caller(ADA));
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
}

/// A time of parking in the future would make every invite one from before the park.
#[test]
fn a_forged_time_makes_no_second_task() {
    let mut stage = Stage::parked();
    forge(&mut stage, |record| {
        record["parkInteraction"]["parkedAt"] = json!(4_000_000_000_000_u64);
    });
    assert_eq!(stage.wake(), Reply::Routed);
    stage.now += 30_000;
    assert_eq!(stage.wake(), Reply::AlreadyRouted);
    assert_eq!(stage.invites(), 1);
}

#[test]
fn a_record_deletes_no_webhook_of_others() {
    use memory_twilio::sids::webhook;
    use memory_twilio::MemoryWebhook;
    use park_interaction::twilio::calls::{ArmedWebhook, Target, WebhookEvents};
    for target in [
        Target::Url("https://example.com/crm?park=1".into()),
        Target::Flow(memory_twilio::sids::flow(9)),
    ] {
        let mut stage = Stage::parked();
        let theirs = MemoryWebhook {
            armed: ArmedWebhook {
                sid: webhook(500),
                target: Some(target),
            },
            events: WebhookEvents::State,
        };
        stage.twilio.webhooks.push(theirs.clone());
        forge(&mut stage, |record| {
            record["webhookSid"] = json!(webhook(500).as_str());
        });
        stage.wake();
        stage.twilio.accept(ADA, stage.now);
        let settle = stage.unpark(Cause::Settle);
        assert_eq!(stage.reply(settle), Reply::Settled);
        assert_eq!(stage.twilio.webhooks, [theirs]);
    }
}

/// The template's webhook has no address of ours. `TaskRouter`'s log of the parked task shows the place, from before an agent had it.
#[test]
fn the_templates_record_needs_twilios_log() {
    let template = || {
        let mut stage = Stage::parked();
        stage.twilio.webhooks[0].armed.target = Some(park_interaction::twilio::calls::Target::Url(
            memory_twilio::WAKE_URL.into(),
        ));
        forge(&mut stage, |record| {
            record.as_object_mut().unwrap().remove("parkInteraction");
        });
        stage
    };
    let mut honest = template();
    assert_eq!(honest.wake(), Reply::Routed);
    assert!(
        honest.twilio.guardian().is_some(),
        "from now on the address says it"
    );

    for field in [
        "interactionSid",
        "channelSid",
        "workflowSid",
        "workerSid",
        "queueSid",
    ] {
        let mut stage = template();
        forge(&mut stage, |record| {
            let prefix = record[field].as_str().unwrap()[..2].to_owned();
            record[field] = json!(sid(&prefix, FOREIGN));
        });
        assert_eq!(stage.wake(), Reply::Routed, "{field}");
        names_only_its_own(&stage, field);
    }

    // A task of another conversation is no evidence.
    let mut stage = template();
    for event in &mut stage.twilio.events {
        event.task_attributes = event
            .task_attributes
            .as_ref()
            .map(|text| text.replace(conversation(1).as_str(), &sid("CH", FOREIGN)));
    }
    stage.customer_writes_in(0);
    stage.run();
    assert_eq!(stage.invites(), 0);
}

/// An agent who has a task can write its attributes, so that events after they accepted it are no evidence.
#[test]
fn an_agents_own_task_is_no_evidence() {
    let mut stage = Stage::parked();
    stage.twilio.webhooks.clear();
    let mut forged = stage.twilio.events.remove(0);
    forged.kind = "task.updated".into();
    forged.worker = None;
    forged.task_attributes = forged
        .task_attributes
        .map(|text| text.replace(&format!("KD{:032}", 1), &sid("KD", FOREIGN)));
    let accepted = park_interaction::twilio::calls::TaskEvent {
        kind: "reservation.accepted".into(),
        worker: Some(worker(ADA)),
        ..forged.clone()
    };
    stage.twilio.events.insert(0, accepted);
    stage.twilio.events.insert(0, forged);
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    names_only_its_own(&stage, "an updated task");
}
