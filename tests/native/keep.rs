//! Keep: one click restarts the longest wait that the owner allows.

use memory_twilio::sids::worker;
use memory_twilio::{caller, the_conversation, ADA, BEN, SUE};
use park_interaction::attributes::Attributes;
use park_interaction::protocol::unpark::{Cause, Change};
use park_interaction::reply::{Refusal, Reply};
use park_interaction::request::Appointment;
use park_interaction::row_data::RowData;
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::UpdateConversation;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyCall;

use crate::stage::{refusal, Stage, Watchers, CLOCKS, DESKTOP_ALONE, FAULTS, START, TIMER_ALONE};

const MINUTE_MS: Millis = 60_000;
const HOUR_MS: Millis = 60 * MINUTE_MS;

/// The longest wait that the owner allows, in hours.
const LONGEST_HOURS: u32 = 3;
const LONGEST_MS: Millis = LONGEST_HOURS as Millis * HOUR_MS;

/// The end of the wait if nobody clicks.
const EXPIRY: Millis = START + LONGEST_MS;

/// The time of the click.
const CLICK: Millis = EXPIRY - 10 * MINUTE_MS;

/// The lifetime of the rows after the end of the wait.
const LISTED_MS: Millis = 24 * HOUR_MS;

/// Parks, and lets the time pass until the click.
fn expiring(watchers: Watchers) -> Stage {
    let mut stage = parked(Some(LONGEST_HOURS), Appointment::default());
    stage.watchers = watchers;
    stage.let_time_pass(CLICK - stage.now);
    assert_eq!(stage.invites(), 0);
    stage.later(0)
}

fn parked(hours: Option<u32>, appointment: Appointment) -> Stage {
    let mut stage = Stage::new();
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.options.expires_after_hours = hours;
        request.appointment = appointment;
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.now = START + MINUTE_MS;
    stage
}

fn begin_to_keep(stage: &mut Stage) -> usize {
    let hours = LONGEST_HOURS;
    stage.unpark(Cause::Change(Change::LongestWait { hours }))
}

fn keep(stage: &mut Stage) -> Reply {
    let operation = begin_to_keep(stage);
    stage.reply(operation)
}

/// Returns the end of the wait according to the webhook's address, the record and the row.
fn ends(stage: &Stage) -> [Option<Millis>; 3] {
    let guardian = stage.twilio.guardian();
    let row = stage.twilio.rows().next();
    let row = row.and_then(|(_, row)| Attributes::parse(&row.data).ok());
    [
        guardian.and_then(|one| one.due?.expiry()),
        stage
            .twilio
            .record()
            .and_then(|record| record.park.expiry_at),
        row.and_then(|row| row.get("expiryAt")),
    ]
}

/// Returns the end of the longest wait after a click, to the second.
fn end_after(clicked_at: Millis) -> Millis {
    (clicked_at + LONGEST_MS) / 1_000 * 1_000
}

#[track_caller]
fn comes_back_at(stage: &mut Stage, at: Millis) {
    stage.let_time_pass(at - MINUTE_MS - stage.now);
    assert_eq!(stage.invites(), 0, "too early");
    stage.let_time_pass(2 * MINUTE_MS);
    assert_eq!(stage.invites(), 1, "not in time");
    let invite = stage.invitations().next().unwrap();
    let attributes: serde_json::Value = serde_json::from_str(&invite.attributes).unwrap();
    assert_eq!(attributes["parked"]["cause"], "expiry");
}

#[test]
fn a_park_with_a_longest_wait_shows_its_end() {
    let stage = expiring(TIMER_ALONE);
    assert_eq!(ends(&stage), [Some(EXPIRY); 3]);
    let without = parked(None, Appointment::default());
    assert_eq!(ends(&without), [None; 3]);
}

#[test]
fn the_longest_wait_begins_again() {
    for from_message in [false, true] {
        for watchers in CLOCKS {
            let mut stage = expiring(watchers);
            stage.twilio.readings.timers_run_from_message = from_message;
            stage.watchers = watchers;
            assert_eq!(keep(&mut stage), Reply::Extended);
            assert_eq!(ends(&stage), [Some(CLICK + LONGEST_MS); 3]);
            comes_back_at(&mut stage, CLICK + LONGEST_MS);
        }
    }
}

