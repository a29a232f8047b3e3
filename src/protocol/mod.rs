//! Parking and unparking as state machines without IO.
//!
//! A machine takes an [`Event`] and returns [`Effect`]s: calls to Twilio, waits, and at last the reply. A driver
//! performs the effects and reports each result as an event. So the Functions, the tests and the model checker run the
//! same code.

pub mod access;
pub(crate) mod armed;
mod calls;
mod claim;
mod due;
pub(crate) mod evidence;
mod messages;
mod oversight;
mod owners_timer;
pub mod park;
pub mod prepare;
mod refusal;
mod snapshot;
pub mod sweep;
pub mod team;
pub mod unpark;

pub use calls::CallId;

use calls::{Calls, Finished};

use crate::guardian::Guardian;
use crate::reply::{Refusal, Reply};
use crate::sid::{ConversationParticipantSid, ConversationSid, FlowSid, MessageSid};
use crate::twilio::calls::{CreateWebhook, Message, Target, WebhookEvents};
use crate::twilio::time::Millis;
use crate::twilio::{AnyAnswer, AnyCall, Failure};

/// A report of the driver.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// A call has a result.
    Answered(CallId, Result<AnyAnswer, Failure>),
    /// A wait is over.
    Waited(CallId),
}

/// An instruction for the driver.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Send a call to Twilio. Calls that are returned together run in parallel.
    Call(CallId, AnyCall),
    /// Report after this time, in milliseconds.
    Wait(CallId, Millis),
    /// End the operation. Calls and waits that are still in flight need no report.
    Done(Box<Outcome>),
}

/// The end of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// The reply to the caller.
    pub reply: Reply,
    /// Messages that the agent had not seen when the conversation was parked. The driver handles them like messages of
    /// the webhook.
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

/// The author and the index of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageRef {
    /// The author's identity or address.
    pub author: String,
    /// The author's participant. `None` for system messages and for most messages created through REST.
    pub participant: Option<ConversationParticipantSid>,
    /// The index in the conversation, if Twilio names it.
    pub index: Option<u32>,
    /// The message's SID. `None`: the index is known.
    pub sid: Option<MessageSid>,
    /// The first line of its text, for the row. `None`: it has none, or it is not known.
    pub line: Option<String>,
}

impl From<&Message> for MessageRef {
    fn from(message: &Message) -> Self {
        Self {
            author: message.author.clone(),
            participant: message.participant.clone(),
            index: Some(message.index),
            sid: None,
            line: message.line.clone(),
        }
    }
}

/// The context of an operation, apart from its request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OperationContext {
    /// The unique name of the operation, which identifies its claim.
    pub operation: String,
    /// The public address of the wake function.
    pub wake_url: String,
    /// The owner's Studio flow, if messages go to a flow first. The flow then calls the wake function.
    pub wake_flow: Option<FlowSid>,
    /// The start time of the operation.
    pub started: Millis,
    /// The seed for the jitter of retries.
    pub seed: u64,
}

impl OperationContext {
    /// Returns the call that arms the webhook of the wake function, with `guardian` in its address. If messages go to a
    /// flow, this webhook gets changes of the conversation's state only.
    fn arm(
        &self,
        conversation: &ConversationSid,
        guardian: &Guardian,
        replay_after: Option<u32>,
    ) -> CreateWebhook {
        let (events, replay_after) = match guardian.flow {
            None => (WebhookEvents::MessagesAndState, replay_after),
            Some(_) => (WebhookEvents::State, None),
        };
        CreateWebhook {
            conversation: conversation.clone(),
            target: Target::Url(guardian.address(&self.wake_url)),
            events,
            replay_after,
        }
    }
}

/// Returns the call that arms a webhook which runs a flow for each message.
fn arm_flow(
    conversation: &ConversationSid,
    flow: &FlowSid,
    replay_after: Option<u32>,
) -> CreateWebhook {
    CreateWebhook {
        conversation: conversation.clone(),
        target: Target::Flow(flow.clone()),
        events: WebhookEvents::MessagesAndState,
        replay_after,
    }
}

/// An operation in progress.
pub trait Operation {
    /// Returns the first effects.
    fn start(&mut self) -> Vec<Effect>;

    /// Handles an event at the time `now` and returns the next effects.
    fn step(&mut self, event: Event, now: Millis) -> Vec<Effect>;

    /// Returns the number of requests so far, including retries.
    fn calls_made(&mut self) -> u32;

    /// Returns the reply if it is certain already that what was asked for is done, though the operation is not over.
    fn certain_reply(&self) -> Option<Reply> {
        None
    }
}

/// The specific part of an operation.
trait Machine {
    /// Returns the calls.
    fn calls(&mut self) -> &mut Calls;

    /// Starts the first calls.
    fn begin(&mut self);

    /// Handles the final result of a call.
    fn take(&mut self, finished: &Finished, now: Millis);

    /// Does what is due at `now`. Each event brings this, also one that only continues a call.
    fn pass(&mut self, _now: Millis) {}

    /// Takes the next step when nothing is in flight: starts a call or a wait, changes the phase, or ends the
    /// operation.
    fn advance(&mut self, now: Millis);

    /// See [`Operation::certain_reply`].
    fn certain_reply(&self) -> Option<Reply> {
        None
    }
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
        self.pass(now);
        while self.calls().want_more() {
            self.advance(now);
        }
        self.calls().effects()
    }

    fn calls_made(&mut self) -> u32 {
        self.calls().made()
    }

    fn certain_reply(&self) -> Option<Reply> {
        Machine::certain_reply(self)
    }
}
