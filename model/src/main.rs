//! Model checking: every order in which parking, waking, resuming and settling can meet, with faults.
//!
//! What runs are the state machines that ship. Around them stands a small Twilio in memory: a conversation with its
//! attributes, messages and webhooks, a channel with participants and tasks, invites, the claim's document
//! with its revision and time to live, and the row of the list. Each scenario is explored to its end, breadth first.
//!
//! What is left out, so that this ends:
//! - Time is coarse. A call takes none, and time goes on only when nothing but waits is left, to the end of
//!   the next wait. There are two jumps besides: a pause of up to a minute when nothing is under way, and, as
//!   a fault, a standstill of Twilio that is longer than a claim's lease.
//! - A call and its answer are one event: what an operation does with an answer touches nobody else.
//! - Of the calls that are handed out together, the oldest or the youngest goes next; so any two of them meet in
//!   both orders, not any three in all six. The deep form has scenarios with every order.
//! - Reads that nobody else's doing can change come at once.
//! - An invite that was sent is made before the lease under which it was sent ends, or not at all: no call to
//!   Twilio can be made conditional on a claim, so one that is held up longer can make a second task. Likewise the
//!   row's deletion after an invite, which could take a row that was put back meanwhile.
//! - An invite shows in the list of invites as soon as it is made; invites whose task is over are not listed.
//! - Nobody else writes attributes within a round of ours: see the first decision on what would be lost.
//!
//! When nothing is under way, it is also run to its end from there: the customer writes once more, whoever is
//! asked accepts and settles, and then nothing may be left.

mod calls;
#[path = "../../tests/native/claim_document.rs"]
mod claim_document;
mod invariants;
mod running;
mod scenario;
#[path = "../../tests/native/sids.rs"]
mod sids;
mod state;
mod system;
mod variant;
mod world;

use std::process::ExitCode;
use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use invariants::INVARIANTS;
use scenario::{Scenario, DEEP, SHORT};
use system::System;
use variant::{Variant, VARIANTS};

fn main() -> ExitCode {
    let deep = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--deep") => true,
        Some(other) => {
            eprintln!("unknown option `{other}`: expected `--deep` or nothing");
            return ExitCode::from(2);
        }
    };
    let more = if deep { DEEP } else { &[] };
    let mut states = 0;
    let mut held = true;
    for scenario in SHORT.iter().chain(more) {
        let result = explore(*scenario, None);
        states += result.states;
        let verdict = if result.broken.is_empty() {
            "ok"
        } else {
            "BROKEN"
        };
        println!(
            "{verdict}: {}, {}: {} states, depth {}, {:.1} s",
            scenario.name,
            words(scenario),
            result.states,
            result.depth,
            result.seconds
        );
        held &= result.broken.is_empty();
        result.print_counterexamples();
    }
    let mut caught = 0;
    for (variant, invariant, scenario) in VARIANTS {
        let result = explore(scenario, Some(variant));
        let found = result
            .broken
            .iter()
            .any(|(name, _)| name.starts_with(invariant));
        caught += usize::from(found);
        let verdict = if found { "ok: caught" } else { "NOT CAUGHT" };
        println!(
            "{verdict}: broken on purpose, {}: {invariant}, after {} states",
            scenario.name, result.states
        );
    }
    if held && caught == VARIANTS.len() {
        println!(
            "model: {states} states, {} invariants hold, {caught} broken variants caught",
            INVARIANTS.len()
        );
        ExitCode::SUCCESS
    } else {
        println!(
            "model: failed after {states} states, {caught} of {} broken variants caught",
            VARIANTS.len()
        );
        ExitCode::FAILURE
    }
}

fn words(scenario: &Scenario) -> String {
    let steps: Vec<String> = scenario.steps.iter().map(ToString::to_string).collect();
    let faults = match scenario.faults {
        0 => "no fault".to_owned(),
        1 => "1 fault".to_owned(),
        many => format!("{many} faults"),
    };
    format!("{} ({faults})", steps.join(", "))
}

struct Explored {
    states: usize,
    depth: usize,
    seconds: f64,
    /// Each broken invariant with what led there.
    broken: Vec<(&'static str, Vec<String>)>,
}

impl Explored {
    fn print_counterexamples(&self) {
        for (invariant, actions) in &self.broken {
            println!("  {invariant}: broken by");
            for action in actions {
                println!("    {action}");
            }
        }
    }
}

fn explore(scenario: Scenario, variant: Option<Variant>) -> Explored {
    let began = Instant::now();
    let checker = System { scenario, variant }
        .checker()
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let mut broken: Vec<_> = checker
        .discoveries()
        .into_iter()
        .map(|(name, path)| {
            let actions = path
                .into_actions()
                .iter()
                .map(ToString::to_string)
                .collect();
            (name, actions)
        })
        .collect();
    broken.sort();
    Explored {
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        seconds: began.elapsed().as_secs_f64(),
        broken,
    }
}
