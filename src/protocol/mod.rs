//! Parking and unparking as state machines without IO.
//!
//! A machine is told what happened ([`Event`]) and says what to do next ([`Effect`]): calls to Twilio,
//! waits, and in the end the reply. Whoever drives it performs the effects and reports back. So the
//! Functions, the tests and a model checker all run the same code.

pub mod call;
pub mod calls;
pub mod claim;
mod guardian;
pub mod look;
pub mod park;
mod refusal;
pub mod sweep;
pub mod unpark;

pub use call::{Answer, Call, Failure};
pub use calls::CallId;

use calls::{Calls, Progress};

use crate::reply::{Refusal, Reply};
use crate::sid::FlowSid;

/// Milliseconds since 1970.
pub type Millis = u64;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// A call was answered, or failed.
    Answered(CallId, Result<Answer, Failure>),
    /// A wait is over.
    Waited(CallId),
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Call Twilio. Calls handed out together are to run together.
    Call(CallId, Call),
    /// Report back after so many milliseconds.
    Wait(CallId, Millis),
    /// The operation is over. What is still under way need not be reported.
    Done(Box<Outcome>),
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// What the caller is told.
    pub reply: Reply,
    /// Who wrote what the agent had not seen when the conversation was parked. Their messages are to be
    /// handled as if the webhook had brought them.
    pub unseen: Vec<MessageRef>,
}

impl Outcome {
    fn reply(reply: Reply) -> Self {
        Self {
            reply,
            unseen: Vec::new(),
        }
    }

    fn refused(refusal: Refusal, message: impl Into<String>) -> Self {
        Self::reply(Reply::Refused {
            refusal,
            message: message.into(),
        })
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageRef {
    /// The author's identity or address.
    pub author: String,
    /// The author as a participant of the conversation. Absent for system messages and those made
    /// through REST.
    pub participant: Option<crate::sid::ConversationParticipantSid>,
}

/// What a machine needs to know besides its request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Setting {
    /// A name that no other operation bears: it says whose claim a claim is.
    pub operation: String,
    /// Where woken conversations call: the public address of the wake function.
    pub wake_url: String,
    /// The Studio flow that the owner wants to be told instead. It calls the wake function in its turn.
    pub wake_flow: Option<FlowSid>,
    /// When the operation began.
    pub started: Millis,
    /// Seed for the jitter of retries.
    pub seed: u64,
}

/// An operation in progress.
pub trait Operation {
    /// The first things to do.
    fn start(&mut self) -> Vec<Effect>;

    /// Takes an event at the time `now` and says what to do next.
    fn step(&mut self, event: Event, now: Millis) -> Vec<Effect>;

    /// How many calls it has made so far, retries among them.
    fn calls_made(&mut self) -> u32;
}

/// What one operation does differently from another.
trait Machine {
    /// Its calls.
    fn calls(&mut self) -> &mut Calls;

    /// Makes the first calls.
    fn begin(&mut self);

    /// Takes the final result of a call.
    fn take(&mut self, call: &Call, result: &Result<Answer, Failure>, now: Millis);

    /// Goes on, since nothing is under way: each time it begins something, comes nearer to the end, or ends.
    fn advance(&mut self, now: Millis);
}

impl<M: Machine> Operation for M {
    fn start(&mut self) -> Vec<Effect> {
        self.begin();
        self.calls().effects()
    }

    fn step(&mut self, event: Event, now: Millis) -> Vec<Effect> {
        if let Progress::Finished(call, result) = self.calls().take(event, now) {
            self.take(&call, &result, now);
        }
        while self.calls().want_more() {
            self.advance(now);
        }
        self.calls().effects()
    }

    fn calls_made(&mut self) -> u32 {
        self.calls().made()
    }
}
