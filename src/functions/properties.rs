//! What holds whatever Twilio answers and whatever is reported.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::prelude::*;
use serde_json::{json, Map, Value};

use crate::protocol::call::{
    Call, Claim, ClaimState, ConversationState, Invite, Item, Source, Target, Webhook,
};
use crate::protocol::Millis;
use crate::request::path;
use crate::sid::{
    example as sid, ChannelSid, ConversationParticipantSid, ConversationSid, InteractionSid,
    MessageSid, ParticipantSid, TaskSid, WebhookSid, WorkflowSid,
};

use super::answer;
use super::exports::Invocation;
use super::http::Http;
use super::session::{Beginning, Instruction, Report, Session};

const BEGAN: Millis = 1_790_000_000_000;

/// How long a request takes here, and how long a Function may run.
const TRIP: Millis = 100;
const FUNCTION_ENDS_AFTER: Millis = 10_000;

/// More than any operation needs, and far less than an endless one makes.
const MOST_STEPS: usize = 400;

fn every_call() -> Vec<Call> {
    let claim = Claim {
        conversation: ConversationSid::example(),
        owner: "somebody".into(),
        until: 1,
        state: ClaimState::Held,
    };
    let item = Item {
        map: "map".into(),
        key: "key".into(),
        data: "{}".into(),
        ttl: 0,
    };
    let invite = Invite {
        interaction: InteractionSid::example(),
        channel: ChannelSid::example(),
        workflow: WorkflowSid::example(),
        task_channel_unique_name: "chat".into(),
        attributes: "{}".into(),
        worker: None,
        earlier: Vec::new(),
    };
    let webhook = Webhook {
        conversation: ConversationSid::example(),
        target: Target::Url("https://example.com".into()),
        replay_after: None,
    };
    vec![
        Call::ValidateToken,
        Call::FetchConversation(ConversationSid::example()),
        Call::UpdateAttributes(ConversationSid::example(), "{}".into()),
        Call::ListParticipants(InteractionSid::example(), ChannelSid::example()),
        Call::CloseParticipant(
            InteractionSid::example(),
            ChannelSid::example(),
            ParticipantSid::example(),
        ),
        Call::Invite(Box::new(invite)),
        Call::FetchTask(TaskSid::example()),
        Call::ListInvites(InteractionSid::example(), ChannelSid::example()),
        Call::ListWebhooks(ConversationSid::example()),
        Call::CreateWebhook(webhook),
        Call::DeleteWebhook(ConversationSid::example(), WebhookSid::example()),
        Call::ListMessages(ConversationSid::example()),
        Call::FetchMessage(ConversationSid::example(), MessageSid::example()),
        Call::FetchConversationParticipant(
            ConversationSid::example(),
            ConversationParticipantSid::example(),
        ),
        Call::FindWorker("ada".into()),
        Call::CreateClaim(claim.clone()),
        Call::FetchClaim(ConversationSid::example()),
        Call::UpdateClaim(claim, "1".into()),
        Call::CreateItem(item.clone()),
        Call::ReplaceItem(item.clone()),
        Call::UpdateItem(item.clone()),
        Call::CreateMap(item.clone()),
        Call::DeleteItem("map".into(), "key".into()),
        Call::PutBackItem(item),
        Call::ListPage(Source::Conversations(ConversationState::Active), None),
        Call::ListPage(Source::Lists, None),
        Call::ListPage(Source::Rows("map".into()), None),
    ]
}

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

fn parked_attributes() -> String {
    json!({
        "interactionSid": sid("KD"), "channelSid": sid("UO"), "participantSid": sid("UT"),
        "taskSid": sid("WT"), "workflowSid": sid("WW"), "taskChannelUniqueName": "chat",
        "queueName": "Everyone", "queueSid": sid("WQ"), "workerSid": sid("WK"),
        "taskAttributes": "{}", "webhookSid": sid("WH"),
        "parkInteraction": { "parkedAt": BEGAN },
    })
    .to_string()
}

