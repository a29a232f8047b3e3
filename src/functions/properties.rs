//! Properties of the Functions with any response of Twilio and any report.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test may panic"
)]

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::prelude::*;
use serde_json::value::to_raw_value;
use serde_json::{json, Value};

use crate::attributes::Attributes;
use crate::guardian::{Guardian, Invitee};
use crate::record::tests as recorded;
use crate::request::path;
use crate::sid::{example as sid, ConversationSid, TaskSid};
use crate::twilio::body::Body;
use crate::twilio::time::Millis;
use crate::twilio::{AnyCall, Http};

use super::exports::Invocation;
use super::memory::Memory;
use super::session::{Instruction, InvocationInput, Report, Session};

const BEGAN: Millis = 1_790_000_000_000;

/// The duration of a request in these tests, in milliseconds.
const TRIP_MS: Millis = 100;

/// The time limit of a Function, in milliseconds.
const FUNCTION_ENDS_AFTER_MS: Millis = 10_000;

/// The most instructions of a run. No operation needs as many, and an endless one has more.
const MOST_STEPS: usize = 400;

fn garbage() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((field(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "sid",
            "state",
            "attributes",
            "participants",
            "invites",
            "routing",
            "properties",
            "assignment_status",
            "conversations",
            "maps",
            "items",
            "meta",
            "webhooks",
            "messages",
            "workers",
            "data",
            "revision",
            "valid",
            "worker_sid",
            "type",
            "index",
            "code",
        ])
        .prop_map(String::from),
        any::<String>(),
    ]
}

/// The digits of SIDs that belong to another conversation.
const FOREIGN: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// SIDs of another conversation, and texts that would lead out of a path.
fn hostile() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![
            "CH", "KD", "UO", "UT", "WT", "WW", "WQ", "WK", "WH", "MP"
        ])
        .prop_map(|prefix| json!(format!("{prefix}{FOREIGN}"))),
        prop::sample::select(vec![
            json!(".."),
            json!("/"),
            json!("?"),
            json!("#"),
            json!(""),
            json!(null),
            json!([]),
            json!({}),
            json!("../../../Documents/PayrollApprovals"),
            json!("../../../../IS"),
            json!(0.0),
            json!(1.79e12),
            json!(u64::MAX),
            json!(-1),
            json!("%2e%2e%2f"),
        ]),
    ]
}

/// A parked record with any number of forged fields.
fn forged_attributes() -> impl Strategy<Value = String> {
    const FIELDS: [&str; 14] = [
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
        "parkInteraction",
    ];
    const OWN_FIELDS: [&str; 7] = [
        "parkedAt",
        "expiresAt",
        "heard",
        "displaced",
        "timerSeconds",
        "closingSeconds",
        "whole",
    ];
    let damage = prop::collection::vec((prop::sample::select(FIELDS.to_vec()), hostile()), 0..6);
    let own = prop::collection::vec((prop::sample::select(OWN_FIELDS.to_vec()), hostile()), 0..3);
    (damage, own).prop_map(|(damage, own)| {
        let mut attributes: Value = serde_json::from_str(&parked_attributes()).unwrap();
        for (field, value) in own {
            attributes["parkInteraction"][field] = value;
        }
        for (field, value) in damage {
            attributes[field] = value;
        }
        attributes.to_string()
    })
}

fn parked_attributes() -> String {
    recorded::record().write_into("{}", &recorded::guardian(), &ConversationSid::example())
}

fn task_attributes() -> String {
    json!({
        "conversationSid": sid("CH"), "flexInteractionSid": sid("KD"),
        "flexInteractionChannelSid": sid("UO"),
    })
    .to_string()
}

/// The address of our webhook, or of the template's.
fn address() -> impl Strategy<Value = String> {
    let wake = format!("https://example.twil.io{}", path::WAKE);
    let guardian = recorded::guardian();
    let invited = guardian.after_invite(Some(TaskSid::example()), Invitee::Workflow, BEGAN);
    let waiting = Guardian {
        unheard_since: Some(BEGAN),
        ..invited.after_invite_ended(Some(BEGAN), BEGAN)
    };
    prop::sample::select(vec![
        guardian.address(&wake),
        invited.address(&wake),
        waiting.address(&wake),
        wake,
    ])
}

