//! Parking.

use memory_twilio::sids::{conversation, webhook, worker};
use memory_twilio::{caller, the_conversation, MemoryTwilio, MemoryWebhook, ADA, BEN, OTHERS};
use park_interaction::attributes::Attributes;
use park_interaction::guardian::Guardian;
use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::{Effect, Event, Operation};
use park_interaction::reply::{Refusal, Reply};
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::{ArmedWebhook, Target, WebhookEvents};
use park_interaction::twilio::AnyCall;

use crate::stage::{refusal, Stage, START};

/// Returns a stage before the usual park of an agent whose list has a map already.
fn prepared() -> Stage {
    let mut stage = Stage::new();
    let park = stage.park(true);
    stage.reply(park);
    // Unparked again, so that only the map is left.
    stage.wake();
    stage.twilio.accept(ADA, stage.now);
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
    stage.later(60_000)
}

/// It frees the agent and arms the webhook.
#[test]
fn a_park_takes_three_rounds_after_the_token() {
    let mut stage = prepared();
    let started = stage.now;
    let park = stage.park(true);
    let reply = stage.reply(park);
    let Reply::Parked {
        webhook_sid: Some(armed),
        ..
    } = reply
    else {
        panic!("not parked: {reply:?}")
    };
    assert_eq!(stage.now - started, 400, "token, claim, save, leave");
    assert_eq!(stage.twilio.agents(), 0);
    assert!(stage.twilio.is_armed());
    let record = stage.twilio.record().expect("a record");
    assert_eq!(record.webhook_sid, Some(armed.clone()));
    assert!(record.map_sid.is_some() && record.is_listed);
    let (_, row) = stage.twilio.rows().next().expect("a row");
    assert!(row.data.contains(armed.as_str()), "{}", row.data);
}

#[test]
fn the_address_holds_place_and_last_seen_message() {
    let mut stage = Stage::new();
    let park = stage.park(true);
    stage.reply(park);
    let guardian = stage.twilio.guardian().expect("an address");
    assert_eq!(guardian.channel, memory_twilio::the_channel());
    assert_eq!(guardian.worker, worker(ADA));
    assert_eq!(guardian.parked_at, Some(START));
    assert_eq!(guardian.first_unseen, Some(2));
    assert_eq!(
        guardian.parked_task(),
        Some(&memory_twilio::sids::task(1)),
        "{guardian:?}"
    );
}

#[test]
fn without_the_list_only_the_claim_is_in_sync() {
    let mut stage = Stage::new();
    let park = stage.park(false);
    stage.reply(park);
    assert!(stage.twilio.items.is_empty());
    assert_eq!(stage.count("PutItem"), 0);
    assert!(!stage.twilio.record().unwrap().is_listed);
}

#[test]
fn nothing_changes_before_the_token_is_valid() {
    let mut stage = Stage::new();
    stage.caller = None;
    let park = stage.park(true);
    assert_eq!(refusal(stage.reply(park)), Refusal::InvalidToken);
    assert_eq!(&*stage.twilio.attributes, OTHERS);
    assert!(stage.twilio.claim.is_missing() && stage.twilio.webhooks.is_empty());
}

#[test]
fn only_a_participant_can_park() {
    let mut stage = Stage::new();
    stage.caller = Some(caller(BEN));
    let park = stage.park(true);
    assert_eq!(refusal(stage.reply(park)), Refusal::NotAllowed);
    assert_eq!(stage.twilio.agents(), 1);
    assert_eq!(&*stage.twilio.attributes, OTHERS);
}

/// An agent can write the attributes of their own task. A task that names another conversation gives no right to park it.
#[test]
fn a_participant_of_another_channel_cannot_park() {
    let mut stage = Stage::new();
    stage
        .twilio
        .members
        .retain(|member| member.identity.as_deref() != Some("ada"));
    let park = stage.park(true);
    assert_eq!(refusal(stage.reply(park)), Refusal::NotAllowed);
    assert_eq!(&*stage.twilio.attributes, OTHERS);
}

fn full_of_theirs(twilio: &mut MemoryTwilio) {
    for number in 50..55 {
        twilio.webhooks.push(MemoryWebhook {
            armed: ArmedWebhook {
                sid: webhook(number),
                target: Some(Target::Url("https://example.com/theirs".into())),
            },
            events: WebhookEvents::MessagesAndState,
        });
    }
}

