//! One operation of the shipped code, under way.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use park_interaction::protocol::call::Caller;
use park_interaction::protocol::park::Park;
use park_interaction::protocol::unpark::{Cause, Route, Unpark};
use park_interaction::protocol::{
    Call, CallId, Effect, Event, Millis, Operation, Outcome, Setting,
};
use park_interaction::request::ParkRequest;

use crate::world::{self, World, ADA, SUE, WAKE_URL};

/// What kind of operation it is, and whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Park(u32),
    Resume(u32),
    Settle(u32),
    /// With it: whether the customer wrote.
    Wake(bool),
    Restore,
    Reconcile,
}

/// An operation under way. What it was and did is shared between states until it steps.
#[derive(Debug, Clone)]
pub struct Running {
    inner: Arc<Inner>,
    digest: u64,
}

#[derive(Debug, Clone, Hash)]
struct Inner {
    name: String,
    role: Role,
    started: Millis,
    /// Whether its caller was in the conversation when it began.
    was_in: bool,
    /// Whether it has been told who calls.
    knows_caller: bool,
    machine: Machine,
    calls: BTreeMap<CallId, Call>,
    waits: BTreeMap<CallId, Millis>,
}

#[derive(Debug, Clone, Hash)]
enum Machine {
    Park(Box<Park>),
    Unpark(Box<Unpark>),
}

impl PartialEq for Running {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Running {}

impl Hash for Running {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

impl Running {
    /// Begins an operation of this name, which no other bears in the same run.
    pub fn begin(
        name: String,
        role: Role,
        cause: Option<Cause>,
        world: &World,
        now: Millis,
    ) -> Self {
        let setting = Setting {
            operation: name.clone(),
            wake_url: WAKE_URL.into(),
            wake_flow: None,
            started: now,
            seed: 7,
        };
        let mut machine = match cause {
            None => Machine::Park(Box::new(Park::new(request(world, role), setting))),
            Some(cause) => Machine::Unpark(Box::new(
                Unpark::new(
                    world::conversation(1),
                    Some((world::interaction(1), world::channel(1))),
                    cause,
                    setting,
                )
                .or_else_by(role.route()),
            )),
        };
        let effects = machine.operation().start();
        let mut inner = Inner {
            name,
            role,
            started: now,
            was_in: role
                .caller_number()
                .is_some_and(|number| world.is_in(number)),
            knows_caller: false,
            machine,
            calls: BTreeMap::new(),
            waits: BTreeMap::new(),
        };
        // No operation ends before it has heard anything.
        let _ = inner.follow(effects, now);
        Self::seal(Arc::new(inner))
    }

    fn seal(inner: Arc<Inner>) -> Self {
        let mut hasher = DefaultHasher::new();
        inner.hash(&mut hasher);
        Self {
            digest: hasher.finish(),
            inner,
        }
    }

    pub fn name(&self) -> &str {
        &self.inner.name
    }

    pub fn role(&self) -> Role {
        self.inner.role
    }

    pub fn started(&self) -> Millis {
        self.inner.started
    }

    pub fn calls(&self) -> &BTreeMap<CallId, Call> {
        &self.inner.calls
    }

    pub fn waits(&self) -> &BTreeMap<CallId, Millis> {
        &self.inner.waits
    }

    pub fn was_in(&self) -> bool {
        self.inner.was_in
    }

    pub fn knows_caller(&self) -> bool {
        self.inner.knows_caller
    }

    /// Tells it what happened. Answers how it ended, if it did.
    pub fn tell(&mut self, event: Event, now: Millis) -> Option<Outcome> {
        let inner = Arc::make_mut(&mut self.inner);
        match &event {
            Event::Answered(id, result) => {
                let call = inner.calls.remove(id);
                inner.knows_caller |= call == Some(Call::ValidateToken) && result.is_ok();
            }
            Event::Waited(id) => {
                inner.waits.remove(id);
            }
        }
        let effects = inner.machine.operation().step(event, now);
        let outcome = inner.follow(effects, now);
        *self = Self::seal(Arc::clone(&self.inner));
        outcome
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
            Self::Park(number) | Self::Resume(number) | Self::Settle(number) => Some(number),
            Self::Wake(_) | Self::Restore | Self::Reconcile => None,
        }
    }

    /// What the webhook's address says of where to route to.
    fn route(self) -> Option<Route> {
        matches!(self, Self::Wake(_)).then(|| Route {
            workflow: world::workflow(1),
            task_channel_unique_name: "chat".into(),
            queue: world::queue(1),
            worker: world::worker(ADA),
        })
    }

    /// Who calls, in truth.
    pub fn caller(self) -> Option<Caller> {
        let number = self.caller_number()?;
        let role = if number == SUE { "supervisor" } else { "agent" };
        Some(Caller {
            worker: world::worker(number),
            roles: vec![role.into()],
        })
    }
}

fn request(world: &World, role: Role) -> ParkRequest {
    let caller = role.caller_number().map(world::worker);
    let task = world
        .participants
        .iter()
        .find(|participant| participant.worker == caller)
        .and_then(|participant| participant.task.clone());
    ParkRequest {
        conversation_sid: world::conversation(1),
        interaction_sid: world::interaction(1),
        channel_sid: world::channel(1),
        task_sid: task.unwrap_or_else(|| world::task(1)),
        last_message_index: Some(world.heard),
        show_list: true,
        list_ttl_seconds: None,
    }
}
