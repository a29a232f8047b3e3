//! Conversations that this page has asked for: from the click until they have come, or will not come.

use super::super::call::Failure;
use super::super::effect::{Effect, NotificationId, Outcome};
use super::super::json::Json;
use crate::reply::{Refusal, Reply};

/// An offer this long after the click, in milliseconds, is the agent's to accept: they may be busy with something else
/// by then.
const ACCEPT_WITHIN: f64 = 60_000.0;

/// An agent who has room is offered a task within this time.
const OFFERED_WITHIN: f64 = 4_000.0;

/// Without any sign for so long, the row can be clicked again. An offer is open for two minutes by default.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/workflow>
const SIGN_WITHIN: f64 = 150_000.0;

/// What came of the call that asks for a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Its task is on the way.
    Coming,
    /// A task was open before, or somebody is there.
    TakenCareOf,
    /// It cannot come back, now or ever.
    Gone,
    /// It did not work; it may the next time.
    Failed(NotificationId),
    /// The agent has logged out.
    Cancelled,
}

impl Answer {
    /// Takes from a call what matters to the row.
    #[must_use]
    pub fn of(called: &Result<Reply, Failure>) -> Self {
        match called {
            Ok(Reply::Routed) => Self::Coming,
            Ok(Reply::AlreadyRouted | Reply::Settled) => Self::TakenCareOf,
            Err(Failure::Refused(Refusal::ConversationClosed | Refusal::NotParked)) => Self::Gone,
            Err(Failure::Cancelled) => Self::Cancelled,
            Ok(_) => Self::Failed(NotificationId::ParkInteractionUnexpected),
            Err(failure) => Self::Failed(told(failure)),
        }
    }
}

/// What the agent was told of a failure.
fn told(failure: &Failure) -> NotificationId {
    let effects = Outcome::failed(failure).effects;
    let told = effects.iter().find_map(|effect| match effect {
        Effect::Notify { id, .. } => Some(*id),
        _ => None,
    });
    told.unwrap_or(NotificationId::ParkInteractionUnexpected)
}

/// How much an agent can take on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Another conversation, as far as anybody knows.
    Enough,
    /// Nothing more on this channel.
    Full,
    /// Nothing at all, in their activity.
    Away,
}

impl Room {
    /// Reads of a worker `available`, whether they are in their activity, and `channels`, each with its `name` and the
    /// `free` part of its capacity in percent. What is not known is enough.
    #[must_use]
    pub fn of(worker: &Json, channel: Option<&str>) -> Self {
        if matches!(worker.get("available"), Json::Bool(false)) {
            return Self::Away;
        }
        let Json::List(channels) = worker.get("channels") else {
            return Self::Enough;
        };
        let is_full = channels.iter().any(|known| {
            let free = known.get("free");
            known.get_text("name") == channel && matches!(free, Json::Number(free) if *free <= 0.0)
        });
        if is_full {
            Self::Full
        } else {
            Self::Enough
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// The call is under way.
    Asked,
    /// The task is on its way to the agent.
    Coming { since: f64, told: bool },
    /// The task has been offered to them.
    Offered { since: f64 },
    /// Nothing comes of it.
    Over(Option<NotificationId>),
}

#[derive(Debug, Clone, PartialEq)]
struct Resume {
    key: String,
    clicked: f64,
    offered: bool,
    state: State,
}

/// All that was asked for. There are never more than a few.
#[derive(Debug, Default)]
pub struct Resumes(Vec<Resume>);

impl Resumes {
    /// Whether the conversation is on its way.
    #[must_use]
    pub fn is_under_way(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|resume| !matches!(resume.state, State::Over(_)))
    }

    /// Why the conversation did not come, if it did not.
    #[must_use]
    pub fn failure(&self, key: &str) -> Option<NotificationId> {
        match self.get(key)?.state {
            State::Over(failure) => failure,
            _ => None,
        }
    }

    /// The agent has clicked.
    pub fn ask(&mut self, key: &str, now: f64) {
        self.forget(key);
        self.0.push(Resume {
            key: key.into(),
            clicked: now,
            offered: false,
            state: State::Asked,
        });
    }

    /// The call has ended.
    pub fn answer(&mut self, key: &str, answer: Answer, now: f64) {
        let Some(resume) = self.get_mut(key) else {
            return;
        };
        match (answer, resume.state) {
            // The offer may overtake the answer.
            (Answer::Coming | Answer::TakenCareOf, State::Offered { .. }) => {}
            (Answer::Coming, _) => {
                resume.state = State::Coming {
                    since: now,
                    told: false,
                }
            }
            (Answer::TakenCareOf, _) => resume.state = State::Over(None),
            (Answer::Failed(why), _) => resume.state = State::Over(Some(why)),
            (Answer::Gone | Answer::Cancelled, _) => self.forget(key),
        }
    }

    /// A task of the conversation is being offered to the agent. Says whether it is to be accepted for them: once, and
    /// soon after they have clicked.
    pub fn offer(&mut self, key: &str, now: f64) -> bool {
        let Some(resume) = self.get_mut(key) else {
            return false;
        };
        if matches!(resume.state, State::Over(Some(_))) || now > resume.clicked + ACCEPT_WITHIN {
            return false;
        }
        resume.state = State::Offered { since: now };
        !std::mem::replace(&mut resume.offered, true)
    }

    /// The agent has declined the offer, let it pass, or it was taken back.
    pub fn end(&mut self, key: &str) {
        if let Some(resume) = self.get_mut(key) {
            if !matches!(resume.state, State::Over(_)) {
                resume.state = State::Over(Some(NotificationId::ParkInteractionNotTaken));
            }
        }
    }

    /// The row has left the list. Its offer may still be on the way.
    pub fn row_went(&mut self, key: &str) {
        self.0.retain(|resume| {
            resume.key != key || !(resume.offered || matches!(resume.state, State::Over(_)))
        });
    }

    fn forget(&mut self, key: &str) {
        self.0.retain(|resume| resume.key != key);
    }

    /// What to tell of offers that do not come, given the `room` that the agent has for a conversation.
    pub fn tick(&mut self, now: f64, room: impl Fn(&str) -> Room) -> Vec<Effect> {
        let mut effects = Vec::new();
        for resume in &mut self.0 {
            match resume.state {
                State::Coming { since, .. } | State::Offered { since }
                    if now >= since + SIGN_WITHIN =>
                {
                    resume.state = State::Over(None);
                }
                State::Coming { since, told: false } if now >= since + OFFERED_WITHIN => {
                    resume.state = State::Coming { since, told: true };
                    effects.extend(match room(&resume.key) {
                        Room::Enough => None,
                        Room::Full => {
                            Some(Effect::notify(NotificationId::ParkInteractionCapacityFull))
                        }
                        Room::Away => Some(Effect::notify(NotificationId::ParkInteractionAway)),
                    });
                }
                _ => {}
            }
        }
        effects
    }

    /// When [`Self::tick`] has something to do next.
    #[must_use]
    pub fn next_tick(&self) -> Option<f64> {
        let due = self.0.iter().filter_map(|resume| match resume.state {
            State::Coming { since, told: false } => Some(since + OFFERED_WITHIN),
            State::Coming { since, .. } | State::Offered { since } => Some(since + SIGN_WITHIN),
            State::Asked | State::Over(_) => None,
        });
        due.reduce(f64::min)
    }

    fn get(&self, key: &str) -> Option<&Resume> {
        self.0.iter().find(|resume| resume.key == key)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Resume> {
        self.0.iter_mut().find(|resume| resume.key == key)
    }
}
