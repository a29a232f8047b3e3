//! The agents of a team, and the reading of their lists: one Sync map for each agent, page by page.
//!
//! Sync's documentation allows 50 requests at a time of one client; see <https://www.twilio.com/docs/sync/limits>.

use crate::reply::TeamAgent;
use crate::sid::WorkerSid;

/// The most maps that are read at a time.
const MOST_READ: usize = 32;

/// The time after the first failure of a map after which it is read again, in milliseconds. It doubles with each one that follows.
const FIRST_RETRY_MS: f64 = 2_000.0;
const LONGEST_RETRY_MS: f64 = 60_000.0;

/// Sync's HTTP status for a map that does not exist.
const NOT_FOUND: u16 = 404;

/// An agent whom the Function has listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The agent.
    pub sid: WorkerSid,
    /// The name as colleagues know it.
    pub name: String,
    /// True for an agent of the supervisor's team.
    pub is_mine: bool,
    /// The activity's name.
    pub activity: String,
    /// True if the agent takes tasks.
    pub is_available: bool,
}

impl From<TeamAgent> for Listed {
    fn from(agent: TeamAgent) -> Self {
        Self {
            sid: agent.worker_sid,
            name: agent.name,
            is_mine: agent.is_mine,
            activity: agent.activity,
            is_available: agent.is_available,
        }
    }
}

/// An agent with their list.
#[derive(Debug)]
pub struct Agent {
    /// What the Function says.
    pub listed: Listed,
    /// The folded name.
    pub folded: String,
    /// False once the Function does not list the agent any more.
    pub is_there: bool,
    /// Their list.
    pub source: Source,
}

/// The reading of an agent's map.
#[derive(Debug, Default)]
pub struct Source {
    state: State,
    /// The number of reads. Only the last one counts.
    read: u32,
    /// True once it has been read, or is known to be missing.
    is_known: bool,
    /// True if the last read failed.
    has_failed: bool,
    /// The number of failures since it was last read.
    failures: i32,
    /// The time at which a map that has failed is read again.
    retry_at: f64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// It shall be read.
    #[default]
    Wanted,
    /// It is read.
    Reading,
    /// Sync reports its changes.
    Live,
    /// It does not exist: the agent has never had a list.
    Missing,
    /// It could not be read, and waits for the next try.
    Failed,
}

impl Source {
    /// Returns true once the whole list has been read, or is known to be empty.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// Returns true if the list could not be read, until it can.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Returns true if nothing is known of the list yet, not even that it cannot be read.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        !self.is_known && !self.has_failed
    }

    /// Returns the number of the last read that has begun.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.read
    }

    /// Returns true if pages of this read are still wanted.
    #[must_use]
    pub fn is_current(&self, read: u32) -> bool {
        self.state == State::Reading && self.read == read
    }

    /// Begins a read. Returns its number.
    pub fn begin(&mut self) -> u32 {
        self.state = State::Reading;
        self.read += 1;
        self.read
    }

    /// Ends the read: the last page has come.
    pub fn end(&mut self) {
        self.state = State::Live;
        self.succeed();
    }

    /// Takes the failure of the read, with Sync's HTTP status if there was an answer. Returns true if there is no such map.
    pub fn fail(&mut self, status: Option<u16>, now: f64) -> bool {
        if status == Some(NOT_FOUND) {
            self.state = State::Missing;
            self.succeed();
            return true;
        }
        self.state = State::Failed;
        self.has_failed = true;
        let wait = FIRST_RETRY_MS * f64::from(2_i32.saturating_pow(self.failures.unsigned_abs()));
        self.retry_at = now + wait.min(LONGEST_RETRY_MS);
        self.failures = self.failures.saturating_add(1);
        false
    }

    fn succeed(&mut self) {
        self.is_known = true;
        self.has_failed = false;
        self.failures = 0;
    }
}

