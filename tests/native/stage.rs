//! The stage of the tests: runs any number of operations against the Twilio in memory, in virtual time. Each call takes 100 ms.

use std::collections::BTreeMap;

use memory_twilio::sids::worker;
use memory_twilio::{
    caller, the_channel, the_conversation, MemoryTwilio, WebhookCall, ADA, WAKE_URL,
};
use park_interaction::protocol::park::Park;
use park_interaction::protocol::sweep::{Cursor, Sweep};
use park_interaction::protocol::team::{Question, Team};
use park_interaction::protocol::unpark::{Cause, Clock, Conditions, Probe, Unpark};
use park_interaction::protocol::{
    CallId, Effect, Event, MessageRef, Operation, OperationContext, Outcome,
};
use park_interaction::reply::{Refusal, Reply, Sees};
use park_interaction::request::{Appointment, ParkOptions, ParkRequest, ParkTarget};
use park_interaction::sid::FlowSid;
use park_interaction::twilio::calls::Caller;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::{AnyAnswer, AnyCall, Failure, TIMEOUT_MS};

/// The beginning of every test, in milliseconds since 1970.
pub const START: Millis = 1_790_000_000_000;

/// A fault of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 429.
    Throttled,
    /// An error, and it was not carried out.
    NotDone,
    /// It was refused for good.
    Refused,
    /// It was carried out, and the response is lost.
    AnswerLost,
    /// It was carried out, and the Function has stopped waiting for the response.
    TimedOut,
    /// As `NotDone`, but each further try fails too: that part of Twilio is down.
    Down,
    /// The Function dies before the call.
    DiesBefore,
    /// The Function dies after the call was sent.
    DiesAfter,
}

/// The faults that are tried at every call.
pub const FAULTS: [Fault; 7] = [
    Fault::Throttled,
    Fault::NotDone,
    Fault::Refused,
    Fault::AnswerLost,
    Fault::Down,
    Fault::DiesBefore,
    Fault::DiesAfter,
];

/// The watchers over a conversation that waits for an agent.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is there or not, whatever the others are"
)]
#[derive(Debug, Clone, Copy)]
pub struct Watchers {
    /// `TaskRouter` posts the end of a task.
    pub events: bool,
    /// The conversation's timer calls its webhook.
    pub timer: bool,
    /// A desktop is open.
    pub desktop: bool,
    /// Event Streams reports the end of the conversation's timer.
    pub streams: bool,
}

/// Only `TaskRouter`'s events.
pub const EVENTS_ALONE: Watchers = Watchers {
    events: true,
    timer: false,
    desktop: false,
    streams: false,
};
/// Only the conversation's timer.
pub const TIMER_ALONE: Watchers = Watchers {
    events: false,
    timer: true,
    desktop: false,
    streams: false,
};
/// Only an open desktop.
pub const DESKTOP_ALONE: Watchers = Watchers {
    events: false,
    timer: false,
    desktop: true,
    streams: false,
};
/// Only what Event Streams reports of the conversation's timer.
pub const STREAMS_ALONE: Watchers = Watchers {
    events: false,
    timer: false,
    desktop: false,
    streams: true,
};
/// Each clock alone.
pub const CLOCKS: [Watchers; 3] = [TIMER_ALONE, DESKTOP_ALONE, STREAMS_ALONE];
/// Nothing watches.
pub const NOBODY: Watchers = Watchers {
    events: false,
    timer: false,
    desktop: false,
    streams: false,
};

/// The calls that reach Twilio late.
#[derive(Debug, Clone, Copy)]
pub struct Hanging {
    pub name: &'static str,
    /// The delay in milliseconds.
    pub late_by_ms: Millis,
    /// The number of calls.
    pub calls: u32,
}

