//! Scenarios: small situations, each explored from its beginning to every end.

mod deep;
mod short;
mod step;

use std::fmt;

use memory_twilio::Readings;
use park_interaction::protocol::unpark::Clock;

pub use deep::DEEP;
pub use short::SHORT;
pub use step::{Fault, Step};

/// The beginning of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Ada is in the conversation.
    WithAda,
    /// Ada has parked, long ago.
    Parked,
    /// Ada has parked and resumes: she is asked.
    Resumed,
    /// Ada has parked, the customer has written: whoever the workflow finds is asked.
    Woken,
    /// As `Woken`; then Ben has accepted, and nothing is settled.
    Accepted,
}

/// An appointment of the parks in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appointment {
    /// The time from the click to the appointment, in minutes.
    pub in_minutes: u32,
    /// The longest time for which the customer's first message waits, in minutes. `None`: it does not wait.
    pub keep_minutes: Option<u32>,
    /// True if it is the end of the longest wait that the owner allows, which a park sets in hours.
    pub is_expiry: bool,
}

/// A situation to explore.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    pub start: Start,
    pub steps: &'static [Step],
    /// The number of faults: failed calls, dead operations, standstills of Twilio.
    pub faults: u8,
    /// The number of events for each ended task: 0 lost, 1, 2 doubled. Each may be late.
    pub events: u8,
    /// The watchers of an unheard message. The others are switched off.
    pub clocks: &'static [Clock],
    /// The appointment of every park.
    pub appointment: Option<Appointment>,
    /// True if the owner wants a notice to the customer and figures for Flex Insights. Their calls may hang.
    pub extras: bool,
    /// The behaviour of Twilio where its documentation leaves it open.
    pub readings: Readings,
    /// True if the customer's message runs the owner's Studio flow.
    pub flow: bool,
    /// The timer by which the owner lets the conversation become inactive, in seconds.
    pub owners_timer: Option<u32>,
    /// True if the calls of one round reach Twilio in every order. Otherwise the oldest or the youngest goes next at
    /// each moment, which has every order of any two calls.
    pub every_order: bool,
    /// The workers' teams, if the owner limits supervisors to their own. Empty: supervisors see all.
    pub teams: &'static [(u32, &'static str)],
    /// True if the Functions know each caller, whose token they have validated a moment ago.
    pub known_callers: bool,
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<String> = self.steps.iter().map(ToString::to_string).collect();
        write!(f, "{}, {}", self.name, steps.join(", "))?;
        match self.faults {
            0 => f.write_str(" (no fault)"),
            1 => f.write_str(" (1 fault)"),
            many => write!(f, " ({many} faults)"),
        }
    }
}

/// A scenario with events and no clock, under the documented readings.
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
        events: 1,
        clocks: &[],
        appointment: None,
        extras: false,
        readings: Readings::DOCUMENTED,
        flow: false,
        owners_timer: None,
        every_order: false,
        teams: &[],
        known_callers: false,
    }
}

/// A scenario after Ada has parked, in which the owner limits supervisors to their teams.
pub const fn in_teams(
    name: &'static str,
    teams: &'static [(u32, &'static str)],
    steps: &'static [Step],
    faults: u8,
) -> Scenario {
    Scenario {
        teams,
        ..scenario(name, Start::Parked, steps, faults)
    }
}

/// An appointment that a message brings forward.
pub const DUE: Appointment = Appointment {
    in_minutes: 10,
    keep_minutes: None,
    is_expiry: false,
};

/// The end of the longest wait, an hour after the park.
pub const EXPIRY: Appointment = Appointment {
    in_minutes: 60,
    keep_minutes: None,
    is_expiry: true,
};

/// An appointment that holds a message back until its time.
pub const KEPT: Appointment = Appointment {
    keep_minutes: Some(60),
    ..DUE
};

/// An appointment that holds a message back for five minutes.
pub const KEPT_BRIEFLY: Appointment = Appointment {
    keep_minutes: Some(5),
    ..DUE
};

/// A scenario with an appointment, after Ada has parked, and without events of `TaskRouter`.
pub const fn due(
    appointment: Appointment,
    clocks: &'static [Clock],
    name: &'static str,
    steps: &'static [Step],
    faults: u8,
) -> Scenario {
    Scenario {
        events: 0,
        clocks,
        appointment: Some(appointment),
        ..scenario(name, Start::Parked, steps, faults)
    }
}
