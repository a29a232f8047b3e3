//! The world: the state of all products of Twilio, with its clock and its events.
//!
//! Each product writes its rules as methods of [`World`]. None of them depends on HTTP.

pub mod clock;
pub mod deliveries;
pub mod error;
pub mod event;
pub mod sids;
#[cfg(test)]
pub mod stage;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Map;
use tokio::sync::broadcast;

use clock::{later, Clock};
use deliveries::{Delivery, Outbox, Scheduled};
use error::Result;
use event::WorldEvent;
use sids::{Sid, Sids};

use crate::contact_centre::customers::Customer;
use crate::contact_centre::seed::Plan;
use crate::conversations::{AllMedia, Conversation, User};
use crate::event_streams::EventStreams;
use crate::flex::configuration::FlexConfiguration;
use crate::flex::plugins::Plugins;
use crate::flex::users::FlexUsers;
use crate::iam::Token;
use crate::interactions::{Channel, Interaction};
use crate::readings::Readings;
use crate::serverless::Services;
use crate::sync::{Document, SyncMap, SyncService};
use crate::taskrouter::TaskRouter;

/// The account's auth token. Twilio's runtime requires 32 characters.
pub const AUTH_TOKEN: &str = "simulated-auth-token-00000000000";
/// The domain of the account's Functions.
const FUNCTIONS_DOMAIN: &str = "park-interaction-1234.twil.io";

/// The number of events that a slow listener may lag behind.
const EVENT_BACKLOG: usize = 4096;
/// The maximum delay of a timer that no request has fired. Looking for the next timer takes longer than a
/// request, so not every request does it.
const MAX_TIMER_DELAY: Duration = Duration::from_millis(20);

/// The world, shared by all handlers.
#[derive(Clone)]
pub struct SharedWorld {
    world: Arc<Mutex<World>>,
    events: broadcast::Sender<WorldEvent>,
}

/// The state of Twilio.
pub struct World {
    /// `AC…`
    pub account_sid: Sid,
    /// The Conversations service, `IS…`.
    pub chat_service_sid: Sid,
    /// The messaging service of conversations that name none, `MG…`.
    pub messaging_service_sid: Sid,
    /// The account's default Sync service, `IS…`.
    pub sync_service_sid: Sid,
    /// The Sync service in the Flex configuration, `IS…`.
    pub flex_sync_service_sid: Sid,
    /// `GO…`
    pub flex_instance_sid: Sid,
    /// The role of participants, `RL…`.
    pub role_sid: Sid,
    pub functions_domain: String,
    pub conversations: BTreeMap<Sid, Conversation>,
    pub media: AllMedia,
    /// By identity.
    pub users: BTreeMap<String, User>,
    pub interactions: BTreeMap<Sid, Interaction>,
    pub channels: BTreeMap<Sid, Channel>,
    pub taskrouter: TaskRouter,
    pub sync_services: Vec<SyncService>,
    pub maps: BTreeMap<Sid, SyncMap>,
    pub documents: BTreeMap<Sid, Document>,
    /// By the text of the token.
    pub tokens: BTreeMap<String, Token>,
    pub customers: Vec<Customer>,
    pub flex_config: FlexConfiguration,
    /// Flex users beside the seeded workers.
    pub flex_users: FlexUsers,
    pub plugins: Plugins,
    pub serverless: Services,
    pub event_streams: EventStreams,
    pub readings: Readings,
    /// Webhook requests that are not due yet.
    scheduled: Scheduled,
    clock: Clock,
    pub(crate) time: Timestamp,
    /// The time at which timers were last fired.
    timers_fired_at: Timestamp,
    pub(crate) sids: Sids,
    events: broadcast::Sender<WorldEvent>,
    outbox: Outbox,
}

impl SharedWorld {
    /// Creates a seeded world, which puts due webhook requests into `outbox`.
    pub fn seeded(plan: &Plan, readings: Readings, outbox: Outbox) -> Result<Self> {
        let (events, _) = broadcast::channel(EVENT_BACKLOG);
        let world = World::seeded(plan, readings, Sids::default(), events.clone(), outbox)?;
        Ok(Self {
            world: Arc::new(Mutex::new(world)),
            events,
        })
    }