/// The longest timer that the flag allows.
#[test]
fn half_a_year_may_begin_again() {
    let mut stage = expiring(TIMER_ALONE);
    let hours = 4_320;
    let operation = stage.unpark(Cause::Change(Change::LongestWait { hours }));
    assert_eq!(stage.reply(operation), Reply::Extended);
    stage.watchers = TIMER_ALONE;
    comes_back_at(&mut stage, CLICK + 4_320 * HOUR_MS);
}

/// The address comes first, then the row. The timer and the record are one update.
#[test]
fn each_place_is_written_once() {
    let mut stage = expiring(TIMER_ALONE);
    keep(&mut stage);
    let changes = stage.changes();
    assert_eq!(
        changes,
        ["UpdateWebhook", "PutItem", "UpdateConversation", "PutItem"]
    );
    let update = stage.calls.iter().find_map(|(_, call)| match call {
        AnyCall::UpdateConversation(update) => Some(&**update),
        _ => None,
    });
    let Some(UpdateConversation {
        attributes: Some(attributes),
        inactive_after_seconds: Some(seconds),
        ..
    }) = update
    else {
        panic!("expected the record and the timer: {update:?}");
    };
    assert!(attributes.contains("expiryAt"));
    assert!(seconds.abs_diff(LONGEST_HOURS * 3_600) < 10, "{seconds} s");
}

#[test]
fn a_second_click_does_the_same() {
    let mut stage = expiring(TIMER_ALONE);
    assert_eq!(keep(&mut stage), Reply::Extended);
    let before = stage.twilio.clone();
    stage.now = CLICK;
    assert_eq!(keep(&mut stage), Reply::Extended);
    assert_eq!(stage.twilio.guardian(), before.guardian());
    assert_eq!(stage.twilio.attributes, before.attributes);
    let data = |twilio: &memory_twilio::MemoryTwilio| {
        let rows = twilio.rows();
        rows.map(|(_, row)| row.data.clone()).collect::<Vec<_>>()
    };
    assert_eq!(data(&stage.twilio), data(&before));
    assert_eq!(stage.twilio.webhooks.len(), before.webhooks.len());
}

/// The row stays in the list for as long after the end of the wait as before, however often it was kept.
#[test]
fn the_row_stays_listed_beyond_the_new_end() {
    let mut stage = expiring(TIMER_ALONE);
    for click in [CLICK, CLICK + HOUR_MS] {
        stage.now = click;
        keep(&mut stage);
        let record = stage.twilio.record().unwrap();
        let listed_until = end_after(click) + LISTED_MS;
        assert_eq!(record.park.expires_at, Some(listed_until));
        let ttl = stage.twilio.rows().next().unwrap().1.ttl_seconds;
        let listed_seconds = (LONGEST_MS + LISTED_MS) / 1_000;
        assert!(u64::from(ttl).abs_diff(listed_seconds) < 10, "{ttl} s");
    }
}

#[test]
fn the_agent_who_parked_and_a_supervisor_may_keep() {
    for number in [ADA, SUE] {
        let mut stage = expiring(TIMER_ALONE);
        stage.caller = Some(caller(number));
        assert_eq!(keep(&mut stage), Reply::Extended);
        let guardian = stage.twilio.guardian().unwrap();
        assert_eq!(guardian.worker, worker(ADA), "it stays Ada's");
    }
}

#[test]
fn nobody_else_may_keep() {
    for (who, expected) in [
        (Some(caller(BEN)), Refusal::NotAllowed),
        (None, Refusal::InvalidToken),
    ] {
        let mut stage = expiring(TIMER_ALONE);
        stage.write_into_record(BEN);
        let before = stage.twilio.clone();
        stage.caller = who;
        assert_eq!(refusal(keep(&mut stage)), expected);
        assert_eq!(stage.twilio.webhooks, before.webhooks);
        assert_eq!(stage.twilio.attributes, before.attributes);
        assert_eq!(stage.twilio.items, before.items);
        assert_eq!(stage.twilio.timer_seconds, before.timer_seconds);
    }
}

/// An appointment stays: it is the agent's own.
#[test]
fn a_park_without_a_longest_wait_is_not_kept() {
    let until = Appointment {
        until: u32::try_from(EXPIRY / 1_000).ok(),
        ..Appointment::default()
    };
    for (hours, appointment) in [(None, Appointment::default()), (Some(LONGEST_HOURS), until)] {
        let mut stage = parked(hours, appointment);
        let before = stage.twilio.clone();
        assert_eq!(refusal(keep(&mut stage)), Refusal::NotExpiring);
        assert_eq!(stage.twilio.webhooks, before.webhooks);
        assert_eq!(stage.twilio.items, before.items);
        assert_eq!(stage.twilio.timer_seconds, before.timer_seconds);
    }
}

