//! What the Functions' handlers call. JSON texts go in and out, so that all of it is tested natively.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::attributes::Attributes;
use crate::protocol::Millis;
use crate::record::ParkedRecord;

use super::session::{Beginning, Session};

/// One invocation of a Function.
#[wasm_bindgen]
pub struct Invocation {
    session: Option<Session>,
    first: String,
}

#[wasm_bindgen]
impl Invocation {
    /// Begins one. `beginning` is the JSON of a `Beginning`.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(beginning: &str) -> Self {
        match serde_json::from_str::<Beginning>(beginning) {
            Ok(beginning) => {
                let (session, instructions) = Session::begin(beginning);
                Self {
                    session: Some(session),
                    first: text(&instructions),
                }
            }
            Err(_) => Self {
                session: None,
                first: "[]".into(),
            },
        }
    }

    /// The first instructions, as a JSON list. An empty list means that `beginning` could not be read.
    #[must_use]
    pub fn start(&self) -> String {
        self.first.clone()
    }

    /// Takes the JSON of a `Report` at the time `now`, in milliseconds since 1970, and gives the next instructions.
    pub fn report(&mut self, report: &str, now: f64) -> String {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a time in milliseconds is positive and far below 2^53"
        )]
        let now = now as Millis;
        match (&mut self.session, serde_json::from_str(report)) {
            (Some(session), Ok(report)) => text(&session.report(report, now)),
            _ => "[]".into(),
        }
    }
}

/// Whether a conversation with these attributes, a JSON text, is parked. A record that is there but damaged counts: whoever
/// asks is about to take away what wakes it. Text that is no JSON object holds none.
#[wasm_bindgen(js_name = holdsParkedRecord)]
#[must_use]
pub fn holds_parked_record(attributes: &str) -> bool {
    Attributes::parse(attributes)
        .is_ok_and(|attributes| !matches!(ParkedRecord::find(&attributes), Ok(None)))
}

fn text(instructions: &[super::Instruction]) -> String {
    // Instructions are made of texts, numbers and JSON, which always have a JSON form.
    serde_json::to_string(instructions).unwrap_or_else(|_| "[]".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_of_others_hold_no_parked_record_and_a_damaged_one_counts() {
        for nobodys in ["{}", "", "[]", "not JSON", r#"{"taskSid":"theirs"}"#] {
            assert!(!holds_parked_record(nobodys), "{nobodys}");
        }
        assert!(holds_parked_record(r#"{"parkInteraction":{"parkedAt":1}}"#));
    }
}
