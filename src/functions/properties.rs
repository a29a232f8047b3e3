//! What holds whatever Twilio answers and whatever is reported.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::prelude::*;
use serde_json::value::to_raw_value;
use serde_json::{json, Value};

use crate::attributes::Attributes;
use crate::guardian::{Asked, Guardian};
use crate::record::tests as recorded;
use crate::request::path;
use crate::sid::{
    example as sid, ChannelSid, ConversationParticipantSid, ConversationSid, InteractionSid,
    MessageSid, ParticipantSid, QueueSid, TaskSid, WebhookSid, WorkerSid, WorkflowSid,
};
use crate::sync_name::MapName;
use crate::twilio::body::Body;
use crate::twilio::calls::{
    ChannelRef, Claim, ClaimState, CloseParticipant, ConversationState, CreateClaim,
    CreateInteraction, CreateInvite, CreateWebhook, DeleteItem, DeleteWebhook, FetchChannel,
    FetchClaim, FetchConversation, FetchMessage, FetchTask, FetchWorker, FindWorker, Hears, Item,
    ListChatParticipants, ListConversations, ListInvites, ListItems, ListMaps, ListMessages,
    ListParticipants, ListTaskEvents, ListTasks, ListWebhooks, ListWorkerChannels, NamedWorker,
    PutItem, RemoveChatParticipant, Target, UpdateClaim, UpdateConversation, UpdateItem,
    UpdateWebhook, ValidateToken, WhenTaken, WorkerMark,
};
use crate::twilio::time::Millis;
use crate::twilio::{AnyCall, Http};

use super::exports::Invocation;
use super::session::{Beginning, Instruction, Report, Session};

const BEGAN: Millis = 1_790_000_000_000;

/// How long a request takes here, and how long a Function may run.
const TRIP: Millis = 100;
const FUNCTION_ENDS_AFTER: Millis = 10_000;

/// More than any operation needs, and far less than an endless one makes.
const MOST_STEPS: usize = 400;

fn every_call() -> Vec<AnyCall> {
    [calls_about_the_conversation(), other_calls()].concat()
}

fn calls_about_the_conversation() -> Vec<AnyCall> {
    let conversation = ConversationSid::example;
    let webhook = CreateWebhook {
        conversation: conversation(),
        target: Target::Url("https://example.com".into()),
        hears: Hears::MessagesAndState,
        replay_after: None,
    };
    let webhook_sid = WebhookSid::example();
    vec![
        ValidateToken.into(),
        FetchConversation(conversation()).into(),
        UpdateConversation::attributes(conversation(), "{}".into()).into(),
        ListMessages {
            conversation: conversation(),
            page: None,
        }
        .into(),
        FetchMessage {
            conversation: conversation(),
            message: MessageSid::example(),
        }
        .into(),
        ListChatParticipants(conversation()).into(),
        RemoveChatParticipant {
            conversation: conversation(),
            participant: ConversationParticipantSid::example(),
        }
        .into(),
        ListWebhooks(conversation()).into(),
        webhook.into(),
        UpdateWebhook {
            conversation: conversation(),
            webhook: webhook_sid.clone(),
            url: "https://example.com".into(),
        }
        .into(),
        DeleteWebhook {
            conversation: conversation(),
            webhook: webhook_sid,
        }
        .into(),
    ]
}

