//! Team: a supervisor or an admin asks for the agents whose parked conversations they may see, or for the room that some of them have.
//!
//! It changes nothing, and is no permission: each operation on a conversation checks its caller itself.
//!
//! | step | calls in parallel |
//! |---|---|
//! | 1 | validate the token, unless it was validated a moment ago |
//! | 2 | read the flag `supervisors_see` and the caller; for the agents, a page of the workers; for the room, the agents who are asked for if the caller may see a team only |
//! | 3 | for the room: the task channels of those whom the caller may see; for the agents: those whose attributes the list does not show |

use std::collections::BTreeMap;

use crate::reply::{AgentRoom, Refusal, Reply, Sees, TeamAgent};
use crate::sid::WorkerSid;
use crate::twilio::calls::{
    Caller, ListWorkerChannels, ListWorkers, ListedWorker, ValidateToken, WorkerChannel,
};
use crate::twilio::http::PageRef;
use crate::twilio::time::Millis;
use crate::twilio::Failure;
use crate::worker_team::WorkerTeam;

use super::calls::{Calls, Finished, Slot};
use super::oversight::Oversight;
use super::refusal::{token_refused, Refused};
use super::{Machine, OperationContext, Outcome};

/// The time after which nothing is retried.
const TRY_WITHIN_MS: Millis = 6_000;

/// The task channel of chats in Flex.
const CHATS: &str = "chat";

/// The number of agents that are read at the same time, where the list of workers does not show their attributes.
const AT_ONCE: usize = 40;

/// The subject of the question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Question {
    /// The agents, from a page on. `None`: the first.
    Agents(Option<PageRef>),
    /// The room of these agents.
    Room(Vec<WorkerSid>),
}

/// The answer to a supervisor's question about agents.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Team {
    calls: Calls,
    question: Question,
    token: Slot<ValidateToken>,
    oversight: Oversight,
    workers: Slot<ListWorkers>,
    /// The agents of the page whose attributes it does not show, and who are not being read yet.
    hidden: Vec<WorkerSid>,
    channels: BTreeMap<WorkerSid, Slot<ListWorkerChannels>>,
}

impl Team {
    /// Makes a question that is not asked yet. `caller` and `sees` are known if they were read a moment ago.
    #[must_use]
    pub fn new(
        question: Question,
        context: &OperationContext,
        caller: Option<Caller>,
        sees: Option<Sees>,
    ) -> Self {
        Self {
            calls: Calls::new(context.seed, context.started + TRY_WITHIN_MS),
            question,
            token: Slot::known(caller),
            oversight: Oversight::new(sees),
            workers: Slot::Empty,
            hidden: Vec::new(),
            channels: BTreeMap::new(),
        }
    }

    /// Goes on once the caller is known, or refuses.
    fn begin_for_caller(&mut self) {
        let caller = match self.token.result() {
            Some(Ok(caller)) if caller.oversees() => caller.clone(),
            Some(Ok(_)) => {
                let why = "only a supervisor or an admin may do this";
                return self
                    .calls
                    .finish(Outcome::refused(Refusal::NotAllowed, why));
            }
            Some(Err(failure)) => {
                let refused = token_refused(failure);
                return self.calls.finish(refused);
            }
            None => return,
        };
        self.oversight.read_flag(&mut self.calls, &caller);
        match &self.question {
            Question::Agents(page) => {
                let page = page.clone();
                self.workers.ask(&mut self.calls, ListWorkers { page });
                self.oversight.read_worker(&mut self.calls, &caller.worker);
            }
            Question::Room(_) => self.read_rooms(&caller),
        }
    }

    /// Starts the reads for the room of agents that are known to be needed by now.
    fn read_rooms(&mut self, caller: &Caller) {
        let Question::Room(agents) = &self.question else {
            return;
        };
        for agent in agents {
            self.oversight.read(&mut self.calls, caller, agent);
            if self.oversight.allows(caller, agent) == Ok(true) {
                let channels = self.channels.entry(agent.clone()).or_default();
                if channels.is_empty() {
                    channels.ask(&mut self.calls, ListWorkerChannels(agent.clone()));
                }
            }
        }
    }

    /// Takes the page of workers, and starts to read those whose attributes it does not show, some at a time.
    fn take_workers(&mut self, finished: &Finished) {
        if self.workers.take(finished) {
            let listed = self.workers.ok().into_iter().flat_map(|page| &page.entries);
            let hidden = listed.filter(|worker| !worker.shows_attributes);
            self.hidden = hidden.map(|worker| worker.sid.clone()).collect();
        }
        while self.oversight.under_way() < AT_ONCE {
            let Some(worker) = self.hidden.pop() else {
                return;
            };
            self.oversight.read_worker(&mut self.calls, &worker);
        }
    }

