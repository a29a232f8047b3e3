//! The history of a parked conversation: who did what with it and when. It is a part of the parked record, so it is for people and
//! decides nothing.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::attributes::Attributes;
use crate::sid::WorkerSid;
use crate::stored::ReadFrom;
use crate::twilio::time::Millis;

/// The most entries. Older ones are left out.
const MOST: usize = 10;

/// The most characters of a deed's name.
const LONGEST_NAME: usize = 20;

/// The time within which the same deed is a repeated request, whose first answer was lost.
pub const REPEATED_WITHIN_MS: Millis = 60_000;

/// An entry of the history.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Deed {
    /// The time, in seconds since 1970.
    pub at: u32,
    /// The worker whose deed it was.
    pub by: WorkerSid,
    /// The deed: the outcome of the operation, such as `parked`.
    pub did: String,
    /// The worker who got the conversation, if it was given to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<WorkerSid>,
}

impl Deed {
    fn read(entry: &Attributes) -> Option<Self> {
        let did = entry.text_at("did")?;
        (did.chars().count() <= LONGEST_NAME).then_some(Self {
            at: u32::read_from(entry, "at")?,
            by: entry.get("by")?,
            did,
            to: entry.get("to"),
        })
    }
}

/// Reads the history under `key`. Entries that are damaged are left out.
#[must_use]
pub fn read(own: &Attributes, key: &str) -> Vec<Deed> {
    let entries: Vec<Box<RawValue>> = own.get(key).unwrap_or_default();
    let mut history: Vec<Deed> = entries
        .iter()
        .filter_map(|entry| Deed::read(&Attributes::parse(entry.get()).ok()?))
        .collect();
    forget(&mut history);
    history
}

/// Returns the history with one more deed. A repeated request adds none.
#[must_use]
pub fn with(mut history: Vec<Deed>, deed: Deed) -> Vec<Deed> {
    let repeats = |last: &Deed| {
        let since_ms = Millis::from(deed.at.saturating_sub(last.at)) * 1_000;
        (&last.by, &last.did, &last.to) == (&deed.by, &deed.did, &deed.to)
            && since_ms < REPEATED_WITHIN_MS
    };
    if !history.last().is_some_and(repeats) {
        history.push(deed);
        forget(&mut history);
    }
    history
}

fn forget(history: &mut Vec<Deed>) {
    history.drain(..history.len().saturating_sub(MOST));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]

    use serde_json::{json, Value};

    use super::*;

    fn deed(at: u32, did: &str) -> Deed {
        Deed {
            at,
            by: WorkerSid::example(),
            did: did.into(),
            to: None,
        }
    }

    fn read_back(history: &Value) -> Vec<Deed> {
        let own = json!({ "history": history });
        read(&Attributes::parse(&own.to_string()).unwrap(), "history")
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let given = Deed {
            to: Some(WorkerSid::example()),
            ..deed(1_790_000_100, "given")
        };
        let history = vec![deed(1_790_000_000, "parked"), given];
        let written = serde_json::to_value(&history).unwrap();
        assert_eq!(
            written,
            json!([
                { "at": 1_790_000_000, "by": WorkerSid::example(), "did": "parked" },
                {
                    "at": 1_790_000_100, "by": WorkerSid::example(), "did": "given",
                    "to": WorkerSid::example(),
                },
            ])
        );
        assert_eq!(read_back(&written), history);
    }

    #[test]
    fn it_has_ten_entries_at_most() {
        let mut history = Vec::new();
        for at in 0..12 {
            history = with(history, deed(at * 100, "changed"));
        }
        let times: Vec<u32> = history.iter().map(|deed| deed.at).collect();
        assert_eq!(times, (2..12).map(|at| at * 100).collect::<Vec<_>>());
        let mut longer = serde_json::to_value(&history).unwrap();
        let first = json!({ "at": 7, "by": WorkerSid::example(), "did": "parked" });
        longer.as_array_mut().unwrap().insert(0, first);
        assert_eq!(read_back(&longer), history);
    }

    #[test]
    fn a_repeated_request_adds_nothing() {
        let once = with(Vec::new(), deed(100, "changed"));
        assert_eq!(with(once.clone(), deed(159, "changed")), once);
        for other in [deed(160, "changed"), deed(101, "extended")] {
            assert_eq!(with(once.clone(), other).len(), 2);
        }
        let given = |to: &str| Deed {
            to: WorkerSid::parse(format!("WK{}", to.repeat(32))).ok(),
            ..deed(100, "given")
        };
        assert_eq!(with(vec![given("1")], given("2")).len(), 2);
    }

    #[test]
    fn damaged_entries_are_left_out() {
        let whole = json!({ "at": 1.79E9, "by": WorkerSid::example(), "did": "parked", "more": 1 });
        let damaged = json!([
            null, 7, [], {}, "parked",
            { "at": 1, "by": "Ada", "did": "parked" },
            { "at": 1, "by": WorkerSid::example(), "did": "x".repeat(21) },
            { "by": WorkerSid::example(), "did": "parked" },
            whole,
        ]);
        assert_eq!(read_back(&damaged), [deed(1_790_000_000, "parked")]);
        for none in [json!(null), json!({}), json!("parked"), json!(7)] {
            assert_eq!(read_back(&none), []);
        }
    }
}
