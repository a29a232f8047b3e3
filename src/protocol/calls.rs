//! The calls of one operation, with their retries.
//!
//! A throttled call was not carried out, so it is always retried while there is time. A call without a clear answer is
//! retried if a second request does no harm. Otherwise a read first shows whether it was carried out (see
//! [`Call::read_back`]).
//!
//! An optional call has a limit of its own ([`Slot::ask_within`]), or nothing waits for it ([`Slot::ask_aside`]). So
//! neither a hanging nor a throttled one delays the operation.

use std::collections::{BTreeMap, BTreeSet};

use crate::twilio::time::Millis;
use crate::twilio::{AnyAnswer, AnyCall, Call, Failure};

use super::{Effect, Event, Outcome};

/// The identifier of a call or wait within an operation.
pub type CallId = u32;

const MOST_TRIES: u32 = 5;
const FIRST_BACKOFF_MS: Millis = 150;
const LONGEST_BACKOFF_MS: Millis = 1_200;

/// The most requests that follow each other by [`Call::next`]. They are no retries, but an endless row of them would be
/// a bug.
const MOST_STEPS: u32 = 4;

/// The calls of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Calls {
    open: BTreeMap<CallId, Open>,
    pauses: BTreeSet<CallId>,
    /// The calls that end with these waits.
    limits: BTreeMap<CallId, CallId>,
    effects: Vec<Effect>,
    next: CallId,
    random: u64,
    /// The latest time of a retry.
    last_try: Millis,
    made: u32,
    /// The outcome once nothing is in flight.
    ending: Option<Box<Outcome>>,
    over: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Open {
    call: AnyCall,
    stage: Stage,
    tries: u32,
    steps: u32,
    /// The number of reads so far that did not show this try.
    read_backs: usize,
    /// True if the operation goes on, and ends, without the result.
    is_aside: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Stage {
    Running,
    BackingOff,
    WaitingToReadBack,
    ReadingBack,
}

/// A call with its final result.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Finished {
    pub id: CallId,
    pub result: Result<AnyAnswer, Failure>,
}

/// A place for a call of an operation and for its result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Slot<C: Call> {
    /// The call was not started.
    #[default]
    Empty,
    /// The call is in flight.
    UnderWay(CallId),
    /// The call has its result.
    Answered(Result<C::Answer, Failure>),
}

impl<C: Call> Slot<C> {
    /// Makes a slot whose answer is known without the call, if there is one.
    pub fn known(answer: Option<C::Answer>) -> Self {
        answer.map_or(Self::Empty, |answer| Self::Answered(Ok(answer)))
    }

    /// Starts `call` and forgets an earlier one.
    pub fn ask(&mut self, calls: &mut Calls, call: C) {
        *self = Self::UnderWay(calls.make(call));
    }

    /// Starts an optional `call`, which fails if it has no result within this time, in milliseconds. It is not taken back: it may
    /// still be carried out.
    pub fn ask_within(&mut self, calls: &mut Calls, call: C, within_ms: Millis) {
        self.ask(calls, call);
        self.wait_within(calls, within_ms);
    }

    /// Starts an optional `call` for which nothing waits. The end of the operation abandons it, and its retries.
    pub fn ask_aside(&mut self, calls: &mut Calls, call: C) {
        self.ask(calls, call);
        if let Some(open) = self.open_in(calls) {
            open.is_aside = true;
        }
    }

    /// Makes the operation wait for the call after all, for this time in milliseconds. Then it fails.
    pub fn wait_within(&mut self, calls: &mut Calls, within_ms: Millis) {
        let Self::UnderWay(id) = *self else {
            return;
        };
        if let Some(open) = self.open_in(calls) {
            open.is_aside = false;
            calls.limit(id, within_ms);
        }
    }

    fn open_in<'a>(&self, calls: &'a mut Calls) -> Option<&'a mut Open> {
        match self {
            Self::UnderWay(id) => calls.open.get_mut(id),
            Self::Empty | Self::Answered(_) => None,
        }
    }

    /// Takes the result of its call. Returns true if `finished` is that call.
    pub fn take(&mut self, finished: &Finished) -> bool {
        if !matches!(self, Self::UnderWay(id) if *id == finished.id) {
            return false;
        }
        let result = match &finished.result {
            // The id shows that the answer is to this call.
            Ok(any) => C::answer(any).cloned().ok_or(Failure::Unavailable),
            Err(failure) => Err(failure.clone()),
        };
        *self = Self::Answered(result);
        true
    }

    /// Returns the result, if there is one.
    pub fn result(&self) -> Option<&Result<C::Answer, Failure>> {
        match self {
            Self::Answered(result) => Some(result),
            Self::Empty | Self::UnderWay(_) => None,
        }
    }

    /// Returns the answer, if the call succeeded.
    pub fn ok(&self) -> Option<&C::Answer> {
        self.result()?.as_ref().ok()
    }

    /// Returns the failure, if the call failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.result()?.as_ref().err()
    }

    /// Returns true if the call has no result yet.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Self::UnderWay(_))
    }

    /// Returns true if no call was started.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

