//! The world that the simulator keeps: the state of all products of Twilio, its clock and its events.
//!
//! Each product writes its rules as methods of [`World`]. Nothing in them knows of HTTP.

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
use tokio::sync::{broadcast, mpsc};

use clock::{later, Clock};
use deliveries::{Delivery, Scheduled};
use error::Result;
use event::Event;
use sids::{Sid, Sids};

use crate::contact_centre::customers::Customer;
use crate::contact_centre::seed::Plan;
use crate::conversations::{AllMedia, Conversation, User};
use crate::flex::configuration::FlexConfiguration;
use crate::flex::plugins::Plugins;
use crate::flex::users::FlexUsers;
use crate::iam::Token;
use crate::interactions::{Channel, Interaction};
use crate::readings::Readings;
use crate::serverless::Services;
use crate::sync::{Document, SyncMap, SyncService};
use crate::taskrouter::TaskRouter;

/// The password of the one account. It has the 32 characters that Twilio's runtime insists on.
pub const AUTH_TOKEN: &str = "simulated-auth-token-00000000000";
/// The domain of the account's Functions, as seen from the internet.
const FUNCTIONS_DOMAIN: &str = "park-interaction-1234.twil.io";

/// How many events a slow listener may lag behind.
const EVENT_BACKLOG: usize = 4096;
/// How late a timer may be that nobody has asked to be run: to look for the next one takes longer than a request.
const LATEST: Duration = Duration::from_millis(20);

/// The world, shared by everything that serves it.
#[derive(Clone)]
pub struct SharedWorld {
    world: Arc<Mutex<World>>,
    events: broadcast::Sender<Event>,
}

/// Everything that Twilio would remember.
pub struct World {
    /// `AC…`
    pub account_sid: Sid,
    /// The Conversations service, `IS…`.
    pub chat_service_sid: Sid,
    /// The messaging service of conversations that name none, `MG…`.
    pub messaging_service_sid: Sid,
    /// The account's Sync service "Default Service", `IS…`.
    pub sync_service_sid: Sid,
    /// The Sync service that the Flex configuration names, `IS…`.
    pub flex_sync_service_sid: Sid,
    /// `GO…`
    pub flex_instance_sid: Sid,
    /// The role of participants in conversations, `RL…`.
    pub role_sid: Sid,
    /// The domain of the account's Functions.
    pub functions_domain: String,
    /// By SID.
    pub conversations: BTreeMap<Sid, Conversation>,
    /// The files that are attached to messages.
    pub media: AllMedia,
    /// By identity.
    pub users: BTreeMap<String, User>,
    /// By SID.
    pub interactions: BTreeMap<Sid, Interaction>,
    /// By SID.
    pub channels: BTreeMap<Sid, Channel>,
    /// Workers, queues, tasks, …
    pub taskrouter: TaskRouter,
    /// All Sync services.
    pub sync_services: Vec<SyncService>,
    /// By SID.
    pub maps: BTreeMap<Sid, SyncMap>,
    /// By SID.
    pub documents: BTreeMap<Sid, Document>,
    /// By the token itself.
    pub tokens: BTreeMap<String, Token>,
    /// The customers.
    pub customers: Vec<Customer>,
    /// The Flex configuration.
    pub flex_config: FlexConfiguration,
    /// Users beside the seeded workers.
    pub flex_users: FlexUsers,
    /// Flex plugins and their releases.
    pub plugins: Plugins,
    /// The services of Functions and Assets.
    pub serverless: Services,
    /// How Twilio is taken to behave where that is unknown.
    pub readings: Readings,
    /// Webhook requests that are made later.
    scheduled: Scheduled,
    clock: Clock,
    pub(crate) time: Timestamp,
    /// The time at which timers were last looked at.
    looked: Timestamp,
    pub(crate) sids: Sids,
    pub(crate) tokens_issued: u64,
    events: broadcast::Sender<Event>,
    deliveries: mpsc::UnboundedSender<Delivery>,
}

impl SharedWorld {
    /// A seeded world. Webhook requests that are due come out of `deliveries`.
    pub fn seeded(
        plan: &Plan,
        readings: Readings,
        deliveries: mpsc::UnboundedSender<Delivery>,
    ) -> Result<Self> {
        let (events, _) = broadcast::channel(EVENT_BACKLOG);
        let world = World::seeded(plan, readings, Sids::default(), events.clone(), deliveries)?;
        Ok(Self {
            world: Arc::new(Mutex::new(world)),
            events,
        })
    }

    /// The world, for as short as possible, with everything done that was due a moment ago.
    pub fn lock(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.keep_time();
        world
    }

    /// Returns the events from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Throws everything away and starts again, with the same readings or with new ones.
    pub fn reset(&self, plan: &Plan, readings: Option<Readings>) -> Result<()> {
        let mut world = self.lock();
        let readings = readings.unwrap_or(world.readings);
        let (sids, events, deliveries) = (
            world.sids.after_reset(),
            world.events.clone(),
            world.deliveries.clone(),
        );
        *world = World::seeded(plan, readings, sids, events, deliveries)?;
        world.emit(Event::Reset);
        Ok(())
    }
}

impl World {
    fn seeded(
        plan: &Plan,
        readings: Readings,
        sids: Sids,
        events: broadcast::Sender<Event>,
        deliveries: mpsc::UnboundedSender<Delivery>,
    ) -> Result<Self> {
        let clock = Clock::starting_at(Timestamp::now());
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
            readings,
            scheduled: Scheduled::default(),
            flex_config: FlexConfiguration {
                properties: Map::new(),
                date_created: time,
                date_updated: time,
            },
            clock,
            time,
            looked: time,
            sids,
            tokens_issued: 0,
            events,
            deliveries,
        };
        world.seed(plan)?;
        Ok(world)
    }

    /// The time in this world. It stands still while the world is locked.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.time
    }

    /// The clock; whoever moves it on calls [`World::run_due`] afterwards.
    pub fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// Lets the time go on, and does what is due if that was not done a moment ago.
    fn keep_time(&mut self) {
        let present = self.clock.now();
        if present < later(self.looked, LATEST) {
            self.time = self.time.max(present);
        } else {
            self.run_due();
        }
    }

    /// Does everything that was due up to now, each thing at its own time and in order: so a clock that
    /// is moved on by a day shows what a day would have shown.
    pub fn run_due(&mut self) {
        let present = self.clock.now();
        self.looked = present;
        while let Some(due) = self.next_deadline().filter(|due| *due <= present) {
            self.time = self.time.max(due);
            self.fire_due_scheduled();
            let done = self
                .fire_due_sync()
                .and_then(|()| self.fire_due_routing())
                .and_then(|()| self.fire_due_conversations());
            self.fire_due_channels();
            if let Err(error) = done {
                eprintln!("simulator: a timer could not do its work: {error}");
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
        ]
        .into_iter()
        .flatten()
        .min()
    }

    pub(crate) fn emit(&self, event: Event) {
        // No listener is no fault: nobody has a page open.
        let _ = self.events.send(event);
    }

    pub(crate) fn deliver(&self, delivery: Delivery) {
        // The receiver goes when the simulator ends, and then nobody waits for a webhook.
        let _ = self.deliveries.send(delivery);
    }
}
