//! Each variant with the invariant that it breaks and the scenario in which it shows.

use memory_twilio::{Readings, Replay, ADA, BEN};
use park_interaction::protocol::unpark::Clock;

use crate::scenario::{scenario, Scenario, Start, Step};

use super::Variant;

pub const VARIANTS: [(Variant, &str, Scenario); 18] = [
    (
        Variant::NeverArmed,
        "I1",
        scenario("never armed", Start::WithAda, &[Step::Park(ADA)], 0),
    ),
    (
        Variant::ClaimForEverybody,
        "I2",
        scenario(
            "claim for everybody",
            Start::Parked,
            &[Step::Message, Step::Message],
            0,
        ),
    ),
    (
        Variant::InviteAgain,
        "I2",
        scenario("invite again", Start::Parked, &[Step::Message], 1),
    ),
    (
        Variant::OthersDropped,
        "I3",
        scenario("others dropped", Start::WithAda, &[Step::Park(ADA)], 0),
    ),
    (
        Variant::RowStays,
        "I4",
        scenario("row stays", Start::Accepted, &[Step::Settle(BEN)], 0),
    ),
    (
        Variant::RowStaysAway,
        "I4",
        scenario(
            "row stays away",
            Start::Parked,
            &[Step::Release, Step::InviteEnds],
            0,
        ),
    ),
    (
        Variant::ClaimForEver,
        "I5",
        scenario("claim for ever", Start::Parked, &[Step::Message], 1),
    ),
    (
        Variant::WorkerFromRequest,
        "I6",
        scenario(
            "worker from the request",
            Start::Parked,
            &[Step::Resume(BEN)],
            0,
        ),
    ),
    (
        Variant::WorkerFromRecord,
        "I6",
        scenario(
            "worker from the record",
            Start::Parked,
            &[Step::Forge, Step::Resume(BEN)],
            0,
        ),
    ),
    (
        Variant::ChannelFromRecord,
        "I8",
        scenario(
            "channel from the record",
            Start::Parked,
            &[Step::Forge, Step::Message],
            0,
        ),
    ),
    (
        Variant::WebhookFromRecord,
        "I8",
        scenario(
            "webhook from the record",
            Start::Accepted,
            &[Step::Forge, Step::Settle(BEN)],
            0,
        ),
    ),
    (
        Variant::OpenCountsAsHeard,
        "I7",
        scenario(
            "an open task counts as heard",
            Start::Resumed,
            &[Step::Message, Step::InviteEnds],
            0,
        ),
    ),
    (
        Variant::NoRoutingAfterEnd,
        "I7",
        scenario(
            "no routing after a decline",
            Start::Woken,
            &[Step::InviteEnds],
            0,
        ),
    ),
    (
        Variant::OverCountsAsOpen,
        "I7",
        scenario(
            "a task that is over counts as open",
            Start::Woken,
            &[Step::InviteEnds],
            0,
        ),
    ),
    (
        Variant::UnseenNotRead,
        "I7",
        Scenario {
            readings: Readings {
                replay: Replay::None,
                ..Readings::DOCUMENTED
            },
            ..scenario(
                "what came meanwhile is not read",
                Start::WithAda,
                &[Step::Park(ADA), Step::Message],
                0,
            )
        },
    ),
    (
        Variant::ResumeWithoutRoom,
        "I7",
        scenario(
            "resume without room",
            Start::Parked,
            &[Step::BecomesFull(ADA), Step::Resume(ADA)],
            0,
        ),
    ),
    (
        Variant::NoTimer,
        "I7",
        Scenario {
            events: 0,
            clocks: &[Clock::Timer],
            ..scenario("no timer", Start::Parked, &[Step::Message], 0)
        },
    ),
    (
        Variant::NoWaitingItem,
        "I7",
        Scenario {
            events: 0,
            clocks: &[Clock::Desktop],
            ..scenario("no item for desktops", Start::Parked, &[Step::Message], 0)
        },
    ),
];
