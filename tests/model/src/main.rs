//! Model checking: every order in which parking, waking, resuming and settling can meet, with faults.
//!
//! The state machines that ship run here. Around them stands a small Twilio in memory: a conversation with its
//! attributes, messages and webhooks, a channel with participants and tasks, invites, the claim's document
//! with its revision and time to live, and the row of the list. Each scenario is explored to its end.
//!
//! Simplifications, so that the search ends:
//! - Time is coarse. A call takes none, and time goes on only when nothing but waits is left, to the end of
//!   the next wait. There are three jumps besides: a pause of up to a minute when nothing is under way, after
//!   it a pause until the next clock of an appointment and, as a fault, a standstill of Twilio that is longer
//!   than a claim's lease.
//! - Only the calls of a park's extras may hang while time goes on to the end of the next wait.
//! - A call and its answer are one event: what an operation does with an answer touches nobody else.
//! - Of the calls that are handed out together, the oldest or the youngest goes next; so any two of them meet in
//!   both orders, not any three in all six. The deep form has scenarios with every order.
//! - A read whose answer nobody else can change comes at once.
//! - An invite that was sent is made before the lease under which it was sent ends, or not at all: no call to
//!   Twilio can be made conditional on a claim, so one that is held up longer can make a second task. Likewise the
//!   row's deletion after an invite, which could take a row that was put back meanwhile, the timer that watches over an
//!   invite, which could stay after somebody has settled, and the address that a change writes, whose time could come
//!   too late for a clock that is about to route the conversation at the former one, and its items, which could replace those of
//!   a wake. The update by which an end closes the conversation could come after an invite.
//! - A refused operation sets the clocks before it answers, by data that may be ten seconds old; an agent who has
//!   joined and settled meanwhile may find the conversation's timer set.
//! - The timer of an appointment strikes beside other operations only if it counts from its update. If it counts from the last
//!   message, it can end as soon as a check has set it, and then the next check takes the claim before the first one has deleted
//!   the row: that reading is checked with one operation after the other.
//! - Nobody but the customer writes between a park and its appointment: any message moves the timer on, so that only an open
//!   desktop keeps the time.
//! - A Function that Twilio ends because the webhook has hung up is one that dies, which a fault does at any moment.
//! - Nobody else writes attributes within a round of ours: the first decision says what such a write would lose.
//!
//! Each state with nothing in flight is also run to its end: the customer writes once more, the worker who is asked
//! accepts and settles, and then nothing may be left.

mod calls;
mod forged;
mod invariants;
mod running;
mod scenario;
mod shared;
mod state;
mod system;
mod variant;

use std::num::NonZero;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use invariants::INVARIANTS;
use scenario::{Scenario, DEEP, SHORT};
use system::System;
use variant::{Variant, VARIANTS};

/// The options of the command line.
struct Options {
    deep: bool,
    /// Explores only some of the scenarios, yet every broken variant.
    sample: bool,
    /// Explores only the scenarios and the broken variants whose names begin with this text.
    only: Option<String>,
}

/// In the sample, the distance from one scenario of the short form to the next.
const SAMPLE_EVERY: usize = 3;

const HELP: &str = "\
Usage: npm run check:model [-- --deep | --sample] [--only NAME]
  --deep       more scenarios, and longer ones
  --sample     some of the scenarios, and every broken variant
  --only NAME  explores only the scenarios and the broken variants whose names begin with NAME
  --help       this text

Exit codes:
  0  every invariant holds, and every broken variant was caught
  1  an invariant is broken, or a broken variant was not caught
  2  the command line cannot be used

More: docs/architecture.md#tests";

