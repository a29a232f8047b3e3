//! What all handlers share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::browser::Browser;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::options::Options;
use crate::readings::Readings;
use crate::rest::openapi::Descriptions;
use crate::runs::Runs;
use crate::world::error::Result;
use crate::world::seed::Plan;
use crate::world::SharedWorld;

/// The running simulator, cheap to clone.
#[derive(Clone)]
pub struct Sim {
    /// What Twilio would remember.
    pub world: SharedWorld,
    /// What browsers have opened.
    pub browser: Browser,
    /// What was asked.
    pub journal: Journal,
    /// What is to go wrong.
    pub faults: Faults,
    /// How much is let through.
    pub limits: Limits,
    /// What Twilio's APIs look like.
    pub descriptions: Arc<Descriptions>,
    /// How it was started.
    pub options: Arc<Options>,
    /// For requests to the Functions.
    pub client: reqwest::Client,
    /// The contact centre that a reset goes back to.
    pub plan: Arc<Mutex<Plan>>,
    /// The readings that it was started with.
    pub initial_readings: Readings,
    /// The Functions that run for a caller.
    pub runs: Runs,
    /// How many resets there have been.
    pub resets: Arc<AtomicU64>,
}

impl Sim {
    /// Starts again with a new plan, or with the last one; with new readings, or with those that are set.
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
