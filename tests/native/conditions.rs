//! Conditions: a click on what a list shows changes nothing if the webhook's address says something else.

use memory_twilio::sids::worker;
use memory_twilio::{caller, ADA, BEN, SUE};
use park_interaction::protocol::unpark::{Cause, Change, Conditions, NewTime};
use park_interaction::reply::{Refusal, Reply};
use park_interaction::twilio::time::Millis;

use crate::stage::{refusal, Fault, Stage, FAULTS, NOBODY, START};

const MINUTE_MS: Millis = 60_000;

/// Ada parks; a minute later Sue, a supervisor, looks at her list.
fn parked() -> Stage {
    let mut stage = Stage::new();
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| request.target.last_message_index = last);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    let mut stage = stage.later(MINUTE_MS);
    stage.caller = Some(caller(SUE));
    stage.watchers = NOBODY;
    stage
}

fn of(number: u32) -> Conditions {
    Conditions {
        owner: Some(worker(number)),
        is_given: false,
    }
}

fn given() -> Conditions {
    Conditions {
        owner: None,
        is_given: true,
    }
}

fn to(number: u32) -> Cause {
    Cause::Change(Change::Owner {
        worker: worker(number),
        given_by: Some("Sue Supervisor".into()),
    })
}

/// Every click that may say whose conversation it is about.
fn clicks() -> [Cause; 5] {
    let time = NewTime {
        until: u32::try_from((START + 60 * MINUTE_MS) / 1_000).ok(),
        keep_minutes: None,
        expires_after_hours: None,
    };
    [
        Cause::Resume,
        Cause::Give,
        Cause::End { unread: 0 },
        Cause::Change(Change::Details {
            time: Some(time),
            reason: Some(Some("Order".into())),
        }),
        to(SUE),
    ]
}

fn click(stage: &mut Stage, conditions: Conditions, cause: Cause) -> Reply {
    let operation = stage.unpark_if(conditions, cause);
    stage.reply(operation)
}

/// Returns everything of the conversation that an agent sees, or that has authority.
fn state(stage: &Stage) -> impl PartialEq + std::fmt::Debug {
    let rows: Vec<(String, String)> = stage
        .twilio
        .rows()
        .map(|(map, row)| (map.as_str().to_owned(), row.data.to_string()))
        .collect();
    (
        rows,
        stage.twilio.guardian(),
        stage.twilio.record(),
        stage.invites(),
    )
}

#[test]
fn a_click_on_what_another_agent_has_changes_nothing() {
    for cause in clicks() {
        let mut stage = parked();
        assert_eq!(click(&mut stage, of(ADA), to(BEN)), Reply::Given);
        stage.now += MINUTE_MS;
        let before = state(&stage);
        let reply = click(&mut stage, of(ADA), cause.clone());
        assert_eq!(refusal(reply), Refusal::Moved, "{cause:?}");
        assert_eq!(state(&stage), before, "{cause:?}");
        let reply = click(&mut stage, of(BEN), cause.clone());
        assert!(!matches!(reply, Reply::Refused { .. }), "{cause:?}");
        assert_ne!(state(&stage), before, "{cause:?}");
    }
}

/// Who has no right to the conversation does not learn whose it is.
#[test]
fn the_right_comes_first() {
    for cause in clicks() {
        let mut stage = parked();
        stage.caller = Some(caller(BEN));
        let reply = click(&mut stage, of(BEN), cause);
        assert_eq!(refusal(reply), Refusal::NotAllowed);
    }
}

#[test]
fn of_two_supervisors_at_once_one_is_told_that_it_has_moved() {
    let mut stage = parked();
    let both = [
        stage.unpark_if(of(ADA), to(BEN)),
        stage.unpark_if(of(ADA), to(SUE)),
    ];
    stage.run();
    let replies = both.map(|one| stage.outcomes[&one].reply.clone());
    let owner = stage.twilio.guardian().unwrap().worker;
    for (reply, number) in replies.into_iter().zip([BEN, SUE]) {
        if owner == worker(number) {
            assert_eq!(reply, Reply::Given);
        } else {
            assert_eq!(refusal(reply), Refusal::Moved);
        }
    }
    assert_ne!(owner, worker(ADA));
    assert_eq!(stage.twilio.record().unwrap().worker_sid, Some(owner));
}

/// The plugin sends a request again if its answer was lost.
#[test]
fn the_same_gift_may_come_twice() {
    let mut stage = parked();
    for _ in 0..2 {
        assert_eq!(click(&mut stage, of(ADA), to(BEN)), Reply::Given);
        stage.now += 1_000;
    }
    let history = stage.twilio.record().unwrap().history;
    assert_eq!(history.len(), 2, "parked, given: {history:?}");
    assert_eq!(stage.twilio.rows().count(), 1);
    // It was never Sue's, so she did not give it.
    let reply = click(&mut stage, of(SUE), to(BEN));
    assert_eq!(refusal(reply), Refusal::Moved);
}

/// Wherever the first try fails, the same request finishes the rest.
#[test]
fn a_gift_that_failed_on_its_way_is_finished_by_the_same_request() {
    for fault in FAULTS {
        for call in 0.. {
            let mut stage = parked();
            stage.fault = Some((call, fault));
            let first = stage.unpark_if(of(ADA), to(BEN));
            stage.run();
            let what = format!("{fault:?} at call {call}");
            if !stage.fault_was_hit {
                assert!(call > 10, "{what}");
                break;
            }
            let is_over = stage.outcomes.contains_key(&first);
            assert!(
                is_over || matches!(fault, Fault::DiesBefore | Fault::DiesAfter),
                "{what}"
            );
            stage.fault = None;
            stage.down = None;
            stage.now += MINUTE_MS;
            let reply = click(&mut stage, of(ADA), to(BEN));
            assert_eq!(reply, Reply::Given, "{what}");
            let record = stage.twilio.record().unwrap();
            assert_eq!(record.worker_sid, Some(worker(BEN)), "{what}");
        }
    }
}

/// Any agent's browser can write a row that says so into the list of a supervisor.
#[test]
fn what_was_not_given_to_the_caller_does_not_come_without_a_click() {
    let mut stage = parked();
    for number in [SUE, ADA] {
        stage.caller = Some(caller(number));
        let before = state(&stage);
        let reply = click(&mut stage, given(), Cause::Resume);
        assert_eq!(refusal(reply), Refusal::NotAllowed, "{number}");
        assert_eq!(state(&stage), before, "{number}");
    }
    stage.caller = Some(caller(SUE));
    assert_eq!(click(&mut stage, of(ADA), to(BEN)), Reply::Given);
    let reply = click(&mut stage, given(), Cause::Resume);
    assert_eq!(refusal(reply), Refusal::NotAllowed, "given to Ben");
    stage.caller = Some(caller(BEN));
    assert_eq!(click(&mut stage, given(), Cause::Resume), Reply::Routed);
    let invite = stage.invitations().next().unwrap();
    assert_eq!(invite.worker.as_ref().unwrap().worker, worker(BEN));
}
