//! The requests that the plugin sends to the Functions: the same types write and read them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::flags::{Flags, FLAGS};
use crate::last_line::LONGEST_LINE;
use crate::sid::{ChannelSid, ConversationSid, InteractionSid, TaskSid, WorkerSid};

/// Declares the functions once: a constant, the operation's name in the log, and the path of the handler's file.
macro_rules! functions {
    ($($(#[$doc:meta])* $constant:ident: $name:literal at $path:literal;)*) => {
        /// The functions' paths below the Functions' domain. Workflows, Studio flows and other plugins rely on them.
        pub mod path {
            $(
                $(#[$doc])*
                pub const $constant: &str = concat!("/features/park-interaction/", $path);
            )*

            /// Every function: its name, which is that of its operation in the log, and its path.
            pub const ALL: &[(&str, &str)] = &[$(($name, $constant),)*];
        }
    };
}

functions! {
    /// Parks a conversation. Takes a [`super::ParkRequest`].
    PARK: "park" at "flex/park-interaction";
    /// Resumes a parked conversation. Takes an [`super::UnparkRequest`].
    UNPARK: "resume" at "flex/unpark-interaction";
    /// Tidies up once an agent has joined. Takes a [`super::SettleRequest`].
    SETTLE: "settle" at "flex/settle-interaction";
    /// Checks whether an agent is asked for a conversation that waits for one. Takes a [`super::CheckRequest`].
    CHECK: "check" at "flex/check-interaction";
    /// Restarts the longest wait of a parked conversation. Takes a [`super::KeepRequest`].
    KEEP: "keep" at "flex/keep-interaction";
    /// Gives a parked conversation to the queue, or to another agent's list. Takes a [`super::GiveRequest`].
    GIVE: "give" at "flex/give-interaction";
    /// Changes time or reason of a parked conversation. Takes a [`super::ChangeRequest`].
    CHANGE: "change" at "flex/change-interaction";
    /// Closes a parked conversation for good. Takes an [`super::EndRequest`].
    END: "end" at "flex/end-interaction";
    /// Lets the caller read lists where Sync has access lists. Takes an [`super::AccessRequest`].
    ACCESS: "access" at "flex/list-access";
    /// Lists the agents whose parked conversations the caller may see, or the room that some of them have. Takes a
    /// [`super::TeamRequest`].
    TEAM: "team" at "flex/team-lists";
    /// The target of the webhook that wakes a conversation. Only Twilio calls it.
    WAKE: "wake" at "common/unpark-interaction";
    /// The target of the workspace's event callback: restores what a canceled task removed. Only Twilio calls it.
    TASK_EVENT: "restore" at "common/task-event";
    /// The target of Event Streams: takes one event. Only Twilio calls it, with a list of events.
    EVENT: "event" at "common/events";
    /// Looks over all parked conversations. For the account's owner, who can sign for it.
    RECONCILE: "reconcile" at "common/reconcile";
}

/// The field of a request to the function [`path::PARK`] that only prepares for a park; its value is `true`. It has the path of the
/// park, since it must reach the same container.
pub const PREPARE: &str = "prepare";

/// A request to park the conversation of one of the agent's tasks.
///
/// The worker is not part of it: the validated token names them. On the wire, the fields of both parts stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ParkRequest {
    /// The conversation, and how far the agent has read it.
    pub target: ParkTarget,
    /// The agent's settings.
    pub options: ParkOptions,
    /// The choices of the agent for this park.
    pub appointment: Appointment,
}

/// The choices of an agent for one park: a time, a reason, a note. The default is a park until the customer writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Appointment {
    /// The time at which the conversation comes back even if the customer has not written, in seconds since 1970. It is from
    /// [`SHORTEST_WAIT_SECONDS`] to [`LONGEST_WAIT_SECONDS`] ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<u32>,
    /// True if the first message before that time does not bring the conversation back.
    #[serde(skip_serializing_if = "is_default")]
    pub keep_time: bool,
    /// The reason, one of the owner's list. At most [`LONGEST_REASON`] characters.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "reason")]
    pub reason: Option<String>,
    /// The note. At most [`LONGEST_NOTE`] characters.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "note")]
    pub note: Option<String>,
    /// The agent's name, for those who see the conversation next. At most [`LONGEST_REASON`] characters.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "reason")]
    pub agent_name: Option<String>,
}

/// The shortest wait of an appointment, in seconds: that of a conversation's timer.
pub const SHORTEST_WAIT_SECONDS: u32 = 60;
/// The longest wait of an appointment, in seconds: 30 days.
pub const LONGEST_WAIT_SECONDS: u32 = 30 * 24 * SECONDS_PER_HOUR;
/// The most characters of a reason.
pub const LONGEST_REASON: usize = 60;
/// The most characters of a note.
pub const LONGEST_NOTE: usize = 500;

fn reason<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    text_of_at_most(LONGEST_REASON, field)
}

