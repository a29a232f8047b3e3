//! One operation of the shipped code, in flight.

use std::collections::BTreeMap;
use std::sync::Arc;

use memory_twilio::sids::{flow, task, worker};
use memory_twilio::{caller, the_channel, the_conversation, MemoryTwilio, WebhookCall, WAKE_URL};
use park_interaction::protocol::park::Park;
use park_interaction::protocol::unpark::Unpark;
use park_interaction::protocol::{CallId, Effect, Event, Operation, OperationContext, Outcome};
use park_interaction::request::{self, InsightsFields, ParkOptions, ParkRequest, ParkTarget};
use park_interaction::twilio::calls::Caller;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyCall;

use crate::scenario::{Appointment, Scenario};
use crate::shared::Shared;
use crate::state::{Due, State, HOUR, MINUTE};

/// An operation's name, which no other bears in the same run.
pub type Name = Arc<str>;

/// The kind of an operation, and its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Park(u32),
    Resume(u32),
    Keep(u32),
    Give(u32),
    /// The giver, and the agent who gets it.
    GiveTo(u32, u32),
    /// The caller, and the minutes to the new time; 0: there is none.
    Move(u32, u32),
    End(u32),
    Settle(u32),
    /// A wake, and true if the customer wrote the message.
    Wake(bool),
    Restore,
    /// The conversation's timer.
    Timer,
    /// The desktop of this worker.
    Desktop(u32),
    /// To reconcile or to release.
    Owner,
}

/// An operation to run.
#[derive(Debug, Clone)]
pub enum What {
    /// A park, and the last message on the screen, if it holds any.
    Park(Option<u32>),
    Unpark(Box<WebhookCall>),
}

/// An operation in flight.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Running(Shared<Inner>);

#[allow(
    clippy::struct_excessive_bools,
    reason = "each says a thing of its own"
)]
#[derive(Debug, Clone, Hash)]
struct Inner {
    name: Name,
    role: Role,
    started: Millis,
    /// True if its caller was in the conversation when it began.
    was_in: bool,
    /// True if its caller could take a task when it began.
    had_room: bool,
    /// True if it knows its caller.
    knows_caller: bool,
    /// The index of the next message when it took the claim.
    claimed_at: Option<u32>,
    /// True if it has closed the conversation.
    has_closed: bool,
    /// The count of events when it began.
    knows_news: u8,
    /// The appointment that it makes.
    due: Option<Due>,
    machine: Machine,
    calls: BTreeMap<CallId, AnyCall>,
    waits: BTreeMap<CallId, Millis>,
}

#[derive(Debug, Clone, Hash)]
enum Machine {
    Park(Box<Park>),
    Unpark(Box<Unpark>),
}

impl Running {
    /// Begins an operation. The error is its outcome, if it ended at once.
    pub fn begin(
        name: Name,
        role: Role,
        what: What,
        scenario: &Scenario,
        state: &State,
    ) -> Result<Self, Outcome> {
        let (twilio, now) = (&*state.world, state.now);
        let context = OperationContext {
            operation: name.to_string(),
            wake_url: WAKE_URL.into(),
            wake_flow: scenario.flow.then(|| flow(1)),
            started: now,
            seed: 7,
        };
        let number = role.caller_number();
        let known = role.caller().filter(|_| scenario.known_callers);
        let sees = scenario.known_callers.then_some(twilio.supervisors_see);
        let mut due = None;
        let mut machine = match what {
            What::Park(screen) => {
                due = scenario.appointment.map(|wanted| due_after(wanted, now));
                let request = request(twilio, role, screen, due, scenario.extras, now);
                Machine::Park(Box::new(Park::new(request, context).with_caller(known)))
            }
            What::Unpark(call) => {
                let WebhookCall { cause, called } = *call;
                let unpark = Unpark::new(the_conversation(), cause, context);
                let unpark = unpark.with_address(called).with_caller(known);
                Machine::Unpark(Box::new(unpark.with_sees(sees)))
            }
        };
        let effects = machine.operation().start();
        let mut inner = Inner {
            name,
            role,
            started: now,
            was_in: number.is_some_and(|number| twilio.is_in(number)),
            had_room: number.is_some_and(|number| has_room(twilio, number)),
            knows_caller: number.is_some() && scenario.known_callers,
            claimed_at: None,
            has_closed: false,
            knows_news: state.news,
            due,
            machine,
            calls: BTreeMap::new(),
            waits: BTreeMap::new(),
        };
        match inner.follow(effects, now) {
            Some(outcome) => Err(outcome),
            None => Ok(Self(Shared::new(inner))),
        }
    }

    pub fn name(&self) -> &Name {
        &self.0.name
    }

    pub fn role(&self) -> Role {
        self.0.role
    }

    pub fn started(&self) -> Millis {
        self.0.started
    }

    pub fn calls(&self) -> &BTreeMap<CallId, AnyCall> {
        &self.0.calls
    }

    pub fn waits(&self) -> &BTreeMap<CallId, Millis> {
        &self.0.waits
    }

    pub fn was_in(&self) -> bool {
        self.0.was_in
    }

    /// Returns the appointment that it makes, if it is a park with one.
    pub fn due(&self) -> Option<Due> {
        self.0.due
    }

