//! Rows without texts about people, for owners who want these out of Sync.

use memory_twilio::sids::worker;
use memory_twilio::{caller, ADA, BEN, CUSTOMER, SUE};
use park_interaction::protocol::unpark::{Cause, Change};
use park_interaction::reply::Reply;
use park_interaction::sync_name::MapName;

use crate::stage::Stage;

/// The text of every row.
fn rows(stage: &Stage) -> Vec<String> {
    let rows = stage.twilio.rows();
    rows.map(|(_, row)| row.data.to_string()).collect()
}

/// Checks that there is one row, whether it holds texts about people, and that the reason is there in any case.
fn check(stage: &Stage, bare: bool, after: &str) {
    let rows = rows(stage);
    let [row] = rows.as_slice() else {
        panic!("{after}: {rows:?}")
    };
    for text in [CUSTOMER, "parcel", "secret"] {
        assert_eq!(row.contains(text), !bare, "{after}: {text} in {row}");
    }
    assert!(row.contains("Order"), "{after}: {row}");
    let channel = r#"{\"channelType\":\"web\"}"#;
    assert_eq!(row.contains(channel), bare, "{after}: {row}");
}

fn stays(bare: bool) {
    let mut stage = Stage::new();
    let last = stage.twilio.last_index();
    let park = stage.park_with(|request| {
        request.options.bare_rows = bare;
        request.options.expires_after_hours = Some(24);
        request.target.last_message_index = last;
        request.target.last_line = Some("secret line".into());
        request.appointment.note = Some("secret note".into());
        request.appointment.agent_name = Some("secret name".into());
        request.appointment.reason = Some("Order".into());
    });
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    check(&stage, bare, "the park");

    // Other code deletes the row; the owner's check puts it back.
    let mut stage = stage.later(60_000);
    stage.twilio.items.remove(&MapName::list_of(&worker(ADA)));
    let restored = stage.unpark(Cause::Reconcile);
    assert_eq!(stage.reply(restored), Reply::Restored);
    check(&stage, bare, "the check");

    let mut stage = stage.later(60_000);
    let kept = stage.unpark(Cause::Change(Change::LongestWait { hours: 72 }));
    assert_eq!(stage.reply(kept), Reply::Extended);
    check(&stage, bare, "the change");

    let mut stage = stage.later(60_000);
    stage.caller = Some(caller(SUE));
    let given = stage.unpark(Cause::Change(Change::Owner {
        worker: worker(BEN),
        given_by: Some("secret giver".into()),
    }));
    assert_eq!(stage.reply(given), Reply::Given);
    check(&stage, bare, "the gift");
    assert_eq!(rows(&stage)[0].contains("secret giver"), !bare);

    // The invite of the wake ends without an agent, and the next one waits.
    let mut stage = stage.later(60_000);
    assert_eq!(stage.wake(), Reply::Routed);
    stage.end_invite();
    stage.let_time_pass(1_000);
    for row in rows(&stage) {
        assert_eq!(row.contains("secret"), !bare, "the end of an invite: {row}");
    }
}

#[test]
fn a_bare_row_stays_bare() {
    stays(true);
}

#[test]
fn any_other_row_has_its_texts() {
    stays(false);
}
