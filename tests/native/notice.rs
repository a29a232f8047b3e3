//! The notice: the customer is told once that the agent waits for an answer, and that wakes nobody.

use memory_twilio::{identity, ADA};
use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::MessageRef;
use park_interaction::reply::Reply;
use park_interaction::twilio::time::Millis;

use crate::stage::{Fault, Hanging, Stage};

const NOTICES: &str = "en: Back soon";
const DAY_MS: Millis = 86_400_000;
/// A notice that arrives after the end of its park.
const LATE: Hanging = Hanging {
    name: "CreateMessage",
    late_by_ms: 5_000,
    calls: 1,
};

fn park(stage: &mut Stage) -> Reply {
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.options.notices = Some(NOTICES.into());
    });
    stage.reply(park)
}

fn notices(stage: &Stage) -> usize {
    let all = stage.twilio.messages.iter();
    all.filter(|message| message.notice.is_some()).count()
}

#[test]
fn the_customer_is_told_before_the_webhook_is_armed() {
    let mut stage = Stage::new();
    assert!(matches!(park(&mut stage), Reply::Parked { .. }));
    assert_eq!(notices(&stage), 1);
    let told = stage
        .twilio
        .messages
        .iter()
        .find(|one| one.notice.is_some());
    assert_eq!(told.map(|one| one.author.as_str()), Some(identity(ADA)));
    let names: Vec<_> = stage.calls.iter().map(|(_, call)| call.name()).collect();
    let place = |name| names.iter().position(|one| *one == name);
    assert!(place("CreateMessage") < place("CreateWebhook"), "{names:?}");
    stage.let_time_pass(600_000);
    assert_eq!(stage.invites(), 0, "the notice wakes nobody");
    assert_eq!(stage.wake(), Reply::Routed);
}

#[test]
fn a_customer_who_has_not_answered_is_not_told_again() {
    let mut stage = Stage::new();
    park(&mut stage);
    let mut stage = stage.later(60_000);
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    let settle = stage.unpark(Cause::Settle);
    stage.reply(settle);
    let mut stage = stage.later(60_000);
    assert!(matches!(park(&mut stage), Reply::Parked { .. }));
    assert_eq!(notices(&stage), 1);
}

#[test]
fn a_lost_answer_or_a_second_click_tells_nobody_twice() {
    for fault in [Fault::AnswerLost, Fault::TimedOut, Fault::DiesAfter] {
        let mut clean = Stage::new();
        park(&mut clean);
        let names: Vec<_> = clean.calls.iter().map(|(_, call)| call.name()).collect();
        let telling = names.iter().position(|name| *name == "CreateMessage");
        let mut stage = Stage::new();
        stage.fault = Some((telling.unwrap(), fault));
        let last = stage.twilio.last_index();
        stage.park_with(|request| {
            request.target.last_message_index = last;
            request.options.notices = Some(NOTICES.into());
        });
        stage.run();
        let mut stage = stage.later(60_000);
        assert!(
            matches!(park(&mut stage), Reply::Parked { .. }),
            "{fault:?}"
        );
        assert_eq!(notices(&stage), 1, "{fault:?}");
    }
}

#[test]
fn a_notice_that_cannot_be_sent_keeps_no_agent_busy() {
    let mut stage = Stage::new();
    stage.down = Some("CreateMessage");
    assert!(matches!(park(&mut stage), Reply::Parked { .. }));
    assert_eq!(notices(&stage), 0);
}

/// Returns the time that a park took, in milliseconds, with so many notices sent.
fn park_ms(prepare: impl FnOnce(&mut Stage)) -> (Millis, usize) {
    let mut stage = Stage::new();
    prepare(&mut stage);
    let began = stage.now;
    assert!(matches!(park(&mut stage), Reply::Parked { .. }));
    (stage.ended[&0] - began, notices(&stage))
}

#[test]
fn a_notice_delays_no_agent_by_more_than_a_second() {
    let (clean, _) = park_ms(|_| ());
    for (prepare, sent) in [
        ((|stage| stage.hanging = Some(LATE)) as fn(&mut Stage), 1),
        (|stage| stage.throttled = Some("CreateMessage"), 0),
        (|stage| stage.down = Some("CreateMessage"), 0),
    ] {
        let (ms, notices) = park_ms(prepare);
        assert_eq!(notices, sent);
        // The call itself is part of the clean park.
        assert!(ms <= clean + 1_000, "{ms} ms, without a fault {clean} ms");
    }
}

/// Twilio calls no webhook for a message of the API. A programmer may change that with a header, so this does not rely on it.
#[test]
fn a_late_notice_wakes_nobody_and_is_not_unseen() {
    for keep_time in [false, true] {
        let mut stage = Stage::new();
        stage.hanging = Some(LATE);
        let last = stage.twilio.last_index();
        let until = (stage.now + DAY_MS) / 1_000;
        let park = stage.park_with(|request| {
            request.target.last_message_index = last;
            request.options.notices = Some(NOTICES.into());
            request.options.keep_ceiling_minutes = Some(60);
            request.appointment.until = keep_time.then(|| u32::try_from(until).unwrap());
            request.appointment.keep_time = keep_time;
        });
        assert!(matches!(stage.reply(park), Reply::Parked { .. }));
        assert!(stage.ended[&park] < stage.now, "the notice is late");
        assert_eq!(notices(&stage), 1);
        let notice = MessageRef::from(stage.twilio.messages.last().unwrap());
        assert_eq!(stage.wake_for(&notice), Reply::Ignored);
        assert_eq!(stage.invites(), 0);
        let mut stage = stage.later(60_000);
        // With the notice it would be the second message, which does not wait for a kept time.
        let expected = if keep_time {
            Reply::Kept
        } else {
            Reply::Routed
        };
        assert_eq!(stage.wake(), expected);
    }
}

/// The screen of a park that knows no last message has the late notice of the park before.
#[test]
fn a_late_notice_hides_no_message_of_the_customer() {
    let mut stage = Stage::new();
    stage.hanging = Some(LATE);
    stage.customer_writes_in(300);
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.options.notices = Some(NOTICES.into());
    });
    stage.reply(park);
    assert_eq!(notices(&stage), 1);
    assert_eq!(stage.invites(), 1, "the message during the park");
}

#[test]
fn a_park_that_is_refused_tells_nobody() {
    let mut stage = Stage::new();
    stage.twilio.leave(ADA, stage.now);
    assert!(matches!(park(&mut stage), Reply::Refused { .. }));
    assert_eq!(notices(&stage), 0);
}