/// A response from which each call can read something, so that operations take many steps.
fn plausible() -> impl Strategy<Value = Value> {
    let attributes = prop_oneof![
        prop::sample::select(vec![
            "{}".to_owned(),
            "[]".to_owned(),
            parked_attributes(),
            task_attributes(),
        ]),
        forged_attributes(),
    ];
    let people = prop::collection::vec(prop::sample::select(vec!["agent", "customer"]), 0..3);
    let claim = (
        prop::sample::select(vec!["invocation-0", "invocation-1", "somebody"]),
        prop::sample::select(vec![0, BEGAN, BEGAN + 3_000, u64::MAX]),
        prop::sample::select(vec!["held", "invited", "released"]),
    );
    let status = prop::sample::select(vec!["pending", "assigned", "completed", "canceled"]);
    let state = prop::sample::select(vec!["active", "active", "inactive", "closed"]);
    (attributes, people, claim, any::<[bool; 5]>(), address(), status, state).prop_map(
        |(attributes, people, claim, [task, webhook, seen, named, room], address, status, state)| {
            let (owner, until, claimed) = claim;
            let people: Vec<Value> = people
                .into_iter()
                .map(|kind| {
                    json!({
                        "sid": sid("UT"), "type": kind,
                        "routing_properties": { "worker_sid": sid("WK"), "task_sid": sid("WT") },
                    })
                })
                .collect();
            let some = |there: bool, value: Value| if there { vec![value] } else { Vec::new() };
            let members = [json!({ "sid": sid("MB"), "identity": "ada" })];
            json!({
                "sid": sid("WH"), "valid": true, "worker_sid": sid("WK"),
                "roles": [if named { "supervisor" } else { "agent" }],
                "identity": "ada", "available": room,
                "state": state, "status": if state == "closed" { "closed" } else { "active" },
                "attributes": attributes, "date_updated": "2026-09-21T14:13:20Z",
                "timers": { "date_inactive": "2026-09-21T14:14:20Z" },
                // The field has participants of a channel or of a conversation.
                "participants": if seen { people } else { members.to_vec() },
                "invites": some(task, json!({
                    "routing": { "properties": { "sid": sid("WT"), "date_created": BEGAN / 1_000 } },
                })),
                "conversations": some(task, json!({ "sid": sid("CH"), "attributes": attributes })),
                "maps": some(task, json!({ "unique_name": format!("ParkedInteractions_{}", sid("WK")) })),
                "items": some(task, json!({ "key": sid("CH") })),
                "webhooks": some(webhook, json!({ "sid": sid("WH"), "configuration": { "url": address } })),
                "messages": some(!seen, json!({
                    "index": 9, "author": "charlie", "participant_sid": sid("MB"),
                })),
                "index": 9, "author": "charlie",
                "workers": some(named, json!({})),
                "channels": [{
                    "task_channel_unique_name": "chat", "available": true,
                    "available_capacity_percentage": if room { 40 } else { 0 },
                }],
                "events": [
                    { "event_type": "reservation.accepted", "event_data": {
                        "worker_sid": sid("WK"), "task_queue_sid": sid("WQ"),
                    } },
                    { "event_type": "task.created", "event_data": {
                        "task_attributes": task_attributes(), "workflow_sid": sid("WW"),
                        "task_channel_unique_name": "chat",
                    } },
                ],
                "workflow_sid": sid("WW"), "task_queue_sid": sid("WQ"),
                "task_queue_friendly_name": "Everyone", "task_channel_unique_name": "chat",
                "assignment_status": status, "map_sid": sid("MP"), "revision": "1",
                "data": { "owner": owner, "until": until, "state": claimed },
            })
        },
    )
}

/// The response to a request: its status and its body. `None`: there is no response.
type Fate = (Option<u16>, Value);

fn fate() -> impl Strategy<Value = Fate> {
    let status = prop_oneof![
        6 => Just(Some(200)),
        6 => prop::sample::select(vec![400, 401, 403, 404, 409, 412, 429, 500, 503]).prop_map(Some),
        1 => any::<u16>().prop_map(Some),
        1 => Just(None),
    ];
    (status, prop_oneof![3 => plausible(), 1 => garbage()])
}