/// Two agents, a second task, a closed conversation, and no free webhook.
#[test]
fn an_impossible_park_is_refused() {
    let check = |change: fn(&mut MemoryTwilio), expected: Refusal| {
        let mut stage = Stage::new();
        change(&mut stage.twilio);
        let park = stage.park(true);
        assert_eq!(refusal(stage.reply(park)), expected);
        assert!(stage.twilio.record().is_none());
        assert!(stage.twilio.agents() >= 1);
    };
    check(|twilio| twilio.join(BEN, None), Refusal::SeveralAgents);
    check(
        |twilio| {
            twilio.make_task(START);
        },
        Refusal::SeveralAgents,
    );
    check(
        |twilio| twilio.close_conversation(START),
        Refusal::ConversationClosed,
    );
    check(full_of_theirs, Refusal::TooManyWebhooks);
    check(
        |twilio| {
            let first = memory_twilio::sids::task(1);
            twilio.tasks.get_mut(&first).unwrap().attributes =
                r#"{"conversationSid":"another"}"#.into();
        },
        Refusal::NotParkable,
    );
    check(
        |twilio| twilio.attributes = format!(r#"{{"a":"{}"}}"#, "x".repeat(16_300)).into(),
        Refusal::TooLarge,
    );
}

/// The note stands in its own item, too.
#[test]
fn a_row_without_room_for_texts_lacks_them() {
    let mut stage = Stage::new();
    let first = memory_twilio::sids::task(1);
    let task = stage.twilio.tasks.get_mut(&first).unwrap();
    let mut attributes = Attributes::parse(&task.attributes).unwrap();
    attributes.set("x", &"x".repeat(14_600));
    task.attributes = attributes.text().into();
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.target.last_line = Some("Where is it?".into());
        request.target.last_line_by = Some("customer".into());
        request.appointment.note = Some("€".repeat(500));
        request.appointment.reason = Some("Order number".into());
    });
    let reply = stage.reply(park);
    assert!(matches!(reply, Reply::Parked { .. }), "{reply:?}");
    let row = &stage.twilio.rows().next().unwrap().1.data;
    assert!(row.contains("Order number") && !row.contains('€'));
    let note = &stage.twilio.items[&MapName::notes(&the_conversation())];
    assert!(note.data.contains('€'));
}

