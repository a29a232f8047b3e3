//! Twilio in memory, as far as one conversation sees it.
//!
//! It holds one conversation with its members, messages and webhooks, the interaction channel with its tasks, the claim, the
//! agents' lists, and workers. It knows no HTTP and no clock: each event brings the time along. Its state can be copied,
//! compared and hashed, which the model checker needs. A differential test (`simulator/src/differential`) sends the same calls
//! to it and to the simulator, and lists where it is coarser.

mod answers;
mod claim_document;
mod happenings;
pub mod sids;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use park_interaction::attributes::Attributes;
use park_interaction::guardian::Guardian;
use park_interaction::record::{without_record, ParkedRecord};
use park_interaction::reply::Sees;
use park_interaction::sid::{ConversationSid, TaskSid, WorkerSid};
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::{
    ArmedWebhook, Caller, ChannelRef, ChatParticipant, Message, Participant, Target, TaskEvent,
    TaskStatus, WebhookEvents,
};
use park_interaction::twilio::time::Millis;

pub use claim_document::ClaimDocument;
pub use happenings::WebhookCall;
use sids::{channel, conversation, interaction, member, participant, task, worker};

/// The address that the webhook calls.
pub const WAKE_URL: &str =
    "https://park.twil.io/features/park-interaction/common/unpark-interaction";

/// Attributes of somebody else, one of them under a name that parking needs itself.
pub const OTHERS: &str = r#"{"pre_engagement_data":{"topic":"parcel"},"workerSid":"theirs"}"#;

/// The customer's address, which is their identity.
pub const CUSTOMER: &str = "customer-1";

/// The agent who parks.
pub const ADA: u32 = 1;
/// Another agent.
pub const BEN: u32 = 2;
/// A supervisor.
pub const SUE: u32 = 3;

const PEOPLE: [u32; 3] = [ADA, BEN, SUE];

/// The behaviour of Twilio where its documentation leaves it open.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Readings {
    /// The earlier messages that a new webhook receives.
    pub replay: Replay,
    /// Participants who have left a channel are still listed.
    pub lists_who_left: bool,
    /// The number of others who left the channel in earlier years and are still listed.
    pub left_long_ago: u32,
    /// The list of invites is refused.
    pub refuses_invites: bool,
    /// An invite is refused while the conversation is inactive.
    pub refuses_inactive: bool,
    /// An invite for a worker who cannot take it is canceled at once, instead of when its time is over.
    pub cancels_in_vain: bool,
    /// The end of a channel without agents is refused.
    pub refuses_empty_end: bool,
    /// A conversation's timer counts from its last message, not from the time at which it was set.
    pub timers_run_from_message: bool,
    /// A list of messages leaves out when they were written.
    pub hides_message_times: bool,
    /// A list of workers leaves their attributes out.
    pub hides_listed_attributes: bool,
    /// The delay until an invite shows in the list of invites, in milliseconds.
    pub invites_show_after_ms: Millis,
}

/// The earlier messages that a new webhook receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Replay {
    /// The message whose index it was made with, and those after it.
    Inclusive,
    /// Those after that message.
    Exclusive,
    /// No message.
    None,
}

