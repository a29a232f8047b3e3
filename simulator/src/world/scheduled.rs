//! Requests to webhooks that are made later than they could be, or in another order.

use std::time::Duration;

use jiff::Timestamp;

use super::clock::later;
use super::hooks::Delivery;
use super::World;

/// How long the first of two swapped requests waits for a second one.
const WAITS_FOR_SECOND: Duration = Duration::from_secs(1);
/// How long after the second of two swapped requests the first one is made.
const AFTER_SECOND: Duration = Duration::from_millis(200);

/// Requests that are swapped among themselves only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Those of message webhooks.
    Messages,
    /// `TaskRouter`'s event callbacks.
    Events,
}

/// The requests that wait for their time.
#[derive(Debug, Default)]
pub struct Scheduled(Vec<Waiting>);

#[derive(Debug)]
struct Waiting {
    due: Timestamp,
    delivery: Delivery,
    /// The queue in which a second request comes before this one.
    swapped_in: Option<Queue>,
}

impl World {
    /// Makes a request after a time.
    pub(super) fn deliver_later(&mut self, after: Duration, delivery: Delivery) {
        let due = later(self.now(), after);
        self.scheduled.0.push(Waiting {
            due,
            delivery,
            swapped_in: None,
        });
    }

    /// Makes each two requests of a queue the other way round.
    pub(super) fn deliver_swapped(&mut self, queue: Queue, delivery: Delivery) {
        let now = self.now();
        let first = self.scheduled.0.iter_mut();
        match first.into_iter().find(|w| w.swapped_in == Some(queue)) {
            Some(first) => {
                first.swapped_in = None;
                first.due = later(now, AFTER_SECOND);
                self.deliver(delivery);
            }
            None => self.scheduled.0.push(Waiting {
                due: later(now, WAITS_FOR_SECOND),
                delivery,
                swapped_in: Some(queue),
            }),
        }
    }

    /// Returns the time at which the next waiting request is made.
    pub(super) fn next_scheduled(&self) -> Option<Timestamp> {
        self.scheduled.0.iter().map(|waiting| waiting.due).min()
    }

    /// Makes the requests whose time has come.
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
