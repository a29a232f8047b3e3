//! The owner's timers over a park: whatever they count from, and whatever goes wrong, no timer that comes back closes a conversation at
//! once, and none keeps a settle from its end.

use memory_twilio::{MemoryTwilio, ADA};
use park_interaction::protocol::unpark::Cause;
use park_interaction::reply::Reply;
use park_interaction::twilio::time::Millis;

use crate::stage::{Stage, FAULTS, NOBODY};

const MINUTE_MS: Millis = 60_000;

/// Returns a stage where the customer has just written, and the owner's timer closes the conversation after `closing` seconds.
fn with_closing(closing: u32, timers_run_from_message: bool) -> Stage {
    let mut stage = Stage::new();
    stage.watchers = NOBODY;
    stage.twilio.readings.timers_run_from_message = timers_run_from_message;
    stage.twilio.closing_seconds = Some(closing);
    let now = stage.now;
    stage.twilio.customer_writes(now);
    stage
}

fn park(stage: &mut Stage) {
    let park = stage.park(true);
    let reply = stage.reply(park);
    assert!(matches!(reply, Reply::Parked { .. }), "{reply:?}");
}

/// Parks, and has Ada resume and accept after `silence`.
fn resumed_after(mut stage: Stage, silence: Millis) -> Stage {
    park(&mut stage);
    stage.now += silence;
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    let mut stage = stage.later(2_000);
    stage.watchers = NOBODY;
    stage
}

#[track_caller]
fn is_settled(twilio: &MemoryTwilio, what: &str) {
    assert!(!twilio.closed, "{what}: closed");
    assert!(twilio.record().is_none(), "{what}: the record is left");
    assert!(twilio.webhooks.is_empty(), "{what}: a webhook is left");
    assert!(twilio.items.is_empty(), "{what}: an item is left");
}

/// Twilio shows the end of a timer only. If other code has changed the conversation since its last message, the end may be nearer than the
/// shortest time that Twilio takes.
#[test]
fn a_closing_timer_that_looks_too_short_comes_back() {
    for timers_run_from_message in [false, true] {
        for changed_after in [61_123, 200_123, 350_123, 500_123] {
            let what = format!("{timers_run_from_message} {changed_after}");
            let changed = || {
                let mut stage = with_closing(601, timers_run_from_message);
                stage.now += changed_after;
                stage.twilio.timer_since = stage.now;
                stage.now += 30_000;
                stage
            };
            for cause in [Cause::Settle, Cause::Restore] {
                let mut stage = resumed_after(changed(), 0);
                let settle = stage.unpark(cause);
                assert_eq!(stage.reply(settle), Reply::Settled, "{what}");
                is_settled(&stage.twilio, &what);
                assert!(stage.twilio.closing_seconds >= Some(600), "{what}");
            }
            let mut stage = changed();
            stage.down = Some("CreateWebhook");
            let park = stage.park(true);
            let reply = stage.reply(park);
            assert!(matches!(reply, Reply::Refused { .. }), "{what} {reply:?}");
            is_settled(&stage.twilio, &what);
            assert!(stage.twilio.closing_seconds >= Some(600), "{what}");
        }
    }
}

