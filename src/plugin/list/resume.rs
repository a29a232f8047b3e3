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

/// The time between two looks at the agent's room while a conversation waits for it, in milliseconds.
const LOOK_MS: f64 = 1_000.0;

/// The room that the agent has for a conversation, as Flex knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// True if the agent takes tasks.
    pub is_available: bool,
    /// The number of their tasks.
    pub assigned: u32,
    /// The most tasks that they may have. 0: not known, so the Function decides.
    pub capacity: u32,
}

impl Room {
    /// Returns the reason for which no conversation can come now.
    fn refusal(self) -> Option<FailureNotice> {
        if !self.is_available {
            return Some(FailureNotice::new(NotificationId::ParkInteractionAway));
        }
        let is_full = self.capacity > 0 && self.assigned >= self.capacity;
        is_full.then(|| FailureNotice {
            id: NotificationId::ParkInteractionFull,
            field: Some(self.assigned.to_string()),
        })
    }
}

/// The next step for the conversations that wait for room, with a conversation's place among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitStep {
    /// There is room for this one: resume it.
    Resume(usize),
    /// This one is not in the list any more: give it up.
    Drop(usize),
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
    match notification(failure, None) {
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
    /// Returns true if the agent has no room for the conversation.
    fn is_refused(&self) -> bool {
        use NotificationId as Id;
        match &self.state {
            State::Over(Some(notice)) => {
                matches!(notice.id, Id::ParkInteractionFull | Id::ParkInteractionAway)
            }
            _ => false,
        }
    }

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
pub struct Resumes {
    asked: Vec<Resume>,
    /// The conversations that wait for room.
    waiting: String,
    /// The time at which the room was last looked at.
    looked_at: f64,
}

impl Resumes {
    /// Returns true if the conversation is on its way.
    #[must_use]
    pub fn is_under_way(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|resume| !matches!(resume.state, State::Over(_)))
    }

    /// Returns the failure of the conversation's last resume, or that it waits for room.
    #[must_use]
    pub fn failure(&self, key: &str) -> Option<FailureNotice> {
        if self.waiting().any(|waiting| waiting == key) {
            return Some(FailureNotice::new(NotificationId::ParkInteractionWaiting));
        }
        match &self.get(key)?.state {
            State::Over(failure) => failure.clone(),
            _ => None,
        }
    }

    /// Takes the agent's wish to resume. Returns true if there is room; otherwise the row says why not, without a call.
    pub fn wish(&mut self, key: &str, room: Room, now: f64) -> bool {
        let refusal = room.refusal();
        let has_room = refusal.is_none();
        if !has_room {
            self.ask(key, now);
            if let Some(resume) = self.get_mut(key) {
                resume.state = State::Over(refusal);
            }
        }
        has_room
    }

    /// Takes the conversations that wait for room, oldest first and separated by spaces, and the room. Returns the next step.
    /// `is_listed` is false for a conversation that is known to have left the list.
    pub fn wait(
        &mut self,
        keys: String,
        room: Room,
        is_listed: &dyn Fn(&str) -> bool,
        now: f64,
    ) -> Option<WaitStep> {
        self.looked_at = now;
        let has_room = room.refusal().is_none();
        if has_room {
            self.asked.retain(|resume| !resume.is_refused());
        }
        self.waiting = keys;
        let gone = self.waiting().position(|key| !is_listed(key));
        // One at a time: one that is on its way does not take up room yet.
        let is_coming = |resume: &Resume| !matches!(resume.state, State::Over(_));
        let may_come = has_room && !self.asked.iter().any(is_coming);
        gone.map(WaitStep::Drop)
            .or_else(|| (may_come && !self.waiting.is_empty()).then_some(WaitStep::Resume(0)))
    }

    fn waiting(&self) -> impl Iterator<Item = &str> {
        self.waiting.split(' ').filter(|key| !key.is_empty())
    }

    /// Takes the agent's click.
    pub fn ask(&mut self, key: &str, now: f64) {
        self.forget(key);
        self.asked.push(Resume {
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
        self.asked.retain(|resume| {
            resume.key != key || !(resume.offered || matches!(resume.state, State::Over(_)))
        });
    }

    /// Forgets a conversation: the agent does not want it any more.
    pub fn forget(&mut self, key: &str) {
        self.asked.retain(|resume| resume.key != key);
    }

    /// Gives up the conversations that have not come in time.
    pub fn tick(&mut self, now: f64) {
        for resume in &mut self.asked {
            if resume.ends_at().is_some_and(|end| now >= end) {
                resume.state = State::Over(None);
            }
        }
    }

    /// Returns the time at which [`Self::tick`] has something to do.
    #[must_use]
    pub fn next_tick(&self) -> Option<f64> {
        let looks = !self.waiting.is_empty() || self.asked.iter().any(Resume::is_refused);
        let ends = self.asked.iter().filter_map(Resume::ends_at);
        ends.chain(looks.then_some(self.looked_at + LOOK_MS))
            .reduce(f64::min)
    }

    fn get(&self, key: &str) -> Option<&Resume> {
        self.asked.iter().find(|resume| resume.key == key)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Resume> {
        self.asked.iter_mut().find(|resume| resume.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Room = Room {
        is_available: true,
        assigned: 4,
        capacity: 5,
    };
    const FULL: Room = Room {
        assigned: 5,
        ..FREE
    };
    const AWAY: Room = Room {
        is_available: false,
        ..FREE
    };

    fn notice(resumes: &Resumes, key: &str) -> Option<(NotificationId, Option<String>)> {
        resumes.failure(key).map(|notice| (notice.id, notice.field))
    }

    #[test]
    fn a_full_or_absent_agent_is_told_without_a_call() {
        use NotificationId as Id;
        let mut resumes = Resumes::default();
        for (room, expected) in [
            (FULL, (Id::ParkInteractionFull, Some("5".to_owned()))),
            (AWAY, (Id::ParkInteractionAway, None)),
        ] {
            assert!(!resumes.wish("CH1", room, 0.0));
            assert_eq!(notice(&resumes, "CH1"), Some(expected));
            assert!(!resumes.is_under_way("CH1"));
        }
        let unknown = Room {
            capacity: 0,
            ..FULL
        };
        assert!(resumes.wish("CH2", FREE, 0.0) && resumes.wish("CH3", unknown, 0.0));
        assert_eq!(notice(&resumes, "CH2"), None);
    }

    /// A refusal from before would tell an agent who has room that they have none.
    #[test]
    fn a_refusal_ends_once_there_is_room() {
        let mut resumes = Resumes::default();
        resumes.wish("CH1", FULL, 0.0);
        assert_eq!(resumes.wait(String::new(), FULL, &|_| true, 10.0), None);
        assert_eq!(resumes.next_tick(), Some(10.0 + LOOK_MS));
        assert!(notice(&resumes, "CH1").is_some());
        assert_eq!(resumes.wait(String::new(), FREE, &|_| true, 20.0), None);
        assert_eq!(notice(&resumes, "CH1"), None);
        assert_eq!(resumes.next_tick(), None);
    }

    #[test]
    fn the_oldest_waiting_conversation_comes_when_there_is_room() {
        let mut resumes = Resumes::default();
        for room in [FULL, AWAY] {
            assert_eq!(resumes.wait("CH1 CH2".into(), room, &|_| true, 0.0), None);
            let waiting = Some((NotificationId::ParkInteractionWaiting, None));
            assert_eq!(notice(&resumes, "CH1"), waiting);
            assert_eq!(notice(&resumes, "CH2"), waiting);
        }
        assert_eq!(resumes.next_tick(), Some(LOOK_MS));
        assert_eq!(
            resumes.wait("CH1 CH2".into(), FREE, &|_| true, 0.0),
            Some(WaitStep::Resume(0))
        );
        assert_eq!(resumes.wait(String::new(), FREE, &|_| true, 0.0), None);
        assert_eq!(notice(&resumes, "CH2"), None);
    }

    #[test]
    fn a_waiting_conversation_that_has_left_the_list_is_given_up() {
        let mut resumes = Resumes::default();
        for room in [FULL, FREE] {
            assert_eq!(
                resumes.wait("CH1 CH2".into(), room, &|key| key != "CH2", 0.0),
                Some(WaitStep::Drop(1))
            );
        }
    }
}
