//! A supervisor's questions: which agents they may see, and how much room these have.

use memory_twilio::sids::worker;
use memory_twilio::{caller, ADA, BEN, SUE};
use park_interaction::protocol::team::Question;
use park_interaction::reply::{AgentRoom, Refusal, Reply, Sees, TeamAgent};
use park_interaction::sid::WorkerSid;
use park_interaction::twilio::calls::Caller;

use crate::stage::Stage;

/// A stage on which Sue asks, who is in a team with Ada, and not with Ben.
fn stage() -> Stage {
    let mut stage = Stage::new();
    for (number, team) in [(ADA, "one"), (BEN, "two"), (SUE, "one")] {
        stage.twilio.teams.insert(worker(number), team.into());
    }
    stage.twilio.away.insert(worker(BEN));
    stage.twilio.full.insert(worker(ADA));
    stage.caller = Some(caller(SUE));
    stage
}

fn admin() -> Caller {
    Caller {
        roles: vec!["admin".into()],
        ..caller(SUE)
    }
}

fn answer(stage: &mut Stage, question: Question) -> Reply {
    let operation = stage.ask(question);
    stage.reply(operation)
}

fn agents(stage: &mut Stage) -> (Sees, Vec<TeamAgent>) {
    match answer(stage, Question::Agents(None)) {
        Reply::Team { sees, agents, next } => {
            assert_eq!(next, None);
            (sees, agents)
        }
        reply => panic!("no agents: {reply:?}"),
    }
}

fn names(agents: &[TeamAgent]) -> Vec<(&str, bool)> {
    let shown = agents.iter().map(|one| (one.name.as_str(), one.is_mine));
    shown.collect()
}

fn rooms(stage: &mut Stage, of: &[u32]) -> Vec<AgentRoom> {
    let agents: Vec<WorkerSid> = of.iter().copied().map(worker).collect();
    match answer(stage, Question::Room(agents)) {
        Reply::Room { rooms } => rooms,
        reply => panic!("no rooms: {reply:?}"),
    }
}

fn refusal(reply: Reply) -> Refusal {
    match reply {
        Reply::Refused { refusal, .. } => refusal,
        reply => panic!("not refused: {reply:?}"),
    }
}

#[test]
fn a_supervisor_sees_all_agents_and_which_are_their_own() {
    let mut stage = stage();
    let (sees, agents) = agents(&mut stage);
    assert_eq!(sees, Sees::All);
    assert_eq!(
        names(&agents),
        [("Ada", true), ("Ben", false), ("Sue", true)]
    );
    let ben = TeamAgent {
        worker_sid: worker(BEN),
        name: "Ben".into(),
        team: "two".into(),
        is_mine: false,
        activity: "Offline".into(),
        is_available: false,
    };
    assert_eq!(agents[1], ben);
}

#[test]
fn a_supervisor_who_sees_a_team_gets_no_other_agent() {
    let mut stage = stage();
    stage.twilio.supervisors_see = Sees::Team;
    let (sees, agents) = agents(&mut stage);
    assert_eq!(sees, Sees::Team);
    assert_eq!(names(&agents), [("Ada", true), ("Sue", true)]);
}

#[test]
fn a_supervisor_without_a_team_sees_nobody_in_it() {
    let mut stage = stage();
    stage.twilio.supervisors_see = Sees::Team;
    stage.twilio.teams.clear();
    assert_eq!(agents(&mut stage), (Sees::Team, Vec::new()));
}

#[test]
fn an_admin_sees_all_whatever_the_flag_says() {
    let mut stage = stage();
    stage.twilio.supervisors_see = Sees::Team;
    stage.caller = Some(admin());
    let (sees, agents) = agents(&mut stage);
    assert_eq!((sees, agents.len()), (Sees::All, 3));
    assert_eq!(stage.count("FetchFlexConfiguration"), 0);
}

#[test]
fn nobody_else_gets_an_answer() {
    for question in [Question::Agents(None), Question::Room(vec![worker(ADA)])] {
        let mut agent = stage();
        agent.caller = Some(caller(ADA));
        let reply = answer(&mut agent, question.clone());
        assert_eq!(refusal(reply), Refusal::NotAllowed);
        let mut nobody = stage();
        nobody.caller = None;
        assert_eq!(
            refusal(answer(&mut nobody, question)),
            Refusal::InvalidToken
        );
        for stage in [agent, nobody] {
            assert_eq!(stage.calls.len(), 1, "only the token was validated");
        }
    }
}

#[test]
fn the_room_of_agents_is_counted() {
    let mut stage = stage();
    let room = |number, free| AgentRoom {
        worker_sid: worker(number),
        free,
        capacity: 3,
    };
    assert_eq!(rooms(&mut stage, &[BEN, ADA]), [room(BEN, 3), room(ADA, 0)]);
    assert_eq!(stage.count("FetchWorker"), 0, "all are seen");
    assert_eq!(rooms(&mut stage, &[99]), [], "nobody has this SID");
}

#[test]
fn the_room_of_other_teams_is_not_told() {
    let mut stage = stage();
    stage.twilio.supervisors_see = Sees::Team;
    let rooms = rooms(&mut stage, &[BEN, ADA, SUE]);
    let seen: Vec<WorkerSid> = rooms.into_iter().map(|room| room.worker_sid).collect();
    assert_eq!(seen, [worker(ADA), worker(SUE)]);
    assert_eq!(stage.count("ListWorkerChannels"), 2);
}

#[test]
fn what_cannot_be_read_is_no_answer() {
    for (question, down) in [
        (Question::Agents(None), "FetchFlexConfiguration"),
        (Question::Agents(None), "FetchWorker"),
        (Question::Agents(None), "ListWorkers"),
        (Question::Room(vec![worker(ADA)]), "FetchFlexConfiguration"),
        (Question::Room(vec![worker(ADA)]), "FetchWorker"),
        (Question::Room(vec![worker(ADA)]), "ListWorkerChannels"),
    ] {
        let mut stage = stage();
        stage.twilio.supervisors_see = Sees::Team;
        stage.down = Some(down);
        let reply = answer(&mut stage, question);
        assert_eq!(refusal(reply), Refusal::TwilioUnavailable, "{down}");
    }
}

/// Twilio's `OpenAPI` description says that a list of workers has no attributes.
#[test]
fn agents_are_read_one_by_one_if_the_list_does_not_show_them() {
    for sees in [Sees::All, Sees::Team] {
        let answer = |hides| {
            let mut stage = stage();
            stage.twilio.supervisors_see = sees;
            stage.twilio.readings.hides_listed_attributes = hides;
            (agents(&mut stage), stage.count("FetchWorker"))
        };
        let (hidden, shown) = (answer(true), answer(false));
        assert_eq!(hidden.0, shown.0);
        assert_eq!((hidden.1, shown.1), (3, 1));
    }
    let mut stage = stage();
    stage.twilio.readings.hides_listed_attributes = true;
    stage.missing = Some("FetchWorker");
    let (_, agents) = agents(&mut stage);
    assert_eq!(
        names(&agents),
        [("ada", false), ("ben", false), ("sue", false)]
    );
}

/// The flag, the caller and the workers are read at the same time.
#[test]
fn the_answer_takes_two_rounds() {
    let mut stage = stage();
    let began = stage.now;
    agents(&mut stage);
    let ended = stage.ended.values().max().unwrap();
    assert_eq!(ended - began, 200);
}
