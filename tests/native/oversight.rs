//! The right of a supervisor to act on other agents' conversations, with the flag `supervisors_see`.

use memory_twilio::sids::worker;
use memory_twilio::{caller, ADA, BEN, SUE};
use park_interaction::protocol::unpark::{Cause, Change};
use park_interaction::reply::{Refusal, Reply, Sees};
use park_interaction::twilio::calls::Caller;
use park_interaction::twilio::AnyCall;

use crate::stage::{refusal, Stage};

/// The clicks on a parked conversation.
fn clicks() -> [Cause; 4] {
    [
        Cause::Resume,
        Cause::Give,
        Cause::End { unread: 0 },
        Cause::Change(Change::LongestWait { hours: 72 }),
    ]
}

/// A stage on which Ada has parked a minute ago and Sue clicks. They have these teams, and the owner limits supervisors to their teams.
fn limited(ada: Option<&str>, sue: Option<&str>) -> Stage {
    let mut stage = Stage::new();
    stage.parks();
    for (number, team) in [(ADA, ada), (SUE, sue)] {
        if let Some(team) = team {
            stage.twilio.teams.insert(worker(number), team.into());
        }
    }
    stage.twilio.supervisors_see = Sees::Team;
    stage.later(60_000).by(SUE)
}

/// A stage on which Ada or Sue has parked.
fn parked_by(number: u32) -> Stage {
    let mut stage = Stage::new();
    if number != ADA {
        // Ada's conversation comes to another agent.
        let first = stage.park(true);
        assert!(matches!(stage.reply(first), Reply::Parked { .. }));
        stage = stage.later(60_000);
        assert_eq!(stage.click(Cause::Give), Reply::Routed);
        stage.twilio.accept(number, stage.now);
        stage = stage.later(60_000).by(number);
        assert_eq!(stage.click(Cause::Settle), Reply::Settled);
    }
    stage.parks();
    stage.later(60_000).by(number)
}

impl Stage {
    /// Parks with a longest wait, as the caller.
    fn parks(&mut self) {
        let last = self.twilio.last_index();
        let park = self.park_with(|request| {
            request.target.last_message_index = last;
            request.options.expires_after_hours = Some(24);
        });
        assert!(matches!(self.reply(park), Reply::Parked { .. }));
    }

    fn by(mut self, number: u32) -> Self {
        self.caller = Some(caller(number));
        self
    }

    fn click(&mut self, cause: Cause) -> Reply {
        let operation = self.unpark(cause);
        self.reply(operation)
    }
}

fn is_done(reply: &Reply) -> bool {
    matches!(reply, Reply::Routed | Reply::Ended | Reply::Extended)
}

/// Checks that a click is refused and has changed nothing.
fn is_refused(mut stage: Stage, cause: &Cause, expected: &Refusal) {
    let before = stage.twilio.clone();
    assert_eq!(refusal(stage.click(cause.clone())), *expected, "{cause:?}");
    let after = &stage.twilio;
    assert_eq!(after.closed, before.closed);
    assert_eq!(after.attributes, before.attributes);
    assert_eq!(after.webhooks, before.webhooks);
    assert_eq!(after.tasks, before.tasks);
    assert_eq!(after.items, before.items);
}

#[test]
fn a_supervisor_acts_in_their_own_team() {
    for cause in clicks() {
        let mut stage = limited(Some("one"), Some("one"));
        let reply = stage.click(cause.clone());
        assert!(is_done(&reply), "{cause:?}: {reply:?}");
    }
}

#[test]
fn a_supervisor_does_nothing_in_another_team() {
    for (ada, sue) in [
        (Some("one"), Some("two")),
        (Some("one"), None),
        (None, Some("one")),
        (None, None),
    ] {
        for cause in clicks() {
            is_refused(limited(ada, sue), &cause, &Refusal::NotAllowed);
        }
    }
}

/// Every agent's browser can write the record and the row, so that another parker in them gives no right.
#[test]
fn a_forged_record_gives_no_right() {
    for cause in clicks() {
        let mut stage = limited(Some("one"), Some("two"));
        stage.twilio.teams.insert(worker(BEN), "two".into());
        stage.write_into_record(BEN);
        is_refused(stage, &cause, &Refusal::NotAllowed);
    }
}