impl Readings {
    /// Twilio's documented behaviour and, where none is documented, the simplest.
    pub const DOCUMENTED: Self = Self {
        replay: Replay::Inclusive,
        lists_who_left: false,
        left_long_ago: 0,
        refuses_invites: false,
        refuses_inactive: false,
        cancels_in_vain: false,
        refuses_empty_end: false,
        timers_run_from_message: false,
        hides_message_times: false,
        hides_listed_attributes: false,
        invites_show_after_ms: 0,
    };
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemoryTask {
    /// Its attributes, JSON text.
    pub attributes: Arc<str>,
    /// Its progress.
    pub status: TaskStatus,
    /// True once a worker has accepted it.
    pub was_accepted: bool,
    /// The one worker whom it asks. Absent: it asks everybody.
    pub asks: Option<WorkerSid>,
    /// The time at which it is canceled if nobody has accepted it. Absent: the workflow decides.
    pub times_out_at: Option<Millis>,
    /// The time at which it was made.
    pub made_at: Millis,
    /// The time of its last change.
    pub updated_at: Millis,
    /// The number of changes of its attributes. Other changes do not count here.
    pub version: u32,
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemoryWebhook {
    /// The webhook as a list shows it.
    pub armed: ArmedWebhook,
    /// The events that it receives.
    pub events: WebhookEvents,
}

/// An item of a Sync map.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemoryItem {
    /// Its data, JSON text.
    pub data: Arc<str>,
    /// The time to live that it was written with, in seconds. Nothing expires here.
    pub ttl_seconds: u32,
}

/// Everything that Twilio holds of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemoryTwilio {
    /// True once the conversation is closed.
    pub closed: bool,
    /// True while it is inactive.
    pub inactive: bool,
    /// Its attributes, JSON text.
    pub attributes: Arc<str>,
    /// The seconds without a message after which it becomes inactive.
    pub timer_seconds: Option<u32>,
    /// True once Twilio has deleted the channel.
    pub channel_is_gone: bool,
    /// The number of the channel: each new interaction has one of its own.
    pub channel_number: u32,
    /// The seconds after which its timer closes it. A timer that has ended closes it with the next request.
    pub closing_seconds: Option<u32>,
    /// The time of its last change, from which its timers count.
    pub timer_since: Millis,
    /// The participants of the conversation.
    pub members: Vec<ChatParticipant>,
    /// The participants of its channel.
    pub participants: Vec<Participant>,
    /// The participants who have left its channel.
    left: Vec<Participant>,
    /// The tasks that were made for it and can still be read.
    pub tasks: BTreeMap<TaskSid, MemoryTask>,
    /// The attributes of its first task, JSON text.
    pub task_attributes: Arc<str>,
    /// Its webhooks.
    pub webhooks: Vec<MemoryWebhook>,
    /// Its messages.
    pub messages: Vec<Message>,
    /// The claim on it.
    pub claim: ClaimDocument,
    /// The number of rows of other conversations in each list.
    pub other_rows: u32,
    /// The Sync maps that exist.
    pub maps: BTreeSet<MapName>,
    /// The items of Sync maps: rows of lists, and conversations that wait for an agent. A map holds one item at most.
    pub items: BTreeMap<MapName, MemoryItem>,
    /// Workers who take no tasks now.
    pub away: BTreeSet<WorkerSid>,
    /// Workers who have no room for another task.
    pub full: BTreeSet<WorkerSid>,
    /// The ids of workers' teams.
    pub teams: BTreeMap<WorkerSid, Arc<str>>,
    /// The owner's flag of that name.
    pub supervisors_see: Sees,
    /// `TaskRouter`'s log of the first task, the newest event first.
    pub events: Vec<TaskEvent>,
    /// The owner of the next request's token. Absent: the token is not valid.
    pub caller: Option<Caller>,
    /// The behaviour of Twilio where its documentation leaves it open.
    pub readings: Readings,
    /// The numbers of the last participant, task and webhook that were made.
    made: [u32; 3],
    /// The time of the current request.
    now: Millis,
}

