//! The protocol under the readings that Twilio's documentation leaves open.

use memory_twilio::{ADA, BEN};
use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::MessageRef;
use park_interaction::reply::Reply;

use crate::stage::Stage;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Returns a stage on which the list of invites is refused, and Ada has parked.
fn parked_without_a_list_of_invites() -> Stage {
    let mut stage = Stage::new();
    stage.twilio.readings.refuses_invites = true;
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.later(60_000)
}

#[test]
fn without_a_list_of_invites_one_task_is_made() {
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

/// The webhook's address names only the invites that we made.
#[test]
fn without_a_list_of_invites_other_tasks_count() {
    let mut stage = parked_without_a_list_of_invites();
    let now = stage.now;
    stage.twilio.invited_by_others(now);
    assert_eq!(stage.wake(), Reply::AlreadyRouted);
    assert_eq!(stage.invites(), 0);
}

/// Sixty of them are listed, as a reading has it.
#[test]
fn former_participants_cost_no_calls() {
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

/// Returns a stage on which Ada has parked half a year ago, so that Twilio has deleted the channel.
fn parked_half_a_year_ago() -> Stage {
    let mut stage = Stage::parked().later(181 * DAY_MS);
    stage.twilio.channel_goes();
    stage
}

/// The conversation is the same: only its channel is gone.
#[test]
fn a_message_after_half_a_year_makes_an_interaction() {
    let mut stage = parked_half_a_year_ago();
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.count("CreateInteraction"), 1);
    assert_eq!(
        stage.wake(),
        Reply::AlreadyRouted,
        "the address names the new channel"
    );
    let task = stage.twilio.invite().unwrap().1;
    assert!(task.attributes.contains(r#""topic":"parcel""#));
    stage.twilio.accept(BEN, stage.now);
    let settle = stage.unpark(Cause::Settle);
    let _ = stage.reply(settle);
    stage.now += 1_000;
    assert_eq!(stage.wake(), Reply::Settled);
    assert!(stage.twilio.webhooks.is_empty());
    assert!(stage.twilio.others_are_untouched());
}

#[test]
fn the_agent_resumes_after_half_a_year() {
    let mut stage = parked_half_a_year_ago();
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
}

#[test]
fn a_silent_conversation_stays_for_half_a_year() {
    let mut stage = parked_half_a_year_ago();
    let rows = stage.twilio.rows().count();
    let reconcile = stage.unpark(Cause::Reconcile);
    let _ = stage.reply(reconcile);
    assert_eq!(stage.count("CreateInteraction"), 0);
    assert_eq!(stage.twilio.rows().count(), rows);
}

/// A short one would have ended as soon as it was set.
#[test]
fn a_timer_from_the_last_message_does_not_loop() {
    for timers_run_from_message in [false, true] {
        let mut stage = Stage::parked();
        stage.twilio.readings.timers_run_from_message = timers_run_from_message;
        assert_eq!(stage.wake(), Reply::Routed);
        let began = stage.now;
        for _ in 0..10 {
            let ends_at = stage.twilio.timer_ends_at().unwrap().max(stage.now);
            assert!(ends_at < stage.now + 66_000, "it would end late");
            stage.now = ends_at;
            for call in stage.twilio.timer_ends(ends_at) {
                let check = stage.called(call);
                let _ = stage.reply(check);
            }
        }
        // In the worst case every second timer ends at once.
        assert!(stage.now > began + 5 * 55_000, "{timers_run_from_message}");
    }
}
