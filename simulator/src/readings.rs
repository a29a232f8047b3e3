//! The readings: switches for behaviour that Twilio's documentation leaves open or states in more than one way.
//!
//! The first value of each is the default and follows the documentation where there is any. A reading changes
//! the simulator only. `README.md` lists all of them; a test compares its table with this one.

use serde::Serialize;
use serde_json::{Map, Value};

/// A reading, for tests and people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    pub name: &'static str,
    /// The row of the list of unknowns to which it belongs, such as `R1`.
    pub id: &'static str,
    /// The behaviour that it decides.
    pub what: &'static str,
    /// All values, the default first.
    pub values: &'static [&'static str],
    /// The document or observation that the default follows.
    pub source: &'static str,
}

/// The reason why a reading cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownReading {
    #[error("there is no reading `{0}`")]
    Name(String),
    #[error("`{value}` is not a value of the reading `{name}`: expected one of {expected}")]
    Value {
        name: &'static str,
        value: String,
        /// All values of the reading.
        expected: String,
    },
    /// The text is not of the form `NAME=VALUE`.
    #[error("`{0}` is not a reading: expected NAME=VALUE")]
    Form(String),
}

macro_rules! readings {
    ($(
        $(#[$doc:meta])*
        $type:ident in $field:ident: $name:literal, $id:literal, $what:literal, $source:literal {
            $(#[$first_doc:meta])* $first:ident = $first_name:literal,
            $($(#[$variant_doc:meta])* $variant:ident = $variant_name:literal,)+
        }
    )+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
            pub enum $type {
                $(#[$first_doc])*
                #[default]
                $first,
                $($(#[$variant_doc])* $variant,)+
            }

            impl $type {
                const NAMES: &'static [&'static str] = &[$first_name, $($variant_name,)+];

                /// Returns the value's name.
                #[must_use]
                pub fn name(self) -> &'static str {
                    match self {
                        Self::$first => $first_name,
                        $(Self::$variant => $variant_name,)+
                    }
                }

                fn from_name(name: &str) -> Option<Self> {
                    match name {
                        $first_name => Some(Self::$first),
                        $($variant_name => Some(Self::$variant),)+
                        _ => None,
                    }
                }
            }
        )+

        /// The value of every reading.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Readings {
            $($(#[$doc])* pub $field: $type,)+
        }

        /// Every reading, in the order of the README's table.
        pub const TABLE: &[Reading] = &[
            $(Reading { name: $name, id: $id, what: $what, values: $type::NAMES, source: $source },)+
        ];

        impl Readings {
            /// Sets one reading.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), UnknownReading> {
                match name {
                    $($name => {
                        self.$field = $type::from_name(value).ok_or_else(|| UnknownReading::Value {
                            name: $name,
                            value: value.to_owned(),
                            expected: $type::NAMES.join(", "),
                        })?;
                    })+
                    _ => return Err(UnknownReading::Name(name.to_owned())),
                }
                Ok(())
            }

            /// Returns every reading's value, by the reading's name.
            #[must_use]
            pub fn by_name(&self) -> Map<String, Value> {
                Map::from_iter([$(($name.to_owned(), Value::from(self.$field.name())),)+])
            }
        }
    };
}

readings! {
    /// The messages that are replayed to a new webhook with `ReplayAfter`.
    Replay in replay: "replay", "R1",
        "`ReplayAfter` of a new webhook: the message with that index and all later ones, only the later ones, or none because filters are set",
        "the words of Twilio's OpenAPI description: for which and its successors" {
        /// The message with that index and all later ones.
        Inclusive = "inclusive",
        /// All later messages.
        Exclusive = "exclusive",
        /// None, because scoped webhooks with filters replay nothing.
        None = "none",
    }
    /// The answer to a list of invites.
    InviteList in invite_list: "invite-list", "R2",
        "`GET …/Invites` works, is refused, omits the SIDs of tasks, or omits invites of the last 30 s",
        "Twilio's OpenAPI description; the page on limits contradicts it" {
        /// All of them, with their tasks.
        Answers = "answers",
        /// 403.
        Forbidden = "403",
        /// 404.
        NotFound = "404",
        /// 405.
        NotAllowed = "405",
        /// All of them, without the SIDs of their tasks.
        WithoutTask = "without-task",
        /// Those that are older than 30 s.
        Late = "late",
    }
    /// Participants of an interaction channel who have left.
    LeftParticipants in left_participants: "left-participants", "R3",
        "Participants who have left a channel: not listed, listed as `closed`, or listed after 60 others from earlier years",
        "nothing; the first value is the simpler one" {
        /// Not listed.
        Unlisted = "unlisted",
        /// Listed as `closed`.
        Closed = "closed",
        /// Listed as `closed`, after 60 agents of earlier years.
        ClosedMany = "closed-many",
    }
    /// The index in the request of a message webhook.
    MessageIndex in message_index: "message-index", "R4",
        "`Index` in `onMessageAdded`",
        "https://www.twilio.com/docs/conversations/conversations-webhooks" {
        Sent = "sent",
        /// Missing for text messages.
        MissingForSms = "missing-for-sms",
        Missing = "missing",
    }
    /// The participant in the request of a message webhook.
    MessageParticipant in message_participant: "message-participant", "R4",
        "`ParticipantSid` in `onMessageAdded`",
        "https://www.twilio.com/docs/conversations/conversations-webhooks" {
        Sent = "sent",
        Missing = "missing",
    }
    /// The author in the request of a message webhook.
    MessageAuthor in message_author: "message-author", "R4",
        "`Author` in `onMessageAdded`: the identity or address, or the participant's SID",
        "https://www.twilio.com/docs/conversations/conversations-webhooks" {
        /// The identity or address.
        Name = "name",
        /// The participant's SID.
        ParticipantSid = "participant-sid",
    }
    /// A second delivery of a message webhook's request.
    Redelivery in redelivery: "redelivery", "R4",
        "A message webhook's request is made once, twice at once, or again after 3 h with `RetryCount` 1",
        "https://www.twilio.com/docs/conversations/conversations-webhooks: no retries by default" {
        Never = "never",
        /// Twice at once.
        AtOnce = "at-once",
        /// Again after three hours.
        HoursLater = "hours-later",
    }
    /// The order of the requests of message webhooks.
    DeliveryOrder in delivery_order: "delivery-order", "R4",
        "Requests of message webhooks come in the order of the messages, or each two of them in reverse order",
        "nothing; Twilio promises no order" {
        /// In the order of the messages.
        AsWritten = "as-written",
        /// Each second request before the first. One without a second waits 1 s.
        Swapped = "swapped",
    }
    /// The participant of a message that an adapter of a custom channel posts through REST in a participant's name.
    AdapterParticipant in adapter_participant: "adapter-participant", "R5",
        "The participant's SID of a message that REST posts in a participant's name, in webhooks and REST",
        "Twilio's OpenAPI description of `participant_sid`" {
        Sent = "sent",
        Missing = "missing",
    }
    /// A bot that is a chat participant.
    BotParticipant in bot_participant: "bot-participant", "R6",
        "A chat participant `bot` is in every conversation that a customer begins",
        "nothing; common in public code" {
        Absent = "absent",
        /// In every conversation that a customer begins.
        Present = "present",
    }
    /// A Function whose caller has hung up after 5 s.
    HungUpFunction in hung_up_function: "hung-up-function", "R7",
        "A Function whose caller has hung up after 5 s runs on, or is ended: its further requests are refused",
        "nothing; the first value is what Twilio's local runtime does" {
        RunsOn = "runs-on",
        /// Further requests of the Function are refused.
        Ends = "ends",
    }
    /// The changes of state that webhooks receive.
    StateWebhook in state_webhook: "state-webhook", "R8",
        "The reasons for which `onConversationStateUpdated` is sent; after a REST request only if it asks for webhooks",
        "https://www.twilio.com/docs/conversations/states-timers" {
        /// All: `TIMER`, `EVENT` and `API`.
        All = "all",
        /// Only `TIMER`.
        TimerOnly = "timer-only",
        Never = "never",
    }
    /// The error code of a write to a closed conversation.
    ClosedCode in closed_code: "closed-code", "R9",
        "The error code of a write to a closed conversation",
        "https://www.twilio.com/docs/api/errors/50377" {
        Final = "50377",
        Closed = "50367",
        ChannelOfClosed = "45354",
        ClosedOrNotFound = "45376",
    }
    /// The error code of an invite to a closed conversation.
    ClosedInviteCode in closed_invite_code: "closed-invite-code", "R9",
        "The error code of an invite to a closed conversation",
        "https://www.twilio.com/docs/api/errors/45354" {
        ChannelOfClosed = "45354",
        ClosedOrNotFound = "45376",
        Final = "50377",
    }
    /// The HTTP status of both errors.
    ClosedStatus in closed_status: "closed-status", "R9",
        "The HTTP status of both errors",
        "a live probe of June 2026" {
        BadRequest = "400",
        NotFound = "404",
        Conflict = "409",
    }
    /// A change of a closed conversation's attributes, name or timers.
    ClosedUpdate in closed_update: "closed-update", "R9",
        "Attributes, name and timers of a closed conversation can be changed",
        "https://www.twilio.com/docs/api/errors/50377" {
        Refused = "refused",
        Allowed = "allowed",
    }
    /// The error code of a webhook that does not exist.
    MissingWebhookCode in missing_webhook_code: "missing-webhook-code", "R25",
        "The error code, with 404, of a webhook that does not exist",
        "a live probe, which contradicts https://www.twilio.com/docs/api/errors/50360" {
        General = "20404",
        Own = "50360",
    }
    /// An invite to an inactive conversation.
    InactiveInvite in inactive_invite: "inactive-invite", "R10",
        "An invite to a conversation that is inactive",
        "nothing" {
        Allowed = "allowed",
        /// Refused until the conversation is active again.
        Refused = "refused",
    }
    /// An invite for one worker, who is away or full.
    NamedWorker in named_worker: "named-worker", "R11",
        "An invite for a worker who is away or full waits until its timeout, is canceled at once, or is offered in spite of it",
        "nothing; for tasks of TaskRouter's own API `IgnoreCapacity` is documented" {
        /// Waits for the worker until its timeout.
        Waits = "waits",
        /// At once.
        Canceled = "canceled",
        /// Offered in spite of it.
        Offered = "offered",
    }
    /// The Sync service that an agent's Flex token opens.
    AgentSyncService in agent_sync_service: "agent-sync-service", "R12",
        "The Sync service that an agent's token opens: the account's Default Service, or the configuration's `flex_service_instance_sid`",
        "the deployments of Twilio's plugin template" {
        /// The account's Default Service.
        Default = "default-service",
        /// The service that the Flex configuration names.
        Flex = "flex-service",
    }
    /// The callbacks about the end of a task.
    TaskCallback in task_callback: "task-callback", "R13",
        "Event callbacks come at once, after 30 s, twice, each two in reverse order, or never",
        "https://www.twilio.com/docs/taskrouter/api/event/reference" {
        Delivered = "delivered",
        /// 30 s later.
        Late = "late",
        Twice = "twice",
        /// Each second callback before the first. One without a second waits 1 s.
        Swapped = "swapped",
        Never = "never",
    }
    /// The webhook of the flow that received a customer before Flex did.
    EntryWebhook in entry_webhook: "entry-webhook", "R14",
        "The Studio flow's own webhook on a customer's conversation, after Send to Flex",
        "nothing; one public project removes it by hand" {
        Gone = "gone",
        Armed = "armed",
    }
    /// An interaction channel that has not changed for 180 days.
    OldChannel in old_channel: "old-channel", "R15",
        "Interaction and channel after 180 days without a change of the channel",
        "https://www.twilio.com/docs/flex/developer/conversations/limits" {
        /// Interaction and channel are deleted; the conversation stays open.
        Deleted = "deleted",
        Kept = "kept",
    }
    /// The owner's timers on a conversation that a customer has begun.
    OwnerTimers in owner_timers: "owner-timers", "R16",
        "The owner's timers on every conversation that a customer begins: none, inactive after 1 h, or closed after 24 h",
        "https://www.twilio.com/docs/conversations/states-timers" {
        None = "none",
        /// Inactive after an hour.
        Inactive = "inactive",
        /// Closed after a day.
        Closed = "closed",
    }
    /// The time from which a conversation's timers count.
    TimersCountFrom in timers_count_from: "timers-count-from", "R16",
        "`date_inactive` and `date_closed` count from this time",
        "the dates in the examples of Twilio's OpenAPI description" {
        /// Any change to the conversation, such as one to its attributes.
        Update = "update",
        /// The last message, change of state or setting of a timer.
        Activity = "activity",
        /// The last message, even if the timer was set later.
        Message = "message",
    }
    /// How late a timer ends.
    TimerLateness in timer_lateness: "timer-lateness", "R16",
        "A timer fires at its date, or a minute later",
        "nothing; the date is documented" {
        Exact = "exact",
        MinuteLate = "minute-late",
    }
    /// The longest period of a timer.
    LongestTimer in longest_timer: "longest-timer", "R16",
        "The longest timer that is accepted",
        "nothing; only the shortest is documented" {
        Any = "any",
        Week = "week",
    }
    /// Tasks that are completed or canceled.
    FinishedTasks in finished_tasks: "finished-tasks", "R17",
        "Tasks that were completed or canceled more than five minutes ago",
        "https://www.twilio.com/docs/taskrouter/api/task" {
        Deleted = "deleted",
        Kept = "kept",
    }
    /// The attribute `contact_uri` of the seeded workers.
    ContactUri in contact_uri: "contact-uri", "R18",
        "The workers' attribute `contact_uri`: `client:<identity>`, the bare identity, in another case, or missing",
        "https://www.twilio.com/docs/flex" {
        Client = "client",
        Bare = "bare",
        OtherCase = "other-case",
        Missing = "missing",
    }
    /// The customer's next message after Flex's own Leave or Pause.
    NativeLeave in native_leave: "native-leave", "R19",
        "The customer's next message after Flex's own Leave or Pause creates a task, or does not",
        "https://www.twilio.com/docs/flex/developer/conversations" {
        MakesTask = "makes-task",
        Silent = "silent",
    }
    /// The state of a conversation after Flex's own Leave or Pause.
    LeftConversation in left_conversation: "left-conversation", "R19",
        "The state of a conversation after Flex's own Leave or Pause",
        "https://www.twilio.com/docs/api/errors/45379: a channel is made inactive through Conversations" {
        /// Until the customer writes.
        Inactive = "inactive",
        Active = "active",
    }
    /// The result when a worker accepts who is a chat participant of the conversation already.
    AlreadyParticipant in already_participant: "already-participant", "R20",
        "The acceptance by a worker who is a participant of the conversation already",
        "https://www.twilio.com/docs/api/errors/50433" {
        /// The reservation is canceled with the reason code 50433, and the task is offered to others.
        Canceled = "canceled",
        /// The worker keeps the existing participant.
        Joins = "joins",
    }
    /// Further pages of `TaskRouter`'s events.
    EventPages in event_pages: "event-pages", "R21",
        "Further pages of a list of Events",
        "Twilio's OpenAPI description; the page on Events says that there are no pages" {
        All = "all",
        FirstOnly = "first-only",
    }
    /// The attributes in a list of workers.
    ListedAttributes in listed_attributes: "listed-attributes", "R22",
        "The attributes of workers in a list of them",
        "public code; the OpenAPI description says that only a single worker shows them" {
        Shown = "shown",
        Null = "null",
    }
    /// A task that no target of its filter has placed in time.
    ExhaustedTargets in exhausted_targets: "exhausted-targets", "R23",
        "A task whose last target has timed out, in a workflow with a default filter",
        "https://www.twilio.com/docs/taskrouter/task-evaluation" {
        Canceled = "canceled",
        /// Moves to the default filter's queue.
        DefaultFilter = "default-filter",
    }
    /// `virtual_start_time` in the routing of an invite.
    InviteStartTime in invite_start_time: "invite-start-time", "R24",
        "`virtual_start_time` in the routing of an invite",
        "nothing; TaskRouter's own API takes it from the past" {
        /// Copied to the task, unless it is in the future.
        Taken = "taken",
        Ignored = "ignored",
        Refused = "refused",
    }
    /// The end of an interaction channel without agents.
    EmptyChannelEnd in empty_channel_end: "empty-channel-end", "R26",
        "`Status=closed` for an interaction channel that no agent is in",
        "https://www.twilio.com/docs/flex/developer/conversations/interactions-api/channels-subresource names no condition" {
        /// Closes the channel, and its conversation with it.
        Closes = "closes",
        Refused = "refused",
    }
    /// The time, order and repetition of Event Streams' requests.
    StreamDelivery in stream_delivery: "stream-delivery", "R27",
        "Events of Event Streams come at once, after 30 s, twice at once, again after 3 h, or each two in reverse order",
        "https://www.twilio.com/docs/events: at least once, without order; most within two seconds" {
        Prompt = "prompt",
        /// 30 s later.
        Late = "late",
        /// Twice at once.
        Twice = "twice",
        /// At once, and again after 3 h.
        HoursLater = "hours-later",
        /// Each second request before the first. One without a second waits 1 s.
        Swapped = "swapped",
    }
    /// The bytes of Event Streams' requests.
    StreamBody in stream_body: "stream-body", "R28",
        "The JSON of Event Streams is written as `JSON.stringify` does, with a space after commas and colons, or with slashes and all but ASCII as escapes",
        "nothing; the first value is the simplest one" {
        Compact = "compact",
        /// A space after each comma and colon.
        Spaced = "spaced",
        /// Slashes and all but ASCII as escapes.
        Escaped = "escaped",
    }
    /// The `payload` in the data of `TaskRouter`'s events.
    StreamPayload in stream_payload: "stream-payload", "R28",
        "The `payload` of TaskRouter's events in Event Streams is an object, or the text of one",
        "https://www.twilio.com/docs/events/event-types/taskrouter" {
        Object = "object",
        /// A JSON text.
        Text = "text",
    }
    /// The parameters of a Function that receives a JSON array.
    JsonArray in json_array: "json-array", "R29",
        "A Function that receives a JSON array has its elements as the parameters `0`, `1` and so on, or none of them",
        "nothing; the first value is what Twilio's local runtime does" {
        Numbered = "numbered",
        Dropped = "dropped",
    }
    /// The URL under the signature of Event Streams, if its destination names a user.
    StreamSignature in stream_signature: "stream-signature", "R30",
        "The URL that Event Streams signs has the user and password of its destination, or does not",
        "https://www.twilio.com/docs/usage/security: the full URL that you specify" {
        WithUser = "with-user",
        WithoutUser = "without-user",
    }
    /// The user and password in the destination of a sink, when it is read.
    SinkPassword in sink_password: "sink-password", "R31",
        "The answer with a sink shows the user and password of its destination, or leaves them out",
        "nothing; the first value is the simpler one" {
        Shown = "shown",
        Hidden = "hidden",
    }
}

impl std::str::FromStr for Setting {
    type Err = UnknownReading;

    fn from_str(text: &str) -> Result<Self, UnknownReading> {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| UnknownReading::Form(text.to_owned()))?;
        Readings::default().set(name, value)?;
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// A reading with its value, from the command line: `NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub value: String,
}

impl Readings {
    /// Returns the defaults, changed by `settings`.
    pub fn from_settings(settings: &[Setting]) -> Result<Self, UnknownReading> {
        let mut readings = Self::default();
        for setting in settings {
            readings.set(&setting.name, &setting.value)?;
        }
        Ok(readings)
    }

    /// Sets all readings that an object names, or none if one of them is invalid.
    pub fn merge(&mut self, values: &Map<String, Value>) -> Result<(), UnknownReading> {
        let mut merged = *self;
        for (name, value) in values {
            merged.set(name, value.as_str().unwrap_or_default())?;
        }
        *self = merged;
        Ok(())
    }
}

/// Parses the name of a value that is a number, or returns `otherwise`.
pub fn number<N: std::str::FromStr>(name: &str, otherwise: N) -> N {
    name.parse().unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Tests and people look readings up in the README.
    #[test]
    fn readme_lists_every_reading() {
        let readme = include_str!("../README.md");
        let row = |cells: &str| -> Vec<String> {
            let cells = cells.trim().trim_matches('|').split(" | ");
            cells.map(|cell| cell.trim().to_owned()).collect()
        };
        let (_, table) = readme.split_once("| reading |").unwrap_or_default();
        let listed: Vec<Vec<String>> = table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .map(row)
            .collect();
        let expected: Vec<Vec<String>> = TABLE
            .iter()
            .map(|reading| {
                let values: Vec<String> = reading.values.iter().map(|v| format!("`{v}`")).collect();
                vec![
                    format!("`{}`", reading.name),
                    reading.id.to_owned(),
                    reading.what.to_owned(),
                    values.join(", "),
                    reading.source.to_owned(),
                ]
            })
            .collect();
        assert_eq!(listed, expected);
    }

    #[test]
    fn the_first_value_is_the_default() {
        let defaults = Readings::default().by_name();
        for reading in TABLE {
            let first = reading.values.first().copied();
            assert_eq!(defaults.get(reading.name).and_then(Value::as_str), first);
        }
    }

    #[test]
    fn unknown_names_and_values_are_refused() {
        let mut readings = Readings::default();
        assert!(matches!(
            readings.set("nonsense", "x"),
            Err(UnknownReading::Name(_))
        ));
        assert!(matches!(
            readings.set("already-participant", "x"),
            Err(UnknownReading::Value { .. })
        ));
        assert!("already-participant".parse::<Setting>().is_err());
        assert!("already-participant=joins".parse::<Setting>().is_ok());
    }

    /// A request with one wrong value must not be half done.
    #[test]
    fn merge_sets_all_or_none() {
        let mut readings = Readings::default();
        let values = json!({"already-participant": "joins", "nonsense": "x"});
        let values = values.as_object().cloned().unwrap_or_default();
        assert!(readings.merge(&values).is_err());
        assert_eq!(readings, Readings::default());
    }
}
