//! Give to an agent: a parked conversation moves from one agent's list into another's, and nothing is routed.

use memory_twilio::sids::worker;
use memory_twilio::{caller, MemoryTwilio, ADA, BEN, SUE};
use park_interaction::attributes::Attributes;
use park_interaction::history::Deed;
use park_interaction::protocol::unpark::{Cause, Change};
use park_interaction::reply::{Refusal, Reply};
use park_interaction::request::{Appointment, ParkRequest};
use park_interaction::row_data::RowData;
use park_interaction::sync_name::{worker_of_list, MapName};
use park_interaction::twilio::time::Millis;

use crate::stage::{refusal, Stage, CLOCKS, FAULTS, NOBODY, START, TIMER_ALONE};

const MINUTE_MS: Millis = 60_000;
const HOUR_MS: Millis = 60 * MINUTE_MS;

/// The time of an appointment.
const DUE: Millis = START + 3 * HOUR_MS;

/// The time of the click.
const CLICK: Millis = START + MINUTE_MS;

fn parked() -> Stage {
    parked_with(|_| {})
}

/// Ada parks; a minute later Sue looks at her list.
fn parked_with(change: impl FnOnce(&mut ParkRequest)) -> Stage {
    let mut stage = Stage::new();
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.target.last_line = Some("Where is it?".into());
        request.target.last_line_by = Some("customer".into());
        request.appointment.agent_name = Some("Ada Agent".into());
        change(request);
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.now = CLICK;
    by_sue(stage.later(0))
}

fn by_sue(mut stage: Stage) -> Stage {
    stage.caller = Some(caller(SUE));
    stage.watchers = NOBODY;
    stage
}

fn to(number: u32) -> Cause {
    Cause::Change(Change::Owner {
        worker: worker(number),
        given_by: Some("Sue Supervisor".into()),
    })
}

fn give(stage: &mut Stage, number: u32) -> Reply {
    let operation = stage.unpark(to(number));
    stage.reply(operation)
}

/// Returns the rows with the agents of their lists.
fn rows(twilio: &MemoryTwilio) -> Vec<(u32, RowData<Millis>)> {
    let number_of = |map: &MapName| {
        let agent = worker_of_list(map.as_str());
        [ADA, BEN, SUE]
            .into_iter()
            .find(|one| Some(worker(*one)) == agent)
    };
    twilio
        .rows()
        .map(|(map, row)| {
            let data = RowData::read(&Attributes::parse(&row.data).unwrap());
            (number_of(map).unwrap(), data)
        })
        .collect()
}

/// Asserts that the conversation is this agent's, in every place, and returns its row.
#[track_caller]
fn is_of(twilio: &MemoryTwilio, number: u32, what: &str) -> RowData<Millis> {
    assert_eq!(twilio.guardian().unwrap().worker, worker(number), "{what}");
    let record = twilio.record().unwrap();
    assert_eq!(record.worker_sid, Some(worker(number)), "{what}");
    let [(list, row)] = rows(twilio).try_into().expect("one row");
    assert_eq!(list, number, "{what}");
    assert_eq!(
        row.worker_sid.as_deref(),
        Some(worker(number).as_str()),
        "{what}"
    );
    assert_eq!(row.park, record.park, "{what}: the row is as the record");
    row
}

fn deeds(twilio: &MemoryTwilio) -> Vec<(String, u32)> {
    let number_of = |deed: &Deed| {
        [ADA, BEN, SUE]
            .into_iter()
            .find(|one| worker(*one) == deed.by)
    };
    let history = twilio.record().unwrap().history;
    let deeds = history.iter();
    deeds
        .map(|deed| (deed.did.clone(), number_of(deed).unwrap()))
        .collect()
}