fn task_attributes() -> String {
    json!({
        "conversationSid": sid("CH"), "flexInteractionSid": sid("KD"),
        "flexInteractionChannelSid": sid("UO"),
    })
    .to_string()
}

/// An answer that any call can read something from, so that the operations get far.
fn plausible() -> impl Strategy<Value = Value> {
    let attributes = prop::sample::select(vec![
        "{}".to_owned(),
        "[]".to_owned(),
        parked_attributes(),
        task_attributes(),
    ]);
    let people = prop::collection::vec(prop::sample::select(vec!["agent", "customer"]), 0..3);
    let claim = (
        prop::sample::select(vec!["invocation-0", "invocation-1", "somebody"]),
        prop::sample::select(vec![0, BEGAN, BEGAN + 3_000, u64::MAX]),
        prop::sample::select(vec!["held", "invited", "released"]),
    );
    (attributes, people, claim, any::<[bool; 5]>()).prop_map(
        |(attributes, people, (owner, until, state), [closed, task, webhook, seen, named])| {
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
            json!({
                "sid": sid("WH"), "valid": true, "worker_sid": sid("WK"), "roles": ["agent"],
                "state": if closed { "closed" } else { "active" },
                "attributes": attributes,
                "participants": people,
                "invites": some(task, json!({
                    "routing": { "properties": { "sid": sid("WT"), "date_created": BEGAN / 1_000 } },
                })),
                "conversations": some(task, json!({ "sid": sid("CH"), "attributes": attributes })),
                "maps": some(task, json!({ "unique_name": format!("ParkedInteractions_{}", sid("WK")) })),
                "items": some(task, json!({ "key": sid("CH") })),
                "webhooks": some(webhook, json!({
                    "sid": sid("WH"),
                    "configuration": { "url": format!("https://example.twil.io{}", path::WAKE) },
                })),
                "messages": some(!seen, json!({
                    "index": 9, "author": "charlie", "participant_sid": sid("MB"),
                })),
                "workers": some(named, json!({})),
                "workflow_sid": sid("WW"), "task_queue_sid": sid("WQ"),
                "task_queue_friendly_name": "Everyone", "task_channel_unique_name": "chat",
                "assignment_status": "assigned", "map_sid": sid("MP"), "revision": "1",
                "data": { "owner": owner, "until": until, "state": state },
            })
        },
    )
}

/// What becomes of a request. No status: no answer comes.
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

fn beginning() -> impl Strategy<Value = Beginning> {
    (
        prop::sample::select(vec![path::PARK, path::UNPARK, path::SETTLE, path::WAKE]),
        any::<u64>(),
        any::<bool>(),
    )
        .prop_map(|(path, seed, show_list)| Beginning {
            path: path.into(),
            parameters: parameters(show_list),
            environment: json!({
                "ACCOUNT_SID": sid("AC"), "TWILIO_FLEX_WORKSPACE_SID": sid("WS"),
                "TWILIO_FLEX_SYNC_SID": sid("IS"), "DOMAIN_NAME": "example.twil.io",
            }),
            id: "invocation".into(),
            now: BEGAN,
            seed,
        })
}

fn parameters(show_list: bool) -> Map<String, Value> {
    let all = json!({
        "Token": "token", "conversationSid": sid("CH"), "ConversationSid": sid("CH"),
        "interactionSid": sid("KD"), "channelSid": sid("UO"), "taskSid": sid("WT"),
        "lastMessageIndex": 3, "showList": show_list,
        "ParticipantSid": sid("MB"), "Author": "charlie",
    });
    all.as_object().unwrap().clone()
}

/// A number for the request's method and address: what Twilio may answer always alike.
fn endpoint(http: &Http) -> usize {
    let mut hasher = DefaultHasher::new();
    format!("{:?} {}", http.method, http.uri).hash(&mut hasher);
    usize::from(u8::try_from(hasher.finish() & 0xff).unwrap_or(0))
}

