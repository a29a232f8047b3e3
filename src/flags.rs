//! The feature's flags, as an admin sets them below `features.park_interaction` in Flex's configuration.
//!
//! This table is the one place that says which flags there are. The plugin reads by it, and the checks, the JSON
//! Schema and the tables of the READMEs are made from it.

/// Where they stand, below `custom_data` in the configuration and below `config_overrides` in a worker's attributes.
pub const FEATURE: [&str; 2] = ["features", "park_interaction"];

/// The flags of one worker, read.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags {
    /// [`ENABLED`]
    pub enabled: bool,
    /// [`SHOW_LIST`]
    pub show_list: bool,
    /// [`AUTO_ACCEPT`]
    pub auto_accept: bool,
    /// [`LIST_TTL_HOURS`]
    pub list_ttl_hours: u32,
    /// [`PAUSE_STUDIO_FLOW`]
    pub pause_studio_flow: bool,
}

/// A flag that is on or off.
#[derive(Debug, Clone, Copy)]
pub struct Switch {
    /// The key in the configuration.
    pub name: &'static str,
    /// What it is if nobody sets it.
    pub default: bool,
    /// What it does, for an admin.
    pub meaning: &'static str,
}

/// A flag that is a whole number.
#[derive(Debug, Clone, Copy)]
pub struct Whole {
    /// The key in the configuration.
    pub name: &'static str,
    /// What it is if nobody sets it.
    pub default: u32,
    /// The smallest and the largest that are allowed.
    pub range: (u32, u32),
    /// What it does, for an admin.
    pub meaning: &'static str,
}

/// Any flag.
#[derive(Debug, Clone, Copy)]
pub enum Flag {
    /// One that is on or off.
    Switch(Switch),
    /// One that is a whole number.
    Whole(Whole),
}

/// Turns on the feature.
pub const ENABLED: Switch = Switch {
    name: "enabled",
    default: false,
    meaning: "agents can park",
};

/// Turns on the list.
pub const SHOW_LIST: Switch = Switch {
    name: "show_list",
    default: false,
    meaning: "agents see their parked conversations in a list, and can resume them from there",
};

/// Takes the click out of resuming.
pub const AUTO_ACCEPT: Switch = Switch {
    name: "auto_accept",
    default: true,
    meaning: "a conversation that an agent resumes from the list is accepted and selected for them",
};

/// How long a row of the list lives. The most is what Sync allows, a year.
///
/// Source: <https://www.twilio.com/docs/sync/api/map-item-resource>
pub const LIST_TTL_HOURS: Whole = Whole {
    name: "list_ttl_hours",
    default: 24,
    range: (0, 8_760),
    meaning: "how many hours a conversation stays in the list; `0`, and SMS whatever is set: until it is resumed or wakes",
};

/// Keeps the flow by which a conversation came in from beginning anew while it is parked. Twilio does not document whether that
/// flow's webhook goes when it has sent the conversation to Flex.
pub const PAUSE_STUDIO_FLOW: Switch = Switch {
    name: "pause_studio_flow",
    default: false,
    meaning: "a Studio flow that hears of a conversation's messages does not while it is parked; its webhook is put back once an agent has joined",
};

/// Every flag there is.
pub const ALL: [Flag; 5] = [
    Flag::Switch(ENABLED),
    Flag::Switch(SHOW_LIST),
    Flag::Switch(AUTO_ACCEPT),
    Flag::Whole(LIST_TTL_HOURS),
    Flag::Switch(PAUSE_STUDIO_FLOW),
];

impl Flag {
    /// The key in the configuration.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Switch(switch) => switch.name,
            Self::Whole(whole) => whole.name,
        }
    }

    /// What it does, for an admin.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        match self {
            Self::Switch(switch) => switch.meaning,
            Self::Whole(whole) => whole.meaning,
        }
    }
}