#[test]
fn a_conversation_that_has_woken_is_not_kept() {
    let mut woken = expiring(TIMER_ALONE);
    assert_eq!(woken.wake(), Reply::Routed);
    assert_eq!(keep(&mut woken), Reply::AlreadyRouted);
    assert_eq!(ends(&woken), [Some(EXPIRY), Some(EXPIRY), None]);

    woken.twilio.accept(ADA, woken.now);
    assert_eq!(keep(&mut woken), Reply::AlreadyRouted);
    assert!(woken.twilio.record().is_none(), "it was settled");

    woken.now += 20_000;
    assert_eq!(refusal(keep(&mut woken)), Refusal::NotParked);

    let mut closed = expiring(TIMER_ALONE);
    closed.twilio.close_conversation(closed.now);
    assert_eq!(refusal(keep(&mut closed)), Refusal::ConversationClosed);
}

/// The message reached nobody. A new end would let it wait for as long.
#[test]
fn an_unheard_message_is_routed_and_not_kept() {
    let mut stage = expiring(TIMER_ALONE);
    stage.twilio.customer_writes(stage.now);
    assert_eq!(keep(&mut stage), Reply::Routed);
    assert_eq!(stage.invites(), 1);
    assert_eq!(ends(&stage)[0], Some(EXPIRY));
}

/// Without the messages, nobody knows whether one is unheard.
#[test]
fn a_conversation_with_unknown_messages_is_not_kept() {
    let mut stage = expiring(TIMER_ALONE);
    stage.down = Some("ListMessages");
    assert_eq!(refusal(keep(&mut stage)), Refusal::TwilioUnavailable);
    assert_eq!(ends(&stage), [Some(EXPIRY); 3]);
}

/// Both clocks have missed the end.
#[test]
fn an_overdue_conversation_may_be_kept() {
    let mut stage = expiring(TIMER_ALONE);
    stage.now = EXPIRY + HOUR_MS;
    assert_eq!(keep(&mut stage), Reply::Extended);
    stage.watchers = DESKTOP_ALONE;
    comes_back_at(&mut stage, EXPIRY + HOUR_MS + LONGEST_MS);
}

/// Nobody has taken the task at the end of the wait.
#[test]
fn keep_ends_the_invites_at_the_former_end() {
    let mut stage = expiring(TIMER_ALONE);
    stage.watchers = TIMER_ALONE;
    stage.let_time_pass(LONGEST_MS);
    assert_eq!(stage.invites(), 1);
    stage.twilio.end_invite(stage.now);
    let clicked_at = stage.now;
    assert_eq!(keep(&mut stage), Reply::Extended);
    stage.let_time_pass(LONGEST_MS - 5 * MINUTE_MS);
    assert_eq!(stage.invites(), 1, "too early");
    stage.let_time_pass(clicked_at + LONGEST_MS + MINUTE_MS - stage.now);
    assert_eq!(stage.invites(), 2, "not in time");
}

/// Its life is as long as the longest wait, and begins again with it.
#[test]
fn the_note_is_kept_too() {
    let with_note = Appointment {
        note: Some("Sends it tonight".into()),
        ..Appointment::default()
    };
    let notes = MapName::notes(&the_conversation());
    let mut stage = parked(Some(LONGEST_HOURS), with_note.clone());
    let before = stage.calls.len();
    assert_eq!(keep(&mut stage), Reply::Extended);
    let is_note = |call: &AnyCall| matches!(call, AnyCall::PutItem(put) if put.item.map == notes);
    let mut of_click = stage.calls.iter().skip(before);
    assert!(of_click.any(|(_, call)| is_note(call)));
    assert!(stage.twilio.items[&notes].data.contains("tonight"));
    let row = stage.twilio.rows().next().unwrap().1;
    assert!(row.data.contains("tonight"), "{}", row.data);

    let mut unread = parked(Some(LONGEST_HOURS), with_note).later(0);
    unread.down = Some("FetchItem");
    assert_eq!(refusal(keep(&mut unread)), Refusal::TwilioUnavailable);
    assert_eq!(ends(&unread), [Some(EXPIRY); 3]);
    let row = unread.twilio.rows().next().unwrap().1;
    assert!(row.data.contains("tonight"), "{}", row.data);
}

