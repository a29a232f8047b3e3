//! Conversations that wake through the owner's Studio flow, and webhooks that somebody else's code armed.

use memory_twilio::sids::{flow, member, message, webhook};
use memory_twilio::{caller, MemoryWebhook, Readings, Replay, ADA, BEN};
use park_interaction::protocol::unpark::Cause;
use park_interaction::reply::Reply;
use park_interaction::sid::{FlowSid, MessageSid};
use park_interaction::twilio::calls::{ArmedWebhook, Target, WebhookEvents};

use crate::stage::{Fault, Stage};

const THEIRS: &str = "https://template.twil.io/features/park-interaction/common/unpark-interaction";

/// Returns a stage on which Ada has parked long ago, in an account whose owner has chosen a flow.
fn parked_with_flow() -> Stage {
    let mut stage = Stage::new();
    stage.flow = Some(flow(1));
    // A flow receives replayed messages too, which these tests are not about.
    stage.twilio.readings = Readings {
        replay: Replay::None,
        ..Readings::DOCUMENTED
    };
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.now += 60_000;
    stage
}

/// Returns a stage on which the template's feature has parked: its webhook has another address, and its record lacks our key.
fn parked_by_the_template() -> Stage {
    let mut stage = Stage::parked();
    stage.twilio.webhooks[0].armed.target = Some(Target::Url(THEIRS.into()));
    let mut attributes: serde_json::Value = serde_json::from_str(&stage.twilio.attributes).unwrap();
    attributes
        .as_object_mut()
        .unwrap()
        .remove("parkInteraction");
    stage.twilio.attributes = attributes.to_string().into();
    stage
}

/// Returns the receivers of messages, our webhook as `None`.
fn listeners(stage: &Stage) -> Vec<Option<Target>> {
    let webhooks = stage.twilio.webhooks.iter();
    let hear = webhooks.filter(|webhook| webhook.events == WebhookEvents::MessagesAndState);
    let is_theirs = |target: &Target| match target {
        Target::Url(url) => !url.starts_with(memory_twilio::WAKE_URL),
        Target::Flow(_) => true,
    };
    hear.map(|webhook| webhook.armed.target.clone().filter(is_theirs))
        .collect()
}

fn runs(number: u32) -> Vec<Option<Target>> {
    vec![Some(Target::Flow(flow(number)))]
}

fn unpark(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

fn by_flow(stage: &mut Stage, message: Option<MessageSid>) -> Reply {
    unpark(stage, Cause::WakeByFlow(message))
}

/// Returns the number of the call that arms the first webhook.
fn call_that_arms(stage: &Stage) -> usize {
    let mut calls = stage.calls.iter();
    calls
        .position(|(_, call)| call.name() == "CreateWebhook")
        .unwrap()
}

fn last_message(stage: &Stage) -> Option<MessageSid> {
    stage.twilio.last_index().map(message)
}

/// It does so beside our webhook.
#[test]
fn a_flow_hears_of_messages_until_an_agent_joins() {
    let mut stage = parked_with_flow();
    assert_eq!(listeners(&stage), runs(1));
    assert_eq!(stage.twilio.webhooks.len(), 2, "ours says where it is");
    let record = stage.twilio.record().unwrap();
    let named = stage
        .twilio
        .webhooks
        .iter()
        .find(|webhook| Some(&webhook.armed.sid) == record.webhook_sid.as_ref());
    assert_eq!(
        named.unwrap().armed.target,
        Some(Target::Flow(flow(1))),
        "the record names the flow's"
    );
    stage.twilio.customer_writes(stage.now);
    let written = last_message(&stage);
    assert_eq!(by_flow(&mut stage, written), Reply::Routed);
    assert_eq!(listeners(&stage), runs(1), "it stays until somebody joined");
    stage.twilio.accept(BEN, stage.now);
    stage.caller = Some(caller(BEN));
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert!(stage.twilio.webhooks.is_empty());
    assert!(stage.twilio.record().is_none() && stage.twilio.others_are_untouched());
}

#[test]
fn a_flow_that_runs_for_ten_messages_makes_one_task() {
    let mut stage = parked_with_flow();
    for _ in 0..10 {
        stage.twilio.customer_writes(stage.now);
        let written = last_message(&stage);
        stage.unpark(Cause::WakeByFlow(written));
    }
    stage.run();
    assert_eq!(stage.invites(), 1);
}

#[test]
fn the_message_that_a_flow_passes_on_says_who_wrote() {
    for (author, participant) in [("ben", Some(member(BEN))), ("system", None)] {
        let mut stage = parked_with_flow();
        stage.twilio.write(author, participant, stage.now);
        let written = last_message(&stage);
        assert_eq!(by_flow(&mut stage, written), Reply::Ignored, "{author}");
        assert_eq!(stage.invites(), 0);
    }
}

/// A flow may not pass the author on, and Twilio may not know the message.
#[test]
fn an_unknown_author_may_be_the_customer() {
    for named in [None, Some(message(99))] {
        let mut stage = parked_with_flow();
        assert_eq!(by_flow(&mut stage, named), Reply::Routed);
    }
}

#[test]
fn a_webhook_is_armed_once_if_the_answer_is_lost() {
    let arms = call_that_arms(&parked_with_flow());
    for number in [arms, arms + 1] {
        let mut again = Stage::new();
        again.twilio.readings.replay = Replay::None;
        again.flow = Some(flow(1));
        again.fault = Some((number, Fault::AnswerLost));
        let park = again.park(true);
        assert!(matches!(again.reply(park), Reply::Parked { .. }));
        assert!(again.fault_was_hit);
        assert_eq!(again.twilio.webhooks.len(), 2, "call {number}");
    }
}

#[test]
fn a_deleted_flow_webhook_comes_back_as_one() {
    let mut stage = parked_with_flow();
    stage.twilio.webhooks.clear();
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Restored);
    assert_eq!(listeners(&stage), runs(1));
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Ignored);

    let mut stage = parked_with_flow();
    stage
        .twilio
        .webhooks
        .retain(|webhook| webhook.events == WebhookEvents::State);
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Restored);
    assert_eq!(listeners(&stage), runs(1));
    assert_eq!(stage.twilio.webhooks.len(), 2);
}

