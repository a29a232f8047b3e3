//! All calls, one file each.
//!
//! To add a call: write its file, then name it here three times (module, exports, list).

#![allow(
    missing_docs,
    reason = "a field with the name of a resource needs no comment"
)]

mod allow_use;
pub(super) mod any_call;
mod claim;
mod close_channel;
mod close_participant;
mod create_interaction;
mod create_invite;
mod create_message;
mod create_webhook;
mod delete_item;
mod delete_webhook;
mod fetch_channel;
mod fetch_conversation;
mod fetch_flex_configuration;
mod fetch_item;
mod fetch_message;
mod fetch_task;
mod fetch_worker;
mod find_worker;
mod list_chat_participants;
mod list_conversations;
mod list_invites;
mod list_items;
mod list_maps;
mod list_messages;
mod list_participants;
mod list_task_events;
mod list_tasks;
mod list_webhooks;
mod list_worker_channels;
mod list_workers;
mod put_item;
mod remove_chat_participant;
mod update_conversation;
mod update_item;
mod update_task;
mod update_webhook;
mod validate_token;

pub use allow_use::AllowUse;
pub use any_call::{Listed, ReadBack};
pub use claim::{
    Claim, ClaimState, ClaimVersion, ClaimedDocument, CreateClaim, FetchClaim, UpdateClaim,
    CLAIM_TTL_SECONDS,
};
pub use close_channel::CloseChannel;
pub use close_participant::CloseParticipant;
pub use create_interaction::{CreateInteraction, MadeInteraction};
pub use create_invite::{CreateInvite, NamedWorker};
pub use create_message::{Content, CreateMessage};
pub use create_webhook::{CreateWebhook, WebhookEvents};
pub use delete_item::DeleteItem;
pub use delete_webhook::DeleteWebhook;
pub use fetch_channel::{ChannelState, FetchChannel};
pub use fetch_conversation::{Conversation, FetchConversation};
pub use fetch_flex_configuration::FetchFlexConfiguration;
pub use fetch_item::FetchItem;
pub use fetch_message::FetchMessage;
pub use fetch_task::{FetchTask, Task, TaskStatus};
pub use fetch_worker::{FetchWorker, Worker};
pub use find_worker::{FindWorker, WorkerField};
pub use list_chat_participants::{ChatParticipant, ListChatParticipants};
pub use list_conversations::{ConversationState, ListConversations, ListedConversation};
pub use list_invites::{ListInvites, MadeInvite};
pub use list_items::{ListItems, ListedRow};
pub use list_maps::ListMaps;
pub use list_messages::{ListMessages, Message, NOTICE};
pub use list_participants::{ListParticipants, Participant};
pub use list_task_events::{ListTaskEvents, TaskEvent, LOGGED_EVENTS, LOGGED_MINUTES};
pub use list_tasks::ListTasks;
pub use list_webhooks::{ArmedWebhook, ListWebhooks, Target};
pub use list_worker_channels::{ListWorkerChannels, WorkerChannel};
pub use list_workers::{ListWorkers, ListedWorker};
pub use put_item::{Item, PutItem, WhenTaken, LONGEST_TTL_SECONDS};
pub use remove_chat_participant::RemoveChatParticipant;
pub use update_conversation::{
    TimersLeft, UpdateConversation, SHORTEST_CLOSING_SECONDS, SHORTEST_TIMER_SECONDS,
};
pub use update_item::UpdateItem;
pub use update_task::UpdateTask;
pub use update_webhook::UpdateWebhook;
pub use validate_token::{Caller, ValidateToken};

use serde::Deserialize;

use crate::sid::{ChannelSid, InteractionSid};

use super::body::Body;
use super::http::{Access, Http, PageRef, Uri};
use super::{Call, Failure};
use any_call::{list_calls, read};

list_calls! {
    ValidateToken, validate_token;
    FetchConversation, fetch_conversation;
    UpdateConversation, update_conversation;
    ListMessages, list_messages;
    CreateMessage, create_message;
    FetchMessage, fetch_message;
    ListChatParticipants, list_chat_participants;
    RemoveChatParticipant, remove_chat_participant;
    ListWebhooks, list_webhooks;
    CreateWebhook, create_webhook;
    UpdateWebhook, update_webhook;
    DeleteWebhook, delete_webhook;
    FetchChannel, fetch_channel;
    CloseChannel, close_channel;
    ListParticipants, list_participants;
    CloseParticipant, close_participant;
    ListInvites, list_invites;
    CreateInvite, create_invite;
    CreateInteraction, create_interaction;
    FetchTask, fetch_task;
    UpdateTask, update_task;
    ListTasks, list_tasks;
    ListTaskEvents, list_task_events;
    FindWorker, find_worker;
    FetchWorker, fetch_worker;
    ListWorkerChannels, list_worker_channels;
    ListWorkers, list_workers;
    FetchFlexConfiguration, fetch_flex_configuration;
    CreateClaim, create_claim;
    FetchClaim, fetch_claim;
    UpdateClaim, update_claim;
    PutItem, put_item;
    UpdateItem, update_item;
    FetchItem, fetch_item;
    DeleteItem, delete_item;
    ListConversations, list_conversations;
    ListMaps, list_maps;
    ListItems, list_items;
    AllowUse, allow_use;
}

/// A channel of an interaction, into which agents are invited.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChannelRef {
    pub interaction: InteractionSid,
    pub channel: ChannelSid,
}

impl ChannelRef {
    fn uri(&self) -> Uri {
        Uri::interactions()
            .id(&self.interaction)
            .part("Channels")
            .id(&self.channel)
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page<T> {
    pub entries: Vec<T>,
    /// The next page, if there is one.
    pub next: Option<PageRef>,
}

/// The part of a list that names its next page.
#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    next_page_url: Option<String>,
}

/// Returns the next page, if Twilio links to one.
fn next_page(meta: Option<Meta>) -> Option<PageRef> {
    let link = meta?.next_page_url?;
    let (_, query) = link.split_once('?')?;
    PageRef::try_from(query.to_owned()).ok()
}
