//! A call of the Functions: the meaning of its answers, and its repetition after a failure.
//!
//! A call may always be repeated: the Functions do nothing twice. So it is repeated after a lost answer too.

use std::fmt;

use super::json::MalformedField;
use super::version::Older;
use crate::reply::{Refusal, Reply};

/// The time after the start of the first try within which the third and later ones may begin. Twilio's limits on concurrent requests
/// pass within seconds, and an agent would do no more than click again.
const PATIENCE_MS: f64 = 8_000.0;

/// The longest duration of one try: Twilio ends a Function after this time.
pub const TIMEOUT_MS: u32 = 10_000;

const FIRST_BACKOFF_MS: u32 = 500;
const LONGEST_BACKOFF_MS: u32 = 4_000;

/// The result of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// An answer, with its body if that was a [`Reply`].
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body.
        reply: Option<Reply>,
        /// The older side, if the Function [`super::version::PATH`] has been asked, and one is.
        older: Option<Older>,
    },
    /// No answer in time.
    TimedOut,
    /// No connection, or the browser refused it.
    Unreachable,
    /// Flex has logged out.
    Cancelled,
}

/// The reason for which an operation was not done, as far as the plugin knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallFailure {
    /// Flex's data is not as expected; nothing was sent.
    Malformed(MalformedField),
    /// The number of files in the message box, which the agent has not given up; nothing was sent.
    FilesChosen(u32),
    /// The Functions refused.
    Refused(Refusal),
    /// The answer is not one of the Functions.
    Unreadable {
        /// Its HTTP status.
        status: u16,
    },
    /// One side is too old for the other.
    Outdated {
        /// The older side.
        older: Older,
        /// True if it may have been done nevertheless.
        is_unclear: bool,
    },
    /// There was no answer in time.
    TimedOut,
    /// The Functions cannot be reached.
    Unreachable,
    /// Flex has logged out.
    Cancelled,
}

impl Attempt {
    /// Returns the reply, or the failure.
    pub fn judge(self) -> Result<Reply, CallFailure> {
        match self {
            Self::Answered {
                reply: Some(Reply::Refused { refusal, .. }),
                ..
            } => Err(CallFailure::Refused(refusal)),
            Self::Answered {
                status: 200,
                reply: Some(reply),
                ..
            } => Ok(reply),
            Self::Answered { status, .. } => Err(CallFailure::Unreadable { status }),
            Self::TimedOut => Err(CallFailure::TimedOut),
            Self::Unreachable => Err(CallFailure::Unreachable),
            Self::Cancelled => Err(CallFailure::Cancelled),
        }
    }
}

impl Attempt {
    /// Returns the failure of a call with what this attempt to learn the version says.
    #[must_use]
    pub fn explain(&self, failure: CallFailure) -> CallFailure {
        match self {
            Self::Answered {
                older: Some(older), ..
            } => CallFailure::Outdated {
                older: *older,
                is_unclear: failure.is_unclear(),
            },
            _ => failure,
        }
    }
}

impl CallFailure {
    /// Returns true if another try may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable | Self::TimedOut | Self::Refused(Refusal::TwilioUnavailable) => true,
            Self::Unreadable { status } => matches!(status, 429 | 502 | 503 | 504),
            Self::Malformed(_)
            | Self::FilesChosen(_)
            | Self::Refused(_)
            | Self::Outdated { .. }
            | Self::Cancelled => false,
        }
    }

    /// Returns true if the reason may be that the Functions have another version: they lack the function or a field, or answer with what
    /// this version does not know. A page that lacks the CORS header, as one with 404 may, looks to the browser like no answer.
    #[must_use]
    pub fn may_be_of_versions(&self) -> bool {
        match self {
            Self::Unreadable { .. } => !self.is_transient(),
            Self::Unreachable | Self::Refused(Refusal::BadRequest { .. }) => true,
            _ => false,
        }
    }

    /// Returns true if it may have been done nevertheless: the answer is lost. With a status such as 404, nothing ran.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        match self {
            Self::Unreachable | Self::TimedOut => true,
            Self::Unreadable { status } => !(400..429).contains(status),
            Self::Outdated { is_unclear, .. } => *is_unclear,
            Self::Malformed(_) | Self::FilesChosen(_) | Self::Refused(_) | Self::Cancelled => false,
        }
    }

    /// Returns the failure's name for programs.
    #[must_use]
    pub fn variant(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::FilesChosen(_) => "filesChosen",
            Self::Unreadable { .. } => "unreadable",
            Self::Outdated {
                older: Older::Functions,
                ..
            } => "functionsOlder",
            Self::Outdated {
                older: Older::Plugin,
                ..
            } => "pluginOlder",
            Self::TimedOut => "timedOut",
            Self::Unreachable => "unreachable",
            Self::Cancelled => "cancelled",
            Self::Refused(refusal) => refusal.name().as_str(),
        }
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::FilesChosen(_) => f.write_str("files are chosen in the message box"),
            Self::Unreadable { status } => {
                write!(
                    f,
                    "the functions gave an unknown answer with status {status}"
                )
            }
            Self::Outdated { .. } => f.write_str(self.variant()),
            Self::Refused(refusal) => {
                f.write_str("the functions refused: ")?;
                f.write_str(refusal.name().as_str())?;
                match refusal.detail() {
                    Some(detail) => write!(f, " `{detail}`"),
                    None => Ok(()),
                }
            }
            Self::TimedOut => f.write_str("the functions did not answer in time"),
            Self::Unreachable => f.write_str("the functions cannot be reached"),
            Self::Cancelled => f.write_str("cancelled because Flex has logged out"),
        }
    }
}