    fn reply(&self, caller: &Caller) -> Result<Reply, Refused> {
        let sees = self.oversight.sees(caller);
        let sees = sees.map_err(|failure| unread(&failure, "reading Flex's configuration"))?;
        match &self.question {
            Question::Agents(_) => self.agents(caller, sees),
            Question::Room(agents) => self.rooms(caller, agents),
        }
    }

    fn agents(&self, caller: &Caller, sees: Sees) -> Result<Reply, Refused> {
        let action = "reading the workers";
        let own = self.oversight.team(&caller.worker);
        let own = own.map_err(|failure| unread(&failure, action))?;
        let page = match self.workers.result() {
            Some(Ok(page)) => page,
            Some(Err(failure)) => return Err(unread(failure, action)),
            None => return Err(unread(&Failure::Unavailable, action)),
        };
        let mut agents = Vec::new();
        for listed in &page.entries {
            let (name, team) = self.person(listed)?;
            let is_mine = team.is_same(&own);
            if sees == Sees::All || is_mine {
                agents.push(TeamAgent {
                    worker_sid: listed.sid.clone(),
                    name,
                    team: team.to_string(),
                    is_mine,
                    activity: listed.activity.clone(),
                    is_available: listed.is_available,
                });
            }
        }
        agents.sort_by_cached_key(|agent| (agent.name.to_lowercase(), agent.worker_sid.clone()));
        Ok(Reply::Team {
            sees,
            agents,
            next: page.next.as_ref().map(|page| page.query().to_owned()),
        })
    }

    /// Returns the name and the team of an agent in the list.
    fn person(&self, listed: &ListedWorker) -> Result<(String, WorkerTeam), Refused> {
        if listed.shows_attributes {
            return Ok((listed.name.clone(), listed.team.clone()));
        }
        match self.oversight.worker(&listed.sid) {
            Some(Ok(worker)) => {
                let name = worker.name.as_ref().unwrap_or(&listed.name);
                Ok((name.clone(), worker.team.clone()))
            }
            // The worker was deleted since.
            Some(Err(Failure::NotFound)) => Ok((listed.name.clone(), listed.team.clone())),
            Some(Err(failure)) => Err(unread(failure, "reading the workers")),
            None => Err(unread(&Failure::Unavailable, "reading the workers")),
        }
    }

    fn rooms(&self, caller: &Caller, agents: &[WorkerSid]) -> Result<Reply, Refused> {
        let mut rooms = Vec::new();
        for agent in agents {
            let allowed = self.oversight.allows(caller, agent);
            if !allowed.map_err(|failure| unread(&failure, "reading the workers"))? {
                continue;
            }
            match self.channels.get(agent).and_then(Slot::result) {
                Some(Ok(channels)) => rooms.push(room_of(agent, channels)),
                // The worker was deleted.
                Some(Err(Failure::NotFound)) => {}
                Some(Err(failure)) => return Err(unread(failure, "reading the capacity")),
                None => return Err(unread(&Failure::Unavailable, "reading the capacity")),
            }
        }
        Ok(Reply::Room { rooms })
    }
}

/// Returns the room of an agent. One without the task channel has none.
fn room_of(agent: &WorkerSid, channels: &[WorkerChannel]) -> AgentRoom {
    let mut channels = channels.iter();
    let chats = channels.find(|channel| channel.task_channel_unique_name == CHATS);
    AgentRoom {
        worker_sid: agent.clone(),
        free: chats.map_or(0, |channel| channel.free),
        capacity: chats.map_or(0, |channel| channel.capacity),
    }
}

/// Returns the refusal for something that exists and could not be read.
fn unread(failure: &Failure, action: &str) -> Refused {
    match failure {
        Failure::NotFound => {
            let message = format!("{action}: Twilio knows no such thing");
            Refused::new(Refusal::TwilioUnavailable, message)
        }
        failure => Refused::from_failure(failure, action),
    }
}

impl Machine for Team {
    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    fn begin(&mut self) {
        if self.token.is_empty() {
            self.token.ask(&mut self.calls, ValidateToken);
        } else {
            self.begin_for_caller();
        }
    }

    fn take(&mut self, finished: &Finished, _now: Millis) {
        if self.token.take(finished) {
            return self.begin_for_caller();
        }
        self.oversight.take(finished);
        self.take_workers(finished);
        for channels in self.channels.values_mut() {
            channels.take(finished);
        }
        if let Some(caller) = self.token.ok().cloned() {
            self.read_rooms(&caller);
        }
    }

    fn advance(&mut self, _now: Millis) {
        let outcome = match self.token.ok() {
            Some(caller) => self
                .reply(caller)
                .map_or_else(Outcome::from, Outcome::reply),
            None => token_refused(&Failure::Unavailable),
        };
        self.calls.finish(outcome);
    }
}
