//! A Function from its beginning to its answer, as the handlers drive it: whatever comes in and whatever Twilio answers, it goes on
//! or answers, and its deadline always answers.
//!
//! The input is lines. The first is what the handler begins with, each other one the body of Twilio's next answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use park_interaction::functions::Invocation;
use serde::de::IgnoredAny;
use serde_json::Value;

const BEGAN: f64 = 1_790_000_000_000.0;
const MOST_STEPS: usize = 200;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines();
    let mut invocation = Invocation::new(lines.next().unwrap_or_default());
    let mut waiting = Vec::new();
    let mut now = BEGAN;
    if follow(&invocation.start(), &mut waiting) {
        return;
    }
    for _ in 0..MOST_STEPS {
        assert!(!waiting.is_empty(), "nothing is under way and nothing was answered");
        let (id, is_request) = waiting.remove(0);
        let report = match (is_request, lines.next()) {
            (false, _) => format!(r#"{{"what":"waited","id":{id}}}"#),
            (true, None) => format!(r#"{{"what":"unanswered","id":{id}}}"#),
            (true, Some(line)) => {
                let (status, body) = line.split_once(' ').unwrap_or(("200", line));
                let status: u16 = status.parse().unwrap_or(200);
                // The handler passes on what it has parsed.
                let is_json = serde_json::from_str::<IgnoredAny>(body).is_ok();
                let body = if is_json { body } else { "null" };
                format!(r#"{{"what":"answered","id":{id},"status":{status},"body":{body}}}"#)
            }
        };
        now += 100.0;
        if follow(&invocation.report(&report, now), &mut waiting) {
            return;
        }
    }
    assert!(
        follow(&invocation.give_up(now), &mut waiting),
        "the deadline answers"
    );
});

/// Takes instructions. Returns whether one of them is the answer.
fn follow(instructions: &str, waiting: &mut Vec<(Value, bool)>) -> bool {
    let instructions: Vec<Value> =
        serde_json::from_str(instructions).expect("instructions are a list");
    let mut is_answered = false;
    for instruction in instructions {
        match instruction["do"].as_str() {
            Some("answer") => is_answered = true,
            Some(what) => waiting.push((instruction["id"].clone(), what == "request")),
            None => panic!("no instruction: {instruction}"),
        }
    }
    is_answered
}
