//! The choices of a supervisor, as plain texts by name: they outlive a reload of the page, and its address shares them.

use super::view::Scope;
use super::Team;
use crate::plugin::json::{characters, Json};
use crate::plugin::list::order::WAITING_FIRST;
use crate::plugin::list::view::{Column, Direction, Sort};
use crate::sid::WorkerSid;

/// The most characters of a text. A longer one counts as none.
const LONGEST: usize = 200;

/// The value of a filter that is on or off.
pub const ON: &str = "1";

/// The choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// The chosen scope. `None`: that of the supervisor's role.
    pub scope: Option<Scope>,
    /// The chosen agent.
    pub agent: Option<WorkerSid>,
    /// The chosen queue.
    pub queue: Option<String>,
    /// The chosen channel.
    pub channel: Option<String>,
    /// The chosen reason.
    pub reason: Option<String>,
    /// True if only rows are shown whose time has come.
    pub overdue: bool,
    /// True if only rows are shown with an unheard message.
    pub unanswered: bool,
    /// The search, as it was typed.
    pub search: String,
    /// The order.
    pub sort: Sort,
}

impl Choices {
    /// Reads choices. A malformed one counts as none.
    #[must_use]
    pub fn read(saved: &Json) -> Self {
        let text = |name: &str| match saved.get(name) {
            Json::Text(text) if characters(text) <= LONGEST => Some(text.clone()),
            _ => None,
        };
        let is_on = |name: &str| saved.get_text(name) == Some(ON);
        let column = saved.get_text("sort").and_then(Column::named);
        let column = column.filter(|column| *column != Column::ListedUntil);
        let direction = match saved.get_text("order") {
            Some("descending") => Direction::Descending,
            _ => Direction::Ascending,
        };
        Self {
            scope: saved.get_text("scope").and_then(Scope::named),
            agent: text("agent").and_then(|sid| WorkerSid::parse(sid).ok()),
            queue: text("queue"),
            channel: text("channel"),
            reason: text("reason"),
            overdue: is_on("overdue"),
            unanswered: is_on("unanswered"),
            search: text("search").unwrap_or_default(),
            sort: Sort {
                column: column.unwrap_or(Column::Waiting),
                direction,
            },
        }
    }

    /// Hands each choice that is not the first one to `visit`: its name and its value, as [`Self::read`] takes them.
    pub fn each(&self, visit: &mut dyn FnMut(&'static str, &str)) {
        let on = |is_on: bool| is_on.then_some(ON);
        let sort = (self.sort != WAITING_FIRST).then_some(self.sort);
        for (name, value) in [
            ("scope", self.scope.map(Scope::name)),
            ("agent", self.agent.as_ref().map(WorkerSid::as_str)),
            ("queue", self.queue.as_deref()),
            ("channel", self.channel.as_deref()),
            ("reason", self.reason.as_deref()),
            ("overdue", on(self.overdue)),
            ("unanswered", on(self.unanswered)),
            (
                "search",
                Some(self.search.as_str()).filter(|text| !text.is_empty()),
            ),
            ("sort", sort.map(|sort| sort.column.name())),
            ("order", sort.map(|sort| sort.direction.name())),
        ] {
            if let Some(value) = value {
                visit(name, value);
            }
        }
    }
}

impl Team {
    /// Returns the supervisor's choices.
    #[must_use]
    pub fn choices(&self) -> &Choices {
        &self.choices
    }
}
