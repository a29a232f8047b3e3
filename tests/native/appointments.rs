//! Appointments: a parked conversation comes back at its time, and a kept time holds only the first message back.

use memory_twilio::sids::worker;
use memory_twilio::{the_conversation, ADA};
use park_interaction::protocol::sweep::Cursor;
use park_interaction::protocol::unpark::{Cause, Clock};
use park_interaction::reply::{Refusal, Reply};
use park_interaction::request::Appointment;
use park_interaction::sid::WorkerSid;
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::TaskStatus;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyCall;
use serde_json::json;

use crate::stage::{
    Fault, Stage, Watchers, CLOCKS, DESKTOP_ALONE, EVENTS_ALONE, NOBODY, START, STREAMS_ALONE,
    TIMER_ALONE,
};

const SECOND_MS: Millis = 1_000;
const MINUTE_MS: Millis = 60_000;
const HOUR_MS: Millis = 60 * MINUTE_MS;

/// The time of the appointment.
const DUE: Millis = START + 3 * HOUR_MS;

/// The longest time from the appointment to the invite. A check takes a moment, too.
const DUE_WITHIN_MS: Millis = 60_000;

/// The owner's bound for a kept message, unless the request says otherwise.
const CEILING_MS: Millis = HOUR_MS;

fn until(at: Millis) -> Appointment {
    Appointment {
        until: u32::try_from(at / 1_000).ok(),
        ..Appointment::default()
    }
}

fn kept(at: Millis) -> Appointment {
    Appointment {
        keep_time: true,
        ..until(at)
    }
}

fn park(stage: &mut Stage, appointment: Appointment) -> Reply {
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.appointment = appointment;
    });
    stage.reply(park)
}

fn parked(appointment: Appointment, watchers: Watchers) -> Stage {
    let mut stage = Stage::new();
    assert!(matches!(
        park(&mut stage, appointment),
        Reply::Parked { .. }
    ));
    stage.let_time_pass(MINUTE_MS);
    stage.watchers = watchers;
    stage
}

fn unpark(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

fn pass_until(stage: &mut Stage, at: Millis) {
    stage.let_time_pass(at - stage.now);
}

#[track_caller]
fn comes_back_at(stage: &mut Stage, at: Millis) {
    pass_until(stage, at - MINUTE_MS);
    assert_eq!(stage.invites(), 0, "too early");
    pass_until(stage, at + DUE_WITHIN_MS);
    assert_eq!(stage.invites(), 1, "not in time");
    let invite = stage.invitations().next().unwrap();
    assert_eq!(invite.worker, None, "through the workflow");
}

#[test]
fn a_conversation_comes_back_at_its_time() {
    for watchers in CLOCKS {
        comes_back_at(&mut parked(until(DUE), watchers), DUE);
        comes_back_at(&mut parked(kept(DUE), watchers), DUE);
    }
}

/// The timer is part of the update that saves the record, so an appointment costs one request more: the item for desktops.
/// So does a note.
#[test]
fn an_appointment_costs_one_request() {
    let calls = |appointment| {
        let mut stage = Stage::new();
        let conversation = the_conversation();
        for map in [
            MapName::waiting(&conversation),
            MapName::notes(&conversation),
        ] {
            stage.twilio.maps.insert(map);
        }
        assert!(matches!(
            park(&mut stage, appointment),
            Reply::Parked { .. }
        ));
        stage.calls.len()
    };
    let without = calls(Appointment::default());
    assert_eq!(calls(until(DUE)), without + 1);
    assert_eq!(calls(with_note()), without + 2);
}

#[test]
fn an_old_last_message_makes_no_appointment_early() {
    for (days, watchers) in [(0, TIMER_ALONE), (2, TIMER_ALONE), (2, DESKTOP_ALONE)] {
        let mut stage = Stage::new();
        stage.twilio.readings.timers_run_from_message = true;
        stage.now += days * 24 * HOUR_MS;
        let due = stage.now + 3 * HOUR_MS;
        park(&mut stage, until(due));
        stage.watchers = watchers;
        comes_back_at(&mut stage, due);
    }
}

#[test]
fn a_task_at_the_time_that_nobody_takes_is_followed() {
    for watchers in CLOCKS {
        let mut stage = parked(until(DUE), watchers);
        comes_back_at(&mut stage, DUE);
        stage.let_time_pass(5 * MINUTE_MS);
        stage.end_invite();
        stage.let_time_pass(2 * MINUTE_MS);
        assert_eq!(stage.invites(), 2, "{watchers:?}");
    }
}

#[test]
fn a_message_brings_the_conversation_back_before_its_time() {
    let mut stage = parked(until(DUE), NOBODY);
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.invites(), 1);
}

