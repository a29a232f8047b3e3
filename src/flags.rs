//! The feature's flags, as an admin sets them below `features.park_interaction` in Flex's configuration.
//!
//! Each flag is declared once, at the end of this file. From there come the struct [`Flags`] and how the plugin reads it,
//! and from [`ALL`] the commands and checks of flex-config, the JSON Schema and the tables of the READMEs. A flag that
//! changes how a conversation is parked goes into [`crate::request::ParkOptions`] as well.

/// The path to the flags, below `custom_data` in the configuration and below `config_overrides` in a worker's attributes.
pub const FEATURE: [&str; 2] = ["features", "park_interaction"];

/// A flag that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoolFlag {
    /// The key in the configuration.
    pub name: &'static str,
    /// The value if nobody sets it.
    pub default: bool,
}

/// A flag that is an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntegerFlag {
    /// The key in the configuration.
    pub name: &'static str,
    /// The value if nobody sets it.
    pub default: u32,
    /// The smallest and the largest value that are allowed.
    pub range: (u32, u32),
}

/// A flag that is a list of texts. Nobody's value is the empty list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextsFlag {
    /// The key in the configuration.
    pub name: &'static str,
    /// The most texts that are allowed.
    pub most: u32,
    /// The most characters of a text, which has at least one that is not blank.
    pub longest: u32,
}

/// A flag that is a list of integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntegersFlag {
    /// The key in the configuration.
    pub name: &'static str,
    /// The value if nobody sets it.
    pub default: &'static [u32],
    /// The most integers that are allowed.
    pub most: u32,
    /// The smallest and the largest value of an integer.
    pub range: (u32, u32),
}

/// A flag that is one of a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChoiceFlag {
    /// The key in the configuration.
    pub name: &'static str,
    /// The word if nobody sets it, one of the choices.
    pub default: &'static str,
    /// The words that are allowed.
    pub choices: &'static [&'static str],
}

/// A flag that sets other flags for single queues: an object from a queue's name or SID to the flags. It has no value of its own:
/// it changes those of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuesFlag {
    /// The key in the configuration.
    pub name: &'static str,
    /// The most queues that are allowed.
    pub most: u32,
}

/// The flags that can be set for a queue. Each has the rules that it has for all queues.
pub const PER_QUEUE: [Flag; 3] = [
    Flag::Integer(FLAGS.same_agent_seconds),
    Flag::Texts(FLAGS.reasons),
    Flag::Bool(FLAGS.reason_required),
];

/// The flags that no worker has a value of their own for: a browser could write it.
pub const SAME_FOR_ALL: [Flag; 1] = [Flag::Choice(FLAGS.supervisors_see)];

/// The flags whose numbers name fields of one kind, so that two of them must not be the same. 0 names none.
pub const DIFFERENT: [[IntegerFlag; 2]; 2] = [
    [
        FLAGS.insights_reason_attribute,
        FLAGS.insights_cause_attribute,
    ],
    [FLAGS.insights_seconds_measure, FLAGS.insights_parks_measure],
];

/// A flag of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// A flag that is on or off.
    Bool(BoolFlag),
    /// A flag that is an integer.
    Integer(IntegerFlag),
    /// A flag that is a list of texts.
    Texts(TextsFlag),
    /// A flag that is a list of integers.
    Integers(IntegersFlag),
    /// A flag that is one of a few words.
    Choice(ChoiceFlag),
    /// A flag that sets other flags for single queues.
    Queues(QueuesFlag),
}

impl BoolFlag {
    /// Returns the flag as one of any kind.
    #[must_use]
    pub const fn any(self) -> Flag {
        Flag::Bool(self)
    }
}

impl IntegerFlag {
    /// Returns the flag as one of any kind.
    #[must_use]
    pub const fn any(self) -> Flag {
        Flag::Integer(self)
    }
}

impl TextsFlag {
    /// Returns the flag as one of any kind.
    #[must_use]
    pub const fn any(self) -> Flag {
        Flag::Texts(self)
    }
}