fn line<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    text_of_at_most(LONGEST_LINE, field)
}

fn note<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    text_of_at_most(LONGEST_NOTE, field)
}

/// The separator of notices, which have lines of their own: ASCII's for records.
pub const NOTICE_SEPARATOR: &str = "\u{1e}";

/// The most characters of all notices: as many as the flag allows, and their separators.
const LONGEST_NOTICES: usize =
    FLAGS.notify_customer.most as usize * (FLAGS.notify_customer.longest as usize + 1);

fn notices<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    text_of_at_most(LONGEST_NOTICES, field)
}

fn text_of_at_most<'de, D: Deserializer<'de>>(
    most: usize,
    field: D,
) -> Result<Option<String>, D::Error> {
    match Option::<String>::deserialize(field)? {
        Some(text) if text.chars().count() > most => Err(serde::de::Error::custom(format_args!(
            "expected a text of at most {most} characters"
        ))),
        text => Ok(text),
    }
}

/// The conversation to park.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParkTarget {
    /// The conversation to park.
    pub conversation_sid: ConversationSid,
    /// The interaction that the conversation belongs to.
    pub interaction_sid: InteractionSid,
    /// The interaction's channel that carries the conversation.
    pub channel_sid: ChannelSid,
    /// The agent's task for it.
    pub task_sid: TaskSid,
    /// The index of the last message that the agent's screen held, if it held any. The agent has not seen later messages, so
    /// these wake the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message_index: Option<u32>,
    /// The first line of that message, for the row of the list. At most [`LONGEST_LINE`] characters. Absent: it has no text.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "line")]
    pub last_line: Option<String>,
    /// The author of that message: `agent` for the one who parks, anything else for others. Absent: it is not known.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "reason")]
    pub last_line_by: Option<String>,
    /// The time of the customer's last message, in seconds since 1970, for channels that limit the time of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_wrote_at: Option<u32>,
}

/// The settings that go with every park of an agent. A flag that the Functions need is a field here and a line of
/// [`ParkOptions::new`]; nothing in between names it.
///
/// The default is the meaning of older plugins, which send none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParkOptions {
    /// True if the conversation appears in the agent's list of parked interactions.
    pub show_list: bool,
    /// The lifetime of the row in the list, in seconds; 0 is for ever. Absent: a day. The row of a text message has no end, whatever
    /// this says.
    #[serde(
        skip_serializing_if = "is_default",
        deserialize_with = "list_ttl_seconds"
    )]
    pub list_ttl_seconds: Option<u32>,
    /// The time for which the conversation is offered only to the agent who parked it, in seconds. Absent: the workflow decides.
    #[serde(
        skip_serializing_if = "is_default",
        deserialize_with = "same_agent_seconds"
    )]
    pub same_agent_seconds: Option<u32>,
    /// The time after which a conversation without an appointment comes back, in hours. Absent: never.
    #[serde(
        skip_serializing_if = "is_default",
        deserialize_with = "expires_after_hours"
    )]
    pub expires_after_hours: Option<u32>,
    /// The number of conversations that the agent may have in the list. Absent: any number.
    #[serde(skip_serializing_if = "is_default", deserialize_with = "max_parked")]
    pub max_parked: Option<u32>,
    /// The longest time for which a kept appointment holds a message back, in minutes. Absent: an hour.
    #[serde(
        skip_serializing_if = "is_default",
        deserialize_with = "keep_ceiling_minutes"
    )]
    pub keep_ceiling_minutes: Option<u32>,
    /// True if the row in the list holds nothing about people.
    #[serde(skip_serializing_if = "is_default")]
    pub bare_rows: bool,
    /// True if the webhook of a Studio flow that is not this product's is taken away while the conversation is parked.
    #[serde(skip_serializing_if = "is_default")]
    pub pause_studio_flow: bool,
    /// The fields of Flex Insights that the owner has chosen. Absent: nothing is written for Insights.
    #[serde(skip_serializing_if = "is_default")]
    pub insights: Option<InsightsFields>,
    /// The texts for the customer, one for each language, with [`NOTICE_SEPARATOR`] between them. Absent: the customer is not told.
    #[serde(skip_serializing_if = "is_default", deserialize_with = "notices")]
    pub notices: Option<String>,
}