fn other_calls() -> Vec<AnyCall> {
    let conversation = ConversationSid::example;
    let channel = || ChannelRef {
        interaction: InteractionSid::example(),
        channel: ChannelSid::example(),
    };
    let claim = Claim {
        conversation: conversation(),
        owner: "somebody".into(),
        until: 1,
        state: ClaimState::Held,
    };
    let map = MapName::list_of(&WorkerSid::example());
    let item = Item {
        map: map.clone(),
        key: conversation(),
        data: "{}".into(),
        ttl_seconds: 0,
    };
    let invite = CreateInvite {
        channel: channel(),
        workflow: WorkflowSid::example(),
        task_channel_unique_name: "chat".into(),
        attributes: "{}".into(),
        worker: Some(NamedWorker {
            worker: WorkerSid::example(),
            queue: QueueSid::example(),
            timeout_seconds: 60,
        }),
        earlier: Vec::new(),
    };
    vec![
        FetchChannel(channel()).into(),
        ListParticipants(channel()).into(),
        CloseParticipant {
            channel: channel(),
            participant: ParticipantSid::example(),
        }
        .into(),
        ListInvites(channel()).into(),
        ListTasks(channel().channel).into(),
        CreateInteraction {
            conversation: conversation(),
            medium: "web".into(),
            invite: invite.clone(),
        }
        .into(),
        invite.into(),
        FetchTask(TaskSid::example()).into(),
        ListTaskEvents(TaskSid::example()).into(),
        FindWorker {
            identity: "ada".into(),
            by: WorkerMark::ContactUri,
        }
        .into(),
        FetchWorker(WorkerSid::example()).into(),
        ListWorkerChannels(WorkerSid::example()).into(),
        CreateClaim::new(claim.clone()).into(),
        FetchClaim(conversation()).into(),
        UpdateClaim {
            claim,
            revision: "1".into(),
        }
        .into(),
        PutItem::new(item.clone(), WhenTaken::Replace).into(),
        PutItem::again(item.clone()).into(),
        UpdateItem(item).into(),
        DeleteItem {
            map: map.clone(),
            key: conversation(),
        }
        .into(),
        ListConversations {
            state: ConversationState::Active,
            page: None,
        }
        .into(),
        ListMaps { page: None }.into(),
        ListItems { map, page: None }.into(),
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

/// SIDs of another conversation, and texts that would lead out of a path if they got into one.
const FOREIGN: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

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

/// A parked record of which any field may be somebody's who means harm.
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

/// The address of a webhook of ours, or the template's.
fn address() -> impl Strategy<Value = String> {
    let wake = format!("https://example.twil.io{}", path::WAKE);
    let guardian = recorded::guardian();
    let invited = guardian.invited(Some(TaskSid::example()), Asked::Workflow, BEGAN);
    let waiting = Guardian {
        unheard_since: Some(BEGAN),
        ..invited.ended(Some(BEGAN), BEGAN)
    };
    prop::sample::select(vec![
        guardian.address(&wake),
        invited.address(&wake),
        waiting.address(&wake),
        wake,
    ])
}

/// An answer that any call can read something from, so that the operations get far.
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
                "sid": sid("WH"), "valid": true, "worker_sid": sid("WK"), "roles": ["agent"],
                "identity": "ada", "available": room,
                "state": state, "status": if state == "closed" { "closed" } else { "active" },
                "attributes": attributes, "date_updated": "2026-09-21T14:13:20Z",
                "timers": { "date_inactive": "2026-09-21T14:14:20Z" },
                // Both kinds of participants are called so.
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
        .prop_map(|((_, path), seed, [show_list, one], event)| Beginning {
            path: path.into(),
            parameters: parameters(show_list, one, event),
            environment: attributes(&json!({
                "ACCOUNT_SID": sid("AC"), "TWILIO_FLEX_WORKSPACE_SID": sid("WS"),
                "TWILIO_FLEX_SYNC_SID": sid("IS"), "DOMAIN_NAME": "example.twil.io",
            })),
            id: "invocation".into(),
            now: BEGAN,
            seed,
        })
}

fn attributes(value: &Value) -> Attributes {
    Attributes::parse(&value.to_string()).unwrap()
}

fn parameters(show_list: bool, one: bool, event: &str) -> Attributes {
    let mut all = json!({
        "Token": "token", "ConversationSid": sid("CH"), "conversationSid": sid("CH"),
        "interactionSid": sid("KD"), "channelSid": sid("UO"), "taskSid": sid("WT"),
        "lastMessageIndex": 3, "showList": show_list,
        "EventType": event, "ParticipantSid": sid("MB"), "Author": "charlie", "StateTo": "inactive",
        "TaskAttributes": json!({ "originalRouting": {}, "conversationSid": sid("CH") }).to_string(),
    });
    if !one {
        // The owner looks over everything.
        all.as_object_mut().unwrap().remove("conversationSid");
    }
    attributes(&all)
}

/// A number for the request's method and address: what Twilio may answer always alike.
fn endpoint(http: &Http) -> usize {
    let mut hasher = DefaultHasher::new();
    format!("{:?} {}", http.method, http.uri.as_str()).hash(&mut hasher);
    usize::from(u8::try_from(hasher.finish() & 0xff).unwrap_or(0))
}

/// What a run came to.
struct Ran {
    answers: usize,
    /// When the last answer came, from the beginning.
    took: Millis,
    requests: Vec<Http>,
}

/// Answers every request with one of `fates`: one after the other, or always the same for the same endpoint, as a
/// Twilio that stays in a strange state would.
fn run(beginning: Beginning, fates: &[Fate], steady: bool) -> Result<Ran, TestCaseError> {
    let (mut session, first) = Session::begin(beginning);
    let mut ran = Ran {
        answers: 0,
        took: 0,
        requests: Vec::new(),
    };
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
                        Report::Answered { id, status }
                    }
                    None => Report::Unanswered { id },
                }
            }
        };
        open.extend(begin(session.report(report, json.as_deref(), now), now));
        prop_assert!(
            !session.is_stuck(),
            "nothing is under way and nothing was answered"
        );
    }
    Ok(ran)
}