fn input() -> impl Strategy<Value = InvocationInput> {
    let events = vec![
        "onMessageAdded",
        "onConversationStateUpdated",
        "task.canceled",
        "",
    ];
    (
        prop::sample::select(path::ALL),
        any::<u64>(),
        any::<[bool; 2]>(),
        prop::sample::select(events),
    )
        .prop_map(
            |((_, path), seed, [show_list, one], event)| InvocationInput {
                path: path.into(),
                parameters: parameters(show_list, one, event),
                environment: attributes(&json!({
                    "ACCOUNT_SID": sid("AC"), "TWILIO_FLEX_WORKSPACE_SID": sid("WS"),
                    "TWILIO_FLEX_SYNC_SID": sid("IS"), "DOMAIN_NAME": "example.twil.io",
                })),
                id: "invocation".into(),
                now: BEGAN,
                seed,
            },
        )
}

fn attributes(value: &Value) -> Attributes {
    Attributes::parse(&value.to_string()).unwrap()
}

fn parameters(show_list: bool, one: bool, event: &str) -> Attributes {
    let mut all = json!({
        "Token": "token", "ConversationSid": sid("CH"), "conversationSid": sid("CH"),
        "interactionSid": sid("KD"), "channelSid": sid("UO"), "taskSid": sid("WT"),
        "lastMessageIndex": 3, "showList": show_list,
        "until": BEGAN / 1_000 + 600, "reason": "Order number", "expiresAfterHours": 72,
        "EventType": event, "ParticipantSid": sid("MB"), "Author": "charlie", "StateTo": "inactive",
        "TaskAttributes": json!({ "originalRouting": {}, "conversationSid": sid("CH") }).to_string(),
    });
    if show_list {
        // Else a conversation is given to the queue.
        all["workerSid"] = json!(sid("WK"));
    }
    if !one {
        // Without a conversation the owner reconciles everything.
        all.as_object_mut().unwrap().remove("conversationSid");
    }
    attributes(&all)
}

/// Returns a number for the method and the address of a request.
fn endpoint(http: &Http) -> usize {
    let mut hasher = DefaultHasher::new();
    format!("{:?} {}", http.method, http.uri.as_str()).hash(&mut hasher);
    usize::from(u8::try_from(hasher.finish() & 0xff).unwrap_or(0))
}

/// The result of a run.
struct Ran {
    answers: usize,
    /// The time from the start to the last response, in milliseconds.
    took: Millis,
    requests: Vec<Http>,
}

/// Runs an invocation. Each request gets one of `fates`: the next one or, if `steady`, always the same one for the same
/// endpoint, like a Twilio that stays in a strange state.
fn run(input: InvocationInput, fates: &[Fate], steady: bool) -> Result<Ran, TestCaseError> {
    let (mut session, first) = Session::begin(input, Memory::default());
    let mut ran = Ran {
        answers: 0,
        took: 0,
        requests: Vec::new(),
    };
    let mut steps = 0;
    // The instructions in flight, by the time of their end.
    let mut open = BTreeMap::new();
    let mut begin = |instructions: Vec<Instruction>, now: Millis| {
        let mut begun = Vec::new();
        for instruction in instructions {
            steps += 1;
            let takes = match &instruction {
                Instruction::Request { .. } => TRIP_MS,
                Instruction::Wait { ms, .. } => *ms,
                Instruction::Answer { .. } => 0,
            };
            begun.push(((now + takes, steps), instruction));
        }
        begun
    };
    open.extend(begin(first, BEGAN));
    while let Some(((now, step), instruction)) = open.pop_first() {
        prop_assert!(step <= MOST_STEPS, "no response after {} steps", MOST_STEPS);
        let mut json = None;
        let report = match instruction {
            Instruction::Answer { .. } => {
                ran.answers += 1;
                ran.took = now - BEGAN;
                continue;
            }
            Instruction::Wait { id, .. } => Report::Waited { id },
            Instruction::Request { id, http } => {
                let turn = if steady { endpoint(&http) } else { step };
                ran.requests.push(http);
                let (status, body) = fates.get(turn % fates.len()).unwrap().clone();
                match status {
                    Some(status) => {
                        json = to_raw_value(&body).ok();
                        Report::Answered {
                            id,
                            status,
                            etag: None,
                        }
                    }
                    None => Report::Unanswered { id },
                }
            }
        };
        open.extend(begin(session.report(report, json.as_deref(), now), now));
        prop_assert!(
            !session.is_stuck(),
            "nothing is in flight, and there is no response"
        );
    }
    Ok(ran)
}

