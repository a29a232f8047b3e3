//! Restoring, reconciling, releasing.

use memory_twilio::sids::{conversation, member, worker};
use memory_twilio::{caller, MemoryItem, ADA, BEN, OTHERS, WAKE_URL};
use park_interaction::attributes::Attributes;
use park_interaction::protocol::sweep::Cursor;
use park_interaction::protocol::unpark::Cause;
use park_interaction::record::OWN_KEY;
use park_interaction::reply::{Changed, Reply};
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::Target;

use crate::stage::{Stage, ELSEWHERE, NOBODY};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Returns a stage on which Ada has resumed and let the offer pass, and nobody has written.
fn passed() -> Stage {
    let mut stage = Stage::parked();
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    stage.twilio.end_invite(stage.now);
    stage.now += 60_000;
    stage
}

fn unpark(stage: &mut Stage, cause: Cause) -> Reply {
    let operation = stage.unpark(cause);
    stage.reply(operation)
}

/// Sweeps until nothing is left. Returns all changes.
fn sweep_to(cause: &Cause, stage: &mut Stage) -> Vec<(String, String)> {
    let mut cursor = Cursor::default();
    let mut all = Vec::new();
    loop {
        let sweep = stage.sweep(cause.clone(), cursor);
        let Reply::Reconciled { changed, next, .. } = stage.reply(sweep) else {
            panic!("a sweep answers what it did")
        };
        let outcome = |changed: Changed| {
            (
                changed.conversation_sid.to_string(),
                changed.outcome.to_string(),
            )
        };
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
    vec![(conversation(1).to_string(), outcome.to_owned())]
}

fn rows(stage: &Stage) -> Vec<(MapName, MemoryItem)> {
    let rows = stage.twilio.rows();
    rows.map(|(map, row)| (map.clone(), row.clone())).collect()
}

/// Its time to live counts from the park.
#[test]
fn a_lost_row_comes_back_within_its_day() {
    let mut stage = passed();
    stage.twilio.items.clear();
    stage.now += DAY_MS - 3_600_000;
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Restored);
    let ttl = rows(&stage)[0].1.ttl_seconds;
    assert!((3_000..3_600).contains(&ttl), "{ttl} s");
    assert!(rows(&stage)[0].1.data.contains(worker(ADA).as_str()));

    let mut stage = passed();
    stage.twilio.items.clear();
    stage.now += DAY_MS;
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Ignored);
    assert!(rows(&stage).is_empty());
}

/// The same while somebody is asked.
#[test]
fn a_tasks_end_changes_nothing_while_somebody_is_there() {
    let mut stage = Stage::parked();
    stage.wake();
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::AlreadyRouted);
    assert!(rows(&stage).is_empty());
    stage.twilio.accept(BEN, stage.now);
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Settled);
    assert!(stage.twilio.record().is_none() && rows(&stage).is_empty());
}

#[test]
fn a_row_that_never_left_is_left_alone() {
    let mut stage = passed();
    let before = rows(&stage);
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Ignored);
    assert_eq!(rows(&stage), before);
    assert_eq!(stage.invites(), 1, "nobody wrote, so nobody is asked");
}

#[test]
fn when_the_conversation_is_closed_its_row_goes() {
    let mut stage = Stage::parked();
    stage.twilio.close_conversation(stage.now);
    assert_eq!(unpark(&mut stage, Cause::Restore), Reply::Removed);
    assert!(rows(&stage).is_empty());
}

/// `TaskRouter`'s log of the parked task shows the place of the conversation.
#[test]
fn a_missing_webhook_is_armed_again() {
    let mut stage = Stage::parked();
    stage.twilio.webhooks.clear();
    assert_eq!(sweep(&mut stage), of_the_one("restored"));
    let armed = stage.twilio.webhooks[0].armed.sid.clone();
    assert_eq!(stage.twilio.record().unwrap().webhook_sid, Some(armed));
    assert!(stage.twilio.others_are_untouched());
    assert_eq!(stage.wake(), Reply::Routed);
}

/// Nothing of Twilio's shows where it is parked.
#[test]
fn an_unverified_park_is_left_alone() {
    let mut stage = Stage::parked();
    stage.twilio.webhooks.clear();
    stage.twilio.events.clear();
    let attributes = stage.twilio.attributes.clone();
    assert!(sweep(&mut stage).contains(&of_the_one("notParked")[0]));
    assert_eq!(stage.twilio.attributes, attributes);
    assert!(stage.twilio.webhooks.is_empty());
}

