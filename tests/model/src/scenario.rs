//! What is explored: small situations, each from its beginning to every end.

mod deep;
mod short;
mod step;

use std::fmt;

use memory_twilio::Readings;
use park_interaction::protocol::unpark::Clock;

pub use deep::DEEP;
pub use short::SHORT;
pub use step::{Fault, Step};

/// Where a scenario begins.
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

/// A situation to explore.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    pub start: Start,
    pub steps: &'static [Step],
    /// How many calls may go wrong, operations die or Twilio stand still.
    pub faults: u8,
    /// How often the Functions are told of the end of a task: lost, once, doubled. Each may be late.
    pub events: u8,
    /// Who watches while a message is unheard. Who does not is switched off.
    pub clocks: &'static [Clock],
    /// How Twilio behaves where its documentation leaves it open.
    pub readings: Readings,
    /// Whether the customer's message runs the owner's Studio flow.
    pub flow: bool,
    /// The timer by which the owner lets the conversation become inactive, in seconds.
    pub owners_timer: Option<u32>,
    /// Whether the calls of one round reach Twilio in every order, or only such that at each moment the
    /// oldest or the youngest goes next. The latter has every order of any two calls.
    pub every_order: bool,
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

/// A situation with events and no clock, as Twilio documents itself.
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
        readings: Readings::DOCUMENTED,
        flow: false,
        owners_timer: None,
        every_order: false,
    }
}
