//! What holds for any SID, any request and any attributes, whoever wrote them.

use park_interaction::attributes::Attributes;
use park_interaction::functions::Incoming;
use park_interaction::record::{without_record, ParkedRecord};
use park_interaction::reply::Refusal;
use park_interaction::request::path;
use park_interaction::sid::ConversationSid;
use proptest::prelude::*;
use serde_json::{json, Map, Value};

use crate::desk;

const OUR_KEYS: [&str; 13] = [
    "interactionSid",
    "channelSid",
    "participantSid",
    "taskSid",
    "workflowSid",
    "taskChannelUniqueName",
    "queueName",
    "queueSid",
    "workerSid",
    "taskAttributes",
    "webhookSid",
    "mapSid",
    "mapItemKey",
];

/// JSON with the corners that parsers fall over: huge and broken numbers, odd strings, depth.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        like_a_sid().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Text that is a SID or misses being one by a little.
fn like_a_sid() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec!["CH", "KD", "UO", "WT", "MB", "WK", "ch", ""]),
        "[0-9a-fA-F]{31,33}|[0-9a-g/.%]{32}|[0-9a-f]{32}\n",
    )
        .prop_map(|(prefix, digits)| format!("{prefix}{digits}"))
}

/// An object in which the keys that something is looked for under are as likely as any others.
fn object(keys: &'static [&'static str]) -> impl Strategy<Value = Map<String, Value>> {
    let key = prop_oneof![
        prop::sample::select(keys).prop_map(String::from),
        any::<String>()
    ];
    prop::collection::vec((key, json_value()), 0..12)
        .prop_map(|entries| entries.into_iter().collect())
}

fn parameters() -> impl Strategy<Value = Map<String, Value>> {
    object(&[
        "Token",
        "conversationSid",
        "ConversationSid",
        "interactionSid",
        "channelSid",
        "taskSid",
        "lastMessageIndex",
        "showList",
        "ParticipantSid",
        "Author",
    ])
}

fn record() -> impl Strategy<Value = ParkedRecord> {
    (
        any::<u32>(),
        any::<(String, String, Option<u32>, bool)>(),
        object(&["channelType", "name"]),
    )
        .prop_map(
            |(number, (channel, queue_name, webhook, listed), attributes)| ParkedRecord {
                interaction_sid: desk::interaction(number),
                channel_sid: desk::channel(number),
                participant_sid: desk::participant(number),
                task_sid: desk::task(number),
                workflow_sid: desk::workflow(number),
                task_channel_unique_name: channel,
                queue_name,
                queue_sid: desk::queue(number),
                worker_sid: desk::worker(number),
                task_attributes: Value::Object(attributes).to_string(),
                webhook_sid: webhook.map(desk::webhook),
                map_sid: listed.then(|| desk::map(number)),
                map_item_key: listed.then(|| desk::sid("CH", number)),
                parked_at: Some(u64::from(number)),
                expires_at: webhook.map(u64::from),
                heard: webhook,
            },
        )
}

fn as_json(attributes: &Attributes) -> Value {
    serde_json::from_str(&attributes.text()).unwrap()
}

/// What fails is printed in full; nothing is written beside the sources.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_text_is_a_sid_exactly_if_it_is_the_prefix_and_32_hexadecimal_digits(
        text in prop_oneof![any::<String>(), like_a_sid()]
    ) {
        let expected = text.len() == 34
            && text.starts_with("CH")
            && text.chars().skip(2).all(|digit| digit.is_ascii_hexdigit());
        let parsed = ConversationSid::parse(text.clone());
        prop_assert_eq!(parsed.is_ok(), expected);
        prop_assert_eq!(serde_json::from_value::<ConversationSid>(json!(text.clone())).is_ok(), expected);
        if let Ok(sid) = parsed {
            prop_assert_eq!(sid.as_str(), text);
        }
    }

    #[test]
    fn a_request_is_read_or_refused_with_the_field_that_is_wrong(
        function in prop::sample::select(vec![path::PARK, path::UNPARK, path::SETTLE, path::WAKE]),
        parameters in parameters(),
    ) {
        if let Err((refusal, message)) = Incoming::parse(function, &parameters) {
            let Refusal::BadRequest { field } = refusal else {
                return Err(TestCaseError::fail(format!("refused with {refusal:?}")));
            };
            prop_assert!(message.contains(&field), "`{}` does not name `{}`", message, field);
            prop_assert!(message.contains("expected"), "{}", message);
        }
    }

    #[test]
    fn attributes_are_the_same_after_any_number_of_parks_even_under_our_names(
        others in object(&OUR_KEYS),
        records in prop::collection::vec(record(), 1..4),
    ) {
        let before = Attributes::parse(&Value::Object(others).to_string()).unwrap();
        // What somebody made look like a parked record in every detail is one: nothing can tell them apart.
        prop_assume!(ParkedRecord::find(&before) == Ok(None));
        let mut parked = before.clone();
        for record in &records {
            parked = record.write_into(&parked).unwrap();
            prop_assert_eq!(ParkedRecord::find(&parked), Ok(Some(record.clone())));
        }
        prop_assert_eq!(as_json(&without_record(&parked).unwrap()), as_json(&before));
    }

    #[test]
    fn the_text_of_a_value_of_others_does_not_change(
        number in "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?",
        spaces in " {0,3}",
        record in record(),
    ) {
        let value = format!("[{number},{spaces}{{\"é\":{number}}}]");
        let text = format!(r#"{{"theirs":{value},"workerSid":{value}}}"#);
        let parked = record.write_into(&Attributes::parse(&text).unwrap()).unwrap();
        prop_assert_eq!(parked.raw("theirs").unwrap().get(), &value);
        let after = without_record(&parked).unwrap();
        prop_assert_eq!(after.text(), text);
    }

    #[test]
    fn attributes_that_anybody_may_have_written_are_read_or_refused(
        text in prop_oneof![
            any::<String>(),
            json_value().prop_map(|value| value.to_string()),
            object(&["parkInteraction", "workerSid", "taskAttributes"]).prop_map(|map| Value::Object(map).to_string()),
        ]
    ) {
        if let Ok(attributes) = Attributes::parse(&text) {
            let found = ParkedRecord::find(&attributes);
            if let Ok(None) = &found {
                prop_assert_eq!(without_record(&attributes).unwrap().text(), attributes.text());
            }
            if let Err(error) = found {
                prop_assert!(!error.field.is_empty());
            }
        }
    }
}