impl IntegersFlag {
    /// Returns the flag as one of any kind.
    #[must_use]
    pub const fn any(self) -> Flag {
        Flag::Integers(self)
    }
}

impl ChoiceFlag {
    /// Returns the flag as one of any kind.
    #[must_use]
    pub const fn any(self) -> Flag {
        Flag::Choice(self)
    }
}

impl QueuesFlag {
    /// Returns the flag as one of any kind.
    #[must_use]
    pub const fn any(self) -> Flag {
        Flag::Queues(self)
    }
}

/// A flag with its description.
///
/// The description is not part of the flag, so that no text for admins gets into the plugin's Wasm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described {
    /// The flag.
    pub flag: Flag,
    /// Its effect, for an admin.
    pub meaning: &'static str,
}

impl Flag {
    /// Returns the key in the configuration.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bool(flag) => flag.name,
            Self::Integer(flag) => flag.name,
            Self::Texts(flag) => flag.name,
            Self::Integers(flag) => flag.name,
            Self::Choice(flag) => flag.name,
            Self::Queues(flag) => flag.name,
        }
    }
}

/// A configuration that flags are read from. A malformed value is read as if nobody had set it, and noted by the configuration.
pub trait Source {
    /// Reads a flag that is on or off.
    fn bool(&self, flag: BoolFlag) -> bool;

    /// Reads a flag that is an integer.
    fn integer(&self, flag: IntegerFlag) -> u32;

    /// Reads a flag that is a list of texts.
    fn texts(&self, flag: TextsFlag) -> Vec<String>;

    /// Reads a flag that is a list of integers.
    fn integers(&self, flag: IntegersFlag) -> Vec<u32>;

    /// Reads a flag that is one of a few words.
    fn choice(&self, flag: ChoiceFlag) -> &'static str;
}

/// A kind of flag: the type of its value, and how it is read.
pub trait Kind {
    /// The type of the value.
    type Value;

    /// Reads the flag.
    fn read<S: Source>(self, source: &S) -> Self::Value;

    /// Returns the value if nobody sets it.
    fn default(self) -> Self::Value;
}

impl Kind for BoolFlag {
    type Value = bool;

    fn read<S: Source>(self, source: &S) -> bool {
        source.bool(self)
    }

    fn default(self) -> bool {
        self.default
    }
}

impl Kind for IntegerFlag {
    type Value = u32;

    fn read<S: Source>(self, source: &S) -> u32 {
        source.integer(self)
    }

    fn default(self) -> u32 {
        self.default
    }
}

impl Kind for TextsFlag {
    type Value = Vec<String>;

    fn read<S: Source>(self, source: &S) -> Vec<String> {
        source.texts(self)
    }

    fn default(self) -> Vec<String> {
        Vec::new()
    }
}

impl Kind for IntegersFlag {
    type Value = Vec<u32>;

    fn read<S: Source>(self, source: &S) -> Vec<u32> {
        source.integers(self)
    }

    fn default(self) -> Vec<u32> {
        self.default.into()
    }
}

impl Kind for ChoiceFlag {
    type Value = &'static str;

    fn read<S: Source>(self, source: &S) -> &'static str {
        source.choice(self)
    }

    fn default(self) -> &'static str {
        self.default
    }
}

impl Kind for QueuesFlag {
    type Value = ();

    fn read<S: Source>(self, _: &S) {}

    fn default(self) {}
}

