//! What happened in the world, for whoever shows it: the browser's live connections, and tests.

use super::conversations::{Conversation, Message, Participant};
use super::sids::Sid;
use super::sync::{Document, Item};
use super::taskrouter::{Reservation, Task, Worker, WorkerChannel};

/// A change, with what is needed to tell of it as it was at that moment.
#[derive(Debug, Clone)]
pub enum Event {
    /// Everything was thrown away and seeded anew: connections should be closed.
    Reset,
    /// A conversation was made.
    ConversationAdded(Box<Conversation>),
    /// Attributes, state, name or timers of a conversation changed.
    ConversationUpdated(Box<Conversation>),
    /// A conversation was deleted.
    ConversationRemoved(Box<Conversation>),
    /// Somebody joined a conversation.
    ParticipantJoined {
        conversation_sid: Sid,
        participant: Participant,
    },
    /// A participant's attributes or read horizon changed.
    ParticipantUpdated {
        conversation_sid: Sid,
        participant: Participant,
    },
    /// Somebody left a conversation.
    ParticipantLeft {
        conversation_sid: Sid,
        participant: Participant,
    },
    /// A message was added.
    MessageAdded {
        conversation_sid: Sid,
        message: Message,
    },
    /// A message was changed.
    MessageUpdated {
        conversation_sid: Sid,
        message: Message,
    },
    /// A message was deleted.
    MessageRemoved {
        conversation_sid: Sid,
        message: Message,
    },
    /// A Sync map was made.
    MapAdded { map_sid: Sid },
    /// A Sync map was deleted or expired.
    MapRemoved { map_sid: Sid },
    /// A Sync map item was made. `event_id` counts on within the map.
    MapItemAdded {
        map_sid: Sid,
        item: Item,
        event_id: u64,
    },
    /// A Sync map item was changed.
    MapItemUpdated {
        map_sid: Sid,
        item: Item,
        event_id: u64,
    },
    /// A Sync map item was deleted or expired.
    MapItemRemoved {
        map_sid: Sid,
        item: Item,
        event_id: u64,
    },
    /// A Sync document was changed.
    DocumentUpdated { document: Document },
    /// A Sync document was deleted or expired.
    DocumentRemoved { document: Document },
    /// A task came into being.
    TaskCreated(Box<Task>),
    /// A task's attributes, queue or status changed.
    TaskUpdated(Box<Task>),
    /// A task was canceled.
    TaskCanceled(Box<Task>),
    /// A reservation was made for a worker, or moved to another status; its status says which.
    Reservation {
        reservation: Reservation,
        task: Box<Task>,
    },
    /// A worker's activity or attributes changed.
    WorkerUpdated(Box<Worker>),
    /// A worker's capacity on one channel, or what is taken of it, changed.
    WorkerChannelUpdated {
        worker_sid: Sid,
        channel: WorkerChannel,
    },
    /// The Flex configuration changed.
    FlexConfigurationUpdated,
}
