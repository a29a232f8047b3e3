//! The webhook requests that are due: now, later, or in another order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::clock::later;
use super::World;
use crate::event_streams::SentEvents;

/// The time for which the first of two swapped requests waits for the second.
const SWAP_WAIT: Duration = Duration::from_secs(1);
/// The time between the second of two swapped requests and the first.
const SWAP_GAP: Duration = Duration::from_millis(200);

/// A request to a webhook.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    pub url: String,
    /// `POST` or `GET`.
    pub method: String,
    /// The parameters of a form; none for events.
    pub params: BTreeMap<String, String>,
    /// Events, which are sent as JSON, and again if they are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<SentEvents>,
    /// The time for which the sending product waits for a response.
    #[serde(skip)]
    pub response_timeout: Duration,
}

/// A delivery that is due. It counts as on its way until it is dropped.
#[derive(Debug)]
pub struct Due {
    pub delivery: Delivery,
    counted: Arc<AtomicUsize>,
}

impl Drop for Due {
    fn drop(&mut self) {
        self.counted.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Where deliveries go when they are due. It counts those on their way, so that a test can wait for their end.
#[derive(Debug, Clone)]
pub struct Outbox {
    sender: UnboundedSender<Due>,
    on_their_way: Arc<AtomicUsize>,
}

impl Outbox {
    /// Makes an outbox, and the stream of what is put into it.
    #[must_use]
    pub fn new() -> (Self, UnboundedReceiver<Due>) {
        let (sender, due) = mpsc::unbounded_channel();
        let on_their_way = Arc::default();
        let outbox = Self {
            sender,
            on_their_way,
        };
        (outbox, due)
    }

    /// Puts a delivery that is due.
    pub(super) fn put(&self, delivery: Delivery) {
        self.on_their_way.fetch_add(1, Ordering::SeqCst);
        let counted = Arc::clone(&self.on_their_way);
        // Sending fails when the simulator ends.
        let _ = self.sender.send(Due { delivery, counted });
    }

    /// Returns the number of deliveries that are due and not over.
    fn on_their_way(&self) -> usize {
        self.on_their_way.load(Ordering::SeqCst)
    }
}

/// The requests that are swapped with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryQueue {
    /// The requests of message webhooks.
    Messages,
    /// `TaskRouter`'s event callbacks.
    Events,
    /// The requests of Event Streams.
    Streams,
}

/// The requests that are not due yet.
#[derive(Debug, Default)]
pub struct Scheduled(Vec<Waiting>);

#[derive(Debug)]
struct Waiting {
    due: Timestamp,
    delivery: Delivery,
    /// The queue whose next request is sent before this one.
    swapped_in: Option<DeliveryQueue>,
}

impl World {
    /// Sends a request after a time.
    pub fn deliver_later(&mut self, after: Duration, delivery: Delivery) {
        let due = later(self.now(), after);
        self.scheduled.0.push(Waiting {
            due,
            delivery,
            swapped_in: None,
        });
    }

    /// Sends each two requests of a queue in reverse order.
    pub fn deliver_swapped(&mut self, queue: DeliveryQueue, delivery: Delivery) {
        let now = self.now();
        let first = self.scheduled.0.iter_mut();
        match first.into_iter().find(|w| w.swapped_in == Some(queue)) {
            Some(first) => {
                first.swapped_in = None;
                first.due = later(now, SWAP_GAP);
                self.deliver(delivery);
            }
            None => self.scheduled.0.push(Waiting {
                due: later(now, SWAP_WAIT),
                delivery,
                swapped_in: Some(queue),
            }),
        }
    }

    /// Returns the number of webhook requests that are due and not over.
    #[must_use]
    pub fn deliveries_on_their_way(&self) -> usize {
        self.outbox.on_their_way()
    }

    /// Returns the time at which the next waiting request is sent.
    pub(crate) fn next_scheduled(&self) -> Option<Timestamp> {
        self.scheduled.0.iter().map(|waiting| waiting.due).min()
    }

    /// Sends the requests that are due.
    pub(super) fn fire_due_scheduled(&mut self) {
        let now = self.now();
        let all = std::mem::take(&mut self.scheduled.0);
        let (due, waiting): (Vec<_>, Vec<_>) = all.into_iter().partition(|w| w.due <= now);
        self.scheduled.0 = waiting;
        for waiting in due {
            self.deliver(waiting.delivery);
        }
    }
}