#[test]
fn what_cannot_be_read_gives_no_right() {
    for cause in clicks() {
        for down in ["FetchFlexConfiguration", "FetchWorker"] {
            let mut stage = limited(Some("one"), Some("one"));
            stage.down = Some(down);
            is_refused(stage, &cause, &Refusal::TwilioUnavailable);
        }
        let mut gone = limited(Some("one"), Some("one"));
        gone.missing = Some("FetchWorker");
        is_refused(gone, &cause, &Refusal::NotAllowed);
    }
}

#[test]
fn their_own_conversations_need_no_flag() {
    for number in [ADA, SUE] {
        for cause in clicks() {
            let mut stage = parked_by(number);
            stage.down = Some("FetchFlexConfiguration");
            let reply = stage.click(cause.clone());
            assert!(is_done(&reply), "{cause:?}: {reply:?}");
            assert_eq!(stage.count("FetchFlexConfiguration"), 0);
        }
    }
}

#[test]
fn an_admin_acts_on_all_without_the_flag() {
    for cause in clicks() {
        let mut stage = limited(Some("one"), Some("two"));
        stage.down = Some("FetchFlexConfiguration");
        stage.caller = Some(Caller {
            roles: vec!["supervisor".into(), "admin".into()],
            ..caller(SUE)
        });
        let reply = stage.click(cause.clone());
        assert!(is_done(&reply), "{cause:?}: {reply:?}");
    }
}

/// A container that knows the flag asks for nothing more, and answers as soon as for the agent who parked.
#[test]
fn a_supervisor_who_sees_all_waits_for_nothing() {
    let run = |number| {
        let mut stage = limited(None, None);
        stage.twilio.supervisors_see = Sees::All;
        stage.known_sees = Some(Sees::All);
        stage.caller = Some(caller(number));
        let began = stage.now;
        let reply = stage.click(Cause::Give);
        assert_eq!(reply, Reply::Routed);
        let calls: Vec<&'static str> = stage.calls.iter().map(|(_, call)| call.name()).collect();
        (calls.len(), stage.ended.values().max().unwrap() - began)
    };
    assert_eq!(run(SUE), run(ADA));
}

/// Gives Ada's conversation to Ben.
fn to_ben() -> Cause {
    Cause::Change(Change::Owner {
        worker: worker(BEN),
        given_by: None,
    })
}

#[test]
fn a_conversation_stays_in_the_team_of_who_gives_it() {
    for (ben, given) in [("one", true), ("two", false)] {
        let mut stage = limited(Some("one"), Some("one"));
        stage.twilio.teams.insert(worker(BEN), ben.into());
        if given {
            assert_eq!(stage.click(to_ben()), Reply::Given);
        } else {
            is_refused(stage, &to_ben(), &Refusal::NotAllowed);
        }
    }
    // Both have to be in the team: whose it is, and who gets it.
    let mut stage = limited(Some("two"), Some("one"));
    stage.twilio.teams.insert(worker(BEN), "one".into());
    is_refused(stage, &to_ben(), &Refusal::NotAllowed);
}

#[test]
fn a_recipient_who_cannot_be_read_gets_nothing() {
    let mut down = limited(Some("one"), Some("one"));
    down.down = Some("FetchWorker");
    is_refused(down, &to_ben(), &Refusal::TwilioUnavailable);
    let unknown = Cause::Change(Change::Owner {
        worker: worker(99),
        given_by: None,
    });
    let field = "workerSid".into();
    let stage = limited(Some("one"), Some("one"));
    is_refused(stage, &unknown, &Refusal::BadRequest { field });
}

/// Neither the flag nor the teams are read one after the other if the flag is known, and the caller of a resume is read once.
#[test]
fn the_teams_are_read_beside_the_rest() {
    let run = |sees| {
        let mut stage = limited(Some("one"), Some("one"));
        stage.known_sees = Some(sees);
        let began = stage.now;
        assert_eq!(stage.click(Cause::Resume), Reply::Routed);
        let read = |number| {
            let is_read = |call: &&(usize, AnyCall)| matches!(&call.1, AnyCall::FetchWorker(one) if one.0 == worker(number));
            stage.calls.iter().filter(is_read).count()
        };
        (
            (read(SUE), read(ADA)),
            stage.ended.values().max().unwrap() - began,
        )
    };
    let (all, all_ms) = run(Sees::All);
    let (team, team_ms) = run(Sees::Team);
    assert_eq!((all, team), ((1, 0), (1, 1)));
    assert_eq!(team_ms, all_ms);
}