#[test]
fn the_conversation_moves_to_the_other_list() {
    let mut stage = parked();
    let before = is_of(&stage.twilio, ADA, "parked");
    assert_eq!((before.park.given_by, before.park.given_at), (None, None));
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    let row = is_of(&stage.twilio, BEN, "given");
    assert_eq!(row.park.given_by.as_deref(), Some("Sue Supervisor"));
    assert_eq!(row.park.given_at, Some(CLICK));
    assert_eq!(row.park.agent_name.as_deref(), Some("Ada Agent"));
    assert_eq!(row.last, before.last);
    assert_eq!(row.last.line.as_deref(), Some("Where is it?"));
    assert_eq!(stage.invites(), 0, "nothing is routed");
    let record = stage.twilio.record().unwrap();
    assert_eq!(
        deeds(&stage.twilio),
        [("parked".into(), ADA), ("given".into(), SUE)]
    );
    let given = record.history.last().unwrap();
    assert_eq!(given.to, Some(worker(BEN)));
    assert_eq!(u64::from(given.at), CLICK / 1_000);
}

/// The former row may go only when the new one is there, and the record names the new agent when both is done.
#[test]
fn the_places_are_written_in_order() {
    let mut stage = parked();
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    let changes = stage.changes();
    // The map of Ben's list is made, too.
    let expected = [
        "UpdateWebhook",
        "PutItem",
        "PutItem",
        "PutItem",
        "DeleteItem",
        "UpdateConversation",
    ];
    assert_eq!(changes, expected);
}

/// What the new agent may do with it is what the former one could; the former one can do nothing more.
#[test]
fn the_new_agent_has_it_and_the_former_one_has_not() {
    let mut stage = parked();
    give(&mut stage, BEN);
    for cause in [Cause::Resume, Cause::Give, Cause::End { unread: 0 }] {
        stage.caller = Some(caller(ADA));
        let operation = stage.unpark(cause);
        assert_eq!(refusal(stage.reply(operation)), Refusal::NotAllowed);
    }
    is_of(&stage.twilio, BEN, "nothing has changed");
    stage.caller = Some(caller(BEN));
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    let invite = stage.invitations().next().unwrap();
    assert_eq!(invite.worker.as_ref().unwrap().worker, worker(BEN));
    let attributes: serde_json::Value = serde_json::from_str(&invite.attributes).unwrap();
    let origin = attributes.pointer("/originalRouting/workerSid").unwrap();
    assert_eq!(origin, worker(BEN).as_str());
    stage.twilio.accept(BEN, stage.now);
    stage.now += 20_000;
    let settle = stage.unpark(Cause::Settle);
    assert_eq!(stage.reply(settle), Reply::Settled);
    assert_eq!(rows(&stage.twilio), []);
}

#[test]
fn a_message_asks_the_new_agent_first() {
    let mut stage = parked_with(|request| request.options.same_agent_seconds = Some(60));
    give(&mut stage, BEN);
    assert_eq!(stage.wake(), Reply::Routed);
    let invite = stage.invitations().next().unwrap();
    assert_eq!(invite.worker.as_ref().unwrap().worker, worker(BEN));
    assert_eq!(rows(&stage.twilio), []);
}

#[test]
fn only_supervisors_give_to_an_agent() {
    for (who, expected) in [
        (Some(caller(ADA)), Refusal::NotAllowed),
        (Some(caller(BEN)), Refusal::NotAllowed),
        (None, Refusal::InvalidToken),
    ] {
        let mut stage = parked();
        let before = stage.twilio.clone();
        stage.caller = who;
        assert_eq!(refusal(give(&mut stage, BEN)), expected);
        assert_eq!(stage.twilio.webhooks, before.webhooks);
        assert_eq!(stage.twilio.attributes, before.attributes);
        assert_eq!(stage.twilio.items, before.items);
        assert_eq!(stage.count("CreateClaim") + stage.count("UpdateClaim"), 0);
    }
}

#[test]
fn an_agent_who_does_not_exist_gets_nothing() {
    let mut stage = parked();
    let before = stage.twilio.clone();
    let field = "workerSid".into();
    assert_eq!(refusal(give(&mut stage, 9)), Refusal::BadRequest { field });
    stage.down = Some("FetchWorker");
    let mut unread = by_sue(stage.later(0));
    unread.down = Some("FetchWorker");
    assert_eq!(refusal(give(&mut unread, BEN)), Refusal::TwilioUnavailable);
    assert_eq!(unread.twilio.webhooks, before.webhooks);
    assert_eq!(unread.twilio.attributes, before.attributes);
    assert_eq!(unread.twilio.items, before.items);
}

