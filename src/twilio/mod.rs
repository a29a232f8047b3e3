//! Twilio's REST APIs, as far as parking uses them: one call, one file.
//!
//! A call is a type that holds what it asks for. Its file also says how it becomes an HTTP request, how its answer is
//! read, and whether it may be sent twice. [`AnyCall`] and [`AnyAnswer`] are the closed sets of all calls and answers, which
//! the model checker needs: values that can be copied, compared and hashed. A call is paired with its own answer by its
//! type, so a wrong pair does not compile.
//!
//! To add a call: write its file, then name it once in the list below.

pub mod body;
pub mod calls;
mod failure;
pub mod http;
pub mod time;

pub use failure::Failure;
pub use http::{Http, Verb};

use body::{Body, Unreadable};
use http::Access;

/// How long one request may take, in milliseconds.
pub const TIMEOUT_MS: u32 = 2_000;

/// A call to Twilio.
pub trait Call: Clone + std::fmt::Debug + PartialEq + Eq + std::hash::Hash + Into<AnyCall> {
    /// What a success tells.
    type Answer: Clone + std::fmt::Debug + PartialEq + Eq + std::hash::Hash;

    /// The request that performs the call.
    fn http(&self, access: &Access) -> Http;

    /// Reads the body of a successful answer.
    fn read(&self, body: Body<'_>) -> Result<Self::Answer, Unreadable>;

    /// Tells what an unsuccessful status and Twilio's error code mean for this call.
    fn failure(&self, status: u16, code: u32) -> Failure {
        Failure::from_status(status, code)
    }

    /// The answer, if this failure says that what was wanted is so already: a deletion of what is gone, for example.
    fn done_already(&self, _failure: &Failure) -> Option<Self::Answer> {
        None
    }

    /// The next request of the same call, if this result is a part of its business: a taken key is replaced, for example.
    fn next(&self, _result: &Result<Self::Answer, Failure>) -> Option<Self> {
        None
    }

    /// The call that finds out whether this one was carried out although no answer came. Only calls that must not be sent
    /// twice have one.
    fn read_back(&self) -> Option<AnyCall> {
        None
    }

    /// The answer that this call must have had, if what was read back shows that it was carried out.
    fn adopt(&self, _read: &AnyAnswer) -> Option<Self::Answer> {
        None
    }

    /// The answer to this call within the set of all answers.
    fn answer(any: &AnyAnswer) -> Option<&Self::Answer>;
}

macro_rules! calls {
    ($($name:ident, $method:ident;)*) => {
        /// Any call.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum AnyCall {
            $(#[doc = concat!("See [`calls::", stringify!($name), "`].")] $name(Box<calls::$name>),)*
        }

        /// The answer to any call.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum AnyAnswer {
            $(#[doc = concat!("See [`calls::", stringify!($name), "`].")] $name(<calls::$name as Call>::Answer),)*
        }

        $(impl From<calls::$name> for AnyCall {
            fn from(call: calls::$name) -> Self {
                Self::$name(Box::new(call))
            }
        })*

        /// Whatever carries calls out: a Twilio in memory, for tests and for the model checker.
        pub trait Twilio {
            $(#[doc = concat!("Carries out [`calls::", stringify!($name), "`].")]
            fn $method(&mut self, call: &calls::$name) -> Result<<calls::$name as Call>::Answer, Failure>;)*
        }

        impl AnyCall {
            /// The names of all calls.
            pub const NAMES: [&'static str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

            /// The call's name, `CreateInvite` for example.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* }
            }

            /// The request that performs the call.
            #[must_use]
            pub fn http(&self, access: &Access) -> Http {
                match self { $(Self::$name(call) => call.http(access),)* }
            }

            /// Reads an HTTP answer.
            pub fn read(&self, status: u16, body: Body<'_>) -> Result<AnyAnswer, Failure> {
                match self { $(Self::$name(call) => read(&**call, status, body).map(AnyAnswer::$name),)* }
            }

            /// Lets `twilio` carry the call out.
            pub fn perform(&self, twilio: &mut impl Twilio) -> Result<AnyAnswer, Failure> {
                match self { $(Self::$name(call) => twilio.$method(call).map(AnyAnswer::$name),)* }
            }

            /// See [`Call::done_already`].
            #[must_use]
            pub fn done_already(&self, failure: &Failure) -> Option<AnyAnswer> {
                match self { $(Self::$name(call) => call.done_already(failure).map(AnyAnswer::$name),)* }
            }

            /// See [`Call::next`].
            #[must_use]
            pub fn next(&self, result: &Result<AnyAnswer, Failure>) -> Option<Self> {
                match self {
                    $(Self::$name(call) => {
                        let own = match result {
                            Ok(any) => Ok(calls::$name::answer(any)?.clone()),
                            Err(failure) => Err(failure.clone()),
                        };
                        call.next(&own).map(Self::from)
                    })*
                }
            }

            /// See [`Call::read_back`].
            #[must_use]
            pub fn read_back(&self) -> Option<Self> {
                match self { $(Self::$name(call) => call.read_back(),)* }
            }

            /// See [`Call::adopt`].
            #[must_use]
            pub fn adopt(&self, read: &AnyAnswer) -> Option<AnyAnswer> {
                match self { $(Self::$name(call) => call.adopt(read).map(AnyAnswer::$name),)* }
            }
        }
    };
}

/// Names the answer of a call within the set of all answers; for the body of its `impl Call`.
macro_rules! answers_as {
    ($name:ident) => {
        fn answer(any: &$crate::twilio::AnyAnswer) -> Option<&Self::Answer> {
            match any {
                $crate::twilio::AnyAnswer::$name(answer) => Some(answer),
                _ => None,
            }
        }
    };
}
use answers_as;

calls! {
    ValidateToken, validate_token;
    FetchConversation, fetch_conversation;
    UpdateConversation, update_conversation;
    ListMessages, list_messages;
    FetchMessage, fetch_message;
    ListChatParticipants, list_chat_participants;
    RemoveChatParticipant, remove_chat_participant;
    ListWebhooks, list_webhooks;
    CreateWebhook, create_webhook;
    UpdateWebhook, update_webhook;
    DeleteWebhook, delete_webhook;
    FetchChannel, fetch_channel;
    ListParticipants, list_participants;
    CloseParticipant, close_participant;
    ListInvites, list_invites;
    CreateInvite, create_invite;
    CreateInteraction, create_interaction;
    FetchTask, fetch_task;
    ListTasks, list_tasks;
    ListTaskEvents, list_task_events;
    FindWorker, find_worker;
    FetchWorker, fetch_worker;
    ListWorkerChannels, list_worker_channels;
    CreateClaim, create_claim;
    FetchClaim, fetch_claim;
    UpdateClaim, update_claim;
    PutItem, put_item;
    UpdateItem, update_item;
    DeleteItem, delete_item;
    ListConversations, list_conversations;
    ListMaps, list_maps;
    ListItems, list_items;
}

fn read<C: Call>(call: &C, status: u16, body: Body<'_>) -> Result<C::Answer, Failure> {
    match status {
        200..=299 => call.read(body).map_err(|unreadable| Failure::Malformed {
            field: unreadable.field,
        }),
        _ => Err(call.failure(status, body.error_code())),
    }
}
