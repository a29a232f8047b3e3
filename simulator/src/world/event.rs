//! Events of the world, for the connections of browsers.

use super::sids::Sid;
use crate::taskrouter::{Reservation, Task, Worker, WorkerChannel};

/// A change in the world. `TaskRouter`'s events carry the state at their time, because they report single
/// steps; for other events listeners read the current state.
#[derive(Debug, Clone)]
pub enum WorldEvent {
    /// The world was reset: connections must be closed.
    Reset,
    /// A change in Conversations, Sync or the Flex configuration.
    Changed,
    Typing {
        conversation_sid: Sid,
        /// The typist's chat identity.
        identity: String,
    },
    TaskUpdated(Box<Task>),
    /// A reservation was created or has changed its status.
    Reservation {
        reservation: Reservation,
        task: Box<Task>,
    },
    WorkerUpdated(Box<Worker>),
    /// A worker's capacity for a task channel, or the used part of it, has changed.
    WorkerChannelUpdated {
        worker_sid: Sid,
        channel: WorkerChannel,
    },
}
