//! A request's parameters, as any JSON object: it is read, or refused with the field that is wrong.
#![no_main]

use libfuzzer_sys::fuzz_target;
use park_interaction::functions::Incoming;
use park_interaction::reply::Refusal;
use park_interaction::request::path;
use serde_json::{Map, Value};

fuzz_target!(|data: &[u8]| {
    let Ok(parameters) = serde_json::from_slice::<Map<String, Value>>(data) else {
        return;
    };
    for function in [path::PARK, path::UNPARK, path::SETTLE, path::WAKE] {
        match Incoming::parse(function, &parameters) {
            Ok(incoming) => {
                let sid = incoming.conversation().as_str();
                assert!(sid.len() == 34 && sid.starts_with("CH"), "took `{sid}`");
            }
            Err((Refusal::BadRequest { field }, message)) => {
                assert!(
                    message.contains(&field),
                    "`{message}` does not name `{field}`"
                );
            }
            Err((refusal, _)) => panic!("refused with {refusal:?}"),
        }
    }
});
