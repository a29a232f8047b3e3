//! Records that other programs have damaged, in each operation: a damaged record is never worse than none.

use memory_twilio::{caller, ADA, BEN};
use park_interaction::protocol::unpark::Cause;
use park_interaction::reply::Reply;
use serde_json::{json, Value};

use crate::stage::Stage;

/// A damage: the attributes after it.
type Damage = fn(&mut Value);

/// Returns the damages of ordinary code that reads attributes and writes them back.
fn damages() -> Vec<(&'static str, Damage)> {
    vec![
        ("PHP writes an empty object as a list", |record| {
            record["parkInteraction"]["displaced"] = json!([]);
        }),
        ("Gson writes a large number with an exponent", |record| {
            record["parkInteraction"]["parkedAt"] = json!(1.79e12);
        }),
        ("a whole number becomes a fraction", |record| {
            record["parkInteraction"]["heard"] = json!(1.0);
        }),
        ("a number becomes a text", |record| {
            record["parkInteraction"]["expiresAt"] = json!("1790086400000");
        }),
        ("our own key is a list", |record| {
            record["parkInteraction"] = json!([]);
        }),
        ("our own key is gone", |record| {
            record.as_object_mut().unwrap().remove("parkInteraction");
        }),
        ("a SID is gone", |record| {
            record.as_object_mut().unwrap().remove("workflowSid");
        }),
        ("a SID is cut", |record| {
            record["channelSid"] = json!("UO12");
        }),
        ("the task's attributes are cut", |record| {
            record["taskAttributes"] = json!("{\"customerAddress\":\"cust");
        }),
        ("the task's attributes are an object", |record| {
            record["taskAttributes"] = json!({ "customerAddress": "customer-1" });
        }),
        ("everything is a list", |record| *record = json!([])),
        ("everything is wiped", |record| {
            *record = json!({ "theirs": 1 });
        }),
    ]
}

/// Returns a stage on which Ada has parked, and the attributes were damaged since.
fn damaged(damage: Damage) -> Stage {
    let mut stage = Stage::parked();
    let mut attributes: Value = serde_json::from_str(&stage.twilio.attributes).unwrap();
    damage(&mut attributes);
    stage.twilio.attributes = attributes.to_string().into();
    stage
}

fn unpark(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

/// Lets somebody join and settle, and checks that nothing of the parking is left.
#[track_caller]
fn is_left_clean(mut stage: Stage, what: &str) {
    assert_eq!(stage.invites(), 1, "{what}");
    stage.twilio.accept(BEN, stage.now);
    stage.caller = Some(caller(BEN));
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled, "{what}");
    assert!(stage.twilio.webhooks.is_empty(), "{what}");
    assert!(stage.twilio.items.is_empty(), "{what}");
    assert!(stage.twilio.record().is_none(), "{what}");
}

#[test]
fn a_message_is_routed_whatever_became_of_the_record() {
    for (what, damage) in damages() {
        let mut stage = damaged(damage);
        assert_eq!(stage.wake(), Reply::Routed, "{what}");
        is_left_clean(stage, what);
    }
}

#[test]
fn the_agent_resumes_whatever_became_of_the_record() {
    for (what, damage) in damages() {
        let mut stage = damaged(damage);
        assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed, "{what}");
        stage.twilio.accept(ADA, stage.now);
        assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled, "{what}");
        assert!(stage.twilio.webhooks.is_empty(), "{what}");
    }
}

#[test]
fn a_release_routes_whatever_became_of_the_record() {
    for (what, damage) in damages() {
        let mut stage = damaged(damage);
        assert_eq!(unpark(&mut stage, Cause::Release), Reply::Routed, "{what}");
        is_left_clean(stage, what);
    }
}

/// What is unheard is routed; the rest is healed as far as it can be.
#[test]
fn reconciling_heals_and_routes() {
    for (what, damage) in damages() {
        let mut stage = damaged(damage);
        stage.twilio.customer_writes(stage.now);
        assert_eq!(
            unpark(&mut stage, Cause::Reconcile),
            Reply::Routed,
            "{what}"
        );
        is_left_clean(stage, what);
    }
}

/// The agent who has accepted parks again before anybody has settled. The attributes of others survive.
#[test]
fn an_agent_parks_again_whatever_became_of_the_record() {
    for (what, damage) in damages() {
        let mut stage = damaged(damage);
        stage.wake();
        stage.twilio.accept(ADA, stage.now);
        let others = stage.twilio.attributes.clone();
        let park = stage.park(true);
        let reply = stage.reply(park);
        assert!(matches!(reply, Reply::Parked { .. }), "{what}: {reply:?}");
        stage.now += 60_000;
        assert_eq!(stage.wake(), Reply::Routed, "{what}");
        stage.twilio.accept(ADA, stage.now);
        assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled, "{what}");
        if what.starts_with("everything") {
            let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            assert_eq!(value(&stage.twilio.attributes), value(&others), "{what}");
        }
        assert!(stage.twilio.webhooks.is_empty(), "{what}");
    }
}
