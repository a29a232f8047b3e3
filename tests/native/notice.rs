//! The notice: the customer is told once that the agent waits for an answer, and that wakes nobody.

use memory_twilio::{identity, ADA};
use park_interaction::protocol::unpark::Cause;
use park_interaction::reply::Reply;

use crate::stage::{Fault, Stage};

const NOTICES: &str = "en: Back soon";

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

#[test]
fn a_park_that_is_refused_tells_nobody() {
    let mut stage = Stage::new();
    stage.twilio.leave(ADA, stage.now);
    assert!(matches!(park(&mut stage), Reply::Refused { .. }));
    assert_eq!(notices(&stage), 0);
}
