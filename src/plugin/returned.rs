//! A task whose conversation has been parked: why it was, by whom, and why it is back.
//!
//! The Functions write these facts into the task's attribute [`PARKED`](crate::task_attributes::PARKED). Workflows and other plugins
//! can change it, so a value that is not as expected counts as missing.

use serde::Serialize;

use super::appointment::is_in_range;
use super::effect::StringKey;
use super::json::{integer, shortened, Json};
use super::list::time;
use super::list::time::Relative;
use crate::request::{Appointment, LONGEST_NOTE, LONGEST_REASON};
use crate::stored::ReadFrom;

/// The facts about the last park of a task's conversation. A value that is not known is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Returned {
    /// The key of the text that names the agent who parked.
    pub by: Option<StringKey>,
    /// The `{{agent}}` of that text.
    pub agent: Option<String>,
    /// The time of the park, in milliseconds since 1970.
    pub at: Option<f64>,
    /// The time of the park as seen from now.
    pub ago: Option<Relative>,
    /// The key of the text that says why the conversation is back.
    pub cause: Option<StringKey>,
    /// The number of parks, if there were several.
    pub parks: Option<u32>,
    /// The index of the last message that the agent who parked has seen.
    pub last_seen_index: Option<u32>,
    /// The reason that the agent chose.
    pub reason: Option<String>,
    /// The note that the agent wrote.
    pub note: Option<String>,
    /// The appointment that a message has ended early: the agent can park until the same time again.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "{ until: number } | null"))]
    pub again: Option<Appointment>,
}

/// Returns the facts about the park out of which a task has come back. `None`: its attributes name neither time nor agent.
///
/// `view` has the attribute `parked`, the `workerSid` of the agent who sees the task, and the task's `status`.
#[must_use]
pub fn returned(view: &Json, now: f64) -> Option<Returned> {
    let parked = view.get("parked");
    let text = |name: &str, most: usize| {
        parked
            .get_text(name)
            .map(|text| shortened(text, most).to_owned())
    };
    let worker = parked.get_text("workerSid");
    let agent = text("agentName", LONGEST_REASON);
    let at = parked.get_time("at");
    // The worker is the one whose conversation it was at last, and the name is that of who parked.
    let is_given = parked.get_time("givenAt").is_some();
    let by = if !is_given && worker.is_some() && worker == view.get_text("workerSid") {
        Some(StringKey::ParkInteractionListByYou)
    } else if agent.is_some() {
        Some(StringKey::ParkInteractionListByAgent)
    } else {
        worker.map(|_| StringKey::ParkInteractionListByColleague)
    };
    if at.is_none() && by.is_none() {
        return None;
    }
    let cause = parked.get_text("cause").and_then(cause);
    // Only the agent who has the task can park it.
    let is_early = cause == Some(StringKey::ParkInteractionBackMessage)
        && view.get_text("status") == Some("accepted");
    let until = until(parked, now).filter(|_| is_early);
    let (reason, note) = (text("reason", LONGEST_REASON), text("note", LONGEST_NOTE));
    Some(Returned {
        by,
        agent,
        at,
        ago: at.map(|at| time::ago(at, now)),
        cause,
        parks: u32::read_from(parked, "parks").filter(|parks| *parks > 1),
        last_seen_index: u32::read_from(parked, "lastSeenIndex"),
        again: until.map(|until| Appointment {
            until: Some(until),
            keep_time: *parked.get("kept") == Json::Bool(true),
            reason: reason.clone(),
            note: note.clone(),
            agent_name: None,
        }),
        reason,
        note,
    })
}

fn cause(name: &str) -> Option<StringKey> {
    Some(match name {
        "message" => StringKey::ParkInteractionBackMessage,
        "time" => StringKey::ParkInteractionBackTime,
        "expiry" => StringKey::ParkInteractionBackExpiry,
        "resume" => StringKey::ParkInteractionBackResumed,
        "owner" => StringKey::ParkInteractionBackOwner,
        "given" => StringKey::ParkInteractionBackGiven,
        _ => return None,
    })
}

