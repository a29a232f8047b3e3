//! The orders of rows. Each is total: no two rows are equal, so that a row has one place. In each, rows with an unheard message come
//! first, the oldest message first, and after them rows with a message that waits for the kept time.

use std::cmp::Ordering;

use super::entry::Entry;
use super::view::{Column, Direction, Sort};

/// The order at the start: newest first.
pub const NEWEST_FIRST: Sort = Sort {
    column: Column::ParkedAt,
    direction: Direction::Descending,
};

/// The order of a team's rows at the start: who waits longest.
pub const WAITING_FIRST: Sort = Sort {
    column: Column::Waiting,
    direction: Direction::Ascending,
};

/// Returns the order after a click on `column`: the same column is reversed, another one starts at its usual end.
#[must_use]
pub fn after_click(sort: Sort, column: Column) -> Sort {
    let direction = match (sort.column == column, sort.direction, column) {
        (true, Direction::Ascending, _) | (false, _, Column::ParkedAt) => Direction::Descending,
        _ => Direction::Ascending,
    };
    Sort { column, direction }
}

/// Compares two rows. A missing value comes last in both directions; among equals the newest row comes first.
#[must_use]
pub fn compare(sort: Sort, a: &Entry, b: &Entry) -> Ordering {
    let by_column = match sort.column {
        Column::Customer => last(
            a.data.customer_name.is_none(),
            b.data.customer_name.is_none(),
        )
        .then_with(|| directed(sort, a.texts.customer.cmp(&b.texts.customer))),
        Column::Channel => last(a.channel.is_empty(), b.channel.is_empty())
            .then_with(|| directed(sort, a.texts.channel.cmp(&b.texts.channel))),
        Column::ParkedAt => last(parked_at(a).is_none(), parked_at(b).is_none())
            .then_with(|| directed(sort, times(parked_at(a), parked_at(b)))),
        Column::Agent => directed(sort, a.texts.owner.cmp(&b.texts.owner)),
        Column::Queue => text(sort, a.data.queue_name.as_ref(), b.data.queue_name.as_ref()),
        Column::Reason => text(sort, a.data.reason.as_ref(), b.data.reason.as_ref()),
        Column::Waiting => directed(sort, waiting(a, b)),
        // A row that only a message brings back is later than any time, and so is one that stays.
        Column::Due => directed(sort, times(a.returns_at(), b.returns_at())),
        Column::ListedUntil => {
            directed(sort, times(a.data.park.expires_at, b.data.park.expires_at))
        }
    };
    b.is_unheard()
        .cmp(&a.is_unheard())
        .then_with(|| times(a.data.unheard_since, b.data.unheard_since))
        .then(by_column)
        .then_with(|| last(parked_at(a).is_none(), parked_at(b).is_none()))
        .then_with(|| times(parked_at(b), parked_at(a)))
        .then_with(|| a.key.cmp(&b.key))
}

/// Puts those whose time has come first, the longest overdue before the others, and then those that were parked first.
fn waiting(a: &Entry, b: &Entry) -> Ordering {
    let over = |entry: &Entry| entry.returns_at().filter(|_| entry.overdue.get());
    times(over(a), over(b)).then_with(|| times(parked_at(a), parked_at(b)))
}

fn text(sort: Sort, a: Option<&String>, b: Option<&String>) -> Ordering {
    last(a.is_none(), b.is_none()).then_with(|| directed(sort, a.cmp(&b)))
}

fn parked_at(entry: &Entry) -> Option<f64> {
    entry.data.park.parked_at
}

/// Puts a missing value last, in both directions.
fn last(a_missing: bool, b_missing: bool) -> Ordering {
    a_missing.cmp(&b_missing)
}

fn directed(sort: Sort, ascending: Ordering) -> Ordering {
    match sort.direction {
        Direction::Ascending => ascending,
        Direction::Descending => ascending.reverse(),
    }
}

fn times(a: Option<f64>, b: Option<f64>) -> Ordering {
    let time = |time: Option<f64>| time.unwrap_or(f64::INFINITY);
    time(a).total_cmp(&time(b))
}