impl MemoryTwilio {
    /// Makes a Twilio in which Ada has the conversation and the customer has written twice, before `now`.
    #[must_use]
    pub fn new(now: Millis) -> Self {
        let task_attributes: Arc<str> = format!(
            r#"{{"channelType":"web","customerAddress":"{CUSTOMER}","conversationSid":"{}","flexInteractionSid":"{}","flexInteractionChannelSid":"{}","topic":"parcel"}}"#,
            conversation(1),
            interaction(1),
            channel(1)
        )
        .into();
        let mut twilio = Self {
            closed: false,
            inactive: false,
            attributes: OTHERS.into(),
            timer_seconds: None,
            channel_is_gone: false,
            channel_number: 1,
            closing_seconds: None,
            timer_since: now,
            members: vec![ChatParticipant {
                sid: member(100),
                identity: Some(CUSTOMER.into()),
                address: None,
                medium: None,
            }],
            participants: vec![Participant {
                sid: participant(100),
                internal: false,
                worker: None,
                task: None,
            }],
            left: Vec::new(),
            tasks: BTreeMap::new(),
            task_attributes: task_attributes.clone(),
            webhooks: Vec::new(),
            messages: Vec::new(),
            claim: ClaimDocument::default(),
            other_rows: 0,
            maps: BTreeSet::new(),
            items: BTreeMap::new(),
            away: BTreeSet::new(),
            full: BTreeSet::new(),
            teams: BTreeMap::new(),
            supervisors_see: Sees::All,
            events: Vec::new(),
            caller: Some(caller(ADA)),
            readings: Readings::DOCUMENTED,
            made: [0, 1, 0],
            now,
        };
        let made_at = now.saturating_sub(1_000_000);
        twilio.tasks.insert(
            task(1),
            MemoryTask {
                attributes: task_attributes,
                status: TaskStatus::Waiting,
                was_accepted: false,
                asks: None,
                times_out_at: None,
                made_at,
                updated_at: made_at,
                version: 0,
            },
        );
        twilio.log_first_task();
        twilio.accept(ADA, made_at);
        twilio.customer_writes(made_at);
        twilio.customer_writes(made_at);
        twilio
    }

    fn log_first_task(&mut self) {
        let event = |kind: &str| TaskEvent {
            kind: kind.into(),
            task_attributes: Some(self.task_attributes.to_string()),
            workflow: Some(sids::workflow(1)),
            queue: None,
            task_channel_unique_name: Some("chat".into()),
            worker: None,
        };
        let accepted = TaskEvent {
            // A task comes into a queue after it was created.
            queue: Some(sids::queue(1)),
            worker: Some(worker(ADA)),
            ..event("reservation.accepted")
        };
        self.events = vec![accepted, event("task.created")];
    }

    /// Sets the time of the next request and the owner of its token.
    pub fn at(&mut self, now: Millis, caller: Option<Caller>) -> &mut Self {
        self.now = now;
        self.caller = caller;
        if !self.closed && self.closes_at().is_some_and(|at| at <= now) {
            self.close_conversation(now);
        }
        self
    }

    /// Returns the index of the last message.
    #[must_use]
    pub fn last_index(&self) -> Option<u32> {
        self.messages.last().map(|message| message.index)
    }

    /// Returns the tasks that somebody has or is being asked to take.
    pub fn open_tasks(&self) -> impl Iterator<Item = (&TaskSid, &MemoryTask)> {
        self.tasks.iter().filter(|(_, task)| task.status.is_open())
    }

    /// Returns the task that somebody is being asked to take.
    #[must_use]
    pub fn invite(&self) -> Option<(&TaskSid, &MemoryTask)> {
        self.open_tasks()
            .find(|(_, task)| task.status == TaskStatus::Waiting)
    }

    /// Counts the contact centre's people in the channel.
    #[must_use]
    pub fn agents(&self) -> usize {
        let internal = self.participants.iter().filter(|one| one.internal);
        internal.count()
    }

    /// Returns true if a worker is in the channel.
    #[must_use]
    pub fn is_in(&self, number: u32) -> bool {
        let sid = worker(number);
        self.participants
            .iter()
            .any(|participant| participant.worker.as_ref() == Some(&sid))
    }

