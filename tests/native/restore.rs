use park_interaction::protocol::sweep::Cursor;
use park_interaction::protocol::unpark::Cause;
use park_interaction::record::ParkedRecord;
use park_interaction::reply::{Changed, Reply};

use crate::desk::{self, caller, Desk, ADA, BEN, OTHERS};
use crate::stage::{wake, Stage};

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// A stage on which the customer has written, and nobody took the task.
fn declined() -> Stage {
    let mut stage = Stage::parked();
    assert_eq!(wake(&mut stage), Reply::Routed);
    assert!(stage.desk.rows.is_empty());
    stage.desk.decline();
    stage.let_time_pass(60_000);
    stage
}

fn unpark(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

/// What all calls of a sweep together say.
fn sweep_to(cause: &Cause, stage: &mut Stage) -> Vec<(String, String)> {
    let mut cursor = Cursor::default();
    let mut all = Vec::new();
    loop {
        let sweep = stage.sweep(cause.clone(), cursor);
        let Reply::Reconciled { changed, next, .. } = stage.reply(sweep) else {
            panic!("a sweep tells what it did")
        };
        let outcome = |changed: Changed| (changed.conversation_sid.to_string(), changed.outcome);
        all.extend(changed.into_iter().map(outcome));
        match next {
            Some(next) => cursor = serde_json::from_str(&next).unwrap(),
            None => return all,
        }
    }
}

fn sweep(stage: &mut Stage) -> Vec<(String, String)> {
    sweep_to(&Cause::Reconcile, stage)
}

fn of_the_one(outcome: &str) -> Vec<(String, String)> {
    vec![(desk::conversation(1).to_string(), outcome.to_owned())]
}

#[test]
fn the_row_is_back_once_the_task_that_a_message_made_is_canceled() {
    let mut stage = declined();
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Restored);
    let (_, row) = stage.desk.rows.first_key_value().unwrap();
    assert!(row.contains(desk::worker(ADA).as_str()), "{row}");
    assert!(stage.desk.invites.len() == 1, "nobody is asked again");
    assert_eq!(wake(&mut stage), Reply::Routed);
    assert!(stage.desk.rows.is_empty());
}

#[test]
fn a_row_comes_back_for_what_is_left_of_its_day_and_not_after_it() {
    let mut stage = declined();
    stage.let_time_pass(DAY - 3_600_000);
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Restored);
    let ttl = stage.desk.ttls.values().copied().next().unwrap();
    assert!((3_000..3_600).contains(&ttl), "{ttl} s");

    let mut stage = declined();
    stage.let_time_pass(DAY);
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Ignored);
    assert!(stage.desk.rows.is_empty());
}

#[test]
fn a_cancellation_is_of_no_account_while_somebody_is_asked_or_there() {
    let mut stage = Stage::parked();
    wake(&mut stage);
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::AlreadyRouted);
    assert!(stage.desk.rows.is_empty());
    stage.desk.accept(BEN);
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Settled);
    assert!(stage.desk.record().is_none() && stage.desk.rows.is_empty());
}

#[test]
fn a_row_that_never_left_is_left_alone() {
    let mut stage = Stage::parked();
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    stage.desk.decline();
    stage.let_time_pass(60_000);
    let before = stage.desk.rows.clone();
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Ignored);
    assert_eq!(stage.desk.rows, before);
}

#[test]
fn when_the_conversation_is_closed_its_row_goes() {
    let mut stage = Stage::parked();
    stage.desk.closed = true;
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Removed);
    assert!(stage.desk.rows.is_empty());
}

#[test]
fn a_missing_webhook_is_armed_again_and_its_sid_is_where_others_look_for_it() {
    let mut stage = Stage::parked();
    stage.desk.webhooks.clear();
    assert_eq!(sweep(&mut stage), of_the_one("restored"));
    let armed = stage.desk.webhooks[0].sid.clone();
    assert_eq!(stage.desk.record().unwrap().webhook_sid, Some(armed));
    assert!(stage.desk.others_are_untouched());
    assert_eq!(wake(&mut stage), Reply::Routed);
}

#[test]
fn a_message_that_no_webhook_told_of_is_routed_and_only_once() {
    let mut stage = Stage::parked();
    // The Functions were away when it came.
    stage.desk.customer_writes();
    assert_eq!(sweep(&mut stage), of_the_one("routed"));
    assert_eq!(stage.desk.invites.len(), 1);
    assert!(stage.desk.rows.is_empty());

    stage.desk.decline();
    stage.let_time_pass(60_000);
    assert_eq!(sweep(&mut stage), of_the_one("restored"));
    assert_eq!(
        stage.desk.invites.len(),
        1,
        "the same message does not ask again"
    );
    assert_eq!(stage.desk.rows.len(), 1);
    assert!(stage.desk.others_are_untouched());
}

