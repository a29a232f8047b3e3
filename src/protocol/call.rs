//! The calls that parking makes to Twilio, their answers, and how they fail.

use crate::list_item;
use crate::record::ParkedRecord;
use crate::sid::{
    ChannelSid, ConversationParticipantSid, ConversationSid, FlowSid, InteractionSid, InviteSid,
    MapSid, MessageSid, ParticipantSid, QueueSid, TaskSid, WebhookSid, WorkerSid, WorkflowSid,
};

use super::Millis;

/// A call to Twilio. The account, the workspace and the Sync service are known to whoever performs it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Call {
    /// Asks Twilio who the Flex token of this request belongs to.
    ValidateToken,
    /// Reads a conversation.
    FetchConversation(ConversationSid),
    /// Replaces a conversation's attributes whole.
    UpdateAttributes(ConversationSid, String),
    /// Reads who is in an interaction channel.
    ListParticipants(InteractionSid, ChannelSid),
    /// Takes an agent out of an interaction channel, which completes their task.
    CloseParticipant(InteractionSid, ChannelSid, ParticipantSid),
    /// Makes a new task for an interaction channel.
    Invite(Box<Invite>),
    /// Reads a task.
    FetchTask(TaskSid),
    /// Reads the invites that were ever made for an interaction channel, and their tasks' SIDs.
    ListInvites(InteractionSid, ChannelSid),
    /// Reads a conversation's webhooks.
    ListWebhooks(ConversationSid),
    /// Arms a webhook.
    CreateWebhook(Webhook),
    /// Disarms a webhook.
    DeleteWebhook(ConversationSid, WebhookSid),
    /// Reads a conversation's last messages, the newest first.
    ListMessages(ConversationSid),
    /// Reads one message.
    FetchMessage(ConversationSid, MessageSid),
    /// Reads a participant of a conversation.
    FetchConversationParticipant(ConversationSid, ConversationParticipantSid),
    /// Asks whether a worker of this name exists.
    FindWorker(String),
    /// Takes a claim that nobody has.
    CreateClaim(Claim),
    /// Reads a claim.
    FetchClaim(ConversationSid),
    /// Changes a claim, provided that it still has this revision.
    UpdateClaim(Claim, String),
    /// Puts a row into an agent's list, by the map's name.
    CreateItem(Item),
    /// Puts a row back into an agent's list, unless it is there.
    PutBackItem(Item),
    /// Puts a row into the place of one that is there already.
    ReplaceItem(Item),
    /// Changes a row, unless it is gone.
    UpdateItem(Item),
    /// Makes an agent's map, then puts a row into it.
    CreateMap(Item),
    /// Takes a row out of a map, by the map's name or SID.
    DeleteItem(String, String),
    /// Reads a page of what may be parked.
    ListPage(Source, Option<PageRef>),
}

/// A row of an agent's list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Item {
    /// Unique name of the map.
    pub map: String,
    /// The item's key: the conversation's SID.
    pub key: String,
    /// Its data, JSON text.
    pub data: String,
    /// Its time to live in seconds; 0 is for ever.
    pub ttl: u32,
}

impl Item {
    /// The row of a parked conversation, written at `now`. One whose time is over is to last as briefly as Sync lets it.
    pub(super) fn of(record: &ParkedRecord, conversation: &ConversationSid, now: Millis) -> Self {
        Self {
            map: list_item::map_name(&record.worker_sid),
            key: conversation.to_string(),
            data: list_item::data(record),
            ttl: list_item::ttl(record, now).unwrap_or(1),
        }
    }
}

/// A webhook to arm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Webhook {
    /// The conversation.
    pub conversation: ConversationSid,
    /// What it tells.
    pub target: Target,
    /// Messages after this index are replayed to it.
    pub replay_after: Option<u32>,
}

/// What a webhook tells of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// An address.
    Url(String),
    /// A Studio flow.
    Flow(FlowSid),
}

impl Target {
    /// Whether it is this address, with whatever query.
    #[must_use]
    pub fn is_at(&self, address: &str) -> bool {
        match self {
            Self::Url(url) => url
                .strip_prefix(address)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('?')),
            Self::Flow(_) => false,
        }
    }
}