    /// Locks the world, in which all timers have fired that were due a moment ago. Keep the lock short.
    pub fn lock(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.keep_time();
        world
    }

    /// Returns a receiver of all further events.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<WorldEvent> {
        self.events.subscribe()
    }

    /// Resets the world, with the same readings or with new ones.
    pub fn reset(&self, plan: &Plan, readings: Option<Readings>) -> Result<()> {
        let mut world = self.lock();
        let readings = readings.unwrap_or(world.readings);
        let (sids, events, outbox) = (
            world.sids.after_reset(),
            world.events.clone(),
            world.outbox.clone(),
        );
        *world = World::seeded(plan, readings, sids, events, outbox)?;
        world.emit(WorldEvent::Reset);
        Ok(())
    }
}

impl World {
    fn seeded(
        plan: &Plan,
        readings: Readings,
        sids: Sids,
        events: broadcast::Sender<WorldEvent>,
        outbox: Outbox,
    ) -> Result<Self> {
        let clock = Clock::new(Timestamp::now());
        let time = clock.now();
        let mut world = Self {
            account_sid: Sid::new(),
            chat_service_sid: Sid::new(),
            messaging_service_sid: Sid::new(),
            sync_service_sid: Sid::new(),
            flex_sync_service_sid: Sid::new(),
            flex_instance_sid: Sid::new(),
            role_sid: Sid::new(),
            functions_domain: FUNCTIONS_DOMAIN.into(),
            conversations: BTreeMap::new(),
            media: AllMedia::new(),
            users: BTreeMap::new(),
            interactions: BTreeMap::new(),
            channels: BTreeMap::new(),
            taskrouter: TaskRouter::default(),
            sync_services: Vec::new(),
            maps: BTreeMap::new(),
            documents: BTreeMap::new(),
            tokens: BTreeMap::new(),
            customers: Vec::new(),
            flex_users: FlexUsers::new(),
            plugins: Plugins::default(),
            serverless: Services::new(),
            event_streams: EventStreams::default(),
            readings,
            scheduled: Scheduled::default(),
            flex_config: FlexConfiguration {
                properties: Map::new(),
                date_created: time,
                date_updated: time,
            },
            clock,
            time,
            timers_fired_at: time,
            sids,
            events,
            outbox,
        };
        world.seed(plan)?;
        Ok(world)
    }

    /// Returns the time of the world, which stands still while the world is locked.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.time
    }

    /// Returns the clock. After a change call [`World::run_due`].
    pub fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// Updates the time, and fires due timers unless that was done a moment ago.
    fn keep_time(&mut self) {
        let present = self.clock.now();
        if present < later(self.timers_fired_at, MAX_TIMER_DELAY) {
            self.time = self.time.max(present);
        } else {
            self.run_due();
        }
    }

    /// Fires all timers that are due, each at its own time and in order. After a day's advance the world is as
    /// after a real day.
    pub fn run_due(&mut self) {
        let present = self.clock.now();
        self.timers_fired_at = present;
        while let Some(due) = self.next_deadline().filter(|due| *due <= present) {
            self.time = self.time.max(due);
            self.fire_due_scheduled();
            let done = self
                .fire_due_sync()
                .and_then(|()| self.fire_due_routing())
                .and_then(|()| self.fire_due_conversations());
            self.fire_due_channels();
            self.fire_due_batches();
            if let Err(error) = done {
                eprintln!("simulator: a timer failed: {error}");
                break;
            }
        }
        self.time = self.time.max(present);
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        [
            self.next_sync_expiry(),
            self.next_routing_deadline(),
            self.next_conversation_timer(),
            self.next_channel_end(),
            self.next_scheduled(),
            self.next_batch(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    pub(crate) fn emit(&self, event: WorldEvent) {
        // Sending fails if no page is open, which is not an error.
        let _ = self.events.send(event);
    }

    pub(crate) fn deliver(&self, delivery: Delivery) {
        self.outbox.put(delivery);
    }
}
