//! The list as comma-separated values, for spreadsheets.

use super::clock::{iso, Clock};
use super::columns::printable;
use super::listed::{Listed, Row};
use super::reading::Guarded;
use super::table;

const HEAD: [&str; 15] = [
    "conversation",
    "agent",
    "agent_sid",
    "parked_at",
    "state",
    "until",
    "unheard_since",
    "reason",
    "queue",
    "queue_sid",
    "channel",
    "webhook",
    "row",
    "customer",
    "notes",
];

/// The first characters that make a spreadsheet read a cell as a formula, also in the full width of East Asian keyboards.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];

/// Returns a line for each conversation below one of names. Times are in UTC, in the form of ISO 8601.
pub(super) fn text(parked: &[Listed], clock: Clock) -> String {
    let head = HEAD.map(str::to_owned);
    let rows = parked.iter().map(|one| cells(one, clock));
    std::iter::once(head)
        .chain(rows)
        .map(|row| line(&row))
        .collect()
}

fn cells(one: &Listed, clock: Clock) -> [String; 15] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let sid = |value: Option<String>| value.unwrap_or_default();
    let time = |at: Option<u64>| at.map(iso).unwrap_or_default();
    let notes: Vec<&str> = one.notes.iter().map(|note| note.text.as_str()).collect();
    [
        one.conversation_sid.to_string(),
        text(&one.worker_name),
        sid(one.worker_sid.as_ref().map(ToString::to_string)),
        time(one.parked_at),
        text(&table::state(one, clock)),
        time(one.appointment.map(|appointment| appointment.at)),
        time(one.unheard_since),
        text(&one.reason),
        text(&one.queue_name),
        sid(one.queue_sid.as_ref().map(ToString::to_string)),
        text(&one.channel),
        match &one.webhook {
            Guarded::Function => "armed".to_owned(),
            Guarded::Flow { flow_sid } => flow_sid.to_string(),
            Guarded::Elsewhere { url } => url.clone(),
            Guarded::Nothing => "missing".to_owned(),
        },
        match one.row {
            Row::There => "there",
            Row::Missing => "gone",
            Row::None => "none",
            Row::Unknown => "",
        }
        .to_owned(),
        text(&one.customer_name),
        notes.join(" "),
    ]
}

fn line(cells: &[String]) -> String {
    let quoted: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", quoted.join(","))
}

/// Returns a cell in quotes. Agents and customers choose names and reasons: a text that a spreadsheet would calculate begins with an
/// apostrophe.
///
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>
fn quoted(cell: &str) -> String {
    // A spreadsheet may take the space before a formula away.
    let is_formula = cell.starts_with(FORMULA) || cell.trim_start().starts_with(FORMULA);
    let mark = if is_formula { "'" } else { "" };
    let cell = printable(cell).replace('"', "\"\"");
    format!("\"{mark}{cell}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_a_formula() {
        for (cell, expected) in [
            ("", r#""""#),
            ("Ada, or \"A\"", r#""Ada, or ""A""""#),
            ("a\nb\u{1b}", "\"a\u{fffd}b\u{fffd}\""),
            ("=HYPERLINK(1)", r#""'=HYPERLINK(1)""#),
            ("+1", r#""'+1""#),
            ("-1", r#""'-1""#),
            ("@x", r#""'@x""#),
            ("\t=1", "\"'\u{fffd}=1\""),
            ("a=1", r#""a=1""#),
            (" =1", r#""' =1""#),
            ("\u{a0}+1", "\"'\u{a0}+1\""),
            ("＝1", r#""'＝1""#),
            (" a", r#"" a""#),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
