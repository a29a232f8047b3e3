//! Calls under way: which are repeated, how, and for how long.
//!
//! A 429 was not carried out and is always repeated, as long as there is time. Anything else without a clear answer is repeated
//! where that is harmless; where it is not, it is first read back whether the call was carried out.

use std::collections::{BTreeMap, BTreeSet};

use crate::twilio::time::Millis;
use crate::twilio::{AnyAnswer, AnyCall, Call, Failure};

use super::{Effect, Event, Outcome};

/// Which call or wait is meant.
pub type CallId = u32;

const MOST_TRIES: u32 = 5;
const FIRST_BACKOFF_MS: Millis = 150;
const LONGEST_BACKOFF_MS: Millis = 1_200;

/// The next request of the same call is a part of its business and not a repetition, but an endless row of them would be a
/// fault.
const MOST_STEPS: u32 = 4;

/// When to look for what an unanswered call has done, each time so many milliseconds after the last. Only when it does not show
/// at the last look either was it not carried out. An invite may take [`super::claim::INVITE_SHOWS_WITHIN_MS`] to show.
fn read_backs(call: &AnyCall) -> &'static [Millis] {
    match call {
        AnyCall::CreateInvite(_) => &[400, 2_600],
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
    call: AnyCall,
    stage: Stage,
    tries: u32,
    steps: u32,
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

/// A call that has its final result.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Finished {
    /// Which call.
    pub id: CallId,
    /// Its result.
    pub result: Result<AnyAnswer, Failure>,
}

/// A call that an operation asks for, and its result once there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Slot<C: Call> {
    /// It is not asked for.
    #[default]
    Empty,
    /// It is under way.
    UnderWay(CallId),
    /// It has its result.
    Answered(Result<C::Answer, Failure>),
}

impl<C: Call> Slot<C> {
    /// Asks for `call`, in the place of what was asked for before.
    pub fn ask(&mut self, calls: &mut Calls, call: C) {
        *self = Self::UnderWay(calls.make(call));
    }

    /// Takes the result of its call. Returns whether `finished` is that call.
    pub fn take(&mut self, finished: &Finished) -> bool {
        if !matches!(self, Self::UnderWay(id) if *id == finished.id) {
            return false;
        }
        let result = match &finished.result {
            // The id is the call's own, so the answer is too.
            Ok(any) => C::answer(any).cloned().ok_or(Failure::Unavailable),
            Err(failure) => Err(failure.clone()),
        };
        *self = Self::Answered(result);
        true
    }

    /// The result, once there is one.
    pub fn result(&self) -> Option<&Result<C::Answer, Failure>> {
        match self {
            Self::Answered(result) => Some(result),
            _ => None,
        }
    }

    /// The answer, if it succeeded.
    pub fn ok(&self) -> Option<&C::Answer> {
        self.result()?.as_ref().ok()
    }

    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<&Failure> {
        self.result()?.as_ref().err()
    }

    /// Returns whether it was never asked for.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
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
    pub fn make(&mut self, call: impl Into<AnyCall>) -> CallId {
        let call = call.into();
        self.next += 1;
        self.open.insert(
            self.next,
            Open {
                call: call.clone(),
                stage: Stage::Running,
                tries: 1,
                steps: 0,
                read_backs: 0,
            },
        );
        self.effects.push(Effect::Call(self.next, call));
        self.made += 1;
        self.next
    }