/// Conversations that were parked before the owner chose a flow still wake through the webhook.
#[test]
fn a_flow_applies_from_the_next_park_on() {
    let mut stage = Stage::parked();
    stage.flow = Some(flow(1));
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Ignored);
    assert_eq!(stage.wake(), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    stage.now += 30_000;
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert_eq!(listeners(&stage), runs(1));
}

/// Conversations that were parked with the flow are settled as usual.
#[test]
fn a_flow_that_was_given_up_still_wakes() {
    let mut stage = parked_with_flow();
    stage.flow = None;
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Ignored);
    stage.twilio.customer_writes(stage.now);
    let written = last_message(&stage);
    assert_eq!(by_flow(&mut stage, written), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert!(stage.twilio.webhooks.is_empty());
}

/// The owner has given the flow up, and its webhook is gone.
#[test]
fn without_the_flows_webhook_ours_hears_messages() {
    let mut stage = parked_with_flow();
    stage.flow = None;
    stage
        .twilio
        .webhooks
        .retain(|webhook| webhook.events == WebhookEvents::State);
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Restored);
    assert_eq!(listeners(&stage), [None]);
    assert_eq!(stage.twilio.webhooks.len(), 1, "the former one is gone");
    assert_eq!(stage.wake(), Reply::Routed);
}

#[test]
fn what_the_template_parked_is_settled_without_a_trace() {
    let mut stage = parked_by_the_template();
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert!(stage.twilio.webhooks.is_empty());
    assert!(stage.twilio.items.is_empty() && stage.twilio.record().is_none());
}

#[test]
fn reconciling_replaces_the_templates_webhook() {
    let mut stage = parked_by_the_template();
    assert_eq!(unpark(&mut stage, Cause::Reconcile), Reply::Restored);
    assert_eq!(stage.twilio.webhooks.len(), 1);
    assert!(stage.twilio.guardian().is_some());
    assert_eq!(stage.wake(), Reply::Routed);
}

/// Ours cannot be armed.
#[test]
fn the_templates_webhook_stays_without_ours() {
    let mut trial = Stage::with(parked_by_the_template().twilio);
    unpark(&mut trial, Cause::Reconcile);
    let mut stage = Stage::with(parked_by_the_template().twilio);
    stage.fault = Some((call_that_arms(&trial), Fault::Refused));
    unpark(&mut stage, Cause::Reconcile);
    assert!(stage.fault_was_hit);
    assert_eq!(listeners(&stage), [Some(Target::Url(THEIRS.into()))]);
}

#[test]
fn a_webhook_of_others_is_left_alone_whatever_happens() {
    let mut stage = parked_by_the_template();
    let theirs = MemoryWebhook {
        armed: ArmedWebhook {
            sid: webhook(500),
            target: Some(Target::Flow(flow(9))),
        },
        events: WebhookEvents::MessagesAndState,
    };
    stage.twilio.webhooks.push(theirs.clone());
    unpark(&mut stage, Cause::Reconcile);
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert_eq!(stage.twilio.webhooks, [theirs]);
}

/// Returns a stage with Ada in a conversation whose entry flow still receives its messages.
fn with_entry_flow() -> Stage {
    let mut stage = Stage::new();
    stage.twilio.webhooks.push(MemoryWebhook {
        armed: ArmedWebhook {
            sid: webhook(77),
            target: Some(Target::Flow(flow(7))),
        },
        events: WebhookEvents::MessagesAndState,
    });
    stage
}

fn armed_for(stage: &Stage, wanted: &FlowSid) -> usize {
    let webhooks = stage.twilio.webhooks.iter();
    webhooks
        .filter(|one| matches!(&one.armed.target, Some(Target::Flow(flow)) if flow == wanted))
        .count()
}

fn park_pausing(stage: &mut Stage) -> usize {
    let last_message_index = stage.twilio.last_index();
    stage.park_with(|request| {
        request.target.last_message_index = last_message_index;
        request.options.pause_studio_flow = true;
    })
}

/// It would answer the customer's messages while the conversation is parked.
#[test]
fn an_entry_flow_is_paused_and_restored_once() {
    let mut stage = with_entry_flow();
    let park = park_pausing(&mut stage);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert_eq!(armed_for(&stage, &flow(7)), 0);
    let mut stage = stage.later(60_000);
    assert_eq!(stage.wake(), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    // Parked again before anybody has settled, it is not forgotten.
    let park = park_pausing(&mut stage);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    let mut stage = stage.later(60_000);
    assert_eq!(stage.wake(), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    for _ in 0..2 {
        let settle = stage.unpark(Cause::Settle);
        let _ = stage.reply(settle);
    }
    assert_eq!(armed_for(&stage, &flow(7)), 1);
    assert_eq!(stage.twilio.webhooks.len(), 1);
}

#[test]
fn an_entry_flow_is_paused_only_on_request() {
    let mut stage = with_entry_flow();
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert_eq!(armed_for(&stage, &flow(7)), 1);
}
