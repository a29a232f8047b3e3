//! A conversation's attributes, as any text: parking and unparking gives back what was there.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use park_interaction::attributes::Attributes;
use park_interaction::record::{without_record, ParkedRecord};

/// A record such as a park writes.
static RECORD: LazyLock<ParkedRecord> = LazyLock::new(|| {
    let attributes = Attributes::parse(include_str!("../corpus/attributes/parked.json"))
        .expect("the corpus holds a parked conversation");
    ParkedRecord::find(&attributes)
        .ok()
        .flatten()
        .expect("the corpus holds a parked conversation")
});

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(before) = Attributes::parse(text) else {
        return;
    };
    assert_eq!(
        Attributes::parse(&before.text()).map(|again| again.text()),
        Ok(before.text()),
        "what is written reads the same"
    );
    let Ok(rest) = without_record(&before) else {
        return;
    };
    let Ok(parked) = RECORD.write_into(&before) else {
        return;
    };
    assert_eq!(ParkedRecord::find(&parked), Ok(Some(RECORD.clone())));
    let after = without_record(&parked).expect("our own record is well-formed");
    assert_eq!(
        sorted(&after),
        sorted(&rest),
        "others' values are as they were"
    );
});

/// Keys with the text of their values, whatever their order.
fn sorted(attributes: &Attributes) -> Vec<(String, String)> {
    let keys: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&attributes.text()).unwrap_or_default();
    keys.keys()
        .map(|key| {
            (
                key.clone(),
                attributes
                    .raw(key)
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            )
        })
        .collect()
}
