//! A request's parameters, as any JSON object: it is read, or refused with the field that is wrong.
#![no_main]

use libfuzzer_sys::fuzz_target;
use park_interaction::attributes::Attributes;
use park_interaction::functions::{BadRequest, Incoming};
use park_interaction::reply::Refusal;
use park_interaction::request::path;

fuzz_target!(|data: &[u8]| {
    let Ok(parameters) = serde_json::from_slice::<Attributes>(data) else {
        return;
    };
    for (_, function) in path::ALL {
        match Incoming::parse(function, &parameters) {
            Ok(incoming) => {
                let sid = incoming.conversation().map(|sid| sid.as_str());
                assert!(
                    sid.is_none_or(|sid| sid.len() == 34 && sid.starts_with("CH")),
                    "took `{sid:?}`"
                );
            }
            Err(BadRequest {
                refusal: Refusal::BadRequest { field },
                message,
            }) => {
                assert!(
                    message.contains(&field),
                    "`{message}` does not name `{field}`"
                );
            }
            Err(refused) => panic!("refused with {refused:?}"),
        }
    }
});