/// No webhook has delivered it; reconciling finds it.
#[test]
fn a_missed_message_is_routed() {
    let mut stage = Stage::parked();
    // The Functions could not be reached when it came.
    stage.twilio.customer_writes(stage.now);
    assert_eq!(sweep(&mut stage), of_the_one("routed"));
    assert!(rows(&stage).is_empty());

    stage.watchers.events = false;
    stage.now += 70_000;
    stage.end_invite();
    assert_eq!(sweep(&mut stage), of_the_one("routed"));
    assert_eq!(stage.invites(), 2);
    assert_eq!(sweep(&mut stage), [], "somebody is asked");
    assert!(stage.twilio.others_are_untouched());
}

#[test]
fn what_agents_and_systems_wrote_is_no_reason_to_route() {
    let mut stage = Stage::parked();
    stage.twilio.write("ben", Some(member(BEN)), stage.now);
    stage.twilio.write("system", None, stage.now);
    assert_eq!(sweep(&mut stage), []);
    assert_eq!(stage.invites(), 0);
}

#[test]
fn what_is_as_it_should_be_is_left_as_it_is() {
    let mut stage = Stage::parked();
    let (attributes, before) = (stage.twilio.attributes.clone(), rows(&stage));
    assert_eq!(sweep(&mut stage), []);
    assert_eq!(
        (&stage.twilio.attributes, rows(&stage)),
        (&attributes, before)
    );
}

#[test]
fn what_nobody_settled_is_settled() {
    let mut stage = Stage::parked();
    stage.wake();
    stage.twilio.accept(BEN, stage.now);
    stage.now += 60_000;
    assert_eq!(sweep(&mut stage), of_the_one("settled"));
    assert!(stage.twilio.record().is_none() && !stage.twilio.is_armed());
}

#[test]
fn a_row_of_what_is_not_parked_any_more_goes() {
    let mut stage = Stage::parked();
    stage.twilio.attributes = OTHERS.into();
    stage.twilio.webhooks.clear();
    assert_eq!(sweep(&mut stage), of_the_one("removed"));
    assert!(rows(&stage).is_empty());
}

/// The row of the agent who parked last stays.
#[test]
fn a_row_of_a_former_parker_goes() {
    let mut stage = Stage::new();
    stage.twilio.accept(BEN, stage.now);
    let mut stage = Stage::parked();
    let own = rows(&stage);
    let stray = MapName::list_of(&worker(BEN));
    let park_of_ben = park_interaction::twilio::calls::PutItem::new(
        park_interaction::twilio::calls::Item {
            map: stray,
            key: conversation(1),
            data: "{}".into(),
            ttl_seconds: 0,
        },
        park_interaction::twilio::calls::WhenTaken::Replace,
    );
    put(&mut stage, park_of_ben);
    assert_eq!(rows(&stage).len(), 2);
    assert_eq!(sweep(&mut stage), of_the_one("restored"));
    assert_eq!(rows(&stage), own);
}

/// Puts an item into a map, and makes the map if it is not there.
fn put(stage: &mut Stage, call: park_interaction::twilio::calls::PutItem) {
    use park_interaction::twilio::Call;
    use park_interaction::twilio::Twilio;
    let mut call = Some(call);
    while let Some(next) = call {
        let result = stage.twilio.put_item(&next);
        call = next.next(&result);
    }
}

#[test]
fn a_park_under_way_is_not_disturbed() {
    let mut stage = Stage::new();
    let park = stage.park(true);
    let sweep = stage.sweep(Cause::Reconcile, Cursor::default());
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert!(matches!(stage.reply(sweep), Reply::Reconciled { .. }));
    assert_eq!((rows(&stage).len(), stage.twilio.webhooks.len()), (1, 1));
    assert_eq!(stage.invites(), 0);
}

#[test]
fn the_templates_parks_can_be_resumed() {
    let mut stage = Stage::parked();
    let mut attributes = Attributes::parse(&stage.twilio.attributes).unwrap();
    attributes.remove(OWN_KEY);
    stage.twilio.attributes = attributes.text().into();
    stage.twilio.webhooks[0].armed.target = Some(park_interaction::twilio::calls::Target::Url(
        memory_twilio::WAKE_URL.into(),
    ));
    stage.caller = Some(caller(BEN));
    let refused = unpark(&mut stage, Cause::Resume);
    assert!(matches!(refused, Reply::Refused { .. }), "{refused:?}");
    stage.caller = Some(caller(ADA));
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
}

