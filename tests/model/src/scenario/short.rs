//! The scenarios of the short form.

use memory_twilio::{Readings, Replay, ADA, BEN, SUE};
use park_interaction::protocol::unpark::Clock;

use super::Step::{
    Accept, BecomesFull, Close, DesktopAsks, End, Forge, Give, GiveTo, GoesAway, InviteEnds, Keep,
    Leave, LostMessage, Message, Move, Park, ParkBlind, Reconcile, Release, Resume, Settle,
    SupervisorWrites,
};
use super::{due, in_teams, scenario, Scenario, Start, Step, DUE, EXPIRY, KEPT, KEPT_BRIEFLY};

const ADA_PARKS_AND_MESSAGE: &[Step] = &[Park(ADA), Message];

/// No clock strikes by itself. The judge of I7 still lets each one strike alone, after every state without operations.
const NONE: &[Clock] = &[];
const TIMER: &[Clock] = &[Clock::Timer];
const DESKTOP: &[Clock] = &[Clock::Desktop];
const CLOCKS: &[Clock] = &[Clock::Timer, Clock::Desktop];

/// The one watcher of a scenario in which no event of `TaskRouter` arrives.
const fn only(
    clocks: &'static [Clock],
    name: &'static str,
    steps: &'static [Step],
    faults: u8,
) -> Scenario {
    Scenario {
        events: 0,
        clocks,
        ..scenario(name, Start::Woken, steps, faults)
    }
}

const fn with_extras(name: &'static str, steps: &'static [Step], faults: u8) -> Scenario {
    Scenario {
        extras: true,
        ..scenario(name, Start::WithAda, steps, faults)
    }
}

const fn with_replay(name: &'static str, replay: Replay) -> Scenario {
    Scenario {
        readings: Readings {
            replay,
            ..Readings::DOCUMENTED
        },
        ..scenario(name, Start::WithAda, ADA_PARKS_AND_MESSAGE, 0)
    }
}

/// Returns a scenario in which the Functions know the callers.
const fn known(name: &'static str, start: Start, steps: &'static [Step], faults: u8) -> Scenario {
    Scenario {
        known_callers: true,
        ..scenario(name, start, steps, faults)
    }
}

/// Readings under which the list of invites is refused.
const REFUSES_INVITES: Readings = Readings {
    refuses_invites: true,
    ..Readings::DOCUMENTED
};

/// Returns a scenario in which Ada has parked, under `readings`.
const fn under(
    readings: Readings,
    name: &'static str,
    steps: &'static [Step],
    faults: u8,
) -> Scenario {
    Scenario {
        readings,
        ..scenario(name, Start::Parked, steps, faults)
    }
}

/// Readings under which an invite shows in the list only after a while.
const SHOWS_LATE: Readings = Readings {
    invites_show_after_ms: 2_500,
    ..Readings::DOCUMENTED
};

/// Readings under which a timer counts from the last message.
const TIMERS_RUN_FROM_MESSAGE: Readings = Readings {
    timers_run_from_message: true,
    ..Readings::DOCUMENTED
};