/// Returns the refusal of a reply that must be one.
#[track_caller]
pub fn refusal(reply: Reply) -> Refusal {
    match reply {
        Reply::Refused { refusal, .. } => refusal,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

/// The address of the wake function of another environment.
pub const ELSEWHERE: &str =
    "https://elsewhere.twil.io/features/park-interaction/common/unpark-interaction";

pub struct Stage {
    pub twilio: MemoryTwilio,
    pub now: Millis,
    jobs: BTreeMap<(Millis, u32), Job>,
    operations: Vec<Option<Running>>,
    pub outcomes: BTreeMap<usize, Outcome>,
    /// Every call that reached Twilio, with the number of its operation.
    pub calls: Vec<(usize, AnyCall)>,
    /// The number of the call of the first operation that fails, counted from 0, and its fault.
    pub fault: Option<(usize, Fault)>,
    pub fault_was_hit: bool,
    first_calls: usize,
    pub down: Option<&'static str>,
    /// The name of a call to which Twilio answers that it knows no such thing.
    pub missing: Option<&'static str>,
    /// The name of calls that are throttled each time.
    pub throttled: Option<&'static str>,
    /// Calls that reach Twilio late. The Function has stopped waiting by then.
    pub hanging: Option<Hanging>,
    /// A change by another program before each call that reaches Twilio.
    pub meanwhile: Option<fn(&mut MemoryTwilio, &AnyCall)>,
    /// The times at which operations ended.
    pub ended: BTreeMap<usize, Millis>,
    sequence: u32,
    /// The address of the wake function of the environment whose Functions run the operations that begin.
    pub wake_url: &'static str,
    /// The owner's Studio flow.
    pub flow: Option<FlowSid>,
    /// The owner of the requests' token.
    pub caller: Option<Caller>,
    /// The owner's flag `supervisors_see`, if the Function's container knows it.
    pub known_sees: Option<Sees>,
    pub watchers: Watchers,
}

struct Running {
    operation: Box<dyn Operation>,
    caller: Option<Caller>,
}

enum Job {
    Send(usize, CallId, AnyCall),
    Deliver(usize, Event),
    /// A call of which the Function may know nothing any more reaches Twilio.
    Land(usize, AnyCall, Option<Caller>),
    CustomerWrites,
}

const HALF_TRIP_MS: Millis = 50;

impl Stage {
    pub fn new() -> Self {
        Self::with(MemoryTwilio::new(START))
    }

    /// Returns a stage without operations so far: faults count from its first one.
    pub fn with(twilio: MemoryTwilio) -> Self {
        Self {
            twilio,
            now: START,
            jobs: BTreeMap::new(),
            operations: Vec::new(),
            outcomes: BTreeMap::new(),
            calls: Vec::new(),
            fault: None,
            fault_was_hit: false,
            first_calls: 0,
            down: None,
            missing: None,
            throttled: None,
            hanging: None,
            meanwhile: None,
            ended: BTreeMap::new(),
            sequence: 0,
            wake_url: WAKE_URL,
            flow: None,
            caller: Some(caller(ADA)),
            known_sees: None,
            watchers: Watchers {
                events: true,
                timer: true,
                desktop: true,
                streams: true,
            },
        }
    }

    /// Returns the same Twilio on a stage without operations, so many milliseconds later.
    pub fn later(self, milliseconds: Millis) -> Self {
        let now = self.now + milliseconds;
        let flow = self.flow.clone();
        Self {
            now,
            flow,
            ..Self::with(self.twilio)
        }
    }

    /// Returns a stage on which Ada has parked a minute ago.
    pub fn parked() -> Self {
        let mut stage = Self::new();
        let park = stage.park(true);
        assert!(matches!(stage.reply(park), Reply::Parked { .. }));
        stage.let_time_pass(60_000);
        stage
    }

    pub fn park(&mut self, show_list: bool) -> usize {
        let last_message_index = self.twilio.last_index();
        self.park_with(|request| {
            request.options.show_list = show_list;
            request.target.last_message_index = last_message_index;
        })
    }

    pub fn park_with(&mut self, change: impl FnOnce(&mut ParkRequest)) -> usize {
        let park = self.new_park(change);
        self.begin(Box::new(park))
    }

    /// Makes a park that has not begun.
    pub fn new_park(&self, change: impl FnOnce(&mut ParkRequest)) -> Park {
        let channel = the_channel();
        let open = self.twilio.open_tasks().next().map(|(sid, _)| sid.clone());
        let target = ParkTarget {
            conversation_sid: the_conversation(),
            interaction_sid: channel.interaction,
            channel_sid: channel.channel,
            task_sid: open.unwrap_or_else(|| memory_twilio::sids::task(1)),
            last_message_index: None,
            last_line: None,
            last_line_by: None,
            customer_wrote_at: None,
        };
        let options = ParkOptions {
            show_list: true,
            ..ParkOptions::default()
        };
        let mut request = ParkRequest {
            target,
            options,
            appointment: Appointment::default(),
        };
        change(&mut request);
        Park::new(request, self.context())
    }

    pub fn unpark(&mut self, cause: Cause) -> usize {
        self.called(WebhookCall {
            cause,
            called: None,
        })
    }

    /// Begins a click that changes nothing unless the conditions hold.
    pub fn unpark_if(&mut self, conditions: Conditions, cause: Cause) -> usize {
        let unpark = Unpark::new(the_conversation(), cause, self.context());
        let unpark = unpark.with_conditions(conditions);
        self.begin(Box::new(unpark.with_sees(self.known_sees)))
    }

    /// Begins the operation of a webhook's call.
    pub fn called(&mut self, call: WebhookCall) -> usize {
        let context = self.context();
        let unpark = Unpark::new(the_conversation(), call.cause, context).with_address(call.called);
        self.begin(Box::new(unpark.with_sees(self.known_sees)))
    }

    /// Begins the operation of an event of Event Streams about the conversation's state.
    pub fn streamed(&mut self) -> usize {
        let cause = Cause::Check(Clock::Timer);
        let unpark = Unpark::new(the_conversation(), cause, self.context());
        self.begin(Box::new(unpark.with_probe(Probe::ParkedHere)))
    }

    /// Begins the operation of an event of Event Streams about the end of an invite.
    pub fn streamed_end(&mut self) -> usize {
        let unpark = Unpark::new(the_conversation(), Cause::Restore, self.context());
        self.begin(Box::new(unpark.with_probe(Probe::NotElsewhere)))
    }

    /// Begins a supervisor's question about agents.
    pub fn ask(&mut self, question: Question) -> usize {
        let context = self.context();
        let team = Team::new(question, &context, None, self.known_sees);
        self.begin(Box::new(team))
    }

    pub fn sweep(&mut self, cause: Cause, cursor: Cursor) -> usize {
        let context = self.context();
        self.begin(Box::new(Sweep::new(cause, cursor, context)))
    }

    /// Schedules a message of the customer after so many milliseconds; a webhook that is armed then wakes.
    pub fn customer_writes_in(&mut self, milliseconds: Millis) {
        self.schedule(milliseconds, Job::CustomerWrites);
    }

    /// Writes this worker in place of Ada into the record, which every agent's browser can.
    pub fn write_into_record(&mut self, number: u32) {
        let forged = self
            .twilio
            .attributes
            .replace(worker(ADA).as_str(), worker(number).as_str());
        self.twilio.attributes = forged.into();
    }

    /// Lets the customer write to the parked conversation. Returns the wake's reply.
    pub fn wake(&mut self) -> Reply {
        let by = self.twilio.customer_writes(self.now);
        self.wake_for(&by)
    }

    /// Delivers a message to the webhook. Returns the reply.
    pub fn wake_for(&mut self, by: &MessageRef) -> Reply {
        let calls = self.twilio.calls_for(by);
        let call = calls.into_iter().next().expect("a webhook is armed");
        let wake = self.called(call);
        self.reply(wake)
    }

    /// Ends the open task without anybody having joined. `TaskRouter` posts it, if events are on.
    pub fn end_invite(&mut self) {
        self.twilio.end_invite(self.now);
        if self.watchers.events {
            self.unpark(Cause::Restore);
            self.run();
        }
    }

    /// Returns the names of the calls that have changed something, but for the claim, in their order.
    pub fn changes(&self) -> Vec<&'static str> {
        let names = self.calls.iter().map(|(_, call)| call.name());
        let changes = |name: &&str| {
            ["Update", "Put", "Create", "Delete"]
                .iter()
                .any(|kind| name.starts_with(kind))
        };
        names
            .filter(changes)
            .filter(|name| !name.ends_with("Claim"))
            .collect()
    }

    /// Runs until nothing is in flight.
    pub fn run(&mut self) {
        while let Some(((at, _), job)) = self.jobs.pop_first() {
            self.now = self.now.max(at);
            self.perform(job);
        }
    }

    /// Runs for so many milliseconds.
    pub fn run_for(&mut self, milliseconds: Millis) {
        let end = self.now + milliseconds;
        while let Some(job) = self.jobs.first_entry().filter(|job| job.key().0 <= end) {
            let ((at, _), job) = job.remove_entry();
            self.now = self.now.max(at);
            self.perform(job);
        }
        self.now = end;
    }

    /// Runs one operation and returns its reply.
    pub fn reply(&mut self, operation: usize) -> Reply {
        self.run();
        self.outcomes
            .get(&operation)
            .expect("the operation ended")
            .reply
            .clone()
    }

    /// Lets so many milliseconds pass, in which the watchers act.
    pub fn let_time_pass(&mut self, milliseconds: Millis) {
        let end = self.now + milliseconds;
        while let Some(at) = self.next_watch().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.watch();
            self.run();
        }
        self.now = self.now.max(end);
    }

    fn next_watch(&self) -> Option<Millis> {
        let is_reported = self.watchers.timer || self.watchers.streams;
        let timer = self.twilio.timer_ends_at().filter(|_| is_reported);
        let desktop = self
            .twilio
            .desktops_ask_at()
            .filter(|_| self.watchers.desktop);
        [timer, desktop].into_iter().flatten().min()
    }

    fn watch(&mut self) {
        let ends = self.twilio.timer_ends_at();
        if ends.is_some_and(|at| at <= self.now) && (self.watchers.timer || self.watchers.streams) {
            let calls = self.twilio.timer_ends(self.now);
            if self.watchers.timer {
                for call in calls {
                    self.called(call);
                }
            }
            if self.watchers.streams {
                self.streamed();
            }
        }
        let asks = self
            .twilio
            .desktops_ask_at()
            .is_some_and(|at| at <= self.now);
        if self.watchers.desktop && asks {
            self.unpark(Cause::Check(Clock::Desktop));
        }
    }

    fn context(&self) -> OperationContext {
        OperationContext {
            operation: format!("operation-{}", self.operations.len()),
            wake_url: self.wake_url.into(),
            wake_flow: self.flow.clone(),
            started: self.now,
            seed: 7 + self.operations.len() as u64,
        }
    }

    fn begin(&mut self, mut operation: Box<dyn Operation>) -> usize {
        let index = self.operations.len();
        let effects = operation.start();
        let caller = self.caller.clone();
        self.operations.push(Some(Running { operation, caller }));
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
                Effect::Call(id, call) => self.schedule(HALF_TRIP_MS, Job::Send(index, id, call)),
                Effect::Wait(id, ms) => {
                    self.schedule(ms, Job::Deliver(index, Event::Waited(id)));
                }
                Effect::Done(outcome) => {
                    self.operations[index] = None;
                    self.ended.insert(index, self.now);
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
                let by = self.twilio.customer_writes(self.now);
                for call in self.twilio.calls_for(&by) {
                    self.called(call);
                }
            }
            Job::Deliver(index, event) => {
                let now = self.now;
                if let Some(running) = &mut self.operations[index] {
                    let effects = running.operation.step(event, now);
                    self.follow(index, effects);
                }
            }
            Job::Send(index, id, call) => self.send(index, id, &call),
            Job::Land(index, call, caller) => {
                let _ = self.carry_out(index, &call, caller);
            }
        }
    }

    fn send(&mut self, index: usize, id: CallId, call: &AnyCall) {
        let Some(running) = &self.operations[index] else {
            return;
        };
        let caller = running.caller.clone();
        let hanging = self.hanging.as_mut();
        if let Some(hanging) = hanging.filter(|one| one.name == call.name() && one.calls > 0) {
            hanging.calls -= 1;
            let late_by_ms = hanging.late_by_ms;
            let lost = Event::Answered(id, Err(Failure::Unavailable));
            self.schedule(Millis::from(TIMEOUT_MS), Job::Deliver(index, lost));
            return self.schedule(late_by_ms, Job::Land(index, call.clone(), caller));
        }
        let fault = self.fault_of(index, call);
        if fault == Some(Fault::DiesBefore) {
            self.operations[index] = None;
            return;
        }
        let result = match fault {
            None if self.missing == Some(call.name()) => Err(Failure::NotFound),
            Some(Fault::Throttled) => Err(Failure::Throttled),
            Some(Fault::NotDone | Fault::Down) => Err(Failure::Unavailable),
            Some(Fault::Refused) => Err(Failure::Refused {
                status: 400,
                code: 20_001,
            }),
            _ => self.carry_out(index, call, caller),
        };
        match fault {
            Some(Fault::DiesAfter) => self.operations[index] = None,
            Some(Fault::AnswerLost | Fault::TimedOut) => {
                let after = match fault {
                    Some(Fault::TimedOut) => Millis::from(TIMEOUT_MS),
                    _ => HALF_TRIP_MS,
                };
                let lost = Event::Answered(id, Err(Failure::Unavailable));
                self.schedule(after, Job::Deliver(index, lost));
            }
            _ => self.schedule(
                HALF_TRIP_MS,
                Job::Deliver(index, Event::Answered(id, result)),
            ),
        }
    }

    fn carry_out(
        &mut self,
        index: usize,
        call: &AnyCall,
        caller: Option<Caller>,
    ) -> Result<AnyAnswer, Failure> {
        self.calls.push((index, call.clone()));
        if let Some(change) = self.meanwhile {
            change(&mut self.twilio, call);
        }
        let answer = call.perform(self.twilio.at(self.now, caller));
        if let AnyCall::CreateWebhook(created) = call {
            for replayed in self.twilio.replayed(created.replay_after) {
                self.called(replayed);
            }
        }
        answer
    }

    fn fault_of(&mut self, index: usize, call: &AnyCall) -> Option<Fault> {
        if index != 0 {
            return None;
        }
        if self.down == Some(call.name()) {
            return Some(Fault::Down);
        }
        if self.throttled == Some(call.name()) {
            return Some(Fault::Throttled);
        }
        let number = self.first_calls;
        self.first_calls += 1;
        let (wanted, fault) = self.fault?;
        if wanted != number {
            return None;
        }
        self.fault_was_hit = true;
        if fault == Fault::Down {
            self.down = Some(call.name());
        }
        Some(fault)
    }

    /// Counts the invites that were made.
    pub fn invites(&self) -> usize {
        self.invitations().count()
    }

    /// Returns all invites that were made.
    pub fn invitations(
        &self,
    ) -> impl Iterator<Item = &park_interaction::twilio::calls::CreateInvite> {
        self.calls.iter().filter_map(|(_, call)| match call {
            AnyCall::CreateInvite(invite) => Some(&**invite),
            _ => None,
        })
    }

    /// Counts the calls of this name.
    pub fn count(&self, name: &str) -> usize {
        let named = self.calls.iter().filter(|(_, call)| call.name() == name);
        named.count()
    }
}