/// Makes everything that follows from the declarations of the flags.
macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident: $kind:ident { $($rule:tt)* }, $meaning:literal;)*) => {
        /// The values of all flags for one worker, in general or for the conversations of a queue.
        #[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Flags {
            $($(#[$doc])* pub $name: <$kind as Kind>::Value,)*
        }

        impl Flags {
            /// Reads every flag.
            pub fn read<S: Source>(source: &S) -> Self {
                Self {
                    $($name: FLAGS.$name.read(source),)*
                }
            }
        }

        impl Default for Flags {
            fn default() -> Self {
                Self {
                    $($name: Kind::default(FLAGS.$name),)*
                }
            }
        }

        /// The declarations of the flags, by name. See [`FLAGS`].
        #[derive(Debug, Clone, Copy)]
        pub struct Declarations {
            $($(#[$doc])* pub $name: $kind,)*
        }

        /// Every flag by its name, such as `FLAGS.enabled`.
        pub const FLAGS: Declarations = Declarations {
            $($name: $kind { name: stringify!($name), $($rule)* },)*
        };

        /// Every flag with its description, in the order of the tables.
        pub const ALL: &[Described] = &[
            $(Described { flag: FLAGS.$name.any(), meaning: $meaning },)*
        ];
    };
}

flags! {
    /// Turns on the feature.
    enabled: BoolFlag { default: false }, "agents can park";

    /// Turns on the list.
    show_list: BoolFlag { default: false },
        "agents see their parked conversations in a list, and can resume them from there";

    /// Saves the agent the click that accepts a conversation that they resume.
    auto_accept: BoolFlag { default: true },
        "a conversation that an agent resumes from the list is accepted and selected for them";

    /// Lets agents close a parked conversation without taking it back.
    end_from_list: BoolFlag { default: true },
        "agents can end a parked conversation from the list";

    /// The lifetime of a row of the list. The largest is what Sync allows, a year.
    ///
    /// Source: <https://www.twilio.com/docs/sync/api/map-item-resource>
    list_ttl_hours: IntegerFlag { default: 0, range: (0, 8_760) },
        "how many hours a conversation stays in the list; `0`, and SMS whatever is set: for as long as it is parked";

    /// Brings a conversation back to the agent who knows it. The largest is an hour: a customer waits that long at most.
    same_agent_seconds: IntegerFlag { default: 0, range: (0, 3_600) },
        "how many seconds a conversation that comes back is offered only to the agent who parked it, if they are available and have capacity; `0`: the workflow decides at once";

    /// Bounds the wait of a customer who writes before the time of a kept appointment. The largest is a day.
    keep_ceiling_minutes: IntegerFlag { default: 60, range: (1, 1_440) },
        "how many minutes the first message of a customer may wait if the agent has parked with \"Keep this time even if they write\"";

    /// Forgets no conversation: one that waits for too long comes back. The largest is 180 days.
    expires_after_hours: IntegerFlag { default: 0, range: (0, 4_320) },
        "after how many hours a conversation without a time is routed, even if the customer has not written; `0`: never";

    /// Bounds the number of conversations that an agent has parked. It is counted in the agent's list.
    max_parked: IntegerFlag { default: 0, range: (0, 50) },
        "how many conversations an agent may have parked at a time; needs `show_list`; `0`: as many as they like";

    /// Keeps the Studio flow through which a conversation came in from starting again while it is parked. Twilio does not
    /// document whether that flow's webhook goes away once the conversation is with Flex.
    pause_studio_flow: BoolFlag { default: false },
        "a Studio flow that hears of a conversation's messages does not while it is parked; its webhook is put back once an agent has joined";

    /// The start of a working day, for the times that an agent is offered. A choice of the shim and of `plugin::appointment`.
    day_starts_at: IntegerFlag { default: 9, range: (0, 23) },
        "the hour at which \"Tomorrow\" and \"Monday\" begin for an agent who parks until a time";

    /// The reasons for a park. The longest is that of [`crate::request::LONGEST_REASON`].
    reasons: TextsFlag { most: 20, longest: 60 },
        "the reasons that an agent can choose from when parking";

    /// Makes the reason a duty, unless there is none to choose.
    reason_required: BoolFlag { default: false },
        "an agent has to choose one of the `reasons`: a click on Park asks for it";

    /// Tells the customer that the agent is waiting. The texts go with the park to the Function, which chooses one of them.
    notify_customer: TextsFlag { most: 20, longest: 500 },
        "the text that a customer gets when their conversation is parked, in the agent's name: one for each language, such as `es: Un momento`, where the task's attribute `language` or else the first decides; the SID of a content template (`HX…`) instead of a text arrives at any time, a text on WhatsApp and Messenger only within a day after the customer's last message";

    /// Writes figures about parking for Flex Insights, which costs a request with each park.
    insights: BoolFlag { default: false },
        "the parked task's outcome, and the cause and the length of the park, are written for Flex Insights";

    /// The number of the Insights field for the reason of the park.
    insights_reason_attribute: IntegerFlag { default: 0, range: (0, 10) },
        "the number of the `conversation_attribute` for the reason of the park; `0`: none";

    /// The number of the Insights field for the cause of the return.
    insights_cause_attribute: IntegerFlag { default: 0, range: (0, 10) },
        "the number of the `conversation_attribute` for the cause of the return (`message`, `time`, `expiry`, `resume`, `given`, `owner`); `0`: none";

    /// The number of the Insights field for the length of the park.
    insights_seconds_measure: IntegerFlag { default: 0, range: (0, 10) },
        "the number of the `conversation_measure` for the length of the park, in seconds; `0`: none";

    /// The number of the Insights field for the number of parks.
    insights_parks_measure: IntegerFlag { default: 0, range: (0, 10) },
        "the number of the `conversation_measure` for the number of parks of the conversation; `0`: none";

    /// Limits parking to some channels. A rule of the desktop: the Functions take the park of any channel.
    channels: TextsFlag { most: 20, longest: 60 },
        "the channels whose conversations may be parked, such as `web`, `whatsapp`, `sms`, `messenger` or `email`; none: all";

    /// Limits parking to some queues. A rule of the desktop, like that of `channels`.
    queues: TextsFlag { most: 50, longest: 128 },
        "the queues, by name or SID, whose conversations may be parked; none: all";

    /// Reminds an agent of the conversations that wait. It is counted in the agent's list.
    max_parked_hint: IntegerFlag { default: 0, range: (0, 50) },
        "from how many parked conversations on a park reminds the agent of the oldest; needs `show_list`; `0`: never";

    /// The waits that the dialog offers. The largest is that of an appointment, 30 days.
    wait_minutes: IntegersFlag { default: &[60, 240], most: 4, range: (1, 43_200) },
        "the waits in minutes that an agent can choose from who parks until a time";

    /// Sets flags for the conversations of a queue.
    per_queue: QueuesFlag { most: 50 },
        "flags for the conversations of a queue, by its name or SID, such as `{\"Support\": {\"reasons\": [\"Waiting for parts\"]}}`";

    /// Bounds the conversations on which supervisors act. The Functions read it themselves, for all workers alike: see
    /// `protocol::oversight`. A worker's own setting has no effect.
    supervisors_see: ChoiceFlag { default: "all", choices: &["all", "team"] },
        "whose parked conversations a supervisor sees and acts on: those of `all` agents, or those of their own `team`, by the workers' attributes `team_id` and `team_name`; admins see all";

    /// Keeps what people wrote and are called out of Sync, where every agent's browser can read it.
    row_texts: BoolFlag { default: true },
        "rows of the list hold the customer's name and address, the last message's first line, the note, the agent's name and the task's attributes; off: only the channel, the times and the reason";

    /// Marks messages that wait for too long in the view of the team. The largest is a day.
    alert_unanswered_minutes: IntegerFlag { default: 15, range: (0, 1_440) },
        "after how many minutes without an answer a parked conversation is marked for supervisors; needs `show_list`; `0`: never";

    /// Marks conversations that are parked for too long in the view of the team. The largest is 180 days.
    alert_parked_hours: IntegerFlag { default: 0, range: (0, 4_320) },
        "after how many hours a parked conversation is marked for supervisors; needs `show_list`; `0`: never";
}
