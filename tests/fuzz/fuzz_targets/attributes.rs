//! A conversation's attributes, as any text: parking and unparking gives back what was there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use park_interaction::attributes::Attributes;
use park_interaction::record::without_record;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(before) = Attributes::parse(text) else {
        // What is no object holds no record, and nothing is taken out of it.
        assert_eq!(without_record(text), None);
        return;
    };
    let again = Attributes::parse(&before.text()).map(|again| again.text());
    assert_eq!(
        again.ok(),
        Some(before.text()),
        "what is written reads the same"
    );
    if let Some(rest) = without_record(text) {
        assert_eq!(without_record(&rest), None, "once is enough");
    }
});