/// An invite to make.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Invite {
    /// The interaction.
    pub interaction: InteractionSid,
    /// The channel.
    pub channel: ChannelSid,
    /// The workflow that routes the task.
    pub workflow: WorkflowSid,
    /// The task channel.
    pub task_channel_unique_name: String,
    /// The task's attributes, JSON text.
    pub attributes: String,
    /// The one worker who is asked, and the queue it counts for. Without it the workflow decides.
    pub worker: Option<(QueueSid, WorkerSid)>,
    /// The tasks of earlier invites: whichever other one shows is this one's.
    pub earlier: Vec<TaskSid>,
}

/// A claim: while somebody has it, nobody else changes the conversation's parked state.
///
/// It is a Sync document; making one is atomic, and so is changing one with `If-Match`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The conversation.
    pub conversation: ConversationSid,
    /// The operation that has it.
    pub owner: String,
    /// When it ends by itself.
    pub until: Millis,
    /// What its owner is doing with it.
    pub state: ClaimState,
}

/// How far the owner of a claim is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClaimState {
    /// At work.
    Held,
    /// Through, having made an invite that may not show elsewhere yet.
    Invited,
    /// Through. The claim is left to expire rather than deleted: while it is there, whoever takes it knows
    /// that what they had read before may be out of date.
    Released,
}

/// A successful answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Nothing to tell.
    Done,
    /// Whose token it is.
    Caller(Caller),
    /// A conversation.
    Conversation(Conversation),
    /// Who is in a channel.
    Participants(Vec<Participant>),
    /// A task.
    Task(Box<Task>),
    /// A channel's invites.
    Invites(Vec<MadeInvite>),
    /// An invite was made.
    Invited(Option<InviteSid>),
    /// A conversation's webhooks.
    Webhooks(Vec<ArmedWebhook>),
    /// A webhook was armed.
    Webhook(WebhookSid),
    /// Messages, the newest first.
    Messages(Vec<Message>),
    /// A participant of a conversation.
    ConversationParticipant(ConversationParticipant),
    /// Whether there is such a worker.
    WorkerExists(bool),
    /// A claim and its revision.
    Claim(Claim, String),
    /// The map that an item is in.
    Item(MapSid),
    /// A page of what may be parked.
    Page(Page),
}

/// Where parked conversations, or rows that outlived them, may be found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// The account's conversations in this state.
    Conversations(ConversationState),
    /// The lists of all agents.
    Lists,
    /// The rows of one list, named by its map.
    Rows(String),
}

/// The states of a conversation that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConversationState {
    /// Written in lately.
    Active,
    /// Quiet for longer than the account's timer says.
    Inactive,
}

/// Which page: the query of Twilio's link to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct PageRef(String);

impl PageRef {
    /// The query, without its question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PageRef {
    type Error = &'static str;

    fn try_from(query: String) -> Result<Self, Self::Error> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"%&=._~+-".contains(&byte);
        if query.bytes().all(is_plain) {
            Ok(Self(query))
        } else {
            Err("expected a query as a link of Twilio has it")
        }
    }
}

/// A page of what may be parked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// What is on it: see [`Source`].
    pub entries: Vec<Entry>,
    /// The next one, if there is one.
    pub next: Option<PageRef>,
}

/// An entry of a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Entry {
    /// A conversation and its attributes.
    Conversation(ConversationSid, String),
    /// An agent's list, by its map's name.
    List(String),
    /// The row of a conversation.
    Row(ConversationSid),
    /// Somebody else's.
    Other,
}

/// Who called, as Twilio says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The worker.
    pub worker: WorkerSid,
    /// Their Flex roles.
    pub roles: Vec<String>,
}

impl Caller {
    /// Whether they may act on conversations that others parked.
    #[must_use]
    pub fn oversees(&self) -> bool {
        self.roles
            .iter()
            .any(|role| role == "supervisor" || role == "admin")
    }
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conversation {
    /// Closed ones can never be opened again.
    pub closed: bool,
    /// Its attributes, JSON text.
    pub attributes: String,
}

/// A participant of an interaction channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Participant {
    /// Its SID.
    pub sid: ParticipantSid,
    /// Whether it is one of the contact centre's people.
    pub internal: bool,
    /// The worker, where Twilio says.
    pub worker: Option<WorkerSid>,
    /// The worker's task, where Twilio says.
    pub task: Option<TaskSid>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Task {
    /// Its attributes, JSON text.
    pub attributes: String,
    /// The workflow that routed it.
    pub workflow: WorkflowSid,
    /// The queue it came from.
    pub queue: QueueSid,
    /// The queue's name.
    pub queue_name: String,
    /// The task channel.
    pub task_channel_unique_name: String,
    /// Whether it is assigned to a worker, and not over or wrapping up.
    pub assigned: bool,
    /// Whether somebody has it or is being asked.
    pub open: bool,
}

/// An invite that was made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MadeInvite {
    /// Its task.
    pub task: TaskSid,
    /// When the task was made, to the second; absent where Twilio does not say.
    pub at: Option<Millis>,
}