/// Whether a request is about this conversation and what belongs to it, whatever attributes and rows say. Which task TaskRouter's
/// log is asked about is read from the record: what it says is believed only if it names this conversation.
fn is_about_this_conversation(http: &Http) -> bool {
    let address = http.uri.as_str();
    let mut sent = http.data.clone().unwrap_or_default();
    if let Some(fields) = sent.as_object_mut() {
        // What stands there is kept, not acted upon.
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
        let json = to_raw_value(&body).unwrap();
        for call in every_call() {
            let read = call.read(status.unwrap_or(0), Body::new(Some(&json)));
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
        let ran = run(beginning, &fates, steady)?;
        prop_assert_eq!(ran.answers, 1);
        prop_assert!(ran.took < FUNCTION_ENDS_AFTER, "it took {} ms", ran.took);
    }

    /// I8: a record is data, never authority.
    #[test]
    fn every_request_names_only_what_belongs_to_the_conversation(
        beginning in beginning(),
        fates in prop::collection::vec((Just(Some(200)), plausible()), 1..24),
        steady in any::<bool>(),
    ) {
        for http in run(beginning, &fates, steady)?.requests {
            prop_assert!(is_about_this_conversation(&http), "{:?}", http);
        }
    }

    #[test]
    fn an_invocation_bears_any_beginning_and_any_report(
        beginning in prop_oneof![any::<String>(), garbage().prop_map(|value| value.to_string())],
        reports in prop::collection::vec(
            prop_oneof![any::<String>(), garbage().prop_map(|value| value.to_string())], 0..4),
        now in any::<f64>(),
    ) {
        let mut invocation = Invocation::new(&beginning);
        prop_assert!(invocation.start().contains("\"status\":400"));
        for report in reports {
            prop_assert!(invocation.report(&report, now).contains("\"status\":400"));
        }
    }

    #[test]
    fn a_session_passes_over_reports_that_nobody_asked_for(
        beginning in beginning(),
        ids in prop::collection::vec("[0-9]{0,3}\\.?[0-9]{2,6}|.*", 0..6),
        body in garbage(),
    ) {
        let (mut session, first) = Session::begin(beginning);
        let json = to_raw_value(&body).unwrap();
        for id in ids {
            let known = first.iter().any(|instruction| {
                matches!(instruction, Instruction::Request { id: asked, .. } if *asked == id)
            });
            if !known {
                let report = Report::Answered { id: id.clone(), status: 200 };
                prop_assert_eq!(session.report(report, Some(&json), BEGAN), Vec::new());
                let report = Report::Waited { id };
                prop_assert_eq!(session.report(report, None, BEGAN), Vec::new());
            }
        }
    }
}

#[test]
fn every_call_is_among_those_that_are_tried() {
    let tried: BTreeSet<&str> = every_call().iter().map(AnyCall::name).collect();
    let all: BTreeSet<&str> = AnyCall::NAMES.into_iter().collect();
    assert_eq!(tried, all);
}
