//! The scenarios of the deep form, in addition to the short ones.

use memory_twilio::{ADA, BEN, SUE};
use park_interaction::protocol::unpark::Clock;

use super::Step::{Accept, Forge, InviteEnds, Message, Park, Resume, Settle};
use super::{scenario, Scenario, Start};

const CLOCKS: &[Clock] = &[Clock::Timer, Clock::Desktop];

pub const DEEP: &[Scenario] = &[
    scenario(
        "resume-decline-and-message",
        Start::Resumed,
        &[InviteEnds, Message],
        0,
    ),
    scenario(
        "resume-again",
        Start::Resumed,
        &[InviteEnds, Resume(ADA)],
        0,
    ),
    Scenario {
        clocks: CLOCKS,
        ..scenario("decline-all-three", Start::Woken, &[InviteEnds], 0)
    },
    Scenario {
        events: 0,
        clocks: CLOCKS,
        ..scenario(
            "accept-with-clocks",
            Start::Woken,
            &[Accept, Settle(BEN)],
            0,
        )
    },
    scenario(
        "settle-and-park",
        Start::Accepted,
        &[Settle(BEN), Park(BEN)],
        0,
    ),
    scenario(
        "park-again-and-message",
        Start::Accepted,
        &[Park(BEN), Message],
        0,
    ),
    scenario(
        "forged-settle-and-park",
        Start::Accepted,
        &[Forge, Settle(BEN), Park(BEN)],
        0,
    ),
    scenario("wake, 2 faults", Start::Parked, &[Message], 2),
    scenario("wake-twice, 1 fault", Start::Parked, &[Message, Message], 1),
    scenario(
        "resume-and-wake, 1 fault",
        Start::Parked,
        &[Resume(ADA), Message],
        1,
    ),
    scenario(
        "two-resumes, 1 fault",
        Start::Parked,
        &[Resume(ADA), Resume(SUE)],
        1,
    ),
    Scenario {
        every_order: true,
        ..scenario(
            "resume-and-wake, every order",
            Start::Parked,
            &[Resume(ADA), Message],
            0,
        )
    },
    scenario(
        "settle-races, 1 fault",
        Start::Accepted,
        &[Settle(BEN), Message],
        1,
    ),
];
