//! Twilio's rate limits. They are off until a test switches them on, and use the simulator's clock.
//!
//! A request that exceeds a limit gets 429 and is not performed. `README.md` has the sources of the figures.

mod bucket;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::http::error::TwilioError;
use crate::http::request::RestRequest;
use crate::world::World;
use bucket::{Bucket, Rate};

/// A rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Limit {
    /// Each endpoint of the Interactions API.
    Interactions,
    /// Reads of one Sync object or its items.
    SyncReads,
    /// Writes to one Sync object or its items.
    SyncWrites,
    /// Creations of Sync objects.
    SyncCreations,
    /// Each kind of `TaskRouter` list that is filtered by an expression.
    TaskRouterExpressions,
    /// Each other endpoint of `TaskRouter`.
    TaskRouter,
    /// Changes of one conversation, its participants or its messages.
    ConversationActions,
    /// Creations and deletions of conversations.
    ConversationCreations,
    /// Concurrent requests of the account.
    Concurrency,
    /// Concurrent runs of the account's Functions.
    Functions,
}

impl Limit {
    /// Returns the name in the control endpoint and the journal.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Interactions => "interactions",
            Self::SyncReads => "syncReads",
            Self::SyncWrites => "syncWrites",
            Self::SyncCreations => "syncCreations",
            Self::TaskRouterExpressions => "taskRouterExpressions",
            Self::TaskRouter => "taskRouter",
            Self::ConversationActions => "conversationActions",
            Self::ConversationCreations => "conversationCreations",
            Self::Concurrency => "concurrency",
            Self::Functions => "functions",
        }
    }

    fn refusal(self) -> TwilioError {
        let (code, message) = match self {
            Self::Interactions => (45780, "Operation failed: too many concurrent API requests"),
            Self::SyncReads | Self::SyncWrites | Self::SyncCreations => {
                (54009, "Rate limit exceeded")
            }
            _ => (20429, "Too many requests"),
        };
        TwilioError::new(429, code, message)
    }
}

/// The rate of each limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rates {
    interactions: Rate,
    sync_reads: Rate,
    sync_writes: Rate,
    sync_creations: Rate,
    task_router_expressions: Rate,
    task_router: Rate,
    conversation_actions: Rate,
    conversation_creations: Rate,
    /// The maximum number of concurrent requests.
    concurrency: usize,
    /// The maximum number of concurrent Functions.
    functions: usize,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            interactions: Rate::steady(20.0),
            sync_reads: Rate::with_window(20.0, 10.0),
            sync_writes: Rate::with_window(20.0, 10.0),
            sync_creations: Rate::with_window(20.0, 10.0),
            task_router_expressions: Rate::steady(3.0),
            task_router: Rate::steady(100.0),
            conversation_actions: Rate::steady(30.0),
            conversation_creations: Rate::steady(30.0),
            concurrency: 100,
            functions: 30,
        }
    }
}

impl Rates {
    fn rate(&self, limit: Limit) -> Rate {
        match limit {
            Limit::Interactions => self.interactions,
            Limit::SyncReads => self.sync_reads,
            Limit::SyncWrites => self.sync_writes,
            Limit::SyncCreations => self.sync_creations,
            Limit::TaskRouterExpressions => self.task_router_expressions,
            Limit::TaskRouter => self.task_router,
            Limit::ConversationActions => self.conversation_actions,
            Limit::ConversationCreations => self.conversation_creations,
            Limit::Concurrency | Limit::Functions => Rate::steady(f64::INFINITY),
        }
    }

    /// Returns the maximum number of concurrent requests, for the limits that have one.
    fn at_a_time(&self, limit: Limit) -> Option<usize> {
        match limit {
            Limit::Concurrency => Some(self.concurrency),
            Limit::Functions => Some(self.functions),
            _ => None,
        }
    }
}

/// All limits, and the current state of their buckets.
#[derive(Debug, Clone, Default)]
pub struct Limits(Arc<Mutex<LimitsState>>);