/// An agent who is away or full has a list all the same.
#[test]
fn an_agent_without_room_gets_it() {
    let mut stage = parked();
    stage.twilio.away.insert(worker(BEN));
    stage.twilio.full.insert(worker(BEN));
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    is_of(&stage.twilio, BEN, "given");
}

/// The customer needs an agent, and not another list. Of all agents, the one from whom it was taken must not be asked.
#[test]
fn an_unheard_message_is_routed_instead() {
    let mut stage = parked_with(|request| request.options.same_agent_seconds = Some(60));
    stage.twilio.customer_writes(stage.now);
    assert_eq!(give(&mut stage, BEN), Reply::Routed);
    let [invite] = stage.invitations().collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(invite.worker, None);
    assert_eq!(stage.twilio.guardian().unwrap().worker, worker(ADA));
    assert_eq!(rows(&stage.twilio), []);
}

#[test]
fn an_overdue_conversation_is_routed_instead() {
    let mut stage = parked_with(|request| request.appointment = until(DUE, false));
    stage.now = DUE + HOUR_MS;
    assert_eq!(give(&mut stage, BEN), Reply::Routed);
    assert_eq!(stage.invites(), 1);
}

#[test]
fn a_conversation_on_its_way_is_not_given() {
    let mut stage = parked();
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(give(&mut stage, BEN), Reply::AlreadyRouted);
    assert_eq!(stage.twilio.guardian().unwrap().worker, worker(ADA));
    stage.twilio.accept(ADA, stage.now);
    assert_eq!(give(&mut stage, BEN), Reply::AlreadyRouted);
    stage.now += 20_000;
    assert_eq!(refusal(give(&mut stage, BEN)), Refusal::NotParked);
}

/// Nobody has taken the invite, so that the conversation waits again.
#[test]
fn a_conversation_whose_invite_has_ended_is_given() {
    let mut stage = parked();
    stage.caller = Some(caller(ADA));
    let resume = stage.unpark(Cause::Resume);
    assert_eq!(stage.reply(resume), Reply::Routed);
    stage.now += MINUTE_MS;
    stage.end_invite();
    stage.now += 20_000;
    let mut stage = by_sue(stage);
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    is_of(&stage.twilio, BEN, "given");
    assert_eq!(stage.invites(), 1);
}

fn until(at: Millis, keep_time: bool) -> Appointment {
    Appointment {
        until: u32::try_from(at / 1_000).ok(),
        keep_time,
        ..Appointment::default()
    }
}

#[test]
fn an_appointment_goes_with_it() {
    for watchers in CLOCKS {
        let mut stage = parked_with(|request| request.appointment = until(DUE, false));
        assert_eq!(give(&mut stage, BEN), Reply::Given);
        let row = is_of(&stage.twilio, BEN, "given");
        assert_eq!(row.park.due_at, Some(DUE));
        stage.watchers = watchers;
        stage.let_time_pass(DUE - MINUTE_MS - stage.now);
        assert_eq!(stage.invites(), 0, "too early");
        stage.let_time_pass(2 * MINUTE_MS);
        assert_eq!(stage.invites(), 1, "not in time");
        assert_eq!(rows(&stage.twilio), []);
    }
}

/// It waits for the same time as before, and its row says so.
#[test]
fn a_message_that_waits_for_the_time_goes_with_it() {
    let mut stage = parked_with(|request| {
        request.appointment = until(DUE, true);
        request.options.keep_ceiling_minutes = Some(600);
    });
    let wrote_at = stage.now;
    assert_eq!(stage.wake(), Reply::Kept);
    stage.now += MINUTE_MS;
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    let row = is_of(&stage.twilio, BEN, "given");
    assert_eq!(row.kept_until, Some(DUE));
    let since = row.unheard_since.unwrap();
    assert!(since.abs_diff(wrote_at) < 2_000, "{since}");
    stage.watchers = TIMER_ALONE;
    stage.let_time_pass(DUE - MINUTE_MS - stage.now);
    assert_eq!(stage.invites(), 0, "too early");
    stage.let_time_pass(2 * MINUTE_MS);
    assert_eq!(stage.invites(), 1, "not in time");
}