    /// Returns true if the customer's next message reaches the wake function.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        self.webhooks.iter().any(|webhook| {
            webhook.events == WebhookEvents::MessagesAndState
                && match &webhook.armed.target {
                    Some(Target::Url(url)) => url.starts_with(WAKE_URL),
                    Some(Target::Flow(_)) => true,
                    None => false,
                }
        })
    }

    /// Returns the content of the newest webhook's address.
    #[must_use]
    pub fn guardian(&self) -> Option<Guardian> {
        let addresses = self
            .webhooks
            .iter()
            .filter_map(|webhook| match &webhook.armed.target {
                Some(Target::Url(url)) => Guardian::from_query(url.split_once('?')?.1),
                _ => None,
            });
        addresses.max_by_key(|guardian| guardian.parked_at)
    }

    /// Returns the parked record.
    #[must_use]
    pub fn record(&self) -> Option<ParkedRecord> {
        ParkedRecord::find(&self.attributes)
    }

    /// Returns true if the attributes of others are as they were, apart from the parked record.
    #[must_use]
    pub fn others_are_untouched(&self) -> bool {
        let rest = without_record(&self.attributes);
        let rest = rest.as_deref().unwrap_or(&self.attributes);
        let sorted = |text: &str| {
            let mut chars: Vec<char> = text.chars().collect();
            chars.sort_unstable();
            chars
        };
        // Keys may have moved; no character may be lost.
        sorted(rest) == sorted(OTHERS)
    }

    /// Returns the rows of agents' lists, by agent.
    pub fn rows(&self) -> impl Iterator<Item = (&MapName, &MemoryItem)> {
        let lists: Vec<MapName> = PEOPLE
            .iter()
            .map(|number| MapName::list_of(&worker(*number)))
            .collect();
        self.items
            .iter()
            .filter(move |(map, _)| lists.contains(map))
    }

    /// Returns the item by which open desktops see that the conversation waits for an agent.
    #[must_use]
    pub fn waiting_item(&self) -> Option<&MemoryItem> {
        self.items.get(&MapName::waiting(&conversation(1)))
    }

    /// Returns the time at which a desktop checks the conversation, according to that item.
    #[must_use]
    pub fn desktops_ask_at(&self) -> Option<Millis> {
        let data = Attributes::parse(&self.waiting_item()?.data).ok()?;
        data.get("askAt")
    }

    /// Returns the current channel.
    #[must_use]
    pub fn channel(&self) -> ChannelRef {
        ChannelRef {
            interaction: interaction(self.channel_number),
            channel: channel(self.channel_number),
        }
    }

    /// Returns the time at which its timer makes it inactive, as Twilio shows it: a timer that has ended shows too.
    pub(crate) fn shown_inactive_at(&self) -> Option<Millis> {
        let after = Millis::from(self.timer_seconds?) * 1_000;
        let ended_at = (self.inactive || self.closed).then_some(self.timers_count_from() + after);
        ended_at.or_else(|| self.timer_ends_at())
    }

    /// Returns the time at which its timer closes it. `None`: it has none.
    #[must_use]
    pub fn closes_at(&self) -> Option<Millis> {
        let after = Millis::from(self.closing_seconds?) * 1_000;
        Some(self.timers_count_from() + after)
    }

    /// Returns the time from which its timers count.
    pub(crate) fn timers_count_from(&self) -> Millis {
        let last_message = self.messages.last().and_then(|message| message.written_at);
        match last_message {
            Some(at) if self.readings.timers_run_from_message => at,
            _ => self.timer_since,
        }
    }

    /// Returns the time at which its timer makes it inactive. `None`: it has none, or that has ended.
    #[must_use]
    pub fn timer_ends_at(&self) -> Option<Millis> {
        let seconds = self
            .timer_seconds
            .filter(|_| !self.inactive && !self.closed)?;
        Some(self.timers_count_from() + Millis::from(seconds) * 1_000)
    }
}

/// Returns the first channel.
#[must_use]
pub fn the_channel() -> ChannelRef {
    ChannelRef {
        interaction: interaction(1),
        channel: channel(1),
    }
}

/// Returns the one conversation.
#[must_use]
pub fn the_conversation() -> ConversationSid {
    conversation(1)
}

/// Returns a worker's chat identity.
#[must_use]
pub fn identity(number: u32) -> &'static str {
    match number {
        ADA => "ada",
        BEN => "ben",
        _ => "sue",
    }
}

/// Returns a worker's name for people.
#[must_use]
pub fn full_name(number: u32) -> &'static str {
    match number {
        ADA => "Ada",
        BEN => "Ben",
        _ => "Sue",
    }
}

/// Returns a worker as Twilio describes the owner of their token.
#[must_use]
pub fn caller(number: u32) -> Caller {
    let role = if number == SUE { "supervisor" } else { "agent" };
    Caller {
        worker: worker(number),
        identity: Some(identity(number).into()),
        roles: vec![role.into()],
    }
}