/// Reads the command line. None: the help is wanted.
fn options() -> Result<Option<Options>, String> {
    let mut found = Options {
        deep: false,
        sample: false,
        only: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--deep" => found.deep = true,
            "--sample" => found.sample = true,
            "--only" => {
                let name = words.next().filter(|name| !name.starts_with('-'));
                let name =
                    name.ok_or("--only needs a value: the beginning of a scenario's name.")?;
                let broken = VARIANTS.iter().map(|(_, _, scenario)| scenario);
                let mut all = SHORT.iter().chain(DEEP).chain(broken);
                if !all.any(|scenario| scenario.name.starts_with(&name)) {
                    let names: Vec<_> = SHORT.iter().map(|scenario| scenario.name).collect();
                    let names = names.join("\n  ");
                    return Err(format!(
                        "No scenario's name begins with {name}. There are:\n  {names}"
                    ));
                }
                found.only = Some(name);
            }
            "--help" | "-h" => return Ok(None),
            _ => {
                return Err(format!(
                "{word} is not expected here: there are --deep, --sample, --only NAME and --help."
            ))
            }
        }
    }
    Ok(Some(found))
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            eprintln!("{why}\nExample: npm run check:model -- --deep\nHelp: npm run check:model -- --help, or docs/architecture.md#tests");
            return ExitCode::from(2);
        }
    };
    let more = if options.deep { DEEP } else { &[] };
    let is_wanted = |scenario: &Scenario| {
        let only = options.only.as_deref();
        scenario.name.starts_with(only.unwrap_or_default())
    };
    let distance = if options.sample { SAMPLE_EVERY } else { 1 };
    let scenarios = SHORT
        .iter()
        .step_by(distance)
        .chain(more)
        .filter(|scenario| is_wanted(scenario));
    let variants: Vec<_> = VARIANTS
        .iter()
        .filter(|(_, _, scenario)| is_wanted(scenario))
        .collect();
    let mut states = 0;
    let mut held = true;
    for scenario in scenarios {
        let result = explore(*scenario, None);
        states += result.states;
        held &= result.broken.is_empty();
        result.print(scenario);
    }
    let caught = variants
        .iter()
        .filter(|(variant, invariant, scenario)| is_caught(*variant, invariant, *scenario))
        .count();
    if held && caught == variants.len() {
        println!(
            "model: {states} states, {} invariants hold, {caught} broken variants caught",
            INVARIANTS.len()
        );
        ExitCode::SUCCESS
    } else {
        println!(
            "model: failed after {states} states, {caught} of {} broken variants caught",
            variants.len()
        );
        ExitCode::FAILURE
    }
}

fn is_caught(variant: Variant, invariant: &str, scenario: Scenario) -> bool {
    let result = explore(scenario, Some(variant));
    let mut broken = result.broken.iter();
    let caught = broken.any(|(name, _)| name.starts_with(invariant));
    let verdict = if caught { "ok: caught" } else { "NOT CAUGHT" };
    println!(
        "{verdict}: broken on purpose, {}: {invariant}",
        scenario.name
    );
    caught
}

struct Explored {
    states: usize,
    seconds: f64,
    /// Each broken invariant, with the path that led there.
    broken: Vec<(&'static str, Vec<String>)>,
}

impl Explored {
    fn print(&self, scenario: &Scenario) {
        let verdict = if self.broken.is_empty() {
            "ok"
        } else {
            "BROKEN"
        };
        let Self {
            states, seconds, ..
        } = self;
        println!("{verdict}: {scenario}: {states} states, {seconds:.1} s");
        for (invariant, actions) in &self.broken {
            println!("  {invariant}: broken by");
            for action in actions {
                println!("    {action}");
            }
        }
    }
}

/// Explores a scenario: depth first, which needs little memory, and should anything be broken once more breadth first, which
/// finds the shortest way there.
fn explore(scenario: Scenario, variant: Option<Variant>) -> Explored {
    let began = Instant::now();
    let checker = || {
        let threads = available_parallelism().map_or(1, NonZero::get);
        let checker = System { scenario, variant }.checker();
        checker
            .threads(threads)
            .finish_when(HasDiscoveries::AnyFailures)
    };
    let explored = checker().spawn_dfs().join();
    let broken = if explored.discoveries().is_empty() {
        Vec::new()
    } else {
        ways_to_break(&checker().spawn_bfs().join())
    };
    Explored {
        states: explored.unique_state_count(),
        seconds: began.elapsed().as_secs_f64(),
        broken,
    }
}

fn ways_to_break(checker: &impl Checker<System>) -> Vec<(&'static str, Vec<String>)> {
    let discoveries = checker.discoveries().into_iter();
    let mut broken: Vec<_> = discoveries
        .map(|(name, path)| {
            let actions = path.into_actions();
            (name, actions.iter().map(ToString::to_string).collect())
        })
        .collect();
    broken.sort();
    broken
}