/// The note is for whoever gets the conversation next.
#[test]
fn reason_and_note_go_with_it() {
    let mut stage = parked_with(|request| {
        request.appointment.reason = Some("Order number".into());
        request.appointment.note = Some("Sends it tonight".into());
    });
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    let row = is_of(&stage.twilio, BEN, "given");
    assert_eq!(row.reason.as_deref(), Some("Order number"));
    assert_eq!(row.note.as_deref(), Some("Sends it tonight"));
    assert_eq!(stage.wake(), Reply::Routed);
    let attributes = &stage.invitations().next().unwrap().attributes;
    assert!(attributes.contains("Sends it tonight"), "{attributes}");
}

/// A desktop tells its agent of each time once, so that a request that is repeated must not bring another one.
#[test]
fn a_repeated_request_changes_nothing() {
    let mut stage = parked();
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    let before = stage.twilio.clone();
    stage.now += 10_000;
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    assert_eq!(stage.twilio.attributes, before.attributes);
    assert_eq!(stage.twilio.guardian(), before.guardian());
    assert_eq!(rows(&stage.twilio), rows(&before));
    stage.now += 2 * MINUTE_MS;
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    let row = is_of(&stage.twilio, BEN, "given again");
    assert!(row.park.given_at > Some(CLICK), "the agent is told again");
}

#[test]
fn it_goes_on_to_another_agent_and_back() {
    let mut stage = parked();
    for number in [BEN, SUE, ADA, BEN, ADA] {
        stage.now += MINUTE_MS;
        assert_eq!(give(&mut stage, number), Reply::Given);
        is_of(&stage.twilio, number, "given on");
    }
    assert_eq!(deeds(&stage.twilio).len(), 6);
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(rows(&stage.twilio), []);
}

#[test]
fn a_conversation_that_is_not_listed_is_given() {
    let mut stage = parked_with(|request| request.options.show_list = false);
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    assert_eq!(rows(&stage.twilio), []);
    assert_eq!(stage.twilio.guardian().unwrap().worker, worker(BEN));
    assert_eq!(stage.twilio.record().unwrap().worker_sid, Some(worker(BEN)));
    assert_eq!(stage.wake(), Reply::Routed);
}

/// Somebody has removed the record. The row moves as it is.
#[test]
fn a_row_without_a_record_is_moved() {
    let mut stage = parked();
    stage.twilio.attributes = memory_twilio::OTHERS.into();
    let before = rows(&stage.twilio).remove(0).1;
    assert_eq!(give(&mut stage, BEN), Reply::Given);
    let [(list, row)] = rows(&stage.twilio).try_into().unwrap();
    assert_eq!(list, BEN);
    assert_eq!(row.worker_sid.as_deref(), Some(worker(BEN).as_str()));
    assert_eq!(row.park.given_by.as_deref(), Some("Sue Supervisor"));
    let as_before = RowData {
        worker_sid: before.worker_sid.clone(),
        park: before.park.clone(),
        ..row
    };
    assert_eq!(as_before, before);
    assert_eq!(&*stage.twilio.attributes, memory_twilio::OTHERS);
}

/// The record is data: another agent in it gets nothing, and loses nothing.
#[test]
fn a_forged_record_moves_no_row_of_others() {
    let mut stage = parked();
    stage.write_into_record(BEN);
    let to_sue = give(&mut stage, SUE);
    assert_eq!(to_sue, Reply::Given);
    is_of(&stage.twilio, SUE, "given");
    let names_ben = stage.calls.iter().any(|(_, call)| {
        let text = format!("{call:?}");
        text.contains("DeleteItem") && text.contains(worker(BEN).as_str())
    });
    assert!(!names_ben);
}