/// The agent who joins settles the rest.
#[test]
fn a_release_routes_what_is_parked() {
    let mut stage = Stage::parked();
    assert_eq!(sweep_to(&Cause::Release, &mut stage), of_the_one("routed"));
    assert_eq!(sweep_to(&Cause::Release, &mut stage), []);
    assert_eq!(stage.invites(), 1);
    assert_eq!(stage.invitations().next().unwrap().worker, None);
    assert!(rows(&stage).is_empty() && stage.twilio.is_armed());
    stage.twilio.accept(BEN, stage.now);
    stage.caller = Some(caller(BEN));
    assert_eq!(unpark(&mut stage, Cause::Settle), Reply::Settled);
    assert!(stage.twilio.record().is_none() && !stage.twilio.is_armed());
}

/// Returns a stage on which Ada has parked a minute ago with the Functions at `wake_url`, which run the next operations too.
fn parked_at(wake_url: &'static str) -> Stage {
    let mut stage = Stage::new();
    stage.wake_url = wake_url;
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    let mut stage = stage.later(60_000);
    stage.watchers = NOBODY;
    stage.wake_url = wake_url;
    stage
}

#[track_caller]
fn is_armed_at(wake_url: &str, stage: &Stage) {
    let webhooks = stage.twilio.webhooks.iter();
    let targets: Vec<_> = webhooks.map(|one| &one.armed.target).collect();
    assert!(
        matches!(targets[..], [Some(Target::Url(url))] if url.starts_with(wake_url)),
        "{targets:?}"
    );
}

/// TaskRouter's one callback reaches the Functions that Flex calls. The conversation moves to them, and the message is routed once.
#[test]
fn the_end_of_an_invite_moves_what_another_environment_has_parked() {
    let mut stage = parked_at(ELSEWHERE);
    assert_eq!(stage.wake(), Reply::Routed);
    stage.now += 70_000;
    stage.twilio.end_invite(stage.now);
    stage.wake_url = WAKE_URL;
    let restore = stage.unpark(Cause::Restore);
    assert_eq!(stage.reply(restore), Reply::Routed);
    assert_eq!(stage.invites(), 2);
    is_armed_at(WAKE_URL, &stage);
    // Also if Twilio refuses the list of invites, the next message asks nobody else.
    stage.twilio.readings.refuses_invites = true;
    assert_eq!(stage.wake(), Reply::AlreadyRouted);
    assert_eq!(stage.invites(), 2);
}

/// The webhook is what an outage or another environment leaves behind. The row stays away while somebody is asked.
#[test]
fn reconcile_arms_and_moves_what_an_agent_is_asked_for() {
    for cause in [Cause::Reconcile, Cause::Release] {
        for is_elsewhere in [true, false] {
            let mut stage = parked_at(if is_elsewhere { ELSEWHERE } else { WAKE_URL });
            assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
            // A resume keeps its row until the agent has joined.
            stage.twilio.items.clear();
            stage.now += 60_000;
            stage.wake_url = WAKE_URL;
            if !is_elsewhere {
                stage.twilio.webhooks.clear();
            }
            assert_eq!(sweep_to(&cause, &mut stage), of_the_one("restored"));
            assert_eq!(sweep_to(&cause, &mut stage), []);
            is_armed_at(WAKE_URL, &stage);
            assert!(rows(&stage).is_empty());
            // Whoever joins or lets it pass finds a conversation that wakes here.
            assert_eq!(stage.wake(), Reply::AlreadyRouted);
            assert_eq!(stage.invites(), 1);
            stage.twilio.accept(BEN, stage.now);
            assert_eq!(sweep_to(&cause, &mut stage), of_the_one("settled"));
            assert!(stage.twilio.webhooks.is_empty() && stage.twilio.record().is_none());
        }
    }
}

/// A refused change is no success.
#[test]
fn a_webhook_that_cannot_be_moved_is_named() {
    let mut stage = parked_at(ELSEWHERE);
    assert_eq!(unpark(&mut stage, Cause::Resume), Reply::Routed);
    let mut stage = stage.later(60_000);
    stage.watchers = NOBODY;
    stage.throttled = Some("UpdateWebhook");
    assert!(sweep(&mut stage).contains(&of_the_one("twilioUnavailable")[0]));
}
