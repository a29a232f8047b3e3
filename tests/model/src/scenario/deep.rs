//! The scenarios of the deep form, in addition to the short ones.

use memory_twilio::{ADA, BEN, SUE};
use park_interaction::protocol::unpark::Clock;

use super::Step::{Accept, Forge, GiveTo, InviteEnds, Keep, Message, Move, Park, Resume, Settle};
use super::{due, scenario, Scenario, Start, DUE, EXPIRY, KEPT, KEPT_BRIEFLY};

const TIMER: &[Clock] = &[Clock::Timer];
const DESKTOP: &[Clock] = &[Clock::Desktop];
/// The judge of I7 lets each clock strike alone.
const NONE: &[Clock] = &[];
const CLOCKS: &[Clock] = &[Clock::Timer, Clock::Desktop];

pub const DEEP: &[Scenario] = &[
    Scenario {
        extras: true,
        ..scenario(
            "extras-and-message",
            Start::WithAda,
            &[Park(ADA), Message],
            0,
        )
    },
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
    Scenario {
        start: Start::WithAda,
        ..due(DUE, CLOCKS, "due-park, both clocks", &[Park(ADA)], 1)
    },
    due(DUE, TIMER, "due-and-message, 1 fault", &[Message], 1),
    due(
        DUE,
        TIMER,
        "due-and-settle, 1 fault",
        &[Accept, Settle(BEN)],
        1,
    ),
    Scenario {
        events: 1,
        ..due(
            DUE,
            CLOCKS,
            "due-resume-decline-and-restore",
            &[Resume(ADA), InviteEnds],
            0,
        )
    },
    due(KEPT, TIMER, "kept-timer-only, 1 fault", &[Message], 1),
    due(
        KEPT_BRIEFLY,
        DESKTOP,
        "kept-briefly-desktop-only, 1 fault",
        &[Message],
        1,
    ),
    due(
        KEPT,
        TIMER,
        "kept-two-messages, timer",
        &[Message, Message],
        0,
    ),
    due(
        KEPT_BRIEFLY,
        TIMER,
        "kept-message-and-resume, timer",
        &[Message, Resume(ADA), InviteEnds],
        0,
    ),
    due(
        EXPIRY,
        NONE,
        "keep-and-message, 1 fault",
        &[Keep(ADA), Message],
        1,
    ),
    due(
        EXPIRY,
        NONE,
        "keep-and-resume, 1 fault",
        &[Keep(ADA), Resume(ADA)],
        1,
    ),
    due(EXPIRY, CLOCKS, "keep-and-both-clocks", &[Keep(ADA)], 0),
    due(
        EXPIRY,
        TIMER,
        "keep-message-and-timer",
        &[Keep(ADA), Message],
        0,
    ),
    due(
        EXPIRY,
        TIMER,
        "give-to-and-expiry, 1 fault",
        &[GiveTo(SUE, BEN)],
        1,
    ),
    scenario(
        "give-to-and-message, 1 fault",
        Start::Parked,
        &[GiveTo(SUE, BEN), Message],
        1,
    ),
    scenario(
        "give-to-and-decline",
        Start::Resumed,
        &[InviteEnds, GiveTo(SUE, BEN)],
        0,
    ),
    due(DUE, TIMER, "move-and-timer, 1 fault", &[Move(ADA, 20)], 1),
    due(
        DUE,
        DESKTOP,
        "move-and-desktop, 1 fault",
        &[Move(ADA, 20)],
        1,
    ),
    due(
        DUE,
        TIMER,
        "move-nearer-and-timer, 1 fault",
        &[Move(ADA, 5)],
        1,
    ),
    due(
        DUE,
        DESKTOP,
        "move-nearer-and-desktop, 1 fault",
        &[Move(ADA, 5)],
        1,
    ),
    due(
        DUE,
        TIMER,
        "move-message-and-timer",
        &[Move(ADA, 20), Message],
        0,
    ),
];