/// Each agent's browser can write the record.
#[test]
fn a_forged_closing_timer_is_no_obstacle() {
    for forged in [0, 1, 59, 60, 599, 600, 315_360_000, u32::MAX] {
        for silence in [0, 10 * MINUTE_MS, 400 * 24 * 60 * MINUTE_MS] {
            let what = format!("{forged} {silence}");
            let mut stage = resumed_after(with_closing(86_400, true), silence);
            let attributes = stage.twilio.attributes.replace(
                r#""closingSeconds":86400"#,
                &format!(r#""closingSeconds":{forged}"#),
            );
            assert_ne!(*attributes, *stage.twilio.attributes, "{what}");
            stage.twilio.attributes = attributes.into();
            let settle = stage.unpark(Cause::Settle);
            assert_eq!(stage.reply(settle), Reply::Settled, "{what}");
            is_settled(&stage.twilio, &what);
        }
    }
}

/// A message without a date, or a list of messages that is refused: the silence is as long as it can be.
#[test]
fn without_the_time_of_the_last_message_nothing_is_closed() {
    for timers_run_from_message in [false, true] {
        for silence in [0, 10, 25, 60, 24 * 60, 365 * 24 * 60] {
            for is_refused in [false, true] {
                let what = format!("{timers_run_from_message} {silence} {is_refused}");
                let stage = with_closing(3_600, timers_run_from_message);
                let mut stage = resumed_after(stage, silence * MINUTE_MS);
                if is_refused {
                    stage.missing = Some("ListMessages");
                } else {
                    stage.twilio.readings.hides_message_times = true;
                }
                let settle = stage.unpark(Cause::Settle);
                assert_eq!(stage.reply(settle), Reply::Settled, "{what}");
                is_settled(&stage.twilio, &what);
                let closes_at = stage.twilio.closes_at().expect("a timer");
                let left = closes_at.saturating_sub(stage.now);
                assert!(left >= 29 * MINUTE_MS, "{what}: {left} ms");
                if !timers_run_from_message {
                    assert_eq!(stage.twilio.closing_seconds, Some(3_600), "{what}");
                }
            }
        }
    }
}

/// Each fault at each call, and a second try.
#[test]
fn a_settle_that_goes_wrong_anywhere_closes_nothing() {
    for timers_run_from_message in [false, true] {
        for (closing, minutes) in [
            (600, 0),
            (600, 6),
            (3_601, 45),
            (86_400, 60),
            (86_400, 90 * 24 * 60),
        ] {
            let prepare = || {
                let stage = with_closing(closing, timers_run_from_message);
                resumed_after(stage, minutes * MINUTE_MS)
            };
            let mut clean = prepare();
            clean.unpark(Cause::Settle);
            clean.run();
            let calls = clean.calls.len();
            for number in 0..calls {
                for fault in FAULTS {
                    let what = format!(
                        "{timers_run_from_message} {closing} {minutes}: {fault:?} at {number}"
                    );
                    let mut stage = prepare();
                    stage.fault = Some((number, fault));
                    stage.unpark(Cause::Settle);
                    stage.run();
                    stage.down = None;
                    stage.now += 20_000;
                    stage.customer_writes_in(0);
                    stage.run();
                    is_settled(&stage.twilio, &what);
                    let closes_at = stage.twilio.closes_at().expect("a timer");
                    let left = closes_at.saturating_sub(stage.now) / 1_000;
                    assert!(left + 40 >= Millis::from(closing) / 2, "{what}: {left} s");
                }
            }
        }
    }
}

/// Twilio shows no length of a timer. What the first park and settle leave, later ones keep, also if other code changes the conversation.
#[test]
fn a_closing_timer_keeps_its_length_over_many_parks() {
    for timers_run_from_message in [false, true] {
        for closing in [600, 3_600, 86_400] {
            for minutes in [1, 20, 1_000, 3_000] {
                let mut stage = with_closing(closing, timers_run_from_message);
                let mut lengths = Vec::new();
                for number in 0..20 {
                    stage = resumed_after(stage, minutes * MINUTE_MS + number * 137);
                    let settle = stage.unpark(Cause::Settle);
                    assert_eq!(stage.reply(settle), Reply::Settled);
                    lengths.push(stage.twilio.closing_seconds.unwrap_or_default());
                    stage.now += 20_000;
                    let now = stage.now;
                    stage.twilio.customer_writes(now);
                    stage.now += 107_000;
                    stage.twilio.timer_since = stage.now;
                    stage.now += 3_000;
                }
                let what = format!("{timers_run_from_message} {closing} {minutes}: {lengths:?}");
                assert!(!stage.twilio.closed, "{what}");
                if timers_run_from_message {
                    // Longer by a silence as long as it may be, until half of it is enough.
                    assert!(lengths.iter().all(|one| one % 60 == 0), "{what}");
                    assert!(
                        lengths[4..].windows(2).all(|two| two[0] == two[1]),
                        "{what}"
                    );
                    let longest = 3 * (minutes + 5) * 60 + u64::from(closing);
                    assert!(Millis::from(lengths[19]) <= longest, "{what}");
                } else {
                    assert!(lengths.iter().all(|one| *one == closing), "{what}");
                }
            }
        }
    }
}
