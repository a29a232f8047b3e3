//! Change: a parked conversation gets another time or another reason.

use memory_twilio::sids::worker;
use memory_twilio::{caller, the_conversation, MemoryTwilio, ADA, BEN, SUE};
use park_interaction::attributes::Attributes;
use park_interaction::protocol::unpark::{Cause, Change, NewTime};
use park_interaction::reply::{Refusal, Reply};
use park_interaction::request::{Appointment, ParkRequest};
use park_interaction::row_data::RowData;
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::Target;
use park_interaction::twilio::time::Millis;

use crate::stage::{refusal, Stage, Watchers, CLOCKS, FAULTS, NOBODY, START, TIMER_ALONE};

const MINUTE_MS: Millis = 60_000;
const HOUR_MS: Millis = 60 * MINUTE_MS;
const DAY_MS: Millis = 24 * HOUR_MS;

/// The time before the change, and after it.
const DUE: Millis = START + 3 * HOUR_MS;
const LATER: Millis = START + 5 * HOUR_MS;

/// The time of the click.
const CLICK: Millis = START + MINUTE_MS;

const EACH: [Watchers; 3] = CLOCKS;

fn until(at: Millis, keep_time: bool) -> Appointment {
    Appointment {
        until: u32::try_from(at / 1_000).ok(),
        keep_time,
        ..Appointment::default()
    }
}

fn parked(change: impl FnOnce(&mut ParkRequest)) -> Stage {
    let mut stage = Stage::new();
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.target.last_line = Some("Where is it?".into());
        request.target.last_line_by = Some("customer".into());
        change(request);
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.now = CLICK;
    let mut stage = stage.later(0);
    stage.watchers = NOBODY;
    stage
}

fn parked_until(at: Millis) -> Stage {
    parked(|request| request.appointment = until(at, false))
}

fn time(at: Option<Millis>) -> NewTime {
    NewTime {
        until: at.map(|at| u32::try_from(at / 1_000).unwrap()),
        keep_minutes: None,
        expires_after_hours: None,
    }
}

fn to_time(time: NewTime) -> Cause {
    Cause::Change(Change::Details {
        time: Some(time),
        reason: None,
    })
}

fn to_reason(reason: Option<&str>) -> Cause {
    Cause::Change(Change::Details {
        time: None,
        reason: Some(reason.map(Into::into)),
    })
}