#[test]
fn a_kept_time_holds_the_first_message_back() {
    for watchers in CLOCKS {
        let mut stage = parked(kept(START + 30 * MINUTE_MS), watchers);
        let by = stage.twilio.customer_writes(stage.now);
        assert_eq!(stage.wake_for(&by), Reply::Kept);
        assert_eq!(stage.wake_for(&by), Reply::Kept, "the same message again");
        let row = stage.twilio.rows().next().expect("the row stays").1;
        for name in ["unheardSince", "keptUntil"] {
            assert!(row.data.contains(name), "{}", row.data);
        }
        comes_back_at(&mut stage, START + 30 * MINUTE_MS);
    }
}

#[test]
fn a_kept_time_does_not_hold_the_second_message_back() {
    let mut stage = parked(kept(DUE), NOBODY);
    assert_eq!(stage.wake(), Reply::Kept);
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.invites(), 1);
}

/// Twilio may deliver them out of order.
#[test]
fn two_messages_at_once_are_not_held_back() {
    let mut stage = parked(kept(DUE), NOBODY);
    let first = stage.twilio.customer_writes(stage.now);
    let second = stage.twilio.customer_writes(stage.now);
    assert_eq!(stage.wake_for(&second), Reply::Routed);
    assert_eq!(stage.wake_for(&first), Reply::AlreadyRouted);
    assert_eq!(stage.invites(), 1);
}

/// Twilio's list shows the first one late.
#[test]
fn a_second_message_is_known_without_the_first() {
    let mut stage = parked(kept(DUE), NOBODY);
    assert_eq!(stage.wake(), Reply::Kept);
    stage.twilio.messages.pop();
    let mut second = stage.twilio.customer_writes(stage.now);
    let shown = stage.twilio.messages.last_mut().unwrap();
    shown.index += 1;
    second.index = Some(shown.index);
    assert_eq!(stage.wake_for(&second), Reply::Routed);
}

/// Twilio's list may show the message late: then the webhook's parameters have its text.
#[test]
fn the_row_has_the_first_line_of_the_message_that_waits() {
    for is_listed in [true, false] {
        let mut stage = parked(kept(DUE), NOBODY);
        let row = |stage: &Stage| -> serde_json::Value {
            let (_, row) = stage.twilio.rows().next().unwrap();
            serde_json::from_str(&row.data).unwrap()
        };
        assert_eq!(row(&stage)["lastLineBy"], json!(null));
        let mut by = stage.twilio.customer_writes(stage.now);
        if is_listed {
            stage.twilio.messages.last_mut().unwrap().line = Some("Here it is".into());
        } else {
            stage.twilio.messages.pop();
            by.line = Some("Here it is".into());
        }
        assert_eq!(stage.wake_for(&by), Reply::Kept);
        let row = row(&stage);
        assert_eq!(
            [&row["lastLine"], &row["lastLineBy"], &row["unread"]],
            [&json!("Here it is"), &json!("customer"), &json!(1)]
        );
    }
}