/// Answers every request with one of `fates`: one after the other, or always the same for the same endpoint, as a
/// Twilio that stays in a strange state would. Gives how many answers came, and when the last one did.
fn run(
    beginning: Beginning,
    fates: &[Fate],
    steady: bool,
) -> Result<(usize, Millis), TestCaseError> {
    let (mut session, first) = Session::begin(beginning);
    let mut answers = 0;
    let mut ended = BEGAN;
    let mut steps = 0;
    // What is under way, by when it ends.
    let mut open = BTreeMap::new();
    let mut begin = |instructions: Vec<Instruction>, now: Millis| {
        let mut to_come = Vec::new();
        for instruction in instructions {
            steps += 1;
            let takes = match &instruction {
                Instruction::Request { .. } => TRIP,
                Instruction::Wait { ms, .. } => *ms,
                Instruction::Answer { .. } => 0,
            };
            to_come.push(((now + takes, steps), instruction));
        }
        to_come
    };
    open.extend(begin(first, BEGAN));
    while let Some(((now, step), instruction)) = open.pop_first() {
        prop_assert!(step <= MOST_STEPS, "no answer after {} steps", MOST_STEPS);
        let report = match instruction {
            Instruction::Answer { .. } => {
                answers += 1;
                ended = now;
                continue;
            }
            Instruction::Wait { id, .. } => Report::Waited { id },
            Instruction::Request { id, http } => {
                let turn = if steady { endpoint(&http) } else { step };
                let (status, body) = fates.get(turn % fates.len()).unwrap().clone();
                match status {
                    Some(status) => Report::Answered { id, status, body },
                    None => Report::Unanswered { id },
                }
            }
        };
        open.extend(begin(session.report(report, now), now));
    }
    Ok((answers, ended - BEGAN))
}

/// What fails is printed in full; nothing is written beside the sources.
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
    fn any_answer_to_any_call_is_read_or_refused((status, body) in fate()) {
        for call in every_call() {
            let read = answer::read(&call, status.unwrap_or(0), &body);
            if !matches!(status, Some(200..=299)) {
                prop_assert!(read.is_err(), "{:?} took {:?} for success", call, status);
            }
        }
    }

    #[test]
    fn an_operation_ends_with_one_answer_whatever_twilio_answers(
        beginning in beginning(),
        fates in prop::collection::vec(fate(), 1..24),
        steady in any::<bool>(),
    ) {
        let (answers, took) = run(beginning, &fates, steady)?;
        prop_assert_eq!(answers, 1);
        prop_assert!(took < FUNCTION_ENDS_AFTER, "it took {} ms", took);
    }

    #[test]
    fn an_invocation_bears_any_beginning_and_any_report(
        beginning in prop_oneof![any::<String>(), garbage().prop_map(|value| value.to_string())],
        reports in prop::collection::vec(
            prop_oneof![any::<String>(), garbage().prop_map(|value| value.to_string())], 0..4),
        now in any::<f64>(),
    ) {
        let mut invocation = Invocation::new(&beginning);
        prop_assert_eq!(invocation.start(), "[]");
        for report in reports {
            prop_assert_eq!(invocation.report(&report, now), "[]");
        }
    }

    #[test]
    fn a_session_passes_over_reports_that_nobody_asked_for(
        beginning in beginning(),
        ids in prop::collection::vec("[0-9]{0,3}\\.?[0-9]{2,6}|.*", 0..6),
        body in garbage(),
    ) {
        let (mut session, first) = Session::begin(beginning);
        for id in ids {
            let known = first.iter().any(|instruction| {
                matches!(instruction, Instruction::Request { id: asked, .. } if *asked == id)
            });
            if !known {
                let report = Report::Answered { id: id.clone(), status: 200, body: body.clone() };
                prop_assert_eq!(session.report(report, BEGAN), Vec::new());
                prop_assert_eq!(session.report(Report::Waited { id }, BEGAN), Vec::new());
            }
        }
    }
}
