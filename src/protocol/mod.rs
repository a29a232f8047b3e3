//! Parking and unparking as state machines without IO.
//!
//! A machine takes what has happened ([`Event`]) and returns what to do next ([`Effect`]): calls to Twilio, waits, and in
//! the end the reply. Its driver performs the effects and reports back. So the Functions, the tests and a model checker
//! all run the same code.

pub(crate) mod armed;
pub mod calls;
pub mod claim;
pub(crate) mod evidence;
mod messages;
pub mod park;
mod refusal;
mod snapshot;
pub mod sweep;
pub mod unpark;

pub use calls::CallId;

use calls::{Calls, Finished};

use crate::guardian::Guardian;
use crate::reply::{Refusal, Reply};
use crate::sid::{ConversationParticipantSid, ConversationSid, FlowSid, MessageSid};
use crate::twilio::calls::{CreateWebhook, Hears, Message, Target};
use crate::twilio::time::Millis;
use crate::twilio::{AnyAnswer, AnyCall, Failure};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// A call was answered, or failed.
    Answered(CallId, Result<AnyAnswer, Failure>),
    /// A wait is over.
    Waited(CallId),
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Call Twilio. Calls handed out together are to run together.
    Call(CallId, AnyCall),
    /// Report back after so many milliseconds.
    Wait(CallId, Millis),
    /// The operation is over. What is still under way need not be reported.
    Done(Box<Outcome>),
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// The answer to the caller.
    pub reply: Reply,
    /// Messages that the agent had not seen when the conversation was parked. They are to be handled as if the webhook had
    /// brought them.
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

/// Who wrote a message, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageRef {
    /// The author's identity or address.
    pub author: String,
    /// The author as a participant of the conversation. Absent for system messages and most of those made through REST.
    pub participant: Option<ConversationParticipantSid>,
    /// Its place in the conversation. Absent where Twilio does not say.
    pub index: Option<u32>,
    /// The message. Absent where its place is known.
    pub sid: Option<MessageSid>,
}

impl From<&Message> for MessageRef {
    fn from(message: &Message) -> Self {
        Self {
            author: message.author.clone(),
            participant: message.participant.clone(),
            index: Some(message.index),
            sid: None,
        }
    }
}

/// What a machine needs to know besides its request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Setting {
    /// A name that no other operation bears: it says whose claim a claim is.
    pub operation: String,
    /// Where woken conversations call: the public address of the wake function.
    pub wake_url: String,
    /// The Studio flow that the owner wants to hear of messages instead. It calls the wake function in its turn.
    pub wake_flow: Option<FlowSid>,
    /// When the operation began.
    pub started: Millis,
    /// Seed for the jitter of repetitions.
    pub seed: u64,
}

impl Setting {
    /// Arms the webhook that calls the wake function, with what `guardian` says in its address. Where a flow hears of messages, it
    /// hears of the conversation's state only.
    fn arm(
        &self,
        conversation: &ConversationSid,
        guardian: &Guardian,
        replay_after: Option<u32>,
    ) -> CreateWebhook {
        let (hears, replay_after) = match guardian.flow {
            None => (Hears::MessagesAndState, replay_after),
            Some(_) => (Hears::State, None),
        };
        CreateWebhook {
            conversation: conversation.clone(),
            target: Target::Url(guardian.address(&self.wake_url)),
            hears,
            replay_after,
        }
    }
}

/// Arms the webhook that runs the owner's flow for each message.
fn arm_flow(
    conversation: &ConversationSid,
    flow: &FlowSid,
    replay_after: Option<u32>,
) -> CreateWebhook {
    CreateWebhook {
        conversation: conversation.clone(),
        target: Target::Flow(flow.clone()),
        hears: Hears::MessagesAndState,
        replay_after,
    }
}

/// An operation in progress.
pub trait Operation {
    /// Returns the first things to do.
    fn start(&mut self) -> Vec<Effect>;

    /// Takes an event at the time `now` and returns what to do next.
    fn step(&mut self, event: Event, now: Millis) -> Vec<Effect>;

    /// The number of requests so far, repetitions among them.
    fn calls_made(&mut self) -> u32;
}

/// What one operation does differently from another.
trait Machine {
    /// Its calls.
    fn calls(&mut self) -> &mut Calls;

    /// Makes the first calls.
    fn begin(&mut self);

    /// Takes the final result of a call.
    fn take(&mut self, finished: &Finished, now: Millis);

    /// Goes on, since nothing is under way: each time it begins something, comes nearer to the end, or ends.
    fn advance(&mut self, now: Millis);
}

impl<M: Machine> Operation for M {
    fn start(&mut self) -> Vec<Effect> {
        self.begin();
        self.calls().effects()
    }

    fn step(&mut self, event: Event, now: Millis) -> Vec<Effect> {
        if let Some(finished) = self.calls().take(event, now) {
            self.take(&finished, now);
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
