//! The functions that the Functions' handlers call. JSON texts go in and out, so that all of it is tested natively.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::reply::{Refusal, Reply};
use crate::twilio::time::Millis;

use super::memory::Memory;
use super::session::{Instruction, InvocationInput, Report, Session};

thread_local! {
    /// The memory of this container. It lives as long as the container.
    static MEMORY: Memory = Memory::default();
}

/// One invocation of a Function.
#[wasm_bindgen]
pub struct Invocation {
    session: Option<Session>,
    first: String,
}

#[wasm_bindgen]
impl Invocation {
    /// Begins one. `input` is the JSON of an `InvocationInput`.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(input: &str) -> Self {
        match serde_json::from_str::<InvocationInput>(input) {
            Ok(input) => {
                let now = input.now;
                let (mut session, instructions) = Session::begin(input, MEMORY.with(Memory::clone));
                let first = checked(&mut session, instructions, now);
                Self {
                    session: Some(session),
                    first,
                }
            }
            Err(_) => Self {
                session: None,
                first: unreadable(),
            },
        }
    }

    /// Returns the first instructions, as a JSON list.
    #[must_use]
    pub fn start(&self) -> String {
        self.first.clone()
    }

    /// Takes the JSON of a `Report`, with Twilio's response as its `body`, at the time `now`, in milliseconds since 1970. Returns the
    /// next instructions.
    pub fn report(&mut self, report: &str, now: f64) -> String {
        let now = millis(now);
        let Some(session) = &mut self.session else {
            return unreadable();
        };
        let instructions = match Report::parse(report) {
            Some((report, body)) => session.report(report, body, now),
            None => Vec::new(),
        };
        checked(session, instructions, now)
    }

    /// Ends the invocation at the time `now`, in milliseconds since 1970, because it has taken too long. Returns the response.
    #[wasm_bindgen(js_name = giveUp)]
    pub fn give_up(&mut self, now: f64) -> String {
        match &mut self.session {
            Some(session) => {
                let message = "the function has taken longer than its caller waits";
                text(&session.give_up(message, millis(now)))
            }
            None => unreadable(),
        }
    }
}

/// Returns the instructions, or the response of an invocation that would never end.
fn checked(session: &mut Session, instructions: Vec<Instruction>, now: Millis) -> String {
    let instructions = if instructions.is_empty() && session.is_stuck() {
        session.give_up("nothing is under way and nothing was answered", now)
    } else {
        instructions
    };
    text(&instructions)
}

/// Returns the response to a request that cannot be read at all.
fn unreadable() -> String {
    let reply = Reply::Refused {
        refusal: Refusal::BadRequest {
            field: "body".into(),
        },
        message: "`body`: expected a form or a JSON object".into(),
    };
    serde_json::json!([{
        "do": "answer",
        "status": 400,
        "body": reply,
        "log": { "operation": "unknown", "outcome": reply.name(), "calls": 0, "ms": 0 },
    }])
    .to_string()
}

fn millis(now: f64) -> Millis {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a time in milliseconds is positive and far below 2^53"
    )]
    let now = now as Millis;
    now
}

fn text(instructions: &[Instruction]) -> String {
    // Instructions are made of texts, numbers and JSON, which always have a JSON form.
    serde_json::to_string(instructions).unwrap_or_else(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_request_gets_a_response() {
        for input in ["", "null", "[]", r#"{"path":1}"#] {
            let mut invocation = Invocation::new(input);
            for answer in [
                invocation.start(),
                invocation.report("{}", 0.0),
                invocation.give_up(0.0),
            ] {
                assert!(answer.contains(r#""status":400"#), "{answer}");
            }
        }
    }
}