/// A webhook of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArmedWebhook {
    /// Its SID.
    pub sid: WebhookSid,
    /// What it tells, if it tells an address or a flow.
    pub target: Option<Target>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// Its place in the conversation.
    pub index: u32,
    /// Who wrote it.
    pub by: super::MessageRef,
}

/// A participant of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConversationParticipant {
    /// The identity, for those who chat.
    pub identity: Option<String>,
    /// Whether they write from outside, by SMS for example.
    pub outside: bool,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Failure {
    /// 429: it was not done, and may be done later.
    Throttled,
    /// No answer, or a server's error: it may have been done or not.
    Unavailable,
    /// 404.
    NotFound,
    /// 409 or 412: taken, or changed by somebody else.
    Conflict,
    /// The Flex token is not valid.
    InvalidToken,
    /// Another refusal.
    Refused {
        /// HTTP status.
        status: u16,
        /// Twilio's error code.
        code: u32,
    },
    /// An answer that is not what Twilio documents.
    Malformed {
        /// The field.
        field: String,
    },
}

impl Call {
    /// Whether doing it twice comes to the same as doing it once.
    pub(super) fn is_safe_to_repeat(&self) -> bool {
        !matches!(self, Self::Invite(_) | Self::CreateWebhook(_))
    }

    /// The call that finds out whether this one was done, for those that must not be done twice.
    pub(super) fn read_back(&self) -> Option<Self> {
        match self {
            Self::Invite(invite) => Some(Self::ListInvites(
                invite.interaction.clone(),
                invite.channel.clone(),
            )),
            Self::CreateWebhook(webhook) => Some(Self::ListWebhooks(webhook.conversation.clone())),
            _ => None,
        }
    }

    /// The answer that this call must have had, if what was read back shows that it was done.
    pub(super) fn adopt(&self, read: &Answer) -> Option<Answer> {
        match (self, read) {
            (Self::Invite(wanted), Answer::Invites(made)) => made
                .iter()
                .any(|one| !wanted.earlier.contains(&one.task))
                .then_some(Answer::Invited(None)),
            (Self::CreateWebhook(wanted), Answer::Webhooks(armed)) => armed
                .iter()
                .find(|webhook| webhook.target.as_ref() == Some(&wanted.target))
                .map(|webhook| Answer::Webhook(webhook.sid.clone())),
            _ => None,
        }
    }

    /// The call to make instead when this one was answered in a way that is part of its business.
    pub(super) fn instead(&self, result: &Result<Answer, Failure>) -> Option<Self> {
        match (self, result) {
            (Self::CreateItem(item), Err(Failure::Conflict)) => {
                Some(Self::ReplaceItem(item.clone()))
            }
            (Self::CreateItem(item) | Self::PutBackItem(item), Err(Failure::NotFound)) => {
                Some(Self::CreateMap(item.clone()))
            }
            (Self::ReplaceItem(item), Err(Failure::NotFound))
            | (Self::CreateMap(item), Ok(_) | Err(Failure::Conflict)) => {
                Some(Self::CreateItem(item.clone()))
            }
            (Self::CreateClaim(claim), Err(Failure::Conflict)) => {
                Some(Self::FetchClaim(claim.conversation.clone()))
            }
            _ => None,
        }
    }

    /// What a failure comes to, where having been done already is as good as doing it.
    pub(super) fn settled(&self, result: Result<Answer, Failure>) -> Result<Answer, Failure> {
        match (self, result) {
            (
                Self::DeleteWebhook(..) | Self::DeleteItem(..) | Self::UpdateItem(_),
                Err(Failure::NotFound),
            )
            | (Self::PutBackItem(_), Err(Failure::Conflict)) => Ok(Answer::Done),
            (_, result) => result,
        }
    }
}
