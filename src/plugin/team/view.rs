//! The data for the view of a team: plain data for the shim, which formats numbers and times and decides nothing.

use serde::Serialize;

use crate::plugin::effect::StringKey;
use crate::plugin::list::time::Relative;
use crate::plugin::list::view::{Announcement, Sort, Status};
use crate::sid::WorkerSid;

/// Whose parked conversations are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// The supervisor's own.
    Mine,
    /// Those of their team.
    Team,
    /// All.
    All,
}

impl Scope {
    /// Returns the scope with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let scopes = [Self::Mine, Self::Team, Self::All];
        scopes.into_iter().find(|scope| scope.name() == name)
    }

    /// Returns the scope's name, as it is serialized.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Team => "team",
            Self::All => "all",
        }
    }
}

/// A value that rows can be filtered by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct FacetValue {
    /// The value for the filter: an agent's worker SID, or a text. Empty: rows without one.
    pub value: String,
    /// An agent's name. Null: the value itself is the name, or, for a channel, `label` has it.
    pub name: Option<String>,
    /// The key of a channel's name in Flex's strings; null: it has none there.
    pub label: Option<StringKey>,
    /// The number of rows in the scope that match the other filters, regardless of the search.
    pub count: u32,
}

/// The values of each filter. The chosen one is among them, though it may have no row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Facets {
    /// Agents, by name.
    pub agent: Vec<FacetValue>,
    /// Queues, by name.
    pub queue: Vec<FacetValue>,
    /// Channels, by name.
    pub channel: Vec<FacetValue>,
    /// Reasons.
    pub reason: Vec<FacetValue>,
}

/// The chosen values, by filter; null: any.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Chosen {
    /// The agent's worker SID.
    pub agent: Option<String>,
    /// The queue's name.
    pub queue: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// The reason.
    pub reason: Option<String>,
    /// `1`: only rows whose time has come.
    pub overdue: Option<&'static str>,
    /// `1`: only rows with an unheard message.
    pub unanswered: Option<&'static str>,
}

/// Numbers of rows in the scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// All rows.
    pub parked: u32,
    /// Those that come back by themselves before the day ends.
    pub due_today: u32,
    /// Those whose time has come.
    pub overdue: u32,
    /// Those with an unheard message.
    pub unheard: u32,
}

/// The numbers of rows that the filters would show which are on or off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct FlagCounts {
    /// Rows whose time has come.
    pub overdue: u32,
    /// Rows with an unheard message.
    pub unanswered: u32,
}

/// The numbers of lists in the scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Lists {
    /// All of them.
    pub all: u32,
    /// Those that could not be read.
    pub failed: u32,
}

/// Everything about the team but its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct TeamView {
    /// The status.
    pub status: Status,
    /// The key of the text that says why nothing can be read. Only when it has failed.
    pub failure: Option<StringKey>,
    /// True if lists are still being read for the first time.
    pub reading: bool,
    /// The scope that is shown.
    pub scope: Scope,
    /// The scopes that the supervisor has.
    pub scopes: Vec<Scope>,
    /// True if the supervisor belongs to no team.
    pub no_team: bool,
    /// The lists of the scope.
    pub lists: Lists,
    /// The number of rows in the scope.
    pub total: u32,
    /// The number of rows that match the search and the filters: `rows` returns these.
    pub matching: usize,
    /// The number of rows in the scope with an unheard message.
    pub unheard: u32,
    /// The number of rows in the scope that need attention.
    pub alerts: u32,
    /// Numbers of rows in the scope.
    pub totals: Totals,
    /// The values of the filters.
    pub facets: Facets,
    /// The numbers of rows that the other filters would show.
    pub counts: FlagCounts,
    /// The chosen values.
    pub filters: Chosen,
    /// The text of the search, as it was typed.
    pub search: String,
    /// The order of the rows.
    pub sort: Sort,
    /// The last announcement.
    pub announcement: Option<Announcement>,
}

/// An agent and the sum of their list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct AgentSum {
    /// The agent.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "string"))]
    pub worker_sid: WorkerSid,
    /// Their name.
    pub name: String,
    /// True if the agent is in the supervisor's team.
    pub is_mine: bool,
    /// True if the agent takes tasks.
    pub is_available: bool,
    /// The activity's name.
    pub activity: String,
    /// True once the agent's list has been read. Before that the numbers are 0.
    pub is_read: bool,
    /// The number of rows.
    pub count: u32,
    /// The time of the oldest park, in milliseconds since 1970.
    pub oldest_at: Option<f64>,
    /// The same as seen from now.
    pub oldest_ago: Option<Relative>,
    /// The number of rows that come back by themselves before the day ends.
    pub due_today: u32,
    /// The number of rows whose time has come.
    pub overdue: u32,
    /// The number of rows with an unheard message.
    pub unheard: u32,
}
