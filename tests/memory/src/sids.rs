//! SIDs by number.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "two letters and 32 digits are a SID: this cannot fail"
)]

use park_interaction::sid::{
    ChannelSid, ConversationParticipantSid, ConversationSid, DocumentSid, FlowSid, InteractionSid,
    MapSid, MessageSid, ParticipantSid, QueueSid, TaskSid, WebhookSid, WorkerSid, WorkflowSid,
};

macro_rules! sids {
    ($($name:ident: $kind:ident;)*) => {$(
        /// Returns the SID of its kind with this number.
        #[must_use]
        pub fn $name(number: u32) -> $kind {
            $kind::parse(sid($kind::PREFIX, number)).unwrap()
        }
    )*};
}

sids! {
    conversation: ConversationSid;
    interaction: InteractionSid;
    channel: ChannelSid;
    participant: ParticipantSid;
    member: ConversationParticipantSid;
    task: TaskSid;
    worker: WorkerSid;
    workflow: WorkflowSid;
    queue: QueueSid;
    webhook: WebhookSid;
    flow: FlowSid;
    message: MessageSid;
    map: MapSid;
    document: DocumentSid;
}

/// Returns the text of a SID of any kind with this number.
#[must_use]
pub fn sid(prefix: &str, number: u32) -> String {
    format!("{prefix}{number:032}")
}
