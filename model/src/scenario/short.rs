//! The short form.

use memory_twilio::{Readings, Replay, ADA, BEN, SUE};
use park_interaction::protocol::unpark::Clock;

use super::Step::{
    Accept, BecomesFull, Close, DesktopAsks, Forge, GoesAway, InviteEnds, Leave, LostMessage,
    Message, Park, ParkBlind, Reconcile, Release, Resume, Settle, SupervisorWrites,
};
use super::{reading, scenario, Scenario, Start};

const ADA_PARKS_AND_MESSAGE: &[super::Step] = &[Park(ADA), Message];

/// Both clocks.
const CLOCKS: &[Clock] = &[Clock::Timer, Clock::Desktop];

pub const SHORT: &[Scenario] = &[
    scenario("park", Start::WithAda, &[Park(ADA)], 2),
    scenario("park-blind", Start::WithAda, &[ParkBlind(ADA), Message], 0),
    Scenario {
        flow: true,
        ..scenario("park-flow", Start::WithAda, &[Park(ADA), Message], 0)
    },
    Scenario {
        events: 1,
        ..scenario(
            "resumed-ends-message",
            Start::Resumed,
            &[InviteEnds, Message],
            0,
        )
    },
    scenario(
        "resume-away",
        Start::Parked,
        &[GoesAway(ADA), Resume(ADA), Message],
        0,
    ),
    scenario(
        "resume-again",
        Start::Resumed,
        &[InviteEnds, Resume(ADA)],
        0,
    ),
    scenario("woken-resume", Start::Woken, &[InviteEnds, Resume(ADA)], 0),
    Scenario {
        events: 2,
        ..scenario("woken-doubled", Start::Woken, &[InviteEnds], 0)
    },
    Scenario {
        events: 1,
        clocks: &[Clock::Timer],
        ..scenario("woken-timer-event", Start::Woken, &[InviteEnds], 0)
    },
    Scenario {
        events: 1,
        clocks: &[Clock::Desktop],
        ..scenario("woken-desktop-event", Start::Woken, &[InviteEnds], 0)
    },
    Scenario {
        events: 0,
        clocks: CLOCKS,
        ..scenario("woken-both", Start::Woken, &[InviteEnds], 0)
    },
    Scenario {
        events: 0,
        clocks: CLOCKS,
        ..scenario("woken-both-accept", Start::Woken, &[Accept, Settle(BEN)], 0)
    },
    Scenario {
        events: 0,
        clocks: &[Clock::Timer],
        ..scenario(
            "woken-timer-accept",
            Start::Woken,
            &[Accept, Settle(BEN)],
            1,
        )
    },
    Scenario {
        events: 0,
        clocks: &[Clock::Timer],
        ..scenario("woken-ends-timer-1", Start::Woken, &[InviteEnds], 1)
    },
    Scenario {
        events: 0,
        clocks: &[Clock::Desktop],
        ..scenario("woken-ends-desktop-1", Start::Woken, &[InviteEnds], 1)
    },
    scenario("desktop-asks", Start::Woken, &[DesktopAsks, InviteEnds], 0),
    scenario(
        "desktop-asks-accept",
        Start::Woken,
        &[DesktopAsks, Accept, Settle(BEN)],
        0,
    ),
    Scenario {
        events: 0,
        ..scenario(
            "settle-and-park",
            Start::Accepted,
            &[Settle(BEN), Park(BEN)],
            0,
        )
    },
    Scenario {
        events: 0,
        ..scenario(
            "forged-settle",
            Start::Accepted,
            &[Forge, Settle(BEN), Park(BEN)],
            0,
        )
    },
    scenario("park-again", Start::Accepted, &[Park(BEN)], 1),
    scenario(
        "park-again-message",
        Start::Accepted,
        &[Park(BEN), Message],
        0,
    ),
    scenario("close-woken", Start::Woken, &[InviteEnds, Close], 0),
    Scenario {
        clocks: &[Clock::Timer],
        owners_timer: Some(3_600),
        ..scenario(
            "owners-timer",
            Start::Parked,
            &[Message, Accept, Settle(BEN)],
            1,
        )
    },
    Scenario {
        clocks: &[Clock::Timer],
        owners_timer: Some(60),
        ..scenario("owners-short-timer", Start::Parked, &[Message], 1)
    },
    Scenario {
        readings: Readings {
            lists_who_left: true,
            ..reading(Replay::Inclusive)
        },
        ..scenario("lists-left", Start::WithAda, &[Park(ADA), Message], 0)
    },
    Scenario {
        readings: Readings {
            invites_show_after_ms: 2_500,
            ..reading(Replay::Inclusive)
        },
        ..scenario("shows-late", Start::Parked, &[Message, Message], 0)
    },
    Scenario {
        readings: Readings {
            invites_show_after_ms: 2_500,
            ..reading(Replay::Inclusive)
        },
        ..scenario(
            "shows-late-resume",
            Start::Parked,
            &[Message, Resume(ADA)],
            0,
        )
    },
    scenario(
        "lost-woken",
        Start::Parked,
        &[LostMessage, Resume(ADA), InviteEnds],
        0,
    ),
];
