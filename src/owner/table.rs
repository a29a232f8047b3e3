//! The list for people: a table, and below it the notes on single conversations.

use super::listed::{Listed, Row};
use super::reading::Guarded;
use crate::twilio::time::Millis;

const HEAD: [&str; 8] = [
    "conversation",
    "parked by",
    "since",
    "unheard",
    "queue",
    "channel",
    "webhook",
    "row",
];
const MINUTE_MS: Millis = 60_000;
const MINUTES_A_DAY: u64 = 1_440;

/// The reader's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// In milliseconds since 1970.
    pub now: f64,
    /// The minutes by which it is ahead of UTC.
    pub minutes_east: i32,
}

/// Returns the table and the notes.
pub(super) fn text(parked: &[Listed], clock: Clock) -> String {
    let table = table(parked, clock);
    let notes = parked.iter().flat_map(|one| {
        let sid = &one.conversation_sid;
        one.notes
            .iter()
            .map(move |note| format!("{sid}: {}", note.text))
    });
    let notes: Vec<String> = notes.collect();
    if notes.is_empty() {
        table
    } else {
        format!("{table}\n\n{}", notes.join("\n"))
    }
}

fn table(parked: &[Listed], clock: Clock) -> String {
    let rows: Vec<[String; 8]> = std::iter::once(HEAD.map(str::to_owned))
        .chain(parked.iter().map(|one| cells(one, clock)))
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let line = |row: &[String; 8]| {
        let cells = row.iter().zip(&widths);
        let padded: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn cells(one: &Listed, clock: Clock) -> [String; 8] {
    let unknown = || "?".to_owned();
    let worker = one.worker_sid.as_ref().map(ToString::to_string);
    [
        one.conversation_sid.to_string(),
        one.worker_name.clone().or(worker).unwrap_or_else(unknown),
        one.parked_at.map_or_else(unknown, |at| age(at, clock)),
        one.unheard_since
            .map_or_else(|| "-".to_owned(), |at| unheard(at, clock)),
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

/// Returns the time of the customer's message: the time of day, or the days since then if it was another day.
fn unheard(at: Millis, clock: Clock) -> String {
    if minutes_since(at, clock) >= MINUTES_A_DAY {
        return format!("wrote {} ago, not answered yet", age(at, clock));
    }
    let minutes = (at / MINUTE_MS).saturating_add_signed(i64::from(clock.minutes_east));
    let of_day = minutes % MINUTES_A_DAY;
    format!(
        "wrote at {}:{:02}, not answered yet",
        of_day / 60,
        of_day % 60
    )
}

/// Returns a duration in its two largest units.
fn age(at: Millis, clock: Clock) -> String {
    let minutes = minutes_since(at, clock);
    let (days, hours) = (minutes / MINUTES_A_DAY, minutes / 60 % 24);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {hours} h"),
    }
}

fn minutes_since(at: Millis, clock: Clock) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a time in milliseconds is positive and far below 2^53"
    )]
    let now = clock.now as Millis;
    now.saturating_sub(at) / MINUTE_MS
}
