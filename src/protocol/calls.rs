//! Calls under way: which are retried, how, and for how long.
//!
//! A 429 was not processed and is always repeated, as long as there is time. Anything else without a clear answer is repeated where
//! doing it twice is harmless; where it is not, it is first read back whether it was done.

use std::collections::{BTreeMap, BTreeSet};

use super::call::{Answer, Call, Failure};
use super::{Effect, Event, Millis, Outcome};

/// Which call or wait is meant.
pub type CallId = u32;

const MOST_TRIES: u32 = 5;
const FIRST_BACKOFF: Millis = 150;
const LONGEST_BACKOFF: Millis = 1_200;

/// A substitution is part of a call's business and not a retry, but an endless one would be a fault.
const MOST_SUBSTITUTIONS: u32 = 4;

/// When to look for what an unanswered call has done, each time so long after the last. Only when it does not show
/// at the last look either was it not done. An invite may take [`super::claim::INVITE_SHOWS_WITHIN`] to show.
fn read_backs(call: &Call) -> &'static [Millis] {
    match call {
        Call::Invite(_) => &[400, 2_600],
        _ => &[400],
    }
}

/// The calls of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Calls {
    open: BTreeMap<CallId, Open>,
    pauses: BTreeSet<CallId>,
    effects: Vec<Effect>,
    next: CallId,
    random: u64,
    /// No try begins after this.
    last_try: Millis,
    made: u32,
    /// How the operation ends once nothing is under way.
    ending: Option<Box<Outcome>>,
    over: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Open {
    call: Call,
    stage: Stage,
    tries: u32,
    substitutions: u32,
    /// How often it was looked for what this try has done.
    read_backs: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Stage {
    Running,
    BackingOff,
    WaitingToReadBack,
    ReadingBack,
}

/// What came of an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Progress {
    /// A call has its final result.
    Finished(Call, Result<Answer, Failure>),
    /// A pause that the operation asked for is over.
    PauseOver,
    /// Nothing that the operation need know.
    None,
}

impl Calls {
    /// `last_try`: the time after which nothing is tried again.
    #[must_use]
    pub fn new(seed: u64, last_try: Millis) -> Self {
        Self {
            open: BTreeMap::new(),
            pauses: BTreeSet::new(),
            effects: Vec::new(),
            next: 0,
            // Xorshift stays at zero for ever if it begins there.
            random: seed | 1,
            last_try,
            made: 0,
            ending: None,
            over: false,
        }
    }

    /// Begins a call.
    pub fn make(&mut self, call: Call) {
        self.next += 1;
        self.open.insert(
            self.next,
            Open {
                call: call.clone(),
                stage: Stage::Running,
                tries: 1,
                substitutions: 0,
                read_backs: 0,
            },
        );
        self.effects.push(Effect::Call(self.next, call));
        self.made += 1;
    }

    /// Begins a pause.
    pub fn pause(&mut self, millis: Millis) {
        self.next += 1;
        self.pauses.insert(self.next);
        self.effects.push(Effect::Wait(self.next, millis));
    }

    /// Ends the operation: what is still under way no longer matters.
    pub fn finish(&mut self, outcome: Outcome) {
        self.open.clear();
        self.pauses.clear();
        self.effects.clear();
        self.effects.push(Effect::Done(Box::new(outcome)));
        self.over = true;
    }

    /// Lets the operation end as soon as nothing is under way.
    pub fn finish_when_idle(&mut self, outcome: Outcome) {
        self.ending = Some(Box::new(outcome));
    }

    /// Whether the operation has to say how it goes on, since nothing is under way; if it was to end then, it ends.
    pub fn want_more(&mut self) -> bool {
        if !self.idle() {
            return false;
        }
        if let Some(outcome) = self.ending.take() {
            self.finish(*outcome);
        }
        !self.over
    }

    /// Whether nothing is under way.
    #[must_use]
    pub fn idle(&self) -> bool {
        self.open.is_empty() && self.pauses.is_empty()
    }

    /// How many calls were made, retries among them.
    #[must_use]
    pub fn made(&self) -> u32 {
        self.made
    }

    /// What is to be done since this was last asked.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Takes an event.
    pub fn take(&mut self, event: Event, now: Millis) -> Progress {
        match event {
            Event::Waited(id) => self.waited(id),
            Event::Answered(id, result) => match self.open.remove(&id) {
                Some(open) => self.answered(id, open, result, now),
                None => Progress::None,
            },
        }
    }

    fn waited(&mut self, id: CallId) -> Progress {
        if self.pauses.remove(&id) {
            return Progress::PauseOver;
        }
        let Some(open) = self.open.get_mut(&id) else {
            return Progress::None;
        };
        let call = match open.stage {
            Stage::BackingOff => {
                open.stage = Stage::Running;
                open.call.clone()
            }
            Stage::WaitingToReadBack => {
                open.stage = Stage::ReadingBack;
                open.call.read_back().unwrap_or_else(|| open.call.clone())
            }
            Stage::Running | Stage::ReadingBack => return Progress::None,
        };
        self.made += 1;
        self.effects.push(Effect::Call(id, call));
        Progress::None
    }

