//! The same under the readings of Twilio that its documentation leaves open.

use memory_twilio::{ADA, BEN};
use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::MessageRef;
use park_interaction::reply::Reply;

use crate::stage::Stage;

/// A stage on which the list of invites is refused, and Ada has parked.
fn parked_without_a_list_of_invites() -> Stage {
    let mut stage = Stage::new();
    stage.twilio.readings.refuses_invites = true;
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.later(60_000)
}

#[test]
fn where_invites_cannot_be_listed_messages_still_make_one_task() {
    let mut stage = parked_without_a_list_of_invites();
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.wake(), Reply::AlreadyRouted);
    assert_eq!(stage.invites(), 1);
    stage.let_time_pass(61_000);
    stage.end_invite();
    stage.twilio.accept(BEN, stage.now);
    let settle = stage.unpark(Cause::Settle);
    let _ = stage.reply(settle);
    assert_eq!(stage.invites(), 2);
}

#[test]
fn where_invites_cannot_be_listed_a_task_that_the_address_does_not_name_counts() {
    let mut stage = parked_without_a_list_of_invites();
    let now = stage.now;
    stage.twilio.invited_by_others(now);
    assert_eq!(stage.wake(), Reply::AlreadyRouted);
    assert_eq!(stage.invites(), 0);
}

#[test]
fn sixty_who_left_in_earlier_years_are_not_asked_after_one_by_one() {
    let mut stage = Stage::new();
    stage.twilio.readings.lists_who_left = true;
    stage.twilio.readings.left_long_ago = 60;
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert!(
        stage.count("FetchTask") <= 2,
        "{}",
        stage.count("FetchTask")
    );
    let mut stage = stage.later(60_000);
    assert_eq!(stage.wake(), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
}

#[test]
fn a_message_without_its_place_is_asked_for_it() {
    let mut stage = Stage::parked();
    let seen = stage.twilio.messages.first().unwrap().clone();
    let again = MessageRef {
        index: None,
        sid: seen.sid.clone(),
        ..MessageRef::from(&seen)
    };
    assert_eq!(stage.wake_for(&again), Reply::Ignored);
    let now = stage.now;
    let written = stage.twilio.customer_writes(now);
    let message = stage.twilio.messages.last().unwrap();
    let by = MessageRef {
        index: None,
        sid: message.sid.clone(),
        ..written
    };
    assert_eq!(stage.wake_for(&by), Reply::Routed);
}
