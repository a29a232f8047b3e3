//! End and give: the two ways out of the list besides a resume.

use memory_twilio::sids::worker;
use memory_twilio::{caller, the_conversation, MemoryTwilio, ADA, BEN, SUE};
use park_interaction::protocol::unpark::Cause;
use park_interaction::reply::{Refusal, Reply};
use park_interaction::request::Appointment;
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::{CreateWebhook, Target, WebhookEvents};
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::{AnyCall, Failure};

use crate::stage::{refusal, Stage, FAULTS, NOBODY, START};

const MINUTE_MS: Millis = 60_000;

const END: Cause = Cause::End { unread: 0 };

/// Parks with a note and an appointment, so that everything that parking writes is there.
fn parked() -> Stage {
    parked_with(|_| {})
}

fn parked_with(change: impl FnOnce(&mut Appointment)) -> Stage {
    let mut stage = Stage::new();
    let mut appointment = Appointment {
        until: u32::try_from((START + 60 * MINUTE_MS) / 1_000).ok(),
        note: Some("Calls tonight".into()),
        ..Appointment::default()
    };
    change(&mut appointment);
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.appointment = appointment;
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.now = START + MINUTE_MS;
    stage.later(0)
}

fn click(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

#[track_caller]
fn assert_nothing_is_left(twilio: &MemoryTwilio, what: &str) {
    assert!(twilio.closed, "{what}: open");
    assert!(twilio.items.is_empty(), "{what}: {:?}", twilio.items);
    assert!(!twilio.is_armed(), "{what}: armed");
    assert_eq!(twilio.open_tasks().count(), 0, "{what}: a task");
}

#[test]
fn an_end_leaves_nothing_of_ours() {
    let mut stage = parked();
    assert!(stage.twilio.items.len() > 2, "row, note, waiting item");
    let started = stage.now;
    assert_eq!(click(&mut stage, END), Reply::Ended);
    assert_eq!(
        stage.now - started,
        800,
        "token, claim, look, tasks, close, clear, disarm"
    );
    assert_nothing_is_left(&stage.twilio, "ended");
    assert!(stage.twilio.record().is_none());
    assert!(stage.twilio.others_are_untouched());
    assert_eq!(stage.count("CloseChannel"), 1);
    assert_eq!(stage.invites(), 0);
}

#[test]
fn webhooks_of_others_stay() {
    let mut stage = parked();
    let theirs = CreateWebhook {
        conversation: the_conversation(),
        target: Target::Url("https://example.com/theirs".into()),
        events: WebhookEvents::MessagesAndState,
        replay_after: None,
    };
    AnyCall::from(theirs).perform(&mut stage.twilio).unwrap();
    assert_eq!(click(&mut stage, END), Reply::Ended);
    let targets: Vec<_> = stage.twilio.webhooks.iter().collect();
    assert_eq!(targets.len(), 1, "{targets:?}");
    assert!(format!("{targets:?}").contains("theirs"));
}

/// Twilio does not document whether a channel can be closed that has no agent.
#[test]
fn an_end_does_not_depend_on_the_channel() {
    let mut refused = parked();
    refused.twilio.readings.refuses_empty_end = true;
    assert_eq!(click(&mut refused, END), Reply::Ended);
    assert_nothing_is_left(&refused.twilio, "refused");

    let mut gone = parked();
    gone.twilio.channel_goes();
    assert_eq!(click(&mut gone, END), Reply::Ended);
    assert_nothing_is_left(&gone.twilio, "gone");
    assert_eq!(gone.count("CloseChannel"), 0);
}

/// Twilio may answer a 404 for a conversation that is closed, and a proxy for one that is open.
#[test]
fn a_conversation_that_is_said_to_be_gone_stays_armed() {
    let mut stage = parked();
    stage.missing = Some("UpdateConversation");
    assert_eq!(refusal(click(&mut stage, END)), Refusal::TwilioUnavailable);
    assert!(!stage.twilio.closed && stage.twilio.is_armed());
    assert_eq!(stage.twilio.rows().count(), 1);
    stage.missing = None;
    let mut again = stage.later(20_000);
    assert_eq!(click(&mut again, END), Reply::Ended);
}

#[test]
fn the_agent_who_parked_and_a_supervisor_may_end_and_give() {
    for number in [ADA, SUE] {
        for (cause, reply) in [(END, Reply::Ended), (Cause::Give, Reply::Routed)] {
            let mut stage = parked();
            stage.caller = Some(caller(number));
            assert_eq!(click(&mut stage, cause), reply);
        }
    }
}

#[test]
fn nobody_else_may_end_or_give() {
    for (who, expected) in [
        (Some(caller(BEN)), Refusal::NotAllowed),
        (None, Refusal::InvalidToken),
    ] {
        for cause in [END, Cause::Give] {
            let mut stage = parked();
            stage.write_into_record(BEN);
            let before = stage.twilio.clone();
            stage.caller = who.clone();
            assert_eq!(refusal(click(&mut stage, cause)), expected);
            assert!(!stage.twilio.closed);
            assert_eq!(stage.twilio.webhooks, before.webhooks);
            assert_eq!(stage.twilio.attributes, before.attributes);
            assert_eq!(stage.twilio.items, before.items);
            assert_eq!(stage.invites(), 0);
        }
    }
}

/// The webhook of the message was lost, so nobody else routes it.
#[test]
fn an_unseen_message_is_routed_instead() {
    let mut stage = parked();
    stage.twilio.customer_writes(stage.now);
    assert_eq!(click(&mut stage, END), Reply::CustomerWrote);
    assert!(!stage.twilio.closed);
    assert_eq!(stage.invites(), 1);
    let invite = stage.invitations().next().unwrap();
    let attributes: serde_json::Value = serde_json::from_str(&invite.attributes).unwrap();
    assert_eq!(attributes["parked"]["cause"], "message");
}

/// Version 0.1.0 wrote no index into the address, and other plugins write none at all.
fn parked_without_an_index() -> Stage {
    let mut stage = Stage::parked();
    let Some(Target::Url(url)) = &mut stage.twilio.webhooks[0].armed.target else {
        panic!("a webhook with an address")
    };
    let (before, _) = url.split_once("&at=").unwrap();
    *url = before.into();
    stage
}

/// Then nobody knows which messages an agent has seen, and what the customer wrote last may be unseen.
#[test]
fn a_message_that_may_be_unseen_is_routed_instead() {
    let mut stage = parked_without_an_index();
    stage.twilio.customer_writes(stage.now);
    assert_eq!(click(&mut stage, END), Reply::CustomerWrote);
    assert!(!stage.twilio.closed);
    assert_eq!(stage.invites(), 1);

    let mut answered = parked_without_an_index();
    answered.twilio.customer_writes(answered.now);
    answered.twilio.write("ada", None, answered.now);
    assert_eq!(click(&mut answered, END), Reply::Ended);
    assert_nothing_is_left(&answered.twilio, "answered");

    let mut late = parked_without_an_index();
    late.twilio.write("ada", None, late.now);
    late.watchers = NOBODY;
    late.twilio.webhooks[0].events = WebhookEvents::State;
    let end = late.unpark(END);
    late.customer_writes_in(430);
    assert_eq!(late.reply(end), Reply::EndedUnheard);
}

/// The first message waits for the kept time, and its row shows it.
#[test]
fn a_kept_message_that_the_agent_has_seen_does_not_prevent_the_end() {
    let kept = || {
        let mut stage = parked_with(|appointment| appointment.keep_time = true);
        assert_eq!(stage.wake(), Reply::Kept);
        stage.now += MINUTE_MS;
        stage.later(0)
    };
    let mut unseen = kept();
    assert_eq!(click(&mut unseen, END), Reply::CustomerWrote);
    assert!(!unseen.twilio.closed);
    assert_eq!(unseen.invites(), 0, "its time has not come");
    assert_eq!(unseen.twilio.rows().count(), 1);

    let mut seen = kept();
    assert_eq!(click(&mut seen, Cause::End { unread: 1 }), Reply::Ended);
    assert_nothing_is_left(&seen.twilio, "seen");

    let mut second = kept();
    second.twilio.customer_writes(second.now);
    let end = Cause::End { unread: 1 };
    assert_eq!(click(&mut second, end), Reply::CustomerWrote);
    assert_eq!(second.invites(), 1);
}

/// More than a page of other messages came after the customer's.
#[test]
fn a_message_on_an_earlier_page_counts() {
    let mut stage = parked();
    for _ in 0..2 {
        stage.twilio.customer_writes(stage.now);
    }
    for _ in 0..19 {
        stage.twilio.write("system", None, stage.now);
    }
    let end = Cause::End { unread: 1 };
    assert_eq!(click(&mut stage, end), Reply::CustomerWrote);
}

/// Without the messages, nobody knows whether one is unheard.
#[test]
fn a_conversation_with_unknown_messages_is_not_ended() {
    let mut stage = parked();
    stage.down = Some("ListMessages");
    assert_eq!(refusal(click(&mut stage, END)), Refusal::TwilioUnavailable);
    assert!(!stage.twilio.closed);
}

#[test]
fn a_conversation_that_has_woken_is_not_ended() {
    let mut woken = parked();
    assert_eq!(woken.wake(), Reply::Routed);
    for cause in [END, Cause::Give] {
        assert_eq!(click(&mut woken, cause), Reply::AlreadyRouted);
    }
    woken.twilio.accept(BEN, woken.now);
    assert_eq!(click(&mut woken, END), Reply::AlreadyRouted);
    assert!(!woken.twilio.closed);
    assert!(woken.twilio.record().is_none(), "it was settled");
    woken.now += 20_000;
    for cause in [END, Cause::Give] {
        assert_eq!(refusal(click(&mut woken, cause)), Refusal::NotParked);
    }
    assert!(!woken.twilio.closed && woken.twilio.is_in(BEN));
}

#[test]
fn a_second_end_says_the_same() {
    let mut stage = parked();
    assert_eq!(click(&mut stage, END), Reply::Ended);
    assert_eq!(click(&mut stage, END), Reply::Ended);
    assert_eq!(
        refusal(click(&mut stage, Cause::Resume)),
        Refusal::ConversationClosed
    );
    assert_eq!(
        refusal(click(&mut stage, Cause::Give)),
        Refusal::ConversationClosed
    );
}

/// Somebody else has closed it. The rest is cleared away, for those who may.
#[test]
fn an_end_clears_up_after_another_one() {
    let mut stage = parked();
    stage.twilio.close_conversation(stage.now);
    stage.caller = Some(caller(BEN));
    assert_eq!(refusal(click(&mut stage, END)), Refusal::NotAllowed);
    stage.caller = Some(caller(ADA));
    assert_eq!(click(&mut stage, END), Reply::Ended);
    assert_nothing_is_left(&stage.twilio, "closed before");
}

/// Nothing can be changed any more, but the agent has to know.
#[test]
fn a_message_at_the_moment_of_the_end_is_told() {
    for (after, expected) in [(200, Reply::CustomerWrote), (430, Reply::EndedUnheard)] {
        let mut stage = parked();
        stage.watchers = NOBODY;
        // Its webhook is lost.
        stage
            .twilio
            .webhooks
            .iter_mut()
            .for_each(|one| one.events = WebhookEvents::State);
        let end = stage.unpark(END);
        stage.customer_writes_in(after);
        assert_eq!(stage.reply(end), expected, "after {after} ms");
    }
}

#[test]
fn an_end_with_any_fault_is_whole_after_another_click() {
    let calls = {
        let mut clean = parked();
        click(&mut clean, END);
        clean.calls.len()
    };
    assert!(calls > 15, "{calls}");
    for number in 0..calls {
        for fault in FAULTS {
            let what = format!("call {number}, {fault:?}");
            let mut stage = parked();
            stage.fault = Some((number, fault));
            let end = stage.unpark(END);
            stage.run();
            assert!(stage.fault_was_hit, "{what}");
            let reply = stage.outcomes.get(&end).map(|one| one.reply.clone());
            if reply == Some(Reply::Ended) {
                assert!(stage.twilio.closed, "{what}");
            }
            // It is parked as before, or closed: no message finds nobody.
            assert!(
                stage.twilio.closed || stage.twilio.is_armed(),
                "{what}: {reply:?}"
            );
            let mut again = stage.later(20_000);
            assert_eq!(click(&mut again, END), Reply::Ended, "{what}");
            assert_nothing_is_left(&again.twilio, &what);
        }
    }
}

/// Nobody clicks again.
#[test]
fn a_sweep_clears_up_after_an_end_that_died() {
    for number in 0..40 {
        let mut stage = parked();
        stage.fault = Some((number, crate::stage::Fault::DiesAfter));
        stage.unpark(END);
        stage.run();
        if !stage.twilio.closed {
            continue;
        }
        let mut later = stage.later(20_000);
        let restore = later.unpark(Cause::Restore);
        later.reply(restore);
        assert_eq!(later.twilio.rows().count(), 0, "call {number}");
    }
}

#[test]
fn ends_side_by_side_with_others_end_well() {
    for other in [
        END,
        Cause::Resume,
        Cause::Give,
        Cause::Restore,
        Cause::Reconcile,
    ] {
        for first in [END, other.clone()] {
            let mut stage = parked();
            let second = if first == END { other.clone() } else { END };
            let both = [stage.unpark(first.clone()), stage.unpark(second.clone())];
            stage.run();
            let asked = stage.twilio.open_tasks().count();
            assert_eq!(
                asked,
                usize::from(!stage.twilio.closed),
                "{first:?}, {second:?}"
            );
            for operation in both {
                assert!(stage.outcomes.contains_key(&operation));
            }
        }
    }
}

#[test]
fn an_end_and_a_message_side_by_side_lose_no_message() {
    for after in (0..700).step_by(25) {
        let mut stage = parked();
        let end = stage.unpark(END);
        stage.customer_writes_in(after);
        let reply = stage.reply(end);
        let is_told = matches!(
            reply,
            Reply::CustomerWrote | Reply::AlreadyRouted | Reply::EndedUnheard
        );
        let came_after = matches!(reply, Reply::Ended);
        assert!(is_told || came_after, "after {after} ms: {reply:?}");
        if stage.twilio.closed {
            // The last look has not found it.
            assert!(after > 250, "after {after} ms: {reply:?}");
        } else {
            assert_eq!(stage.twilio.open_tasks().count(), 1, "after {after} ms");
        }
    }
}

#[test]
fn a_given_conversation_goes_through_the_workflow() {
    let mut stage = Stage::new();
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.options.same_agent_seconds = Some(60);
    });
    stage.reply(park);
    stage.now += MINUTE_MS;
    stage.twilio.away.insert(worker(ADA));
    assert_eq!(click(&mut stage, Cause::Give), Reply::Routed);
    let invite = stage.invitations().next().unwrap();
    assert_eq!(invite.worker, None, "nobody is named");
    assert_eq!(invite.workflow, memory_twilio::sids::workflow(1));
    let attributes: serde_json::Value = serde_json::from_str(&invite.attributes).unwrap();
    assert_eq!(attributes["parked"]["cause"], "given");
    assert_eq!(stage.twilio.rows().count(), 0);
    stage.twilio.accept(BEN, stage.now);
    stage.caller = Some(caller(BEN));
    assert_eq!(click(&mut stage, Cause::Settle), Reply::Settled);
    assert!(stage.twilio.record().is_none() && !stage.twilio.is_armed());
}