#[test]
fn a_message_waits_for_a_kept_time_within_the_bound() {
    for watchers in CLOCKS {
        let mut stage = parked(kept(START + 9 * HOUR_MS), watchers);
        let wrote_at = stage.now;
        assert_eq!(stage.wake(), Reply::Kept);
        comes_back_at(&mut stage, wrote_at + CEILING_MS);
    }
}

#[test]
fn a_message_before_the_click_counts_for_a_kept_time() {
    let mut stage = Stage::new();
    let last = stage.twilio.last_index();
    stage.twilio.customer_writes(START);
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.appointment = kept(DUE);
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.let_time_pass(MINUTE_MS);
    assert_eq!(stage.wake(), Reply::Routed, "it is the second message");
}

#[test]
fn a_declined_resume_leaves_the_appointment() {
    for watchers in CLOCKS {
        let mut stage = parked(until(DUE), watchers);
        assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
        stage.let_time_pass(20 * SECOND_MS);
        stage.twilio.end_invite(stage.now);
        unpark(&mut stage, Cause::Restore);
        pass_until(&mut stage, DUE - MINUTE_MS);
        assert_eq!(stage.invites(), 1, "too early");
        pass_until(&mut stage, DUE + DUE_WITHIN_MS);
        assert_eq!(stage.invites(), 2, "not in time");
    }
}

/// The clocks of the kept message were set to the time of the appointment.
#[test]
fn the_task_of_a_second_message_is_followed() {
    for watchers in CLOCKS {
        let mut stage = parked(kept(DUE), watchers);
        assert_eq!(stage.wake(), Reply::Kept);
        assert_eq!(stage.wake(), Reply::Routed);
        stage.let_time_pass(5 * MINUTE_MS);
        stage.end_invite();
        stage.let_time_pass(2 * MINUTE_MS);
        assert_eq!(stage.invites(), 2, "{watchers:?}");
    }
}

/// The wake died after its invite, so the address does not say that a message is unheard: the clocks of the next check must not
/// be set to the appointment.
#[test]
fn a_check_does_not_leave_a_message_to_the_appointment() {
    let mut stage = parked(until(DUE), NOBODY);
    stage.twilio.customer_writes(stage.now);
    stage.twilio.invited_by_others(stage.now);
    unpark(&mut stage, Cause::Check(Clock::Desktop));
    stage.watchers = DESKTOP_ALONE;
    stage.let_time_pass(5 * MINUTE_MS);
    stage.end_invite();
    stage.let_time_pass(2 * MINUTE_MS);
    assert_eq!(stage.invites(), 1);
}

/// The next try comes within a minute, not at the time of the appointment or at the end of the bound.
#[test]
fn a_wake_that_fails_does_not_leave_a_message_to_the_appointment() {
    for (appointment, earlier_messages) in [(until(DUE), 0), (kept(DUE), 1)] {
        for watchers in CLOCKS {
            let mut stage = parked(appointment.clone(), NOBODY);
            for _ in 0..earlier_messages {
                assert_eq!(stage.wake(), Reply::Kept);
            }
            let mut stage = stage.later(0);
            stage.watchers = watchers;
            stage.down = Some("CreateInvite");
            let reply = stage.wake();
            assert!(matches!(reply, Reply::Refused { .. }), "{reply:?}");
            let failed_at = stage.now;
            stage.let_time_pass(2 * MINUTE_MS);
            let invite = stage.twilio.invite().map(|(_, task)| task.made_at);
            let in_time = invite.is_some_and(|at| at <= failed_at + 65 * SECOND_MS);
            assert!(in_time, "{appointment:?} {watchers:?}: {invite:?}");
        }
    }
}

/// It moves the end of the conversation's timer.
#[test]
fn a_message_of_somebody_else_does_not_delay_the_appointment() {
    for from_message in [false, true] {
        let mut stage = parked(until(DUE), TIMER_ALONE);
        stage.twilio.readings.timers_run_from_message = from_message;
        stage.let_time_pass(HOUR_MS);
        let by = stage.twilio.write("a-bot", None, stage.now);
        assert_eq!(stage.wake_for(&by), Reply::Ignored);
        comes_back_at(&mut stage, DUE);
    }
}