    pub fn had_room(&self) -> bool {
        self.0.had_room
    }

    /// Returns true if it may know of every event.
    pub fn knows_all(&self, state: &State) -> bool {
        self.0.knows_news == state.news
    }

    /// Returns the index of the next message when it took the claim.
    pub fn claimed_at(&self) -> Option<u32> {
        self.0.claimed_at
    }

    /// Returns true if it has closed the conversation.
    pub fn has_closed(&self) -> bool {
        self.0.has_closed
    }

    /// Notes that it has taken the claim, with the index of the next message, or that it has closed the conversation.
    pub fn note(&mut self, claimed_at: Option<u32>, has_closed: bool) {
        self.0.change(|inner| {
            inner.claimed_at = inner.claimed_at.or(claimed_at);
            inner.has_closed |= has_closed;
        });
    }

    pub fn knows_caller(&self) -> bool {
        self.0.knows_caller
    }

    /// Passes it an event. Returns its outcome, if it ended.
    pub fn tell(&mut self, event: Event, now: Millis) -> Option<Outcome> {
        self.0.change(|inner| {
            match &event {
                Event::Answered(id, result) => {
                    let call = inner.calls.remove(id);
                    inner.knows_caller |=
                        matches!(call, Some(AnyCall::ValidateToken(_))) && result.is_ok();
                }
                Event::Waited(id) => {
                    inner.waits.remove(id);
                }
            }
            let effects = inner.machine.operation().step(event, now);
            inner.follow(effects, now)
        })
    }
}

impl Inner {
    fn follow(&mut self, effects: Vec<Effect>, now: Millis) -> Option<Outcome> {
        let mut ended = None;
        for effect in effects {
            match effect {
                Effect::Call(id, call) => {
                    self.calls.insert(id, call);
                }
                Effect::Wait(id, millis) => {
                    self.waits.insert(id, now + millis);
                }
                Effect::Done(outcome) => ended = Some(*outcome),
            }
        }
        ended
    }
}

impl Machine {
    fn operation(&mut self) -> &mut dyn Operation {
        match self {
            Self::Park(park) => park.as_mut(),
            Self::Unpark(unpark) => unpark.as_mut(),
        }
    }
}

impl Role {
    pub fn caller_number(self) -> Option<u32> {
        match self {
            Self::Park(number)
            | Self::Resume(number)
            | Self::Keep(number)
            | Self::Give(number)
            | Self::GiveTo(number, _)
            | Self::Move(number, _)
            | Self::End(number)
            | Self::Settle(number)
            | Self::Desktop(number) => Some(number),
            Self::Wake(_) | Self::Restore | Self::Timer | Self::Owner => None,
        }
    }

    /// Returns the true caller.
    pub fn caller(self) -> Option<Caller> {
        self.caller_number().map(caller)
    }

    /// Returns true if it changes something about a parked conversation.
    pub fn changes_park(self) -> bool {
        matches!(self, Self::Keep(_) | Self::GiveTo(..) | Self::Move(..))
    }

    /// Returns true if it has to route an unheard message.
    pub fn looks_after(self) -> bool {
        matches!(
            self,
            Self::Restore | Self::Timer | Self::Desktop(_) | Self::Owner
        )
    }
}

/// Returns true if a worker can take a task.
pub fn has_room(twilio: &MemoryTwilio, number: u32) -> bool {
    let worker = worker(number);
    !twilio.full.contains(&worker) && !twilio.away.contains(&worker)
}

fn due_after(wanted: Appointment, now: Millis) -> Due {
    Due {
        at: now + Millis::from(wanted.in_minutes) * MINUTE,
        keep_minutes: wanted.keep_minutes,
        is_expiry: wanted.is_expiry,
    }
}

fn request(
    twilio: &MemoryTwilio,
    role: Role,
    screen: Option<u32>,
    due: Option<Due>,
    extras: bool,
    now: Millis,
) -> ParkRequest {
    let caller = role.caller_number().map(worker);
    let own = twilio
        .participants
        .iter()
        .find(|participant| participant.worker == caller)
        .and_then(|participant| participant.task.clone());
    let channel = the_channel();
    let target = ParkTarget {
        conversation_sid: the_conversation(),
        interaction_sid: channel.interaction,
        channel_sid: channel.channel,
        task_sid: own.unwrap_or_else(|| task(1)),
        last_message_index: screen,
        last_line: None,
        last_line_by: None,
        customer_wrote_at: None,
    };
    let expiry_hours = due.filter(|due| due.is_expiry);
    let expiry_hours = expiry_hours.and_then(|due| u32::try_from((due.at - now) / HOUR).ok());
    let until = due.filter(|due| !due.is_expiry);
    let options = ParkOptions {
        show_list: true,
        expires_after_hours: expiry_hours,
        keep_ceiling_minutes: due.and_then(|due| due.keep_minutes),
        notices: extras.then(|| "Back soon".into()),
        insights: extras.then(InsightsFields::default),
        ..ParkOptions::default()
    };
    ParkRequest {
        target,
        options,
        appointment: request::Appointment {
            until: until.and_then(|due| u32::try_from(due.at / 1_000).ok()),
            keep_time: due.is_some_and(|due| due.keep_minutes.is_some()),
            ..request::Appointment::default()
        },
    }
}
