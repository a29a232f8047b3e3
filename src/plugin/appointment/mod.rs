//! Park until: the times that an agent can choose, the check of the choice, and the reading of an appointment.

mod clock;
mod form;

pub use clock::Clock;
pub use form::{form, is_in_range, Choice, Form, Wait};

use super::json::{characters, integer, shortened, Field, Json, MalformedField};
use crate::request::{Appointment, LONGEST_NOTE, LONGEST_REASON};

/// Reads `appointment` and `agentName` of the view of a park. The shim, and other plugins through the action, write
/// `appointment`: `{ until, keepTime, reason, note, agentName }`, of which each may be missing. The Functions check that `until`
/// is neither too soon nor too late.
pub fn read(view: &Json) -> Result<Appointment, MalformedField> {
    let given = view.get("appointment");
    if !matches!(given, Json::Null | Json::Map(_)) {
        return Err(Field::root("appointment", given).malformed("an object"));
    }
    let until = match given.get("until") {
        Json::Null => None,
        Json::Number(number) if *number > 0.0 && integer(*number).is_some() => integer(*number),
        _ => return Err(malformed("until", "whole seconds since 1970")),
    };
    let keep_time = match given.get("keepTime") {
        Json::Null | Json::Bool(false) => false,
        Json::Bool(true) if until.is_some() => true,
        _ => {
            return Err(malformed(
                "keepTime",
                "true or false, and true only with `until`",
            ))
        }
    };
    let reason = text(given, "reason", LONGEST_REASON, REASON)?;
    let note = text(given, "note", LONGEST_NOTE, NOTE)?;
    let agent_name = match text(given, "agentName", LONGEST_REASON, REASON)? {
        // Admins write this name in other shapes too, and longer ones. That is no reason not to park.
        None => view
            .get_text("agentName")
            .map(|name| shortened(name, LONGEST_REASON).to_owned()),
        name => name,
    };
    Ok(Appointment {
        until,
        keep_time,
        reason,
        note,
        agent_name,
    })
}

const REASON: &str = "a text of at most 60 characters";
const NOTE: &str = "a text of at most 500 characters";

/// Returns the trimmed text of a field, or `None` for a missing or blank one.
fn text(
    given: &Json,
    name: &str,
    longest: usize,
    expected: &str,
) -> Result<Option<String>, MalformedField> {
    match given.get(name) {
        Json::Null => Ok(None),
        Json::Text(text) if characters(text.trim()) <= longest => {
            Ok(given.get_text(name).map(str::to_owned))
        }
        _ => Err(malformed(name, expected)),
    }
}

fn malformed(name: &str, expected: &str) -> MalformedField {
    Field::root("appointment", &Json::Null)
        .at(name)
        .malformed(expected)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::*;

    #[allow(
        clippy::needless_pass_by_value,
        reason = "the tests read better with literals"
    )]
    fn read(appointment: serde_json::Value) -> Result<Appointment, MalformedField> {
        let view = Json::from(&json!({ "appointment": appointment, "agentName": "Ada Agent" }));
        super::read(&view)
    }

    #[test]
    fn a_click_on_park_sends_the_name_alone() {
        assert_eq!(
            read(json!(null)).unwrap(),
            Appointment {
                agent_name: Some("Ada Agent".into()),
                ..Appointment::default()
            }
        );
    }

    #[test]
    fn every_field_is_read() {
        assert_eq!(
            read(json!({
                "until": 1_778_569_200,
                "keepTime": true,
                "reason": " Waiting for payment ",
                "note": "Order 4711\nsecond line",
                "agentName": "Bot",
            }))
            .unwrap(),
            Appointment {
                until: Some(1_778_569_200),
                keep_time: true,
                reason: Some("Waiting for payment".into()),
                note: Some("Order 4711\nsecond line".into()),
                agent_name: Some("Bot".into()),
            }
        );
    }

    #[test]
    fn blank_texts_are_none() {
        let appointment = read(json!({ "reason": " ", "note": "\n" })).unwrap();
        assert_eq!((appointment.reason, appointment.note), (None, None));
    }

    #[test]
    fn a_malformed_field_is_named() {
        let (long_reason, long_note) = ("r".repeat(61), "n".repeat(501));
        for (appointment, path) in [
            (json!("tomorrow"), "appointment"),
            (json!([]), "appointment"),
            (json!({ "until": "2026-05-12" }), "appointment.until"),
            (json!({ "until": 1.5 }), "appointment.until"),
            (json!({ "until": 0 }), "appointment.until"),
            (json!({ "until": -60 }), "appointment.until"),
            (
                json!({ "until": 1_778_569_200_000_u64 }),
                "appointment.until",
            ),
            (json!({ "keepTime": "yes" }), "appointment.keepTime"),
            (json!({ "keepTime": true }), "appointment.keepTime"),
            (json!({ "reason": 1 }), "appointment.reason"),
            (json!({ "reason": long_reason }), "appointment.reason"),
            (json!({ "note": ["a"] }), "appointment.note"),
            (json!({ "note": long_note }), "appointment.note"),
            (json!({ "agentName": long_reason }), "appointment.agentName"),
        ] {
            assert_eq!(
                read(appointment.clone()).unwrap_err().path,
                path,
                "{appointment}"
            );
        }
    }

    #[test]
    fn an_error_names_the_bound() {
        let long = "n".repeat(501);
        for (name, longest) in [("reason", LONGEST_REASON), ("note", LONGEST_NOTE)] {
            assert_eq!(
                read(json!({ name: long })).unwrap_err().expected,
                format!("a text of at most {longest} characters")
            );
        }
    }

    #[test]
    fn a_note_may_have_500_characters_in_any_script() {
        let note = "ก".repeat(500);
        assert_eq!(read(json!({ "note": note })).unwrap().note, Some(note));
    }

    #[test]
    fn a_workers_name_is_cut_and_never_refused() {
        let long = "é".repeat(80);
        for (full_name, sent) in [
            (json!(" Ada "), Some("Ada".to_owned())),
            (json!(long), Some("é".repeat(60))),
            (json!(" "), None),
            (json!(null), None),
            (json!({ "first": "Ada" }), None),
        ] {
            let view = Json::from(&json!({ "agentName": full_name }));
            assert_eq!(super::read(&view).unwrap().agent_name, sent, "{full_name}");
        }
    }
}