/// Without room for it, the history goes; if there is no room even then, nothing is changed.
#[test]
fn attributes_without_room_lose_the_history_first() {
    let full = |left: usize| {
        let mut stage = parked();
        let rest = 16 * 1_024 - stage.twilio.attributes.len() - left;
        let filler = format!(r#"{{"theirs":"{}","#, "x".repeat(rest - 12));
        let attributes = stage.twilio.attributes.replacen('{', &filler, 1);
        stage.twilio.attributes = attributes.into();
        stage
    };
    let mut roomy = full(500);
    assert_eq!(give(&mut roomy, BEN), Reply::Given);
    assert_eq!(deeds(&roomy.twilio).len(), 2);
    let mut tight = full(40);
    assert_eq!(give(&mut tight, BEN), Reply::Given);
    assert_eq!(deeds(&tight.twilio).len(), 0);
    assert!(tight.twilio.attributes.len() <= 16 * 1_024);
    let mut too_tight = parked();
    let rest = 16 * 1_024 + 100 - too_tight.twilio.attributes.len();
    let filler = format!(r#"{{"theirs":"{}","#, "x".repeat(rest));
    let attributes = too_tight.twilio.attributes.replacen('{', &filler, 1);
    too_tight.twilio.attributes = attributes.into();
    let before = too_tight.twilio.clone();
    assert_eq!(refusal(give(&mut too_tight, BEN)), Refusal::TooLarge);
    assert_eq!(too_tight.twilio.webhooks, before.webhooks);
    assert_eq!(too_tight.twilio.items, before.items);
}

/// A click with a fault.
struct Faulty {
    after: Stage,
    /// True if the supervisor read that it was done.
    was_done: bool,
    what: String,
}

impl Faulty {
    fn later(&self, milliseconds: Millis) -> Stage {
        let mut stage = by_sue(Stage::with(self.after.twilio.clone()));
        stage.now = self.after.now + milliseconds;
        stage
    }
}

/// Gives with each fault at each call.
fn at_every_call(judge: impl Fn(&Faulty)) {
    let before = parked_with(|request| {
        request.appointment = until(DUE, false);
        request.appointment.note = Some("Sends it tonight".into());
    });
    let again = || {
        let mut stage = by_sue(Stage::with(before.twilio.clone()));
        stage.now = before.now;
        stage
    };
    let mut clean = again();
    assert_eq!(give(&mut clean, BEN), Reply::Given);
    let calls = clean.calls.len();
    assert!(calls > 15, "{calls}");
    for number in 0..calls {
        for fault in FAULTS {
            let what = format!("call {number}, {fault:?}");
            let mut after = again();
            after.fault = Some((number, fault));
            let click = after.unpark(to(BEN));
            after.run();
            assert!(after.fault_was_hit, "{what}");
            let outcome = after.outcomes.get(&click);
            let was_done = outcome.is_some_and(|one| one.reply == Reply::Given);
            judge(&Faulty {
                after,
                was_done,
                what,
            });
        }
    }
}

#[test]
fn a_gift_that_goes_wrong_anywhere_loses_no_row() {
    at_every_call(
        |Faulty {
             after,
             was_done,
             what,
         }| {
            let rows = rows(&after.twilio);
            assert!(!rows.is_empty(), "{what}: no row");
            for (list, row) in &rows {
                assert!([ADA, BEN].contains(list), "{what}");
                assert_eq!(row.last.line.as_deref(), Some("Where is it?"), "{what}");
                assert_eq!(row.note.as_deref(), Some("Sends it tonight"), "{what}");
            }
            if *was_done {
                is_of(&after.twilio, BEN, what);
            }
        },
    );
}

#[test]
fn a_click_after_one_that_went_wrong_puts_everything_right() {
    at_every_call(|faulty| {
        let mut stage = faulty.later(20_000);
        let what = &faulty.what;
        assert_eq!(give(&mut stage, BEN), Reply::Given, "{what}");
        let row = is_of(&stage.twilio, BEN, what);
        assert_eq!(row.last.line.as_deref(), Some("Where is it?"), "{what}");
        let told: Vec<_> = rows(&faulty.after.twilio)
            .into_iter()
            .filter_map(|(_, row)| row.park.given_at)
            .collect();
        let given_at = row.park.given_at.unwrap();
        assert!(told.iter().all(|at| *at == given_at), "{what}: told twice");
        assert_eq!(deeds(&stage.twilio).len(), 2, "{what}");
    });
}

#[test]
fn a_restore_finishes_a_gift_that_went_wrong() {
    at_every_call(|faulty| {
        let mut stage = faulty.later(20_000);
        let reconcile = stage.unpark(Cause::Reconcile);
        stage.reply(reconcile);
        let owner = stage.twilio.guardian().unwrap().worker;
        let number = if owner == worker(BEN) { BEN } else { ADA };
        let row = is_of(&stage.twilio, number, &faulty.what);
        assert_eq!(
            row.last.line.as_deref(),
            Some("Where is it?"),
            "{}",
            faulty.what
        );
    });
}

#[test]
fn a_message_after_a_gift_that_went_wrong_leaves_no_row() {
    at_every_call(|faulty| {
        let mut stage = faulty.later(20_000);
        assert_eq!(stage.wake(), Reply::Routed, "{}", faulty.what);
        assert_eq!(rows(&stage.twilio), [], "{}", faulty.what);
    });
}

#[test]
fn the_time_comes_after_a_gift_that_went_wrong() {
    at_every_call(|faulty| {
        for watchers in CLOCKS {
            let mut stage = faulty.later(0);
            stage.watchers = watchers;
            stage.let_time_pass(DUE - 2 * MINUTE_MS - stage.now);
            assert_eq!(stage.invites(), 0, "{}: too early", faulty.what);
            stage.let_time_pass(4 * MINUTE_MS);
            assert_eq!(stage.invites(), 1, "{}: not in time", faulty.what);
        }
    });
}

/// Two supervisors at once, a message, a resume.
#[test]
fn gifts_side_by_side_end_well() {
    for (message_after, resumes) in [
        (None, false),
        (Some(50), false),
        (Some(350), false),
        (Some(650), false),
        (None, true),
    ] {
        let mut stage = parked();
        let both = [stage.unpark(to(BEN)), stage.unpark(to(SUE))];
        if resumes {
            stage.unpark(Cause::Resume);
        }
        if let Some(after) = message_after {
            stage.customer_writes_in(after);
        }
        stage.run();
        let what = format!("{message_after:?} {resumes}");
        let is_routed = message_after.is_some() || resumes;
        let mut last = ADA;
        for (operation, number) in both.into_iter().zip([BEN, SUE]) {
            match &stage.outcomes[&operation].reply {
                Reply::Given => last = number,
                Reply::AlreadyRouted | Reply::Routed if is_routed => {}
                other => panic!("{what}: {other:?}"),
            }
        }
        assert_eq!(
            stage.twilio.open_tasks().count(),
            usize::from(is_routed),
            "{what}"
        );
        if !is_routed {
            is_of(&stage.twilio, last, &what);
        } else if message_after.is_some() {
            assert_eq!(rows(&stage.twilio), [], "{what}");
        }
    }
}

/// The wake of a message holds the claim; its invite may not show yet.
#[test]
fn a_gift_waits_for_an_operation_that_invites() {
    let mut stage = parked();
    stage.twilio.readings.invites_show_after_ms = 2_000;
    let by = stage.twilio.customer_writes(stage.now);
    for call in stage.twilio.calls_for(&by) {
        stage.called(call);
    }
    let give = stage.unpark(to(BEN));
    assert_eq!(stage.reply(give), Reply::AlreadyRouted);
    assert_eq!(stage.invites(), 1);
    assert_eq!(rows(&stage.twilio), []);
}

#[test]
fn a_row_that_cannot_be_written_stays_where_it_was() {
    let mut stage = parked();
    stage.down = Some("PutItem");
    assert_eq!(refusal(give(&mut stage, BEN)), Refusal::TwilioUnavailable);
    let [(list, _)] = rows(&stage.twilio).try_into().unwrap();
    assert_eq!(list, ADA);
}