#[test]
fn a_message_of_somebody_else_does_not_delay_a_kept_message() {
    let mut stage = parked(kept(START + 9 * HOUR_MS), TIMER_ALONE);
    let wrote_at = stage.now;
    assert_eq!(stage.wake(), Reply::Kept);
    stage.let_time_pass(CEILING_MS - 3 * MINUTE_MS);
    let by = stage.twilio.write("a-bot", None, stage.now);
    assert_eq!(stage.wake_for(&by), Reply::Ignored);
    comes_back_at(&mut stage, wrote_at + CEILING_MS);
}

#[test]
fn a_restore_finds_everything_in_place() {
    let mut stage = parked(until(DUE), NOBODY);
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Ignored);
}

#[test]
fn lost_clocks_are_set_again() {
    for watchers in CLOCKS {
        let mut stage = parked(until(DUE), watchers);
        stage.twilio.timer_seconds = None;
        stage.twilio.items.clear();
        assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Restored);
        comes_back_at(&mut stage, DUE);
    }
}

#[test]
fn a_sweep_routes_what_is_overdue() {
    let mut stage = parked(until(DUE), NOBODY);
    pass_until(&mut stage, DUE + 26 * HOUR_MS);
    let sweep = stage.sweep(Cause::Reconcile, Cursor::default());
    assert!(matches!(stage.reply(sweep), Reply::Reconciled { .. }));
    assert_eq!(stage.invites(), 1);
}

/// The owner's timer comes back, and no clock is left.
#[test]
fn nothing_of_the_appointment_is_left_after_it() {
    let mut stage = Stage::new();
    stage.twilio.timer_seconds = Some(7_200);
    park(&mut stage, until(DUE));
    pass_until(&mut stage, DUE + DUE_WITHIN_MS);
    stage.twilio.accept(ADA, stage.now);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert_eq!(stage.twilio.timer_seconds, Some(7_200));
    assert_eq!(stage.twilio.waiting_item(), None);
    stage.let_time_pass(30 * HOUR_MS);
    assert_eq!(stage.invites(), 1);
}

#[test]
fn a_new_park_forgets_the_former_appointment() {
    let mut stage = parked(until(DUE), TIMER_ALONE);
    stage.wake();
    stage.twilio.accept(ADA, stage.now);
    stage.let_time_pass(20 * SECOND_MS);
    assert!(matches!(
        park(&mut stage, Appointment::default()),
        Reply::Parked { .. }
    ));
    let invites = stage.invites();
    pass_until(&mut stage, DUE + HOUR_MS);
    assert_eq!(stage.invites(), invites);
    assert_eq!(stage.twilio.waiting_item(), None);
}

#[test]
fn a_time_out_of_range_is_refused_and_changes_nothing() {
    let day = 24 * HOUR_MS;
    for at in [
        START - HOUR_MS,
        START + 30 * SECOND_MS,
        START + 31 * day,
        Millis::from(u32::MAX) * 1_000,
    ] {
        let mut stage = Stage::new();
        let before = stage.twilio.attributes.clone();
        let reply = park(&mut stage, until(at));
        let Reply::Refused { refusal, message } = reply else {
            panic!("{at}: {reply:?}");
        };
        assert_eq!(refusal, Refusal::TimeOutOfRange);
        assert!(message.contains("from 1 minute to 30 days"), "{message}");
        assert_eq!(stage.twilio.attributes, before);
        assert_eq!(stage.twilio.agents(), 1);
        assert!(stage.twilio.webhooks.is_empty());
    }
    for at in [START + MINUTE_MS, START + 30 * day] {
        let reply = park(&mut Stage::new(), until(at));
        assert!(matches!(reply, Reply::Parked { .. }), "{at}: {reply:?}");
    }
}

