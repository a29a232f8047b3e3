//! Steps of people, and faults of calls.

use std::fmt;

use memory_twilio::{ADA, BEN, SUE};

/// A step that somebody takes once, at any moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A worker clicks Park, with all messages on the screen.
    Park(u32),
    /// A worker clicks Park, with no messages on the screen yet.
    ParkBlind(u32),
    /// A worker clicks Resume.
    Resume(u32),
    /// A worker clicks Keep.
    Keep(u32),
    /// A worker gives the conversation to the queue.
    Give(u32),
    /// The first worker gives the conversation to the second one.
    GiveTo(u32, u32),
    /// A worker changes the time to one so many minutes ahead; 0 takes it away.
    Move(u32, u32),
    /// A worker ends the conversation, having seen no message in its row.
    End(u32),
    /// The plugin of this worker, who has joined, settles.
    Settle(u32),
    /// The customer writes.
    Message,
    /// The customer writes while the Functions cannot be reached.
    LostMessage,
    /// A supervisor writes into the conversation.
    SupervisorWrites,
    /// The open task is accepted, by the worker who is asked or else by Ben.
    Accept,
    /// The open task is declined, times out, or is canceled by the workflow or by hand.
    InviteEnds,
    /// A worker leaves the conversation of their own accord.
    Leave(u32),
    /// A worker has no room for another task from now on.
    BecomesFull(u32),
    /// A worker takes no tasks from now on.
    GoesAway(u32),
    /// An open desktop asks before its time.
    DesktopAsks,
    /// The owner reconciles all parked conversations.
    Reconcile,
    /// The owner releases all parked conversations.
    Release,
    /// An agent's browser writes other conversations' SIDs and another agent into the record.
    Forge,
    /// The conversation is closed.
    Close,
}

impl Step {
    /// Returns true if the step adds a message.
    pub fn writes(self) -> bool {
        matches!(
            self,
            Self::Message | Self::LostMessage | Self::SupervisorWrites
        )
    }

    /// Returns true if somebody joins or leaves by the step.
    pub fn moves_people(self) -> bool {
        matches!(
            self,
            Self::Park(_) | Self::ParkBlind(_) | Self::Accept | Self::Leave(_)
        )
    }

    /// Returns true if the step changes the tasks that a worker can take.
    pub fn changes_room(self) -> bool {
        matches!(self, Self::BecomesFull(_) | Self::GoesAway(_))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Park(number) => write!(f, "{} clicks Park", name(*number)),
            Self::ParkBlind(number) => write!(f, "{} clicks Park, seeing nothing", name(*number)),
            Self::Resume(number) => write!(f, "{} clicks Resume", name(*number)),
            Self::Keep(number) => write!(f, "{} clicks Keep", name(*number)),
            Self::Give(number) => write!(f, "{} gives it to the queue", name(*number)),
            Self::GiveTo(number, to) => write!(f, "{} gives it to {}", name(*number), name(*to)),
            Self::Move(number, 0) => write!(f, "{} takes the time away", name(*number)),
            Self::Move(number, minutes) => {
                write!(
                    f,
                    "{} moves the time to in {minutes} minutes",
                    name(*number)
                )
            }
            Self::End(number) => write!(f, "{} ends it", name(*number)),
            Self::Settle(number) => write!(f, "{}'s plugin settles", name(*number)),
            Self::Message => f.write_str("the customer writes"),
            Self::LostMessage => f.write_str("the customer writes, and no webhook tells of it"),
            Self::SupervisorWrites => f.write_str("the supervisor writes"),
            Self::Accept => f.write_str("the task is accepted"),
            Self::InviteEnds => f.write_str("the task ends"),
            Self::Leave(number) => write!(f, "{} leaves", name(*number)),
            Self::BecomesFull(number) => write!(f, "{} is full", name(*number)),
            Self::GoesAway(number) => write!(f, "{} goes away", name(*number)),
            Self::DesktopAsks => f.write_str("a desktop asks"),
            Self::Reconcile => f.write_str("the owner reconciles"),
            Self::Release => f.write_str("the owner releases"),
            Self::Forge => f.write_str("the record is forged"),
            Self::Close => f.write_str("the conversation is closed"),
        }
    }
}

fn name(number: u32) -> &'static str {
    match number {
        ADA => "Ada",
        BEN => "Ben",
        SUE => "Sue",
        _ => "nobody",
    }
}

/// A fault of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// 429: not done.
    Throttled,
    /// 5xx: not done.
    NotDone,
    /// Done, but the response is a 5xx, or none comes in time.
    AnswerLost,
    /// 412: not done.
    Changed,
}