#[test]
fn what_agents_and_systems_wrote_is_no_reason_to_route() {
    let mut stage = Stage::parked();
    stage.desk.writes("ben", Some(desk::member(2)));
    stage.desk.writes("system", None);
    assert_eq!(sweep(&mut stage), []);
    assert!(stage.desk.invites.is_empty());
}

#[test]
fn what_is_as_it_should_be_is_left_as_it_is() {
    let mut stage = Stage::parked();
    let (attributes, rows) = (stage.desk.attributes.clone(), stage.desk.rows.clone());
    assert_eq!(sweep(&mut stage), []);
    assert_eq!((stage.desk.attributes, stage.desk.rows), (attributes, rows));
}

#[test]
fn what_nobody_settled_is_settled() {
    let mut stage = Stage::parked();
    wake(&mut stage);
    stage.desk.accept(BEN);
    stage.let_time_pass(60_000);
    assert_eq!(sweep(&mut stage), of_the_one("settled"));
    assert!(stage.desk.record().is_none() && !stage.desk.is_armed());
}

#[test]
fn a_row_of_what_is_not_parked_any_more_goes() {
    let mut stage = Stage::parked();
    stage.desk.attributes = OTHERS.into();
    stage.desk.webhooks.clear();
    assert_eq!(sweep(&mut stage), of_the_one("removed"));
    assert!(stage.desk.rows.is_empty());
}

#[test]
fn a_row_left_in_the_list_of_somebody_who_parked_before_goes_and_the_other_stays() {
    let mut stage = Stage::parked();
    let ((map, key), row) = stage.desk.rows.first_key_value().unwrap();
    let (own, stray) = (
        map.clone(),
        map.replace(desk::worker(ADA).as_str(), desk::worker(BEN).as_str()),
    );
    let (key, row) = (key.clone(), row.clone());
    stage.desk.maps.insert(stray.clone());
    stage.desk.rows.insert((stray, key.clone()), row);
    assert_eq!(sweep(&mut stage), of_the_one("restored"));
    let left: Vec<_> = stage.desk.rows.keys().cloned().collect();
    assert_eq!(left, [(own, key)]);
}

#[test]
fn a_park_under_way_is_not_disturbed() {
    let mut stage = Stage::new(Desk::new());
    let park = stage.park(true);
    let sweep = stage.sweep(Cause::Reconcile, Cursor::default());
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert!(matches!(stage.reply(sweep), Reply::Reconciled { .. }));
    assert_eq!((stage.desk.rows.len(), stage.desk.webhooks.len()), (1, 1));
    assert!(stage.desk.invites.is_empty());
}

#[test]
fn a_conversation_that_the_template_parked_is_left_as_it_is() {
    let mut stage = Stage::parked();
    let record = stage.desk.record().unwrap();
    let mut attributes =
        park_interaction::attributes::Attributes::parse(&stage.desk.attributes).unwrap();
    attributes.remove(park_interaction::record::OWN_KEY);
    stage.desk.attributes = attributes.text();
    stage.desk.rows.clear();
    stage.desk.customer_writes();
    assert_eq!(sweep(&mut stage), []);
    let template = ParkedRecord {
        parked_at: None,
        expires_at: None,
        heard: None,
        ..record
    };
    assert_eq!(stage.desk.record(), Some(template));
    stage.desk.caller = Some(caller(ADA, &["agent"]));
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
}

#[test]
fn a_release_routes_what_is_parked_and_leaves_the_rest_to_whoever_joins() {
    let mut stage = Stage::parked();
    assert_eq!(sweep_to(&Cause::Release, &mut stage), of_the_one("routed"));
    assert_eq!(sweep_to(&Cause::Release, &mut stage), []);
    assert_eq!(stage.desk.invites.len(), 1);
    assert_eq!(stage.desk.invites[0].worker, None);
    assert!(stage.desk.rows.is_empty() && stage.desk.is_armed());
    stage.desk.accept(BEN);
    stage.desk.caller = Some(caller(BEN, &["agent"]));
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert!(stage.desk.record().is_none() && !stage.desk.is_armed());
}