    /// Begins a pause.
    pub fn pause(&mut self, milliseconds: Millis) {
        self.next += 1;
        self.pauses.insert(self.next);
        self.effects.push(Effect::Wait(self.next, milliseconds));
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

    /// How the operation is going to end, once nothing is under way.
    #[must_use]
    pub fn ending(&self) -> Option<&Outcome> {
        self.ending.as_deref()
    }

    /// Returns true if nothing is under way and the operation must choose its next step. Finishes a pending outcome first.
    pub fn want_more(&mut self) -> bool {
        if !self.idle() {
            return false;
        }
        if let Some(outcome) = self.ending.take() {
            self.finish(*outcome);
        }
        !self.over
    }

    /// Returns whether nothing is under way.
    #[must_use]
    pub fn idle(&self) -> bool {
        self.open.is_empty() && self.pauses.is_empty()
    }

    /// The number of requests so far, repetitions among them.
    #[must_use]
    pub fn made(&self) -> u32 {
        self.made
    }

    /// Takes out what is to be done since the last time.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Takes an event. Returns the call that has its final result by it, if one has.
    pub fn take(&mut self, event: Event, now: Millis) -> Option<Finished> {
        match event {
            Event::Waited(id) => {
                self.waited(id);
                None
            }
            Event::Answered(id, result) => {
                let open = self.open.remove(&id)?;
                self.answered(id, open, result, now)
            }
        }
    }

    fn waited(&mut self, id: CallId) {
        if self.pauses.remove(&id) {
            return;
        }
        let Some(open) = self.open.get_mut(&id) else {
            return;
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
            Stage::Running | Stage::ReadingBack => return,
        };
        self.made += 1;
        self.effects.push(Effect::Call(id, call));
    }

    fn answered(
        &mut self,
        id: CallId,
        mut open: Open,
        result: Result<AnyAnswer, Failure>,
        now: Millis,
    ) -> Option<Finished> {
        if open.stage == Stage::ReadingBack {
            return self.read_back(id, open, result, now);
        }
        if let Some(call) = open.call.next(&result) {
            if open.steps < MOST_STEPS {
                open.steps += 1;
                open.call = call.clone();
                open.tries = 1;
                self.open.insert(id, open);
                self.made += 1;
                self.effects.push(Effect::Call(id, call));
                return None;
            }
        }
        match result {
            Err(Failure::Throttled) => self.back_off(id, open, Failure::Throttled, now),
            Err(Failure::Unavailable) if open.call.read_back().is_none() => {
                self.back_off(id, open, Failure::Unavailable, now)
            }
            Err(Failure::Unavailable) => self.read_back_later(id, open, now),
            Err(failure) => {
                let result = open.call.done_already(&failure).ok_or(failure);
                Some(Finished { id, result })
            }
            result => Some(Finished { id, result }),
        }
    }

    fn read_back(
        &mut self,
        id: CallId,
        mut open: Open,
        result: Result<AnyAnswer, Failure>,
        now: Millis,
    ) -> Option<Finished> {
        let Ok(read) = result else {
            return self.read_back_later(id, open, now);
        };
        if let Some(answer) = open.call.adopt(&read) {
            return Some(Finished {
                id,
                result: Ok(answer),
            });
        }
        open.read_backs += 1;
        if open.read_backs < read_backs(&open.call).len() {
            return self.read_back_later(id, open, now);
        }
        // It was not carried out, so it may be sent again.
        open.read_backs = 0;
        self.back_off(id, open, Failure::Unavailable, now)
    }

    fn read_back_later(&mut self, id: CallId, mut open: Open, now: Millis) -> Option<Finished> {
        let wait = read_backs(&open.call).get(open.read_backs).copied();
        let wait = wait.unwrap_or_default();
        if open.tries >= MOST_TRIES || now + wait > self.last_try {
            return Some(Finished {
                id,
                result: Err(Failure::Unavailable),
            });
        }
        open.tries += 1;
        open.stage = Stage::WaitingToReadBack;
        self.open.insert(id, open);
        self.effects.push(Effect::Wait(id, wait));
        None
    }

    fn back_off(
        &mut self,
        id: CallId,
        mut open: Open,
        failure: Failure,
        now: Millis,
    ) -> Option<Finished> {
        let ceiling = (FIRST_BACKOFF_MS << open.tries.min(8)).min(LONGEST_BACKOFF_MS);
        let wait = self.random() % ceiling + 1;
        // A limit on the rate of requests passes by waiting, so there is no end to it but the operation's own.
        let tried_enough = open.tries >= MOST_TRIES && failure != Failure::Throttled;
        if tried_enough || now + wait > self.last_try {
            return Some(Finished {
                id,
                result: Err(failure),
            });
        }
        open.tries += 1;
        open.stage = Stage::BackingOff;
        self.open.insert(id, open);
        self.effects.push(Effect::Wait(id, wait));
        None
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
    use crate::sid::WorkerSid;
    use crate::twilio::calls::FetchWorker;

    /// Returns how a call ends that Twilio answers with `failure` so many times before it carries it out.
    fn ending(failure: &Failure, times: u32) -> Result<bool, Failure> {
        let mut calls = Calls::new(7, 8_000);
        let mut slot = Slot::default();
        slot.ask(&mut calls, FetchWorker(WorkerSid::example()));
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
                Some(Effect::Call(id, _)) => Event::Answered(id, Ok(AnyAnswer::FetchWorker(true))),
                _ => panic!("nothing is under way and no result came"),
            };
            if let Some(finished) = calls.take(event, now) {
                assert!(slot.take(&finished));
                return match slot {
                    Slot::Answered(result) => result,
                    other => panic!("no result: {other:?}"),
                };
            }
        }
        panic!("it never ends")
    }

    #[test]
    fn a_limit_on_the_rate_of_requests_is_waited_out_as_long_as_there_is_time() {
        assert_eq!(ending(&Failure::Throttled, 8), Ok(true));
        assert_eq!(ending(&Failure::Throttled, 99), Err(Failure::Throttled));
    }

    #[test]
    fn a_call_that_fails_is_tried_a_few_times() {
        assert_eq!(ending(&Failure::Unavailable, 3), Ok(true));
        assert_eq!(ending(&Failure::Unavailable, 8), Err(Failure::Unavailable));
    }
}