impl std::error::Error for CallFailure {}

/// Returns the wait before the next try, in milliseconds; `None`: there is none. `tried` counts the tries before it. The longest wait
/// doubles each time; full jitter makes it `random` (0 to 1) of that. `elapsed_ms` is the time since the first try began.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the product lies between 0 and the longest wait"
)]
#[must_use]
pub fn wait_before_next(tried: u32, elapsed_ms: f64, random: f64) -> Option<u32> {
    let longest = FIRST_BACKOFF_MS
        .saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1)))
        .min(LONGEST_BACKOFF_MS);
    let wait = f64::from(longest) * random.clamp(0.0, 1.0);
    (tried == 1 || elapsed_ms + wait <= PATIENCE_MS).then_some(wait as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(refusal: Refusal) -> Attempt {
        Attempt::Answered {
            status: refusal.status(),
            reply: Some(Reply::Refused {
                refusal,
                message: String::new(),
            }),
            older: None,
        }
    }

    #[test]
    fn a_reply_is_taken_only_with_status_200() {
        let answered = |status| {
            Attempt::Answered {
                status,
                reply: Some(Reply::Routed),
                older: None,
            }
            .judge()
        };
        assert_eq!(answered(200), Ok(Reply::Routed));
        assert_eq!(answered(500), Err(CallFailure::Unreadable { status: 500 }));
    }

    #[test]
    fn a_refusal_is_a_failure_with_its_own_name() {
        assert_eq!(
            refused(Refusal::ConversationClosed).judge(),
            Err(CallFailure::Refused(Refusal::ConversationClosed))
        );
    }

    #[test]
    fn passing_failures_are_repeated() {
        for attempt in [
            Attempt::TimedOut,
            Attempt::Unreachable,
            refused(Refusal::TwilioUnavailable),
            Attempt::Answered {
                status: 429,
                reply: None,
                older: None,
            },
            Attempt::Answered {
                status: 503,
                reply: None,
                older: None,
            },
        ] {
            let failure = attempt.clone().judge();
            assert!(failure.is_err_and(|f| f.is_transient()), "{attempt:?}");
        }
    }

    #[test]
    fn lasting_failures_are_not_repeated() {
        for attempt in [
            Attempt::Cancelled,
            refused(Refusal::ConversationClosed),
            refused(Refusal::InvalidToken),
            refused(Refusal::Busy),
            refused(Refusal::Full),
            refused(Refusal::TwilioRefused { code: 45_376 }),
            Attempt::Answered {
                status: 200,
                reply: None,
                older: None,
            },
            Attempt::Answered {
                status: 404,
                reply: None,
                older: None,
            },
            Attempt::Answered {
                status: 500,
                reply: None,
                older: None,
            },
        ] {
            let failure = attempt.clone().judge();
            assert!(failure.is_err_and(|f| !f.is_transient()), "{attempt:?}");
        }
    }

    /// A function or a field that the other side does not know is no passing failure, and no sign of a lost connection alone.
    #[test]
    fn an_unknown_answer_asks_for_the_version() {
        let unreadable = |status| CallFailure::Unreadable { status };
        for (failure, asks) in [
            (unreadable(200), true),
            (unreadable(404), true),
            (unreadable(500), true),
            (unreadable(503), false),
            (CallFailure::Unreachable, true),
            (CallFailure::TimedOut, false),
            (CallFailure::Cancelled, false),
            (CallFailure::FilesChosen(1), false),
            (CallFailure::Refused(Refusal::Busy), false),
            (
                CallFailure::Refused(Refusal::BadRequest {
                    field: String::new(),
                }),
                true,
            ),
        ] {
            assert_eq!(failure.may_be_of_versions(), asks, "{failure:?}");
        }
    }

    fn version(older: Option<Older>) -> Attempt {
        Attempt::Answered {
            status: 200,
            reply: None,
            older,
        }
    }

    #[test]
    fn other_versions_leave_open_what_was_open() {
        for (status, is_unclear) in [(200, true), (404, false), (409, false), (500, true)] {
            let failure = CallFailure::Unreadable { status };
            assert_eq!(failure.is_unclear(), is_unclear, "{status}");
            for older in [Older::Functions, Older::Plugin] {
                let outdated = version(Some(older)).explain(failure.clone());
                assert_eq!(outdated, CallFailure::Outdated { older, is_unclear });
                assert!(!outdated.is_transient());
            }
            assert_eq!(version(None).explain(failure.clone()), failure);
            assert_eq!(Attempt::TimedOut.explain(failure.clone()), failure);
        }
    }

    #[test]
    fn the_wait_grows_and_is_spread_over_its_whole_length() {
        let wait = |tried, random| wait_before_next(tried, 0.0, random);
        assert_eq!(wait(1, 0.0), Some(0));
        assert_eq!(wait(1, 1.0), Some(500));
        assert_eq!(wait(2, 0.5), Some(500));
        assert_eq!(wait(4, 1.0), Some(4_000));
        assert_eq!(wait(u32::MAX, 1.0), Some(4_000));
    }

    #[test]
    fn later_tries_end_with_patience() {
        assert_eq!(wait_before_next(1, 10_000.0, 0.5), Some(250));
        assert_eq!(wait_before_next(2, 7_500.0, 0.5), Some(500));
        assert_eq!(wait_before_next(2, 7_501.0, 0.5), None);
    }
}
