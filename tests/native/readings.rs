//! The protocol under the readings that Twilio's documentation leaves open.

use memory_twilio::{ADA, BEN};
use park_interaction::protocol::unpark::Cause;
use park_interaction::protocol::MessageRef;
use park_interaction::reply::Reply;
use park_interaction::twilio::time::Millis;

use crate::stage::Stage;

const HOUR: Millis = 60 * 60 * 1_000;
const DAY_MS: Millis = 24 * HOUR;
const DAY_SECONDS: u32 = 24 * 60 * 60;

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

/// Parks with the owner's timer that closes the conversation after a day of silence, and has Ada accept it after `silence`.
fn resumed_after(silence: Millis, timers_run_from_message: bool) -> Stage {
    let mut stage = Stage::new();
    stage.twilio.readings.timers_run_from_message = timers_run_from_message;
    stage.twilio.closing_seconds = Some(DAY_SECONDS);
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    let mut stage = stage.later(silence);
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    stage
}

/// It would be over at once where Twilio counts it from the last message, and the conversation lost to the agent who has just joined.
#[test]
fn the_owners_closing_timer_does_not_end_as_it_comes_back() {
    let minute: Millis = 60_000;
    for timers_run_from_message in [false, true] {
        for silence in [minute, 10 * HOUR, 13 * HOUR, 24 * HOUR, 90 * 24 * HOUR] {
            let mut stage = resumed_after(silence, timers_run_from_message);
            let settle = stage.unpark(Cause::Settle);
            assert_eq!(stage.reply(settle), Reply::Settled);
            let left = stage.twilio.closes_at().unwrap().saturating_sub(stage.now);
            assert!(
                left >= 12 * HOUR - minute,
                "{timers_run_from_message} {silence}: {left}"
            );
            assert!(
                left <= 24 * HOUR + minute,
                "{timers_run_from_message} {silence}: {left}"
            );
            if !timers_run_from_message || silence < 12 * HOUR {
                assert_eq!(stage.twilio.closing_seconds, Some(DAY_SECONDS), "{silence}");
            }
        }
    }
}

#[test]
fn the_owners_inactive_timer_does_not_end_as_it_comes_back() {
    for timers_run_from_message in [false, true] {
        let mut stage = Stage::new();
        stage.twilio.readings.timers_run_from_message = timers_run_from_message;
        stage.twilio.timer_seconds = Some(3_600);
        let due = stage.now + 9 * HOUR;
        let last = stage.twilio.last_index();
        let park = stage.park_with(|request| {
            request.target.last_message_index = last;
            request.appointment.until = u32::try_from(due / 1_000).ok();
        });
        assert!(matches!(stage.reply(park), Reply::Parked { .. }));
        let mut stage = stage.later(5 * HOUR);
        let resume = stage.unpark(Cause::Resume);
        assert_eq!(stage.reply(resume), Reply::Routed);
        stage.twilio.accept(ADA, stage.now);
        let settle = stage.unpark(Cause::Settle);
        assert_eq!(stage.reply(settle), Reply::Settled);
        let ends_at = stage.twilio.timer_ends_at().unwrap();
        assert!(ends_at.abs_diff(stage.now + HOUR) < 10_000, "{ends_at}");
    }
}

/// Parked again before anybody has settled it, and refused: the agent stays, and so does the conversation.
#[test]
fn the_owners_closing_timer_outlives_a_park_that_is_taken_back() {
    for timers_run_from_message in [false, true] {
        let resumed = resumed_after(3 * 24 * HOUR, timers_run_from_message);
        let mut stage = resumed.later(10_000);
        stage.down = Some("CloseParticipant");
        let park = stage.park(true);
        let reply = stage.reply(park);
        assert!(matches!(reply, Reply::Refused { .. }), "{reply:?}");
        let left = stage.twilio.closes_at().unwrap().saturating_sub(stage.now);
        assert!(left > 23 * HOUR, "{timers_run_from_message}: {left}");
    }
}