fn click(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

fn move_to(stage: &mut Stage, at: Millis) -> Reply {
    click(stage, to_time(time(Some(at))))
}

fn row(twilio: &MemoryTwilio) -> RowData<Millis> {
    let [(_, row)] = twilio
        .rows()
        .collect::<Vec<_>>()
        .try_into()
        .expect("one row");
    RowData::read(&Attributes::parse(&row.data).unwrap())
}

/// Returns the time according to the webhook's address, the record and the row.
fn times(stage: &Stage) -> [Option<Millis>; 3] {
    let guardian = stage.twilio.guardian().unwrap();
    let record = stage.twilio.record().unwrap();
    let row = row(&stage.twilio);
    [
        guardian.due.map(|due| due.at),
        record.park.due_at.or(record.park.expiry_at),
        row.park.due_at.or(row.park.expiry_at),
    ]
}

#[track_caller]
fn comes_back_at(stage: &mut Stage, at: Millis, watchers: Watchers, what: &str) {
    stage.watchers = watchers;
    let before = stage.invites();
    stage.let_time_pass(at - MINUTE_MS - stage.now);
    assert_eq!(stage.invites(), before, "{what}: too early");
    stage.let_time_pass(2 * MINUTE_MS);
    assert_eq!(stage.invites(), before + 1, "{what}: not in time");
}

#[test]
fn another_time_replaces_the_former_one() {
    for watchers in EACH {
        for from_message in [false, true] {
            for (before, after) in [(DUE, LATER), (LATER, DUE)] {
                let mut stage = parked_until(before);
                stage.twilio.readings.timers_run_from_message = from_message;
                assert_eq!(move_to(&mut stage, after), Reply::Changed);
                assert_eq!(times(&stage), [Some(after); 3]);
                assert_eq!(
                    row(&stage.twilio).last.line.as_deref(),
                    Some("Where is it?")
                );
                comes_back_at(&mut stage, after, watchers, "moved");
            }
        }
    }
}

#[test]
fn a_conversation_without_a_time_gets_one() {
    for hours in [None, Some(72)] {
        for watchers in EACH {
            let mut stage = parked(|request| request.options.expires_after_hours = hours);
            assert_eq!(move_to(&mut stage, LATER), Reply::Changed);
            assert_eq!(times(&stage), [Some(LATER); 3]);
            assert_eq!(row(&stage.twilio).park.due_at, Some(LATER));
            comes_back_at(&mut stage, LATER, watchers, "a new time");
        }
    }
}

/// The owner's timer comes back, and the clocks stand still.
#[test]
fn a_time_is_taken_away() {
    for timer_seconds in [None, Some(7_200)] {
        let mut stage = Stage::new();
        stage.twilio.timer_seconds = timer_seconds;
        let park = stage.park_with(|request| {
            request.target.last_message_index = Some(1);
            request.appointment = until(DUE, false);
        });
        stage.reply(park);
        stage.now = CLICK;
        assert_eq!(click(&mut stage, to_time(time(None))), Reply::Changed);
        assert_eq!(times(&stage), [None; 3]);
        assert_eq!(stage.twilio.waiting_item(), None);
        assert_eq!(stage.twilio.timer_seconds, timer_seconds);
        stage.let_time_pass(3 * DAY_MS);
        assert_eq!(stage.invites(), 0);
        stage.watchers = NOBODY;
        assert_eq!(stage.wake(), Reply::Routed);
    }
}

/// It is as after a park without an appointment.
#[test]
fn without_an_appointment_the_longest_wait_of_the_owner_counts() {
    let mut stage = parked_until(DUE);
    let longest = NewTime {
        expires_after_hours: Some(72),
        ..time(None)
    };
    assert_eq!(click(&mut stage, to_time(longest)), Reply::Changed);
    let expiry = CLICK + 72 * HOUR_MS;
    assert_eq!(times(&stage), [Some(expiry); 3]);
    assert_eq!(row(&stage.twilio).park.expiry_at, Some(expiry));
    comes_back_at(&mut stage, expiry, TIMER_ALONE, "the longest wait");
}

/// The row stays in the list for as long after the time as before.
#[test]
fn the_row_stays_listed_beyond_the_new_time() {
    let mut stage = parked_until(DUE);
    let after_due = row(&stage.twilio).park.expires_at.unwrap() - DUE;
    for at in [LATER, START + 20 * DAY_MS, DUE] {
        assert_eq!(move_to(&mut stage, at), Reply::Changed);
        assert_eq!(row(&stage.twilio).park.expires_at, Some(at + after_due));
    }
    stage.now = START + 2 * HOUR_MS;
    assert_eq!(click(&mut stage, to_time(time(None))), Reply::Changed);
    let expires_at = row(&stage.twilio).park.expires_at.unwrap();
    assert!(expires_at.abs_diff(stage.now + after_due) < 5_000);
}

#[test]
fn a_kept_time_holds_the_first_message_back() {
    let mut stage = parked(|_| {});
    let kept = NewTime {
        keep_minutes: Some(600),
        ..time(Some(LATER))
    };
    assert_eq!(click(&mut stage, to_time(kept)), Reply::Changed);
    stage.now += MINUTE_MS;
    assert_eq!(stage.wake(), Reply::Kept);
    comes_back_at(&mut stage, LATER, TIMER_ALONE, "kept");
}

/// It waits for the new time then; one that is not kept, and none, bring it back at once.
#[test]
fn a_message_that_waits_follows_the_new_time() {
    let waiting = || {
        let mut stage = parked(|request| {
            request.appointment = until(DUE, true);
            request.options.keep_ceiling_minutes = Some(600);
        });
        assert_eq!(stage.wake(), Reply::Kept);
        stage.now += MINUTE_MS;
        stage
    };
    let kept = |at| NewTime {
        keep_minutes: Some(600),
        ..time(Some(at))
    };
    for watchers in EACH {
        for at in [START + HOUR_MS, LATER] {
            let mut stage = waiting();
            assert_eq!(click(&mut stage, to_time(kept(at))), Reply::Changed);
            assert_eq!(times(&stage), [Some(at); 3]);
            assert_eq!(row(&stage.twilio).kept_until, Some(at));
            comes_back_at(&mut stage, at, watchers, "kept");
        }
    }
    for at_once in [time(Some(LATER)), time(None)] {
        let mut stage = waiting();
        assert_eq!(click(&mut stage, to_time(at_once)), Reply::Routed);
        assert_eq!(stage.invites(), 1);
    }
    let mut stage = waiting();
    assert_eq!(click(&mut stage, to_reason(Some("Order"))), Reply::Changed);
    assert_eq!(row(&stage.twilio).reason.as_deref(), Some("Order"));
    comes_back_at(&mut stage, DUE, TIMER_ALONE, "only another reason");
}

#[test]
fn a_reason_is_written_and_taken_away() {
    let notes = MapName::notes(&the_conversation());
    for with_note in [false, true] {
        let mut stage = parked(|request| {
            request.appointment.note = with_note.then(|| "Sends it tonight".into());
        });
        let note = with_note.then_some("Sends it tonight");
        for reason in [Some("Order number"), Some("Payment"), None, Some("Payment")] {
            assert_eq!(click(&mut stage, to_reason(reason)), Reply::Changed);
            let row = row(&stage.twilio);
            assert_eq!(row.reason.as_deref(), reason);
            assert_eq!(row.note.as_deref(), note);
            assert_eq!(row.last.line.as_deref(), Some("Where is it?"));
            let is_kept = stage.twilio.items.contains_key(&notes);
            assert_eq!(is_kept, with_note || reason.is_some());
        }
        assert_eq!(stage.wake(), Reply::Routed);
        let attributes = &stage.invitations().next().unwrap().attributes;
        assert!(attributes.contains(r#""reason":"Payment""#), "{attributes}");
        assert_eq!(attributes.contains("tonight"), with_note);
    }
}

/// Both in one request.
#[test]
fn time_and_reason_change_together() {
    let mut stage = parked(|request| request.appointment.reason = Some("Order number".into()));
    let both = Cause::Change(Change::Details {
        time: Some(time(Some(LATER))),
        reason: Some(None),
    });
    assert_eq!(click(&mut stage, both), Reply::Changed);
    assert_eq!(times(&stage), [Some(LATER); 3]);
    assert_eq!(row(&stage.twilio).reason, None);
    let notes = MapName::notes(&the_conversation());
    assert!(!stage.twilio.items.contains_key(&notes));
    comes_back_at(&mut stage, LATER, TIMER_ALONE, "both");
}

/// The rule is that of a park.
#[test]
fn a_time_out_of_range_changes_nothing() {
    for (ahead, is_allowed) in [
        (0, false),
        (49_000, false),
        (51_000, true),
        (30 * DAY_MS, true),
        (30 * DAY_MS + 11_000, false),
    ] {
        let mut stage = parked_until(DUE);
        let before = stage.twilio.clone();
        let reply = move_to(&mut stage, CLICK + ahead);
        if is_allowed {
            assert_eq!(reply, Reply::Changed, "{ahead}");
            continue;
        }
        assert_eq!(refusal(reply), Refusal::TimeOutOfRange, "{ahead}");
        assert_eq!(stage.twilio.webhooks, before.webhooks);
        assert_eq!(stage.twilio.attributes, before.attributes);
        assert_eq!(stage.twilio.items, before.items);
        assert_eq!(stage.twilio.timer_seconds, before.timer_seconds);
    }
}

/// The first answer was lost, and a minute ahead has become less.
#[test]
fn a_repeated_request_is_changed_again() {
    let mut stage = parked_until(DUE);
    let soon = CLICK + 60_000;
    assert_eq!(move_to(&mut stage, soon), Reply::Changed);
    let before = stage.twilio.clone();
    stage.now = CLICK + 20_000;
    assert_eq!(move_to(&mut stage, soon), Reply::Changed);
    assert_eq!(times(&stage), [Some(soon); 3]);
    assert_eq!(stage.twilio.attributes, before.attributes);
    assert_eq!(row(&stage.twilio), row(&before));
}

#[test]
fn the_agent_and_supervisors_may_change() {
    for (who, expected) in [
        (Some(caller(ADA)), None),
        (Some(caller(SUE)), None),
        (Some(caller(BEN)), Some(Refusal::NotAllowed)),
        (None, Some(Refusal::InvalidToken)),
    ] {
        for cause in [to_time(time(Some(LATER))), to_reason(Some("Payment"))] {
            let mut stage = parked_until(DUE);
            stage.write_into_record(BEN);
            let before = stage.twilio.clone();
            stage.caller.clone_from(&who);
            let reply = click(&mut stage, cause);
            let Some(refused) = &expected else {
                assert_eq!(reply, Reply::Changed);
                let guardian = stage.twilio.guardian().unwrap();
                assert_eq!(guardian.worker, worker(ADA), "it stays Ada's");
                let history = stage.twilio.record().unwrap().history;
                let by = &history.last().unwrap().by;
                assert_eq!(Some(by), who.as_ref().map(|caller| &caller.worker));
                continue;
            };
            assert_eq!(refusal(reply), *refused);
            assert_eq!(stage.twilio.webhooks, before.webhooks);
            assert_eq!(stage.twilio.attributes, before.attributes);
            assert_eq!(stage.twilio.items, before.items);
        }
    }
}

#[test]
fn an_unheard_message_is_routed_instead() {
    for cause in [to_time(time(Some(LATER))), to_reason(Some("Payment"))] {
        let mut stage = parked_until(DUE);
        stage.twilio.customer_writes(stage.now);
        assert_eq!(click(&mut stage, cause), Reply::Routed);
        assert_eq!(stage.invites(), 1);
    }
}

/// A new time is a new appointment; another reason is none.
#[test]
fn an_overdue_conversation_gets_another_time() {
    let overdue = || {
        let mut stage = parked_until(DUE);
        stage.now = DUE + 20 * MINUTE_MS;
        stage
    };
    for watchers in EACH {
        let mut stage = overdue();
        assert_eq!(move_to(&mut stage, LATER), Reply::Changed);
        comes_back_at(&mut stage, LATER, watchers, "overdue");
    }
    assert_eq!(
        click(&mut overdue(), to_reason(Some("Payment"))),
        Reply::Routed
    );
}

#[test]
fn a_conversation_on_its_way_is_not_changed() {
    let mut stage = parked_until(DUE);
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(move_to(&mut stage, LATER), Reply::AlreadyRouted);
    stage.twilio.close_conversation(stage.now);
    assert_eq!(
        refusal(move_to(&mut stage, LATER)),
        Refusal::ConversationClosed
    );
}

/// Without the note, the row would lose it.
#[test]
fn a_note_that_cannot_be_read_stops_the_change() {
    let mut stage = parked(|request| request.appointment.note = Some("Tonight".into()));
    stage.down = Some("FetchItem");
    let reply = move_to(&mut stage, LATER);
    assert_eq!(refusal(reply), Refusal::TwilioUnavailable);
    assert_eq!(stage.twilio.guardian().unwrap().due, None);
    assert_eq!(row(&stage.twilio).note.as_deref(), Some("Tonight"));
}

#[test]
fn an_address_without_room_for_the_time_is_refused() {
    let mut stage = parked(|_| {});
    for webhook in &mut stage.twilio.webhooks {
        if let Some(Target::Url(url)) = &mut webhook.armed.target {
            let long = format!("taskChannel=chat{}", "x".repeat(505 - url.len()));
            *url = url.replace("taskChannel=chat", &long);
        }
    }
    let before = stage.twilio.clone();
    assert_eq!(refusal(move_to(&mut stage, LATER)), Refusal::TooLarge);
    assert_eq!(stage.twilio.webhooks, before.webhooks);
}

/// A change with a fault.
struct Faulty {
    /// The time before the change.
    before: Option<Millis>,
    after: Stage,
    was_done: bool,
    what: String,
}

impl Faulty {
    fn later(&self, milliseconds: Millis) -> Stage {
        let mut stage = Stage::with(self.after.twilio.clone());
        stage.now = self.after.now + milliseconds;
        stage.watchers = NOBODY;
        stage
    }
}

/// Changes time and reason with each fault at each call: to a later time, to an earlier one, to none, and from none.
fn at_every_call(judge: impl Fn(&Faulty, Option<Millis>, &Cause)) {
    for (before, at) in [
        (Some(DUE), Some(LATER)),
        (Some(DUE), Some(START + HOUR_MS)),
        (Some(DUE), None),
        (None, Some(LATER)),
    ] {
        let cause = Cause::Change(Change::Details {
            time: Some(time(at)),
            reason: Some(Some("Payment".into())),
        });
        let before = match before {
            Some(due) => parked_until(due),
            None => parked(|_| {}),
        };
        let again = || {
            let mut stage = Stage::with(before.twilio.clone());
            stage.now = before.now;
            stage.watchers = NOBODY;
            stage
        };
        let mut clean = again();
        assert_eq!(click(&mut clean, cause.clone()), Reply::Changed);
        for number in 0..clean.calls.len() {
            for fault in FAULTS {
                let what = format!("{at:?}, call {number}, {fault:?}");
                let mut after = again();
                after.fault = Some((number, fault));
                let operation = after.unpark(cause.clone());
                after.run();
                assert!(after.fault_was_hit, "{what}");
                let outcome = after.outcomes.get(&operation);
                let was_done = outcome.is_some_and(|one| one.reply == Reply::Changed);
                let faulty = Faulty {
                    before: times(&before)[0],
                    after,
                    was_done,
                    what,
                };
                judge(&faulty, at, &cause);
            }
        }
    }
}

/// It is the former time or the new one, and each clock alone keeps it.
#[test]
fn a_change_that_goes_wrong_anywhere_leaves_a_time() {
    at_every_call(|faulty, at, _| {
        let Faulty {
            before,
            after,
            was_done,
            what,
        } = faulty;
        let [address, ..] = times(after);
        assert!(address == at || address == *before, "{what}");
        if *was_done {
            assert_eq!(times(after), [at; 3], "{what}");
            assert_eq!(
                row(&after.twilio).reason.as_deref(),
                Some("Payment"),
                "{what}"
            );
        }
        for watchers in EACH {
            let mut stage = faulty.later(0);
            if let Some(time) = address {
                comes_back_at(&mut stage, time, watchers, what);
            } else {
                stage.watchers = watchers;
                stage.let_time_pass(DAY_MS);
                assert_eq!(stage.invites(), 0, "{what}");
            }
            let calls = stage.calls.len();
            assert!(calls < 100, "{what}, {watchers:?}: {calls} calls");
        }
    });
}

#[test]
fn a_click_after_one_that_went_wrong_puts_everything_right() {
    at_every_call(|faulty, at, cause| {
        let what = &faulty.what;
        let mut stage = faulty.later(20_000);
        assert_eq!(click(&mut stage, cause.clone()), Reply::Changed, "{what}");
        assert_eq!(times(&stage), [at; 3], "{what}");
        let row = row(&stage.twilio);
        assert_eq!(row.reason.as_deref(), Some("Payment"), "{what}");
        assert_eq!(row.last.line.as_deref(), Some("Where is it?"), "{what}");
        assert_eq!(stage.twilio.record().unwrap().history.len(), 2, "{what}");
        assert_eq!(
            stage.twilio.waiting_item().is_some(),
            at.is_some(),
            "{what}"
        );
        if let Some(at) = at {
            comes_back_at(&mut stage, at, TIMER_ALONE, what);
        }
    });
}

#[test]
fn a_restore_finishes_a_change_that_went_wrong() {
    at_every_call(|faulty, _, _| {
        let mut stage = faulty.later(20_000);
        let reconcile = stage.unpark(Cause::Reconcile);
        stage.reply(reconcile);
        let [address, record, row] = times(&stage);
        assert_eq!([record, row], [address; 2], "{}", faulty.what);
    });
}

/// A second change, a message, the former time.
#[test]
fn changes_side_by_side_end_well() {
    for message_after in [None, Some(50), Some(350), Some(650)] {
        let mut stage = parked_until(DUE);
        let both = [
            stage.unpark(to_time(time(Some(LATER)))),
            stage.unpark(to_time(time(None))),
        ];
        if let Some(after) = message_after {
            stage.customer_writes_in(after);
        }
        stage.run();
        for operation in both {
            let reply = &stage.outcomes[&operation].reply;
            let expected = matches!(reply, Reply::Changed)
                || (message_after.is_some()
                    && matches!(reply, Reply::AlreadyRouted | Reply::Routed));
            assert!(expected, "{message_after:?}: {reply:?}");
        }
        let expected = usize::from(message_after.is_some());
        assert_eq!(stage.twilio.open_tasks().count(), expected);
        if message_after.is_none() {
            let [address, record, row] = times(&stage);
            assert_eq!([record, row], [address; 2]);
        }
    }
}

/// The clock of the former time asks at the same moment.
#[test]
fn a_change_at_the_former_time_is_one_or_the_other() {
    for after in [0, 150, 350, 550] {
        let mut stage = parked_until(DUE);
        stage.now = DUE;
        for call in stage.twilio.timer_ends(DUE) {
            stage.called(call);
        }
        stage.now += after;
        let change = stage.unpark(to_time(time(Some(LATER))));
        let invites = match stage.reply(change) {
            Reply::Changed => 0,
            Reply::AlreadyRouted => 1,
            other => panic!("{after}: {other:?}"),
        };
        assert_eq!(stage.invites(), invites, "{after}");
    }
}