#[derive(Debug, Default)]
struct LimitsState {
    /// `None` while the limits are off.
    rates: Option<Rates>,
    buckets: HashMap<(Limit, String), Bucket>,
    /// The number of unfinished requests, by the concurrency limit for which they count.
    under_way: BTreeMap<Limit, usize>,
    hits: BTreeMap<Limit, u64>,
}

/// The state of the limits, for tests.
#[derive(Debug, Serialize)]
pub struct LimitsReport {
    /// True if the limits are on.
    pub on: bool,
    pub rates: Rates,
    /// The number of requests that each limit has refused since it was switched on.
    pub hits: BTreeMap<Limit, u64>,
}

/// The permission for one request, which counts for a concurrency limit until it is dropped.
#[derive(Debug)]
pub struct Pass {
    limits: Limits,
    counts_for: Limit,
}

/// The exceeded limit, and Twilio's error.
type Refused = (Limit, TwilioError);

impl Limits {
    /// Switches the limits on, with full buckets and no hits.
    pub fn switch_on(&self, rates: Rates) {
        let mut state = self.state();
        state.rates = Some(rates);
        state.buckets.clear();
        state.hits.clear();
    }

    /// Switches the limits off. Hits stay counted.
    pub fn switch_off(&self) {
        self.state().rates = None;
    }

    /// Returns the state of the limits.
    #[must_use]
    pub fn report(&self) -> LimitsReport {
        let state = self.state();
        LimitsReport {
            on: state.rates.is_some(),
            rates: state.rates.clone().unwrap_or_default(),
            hits: state.hits.clone(),
        }
    }

    /// Admits a request to a REST API, or returns the limit that it exceeds.
    pub fn admit(&self, world: &World, request: &RestRequest) -> Result<Pass, Refused> {
        self.let_in(Limit::Concurrency, |state| state.exceeded(world, request))
    }

    /// Admits the run of a Function, or returns the limit that it exceeds.
    pub fn admit_function(&self) -> Result<Pass, Refused> {
        self.let_in(Limit::Functions, |_| None)
    }

    /// Admits a request that counts for the concurrency limit `counts_for`, unless that is full or the request
    /// has `exceeded` another limit.
    fn let_in(
        &self,
        counts_for: Limit,
        exceeded: impl FnOnce(&mut LimitsState) -> Option<Limit>,
    ) -> Result<Pass, Refused> {
        let mut state = self.state();
        let full = state.is_full(counts_for).then_some(counts_for);
        if let Some(limit) = full.or_else(|| exceeded(&mut state)) {
            *state.hits.entry(limit).or_default() += 1;
            return Err((limit, limit.refusal()));
        }
        *state.under_way.entry(counts_for).or_default() += 1;
        Ok(Pass {
            limits: self.clone(),
            counts_for,
        })
    }

    fn state(&self) -> MutexGuard<'_, LimitsState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LimitsState {
    /// Returns true if the concurrency limit is reached.
    fn is_full(&self, limit: Limit) -> bool {
        let under_way = self.under_way.get(&limit).copied().unwrap_or_default();
        self.rates
            .as_ref()
            .and_then(|rates| rates.at_a_time(limit))
            .is_some_and(|most| under_way >= most)
    }

    /// Returns the limit that the request exceeds, or counts the request.
    fn exceeded(&mut self, world: &World, request: &RestRequest) -> Option<Limit> {
        let rates = self.rates.as_ref()?;
        let share = rules::share(world, request)?;
        let rate = rates.rate(share.limit);
        let bucket = self
            .buckets
            .entry((share.limit, share.key))
            .or_insert_with(|| Bucket::new(rate, world.now()));
        let taken = bucket.take(share.cost, rate, world.now());
        (!taken).then_some(share.limit)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if let Some(count) = self.limits.state().under_way.get_mut(&self.counts_for) {
            *count -= 1;
        }
    }
}
