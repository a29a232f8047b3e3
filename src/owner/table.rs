//! The list for people: a table, and below it the notes on single conversations.

use super::appointment::{Appointment, AppointmentState};
use super::clock::Clock;
use super::columns::{aligned_left, printable, shortened};
use super::listed::{Listed, Row};
use super::reading::Guarded;

/// The most characters of a name or a reason in the table.
const LONGEST_TEXT: usize = 30;

/// The number of columns.
const COLUMNS: usize = 10;

const HEAD: [&str; COLUMNS] = [
    "conversation",
    "customer",
    "parked by",
    "since",
    "state",
    "reason",
    "queue",
    "channel",
    "webhook",
    "row",
];

/// Returns the table and the notes.
pub(super) fn text(parked: &[Listed], clock: Clock) -> String {
    let rows: Vec<[String; COLUMNS]> = std::iter::once(HEAD.map(str::to_owned))
        .chain(parked.iter().map(|one| cells(one, clock)))
        .collect();
    let table = without_empty(&rows);
    let mut below: Vec<String> = parked.iter().flat_map(|one| lines(one, clock)).collect();
    let shows_a_time = |one: &Listed| one.unheard_since.is_some() || one.appointment.is_some();
    if parked.iter().any(shows_a_time) {
        below.insert(
            0,
            format!("Times are those of this machine, {}.", clock.zone()),
        );
    }
    if below.is_empty() {
        table
    } else {
        format!("{table}\n\n{}", below.join("\n"))
    }
}

/// Returns the lines below the table for one conversation.
fn lines(one: &Listed, clock: Clock) -> Vec<String> {
    let sid = &one.conversation_sid;
    // The column has room for the message only.
    let appointment = one.unheard_since.and(one.appointment);
    let appointment =
        appointment.map(|appointment| format!("Appointment: {}.", words(appointment, clock)));
    let notes = one.notes.iter().map(|note| note.text.clone());
    let all = appointment.into_iter().chain(notes);
    all.map(|text| format!("{sid}: {}", printable(&text)))
        .collect()
}

/// Returns the rows in columns. The customers and the reasons have a column only if there is one to show.
fn without_empty(rows: &[[String; COLUMNS]]) -> String {
    let is_empty = |column: &str| {
        let at = HEAD.iter().position(|name| *name == column);
        let cells = rows.iter().skip(1).map(|row| at.and_then(|at| row.get(at)));
        cells.flatten().all(String::is_empty)
    };
    let hidden: Vec<&str> = ["customer", "reason"]
        .into_iter()
        .filter(|name| is_empty(name))
        .collect();
    let kept = |row: &[String; COLUMNS]| -> Vec<String> {
        let cells = row.iter().zip(HEAD);
        let cells = cells.filter(|(_, name)| !hidden.contains(name));
        cells.map(|(cell, _)| cell.clone()).collect()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(kept).collect();
    aligned_left(&rows)
}

fn cells(one: &Listed, clock: Clock) -> [String; COLUMNS] {
    let unknown = || "?".to_owned();
    let worker = one.worker_sid.as_ref().map(ToString::to_string);
    [
        one.conversation_sid.to_string(),
        shortened(
            one.customer_name.as_deref().unwrap_or_default(),
            LONGEST_TEXT,
        ),
        one.worker_name.clone().or(worker).unwrap_or_else(unknown),
        one.parked_at.map_or_else(unknown, |at| clock.age(at)),
        state(one, clock).unwrap_or_else(|| "-".to_owned()),
        shortened(one.reason.as_deref().unwrap_or_default(), LONGEST_TEXT),
        one.queue_name.clone().unwrap_or_else(unknown),
        one.channel.clone().unwrap_or_else(unknown),
        match &one.webhook {
            Guarded::Function => "armed".to_owned(),
            Guarded::Flow { flow_sid } => format!("flow {flow_sid}"),
            Guarded::Elsewhere { .. } => one.webhook.other_host().unwrap_or("?").to_owned(),
            Guarded::Nothing => "MISSING".to_owned(),
        },
        match one.row {
            Row::There => "there".to_owned(),
            Row::Missing => "gone".to_owned(),
            Row::None => "none".to_owned(),
            Row::Unknown => unknown(),
        },
    ]
}

/// Returns the event that matters most: the customer's message, else the appointment; none if there is neither.
pub(super) fn state(one: &Listed, clock: Clock) -> Option<String> {
    Some(match (one.unheard_since, one.appointment) {
        (Some(at), _) if clock.is_a_day_ago(at) => {
            format!("wrote {} ago, not answered yet", clock.age(at))
        }
        (Some(at), _) => format!("wrote at {}, not answered yet", clock.time_of_day(at)),
        (None, Some(appointment)) => words(appointment, clock),
        (None, None) => return None,
    })
}

fn words(appointment: Appointment, clock: Clock) -> String {
    let when = clock.date_and_time(appointment.at);
    match appointment.state {
        AppointmentState::Ahead => format!("until {when}"),
        AppointmentState::Routed => format!("until {when}, task open"),
        AppointmentState::Overdue => format!("overdue since {when}"),
    }
}
