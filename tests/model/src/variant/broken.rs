//! Each variant with the invariant that it breaks and the scenario in which it shows.

use memory_twilio::{Readings, Replay, ADA, BEN, SUE};
use park_interaction::protocol::unpark::Clock;

use crate::scenario::{in_teams, scenario, Appointment, Scenario, Start, Step, EXPIRY};

use super::Variant;

/// A scenario with an appointment, after Ada has parked, with one clock.
const fn due(
    keep_minutes: Option<u32>,
    clock: &'static [Clock],
    name: &'static str,
    steps: &'static [Step],
) -> Scenario {
    Scenario {
        events: 0,
        clocks: clock,
        appointment: Some(Appointment {
            in_minutes: 10,
            keep_minutes,
            is_expiry: false,
        }),
        ..scenario(name, Start::Parked, steps, 0)
    }
}

/// A scenario after Ada has parked in an account with a longest wait.
const fn expiring(name: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario {
        appointment: Some(EXPIRY),
        ..due(None, NONE, name, steps)
    }
}

/// The judge of I7 lets each clock strike alone.
const NONE: &[Clock] = &[];
const TIMER: &[Clock] = &[Clock::Timer];
const DESKTOP: &[Clock] = &[Clock::Desktop];

pub const VARIANTS: [(Variant, &str, Scenario); 47] = [
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
    (
        Variant::NoAlarm,
        "I7",
        Scenario {
            start: Start::WithAda,
            ..due(
                None,
                TIMER,
                "no timer for the appointment",
                &[Step::Park(ADA)],
            )
        },
    ),
    (
        Variant::NoWaitingItem,
        "I7",
        Scenario {
            start: Start::WithAda,
            ..due(
                None,
                DESKTOP,
                "no item for the appointment",
                &[Step::Park(ADA)],
            )
        },
    ),
    (
        Variant::DueForgotten,
        "I7",
        Scenario {
            start: Start::WithAda,
            ..due(
                None,
                NONE,
                "the appointment is forgotten",
                &[Step::Park(ADA)],
            )
        },
    ),
    (
        Variant::DueTooEarly,
        "I7",
        due(
            None,
            TIMER,
            "the appointment comes early",
            &[Step::DesktopAsks],
        ),
    ),
    (
        Variant::KeepForgotten,
        "I7",
        due(Some(60), NONE, "the time is not kept", &[Step::Message]),
    ),
    (
        Variant::KeptForEver,
        "I7",
        due(
            Some(60),
            NONE,
            "a second message waits too",
            &[Step::Message, Step::Message],
        ),
    ),
    (
        Variant::KeptBeyondBound,
        "I7",
        due(Some(5), NONE, "kept beyond the bound", &[Step::Message]),
    ),
    (
        Variant::NoTimerForBound,
        "I7",
        due(Some(5), NONE, "no timer for the bound", &[Step::Message]),
    ),
    (
        Variant::TimerStays,
        "I5",
        due(
            None,
            TIMER,
            "the appointment's timer stays",
            &[Step::Accept, Step::Settle(BEN)],
        ),
    ),
    (
        Variant::WaitingItemStays,
        "I5",
        due(
            None,
            DESKTOP,
            "the appointment's item stays",
            &[Step::Accept, Step::Settle(BEN)],
        ),
    ),
    (
        Variant::ChangedUnread,
        "I7",
        expiring(
            "an unheard message is kept",
            &[Step::LostMessage, Step::Keep(ADA)],
        ),
    ),
    (
        Variant::ChangedWithoutTime,
        "I7",
        expiring("a keep without an end", &[Step::Keep(ADA)]),
    ),
    (
        Variant::WorkerFromRequest,
        "I6",
        expiring("a keep by anybody", &[Step::Keep(BEN)]),
    ),
    (
        Variant::EndedUnread,
        "I7",
        scenario(
            "ended over an unheard message",
            Start::Parked,
            &[Step::LostMessage, Step::End(ADA)],
            0,
        ),
    ),
    (
        Variant::EndedOverInvite,
        "I1",
        scenario(
            "ended while somebody is asked",
            Start::Resumed,
            &[Step::End(ADA)],
            0,
        ),
    ),
    (
        Variant::ClaimForEverybody,
        "I1",
        scenario(
            "an end without a claim",
            Start::Parked,
            &[Step::End(ADA), Step::Resume(SUE)],
            0,
        ),
    ),
    (
        Variant::RowStays,
        "I4",
        scenario("an end leaves the row", Start::Parked, &[Step::End(ADA)], 0),
    ),
    (
        Variant::WorkerFromRequest,
        "I6",
        scenario("an end by anybody", Start::Parked, &[Step::End(BEN)], 0),
    ),
    (
        Variant::WorkerFromRequest,
        "I6",
        scenario("a gift by anybody", Start::Parked, &[Step::Give(BEN)], 0),
    ),
    (
        Variant::EverybodyOversees,
        "I6",
        scenario(
            "a gift to an agent by anybody",
            Start::Parked,
            &[Step::GiveTo(ADA, BEN)],
            0,
        ),
    ),
    (
        Variant::EverybodySeesAll,
        "I6",
        in_teams(
            "an end by another team's supervisor",
            &[(ADA, "one"), (SUE, "two")],
            &[Step::End(SUE)],
            0,
        ),
    ),
    (
        Variant::EverybodySeesAll,
        "I6",
        in_teams(
            "a gift to an agent of another team",
            &[(ADA, "one"), (SUE, "one"), (BEN, "two")],
            &[Step::GiveTo(SUE, BEN)],
            0,
        ),
    ),
    (
        Variant::RowStays,
        "I4",
        scenario(
            "a gift to an agent leaves the former row",
            Start::Parked,
            &[Step::GiveTo(SUE, BEN)],
            0,
        ),
    ),
    (
        Variant::RowNotMoved,
        "I4",
        scenario(
            "a gift to an agent loses the row",
            Start::Parked,
            &[Step::GiveTo(SUE, BEN)],
            0,
        ),
    ),
    (
        Variant::ChangedUnread,
        "I7",
        scenario(
            "an unheard message is given to an agent",
            Start::Parked,
            &[Step::LostMessage, Step::GiveTo(SUE, BEN)],
            0,
        ),
    ),
    (
        Variant::ClaimForEverybody,
        "I4",
        scenario(
            "gifts to two agents without a claim",
            Start::Parked,
            &[Step::GiveTo(SUE, BEN), Step::GiveTo(SUE, SUE)],
            0,
        ),
    ),
    (
        Variant::ChangedUnread,
        "I7",
        due(
            None,
            NONE,
            "an unheard message gets another time",
            &[Step::LostMessage, Step::Move(ADA, 20)],
        ),
    ),
    (
        Variant::ChangedWithoutTime,
        "I7",
        due(
            None,
            NONE,
            "another time is not in the address",
            &[Step::Move(ADA, 20)],
        ),
    ),
    (
        Variant::WorkerFromRequest,
        "I6",
        due(
            None,
            NONE,
            "another time by anybody",
            &[Step::Move(BEN, 20)],
        ),
    ),
];