/// The numbers of the fields of Flex Insights for figures about parking; 0 is none. On the wire and in the record they are a text,
/// in the order of the fields, such as `3,4,1,2`: a form has no other kind of list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct InsightsFields {
    /// The `conversation_attribute` for the reason.
    pub reason: u32,
    /// The `conversation_attribute` for the cause of the return.
    pub cause: u32,
    /// The `conversation_measure` for the length of the park, in seconds.
    pub seconds: u32,
    /// The `conversation_measure` for the number of parks.
    pub parks: u32,
}

impl Serialize for InsightsFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = [self.reason, self.cause, self.seconds, self.parks];
        let texts = numbers.map(|number| number.to_string());
        serializer.serialize_str(&texts.join(","))
    }
}

impl<'de> Deserialize<'de> for InsightsFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (_, most) = FLAGS.insights_reason_attribute.range;
        let numbers: Option<Vec<u32>> = text
            .split(',')
            .map(|number| number.parse().ok().filter(|number| *number <= most))
            .collect();
        match numbers.as_deref() {
            Some(&[reason, cause, seconds, parks]) => {
                let (reason, cause) = different(reason, cause);
                let (seconds, parks) = different(seconds, parks);
                Ok(Self {
                    reason,
                    cause,
                    seconds,
                    parks,
                })
            }
            _ => Err(serde::de::Error::custom(format_args!(
                "expected four numbers from 0 to {most} with commas between them"
            ))),
        }
    }
}

/// Returns two numbers of fields, or none if they are the same: one value would replace the other, and nobody could tell them apart.
fn different(one: u32, other: u32) -> (u32, u32) {
    if one == other {
        (0, 0)
    } else {
        (one, other)
    }
}

/// The largest lifetime of a row.
const LONGEST_LIST_TTL_SECONDS: u32 = FLAGS.list_ttl_hours.range.1 * SECONDS_PER_HOUR;
/// The number of seconds in an hour.
pub const SECONDS_PER_HOUR: u32 = 3_600;

impl ParkOptions {
    /// Returns the settings that follow from an agent's flags.
    #[must_use]
    pub fn new(flags: &Flags) -> Self {
        Self {
            show_list: flags.show_list,
            list_ttl_seconds: flags
                .show_list
                .then_some(flags.list_ttl_hours * SECONDS_PER_HOUR),
            same_agent_seconds: Some(flags.same_agent_seconds).filter(|seconds| *seconds != 0),
            expires_after_hours: Some(flags.expires_after_hours).filter(|hours| *hours != 0),
            max_parked: Some(flags.max_parked).filter(|most| *most != 0 && flags.show_list),
            keep_ceiling_minutes: Some(flags.keep_ceiling_minutes)
                .filter(|minutes| *minutes != FLAGS.keep_ceiling_minutes.default),
            bare_rows: flags.show_list && !flags.row_texts,
            pause_studio_flow: flags.pause_studio_flow,
            insights: flags.insights.then_some(InsightsFields {
                reason: flags.insights_reason_attribute,
                cause: flags.insights_cause_attribute,
                seconds: flags.insights_seconds_measure,
                parks: flags.insights_parks_measure,
            }),
            notices: Some(flags.notify_customer.join(NOTICE_SEPARATOR))
                .filter(|texts| !texts.is_empty()),
        }
    }
}

fn is_default<T: Default + PartialEq>(option: &T) -> bool {
    *option == T::default()
}

fn list_ttl_seconds<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u32>, D::Error> {
    within((0, LONGEST_LIST_TTL_SECONDS), "seconds", field)
}

fn keep_ceiling_minutes<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u32>, D::Error> {
    within(FLAGS.keep_ceiling_minutes.range, "minutes", field)
}

fn expires_after_hours<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u32>, D::Error> {
    within(FLAGS.expires_after_hours.range, "hours", field)
}

fn max_parked<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u32>, D::Error> {
    within(FLAGS.max_parked.range, "a number of conversations", field)
}

fn same_agent_seconds<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u32>, D::Error> {
    within(FLAGS.same_agent_seconds.range, "seconds", field)
}

fn within<'de, D: Deserializer<'de>>(
    range: (u32, u32),
    unit: &str,
    field: D,
) -> Result<Option<u32>, D::Error> {
    match Option::<u32>::deserialize(field) {
        Ok(number) if number.is_none_or(|number| (range.0..=range.1).contains(&number)) => {
            Ok(number)
        }
        _ => Err(out_of_range(unit, range)),
    }
}