/// The owner's timer comes back when an agent has joined.
#[test]
fn keep_leaves_the_owners_timer_in_the_record() {
    let mut stage = Stage::new();
    stage.twilio.timer_seconds = Some(7_200);
    let park = stage.park_with(|request| {
        request.options.expires_after_hours = Some(LONGEST_HOURS);
        request.target.last_message_index = Some(1);
    });
    stage.reply(park);
    stage.now = CLICK;
    assert_eq!(keep(&mut stage), Reply::Extended);
    assert_eq!(stage.wake(), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    stage.now += 20_000;
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
    assert_eq!(stage.twilio.timer_seconds, Some(7_200));
    assert_eq!(stage.twilio.waiting_item(), None);
}

/// A click with a fault, and the name of the fault.
struct Faulty {
    after: Stage,
    /// True if the agent read that it was done.
    was_done: bool,
    what: String,
}

impl Faulty {
    /// Returns the same Twilio so many milliseconds later.
    fn later(&self, milliseconds: Millis) -> Stage {
        let mut stage = Stage::with(self.after.twilio.clone());
        stage.now = self.after.now + milliseconds;
        stage
    }
}

/// Clicks with each fault at each call.
fn at_every_call(judge: impl Fn(&Faulty)) {
    let before = expiring(TIMER_ALONE);
    let again = || {
        let mut stage = Stage::with(before.twilio.clone());
        stage.now = before.now;
        stage
    };
    let mut clean = again();
    assert_eq!(keep(&mut clean), Reply::Extended);
    let calls = clean.calls.len();
    assert!(calls > 10, "{calls}");
    for number in 0..calls {
        for fault in FAULTS {
            let what = format!("call {number}, {fault:?}");
            let mut after = again();
            after.fault = Some((number, fault));
            let click = begin_to_keep(&mut after);
            after.run();
            assert!(after.fault_was_hit, "{what}");
            let outcome = after.outcomes.get(&click);
            let was_done = outcome.is_some_and(|one| one.reply == Reply::Extended);
            judge(&Faulty {
                after,
                was_done,
                what,
            });
        }
    }
}

/// It is the old end or the new one, and each clock alone keeps it.
#[test]
fn a_keep_that_goes_wrong_anywhere_leaves_an_end() {
    at_every_call(|faulty| {
        let what = &faulty.what;
        let is_known = [Some(EXPIRY), Some(CLICK + LONGEST_MS)];
        assert!(is_known.contains(&ends(&faulty.after)[0]), "{what}");
        if faulty.was_done {
            let expected = [Some(CLICK + LONGEST_MS); 3];
            assert_eq!(ends(&faulty.after), expected, "{what}");
        }
        for watchers in CLOCKS {
            let mut stage = faulty.later(0);
            stage.watchers = watchers;
            stage.let_time_pass(EXPIRY - 2 * MINUTE_MS - stage.now);
            assert_eq!(stage.invites(), 0, "{what}, {watchers:?}: too early");
            for end in [EXPIRY, CLICK + LONGEST_MS] {
                if stage.invites() == 0 {
                    stage.let_time_pass(end + MINUTE_MS - stage.now);
                }
            }
            assert_eq!(stage.invites(), 1, "{what}, {watchers:?}: not in time");
            let calls = stage.calls.len();
            assert!(calls < 100, "{what}, {watchers:?}: {calls} calls");
        }
    });
}

#[test]
fn a_click_after_one_that_went_wrong_puts_everything_right() {
    at_every_call(|faulty| {
        let what = &faulty.what;
        let mut stage = faulty.later(20_000);
        let end = end_after(stage.now);
        assert_eq!(keep(&mut stage), Reply::Extended, "{what}");
        assert_eq!(ends(&stage), [Some(end); 3], "{what}");
        stage.watchers = TIMER_ALONE;
        comes_back_at(&mut stage, end);
    });
}

#[test]
fn a_restore_finishes_a_keep_that_went_wrong() {
    at_every_call(|faulty| {
        let mut stage = faulty.later(20_000);
        let reconcile = stage.unpark(Cause::Reconcile);
        stage.reply(reconcile);
        let [address, record, row] = ends(&stage);
        assert_eq!([record, row], [address; 2], "{}", faulty.what);
    });
}

/// The clocks of the former end bring the check.
#[test]
fn the_clocks_mend_the_row_of_a_keep_that_went_wrong() {
    at_every_call(|faulty| {
        for watchers in CLOCKS {
            let mut stage = faulty.later(0);
            stage.watchers = watchers;
            stage.let_time_pass(EXPIRY + 2 * MINUTE_MS - stage.now);
            let [address, _, row] = ends(&stage);
            let is_back = stage.invites() > 0;
            assert!(is_back || row == address, "{}, {watchers:?}", faulty.what);
        }
    });
}

/// Nothing else has them.
#[test]
fn the_row_keeps_its_last_message() {
    let mut stage = Stage::new();
    let wrote_at = u32::try_from(START / 1_000).unwrap() - 60;
    let park = stage.park_with(|request| {
        request.target.last_message_index = Some(1);
        request.target.last_line = Some("Where is it?".into());
        request.target.last_line_by = Some("customer".into());
        request.target.customer_wrote_at = Some(wrote_at);
        request.options.expires_after_hours = Some(LONGEST_HOURS);
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    let last = |stage: &Stage| {
        let row = stage.twilio.rows().next().unwrap().1;
        RowData::<Millis>::read(&Attributes::parse(&row.data).unwrap()).last
    };
    let before = last(&stage);
    assert_eq!(before.line.as_deref(), Some("Where is it?"));
    assert_eq!(before.customer_wrote_at, Some(u64::from(wrote_at) * 1_000));
    stage.now = CLICK;
    assert_eq!(keep(&mut stage), Reply::Extended);
    assert_eq!(ends(&stage)[2], Some(CLICK + LONGEST_MS));
    assert_eq!(last(&stage), before);
}

/// `TaskRouter`'s log of the parked task shows the place, and the record the end of the wait.
#[test]
fn a_lost_webhook_and_a_lost_row_come_back_with_the_end() {
    let mut stage = expiring(TIMER_ALONE);
    stage.twilio.webhooks.clear();
    stage.twilio.items.clear();
    let reconcile = stage.unpark(Cause::Reconcile);
    assert_eq!(stage.reply(reconcile), Reply::Restored);
    assert_eq!(ends(&stage), [Some(EXPIRY); 3]);
    stage.watchers = TIMER_ALONE;
    comes_back_at(&mut stage, EXPIRY);
}

/// A click arms it, too.
#[test]
fn keep_arms_a_lost_webhook() {
    let mut stage = expiring(TIMER_ALONE);
    stage.twilio.webhooks.clear();
    assert_eq!(keep(&mut stage), Reply::Extended);
    assert_eq!(ends(&stage), [Some(CLICK + LONGEST_MS); 3]);
    assert_eq!(stage.wake(), Reply::Routed);
}

/// Somebody has removed the record. The address has the end of the wait.
#[test]
fn a_wiped_record_stays_wiped() {
    let mut stage = expiring(TIMER_ALONE);
    stage.twilio.attributes = memory_twilio::OTHERS.into();
    assert_eq!(keep(&mut stage), Reply::Extended);
    assert_eq!(ends(&stage)[..2], [Some(CLICK + LONGEST_MS), None]);
    stage.watchers = TIMER_ALONE;
    comes_back_at(&mut stage, CLICK + LONGEST_MS);
}

/// Two tabs, or an agent and a supervisor.
#[test]
fn keeps_side_by_side_and_a_message_end_well() {
    for (messages_after, resumes) in [
        (None, false),
        (Some(50), false),
        (Some(350), false),
        (None, true),
    ] {
        let mut stage = expiring(TIMER_ALONE);
        let both = [begin_to_keep(&mut stage), begin_to_keep(&mut stage)];
        if resumes {
            stage.unpark(Cause::Resume);
        }
        if let Some(after) = messages_after {
            stage.customer_writes_in(after);
        }
        stage.run();
        for operation in both {
            let reply = &stage.outcomes[&operation].reply;
            let is_routed = messages_after.is_some() || resumes;
            let expected = matches!(reply, Reply::Extended)
                || (is_routed && matches!(reply, Reply::AlreadyRouted | Reply::Routed));
            assert!(expected, "{messages_after:?} {resumes}: {reply:?}");
        }
        let expected = usize::from(messages_after.is_some() || resumes);
        assert_eq!(stage.twilio.open_tasks().count(), expected);
    }
}
