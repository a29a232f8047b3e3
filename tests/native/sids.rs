//! SIDs by number. The model checker has this file too.
#![allow(dead_code, reason = "each of the two makes other kinds")]

use park_interaction::sid::{
    ChannelSid, ConversationParticipantSid, ConversationSid, FlowSid, InteractionSid, InviteSid,
    MapSid, MessageSid, ParticipantSid, QueueSid, TaskSid, WebhookSid, WorkerSid, WorkflowSid,
};

macro_rules! sids {
    ($($name:ident: $kind:ident;)*) => {$(
        /// Two letters and 32 digits are a SID: this cannot fail.
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
    invite: InviteSid;
}

/// The SID of any kind, with this number.
pub fn sid(prefix: &str, number: u32) -> String {
    format!("{prefix}{number:032}")
}