    fn answered(
        &mut self,
        id: CallId,
        mut open: Open,
        result: Result<Answer, Failure>,
        now: Millis,
    ) -> Progress {
        if open.stage == Stage::ReadingBack {
            return self.read_back(id, open, &result, now);
        }
        if let Some(call) = open.call.instead(&result) {
            if open.substitutions < MOST_SUBSTITUTIONS {
                open.substitutions += 1;
                open.call = call.clone();
                open.tries = 1;
                self.open.insert(id, open);
                self.made += 1;
                self.effects.push(Effect::Call(id, call));
                return Progress::None;
            }
        }
        match result {
            Err(Failure::Throttled) => self.back_off(id, open, Failure::Throttled, now),
            Err(Failure::Unavailable) if open.call.is_safe_to_repeat() => {
                self.back_off(id, open, Failure::Unavailable, now)
            }
            Err(Failure::Unavailable) => self.read_back_later(id, open, now),
            result => {
                let result = open.call.settled(result);
                Progress::Finished(open.call, result)
            }
        }
    }

    fn read_back(
        &mut self,
        id: CallId,
        mut open: Open,
        result: &Result<Answer, Failure>,
        now: Millis,
    ) -> Progress {
        let Ok(read) = result else {
            return self.read_back_later(id, open, now);
        };
        if let Some(answer) = open.call.adopt(read) {
            return Progress::Finished(open.call, Ok(answer));
        }
        open.read_backs += 1;
        if open.read_backs < read_backs(&open.call).len() {
            return self.read_back_later(id, open, now);
        }
        // It was not done: so it may be done again.
        open.read_backs = 0;
        self.back_off(id, open, Failure::Unavailable, now)
    }

    fn read_back_later(&mut self, id: CallId, mut open: Open, now: Millis) -> Progress {
        let wait = read_backs(&open.call).get(open.read_backs).copied();
        let wait = wait.unwrap_or_default();
        if open.tries >= MOST_TRIES || now + wait > self.last_try {
            return Progress::Finished(open.call, Err(Failure::Unavailable));
        }
        open.tries += 1;
        open.stage = Stage::WaitingToReadBack;
        self.open.insert(id, open);
        self.effects.push(Effect::Wait(id, wait));
        Progress::None
    }

    fn back_off(&mut self, id: CallId, mut open: Open, failure: Failure, now: Millis) -> Progress {
        let ceiling = (FIRST_BACKOFF << open.tries.min(8)).min(LONGEST_BACKOFF);
        let wait = self.random() % ceiling + 1;
        // A limit on the rate of requests passes by waiting, so there is no end to it but the operation's own.
        let tried_enough = open.tries >= MOST_TRIES && failure != Failure::Throttled;
        if tried_enough || now + wait > self.last_try {
            return Progress::Finished(open.call, Err(failure));
        }
        open.tries += 1;
        open.stage = Stage::BackingOff;
        self.open.insert(id, open);
        self.effects.push(Effect::Wait(id, wait));
        Progress::None
    }

    /// Marsaglia's xorshift: jitter needs no better.
    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a failed test may panic")]
    use super::*;

    /// How a call ends that Twilio answers so often with `failure` before it does it.
    fn ending(failure: &Failure, times: u32) -> Result<Answer, Failure> {
        let mut calls = Calls::new(7, 8_000);
        calls.make(Call::FetchTask(crate::sid::TaskSid::example()));
        let mut now = 0;
        for answered in 0.. {
            let event = match calls.effects().pop() {
                Some(Effect::Wait(id, millis)) => {
                    now += millis;
                    Event::Waited(id)
                }
                Some(Effect::Call(id, _)) if answered / 2 < times => {
                    Event::Answered(id, Err(failure.clone()))
                }
                Some(Effect::Call(id, _)) => Event::Answered(id, Ok(Answer::Done)),
                _ => panic!("nothing is under way and no result came"),
            };
            if let Progress::Finished(_, result) = calls.take(event, now) {
                return result;
            }
        }
        panic!("it never ends")
    }

    #[test]
    fn a_limit_on_the_rate_of_requests_is_waited_out_as_long_as_there_is_time() {
        assert_eq!(ending(&Failure::Throttled, 8), Ok(Answer::Done));
        assert_eq!(ending(&Failure::Throttled, 99), Err(Failure::Throttled));
    }

    #[test]
    fn a_call_that_fails_is_tried_a_few_times() {
        assert_eq!(ending(&Failure::Unavailable, 3), Ok(Answer::Done));
        assert_eq!(ending(&Failure::Unavailable, 8), Err(Failure::Unavailable));
    }
}