/// The conversation has as many webhooks as it can have.
#[test]
fn a_former_webhook_of_ours_is_reused() {
    let mut stage = Stage::parked();
    assert_eq!(stage.wake(), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    let former = stage.twilio.webhooks[0].armed.sid.clone();
    full_of_theirs(&mut stage.twilio);
    stage.twilio.webhooks.truncate(5);
    let mut stage = stage.later(60_000);
    let park = stage.park(true);
    let reply = stage.reply(park);
    assert!(matches!(reply, Reply::Parked { .. }), "{reply:?}");
    assert_eq!(stage.twilio.webhooks[0].armed.sid, former);
    let guardian = stage.twilio.guardian().unwrap();
    assert!(guardian.parked_at > Some(START + 60_000));
    assert_eq!(guardian.unheard_since, None);
}

#[test]
fn the_same_click_twice_at_once_parks_once() {
    let mut stage = Stage::new();
    let clicks = [stage.park(true), stage.park(true)];
    stage.run();
    for click in clicks {
        let reply = stage.outcomes[&click].reply.clone();
        assert!(matches!(reply, Reply::Parked { .. }), "{reply:?}");
    }
    assert_eq!(stage.count("CreateWebhook"), 1);
    assert_eq!(stage.twilio.webhooks.len(), 1);
}

/// The conversation may have been parked many times before.
#[test]
fn a_park_reads_few_tasks() {
    let parked_often = || {
        let mut stage = Stage::new();
        for time in 0..40 {
            let sid = stage.twilio.make_task(START - 900_000 + time * 10_000);
            let over = park_interaction::twilio::calls::TaskStatus::Over;
            stage.twilio.set_status(&sid, over, START - 1);
        }
        stage
    };
    let mut stage = parked_often();
    let park = stage.park(true);
    let reply = stage.reply(park);
    assert!(matches!(reply, Reply::Parked { .. }), "{reply:?}");
    assert_eq!(
        stage.count("FetchTask"),
        6,
        "the agent's own and five of invites"
    );

    let mut stage = parked_often();
    stage.twilio.make_task(START);
    let park = stage.park(true);
    assert_eq!(refusal(stage.reply(park)), Refusal::SeveralAgents);
}

/// The message may come at any moment of the park.
#[test]
fn a_message_during_a_park_wakes_once() {
    use memory_twilio::Replay;
    let readings = [Replay::Inclusive, Replay::Exclusive, Replay::None];
    for (at, replay) in (0..800)
        .step_by(10)
        .flat_map(|at| readings.map(|replay| (at, replay)))
    {
        let mut stage = Stage::new();
        stage.twilio.readings.replay = replay;
        let park = stage.park(true);
        stage.customer_writes_in(at);
        stage.run();
        let reply = stage.outcomes[&park].reply.clone();
        assert!(matches!(reply, Reply::Parked { .. }), "{at} ms: {reply:?}");
        assert_eq!(stage.twilio.agents(), 0, "{at} ms");
        assert_eq!(
            stage.invites(),
            1,
            "written {at} ms after the click, {replay:?}"
        );
    }
}

/// Twilio documents `ReplayAfter` as inclusive: the webhook receives the last message that the agent has seen.
#[test]
fn seen_messages_do_not_wake() {
    for replay in [
        memory_twilio::Replay::Inclusive,
        memory_twilio::Replay::Exclusive,
    ] {
        let mut stage = Stage::new();
        stage.twilio.readings.replay = replay;
        let park = stage.park(true);
        assert!(matches!(stage.reply(park), Reply::Parked { .. }));
        assert_eq!(stage.invites(), 0, "{replay:?}");
        assert!(stage.twilio.is_armed());
    }
}

#[test]
fn more_messages_than_a_page_holds_are_all_looked_at() {
    let mut stage = Stage::new();
    let seen = stage.twilio.last_index();
    stage.twilio.customer_writes(stage.now);
    for _ in 0..70 {
        stage.twilio.write("system", None, stage.now);
    }
    let park = stage.park_with(|request| request.target.last_message_index = seen);
    stage.run();
    assert!(matches!(stage.outcomes[&park].reply, Reply::Parked { .. }));
    assert_eq!(stage.invites(), 1, "the customer wrote 71 messages ago");
}

#[test]
fn a_taken_row_is_replaced_and_a_missing_map_is_made() {
    let mut stage = prepared();
    let list = MapName::list_of(&worker(ADA));
    stage.twilio.items.insert(
        list.clone(),
        memory_twilio::MemoryItem {
            data: "stale".into(),
            ttl_seconds: 0,
        },
    );
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert!(stage.twilio.items[&list].data.contains("webhookSid"));

    let mut first = Stage::new();
    let park = first.park(true);
    assert!(matches!(first.reply(park), Reply::Parked { .. }));
    assert_eq!(first.twilio.rows().count(), 1);
}

#[test]
fn the_owners_timer_is_kept_in_the_record() {
    let mut stage = Stage::new();
    stage.twilio.timer_seconds = Some(3_600);
    let park = stage.park(true);
    stage.reply(park);
    let record = stage.twilio.record().unwrap();
    assert_eq!(record.owners_timer_seconds, Some(3_600));
    assert_eq!(stage.twilio.timer_seconds, Some(3_600), "it runs on");
}

#[test]
fn every_address_fits_into_a_webhook() {
    let mut stage = Stage::new();
    let park = stage.park(true);
    stage.reply(park);
    for (_, call) in &stage.calls {
        if let AnyCall::CreateWebhook(created) = call {
            let Target::Url(url) = &created.target else {
                panic!("no address: {created:?}")
            };
            assert!(url.len() <= park_interaction::guardian::LONGEST_ADDRESS);
            assert!(Guardian::from_query(url.split_once('?').unwrap().1).is_some());
            assert_eq!(created.conversation, conversation(1));
        }
    }
}

/// It would close a parked conversation for good.
#[test]
fn the_owners_closing_timer_comes_back() {
    let mut stage = Stage::new();
    stage.twilio.closing_seconds = Some(86_400);
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert_eq!(stage.twilio.closing_seconds, None);
    let mut stage = stage.later(60_000);
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.twilio.closing_seconds, None);
    // Parked again before anybody has settled, it is not forgotten.
    stage.twilio.accept(ADA, stage.now);
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    let mut stage = stage.later(60_000);
    assert_eq!(stage.wake(), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
    assert_eq!(stage.twilio.closing_seconds, Some(86_400));
}

#[test]
fn a_full_list_refuses_another_park() {
    let park = |stage: &mut Stage, most| {
        let last = stage.twilio.last_index();
        let park = stage.park_with(|request| {
            request.target.last_message_index = last;
            request.options.max_parked = most;
        });
        stage.reply(park)
    };
    let with_three_rows = || {
        let mut stage = Stage::new();
        stage.twilio.other_rows = 3;
        stage
    };
    assert!(matches!(
        park(&mut with_three_rows(), None),
        Reply::Parked { .. }
    ));
    assert!(matches!(
        park(&mut with_three_rows(), Some(4)),
        Reply::Parked { .. }
    ));
    let mut full = with_three_rows();
    let Reply::Refused { refusal, .. } = park(&mut full, Some(3)) else {
        panic!("parked beyond the limit");
    };
    assert_eq!(
        refusal,
        Refusal::LimitReached {
            most: 3,
            customer: "Customer 2".into(),
            since: 9_998,
        },
        "the oldest of the others is named"
    );
    assert_eq!(full.twilio.agents(), 1);
    let mut unread = with_three_rows();
    unread.down = Some("ListItems");
    assert!(matches!(park(&mut unread, Some(3)), Reply::Parked { .. }));
}

/// A Function that has to respond before all is done says what is certain: an agent who is out was parked.
#[test]
fn a_park_is_certain_once_the_agent_is_out() {
    let mut stage = Stage::new();
    let mut park = stage.new_park(|_| {});
    let mut open: Vec<_> = park.start();
    while !open.is_empty() {
        let (id, call) = match open.remove(0) {
            Effect::Call(id, call) => (id, call),
            Effect::Wait(..) => continue,
            Effect::Done(outcome) => panic!("the park is over: {outcome:?}"),
        };
        assert_eq!(park.certain_reply(), None, "before {}", call.name());
        let result = call.perform(stage.twilio.at(stage.now, Some(caller(ADA))));
        let is_out = matches!(call, AnyCall::CloseParticipant(_));
        open.extend(park.step(Event::Answered(id, result), stage.now));
        if is_out {
            assert!(!open.is_empty(), "nothing else is under way");
            assert!(matches!(park.certain_reply(), Some(Reply::Parked { .. })));
            return;
        }
    }
    panic!("the agent stays");
}