/// Returns the time of the ended appointment in seconds since 1970, if the Functions would take it again now.
fn until(parked: &Json, now: f64) -> Option<u32> {
    let until = (parked.get_time("until")? / 1_000.0).floor();
    let is_taken = is_in_range(until * 1_000.0, now);
    is_taken.then_some(until).and_then(integer)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a panic is a failed test"
    )]

    use serde_json::{json, Value};

    use super::super::list::time::Unit;
    use super::*;

    const ME: &str = "WK00000000000000000000000000000001";
    const BEN: &str = "WK00000000000000000000000000000002";
    const NOW: f64 = 1_800_000_000_000.0;
    const HOUR: f64 = 3_600_000.0;

    fn parked() -> Value {
        json!({
            "at": NOW - 2.0 * HOUR,
            "workerSid": ME,
            "agentName": "Ada Agent",
            "reason": "Waiting for a number",
            "note": "Sends the order number tonight",
            "until": NOW + HOUR,
            "kept": true,
            "parks": 3,
            "lastSeenIndex": 0,
            "cause": "message",
        })
    }

    fn seen(parked: &Value, status: &str) -> Option<Returned> {
        let view = json!({ "parked": parked, "workerSid": ME, "status": status });
        returned(&Json::from(&view), NOW)
    }

    /// The facts with some values replaced, seen by the agent who has the task.
    fn with(changes: &Value) -> Option<Returned> {
        let mut parked = parked();
        for (key, value) in changes.as_object().unwrap() {
            parked[key] = value.clone();
        }
        seen(&parked, "accepted")
    }

    fn shown(returned: &Returned) -> Value {
        serde_json::to_value(returned).unwrap()
    }

    #[test]
    fn every_fact_is_shown() {
        let shown = shown(&seen(&parked(), "accepted").unwrap());
        assert_eq!(
            shown,
            json!({
                "by": "ParkInteractionListByYou",
                "agent": "Ada Agent",
                "at": NOW - 2.0 * HOUR,
                "ago": { "value": -2, "unit": "hour", "numeric": "always" },
                "cause": "ParkInteractionBackMessage",
                "parks": 3,
                "lastSeenIndex": 0,
                "reason": "Waiting for a number",
                "note": "Sends the order number tonight",
                "again": {
                    "until": 1_800_003_600,
                    "keepTime": true,
                    "reason": "Waiting for a number",
                    "note": "Sends the order number tonight",
                },
            })
        );
    }

    #[test]
    fn the_agent_is_named_as_well_as_possible() {
        for (changes, by) in [
            (json!({}), Some(StringKey::ParkInteractionListByYou)),
            (
                json!({ "workerSid": BEN }),
                Some(StringKey::ParkInteractionListByAgent),
            ),
            (
                json!({ "workerSid": null }),
                Some(StringKey::ParkInteractionListByAgent),
            ),
            (
                json!({ "givenAt": NOW - HOUR }),
                Some(StringKey::ParkInteractionListByAgent),
            ),
            (
                json!({ "workerSid": BEN, "agentName": null }),
                Some(StringKey::ParkInteractionListByColleague),
            ),
            (json!({ "workerSid": null, "agentName": " " }), None),
        ] {
            assert_eq!(with(&changes).unwrap().by, by, "{changes}");
        }
    }

    /// Any program that can change a task's attributes can write this one.
    #[test]
    fn a_damaged_value_counts_as_missing() {
        let whole = shown(&with(&json!({})).unwrap());
        for (field, missing) in [
            ("at", &["at", "ago"][..]),
            ("reason", &["reason"]),
            ("note", &["note"]),
            ("parks", &["parks"]),
            ("lastSeenIndex", &["lastSeenIndex"]),
            ("cause", &["cause", "again"]),
            ("until", &["again"]),
        ] {
            for damage in [
                json!(null),
                json!([]),
                json!({}),
                json!(true),
                json!(""),
                json!(-1),
            ] {
                let mut expected = whole.clone();
                for name in missing {
                    expected[*name] = json!(null);
                }
                if let Some(again) = expected["again"].as_object_mut() {
                    again.remove(field);
                }
                let seen = with(&json!({ field: damage })).unwrap();
                assert_eq!(shown(&seen), expected, "{field}: {damage}");
            }
        }
    }

    #[test]
    fn without_time_and_agent_there_is_nothing_to_show() {
        for parked in [
            json!(null),
            json!(true),
            json!("text"),
            json!([1]),
            json!({}),
            json!({ "at": "yesterday", "reason": "Lunch", "workerSid": 3 }),
        ] {
            assert_eq!(seen(&parked, "accepted"), None, "{parked}");
        }
        assert_eq!(returned(&Json::Text("text".into()), NOW), None);
    }

    #[test]
    fn the_cause_is_one_of_four() {
        use StringKey as Key;
        for (cause, expected) in [
            ("message", Some(Key::ParkInteractionBackMessage)),
            ("time", Some(Key::ParkInteractionBackTime)),
            ("expiry", Some(Key::ParkInteractionBackExpiry)),
            ("resume", Some(Key::ParkInteractionBackResumed)),
            ("owner", Some(Key::ParkInteractionBackOwner)),
            ("given", Some(Key::ParkInteractionBackGiven)),
            ("Message", None),
            ("lunch", None),
        ] {
            let seen = with(&json!({ "cause": cause })).unwrap();
            assert_eq!(seen.cause, expected, "{cause}");
        }
    }

    #[test]
    fn one_park_is_not_counted() {
        for (parks, expected) in [
            (json!(0), None),
            (json!(1), None),
            (json!(2), Some(2)),
            (json!(2.5), None),
            (json!(1e300), None),
            (json!("3"), None),
        ] {
            assert_eq!(
                with(&json!({ "parks": parks })).unwrap().parks,
                expected,
                "{parks}"
            );
        }
    }

    #[test]
    fn only_an_appointment_that_the_functions_take_is_offered_again() {
        for (wait, offered) in [
            (-HOUR, false),
            (59_999.0, false),
            (60_000.0, true),
            (30.0 * 24.0 * HOUR, true),
            (30.0 * 24.0 * HOUR + 1_000.0, false),
            (1e300, false),
        ] {
            let seen = with(&json!({ "until": NOW + wait })).unwrap();
            assert_eq!(seen.again.is_some(), offered, "{wait}");
        }
        for kept in [json!(false), json!(null), json!("true"), json!(1)] {
            let again = with(&json!({ "kept": kept })).unwrap().again.unwrap();
            assert!(!again.keep_time, "{kept}");
        }
    }

    #[test]
    fn only_an_early_return_to_its_agent_is_parked_again() {
        for status in ["pending", "reserved", "wrapping", "completed", ""] {
            assert_eq!(seen(&parked(), status).unwrap().again, None, "{status}");
        }
        for cause in ["time", "resume", "owner"] {
            let seen = with(&json!({ "cause": cause })).unwrap();
            assert_eq!(seen.again, None, "{cause}");
        }
    }

    /// The Functions refuse longer texts, so a forged one must not be sent back to them.
    #[test]
    fn long_texts_are_shortened_to_what_the_functions_take() {
        let long = "ö".repeat(700);
        let seen = with(&json!({ "reason": long, "note": long, "agentName": long })).unwrap();
        let length = |text: &Option<String>| text.as_ref().unwrap().chars().count();
        assert_eq!(length(&seen.reason), LONGEST_REASON);
        assert_eq!(length(&seen.agent), LONGEST_REASON);
        assert_eq!(length(&seen.note), LONGEST_NOTE);
        let again = seen.again.unwrap();
        assert_eq!((again.reason, again.note), (seen.reason, seen.note));
    }

    #[test]
    fn a_fast_clock_of_the_functions_is_no_future() {
        let ago = with(&json!({ "at": NOW + HOUR })).unwrap().ago.unwrap();
        assert_eq!((ago.value, ago.unit), (0, Unit::Second));
    }
}