#[test]
fn a_park_that_fails_leaves_no_clock() {
    for number in 0..24 {
        let mut stage = Stage::new();
        stage.twilio.timer_seconds = Some(7_200);
        stage.fault = Some((number, Fault::Down));
        if let Reply::Refused { .. } = park(&mut stage, until(DUE)) {
            let down = stage.down;
            if down == Some("CloseParticipant") {
                // The agent may be gone soon: see the next test.
                continue;
            }
            if down != Some("UpdateConversation") {
                assert_eq!(stage.twilio.timer_seconds, Some(7_200), "{down:?}");
            }
            if down != Some("DeleteItem") {
                assert_eq!(stage.twilio.waiting_item(), None, "{down:?}");
            }
        }
    }
}

/// The agent whom the invite names is nobody: also the one who parked gets it through the workflow.
#[test]
fn the_task_says_why_it_is_back() {
    let mut at_time = parked(until(DUE), TIMER_ALONE);
    pass_until(&mut at_time, DUE + DUE_WITHIN_MS);
    let mut by_message = parked(until(DUE), NOBODY);
    by_message.wake();
    let mut resumed = parked(until(DUE), NOBODY);
    unpark(&mut resumed, Cause::Resume);
    for (stage, cause) in [
        (at_time, "time"),
        (by_message, "message"),
        (resumed, "resume"),
    ] {
        let invite = stage.invitations().last().unwrap();
        let attributes: serde_json::Value = serde_json::from_str(&invite.attributes).unwrap();
        let parked = &attributes["parked"];
        assert_eq!(parked["cause"], cause);
        assert_eq!(parked["until"], DUE);
        assert_eq!(parked["workerSid"], worker(ADA).as_str());
        assert_eq!(parked["parks"], 1);
    }
}

/// One request for the conversation's messages, in parallel with the others.
#[test]
fn only_a_kept_time_reads_messages_in_a_wake() {
    for (appointment, expected) in [(until(DUE), 0), (kept(DUE), 1)] {
        let mut stage = parked(appointment, NOBODY);
        let before = stage.count("ListMessages");
        stage.wake();
        assert_eq!(stage.count("ListMessages") - before, expected);
    }
}

fn with_note() -> Appointment {
    Appointment {
        reason: Some("Order number".into()),
        note: Some("Sends it tonight".into()),
        agent_name: Some("Ada Agent".into()),
        ..until(DUE)
    }
}

#[test]
fn whoever_comes_next_reads_the_note() {
    for cause in [None, Some(Cause::Resume), Some(Cause::Release)] {
        let mut stage = parked(with_note(), NOBODY);
        let row = stage.twilio.rows().next().unwrap().1.data.clone();
        assert!(row.contains("Sends it tonight") && row.contains("Order number"));
        match cause {
            None => stage.wake(),
            Some(cause) => unpark(&mut stage, cause),
        };
        let invite = stage.invitations().last().unwrap();
        let attributes: serde_json::Value = serde_json::from_str(&invite.attributes).unwrap();
        assert_eq!(attributes["parked"]["note"], "Sends it tonight");
        assert_eq!(attributes["parked"]["reason"], "Order number");
        assert_eq!(attributes["parked"]["agentName"], "Ada Agent");
    }
}

/// Also not in what the record of a second park keeps of the task.
#[test]
fn a_customer_cannot_read_a_note() {
    let mut stage = parked(with_note(), NOBODY);
    assert_eq!(stage.wake(), Reply::Routed);
    stage.twilio.accept(ADA, stage.now);
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    stage.let_time_pass(MINUTE_MS);
    park(&mut stage, Appointment::default());
    assert_eq!(stage.twilio.agents(), 0);
    let mut updates = 0;
    for (_, call) in &stage.calls {
        if let AnyCall::UpdateConversation(update) = call {
            let attributes = update.attributes.as_deref().unwrap_or_default();
            for text in ["tonight", "Order number"] {
                assert!(!attributes.contains(text), "{attributes}");
            }
            updates += 1;
        }
    }
    assert!(updates > 3, "{updates}");
}

