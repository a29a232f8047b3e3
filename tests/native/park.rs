use park_interaction::protocol::call::{ArmedWebhook, Target};
use park_interaction::protocol::Call;
use park_interaction::reply::{Refusal, Reply};

use crate::desk::{self, caller, Desk, ADA, BEN, OTHERS};
use crate::stage::Stage;

fn refusal(reply: Reply) -> Refusal {
    match reply {
        Reply::Refused { refusal, .. } => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn parking_frees_the_agent_and_arms_the_webhook_in_three_rounds_after_the_token() {
    let mut desk = Desk::new();
    // The agent's first park ever makes their map too.
    desk.maps
        .insert(format!("ParkedInteractions_{}", desk::worker(ADA)));
    let mut stage = Stage::new(desk);
    let started = stage.now;
    let park = stage.park(true);
    let reply = stage.reply(park);
    assert!(
        matches!(
            reply,
            Reply::Parked {
                webhook_sid: Some(_)
            }
        ),
        "{reply:?}"
    );
    assert_eq!(stage.now - started, 400, "token, claim, save, leave");
    assert_eq!(stage.desk.agents(), 0);
    assert!(stage.desk.is_armed());
    let record = stage.desk.record().expect("a record");
    assert_eq!(record.worker_sid, desk::worker(ADA));
    assert!(record.webhook_sid.is_some() && record.map_sid.is_some());
    let row = stage.desk.rows.values().next().expect("a row");
    assert!(row.contains(record.webhook_sid.unwrap().as_str()), "{row}");
}

#[test]
fn without_the_list_nothing_is_written_to_sync_but_the_claim() {
    let mut stage = Stage::new(Desk::new());
    let park = stage.park(false);
    stage.reply(park);
    assert!(stage.desk.rows.is_empty());
    assert!(stage.desk.maps.is_empty());
    assert_eq!(stage.desk.record().unwrap().map_item_key, None);
}

#[test]
fn nothing_is_changed_before_the_token_is_known_to_be_valid() {
    let mut desk = Desk::new();
    desk.caller = None;
    let mut stage = Stage::new(desk);
    let park = stage.park(true);
    assert_eq!(refusal(stage.reply(park)), Refusal::InvalidToken);
    assert_eq!(stage.desk.attributes, OTHERS);
    assert!(stage.desk.claim.is_missing() && stage.desk.webhooks.is_empty());
}

#[test]
fn somebody_who_is_not_in_the_conversation_cannot_park_it() {
    let mut desk = Desk::new();
    desk.caller = Some(caller(BEN, &["agent", "admin"]));
    let mut stage = Stage::new(desk);
    let park = stage.park(true);
    assert_eq!(refusal(stage.reply(park)), Refusal::NotAllowed);
    assert_eq!(stage.desk.agents(), 1);
    assert_eq!(stage.desk.attributes, OTHERS);
}

#[test]
fn two_agents_a_second_task_a_closed_conversation_and_too_many_webhooks_are_refused() {
    let check = |change: fn(&mut Desk), expected: Refusal| {
        let mut desk = Desk::new();
        change(&mut desk);
        let mut stage = Stage::new(desk);
        let park = stage.park(true);
        assert_eq!(refusal(stage.reply(park)), expected);
        assert!(stage.desk.record().is_none());
        assert!(stage.desk.agents() >= 1);
    };
    check(|desk| desk.join(BEN), Refusal::SeveralAgents);
    check(
        |desk| desk.make_task(1_790_000_000_000),
        Refusal::SeveralAgents,
    );
    check(|desk| desk.closed = true, Refusal::ConversationClosed);
    check(
        |desk| {
            for number in 0..5 {
                desk.webhooks.push(ArmedWebhook {
                    sid: desk::webhook(number),
                    target: Some(Target::Url("https://example.com/theirs".into())),
                });
            }
        },
        Refusal::TooManyWebhooks,
    );
    check(
        |desk| desk.task_attributes = r#"{"conversationSid":"another"}"#.into(),
        Refusal::NotParkable,
    );
    check(
        |desk| desk.attributes = format!(r#"{{"a":"{}"}}"#, "x".repeat(16_300)),
        Refusal::TooLarge,
    );
}

#[test]
fn the_same_click_twice_at_once_parks_once() {
    let mut stage = Stage::new(Desk::new());
    let first = stage.park(true);
    let second = stage.park(true);
    stage.run();
    for click in [first, second] {
        let reply = stage.outcomes[&click].reply.clone();
        assert!(matches!(reply, Reply::Parked { .. }), "{reply:?}");
    }
    let armed = stage
        .calls
        .iter()
        .filter(|(_, call)| matches!(call, Call::CreateWebhook(_)))
        .count();
    assert_eq!(armed, 1);
    assert_eq!(stage.desk.webhooks.len(), 1);
}

#[test]
fn a_park_asks_for_a_few_tasks_only_however_often_the_conversation_was_parked() {
    let parked_often = || {
        let mut desk = Desk::new();
        for time in 0..40 {
            desk.make_task(1_789_999_100_000 + time * 10_000);
        }
        desk.open_tasks.truncate(1);
        desk
    };
    let mut stage = Stage::new(parked_often());
    let park = stage.park(true);
    let reply = stage.reply(park);
    assert!(matches!(reply, Reply::Parked { .. }), "{reply:?}");
    let asked = stage.calls.iter();
    let asked = asked.filter(|(_, call)| matches!(call, Call::FetchTask(_)));
    assert_eq!(asked.count(), 6, "the agent's own and five of invites");

    let mut desk = parked_often();
    desk.make_task(1_790_000_000_000);
    let mut stage = Stage::new(desk);
    let park = stage.park(true);
    let refused = stage.reply(park);
    assert!(
        matches!(
            refused,
            Reply::Refused {
                refusal: Refusal::SeveralAgents,
                ..
            }
        ),
        "{refused:?}"
    );
}

#[test]
fn a_message_at_any_moment_of_a_park_wakes_the_conversation_once() {
    for (at, replays) in (0..800)
        .step_by(10)
        .flat_map(|at| [(at, true), (at, false)])
    {
        let mut stage = Stage::new(Desk::new());
        stage.replays = replays;
        let park = stage.park(true);
        stage.customer_writes_in(at);
        stage.run();
        let reply = stage.outcomes[&park].reply.clone();
        assert!(matches!(reply, Reply::Parked { .. }), "{at} ms: {reply:?}");
        assert_eq!(stage.desk.agents(), 0, "{at} ms");
        assert_eq!(
            stage.desk.invites.len(),
            1,
            "written {at} ms after the click"
        );
    }
}

#[test]
fn a_taken_row_is_replaced_and_a_missing_map_is_made() {
    let mut desk = Desk::new();
    let place = (
        format!("ParkedInteractions_{}", desk::worker(ADA)),
        desk::conversation(1).to_string(),
    );
    desk.maps.insert(place.0.clone());
    desk.rows.insert(place.clone(), "stale".into());
    let mut stage = Stage::new(desk);
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    assert!(stage.desk.rows[&place].contains("webhookSid"));
}