/// The customer has not written, so it waits for them as before.
#[test]
fn a_given_conversation_that_nobody_takes_comes_back_to_the_list() {
    let mut stage = Stage::parked();
    assert_eq!(click(&mut stage, Cause::Give), Reply::Routed);
    stage.let_time_pass(120_000);
    stage.end_invite();
    assert_eq!(stage.twilio.rows().count(), 1);
    assert!(stage
        .twilio
        .items
        .contains_key(&MapName::list_of(&worker(ADA))));
    assert_eq!(stage.wake(), Reply::Routed);
    let invite = stage.invitations().last().unwrap();
    assert_eq!(invite.worker, None);
}

#[test]
fn two_gives_make_one_task() {
    let mut stage = parked();
    let both = [stage.unpark(Cause::Give), stage.unpark(Cause::Give)];
    stage.run();
    let mut replies = both.map(|one| stage.outcomes[&one].reply.clone());
    replies.sort_by_key(|reply| *reply != Reply::Routed);
    assert_eq!(replies, [Reply::Routed, Reply::AlreadyRouted]);
    assert_eq!(stage.invites(), 1);
}

/// A lost answer: the update was carried out, and the second try is refused.
#[test]
fn a_conversation_that_is_closed_already_is_a_success() {
    let mut stage = parked();
    stage.down = None;
    let end = stage.unpark(END);
    stage.run();
    assert_eq!(stage.outcomes[&end].reply, Reply::Ended);
    let again = AnyCall::UpdateConversation(Box::new(
        stage
            .calls
            .iter()
            .find_map(|(_, call)| match call {
                AnyCall::UpdateConversation(update) if update.close => Some((**update).clone()),
                _ => None,
            })
            .unwrap(),
    ));
    let refused = again.perform(&mut stage.twilio).unwrap_err();
    assert!(matches!(refused, Failure::Refused { code: 50_377, .. }));
}