#[test]
fn a_note_goes_with_the_park() {
    let notes = MapName::notes(&the_conversation());
    let mut settled = parked(with_note(), NOBODY);
    assert!(settled.twilio.items.contains_key(&notes));
    settled.wake();
    settled.twilio.accept(ADA, settled.now);
    assert_eq!(unpark(&mut settled, Cause::Settle), Reply::Settled);
    assert!(!settled.twilio.items.contains_key(&notes));

    let mut failed = Stage::new();
    failed.down = Some("CreateWebhook");
    assert!(matches!(
        park(&mut failed, with_note()),
        Reply::Refused { .. }
    ));
    assert!(!failed.twilio.items.contains_key(&notes));
}

/// The response about the agent's removal is lost, and Twilio removes them later: the appointment holds.
#[test]
fn an_appointment_outlives_a_late_removal_of_the_agent() {
    for watchers in CLOCKS {
        let mut stage = Stage::new();
        stage.down = Some("CloseParticipant");
        assert!(matches!(
            park(&mut stage, until(DUE)),
            Reply::Refused { .. }
        ));
        assert_eq!(stage.twilio.agents(), 1);
        stage.down = None;
        stage.now += 30_000;
        stage.twilio.leave(ADA, stage.now);
        stage.watchers = watchers;
        comes_back_at(&mut stage, DUE);
    }
}

/// The agent is not removed at all: at its time, or with the customer's next message, nothing of the park is left.
#[test]
fn an_appointment_without_a_park_goes() {
    for by_message in [false, true] {
        let mut stage = Stage::new();
        stage.twilio.closing_seconds = Some(86_400);
        stage.down = Some("CloseParticipant");
        park(&mut stage, until(DUE));
        stage.down = None;
        stage.watchers = TIMER_ALONE;
        stage.let_time_pass(MINUTE_MS);
        if by_message {
            assert_eq!(stage.wake(), Reply::Settled);
        } else {
            pass_until(&mut stage, DUE + DUE_WITHIN_MS);
        }
        assert_eq!(stage.twilio.agents(), 1);
        assert_eq!(stage.invites(), 0);
        assert!(!stage.twilio.is_armed());
        assert!(stage.twilio.record().is_none());
        assert_eq!(stage.twilio.waiting_item(), None);
        assert_eq!(stage.twilio.closing_seconds, Some(86_400));
    }
}

/// The answer to the first click was lost, and the agent has chosen another time since.
#[test]
fn a_repeated_click_learns_the_time_that_stands() {
    let mut stage = Stage::new();
    let first = park(&mut stage, kept(DUE));
    assert!(matches!(
        first,
        Reply::Parked { until: Some(at), keep_time: true, .. } if Millis::from(at) * 1_000 == DUE
    ));
    assert_eq!(park(&mut stage, until(DUE + HOUR_MS)), first);
    assert_eq!(park(&mut stage, Appointment::default()), first);
}

#[test]
fn a_lost_note_keeps_nobody_waiting() {
    let mut stage = parked(with_note(), NOBODY).later(0);
    stage.down = Some("FetchItem");
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(stage.invites(), 1);
}

/// Parks so that the conversation comes back to Ada first.
fn parked_for_same_agent(appointment: Appointment, watchers: Watchers) -> Stage {
    let mut stage = Stage::new();
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.options.same_agent_seconds = Some(SAME_AGENT_SECONDS);
        request.appointment = appointment;
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.let_time_pass(MINUTE_MS);
    stage.watchers = watchers;
    stage
}

const SAME_AGENT_SECONDS: u32 = 90;

fn last_asked(stage: &Stage) -> Option<(WorkerSid, u32)> {
    let last = stage.invitations().last().expect("an invite");
    let named = last.worker.as_ref();
    named.map(|named| (named.worker.clone(), named.timeout_seconds))
}