fn out_of_range<E: serde::de::Error>(unit: &str, (least, most): (u32, u32)) -> E {
    E::custom(format_args!("expected {unit}, from {least} to {most}"))
}

#[cfg(feature = "functions")]
impl ParkTarget {
    /// Returns the channel.
    #[must_use]
    pub fn channel(&self) -> crate::twilio::calls::ChannelRef {
        crate::twilio::calls::ChannelRef {
            interaction: self.interaction_sid.clone(),
            channel: self.channel_sid.clone(),
        }
    }
}

/// A request to resume a parked conversation. The server knows the rest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnparkRequest {
    /// The conversation to resume.
    pub conversation_sid: ConversationSid,
    /// The agent whose conversation the caller believes it to be. Absent: they do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_sid: Option<WorkerSid>,
    /// True if no click asks for it, but the row of a conversation that was given to the agent. Then it must have been.
    #[serde(skip_serializing_if = "is_default")]
    pub given: bool,
}

/// The message that an agent has joined a conversation that had been parked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettleRequest {
    /// The conversation that was joined.
    pub conversation_sid: ConversationSid,
}

/// A request to route a parked conversation through its workflow, or to put it into the list of another agent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GiveRequest {
    /// The conversation to give.
    pub conversation_sid: ConversationSid,
    /// The agent whose conversation the caller believes it to be. Absent: they do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_sid: Option<WorkerSid>,
    /// The agent whose conversation it is from then on. Absent: it is routed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker_sid: Option<WorkerSid>,
    /// The name of the one who gives it, for that agent. At most [`LONGEST_REASON`] characters.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "reason")]
    pub agent_name: Option<String>,
}

/// A request to change time or reason of a parked conversation. It names one of them at least.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRequest {
    /// The conversation to change.
    pub conversation_sid: ConversationSid,
    /// The agent whose conversation the caller believes it to be. Absent: they do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_sid: Option<WorkerSid>,
    /// The time of the appointment, as in [`Appointment`]; 0 takes it away. Absent: it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<u32>,
    /// True if the first message before that time does not bring the conversation back. It counts only with a time.
    #[serde(skip_serializing_if = "is_default")]
    pub keep_time: bool,
    /// The reason, as in [`Appointment`]; an empty text takes it away. Absent: it stays.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "reason")]
    pub reason: Option<String>,
    /// As in [`ParkOptions`], for a conversation whose appointment is taken away.
    #[serde(
        skip_serializing_if = "is_default",
        deserialize_with = "expires_after_hours"
    )]
    pub expires_after_hours: Option<u32>,
    /// As in [`ParkOptions`].
    #[serde(
        skip_serializing_if = "is_default",
        deserialize_with = "keep_ceiling_minutes"
    )]
    pub keep_ceiling_minutes: Option<u32>,
}

/// A request to close a parked conversation for good.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndRequest {
    /// The conversation to end.
    pub conversation_sid: ConversationSid,
    /// The agent whose conversation the caller believes it to be. Absent: they do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_sid: Option<WorkerSid>,
    /// The number of the customer's unheard messages in the row that the agent has seen. Absent: none. If there are more, the
    /// conversation is not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<u32>,
}

/// A request for the agents whose parked conversations the caller may see, or for the room that some of them have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamRequest {
    /// The `next` of the last answer. Absent: the first part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The agents whose room is asked for, at most [`MOST_AGENTS`], with commas between their SIDs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_of: Option<String>,
}

/// A request for the permission to read lists in Sync.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessRequest {
    /// The agents whose lists a supervisor wants to read, at most [`MOST_AGENTS`], with commas between their SIDs. Absent: the
    /// caller's own list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// The most agents that one request names.
pub const MOST_AGENTS: usize = 20;

/// A desktop's question whether an agent is asked for a conversation with an unheard message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckRequest {
    /// The conversation that waits.
    pub conversation_sid: ConversationSid,
}

/// A request to restart the longest wait that the owner allows for a parked conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeepRequest {
    /// The conversation to keep.
    pub conversation_sid: ConversationSid,
    /// The time after which the conversation comes back, in hours from now.
    #[serde(deserialize_with = "longest_wait_hours")]
    pub expires_after_hours: u32,
}

fn longest_wait_hours<'de, D: Deserializer<'de>>(field: D) -> Result<u32, D::Error> {
    let range = (1, FLAGS.expires_after_hours.range.1);
    // A missing number is refused like one that is too small.
    within(range, "hours", field)?.ok_or_else(|| out_of_range("hours", range))
}
