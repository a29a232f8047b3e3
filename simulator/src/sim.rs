//! The state that all handlers share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::contact_centre::seed::Plan;
use crate::front::browser::state::Browser;
use crate::gate::faults::Faults;
use crate::gate::journal::Journal;
use crate::gate::limits::Limits;
use crate::http::openapi::Descriptions;
use crate::options::Options;
use crate::readings::Readings;
use crate::serverless::runs::Runs;
use crate::serverless::runtimes::Runtimes;
use crate::world::error::Result;
use crate::world::SharedWorld;

/// The running simulator, cheap to clone.
#[derive(Clone)]
pub struct Sim {
    /// The state of Twilio.
    pub world: SharedWorld,
    /// The Sync objects that browsers have opened.
    pub browser: Browser,
    pub journal: Journal,
    pub faults: Faults,
    pub limits: Limits,
    /// The published descriptions of Twilio's APIs.
    pub descriptions: Arc<Descriptions>,
    /// The command-line options.
    pub options: Arc<Options>,
    /// The client for requests to the Functions.
    pub client: reqwest::Client,
    /// The contact centre to which a reset returns.
    pub plan: Arc<Mutex<Plan>>,
    /// The readings at the start.
    pub initial_readings: Readings,
    /// The Functions that run for a caller.
    pub runs: Runs,
    /// The runtimes of other versions of the Functions.
    pub runtimes: Runtimes,
    pub resets: Arc<AtomicU64>,
}

impl Sim {
    /// Resets the world. `None` keeps the last plan, or the readings that are set.
    pub fn reset(&self, new: Option<Plan>, readings: Option<Readings>) -> Result<()> {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let next = new.unwrap_or_else(|| plan.clone());
        self.resets.fetch_add(1, Ordering::Relaxed);
        self.world.reset(&next, readings)?;
        *plan = next;
        self.faults.clear();
        self.limits.switch_off();
        self.journal.clear();
        Ok(())
    }
}