#[test]
fn the_agent_who_parked_is_asked_first() {
    let ada = Some((worker(ADA), SAME_AGENT_SECONDS));
    let mut by_message = parked_for_same_agent(Appointment::default(), NOBODY);
    assert_eq!(by_message.wake(), Reply::Routed);
    assert_eq!(last_asked(&by_message), ada);

    for watchers in CLOCKS {
        let mut at_time = parked_for_same_agent(until(DUE), watchers);
        pass_until(&mut at_time, DUE + DUE_WITHIN_MS);
        assert_eq!(last_asked(&at_time), ada);
    }
}

#[test]
fn an_agent_who_cannot_take_it_is_not_asked() {
    for change in [
        (|stage| {
            stage.twilio.away.insert(worker(ADA));
        }) as fn(&mut Stage),
        |stage| {
            stage.twilio.full.insert(worker(ADA));
        },
        |stage| stage.down = Some("FetchWorker"),
    ] {
        let mut stage = parked_for_same_agent(Appointment::default(), NOBODY).later(0);
        change(&mut stage);
        assert_eq!(stage.wake(), Reply::Routed);
        assert_eq!(last_asked(&stage), None);
    }
}

/// Whether or not `TaskRouter` posts the end of the first task.
#[test]
fn the_workflow_follows_the_agent_who_parked() {
    for watchers in [EVENTS_ALONE, TIMER_ALONE, DESKTOP_ALONE, STREAMS_ALONE] {
        for ends_after in [5 * SECOND_MS, 90 * SECOND_MS] {
            let mut stage = parked_for_same_agent(Appointment::default(), watchers);
            let wrote_at = stage.now;
            stage.wake();
            stage.let_time_pass(ends_after);
            stage.end_invite();
            stage.let_time_pass(MINUTE_MS + SECOND_MS);
            assert_eq!(stage.invites(), 2, "{watchers:?}");
            assert_eq!(last_asked(&stage), None, "through the workflow");
            let waiting: Vec<_> = stage.invitations().map(|one| one.waiting_since).collect();
            let Ok([None, Some(since)]) = <[_; 2]>::try_from(waiting) else {
                panic!("only the second invite has a waiting time");
            };
            assert!(
                since.abs_diff(wrote_at) <= SECOND_MS,
                "not since the message"
            );
        }
    }
}

/// Twilio documents the waiting time for tasks, and not for invites.
#[test]
fn a_refused_waiting_time_is_left_out() {
    let mut stage = parked_for_same_agent(Appointment::default(), NOBODY);
    stage.wake();
    stage.let_time_pass(20 * SECOND_MS);
    stage.twilio.end_invite(stage.now);
    let again = || {
        let mut same = Stage::with(stage.twilio.clone());
        same.now = stage.now;
        same
    };
    let invite = {
        let mut stage = again();
        unpark(&mut stage, Cause::Restore);
        let mut calls = stage.calls.iter();
        calls.position(|(_, call)| call.name() == "CreateInvite")
    };
    let mut stage = again();
    stage.fault = Some((invite.unwrap(), Fault::Refused));
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Routed);
    assert!(stage.fault_was_hit);
    let invite = stage.invitations().last().unwrap();
    assert_eq!(invite.waiting_since, None);
    assert!(invite.attributes.contains("originalRouting"));
}

#[test]
fn without_the_flag_nobody_reads_who_has_room() {
    let mut stage = parked(until(DUE), NOBODY);
    stage.wake();
    assert_eq!(stage.count("FetchWorker"), 0);
    assert_eq!(last_asked(&stage), None);
}

/// Parks in an account in which a conversation waits for three hours at most.
fn parked_with_expiry(appointment: Appointment, watchers: Watchers) -> Stage {
    let mut stage = Stage::new();
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.options.expires_after_hours = Some(3);
        request.appointment = appointment;
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.let_time_pass(MINUTE_MS);
    stage.watchers = watchers;
    stage
}

