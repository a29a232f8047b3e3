//! The world that the simulator keeps: everything that Twilio would remember, and the rules by which it
//! changes. Nothing here knows of HTTP.

pub mod clock;
pub mod conversations;
pub mod customers;
pub mod error;
pub mod event;
pub mod flex_config;
pub mod flex_users;
pub mod hooks;
pub mod interactions;
pub mod plugins;
mod scheduled;
pub mod seed;
pub mod serverless;
pub mod sids;
pub mod sync;
pub mod sync_items;
pub mod taskrouter;
#[cfg(test)]
mod tests;
pub mod tokens;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Map;
use tokio::sync::{broadcast, mpsc};

use clock::{later, Clock};
use conversations::{AllMedia, Conversation};
use customers::Customer;
use error::Result;
use event::Event;
use flex_config::FlexConfiguration;
use flex_users::FlexUsers;
use hooks::Delivery;
use interactions::{Channel, Interaction};
use plugins::Plugins;
use scheduled::Scheduled;
use seed::Plan;
use serverless::Services;
use sids::{Sid, Sids};
use sync::{Document, SyncMap, SyncService};
use taskrouter::TaskRouter;
use tokens::Token;

use crate::readings::Readings;

/// The password of the one account. It has the 32 characters that Twilio's runtime insists on.
pub const AUTH_TOKEN: &str = "simulated-auth-token-00000000000";
/// Where the account's Functions are, as seen from the internet.
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
    /// The account's Sync service "Default Service", `IS…`.
    pub sync_service_sid: Sid,
    /// The Sync service that the Flex configuration names, `IS…`.
    pub flex_sync_service_sid: Sid,
    /// `GO…`
    pub flex_instance_sid: Sid,
    /// The role of participants in conversations, `RL…`.
    pub role_sid: Sid,
    /// Where the account's Functions are.
    pub functions_domain: String,
    /// By SID.
    pub conversations: BTreeMap<Sid, Conversation>,
    /// What is attached to messages.
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
    /// Who can write in.
    pub customers: Vec<Customer>,
    /// What owners set in the Flex configuration.
    pub flex_config: FlexConfiguration,
    /// Users beside the seeded workers.
    pub flex_users: FlexUsers,
    /// Flex plugins and their releases.
    pub plugins: Plugins,
    /// What is deployed to Functions and Assets.
    pub serverless: Services,
    /// How Twilio is taken to behave where that is unknown.
    pub readings: Readings,
    /// Webhook requests that are made later.
    scheduled: Scheduled,
    clock: Clock,
    time: Timestamp,
    /// When timers were last looked at.
    looked: Timestamp,
    sids: Sids,
    tokens_issued: u64,
    events: broadcast::Sender<Event>,
    deliveries: mpsc::UnboundedSender<Delivery>,
}

/// Somebody with a chat identity.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// `US…`
    pub sid: Sid,
    /// Their name in the chat.
    pub identity: String,
    /// What people see.
    pub friendly_name: Option<String>,
    /// A JSON text.
    pub attributes: String,
    /// When they first appeared.
    pub date_created: Timestamp,
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

    /// What happens from now on.
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

    /// The chat user with this identity, who comes into being when first named.
    pub fn user(&mut self, identity: &str) -> &mut User {
        let now = self.time;
        let sids = &mut self.sids;
        self.users
            .entry(identity.to_owned())
            .or_insert_with(|| User {
                sid: sids.next("US"),
                identity: identity.to_owned(),
                friendly_name: None,
                attributes: "{}".into(),
                date_created: now,
            })
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

    fn emit(&self, event: Event) {
        // No listener is no fault: nobody has a page open.
        let _ = self.events.send(event);
    }

    fn deliver(&self, delivery: Delivery) {
        // The receiver goes when the simulator ends, and then nobody waits for a webhook.
        let _ = self.deliveries.send(delivery);
    }
}
