//! What is explored: small situations, each from its beginning to every end.

use std::fmt;

use crate::world::{ADA, BEN, SUE};

/// Something that somebody does, once, at any moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A worker clicks Park; their screen holds the first two messages.
    Park(u32),
    /// A worker clicks Resume.
    Resume(u32),
    /// The customer writes.
    Message,
    /// A supervisor writes into the conversation.
    SupervisorWrites,
    /// The open task is accepted, by the worker who is asked or else by Ben.
    Accept,
    /// The open task is declined.
    Decline,
    /// The plugin of this worker, who has joined, settles.
    Settle(u32),
    /// The customer writes while the Functions cannot be reached.
    LostMessage,
    /// The workspace tells that the task which a message made was canceled.
    Restore,
    /// The owner looks over what is parked.
    Reconcile,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Park(number) => write!(f, "{} clicks Park", name(*number)),
            Self::Resume(number) => write!(f, "{} clicks Resume", name(*number)),
            Self::Message => f.write_str("the customer writes"),
            Self::SupervisorWrites => f.write_str("the supervisor writes"),
            Self::Accept => f.write_str("the task is accepted"),
            Self::Decline => f.write_str("the task is declined"),
            Self::Settle(number) => write!(f, "{}'s plugin settles", name(*number)),
            Self::LostMessage => f.write_str("the customer writes, and no webhook tells of it"),
            Self::Restore => f.write_str("the workspace tells of the canceled task"),
            Self::Reconcile => f.write_str("the owner reconciles"),
        }
    }
}

pub fn name(number: u32) -> &'static str {
    match number {
        ADA => "Ada",
        BEN => "Ben",
        SUE => "Sue",
        _ => "nobody",
    }
}

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// 429: not done.
    Throttled,
    /// 5xx: not done.
    NotDone,
    /// Done, but the answer is a 5xx or none.
    AnswerLost,
}

/// All of them.
pub const FAULTS: [Fault; 3] = [Fault::Throttled, Fault::NotDone, Fault::AnswerLost];

/// Where a scenario begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Ada is in the conversation.
    WithAda,
    /// Ada has parked, long ago.
    Parked,
    /// Ada has parked, the customer has written, Ben has accepted; nothing is settled.
    Accepted,
}

/// A situation to explore.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    pub start: Start,
    pub steps: &'static [Step],
    /// How many calls may go wrong, operations die or Twilio stand still.
    pub faults: u8,
    /// Whether Twilio replays to a new webhook what was written before it was armed.
    pub replays: bool,
    /// Whether the calls of one round reach Twilio in every order, or only such that at each moment the
    /// oldest or the youngest goes next. The latter has every order of any two calls.
    pub every_order: bool,
}

/// A situation with messages replayed, in which at each moment the oldest or the youngest call goes next.
pub const fn scenario(
    name: &'static str,
    start: Start,
    steps: &'static [Step],
    faults: u8,
) -> Scenario {
    Scenario {
        name,
        start,
        steps,
        faults,
        replays: true,
        every_order: false,
    }
}

use Step::{
    Accept, Decline, LostMessage, Message, Park, Reconcile, Restore, Resume, Settle,
    SupervisorWrites,
};

const ADA_PARKS_AND_MESSAGE: &[Step] = &[Park(ADA), Message];

/// The short form.
pub const SHORT: &[Scenario] = &[
    scenario("park", Start::WithAda, &[Park(ADA)], 2),
    scenario("park-and-message", Start::WithAda, ADA_PARKS_AND_MESSAGE, 0),
    Scenario {
        replays: false,
        ..scenario(
            "park-and-message-without-replay",
            Start::WithAda,
            ADA_PARKS_AND_MESSAGE,
            0,
        )
    },
    scenario("two-parks", Start::WithAda, &[Park(ADA), Park(ADA)], 0),
    scenario("wake", Start::Parked, &[Message], 2),
    scenario("wake-twice", Start::Parked, &[Message, Message], 1),
    scenario("resume", Start::Parked, &[Resume(ADA)], 2),
    scenario("resume-and-wake", Start::Parked, &[Resume(ADA), Message], 1),
    scenario("two-resumes", Start::Parked, &[Resume(ADA), Resume(SUE)], 1),
    scenario(
        "decline-and-heal",
        Start::Parked,
        &[Message, Decline, Message, Accept],
        0,
    ),
    scenario(
        "resume-and-decline",
        Start::Parked,
        &[Resume(ADA), Decline, Accept],
        1,
    ),
    scenario(
        "accept-and-settle",
        Start::Parked,
        &[Message, Accept, Settle(BEN), Message],
        0,
    ),
    scenario(
        "decline-and-restore",
        Start::Parked,
        &[Message, Decline, Restore],
        1,
    ),
    scenario(
        "restore-and-wake",
        Start::Parked,
        &[Message, Decline, Restore, Message],
        0,
    ),
    scenario("reconcile", Start::Parked, &[LostMessage, Reconcile], 1),
    scenario(
        "reconcile-and-wake",
        Start::Parked,
        &[Reconcile, Message],
        1,
    ),
    scenario(
        "reconcile-and-resume",
        Start::Parked,
        &[Reconcile, Resume(ADA)],
        0,
    ),
    scenario(
        "park-and-reconcile",
        Start::WithAda,
        &[Park(ADA), Reconcile],
        0,
    ),
    scenario("settle", Start::Accepted, &[Settle(BEN)], 2),
    scenario("settle-races", Start::Accepted, &[Settle(BEN), Message], 1),
    scenario(
        "settle-and-park",
        Start::Accepted,
        &[Settle(BEN), Park(BEN)],
        0,
    ),
    scenario(
        "who-may-resume",
        Start::Parked,
        &[Resume(BEN), SupervisorWrites],
        0,
    ),
    scenario("who-may-park", Start::Parked, &[Park(BEN), Message], 0),
];

/// What the deep form explores besides.
pub const DEEP: &[Scenario] = &[
    scenario(
        "settle-and-park, 1 fault",
        Start::Accepted,
        &[Settle(BEN), Park(BEN)],
        1,
    ),
    Scenario {
        every_order: true,
        ..scenario(
            "park-and-message, every order",
            Start::WithAda,
            ADA_PARKS_AND_MESSAGE,
            0,
        )
    },
    Scenario {
        every_order: true,
        ..scenario(
            "resume-and-wake, every order",
            Start::Parked,
            &[Resume(ADA), Message],
            1,
        )
    },
    scenario(
        "three-at-once",
        Start::Parked,
        &[Resume(ADA), Resume(SUE), Message],
        0,
    ),
    Scenario {
        replays: false,
        ..scenario(
            "park-and-message-without-replay, 1 fault",
            Start::WithAda,
            ADA_PARKS_AND_MESSAGE,
            1,
        )
    },
];
