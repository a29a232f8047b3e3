//! Runs operations against the desk, any number at once, in virtual time: each call takes 100 ms.

use std::collections::BTreeMap;

use park_interaction::protocol::park::Park;
use park_interaction::protocol::sweep::{Cursor, Sweep};
use park_interaction::protocol::unpark::{Cause, Route, Unpark};
use park_interaction::protocol::{
    Call, CallId, Effect, Event, Failure, MessageRef, Millis, Operation, Outcome, Setting,
};
use park_interaction::reply::Reply;
use park_interaction::request::ParkRequest;
use park_interaction::sid::{FlowSid, MessageSid};

use crate::desk::{self, Desk, WAKE_URL};

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 429.
    Throttled,
    /// An error, and it was not done.
    NotDone,
    /// It was refused for good.
    Refused,
    /// It was done, and the answer is lost.
    AnswerLost,
    /// As before, but each further try fails too: that part of Twilio is down.
    Down,
    /// The Function dies before the call.
    DiesBefore,
    /// The Function dies after the call was sent.
    DiesAfter,
}

pub struct Stage {
    pub desk: Desk,
    pub now: Millis,
    jobs: BTreeMap<(Millis, u32), Job>,
    operations: Vec<Option<Box<dyn Operation>>>,
    pub outcomes: BTreeMap<usize, Outcome>,
    /// Every call that reached Twilio, by the operation that made it.
    pub calls: Vec<(usize, Call)>,
    /// The call of the first operation that goes wrong, counted from 0, and how.
    pub fault: Option<(usize, Fault)>,
    pub fault_was_hit: bool,
    first_calls: usize,
    down: Option<std::mem::Discriminant<Call>>,
    sequence: u32,
    /// The owner's Studio flow.
    pub flow: Option<FlowSid>,
    /// Whether a new webhook is told of messages from before it was made. Twilio says so; that it does so
    /// with filters too is inferred, so nobody may be lost if it does not.
    pub replays: bool,
}

enum Job {
    Send(usize, CallId, Call),
    Deliver(usize, Event),
    CustomerWrites,
}

/// The customer writes to what is parked; gives what their wake says.
pub fn wake(stage: &mut Stage) -> Reply {
    let by = stage.desk.customer_writes();
    let wake = stage.unpark(Cause::Wake(vec![by]));
    stage.reply(wake)
}

const HALF_TRIP: Millis = 50;

