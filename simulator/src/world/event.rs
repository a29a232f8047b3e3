//! What happened in the world, for the browser's live connections.

use super::sids::Sid;
use super::taskrouter::{Reservation, Task, Worker, WorkerChannel};

/// A change. What `TaskRouter` tells stands as it was at that moment, because it tells of steps; of
/// everything else listeners show the state as it is when they look.
#[derive(Debug, Clone)]
pub enum Event {
    /// Everything was thrown away and seeded anew: connections should be closed.
    Reset,
    /// Something in Conversations, Sync or the Flex configuration changed.
    Changed,
    /// Somebody types.
    Typing {
        /// Where.
        conversation_sid: Sid,
        /// Who: their chat identity.
        identity: String,
    },
    /// A task's attributes or queue changed.
    TaskUpdated(Box<Task>),
    /// A reservation was made for a worker, or moved to another status; its status says which.
    Reservation {
        /// The offer.
        reservation: Reservation,
        /// What is offered.
        task: Box<Task>,
    },
    /// A worker's activity or attributes changed.
    WorkerUpdated(Box<Worker>),
    /// A worker's capacity on one channel, or what is taken of it, changed.
    WorkerChannelUpdated {
        /// Whose.
        worker_sid: Sid,
        /// As it is now.
        channel: WorkerChannel,
    },
}