impl Calls {
    /// Makes the calls of an operation. `last_try` is the latest time of a retry.
    #[must_use]
    pub fn new(seed: u64, last_try: Millis) -> Self {
        Self {
            open: BTreeMap::new(),
            pauses: BTreeSet::new(),
            limits: BTreeMap::new(),
            effects: Vec::new(),
            next: 0,
            // A xorshift generator cannot leave zero.
            random: seed | 1,
            last_try,
            made: 0,
            ending: None,
            over: false,
        }
    }

    /// Starts a call.
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
                is_aside: false,
            },
        );
        self.effects.push(Effect::Call(self.next, call));
        self.made += 1;
        self.next
    }

    /// Starts a wait, in milliseconds.
    pub fn pause(&mut self, milliseconds: Millis) {
        self.next += 1;
        self.pauses.insert(self.next);
        self.effects.push(Effect::Wait(self.next, milliseconds));
    }

    /// Ends a call after this time, in milliseconds.
    fn limit(&mut self, call: CallId, within_ms: Millis) {
        self.next += 1;
        self.limits.insert(self.next, call);
        self.effects.push(Effect::Wait(self.next, within_ms));
    }

    /// Ends the operation at once and drops calls in flight.
    pub fn finish(&mut self, outcome: Outcome) {
        self.open.clear();
        self.pauses.clear();
        self.limits.clear();
        self.effects.clear();
        self.effects.push(Effect::Done(Box::new(outcome)));
        self.over = true;
    }

    /// Ends the operation as soon as it waits for nothing.
    pub fn finish_when_idle(&mut self, outcome: Outcome) {
        self.ending = Some(Box::new(outcome));
    }

    /// Returns the pending outcome, if there is one.
    #[must_use]
    pub fn ending(&self) -> Option<&Outcome> {
        self.ending.as_deref()
    }

    /// Returns true if the operation waits for nothing and must choose its next step. Finishes a pending outcome first.
    pub fn want_more(&mut self) -> bool {
        if !self.idle() {
            return false;
        }
        if let Some(outcome) = self.ending.take() {
            self.finish(*outcome);
        }
        !self.over
    }

    /// Returns true if the operation waits for nothing.
    #[must_use]
    pub fn idle(&self) -> bool {
        self.open.values().all(|open| open.is_aside) && self.pauses.is_empty()
    }

    /// Returns true if another try may still start.
    #[must_use]
    pub fn has_time(&self, now: Millis) -> bool {
        now <= self.last_try
    }

    /// Returns the number of requests so far, including retries.
    #[must_use]
    pub fn made(&self) -> u32 {
        self.made
    }

    /// Takes out the effects since the last call of this function.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Handles an event. Returns the call that has its final result now, if there is one.
    pub fn take(&mut self, event: Event, now: Millis) -> Option<Finished> {
        match event {
            Event::Waited(id) => {
                if let Some(call) = self.limits.remove(&id) {
                    return self.abandon(call);
                }
                self.waited(id);
                None
            }
            Event::Answered(id, result) => {
                let open = self.open.remove(&id)?;
                self.answered(id, open, result, now)
            }
        }
    }

    /// Ends an optional call without a result. A late answer finds it gone.
    fn abandon(&mut self, id: CallId) -> Option<Finished> {
        self.open.remove(&id)?;
        Some(Finished {
            id,
            result: Err(Failure::Unavailable),
        })
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
                let read_back = open.call.read_back();
                let read = read_back.and_then(|one| one.call(open.read_backs));
                read.unwrap_or_else(|| open.call.clone())
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
        let (adopted, has_more) = {
            let read_back = open.call.read_back();
            let of = |answer| read_back.as_ref().and_then(|one| one.adopt(answer));
            let more = read_back
                .as_ref()
                .map(|one| one.wait_ms(open.read_backs + 1));
            (result.as_ref().ok().and_then(of), more.flatten().is_some())
        };
        match (result, adopted) {
            (_, Some(answer)) => {
                let result = Ok(answer);
                return Some(Finished { id, result });
            }
            (Err(Failure::Throttled | Failure::Unavailable), None) => {
                return self.read_back_later(id, open, now);
            }
            // This read does not show it, and another one may.
            (_, None) if has_more => {
                open.read_backs += 1;
                return self.read_back_later(id, open, now);
            }
            (Err(_), None) => return self.read_back_later(id, open, now),
            (Ok(_), None) => {}
        }
        // The call was not carried out, so it may be sent again.
        open.read_backs = 0;
        self.back_off(id, open, Failure::Unavailable, now)
    }

    fn read_back_later(&mut self, id: CallId, mut open: Open, now: Millis) -> Option<Finished> {
        let read_back = open.call.read_back();
        let wait = read_back.and_then(|one| one.wait_ms(open.read_backs));
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
        // A rate limit ends by waiting, so only the end of the operation limits these retries.
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

    /// Returns a random number for jitter, by Marsaglia's xorshift.
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
    use crate::twilio::calls::{FetchWorker, Worker};

    /// Returns the end of a call that fails some times before Twilio carries it out.
    fn ending(failure: &Failure, times: u32) -> Result<Worker, Failure> {
        let mut calls = Calls::new(7, 8_000);
        let mut slot = Slot::default();
        slot.ask(&mut calls, worker());
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
                Some(Effect::Call(id, _)) => {
                    Event::Answered(id, Ok(AnyAnswer::FetchWorker(Worker::default())))
                }
                _ => panic!("nothing is in flight, and there is no result"),
            };
            if let Some(finished) = calls.take(event, now) {
                assert!(slot.take(&finished));
                return match slot {
                    Slot::Answered(result) => result,
                    other => panic!("no result: {other:?}"),
                };
            }
        }
        panic!("the call never ends")
    }

    fn worker() -> FetchWorker {
        FetchWorker(WorkerSid::example())
    }

    #[test]
    fn an_optional_call_ends_at_its_limit() {
        for is_throttled in [false, true] {
            let mut calls = Calls::new(7, 8_000);
            let mut slot = Slot::default();
            slot.ask_within(&mut calls, worker(), 1_000);
            let [Effect::Call(call, _), Effect::Wait(limit, 1_000)] = calls.effects()[..] else {
                panic!("expected a call with a limit")
            };
            let throttled = Event::Answered(call, Err(Failure::Throttled));
            if is_throttled {
                assert_eq!(calls.take(throttled.clone(), 500), None);
            }
            assert!(!calls.idle());
            let ended = calls.take(Event::Waited(limit), 1_000);
            assert!(ended.is_some_and(|ended| slot.take(&ended)));
            assert_eq!(slot.failure(), Some(&Failure::Unavailable));
            assert!(calls.idle());
            calls.effects();
            for late in [Event::Waited(call), throttled] {
                assert_eq!(calls.take(late, 1_100), None);
                assert_eq!(calls.effects(), Vec::new(), "no further try");
            }
        }
    }

    #[test]
    fn a_limit_that_ends_after_its_call_changes_nothing() {
        let mut calls = Calls::new(7, 8_000);
        let mut slot = Slot::default();
        slot.ask_within(&mut calls, worker(), 1_000);
        let [Effect::Call(call, _), Effect::Wait(limit, _)] = calls.effects()[..] else {
            panic!("expected a call with a limit")
        };
        let answered = Event::Answered(call, Ok(AnyAnswer::FetchWorker(Worker::default())));
        assert!(calls.take(answered, 100).is_some_and(|one| slot.take(&one)));
        assert!(calls.idle());
        assert_eq!(calls.take(Event::Waited(limit), 1_000), None);
        assert_eq!(slot.ok(), Some(&Worker::default()));
    }

    #[test]
    fn nothing_waits_for_a_call_aside_until_it_is_needed() {
        let mut calls = Calls::new(7, 8_000);
        let mut slot = Slot::default();
        slot.ask_aside(&mut calls, worker());
        assert!(calls.idle());
        let throttled = Event::Answered(1, Err(Failure::Throttled));
        assert_eq!(calls.take(throttled, 100), None);
        assert!(calls.idle(), "nor for its retries");
        slot.wait_within(&mut calls, 1_000);
        assert!(!calls.idle());
        let ended = calls.take(Event::Waited(2), 1_100);
        assert!(ended.is_some_and(|ended| slot.take(&ended)));
        assert!(calls.idle());
    }

    #[test]
    fn a_throttled_call_is_retried_while_there_is_time() {
        assert_eq!(ending(&Failure::Throttled, 8), Ok(Worker::default()));
        assert_eq!(ending(&Failure::Throttled, 99), Err(Failure::Throttled));
    }

    #[test]
    fn an_unavailable_call_is_retried_a_few_times() {
        assert_eq!(ending(&Failure::Unavailable, 3), Ok(Worker::default()));
        assert_eq!(ending(&Failure::Unavailable, 8), Err(Failure::Unavailable));
    }
}