impl Stage {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            now: 1_790_000_000_000,
            jobs: BTreeMap::new(),
            operations: Vec::new(),
            outcomes: BTreeMap::new(),
            calls: Vec::new(),
            fault: None,
            fault_was_hit: false,
            first_calls: 0,
            down: None,
            sequence: 0,
            flow: None,
            replays: true,
        }
    }

    /// A stage on which Ada has parked, long ago.
    pub fn parked() -> Self {
        let mut stage = Self::new(Desk::new());
        let park = stage.park(true);
        assert!(matches!(stage.reply(park), Reply::Parked { .. }));
        stage.let_time_pass(60_000);
        stage
    }

    pub fn park(&mut self, show_list: bool) -> usize {
        let request = ParkRequest {
            conversation_sid: desk::conversation(1),
            interaction_sid: desk::interaction(1),
            channel_sid: desk::channel(1),
            task_sid: self
                .desk
                .open_tasks
                .first()
                .cloned()
                .unwrap_or(desk::task(1)),
            last_message_index: self.desk.last_index(),
            show_list,
            list_ttl_seconds: None,
        };
        let setting = self.setting();
        self.begin(Box::new(Park::new(request, setting)))
    }

    pub fn unpark(&mut self, cause: Cause) -> usize {
        let unpark = self.unpark_for(cause);
        self.begin(Box::new(unpark))
    }

    /// As a webhook of ours brings it: its address says where to route to.
    pub fn unpark_routed(&mut self, cause: Cause) -> usize {
        let route = Route {
            workflow: desk::workflow(1),
            task_channel_unique_name: "chat".into(),
            queue: desk::queue(1),
            worker: desk::worker(desk::ADA),
        };
        let unpark = self.unpark_for(cause).or_else_by(Some(route));
        self.begin(Box::new(unpark))
    }

    /// As a flow asks for it: with the message, if it passes that on, and without who wrote.
    pub fn unpark_by_flow(&mut self, message: Option<MessageSid>) -> usize {
        let setting = self.setting();
        let wake = Cause::Wake(Vec::new());
        let unpark = Unpark::new(desk::conversation(1), None, wake, setting).told_of(message);
        self.begin(Box::new(unpark))
    }

    fn unpark_for(&self, cause: Cause) -> Unpark {
        let place = Some((desk::interaction(1), desk::channel(1)));
        Unpark::new(desk::conversation(1), place, cause, self.setting())
    }

    pub fn sweep(&mut self, cause: Cause, cursor: Cursor) -> usize {
        let setting = self.setting();
        self.begin(Box::new(Sweep::new(cause, cursor, setting)))
    }

    /// The customer writes after so many milliseconds; the webhook, if it is armed then, wakes.
    pub fn customer_writes_in(&mut self, millis: Millis) {
        self.schedule(millis, Job::CustomerWrites);
    }

    /// Runs until nothing is under way.
    pub fn run(&mut self) {
        while let Some(((at, _), job)) = self.jobs.pop_first() {
            self.now = self.now.max(at);
            self.perform(job);
        }
    }

    /// Runs one operation and gives its reply.
    pub fn reply(&mut self, operation: usize) -> Reply {
        self.run();
        self.outcomes
            .get(&operation)
            .expect("the operation ended")
            .reply
            .clone()
    }

    pub fn let_time_pass(&mut self, millis: Millis) {
        self.now += millis;
    }

    fn setting(&self) -> Setting {
        Setting {
            operation: format!("operation-{}", self.operations.len()),
            wake_url: WAKE_URL.into(),
            wake_flow: self.flow.clone(),
            started: self.now,
            seed: 7 + self.operations.len() as u64,
        }
    }

    fn begin(&mut self, mut operation: Box<dyn Operation>) -> usize {
        let index = self.operations.len();
        let effects = operation.start();
        self.operations.push(Some(operation));
        self.follow(index, effects);
        index
    }

    fn schedule(&mut self, after: Millis, job: Job) {
        self.sequence += 1;
        self.jobs.insert((self.now + after, self.sequence), job);
    }

    fn follow(&mut self, index: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Call(id, call) => self.schedule(HALF_TRIP, Job::Send(index, id, call)),
                Effect::Wait(id, ms) => {
                    self.schedule(ms, Job::Deliver(index, Event::Waited(id)));
                }
                Effect::Done(outcome) => {
                    self.operations[index] = None;
                    if !outcome.unseen.is_empty() {
                        self.unpark(Cause::Wake(outcome.unseen.clone()));
                    }
                    self.outcomes.insert(index, *outcome);
                }
            }
        }
    }

    fn perform(&mut self, job: Job) {
        match job {
            Job::CustomerWrites => {
                let by = self.desk.customer_writes();
                self.webhooks_fire(&by);
            }
            Job::Deliver(index, event) => {
                let now = self.now;
                if let Some(operation) = &mut self.operations[index] {
                    let effects = operation.step(event, now);
                    self.follow(index, effects);
                }
            }
            Job::Send(index, id, call) => self.send(index, id, &call),
        }
    }

    fn webhooks_fire(&mut self, by: &MessageRef) {
        for _ in 0..self.desk.webhooks.len() {
            self.unpark(Cause::Wake(vec![by.clone()]));
        }
    }

    fn send(&mut self, index: usize, id: CallId, call: &Call) {
        if self.operations[index].is_none() {
            return;
        }
        let fault = self.fault_of(index, call);
        if fault == Some(Fault::DiesBefore) {
            self.operations[index] = None;
            return;
        }
        let result = match fault {
            Some(Fault::Throttled) => Err(Failure::Throttled),
            Some(Fault::NotDone | Fault::Down) => Err(Failure::Unavailable),
            Some(Fault::Refused) => Err(Failure::Refused {
                status: 400,
                code: 20_001,
            }),
            _ => {
                self.calls.push((index, call.clone()));
                let before = self.desk.webhooks.len();
                let answer = self.desk.answer(call, self.now);
                if self.desk.webhooks.len() > before {
                    self.replay();
                }
                answer
            }
        };
        match fault {
            Some(Fault::DiesAfter) => self.operations[index] = None,
            Some(Fault::AnswerLost) => {
                let lost = Event::Answered(id, Err(Failure::Unavailable));
                self.schedule(HALF_TRIP, Job::Deliver(index, lost));
            }
            _ => self.schedule(HALF_TRIP, Job::Deliver(index, Event::Answered(id, result))),
        }
    }

    /// A new webhook is told of the messages after the index that it was made with.
    fn replay(&mut self) {
        let (Some(after), true) = (self.desk.replay_after.pop(), self.replays) else {
            return;
        };
        let replayed: Vec<MessageRef> = self
            .desk
            .messages
            .iter()
            .filter(|message| message.index > after)
            .map(|message| message.by.clone())
            .collect();
        for by in replayed {
            self.unpark(Cause::Wake(vec![by]));
        }
    }

    fn fault_of(&mut self, index: usize, call: &Call) -> Option<Fault> {
        if index != 0 {
            return None;
        }
        if self.down == Some(std::mem::discriminant(call)) {
            return Some(Fault::Down);
        }
        let number = self.first_calls;
        self.first_calls += 1;
        let (wanted, fault) = self.fault?;
        if wanted != number {
            return None;
        }
        self.fault_was_hit = true;
        if fault == Fault::Down {
            self.down = Some(std::mem::discriminant(call));
        }
        Some(fault)
    }
}
