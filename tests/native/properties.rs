//! Properties of any SID, any request and any attributes.

use park_interaction::attributes::Attributes;
use park_interaction::functions::Incoming;
use park_interaction::guardian::{Guardian, LastTask};
use park_interaction::history::Deed;
use park_interaction::record::{next_task_attributes, without_record, ParkedRecord, Return};
use park_interaction::reply::Refusal;
use park_interaction::request::path;
use park_interaction::row_data::ParkDetails;
use park_interaction::sid::ConversationSid;
use park_interaction::twilio::calls::ChannelRef;
use proptest::prelude::*;
use serde_json::{json, Map, Value};

use memory_twilio::sids;

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

/// JSON with the corner cases of parsers: huge and broken numbers, odd strings, depth.
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

/// Text that is a SID or nearly one.
fn like_a_sid() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec!["CH", "KD", "UO", "WT", "MB", "WK", "ch", ""]),
        "[0-9a-fA-F]{31,33}|[0-9a-g/.%]{32}|[0-9a-f]{32}\n",
    )
        .prop_map(|(prefix, digits)| format!("{prefix}{digits}"))
}

/// An object in which the known keys are as likely as any others.
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

fn guardian(number: u32) -> Guardian {
    Guardian {
        channel: ChannelRef {
            interaction: sids::interaction(number),
            channel: sids::channel(number),
        },
        workflow: sids::workflow(number),
        queue: sids::queue(number),
        task_channel_unique_name: "chat".into(),
        worker: sids::worker(number),
        parked_at: Some(u64::from(number)),
        first_unseen: Some(number),
        last_task: Some(LastTask::Parked(sids::task(number))),
        quick_ends: 0,
        next_invite_at: None,
        unheard_since: None,
        due: None,
        same_agent_seconds: None,
        has_note: false,
        flow: None,
        paused_flow: None,
        former_worker: None,
    }
}

fn record() -> impl Strategy<Value = (Guardian, ParkedRecord)> {
    (
        any::<u32>(),
        any::<(String, Option<u32>, bool)>(),
        object(&["channelType", "name"]),
    )
        .prop_map(|(number, (queue_name, webhook, is_listed), attributes)| {
            let record = ParkedRecord {
                participant_sid: Some(sids::participant(number)),
                task_sid: Some(sids::task(number)),
                queue_name: Some(queue_name),
                worker_sid: Some(sids::worker(number)),
                task_attributes: Some(Value::Object(attributes).to_string()),
                webhook_sid: webhook.map(sids::webhook),
                map_sid: is_listed.then(|| sids::map(number)),
                is_listed,
                park: ParkDetails {
                    parked_at: Some(u64::from(number)),
                    expires_at: webhook.map(u64::from),
                    due_at: webhook.map(u64::from),
                    expiry_at: webhook.map(|number| u64::from(number) + 1),
                    agent_name: webhook.map(|number| number.to_string()),
                    given_by: webhook.map(|number| number.to_string()),
                    given_at: webhook.map(u64::from),
                },
                last_seen_message_index: webhook,
                owners_timer_seconds: webhook.map(|number| number.clamp(60, 315_360_000)),
                owners_closing_seconds: None,
                has_bare_row: webhook.is_some_and(|number| number % 2 == 1),
                insights: None,
                history: vec![Deed {
                    at: number,
                    by: sids::worker(number),
                    did: "parked".into(),
                    to: webhook.map(sids::worker),
                }],
            };
            (guardian(number), record)
        })
}

fn written((guardian, record): &(Guardian, ParkedRecord), attributes: &str) -> String {
    record.write_into(attributes, guardian, &sids::conversation(1))
}

fn as_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Failures are printed in full; nothing is written beside the sources.
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
        (_, function) in prop::sample::select(path::ALL),
        parameters in parameters(),
    ) {
        let parameters = Attributes::parse(&Value::Object(parameters).to_string()).unwrap();
        if let Err(bad) = Incoming::parse(function, &parameters) {
            let Refusal::BadRequest { field } = bad.refusal else {
                return Err(TestCaseError::fail(format!("refused with {:?}", bad.refusal)));
            };
            prop_assert!(bad.message.contains(&field), "`{}` does not name `{}`", bad.message, field);
            prop_assert!(bad.message.contains("expected"), "{}", bad.message);
        }
    }

    #[test]
    fn attributes_are_the_same_after_any_number_of_parks_even_under_our_names(
        others in prop_oneof![object(&OUR_KEYS).prop_map(Value::Object), json_value()],
        records in prop::collection::vec(record(), 1..4),
    ) {
        let before = others.to_string();
        // A perfect forgery of a parked record is one: nothing can distinguish them.
        prop_assume!(ParkedRecord::find(&before).is_none());
        let mut parked = before.clone();
        for record in &records {
            parked = written(record, &parked);
            prop_assert_eq!(ParkedRecord::find(&parked), Some(record.1.clone()));
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
        let parked = written(&record, &text);
        let kept = Attributes::parse(&parked).unwrap();
        prop_assert_eq!(kept.raw("theirs").unwrap().get(), &value);
        prop_assert_eq!(without_record(&parked).unwrap(), text);
    }

    #[test]
    fn attributes_that_anybody_may_have_written_are_read(
        text in prop_oneof![
            any::<String>(),
            json_value().prop_map(|value| value.to_string()),
            object(&["parkInteraction", "workerSid", "taskAttributes"]).prop_map(|map| Value::Object(map).to_string()),
        ],
        record in record(),
    ) {
        let found = ParkedRecord::find(&text);
        prop_assert_eq!(found.is_some(), without_record(&text).is_some());
        // The attributes of the next task are JSON, whatever the record holds.
        let next = next_task_attributes(found.as_ref(), &record.0, &sids::conversation(1), &Return::default());
        prop_assert!(as_json(&next).is_object());
    }
}
