//! The closed sets of all calls and answers, made from one list.

use crate::twilio::body::Body;
use crate::twilio::time::Millis;
use crate::twilio::{Call, Failure};

use super::{AnyAnswer, AnyCall};

/// A call in the list of all calls.
pub trait Listed: Into<AnyCall> {
    /// Returns the answer to this call, or `None` if `any` is the answer to another call.
    fn answer(any: &AnyAnswer) -> Option<&<Self as Call>::Answer>
    where
        Self: Call;
}

/// The wait before the read after an unanswered call, in milliseconds, for most calls.
const READ_BACK_AFTER_MS: Millis = 400;

/// The reads that show whether an unanswered call was carried out. It counts as not carried out if no read shows it.
pub struct ReadBack<'a, A> {
    reads: Vec<Read>,
    adopt: Box<Adopt<'a, A>>,
}

/// One of these reads.
struct Read {
    call: AnyCall,
    /// The wait before it, in milliseconds.
    after_ms: Millis,
}

/// Finds the missing answer in the answer of the read.
type Adopt<'a, A> = dyn Fn(&AnyAnswer) -> Option<A> + 'a;

impl<'a, A: 'a> ReadBack<'a, A> {
    /// Makes one read by `call`. `adopt` finds the missing answer in its answer, or returns `None` if it is not there.
    pub fn new<C: Call>(call: C, adopt: impl Fn(&C::Answer) -> Option<A> + 'a) -> Self {
        Self {
            reads: vec![Read {
                call: call.into(),
                after_ms: READ_BACK_AFTER_MS,
            }],
            adopt: Box::new(move |any| adopt(C::answer(any)?)),
        }
    }

    /// Adds the same read once more, `after_ms` after the one before.
    #[must_use]
    pub fn with_again_after_ms(mut self, after_ms: Millis) -> Self {
        if let Some(call) = self.call(0) {
            self.reads.push(Read { call, after_ms });
        }
        self
    }

    /// Adds a read by another call, a moment after the one before.
    #[must_use]
    pub fn with_other<C: Call>(
        mut self,
        call: C,
        adopt: impl Fn(&C::Answer) -> Option<A> + 'a,
    ) -> Self {
        self.reads.push(Read {
            call: call.into(),
            after_ms: READ_BACK_AFTER_MS,
        });
        let first = self.adopt;
        self.adopt = Box::new(move |any| match C::answer(any) {
            Some(answer) => adopt(answer),
            None => first(any),
        });
        self
    }

    /// Returns the call of a read.
    #[must_use]
    pub fn call(&self, number: usize) -> Option<AnyCall> {
        self.reads.get(number).map(|read| read.call.clone())
    }

    /// Returns the wait before a read, in milliseconds. `None`: there are fewer reads.
    #[must_use]
    pub fn wait_ms(&self, number: usize) -> Option<Millis> {
        self.reads.get(number).map(|read| read.after_ms)
    }

    /// Returns the missing answer, if `read` shows that the call was carried out.
    #[must_use]
    pub fn adopt(&self, read: &AnyAnswer) -> Option<A> {
        (self.adopt)(read)
    }

    /// Converts the missing answer.
    pub(super) fn map<B>(self, convert: impl Fn(A) -> B + 'a) -> ReadBack<'a, B> {
        let adopt = self.adopt;
        ReadBack {
            reads: self.reads,
            adopt: Box::new(move |any| adopt(any).map(&convert)),
        }
    }
}

/// Reads an HTTP response to `call`.
pub(in crate::twilio) fn read<C: Call>(
    call: &C,
    status: u16,
    body: Body<'_>,
) -> Result<C::Answer, Failure> {
    match status {
        200..=299 => call
            .read(body)
            .map_err(|unreadable| Failure::UnreadableResponse {
                field: unreadable.field,
            }),
        _ => Err(call.failure(status, body.error_code())),
    }
}

/// Makes [`AnyCall`], [`AnyAnswer`] and the trait `Twilio` from the list of all calls.
macro_rules! list_calls {
    ($($name:ident, $method:ident;)*) => {
        /// Any call.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum AnyCall {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name(Box<$name>),)*
        }

        /// The answer to any call.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum AnyAnswer {
            $(#[doc = concat!("The answer to [`", stringify!($name), "`].")] $name(<$name as Call>::Answer),)*
        }

        $(impl From<$name> for AnyCall {
            fn from(call: $name) -> Self {
                Self::$name(Box::new(call))
            }
        }

        impl Listed for $name {
            fn answer(any: &AnyAnswer) -> Option<&<Self as Call>::Answer> {
                match any {
                    AnyAnswer::$name(answer) => Some(answer),
                    _ => None,
                }
            }
        })*

        /// An implementation of all calls: a Twilio in memory, for tests and for the model checker.
        pub trait Twilio {
            $(#[doc = concat!("Carries out [`", stringify!($name), "`].")]
            fn $method(&mut self, call: &$name) -> Result<<$name as Call>::Answer, Failure>;)*
        }

        impl AnyCall {
            /// The names of all calls, in the order of the list.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Returns examples of all calls.
            #[cfg(test)]
            pub fn examples() -> Vec<Self> {
                let mut all = Vec::new();
                $(all.extend($name::examples().into_iter().map(Self::from));)*
                all
            }

            /// Returns the call's name, e.g. `CreateInvite`.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* }
            }

            /// Returns the request that performs the call.
            #[must_use]
            pub fn http(&self, access: &Access) -> Http {
                match self { $(Self::$name(call) => call.http(access),)* }
            }

            /// Reads an HTTP response.
            pub fn read(&self, status: u16, body: Body<'_>) -> Result<AnyAnswer, Failure> {
                match self { $(Self::$name(call) => read(&**call, status, body).map(AnyAnswer::$name),)* }
            }

            /// Carries the call out with `twilio`.
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
                            Ok(any) => Ok($name::answer(any)?.clone()),
                            Err(failure) => Err(failure.clone()),
                        };
                        call.next(&own).map(Self::from)
                    })*
                }
            }

            /// See [`Call::read_back`].
            #[must_use]
            pub fn read_back(&self) -> Option<ReadBack<'_, AnyAnswer>> {
                match self { $(Self::$name(call) => Some(call.read_back()?.map(AnyAnswer::$name)),)* }
            }
        }
    };
}
pub(super) use list_calls;