#[test]
fn a_conversation_does_not_wait_longer_than_the_owner_allows() {
    for watchers in CLOCKS {
        let mut stage = parked_with_expiry(Appointment::default(), watchers);
        comes_back_at(&mut stage, DUE);
        let invite = stage.invitations().last().unwrap();
        let attributes: serde_json::Value = serde_json::from_str(&invite.attributes).unwrap();
        assert_eq!(attributes["parked"]["cause"], "expiry");
        assert_eq!(attributes["parked"]["until"], serde_json::Value::Null);
    }
}

#[test]
fn an_appointment_comes_before_the_longest_wait() {
    let later = START + 9 * HOUR_MS;
    comes_back_at(&mut parked_with_expiry(until(later), TIMER_ALONE), later);
}

/// The number of the call that writes the invite into the address, in a wake that asks Ada first.
fn call_that_writes_address() -> usize {
    let mut stage = parked_for_same_agent(Appointment::default(), NOBODY).later(0);
    assert_eq!(stage.wake(), Reply::Routed);
    let mut calls = stage.calls.iter();
    let written = calls.position(|(_, call)| call.name() == "UpdateWebhook");
    written.expect("the invite is in the address")
}

/// The wake dies before it writes its invite into the address. The list of invites shows it, or else the open task does.
#[test]
fn the_agent_who_parked_is_asked_once_if_the_address_does_not_say_so() {
    let number = call_that_writes_address();
    for refuses_invites in [false, true] {
        for watchers in [EVENTS_ALONE, TIMER_ALONE, DESKTOP_ALONE, STREAMS_ALONE] {
            // Without the list and without a check in between, nothing at Twilio shows the invite.
            let ends_after = if refuses_invites { 70 } else { 5 } * SECOND_MS;
            if refuses_invites && watchers.events {
                continue;
            }
            let mut stage = parked_for_same_agent(Appointment::default(), NOBODY).later(0);
            stage.twilio.readings.refuses_invites = refuses_invites;
            stage.fault = Some((number, Fault::DiesBefore));
            let by = stage.twilio.customer_writes(stage.now);
            let call = stage.twilio.calls_for(&by).pop().expect("a webhook");
            stage.called(call);
            stage.run();
            assert!(stage.fault_was_hit);
            let guardian = stage.twilio.guardian().expect("a guardian");
            assert_eq!(guardian.last_invite(), None, "the address says so");
            assert!(last_asked(&stage).is_some(), "Ada was asked");

            stage.watchers = watchers;
            stage.now += 20 * SECOND_MS;
            stage.let_time_pass(ends_after);
            stage.end_invite();
            stage.let_time_pass(2 * MINUTE_MS);
            let what = format!("{watchers:?}, refuses_invites: {refuses_invites}");
            assert_eq!(stage.invites(), 2, "{what}");
            assert_eq!(last_asked(&stage), None, "{what}: through the workflow");
            let waiting = stage.invitations().last().unwrap().waiting_since;
            assert!(waiting.is_some(), "{what}: without the customer's time");
        }
    }
}

/// The invite of the parked task is older than the park, and so are those of earlier agents.
#[test]
fn earlier_invites_are_no_reason_not_to_ask_the_agent_who_parked() {
    let mut stage = Stage::new();
    stage.twilio.make_task(START - HOUR_MS);
    let earlier = stage.twilio.invite().map(|(sid, _)| sid.clone()).unwrap();
    stage
        .twilio
        .set_status(&earlier, TaskStatus::Over, START - HOUR_MS);
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.target.last_message_index = last;
        request.options.same_agent_seconds = Some(SAME_AGENT_SECONDS);
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.let_time_pass(MINUTE_MS);
    assert_eq!(stage.wake(), Reply::Routed);
    assert_eq!(last_asked(&stage), Some((worker(ADA), SAME_AGENT_SECONDS)));
}