/// Returns true if a request names only this conversation and its own resources, even if attributes and rows name
/// others. The task of a read of TaskRouter's log comes from the record, and the log counts only if it names this
/// conversation.
fn is_about_this_conversation(http: &Http) -> bool {
    let address = http.uri.as_str();
    let mut sent = http.data.clone().unwrap_or_default();
    if let Some(fields) = sent.as_object_mut() {
        // The content of these fields is stored only.
        fields.remove("Attributes");
        fields.remove("Data");
        if let Some(routing) = fields.get_mut("Routing") {
            let mut parsed: Value = serde_json::from_str(routing.as_str().unwrap()).unwrap();
            parsed["properties"]["attributes"] = Value::Null;
            *routing = parsed;
        }
    }
    !address.contains(FOREIGN) && !address.contains("..") && !sent.to_string().contains(FOREIGN)
}

/// The configuration of the properties. A failed case is printed, and no file is written.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_response_to_any_call_is_read_or_refused((status, body) in fate()) {
        let json = to_raw_value(&body).unwrap();
        for call in AnyCall::examples() {
            let read = call.read(status.unwrap_or(0), Body::new(Some(&json)));
            if !matches!(status, Some(200..=299)) {
                prop_assert!(read.is_err(), "{:?} accepted the status {:?}", call, status);
            }
        }
    }

    #[test]
    fn an_operation_responds_once_and_in_time(
        input in input(),
        fates in prop::collection::vec(fate(), 1..24),
        steady in any::<bool>(),
    ) {
        let ran = run(input, &fates, steady)?;
        prop_assert_eq!(ran.answers, 1);
        prop_assert!(ran.took < FUNCTION_ENDS_AFTER_MS, "the operation took {} ms", ran.took);
    }

    /// Invariant I8: a record gives no authority.
    #[test]
    fn every_request_names_only_what_belongs_to_the_conversation(
        input in input(),
        fates in prop::collection::vec((Just(Some(200)), plausible()), 1..24),
        steady in any::<bool>(),
    ) {
        for http in run(input, &fates, steady)?.requests {
            prop_assert!(is_about_this_conversation(&http), "{:?}", http);
        }
    }

    #[test]
    fn an_invocation_handles_any_input_and_any_report(
        input in prop_oneof![any::<String>(), garbage().prop_map(|value| value.to_string())],
        reports in prop::collection::vec(
            prop_oneof![any::<String>(), garbage().prop_map(|value| value.to_string())], 0..4),
        now in any::<f64>(),
    ) {
        let mut invocation = Invocation::new(&input);
        prop_assert!(invocation.start().contains("\"status\":400"));
        for report in reports {
            prop_assert!(invocation.report(&report, now).contains("\"status\":400"));
        }
    }

    #[test]
    fn a_session_ignores_unknown_reports(
        input in input(),
        ids in prop::collection::vec("[0-9]{0,3}\\.?[0-9]{2,6}|.*", 0..6),
        body in garbage(),
    ) {
        let (mut session, first) = Session::begin(input, Memory::default());
        let json = to_raw_value(&body).unwrap();
        for id in ids {
            let known = first.iter().any(|instruction| {
                matches!(instruction, Instruction::Request { id: asked, .. } if *asked == id)
            });
            if !known {
                let report = Report::Answered { id: id.clone(), status: 200, etag: None };
                prop_assert_eq!(session.report(report, Some(&json), BEGAN), Vec::new());
                let report = Report::Waited { id };
                prop_assert_eq!(session.report(report, None, BEGAN), Vec::new());
            }
        }
    }
}