pub const SHORT: &[Scenario] = &[
    scenario("park", Start::WithAda, &[Park(ADA)], 2),
    scenario("two-parks", Start::WithAda, &[Park(ADA), Park(ADA)], 0),
    known("park-known", Start::WithAda, &[Park(ADA)], 2),
    known(
        "two-parks-known",
        Start::WithAda,
        &[Park(ADA), Park(ADA)],
        0,
    ),
    known("resume-known", Start::Parked, &[Resume(ADA)], 2),
    known(
        "resume-and-wake-known",
        Start::Parked,
        &[Resume(ADA), Message],
        0,
    ),
    known(
        "two-resumes-known",
        Start::Parked,
        &[Resume(ADA), Resume(SUE)],
        0,
    ),
    with_extras("park-extras", &[Park(ADA)], 0),
    with_replay("park-and-message", Replay::Inclusive),
    Scenario {
        known_callers: true,
        ..with_replay("park-and-message-exclusive-known", Replay::Exclusive)
    },
    with_replay("park-and-message-no-replay", Replay::None),
    scenario("park-blind", Start::WithAda, &[ParkBlind(ADA), Message], 0),
    scenario("wake", Start::Parked, &[Message], 1),
    scenario("wake-twice", Start::Parked, &[Message, Message], 0),
    scenario("resume", Start::Parked, &[Resume(ADA)], 2),
    scenario("resume-and-wake", Start::Parked, &[Resume(ADA), Message], 0),
    scenario("two-resumes", Start::Parked, &[Resume(ADA), Resume(SUE)], 0),
    scenario(
        "resume-full",
        Start::Parked,
        &[BecomesFull(ADA), Resume(ADA), Message],
        0,
    ),
    scenario(
        "resume-away",
        Start::Parked,
        &[GoesAway(ADA), Resume(ADA)],
        1,
    ),
    scenario(
        "resume-and-decline",
        Start::Resumed,
        &[InviteEnds, Accept],
        1,
    ),
    scenario(
        "decline-and-heal",
        Start::Woken,
        &[InviteEnds, Message, Accept],
        0,
    ),
    scenario("decline", Start::Woken, &[InviteEnds], 1),
    Scenario {
        events: 2,
        ..scenario("decline-told-twice", Start::Woken, &[InviteEnds], 0)
    },
    only(TIMER, "decline-timer-only", &[InviteEnds], 1),
    only(DESKTOP, "decline-desktop-only", &[InviteEnds], 1),
    only(CLOCKS, "decline-both-clocks", &[InviteEnds], 0),
    only(TIMER, "accept-with-timer", &[Accept, Settle(BEN)], 1),
    scenario(
        "desktop-asks-early",
        Start::Woken,
        &[DesktopAsks, Accept, Settle(BEN)],
        0,
    ),
    scenario(
        "accept-and-settle",
        Start::Woken,
        &[Accept, Settle(BEN), Message],
        0,
    ),
    scenario(
        "decline-and-resume",
        Start::Woken,
        &[InviteEnds, Resume(ADA)],
        0,
    ),
    scenario("leave", Start::Accepted, &[Leave(BEN), Message], 0),
    scenario(
        "leave-after-settling",
        Start::Accepted,
        &[Settle(BEN), Leave(BEN)],
        0,
    ),
    scenario("reconcile", Start::Parked, &[LostMessage, Reconcile], 1),
    scenario(
        "reconcile-and-wake",
        Start::Parked,
        &[Reconcile, Message],
        0,
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
    scenario(
        "lost-message-and-resume",
        Start::Parked,
        &[LostMessage, Resume(ADA), InviteEnds],
        0,
    ),
    scenario("release", Start::Parked, &[Release, InviteEnds], 0),
    scenario("settle", Start::Accepted, &[Settle(BEN)], 2),
    scenario("settle-races", Start::Accepted, &[Settle(BEN), Message], 0),
    scenario("park-again", Start::Accepted, &[Park(BEN)], 1),
    scenario(
        "who-may-resume",
        Start::Parked,
        &[Resume(BEN), SupervisorWrites],
        0,
    ),
    scenario("who-may-park", Start::Parked, &[Park(BEN), Message], 0),
    scenario("forged-wake", Start::Parked, &[Forge, Message], 0),
    scenario("forged-resume", Start::Parked, &[Forge, Resume(BEN)], 0),
    scenario("forged-settle", Start::Accepted, &[Forge, Settle(BEN)], 0),
    scenario("closed", Start::Parked, &[Close, Message], 0),
    scenario("closed-while-woken", Start::Woken, &[InviteEnds, Close], 0),
    Scenario {
        clocks: TIMER,
        owners_timer: Some(3_600),
        ..scenario("owners-timer", Start::Woken, &[Accept, Settle(BEN)], 1)
    },
    Scenario {
        clocks: TIMER,
        owners_timer: Some(60),
        ..scenario("owners-short-timer", Start::Parked, &[Message], 0)
    },
    Scenario {
        readings: Readings {
            lists_who_left: true,
            ..Readings::DOCUMENTED
        },
        ..scenario("lists-who-left", Start::Accepted, &[Park(BEN)], 0)
    },
    under(
        REFUSES_INVITES,
        "no-list-of-invites",
        &[Message, Message],
        0,
    ),
    under(
        REFUSES_INVITES,
        "no-list-of-invites-resume",
        &[Resume(ADA), Message],
        0,
    ),
    Scenario {
        clocks: TIMER,
        owners_timer: Some(60),
        ..under(
            Readings {
                refuses_inactive: true,
                ..Readings::DOCUMENTED
            },
            "no-invite-while-inactive",
            &[Message],
            1,
        )
    },
    under(
        Readings {
            cancels_in_vain: true,
            ..Readings::DOCUMENTED
        },
        "canceled-in-vain",
        &[BecomesFull(ADA), Resume(ADA), Message],
        0,
    ),
    Scenario {
        readings: SHOWS_LATE,
        ..scenario("shows-late", Start::Parked, &[Message, Message], 0)
    },
    Scenario {
        readings: SHOWS_LATE,
        ..scenario(
            "shows-late-resume",
            Start::Parked,
            &[Message, Resume(ADA)],
            0,
        )
    },
    Scenario {
        flow: true,
        ..scenario("flow-wake", Start::Parked, &[Message], 0)
    },
    Scenario {
        start: Start::WithAda,
        ..due(DUE, NONE, "due-park", &[Park(ADA)], 1)
    },
    due(DUE, TIMER, "due-timer-only", &[InviteEnds], 1),
    due(DUE, DESKTOP, "due-desktop-only", &[InviteEnds], 1),
    due(DUE, CLOCKS, "due-both-clocks", &[InviteEnds], 0),
    due(DUE, TIMER, "due-and-message", &[Message], 0),
    due(DUE, DESKTOP, "due-and-message-desktop", &[Message], 0),
    due(DUE, NONE, "due-and-message-fault", &[Message], 1),
    due(DUE, TIMER, "due-and-settle", &[Accept, Settle(BEN)], 0),
    due(
        DUE,
        TIMER,
        "due-resume-and-decline",
        &[Resume(ADA), InviteEnds],
        0,
    ),
    due(
        DUE,
        DESKTOP,
        "due-resume-and-decline-desktop",
        &[Resume(ADA), InviteEnds],
        0,
    ),
    due(DUE, NONE, "due-and-reconcile", &[Reconcile], 1),
    due(KEPT, TIMER, "kept-timer-only", &[Message], 0),
    due(KEPT, DESKTOP, "kept-desktop-only", &[Message], 0),
    due(KEPT, NONE, "kept-fault", &[Message], 1),
    due(KEPT, NONE, "kept-two-messages", &[Message, Message], 0),
    due(
        KEPT_BRIEFLY,
        TIMER,
        "kept-briefly-timer-only",
        &[Message],
        0,
    ),
    due(
        KEPT_BRIEFLY,
        DESKTOP,
        "kept-briefly-desktop-only",
        &[Message],
        0,
    ),
    due(
        KEPT_BRIEFLY,
        NONE,
        "kept-message-and-resume",
        &[Message, Resume(ADA)],
        0,
    ),
    Scenario {
        readings: TIMERS_RUN_FROM_MESSAGE,
        ..due(
            KEPT_BRIEFLY,
            NONE,
            "kept-timers-run-from-message",
            &[Message],
            0,
        )
    },
    Scenario {
        readings: TIMERS_RUN_FROM_MESSAGE,
        start: Start::WithAda,
        ..due(DUE, NONE, "due-timers-run-from-message", &[Park(ADA)], 0)
    },
    Scenario {
        owners_timer: Some(3_600),
        ..due(
            DUE,
            NONE,
            "due-owners-timer",
            &[Message, Accept, Settle(BEN)],
            0,
        )
    },
    due(EXPIRY, NONE, "keep", &[Keep(ADA)], 2),
    due(EXPIRY, TIMER, "keep-and-timer", &[Keep(ADA)], 1),
    due(EXPIRY, DESKTOP, "keep-and-desktop", &[Keep(ADA)], 1),
    due(EXPIRY, NONE, "keep-and-message", &[Keep(ADA), Message], 0),
    due(
        EXPIRY,
        NONE,
        "keep-and-lost-message",
        &[LostMessage, Keep(ADA)],
        0,
    ),
    due(
        EXPIRY,
        NONE,
        "keep-and-resume",
        &[Keep(ADA), Resume(ADA)],
        0,
    ),
    due(EXPIRY, NONE, "two-keeps", &[Keep(ADA), Keep(SUE)], 0),
    due(EXPIRY, NONE, "who-may-keep", &[Keep(BEN)], 1),
    due(EXPIRY, NONE, "forged-keep", &[Forge, Keep(BEN)], 0),
    due(
        EXPIRY,
        NONE,
        "keep-and-reconcile",
        &[Keep(ADA), Reconcile],
        0,
    ),
    Scenario {
        readings: TIMERS_RUN_FROM_MESSAGE,
        ..due(
            EXPIRY,
            NONE,
            "keep-timers-run-from-message",
            &[Keep(ADA)],
            0,
        )
    },
    scenario("end", Start::Parked, &[End(ADA)], 2),
    scenario("end-and-message", Start::Parked, &[End(ADA), Message], 0),
    scenario(
        "end-and-lost-message",
        Start::Parked,
        &[LostMessage, End(ADA)],
        1,
    ),
    scenario("end-and-resume", Start::Parked, &[End(ADA), Resume(SUE)], 0),
    scenario("end-and-give", Start::Parked, &[End(ADA), Give(SUE)], 0),
    scenario("two-ends", Start::Parked, &[End(ADA), End(SUE)], 0),
    scenario("end-while-asked", Start::Woken, &[End(ADA), Accept], 0),
    scenario(
        "end-and-settle",
        Start::Accepted,
        &[End(ADA), Settle(BEN)],
        0,
    ),
    scenario("end-and-close", Start::Parked, &[End(ADA), Close], 0),
    scenario(
        "end-and-reconcile",
        Start::Parked,
        &[End(ADA), Reconcile],
        0,
    ),
    scenario("who-may-end", Start::Parked, &[End(BEN), Give(BEN)], 0),
    scenario("forged-end", Start::Parked, &[Forge, End(BEN)], 0),
    under(
        Readings {
            refuses_empty_end: true,
            ..Readings::DOCUMENTED
        },
        "end-of-the-channel-refused",
        &[End(ADA)],
        1,
    ),
    due(EXPIRY, TIMER, "end-and-expiry", &[End(ADA)], 0),
    due(EXPIRY, NONE, "end-and-keep", &[End(ADA), Keep(SUE)], 0),
    due(KEPT, NONE, "end-and-kept-message", &[Message, End(ADA)], 0),
    scenario("give", Start::Parked, &[Give(ADA), InviteEnds], 1),
    scenario("give-and-message", Start::Parked, &[Give(ADA), Message], 0),
    scenario(
        "give-and-resume",
        Start::Parked,
        &[Give(ADA), Resume(SUE)],
        0,
    ),
    due(DUE, TIMER, "give-and-due", &[Give(ADA)], 0),
    scenario("give-to", Start::Parked, &[GiveTo(SUE, BEN)], 2),
    scenario(
        "give-to-and-message",
        Start::Parked,
        &[GiveTo(SUE, BEN), Message],
        0,
    ),
    scenario(
        "give-to-and-lost-message",
        Start::Parked,
        &[LostMessage, GiveTo(SUE, BEN)],
        0,
    ),
    scenario(
        "give-to-and-resume",
        Start::Parked,
        &[GiveTo(SUE, BEN), Resume(ADA)],
        0,
    ),
    in_teams(
        "resume-in-team",
        &[(ADA, "one"), (SUE, "one")],
        &[Resume(SUE)],
        1,
    ),
    in_teams(
        "resume-out-of-team",
        &[(ADA, "one"), (SUE, "two")],
        &[Resume(SUE), Message],
        0,
    ),
    in_teams(
        "forged-in-teams",
        &[(ADA, "one"), (BEN, "two"), (SUE, "two")],
        &[Forge, End(SUE)],
        0,
    ),
    in_teams(
        "gift-in-teams",
        &[(ADA, "one"), (BEN, "two"), (SUE, "one")],
        &[GiveTo(SUE, BEN), Give(SUE)],
        0,
    ),
    scenario(
        "two-gifts",
        Start::Parked,
        &[GiveTo(SUE, BEN), GiveTo(SUE, SUE)],
        0,
    ),
    scenario(
        "give-to-and-reconcile",
        Start::Parked,
        &[GiveTo(SUE, BEN), Reconcile],
        0,
    ),
    scenario("who-may-give-to", Start::Parked, &[GiveTo(ADA, BEN)], 1),
    scenario(
        "forged-give-to",
        Start::Parked,
        &[Forge, GiveTo(SUE, BEN)],
        0,
    ),
    due(EXPIRY, TIMER, "give-to-and-expiry", &[GiveTo(SUE, BEN)], 0),
    due(
        EXPIRY,
        NONE,
        "give-to-and-keep",
        &[GiveTo(SUE, BEN), Keep(ADA)],
        0,
    ),
    due(DUE, NONE, "move", &[Move(ADA, 20)], 2),
    due(DUE, TIMER, "move-and-timer", &[Move(ADA, 20)], 0),
    due(DUE, DESKTOP, "move-and-desktop", &[Move(ADA, 20)], 0),
    due(DUE, TIMER, "move-nearer-and-timer", &[Move(ADA, 5)], 0),
    due(DUE, NONE, "move-nearer", &[Move(ADA, 5)], 2),
    due(DUE, DESKTOP, "move-nearer-and-desktop", &[Move(ADA, 5)], 0),
    due(DUE, NONE, "move-to-none", &[Move(ADA, 0)], 2),
    due(DUE, TIMER, "move-to-none-and-timer", &[Move(ADA, 0)], 0),
    scenario("move-from-none", Start::Parked, &[Move(ADA, 10)], 2),
    due(DUE, NONE, "move-and-message", &[Move(ADA, 20), Message], 0),
    due(
        DUE,
        NONE,
        "move-and-lost-message",
        &[LostMessage, Move(ADA, 20)],
        0,
    ),
    due(
        KEPT,
        NONE,
        "move-kept-message",
        &[Message, Move(ADA, 20)],
        0,
    ),
    due(
        DUE,
        NONE,
        "move-and-resume",
        &[Move(ADA, 20), Resume(SUE)],
        0,
    ),
    due(DUE, NONE, "two-moves", &[Move(ADA, 20), Move(SUE, 5)], 0),
    due(
        DUE,
        NONE,
        "move-and-give-to",
        &[Move(ADA, 20), GiveTo(SUE, BEN)],
        0,
    ),
    due(DUE, NONE, "who-may-move", &[Move(BEN, 20)], 1),
];