/// All agents. One who is not listed any more keeps their place, which rows name.
#[derive(Debug, Default)]
pub struct Agents {
    all: Vec<Agent>,
    /// The places of the listed ones, by name.
    order: Vec<usize>,
    /// Those that the present reading of the Function has brought.
    coming: Vec<usize>,
    /// True once the Function has listed all of them.
    is_complete: bool,
}

impl Agents {
    /// Returns true once the Function has listed all agents.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Returns all agents who were ever listed, in the order of their places.
    #[must_use]
    pub fn all(&self) -> &[Agent] {
        &self.all
    }

    /// Returns the listed agents with their places, by name.
    pub fn listed(&self) -> impl Iterator<Item = (usize, &Agent)> {
        let agent = |place: &usize| Some((*place, self.all.get(*place)?));
        self.order.iter().filter_map(agent)
    }

    /// Returns the agent at a place.
    pub fn get_mut(&mut self, place: usize) -> Option<&mut Agent> {
        self.all.get_mut(place)
    }

    /// Returns the place of an agent.
    #[must_use]
    pub fn place(&self, sid: &str) -> Option<usize> {
        self.all
            .iter()
            .position(|agent| agent.listed.sid.as_str() == sid)
    }

    /// Takes a page of the Function's list, which is sorted by name. After the last page, agents who were in none are gone, and those
    /// without a map are asked for it again.
    pub fn page(&mut self, page: Vec<Listed>, fold: fn(&str) -> String, is_last: bool) {
        for listed in page {
            let place = self.place(listed.sid.as_str());
            let folded = fold(&listed.name);
            match place.and_then(|place| self.all.get_mut(place)) {
                Some(agent) => {
                    agent.listed = listed;
                    agent.folded = folded;
                    agent.is_there = true;
                }
                None => self.all.push(Agent {
                    listed,
                    folded,
                    is_there: true,
                    source: Source::default(),
                }),
            }
            self.coming.push(place.unwrap_or(self.all.len() - 1));
        }
        if !self.is_complete {
            self.order.clone_from(&self.coming);
        }
        if is_last {
            self.is_complete = true;
            self.order = std::mem::take(&mut self.coming);
            for (place, agent) in self.all.iter_mut().enumerate() {
                agent.is_there = self.order.contains(&place);
                if agent.source.state == State::Missing {
                    agent.source.state = State::Wanted;
                }
            }
        }
    }

    /// Forgets the pages of a reading that has failed.
    pub fn give_up(&mut self) {
        self.coming.clear();
    }

    /// Returns the places of the maps to read now, of those for which `is_wanted` returns true: the agents of the team first.
    pub fn next(&mut self, is_wanted: &dyn Fn(&Agent) -> bool, now: f64) -> Vec<usize> {
        let is_read = |agent: &&Agent| agent.source.state == State::Reading;
        let mut free = MOST_READ.saturating_sub(self.all.iter().filter(is_read).count());
        let mut next = Vec::new();
        for is_mine in [true, false] {
            for place in &self.order {
                let Some(agent) = self.all.get_mut(*place) else {
                    continue;
                };
                let source = &mut agent.source;
                if source.state == State::Failed && now >= source.retry_at {
                    source.state = State::Wanted;
                }
                let is_due = source.state == State::Wanted && agent.listed.is_mine == is_mine;
                if free > 0 && is_due && is_wanted(agent) {
                    free -= 1;
                    agent.source.state = State::Reading;
                    next.push(*place);
                }
            }
        }
        next
    }

    /// Lets all maps be read again, because the connection was lost, or only those that have failed.
    pub fn read_again(&mut self, only_failed: bool) {
        for agent in &mut self.all {
            let source = &mut agent.source;
            if !only_failed || source.state == State::Failed {
                source.state = State::Wanted;
            }
        }
    }

    /// Returns the time at which a map that has failed is read again, by [`Self::next`]: it looks at the listed agents only.
    #[must_use]
    pub fn next_retry(&self) -> Option<f64> {
        let sources = self.listed().map(|(_, agent)| &agent.source);
        let failed = sources.filter(|source| source.state == State::Failed);
        failed.map(|source| source.retry_at).reduce(f64::min)
    }
}
