//! The conversations that the agent resumes on this page, from the click until they have come or have failed.

use super::super::call::CallFailure;
use super::super::effect::{notification, NotificationId, ShimEffect};
use crate::reply::{Refusal, Reply};

/// The time after the click within which the plugin accepts an offer for the agent, in milliseconds. Later they may be busy with
/// something else.
const ACCEPT_WITHIN_MS: f64 = 60_000.0;

/// The life of an invite that names a worker, in milliseconds. After that the row can be clicked again.
const INVITE_LASTS_MS: f64 = 60_000.0;

/// The notification of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureNotice {
    /// Its id.
    pub id: NotificationId,
    /// The `{{field}}` of its text, if it has one.
    pub field: Option<String>,
}

impl FailureNotice {
    fn new(id: NotificationId) -> Self {
        Self { id, field: None }
    }
}

/// The result of the call that asks for a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Its task is on the way.
    Coming,
    /// A task was open before, or somebody is there.
    TakenCareOf,
    /// It cannot come back, now or ever.
    Gone,
    /// It did not work; it may the next time.
    Failed(FailureNotice),
    /// The agent has logged out.
    Cancelled,
}

impl Answer {
    /// Makes the answer for the row from the result of the call.
    #[must_use]
    pub fn from_call(called: &Result<Reply, CallFailure>) -> Self {
        match called {
            Ok(Reply::Routed) => Self::Coming,
            Ok(Reply::AlreadyRouted | Reply::Settled) => Self::TakenCareOf,
            Err(CallFailure::Refused(Refusal::ConversationClosed | Refusal::NotParked)) => {
                Self::Gone
            }
            Err(CallFailure::Cancelled) => Self::Cancelled,
            Ok(_) => Self::Failed(FailureNotice::new(
                NotificationId::ParkInteractionUnexpected,
            )),
            Err(failure) => Self::Failed(notice_of(failure)),
        }
    }
}

fn notice_of(failure: &CallFailure) -> FailureNotice {
    match notification(failure) {
        Some(ShimEffect::Notify { id, field, .. }) => FailureNotice { id, field },
        _ => FailureNotice::new(NotificationId::ParkInteractionUnexpected),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum State {
    /// The call is under way.
    Asked,
    /// The task is on its way to the agent, or offered to them.
    Coming { since: f64 },
    /// The conversation does not come.
    Over(Option<FailureNotice>),
}

#[derive(Debug, Clone, PartialEq)]
struct Resume {
    key: String,
    clicked: f64,
    offered: bool,
    state: State,
}

impl Resume {
    /// Returns the time at which the conversation is given up.
    fn ends_at(&self) -> Option<f64> {
        match self.state {
            State::Coming { since } => Some(since + INVITE_LASTS_MS),
            State::Asked | State::Over(_) => None,
        }
    }
}

/// All of them. There are never more than a few.
#[derive(Debug, Default)]
pub struct Resumes(Vec<Resume>);

impl Resumes {
    /// Returns true if the conversation is on its way.
    #[must_use]
    pub fn is_under_way(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|resume| !matches!(resume.state, State::Over(_)))
    }

    /// Returns the failure of the conversation's last resume.
    #[must_use]
    pub fn failure(&self, key: &str) -> Option<&FailureNotice> {
        match &self.get(key)?.state {
            State::Over(failure) => failure.as_ref(),
            _ => None,
        }
    }

    /// Takes the agent's click.
    pub fn ask(&mut self, key: &str, now: f64) {
        self.forget(key);
        self.0.push(Resume {
            key: key.into(),
            clicked: now,
            offered: false,
            state: State::Asked,
        });
    }

    /// Takes the result of the call.
    pub fn answer(&mut self, key: &str, answer: Answer, now: f64) {
        let Some(resume) = self.get_mut(key) else {
            return;
        };
        match answer {
            // The offer may overtake the answer.
            Answer::Coming | Answer::TakenCareOf if resume.offered => {}
            Answer::Coming => resume.state = State::Coming { since: now },
            Answer::TakenCareOf => resume.state = State::Over(None),
            Answer::Failed(why) => resume.state = State::Over(Some(why)),
            Answer::Gone | Answer::Cancelled => self.forget(key),
        }
    }

    /// Takes the offer of the conversation's task to the agent. Returns true if the plugin accepts it for them: once, and soon after
    /// the click.
    pub fn offer(&mut self, key: &str, now: f64) -> bool {
        let Some(resume) = self.get_mut(key) else {
            return false;
        };
        if matches!(resume.state, State::Over(Some(_))) || now > resume.clicked + ACCEPT_WITHIN_MS {
            return false;
        }
        resume.state = State::Coming { since: now };
        !std::mem::replace(&mut resume.offered, true)
    }

    /// Takes the end of an offer: declined, not answered in time, or taken back.
    pub fn end(&mut self, key: &str) {
        if let Some(resume) = self.get_mut(key) {
            if !matches!(resume.state, State::Over(_)) {
                let notice = FailureNotice::new(NotificationId::ParkInteractionNotTaken);
                resume.state = State::Over(Some(notice));
            }
        }
    }

    /// Forgets a conversation whose row has left the list, unless its offer is still on the way.
    pub fn row_went(&mut self, key: &str) {
        self.0.retain(|resume| {
            resume.key != key || !(resume.offered || matches!(resume.state, State::Over(_)))
        });
    }

    fn forget(&mut self, key: &str) {
        self.0.retain(|resume| resume.key != key);
    }

    /// Gives up the conversations that have not come in time.
    pub fn tick(&mut self, now: f64) {
        for resume in &mut self.0 {
            if resume.ends_at().is_some_and(|end| now >= end) {
                resume.state = State::Over(None);
            }
        }
    }

    /// Returns the time at which [`Self::tick`] has something to do.
    #[must_use]
    pub fn next_tick(&self) -> Option<f64> {
        let ends = self.0.iter().filter_map(Resume::ends_at);
        ends.reduce(f64::min)
    }

    fn get(&self, key: &str) -> Option<&Resume> {
        self.0.iter().find(|resume| resume.key == key)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Resume> {
        self.0.iter_mut().find(|resume| resume.key == key)
    }
}
