#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test may panic"
)]

mod report;

use serde_json::{json, Value};

use super::*;
use crate::guardian::Guardian;
use crate::record::tests as recorded;
use crate::sid::example as sid;
use crate::sid::{FlowSid, QueueSid, WorkerSid};

const DOMAIN: &str = "park.twil.io";
const WAKE: &str = "https://park.twil.io/features/park-interaction/common/unpark-interaction";
const THE_TEMPLATES: &str =
    "https://template.twil.io/features/park-interaction/common/unpark-interaction";
const ANOTHERS: &str = "https://serverless-1234-dev.twil.io/unpark-an-interaction";
/// 2026-09-21T14:13:20Z.
const NOW: u64 = 1_790_000_000_000;
const HOUR: u64 = 3_600_000;

fn attributes() -> Value {
    let record = ParkedRecord {
        task_attributes: Some(r#"{"channelType":"whatsapp","from":"+15550001111"}"#.to_owned()),
        is_listed: true,
        ..recorded::record()
    };
    let text = record.write_into("{}", &recorded::guardian(), &ConversationSid::example());
    serde_json::from_str(&text).unwrap()
}

/// The template's attributes: the same without this product's own key.
fn the_templates() -> Value {
    let mut attributes = attributes();
    attributes
        .as_object_mut()
        .unwrap()
        .remove("parkInteraction");
    attributes
}

/// The attributes of an older plugin, as `reports/09` has them.
fn anothers() -> Value {
    json!({
        "interactionSid": sid("KD"), "channelSid": sid("UO"), "participantSid": sid("UT"), "taskSid": sid("WT"),
        "workflowSid": sid("WW"), "taskChannelUniqueName": "chat", "targetSid": sid("WQ"), "workerName": "ada",
        "webhookSid": sid("WH"), "taskAttributes": { "customerAddress": "charlie" },
    })
}

fn capitals() -> Value {
    json!({ "InteractionSid": sid("KD"), "ChannelSid": sid("UO"), "WebhookSid": sid("WH") })
}

fn parked(hours: u64) -> Guardian {
    Guardian {
        parked_at: Some(NOW - hours * HOUR),
        ..recorded::guardian()
    }
}

fn unheard(hours: u64, since: u64) -> Guardian {
    Guardian {
        unheard_since: Some(since),
        ..parked(hours)
    }
}

fn url(url: &str) -> Value {
    json!([{ "sid": sid("WH"), "configuration": { "url": url } }])
}

fn armed(guardian: &Guardian) -> Value {
    url(&guardian.address(WAKE))
}

/// `TaskRouter`'s log of the parked task, the newest first.
fn log_of(conversation: &str) -> Value {
    let task = json!({
        "conversationSid": conversation, "flexInteractionSid": sid("KD"), "flexInteractionChannelSid": sid("UO"),
    });
    let data = |worker: Option<String>| {
        json!({
            "task_attributes": task.to_string(), "workflow_sid": sid("WW"), "task_queue_sid": sid("WQ"),
            "task_channel_unique_name": "chat", "worker_sid": worker,
        })
    };
    json!([
        { "event_type": "reservation.accepted", "event_data": data(Some(sid("WK"))) },
        { "event_type": "task.created", "event_data": data(None) },
    ])
}

fn numbered(number: u32) -> String {
    format!("CH{number:032}")
}

fn found(number: u32, attributes: &Value, webhooks: &Value) -> Value {
    json!({
        "conversationSid": numbered(number), "attributes": attributes.to_string(),
        "webhooks": webhooks, "row": true, "workerName": "Ada Agent",
    })
}

fn described(found: Vec<Value>) -> Value {
    let found = Value::from(found).to_string();
    #[expect(clippy::cast_precision_loss, reason = "it is far below 2^53")]
    let text = describe_parked(&found, DOMAIN, NOW as f64, 120, "{}", false).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Returns the rows of CSV and the SIDs of a choice of four conversations: of Ada (due, overdue), of Ben (unheard), and of another
/// plugin.
fn chosen(choice: &Value, names: bool) -> (String, Vec<String>) {
    let due = |hours: i64| {
        let guardian = Guardian {
            due: Some(crate::guardian::Due {
                at: NOW.saturating_add_signed(hours * 3_600_000),
                keep_minutes: None,
                is_expiry: false,
            }),
            ..parked(3)
        };
        armed(&guardian)
    };
    let with = |mut found: Value, key: &str, value: Value| {
        found[key] = value;
        found
    };
    let note = json!({ "reason": "Waiting for, \"parts\"" });
    let ahead = with(found(1, &attributes(), &due(1)), "note", note);
    let overdue = with(
        found(2, &attributes(), &due(-1)),
        "queueName",
        json!("Support"),
    );
    let ben = found(3, &attributes(), &armed(&unheard(2, NOW - HOUR)));
    let ben = with(ben, "workerName", json!("=Ben"));
    let others = with(found(4, &capitals(), &json!([])), "workerName", json!(null));
    let all = Value::from(vec![ahead, overdue, ben, others]).to_string();
    #[expect(clippy::cast_precision_loss, reason = "it is far below 2^53")]
    let text = describe_parked(&all, DOMAIN, NOW as f64, 0, &choice.to_string(), names).unwrap();
    let described: Value = serde_json::from_str(&text).unwrap();
    let sids = described["parked"].as_array().unwrap().iter();
    let sids = sids.map(|one| one["conversationSid"].as_str().unwrap().to_owned());
    let mut sids: Vec<String> = sids.collect();
    sids.sort();
    (described["csv"].as_str().unwrap().to_owned(), sids)
}

/// Judges a workflow that routes one parked conversation, of `WhatsApp` and parked by a known agent.
fn judged(filters: &Value, default_filter: &Value) -> Value {
    let configuration =
        json!({ "task_routing": { "filters": filters, "default_filter": default_filter } });
    let parked = json!([{
        "conversationSid": numbered(1), "attributes": attributes().to_string(), "workerSid": sid("WK"),
    }]);
    let text = judge_workflow(&configuration.to_string(), &parked.to_string());
    serde_json::from_str(&text.unwrap().unwrap()).unwrap()
}

#[test]
fn a_workflow_that_takes_no_woken_task_is_named() {
    let filter = |expression: &str| json!([{ "expression": expression, "targets": [{ "queue": "WQ1" }, { "queue": "WQ2" }] }]);
    let other = json!({ "queue": "WQ1" });
    let none = json!(null);
    for (expression, default_filter, is_taken) in [
        ("channelType == 'whatsapp'", &none, true),
        ("channelType == 'sms'", &none, false),
        ("channelType == 'sms'", &other, true),
        ("originalRouting.workerSid != null", &none, true),
        ("originalRouting.queueName == 'Sales'", &none, false),
        ("an expression that cannot be read", &none, true),
    ] {
        let judged = judged(&filter(expression), default_filter);
        assert_eq!(judged["queues"], json!(["WQ1", "WQ2"]));
        let unmatched = if is_taken { vec![] } else { vec![numbered(1)] };
        assert_eq!(judged["unmatched"], json!(unmatched), "{expression}");
    }
    assert_eq!(judged(&json!([]), &none)["unmatched"], json!([numbered(1)]));
    for broken in ["", "{}", "[]", r#"{"task_routing":3}"#] {
        assert_eq!(judge_workflow(broken, "[]"), Ok(None), "{broken}");
    }
    assert!(judge_workflow("{}", "{}").is_err());
}

#[test]
fn a_choice_filters_the_list() {
    for (choice, numbers) in [
        (json!({}), &[1, 2, 3, 4][..]),
        (json!({ "agent": "ada agent" }), &[1, 2]),
        (json!({ "agent": sid("WK") }), &[1, 2, 3]),
        (json!({ "agent": "Ada" }), &[]),
        (json!({ "queue": "support" }), &[2]),
        (json!({ "reason": "PARTS" }), &[1]),
        (json!({ "overdue": true }), &[2]),
        (json!({ "unheard": true }), &[3]),
        (json!({ "unheard": true, "agent": "Ada Agent" }), &[]),
        (json!({ "conversation": numbered(4) }), &[4]),
    ] {
        let expected: Vec<String> = numbers.iter().copied().map(numbered).collect();
        assert_eq!(chosen(&choice, false).1, expected, "{choice}");
    }
}

/// A misspelt choice would release more than was meant.
#[test]
fn an_unknown_choice_is_refused() {
    for choice in ["", r#"{"agnet":"ada"}"#, r#"{"overdue":"yes"}"#] {
        assert!(
            describe_parked("[]", DOMAIN, 0.0, 0, choice, false).is_err(),
            "{choice}"
        );
        assert!(
            report_parked("[]", DOMAIN, 0.0, choice).is_err(),
            "{choice}"
        );
    }
}

#[test]
fn csv_has_a_line_for_each_conversation() {
    let (csv, _) = chosen(&json!({ "reason": "parts" }), true);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].starts_with(r#""conversation","agent","agent_sid","parked_at","state","until","#)
    );
    let expected = format!(
        r#""{}","Ada Agent","{}","2026-09-21T11:13:20Z","until 2026-09-21 15:13","2026-09-21T15:13:20Z","","Waiting for, ""parts""","#,
        numbered(1),
        sid("WK")
    );
    assert!(lines[1].starts_with(&expected), "{}", lines[1]);
    assert!(lines[1].contains(r#","'+15550001111","#), "{}", lines[1]);
    let (csv, _) = chosen(&json!({ "conversation": numbered(4) }), true);
    assert!(csv.contains(r#","","","#), "{csv}");
    for nothing in [r#""'-""#, r#""-""#, r#""?""#, r#""null""#] {
        assert!(!csv.contains(nothing), "an empty value is empty: {csv}");
    }
    let (csv, _) = chosen(&json!({ "unheard": true }), false);
    assert!(csv.contains(r#","'=Ben","#), "{csv}");
    assert!(
        !csv.contains("+15550001111"),
        "no customer is named unless asked for"
    );
}

/// Returns the description of the one conversation.
fn one(attributes: &Value, webhooks: &Value) -> Value {
    described(vec![found(1, attributes, webhooks)])["parked"][0].clone()
}

fn kinds(one: &Value) -> Vec<&str> {
    let notes = one["notes"].as_array().unwrap().iter();
    notes.map(|note| note["kind"].as_str().unwrap()).collect()
}

fn texts(one: &Value) -> String {
    let notes = one["notes"].as_array().unwrap().iter();
    let texts: Vec<&str> = notes.map(|note| note["text"].as_str().unwrap()).collect();
    texts.join("\n")
}

fn rows(described: &Value) -> Vec<Vec<String>> {
    let text = described["text"].as_str().unwrap();
    let table = text.split("\n\n").next().unwrap();
    let cells = |line: &str| -> Vec<String> {
        let cells = line.split("  ").map(str::trim);
        cells
            .filter(|cell| !cell.is_empty())
            .map(str::to_owned)
            .collect()
    };
    table.lines().map(cells).collect()
}

#[test]
fn waiting_customers_come_first_and_no_customer_is_named() {
    let half_past_one = NOW - 43 * 60_000;
    let described = described(vec![
        found(1, &attributes(), &armed(&parked(2))),
        found(2, &attributes(), &armed(&parked(50))),
        found(3, &attributes(), &armed(&unheard(3, half_past_one))),
        found(4, &attributes(), &armed(&unheard(90, NOW - 51 * HOUR))),
        found(5, &attributes(), &armed(&unheard(99, NOW - HOUR / 6))),
    ]);
    let rows = rows(&described);
    assert_eq!(
        rows[0],
        [
            "conversation",
            "parked by",
            "since",
            "state",
            "queue",
            "channel",
            "webhook",
            "row"
        ]
    );
    assert_eq!(rows[1][0], numbered(4));
    assert_eq!(rows[1][3], "wrote 2 d 3 h ago, not answered yet");
    assert_eq!(
        rows[2],
        [
            numbered(3).as_str(),
            "Ada Agent",
            "3 h 0 min",
            "wrote at 15:30, not answered yet",
            "Everyone",
            "whatsapp",
            "armed",
            "there"
        ]
    );
    assert_eq!(rows[3][0], numbered(5));
    assert_eq!(rows[4][..4], [&numbered(2), "Ada Agent", "2 d 2 h", "-"]);
    assert_eq!(rows[5][0], numbered(1));
    assert!(!described.to_string().contains("+1555"), "{described}");
}

#[test]
fn the_time_of_day_is_the_readers() {
    let described = |minutes_east| {
        let since = NOW - 15 * 60_000;
        let found = json!([found(1, &attributes(), &armed(&unheard(1, since)))]).to_string();
        #[expect(clippy::cast_precision_loss, reason = "it is far below 2^53")]
        describe_parked(&found, DOMAIN, NOW as f64, minutes_east, "{}", false).unwrap()
    };
    for (minutes_east, expected) in [(0, "at 13:58,"), (330, "at 19:28,"), (-840, "at 23:58,")] {
        assert!(described(minutes_east).contains(expected), "{expected}");
    }
}

#[test]
fn the_webhook_is_shown_by_what_it_calls() {
    let flow = sid("FW");
    let with_flow = Guardian {
        flow: FlowSid::parse(flow.clone()).ok(),
        ..parked(1)
    };
    let mut two = armed(&with_flow);
    let runs_flow =
        json!({ "sid": format!("WH{}", "1".repeat(32)), "configuration": { "flow_sid": flow } });
    two.as_array_mut().unwrap().push(runs_flow);
    for (attributes, webhooks, expected, cell) in [
        (
            attributes(),
            armed(&parked(1)),
            json!({ "calls": "function" }),
            "armed",
        ),
        (
            the_templates(),
            url(WAKE),
            json!({ "calls": "function" }),
            "armed",
        ),
        (
            attributes(),
            two,
            json!({ "calls": "flow", "flowSid": flow }),
            &*format!("flow {flow}"),
        ),
        (
            attributes(),
            armed(&with_flow),
            json!({ "calls": "nothing" }),
            "MISSING",
        ),
        (
            the_templates(),
            url(THE_TEMPLATES),
            json!({ "calls": "elsewhere", "url": THE_TEMPLATES }),
            "template.twil.io",
        ),
        (
            attributes(),
            json!([]),
            json!({ "calls": "nothing" }),
            "MISSING",
        ),
    ] {
        let described = described(vec![found(1, &attributes, &webhooks)]);
        assert_eq!(described["parked"][0]["webhook"], expected);
        assert!(
            rows(&described)[1].iter().any(|shown| shown == cell),
            "{described}"
        );
    }
}

#[test]
fn a_healthy_conversation_has_no_notes() {
    let one = one(&attributes(), &armed(&parked(1)));
    assert_eq!(one["parkedWith"], "thisProduct");
    assert_eq!(kinds(&one), [""; 0]);
}

#[test]
fn the_address_fills_in_for_damaged_attributes() {
    for attributes in [json!({ "parkInteraction": [] }), json!({}), json!([])] {
        let one = one(&attributes, &armed(&unheard(1, NOW)));
        assert_eq!(one["workerSid"], json!(sid("WK")));
        assert_eq!(one["unheardSince"], NOW);
        assert_eq!(one["channel"], "chat");
        assert_eq!(kinds(&one), ["damaged"]);
    }
}

#[test]
fn half_a_surrogate_pair_hides_nothing() {
    let mut broken = found(1, &json!({}), &armed(&parked(1)));
    broken["attributes"] = json!("ATTRIBUTES");
    broken["workerName"] = json!("NAME");
    let broken = format!("[{broken}]")
        .replace(
            "ATTRIBUTES",
            r#"{\"parkInteraction\":{},\"note\":\"\ud83d\"}"#,
        )
        .replace("NAME", r"Ada \ud83d");
    let described = describe_parked(&broken, DOMAIN, 0.0, 0, "{}", false).unwrap();
    assert!(described.contains(&numbered(1)), "{described}");
}

#[test]
fn a_malformed_list_is_an_error() {
    assert!(describe_parked("{}", DOMAIN, 0.0, 0, "{}", false).is_err());
}

#[test]
fn parks_of_other_plugins_are_named() {
    let with_log = |attributes: &Value, webhooks: &Value| {
        let mut found = found(1, attributes, webhooks);
        found["events"] = log_of(&numbered(1));
        described(vec![found])["parked"][0].clone()
    };
    let template = with_log(&the_templates(), &url(THE_TEMPLATES));
    assert_eq!(template["parkedWith"], "template");
    assert_eq!(template["workerSid"], json!(sid("WK")));
    assert_eq!(kinds(&template), ["parkedWithAnother"]);
    assert!(texts(&template).contains("template.twil.io. npm run parked -- reconcile arms"));

    let another = with_log(&anothers(), &url(ANOTHERS));
    assert_eq!(another["parkedWith"], "anotherPlugin");
    assert_eq!(kinds(&another), ["parkedWithAnother"]);
    assert!(
        texts(&another).contains("serverless-1234-dev.twil.io. npm run parked -- reconcile arms")
    );

    // A fork that kept the template's names.
    assert_eq!(
        with_log(&the_templates(), &url(ANOTHERS))["parkedWith"],
        "anotherPlugin"
    );

    assert!(says_parked(&capitals().to_string()));
    let capitals = one(&capitals(), &url(ANOTHERS));
    assert_eq!(capitals["parkedWith"], "anotherPlugin");
    assert_eq!(capitals["row"], "unknown");
    assert!(texts(&capitals).contains("reconcile and release pass over it"));
}

#[test]
fn an_unverified_park_is_listed_with_the_reason() {
    let events = |attributes: &Value, events: Value| {
        let mut found = found(1, attributes, &json!([]));
        found["events"] = events;
        described(vec![found])["parked"][0].clone()
    };
    let mut no_task = attributes();
    no_task["taskSid"] = json!(7);
    let another_conversation = log_of(&format!("CH{}", "9".repeat(32)));
    for (one, because) in [
        (
            events(&attributes(), json!([])),
            "log of the parked task is gone",
        ),
        (
            events(&attributes(), another_conversation),
            "does not show this conversation",
        ),
        (one(&no_task, &json!([])), "name no task"),
    ] {
        assert_eq!(kinds(&one), ["unverified"], "{because}");
        assert!(texts(&one).contains(because), "{one}");
        assert!(texts(&one).contains("What cannot be verified"), "{one}");
        assert_eq!(
            (&one["workerSid"], &one["row"]),
            (&json!(null), &json!("unknown"))
        );
    }
    let template = one(&the_templates(), &url(THE_TEMPLATES));
    assert_eq!(kinds(&template), ["unverified", "parkedWithAnother"]);
    assert!(texts(&template).contains("functions at template.twil.io are called"));
}

#[test]
fn a_missing_or_former_webhook_is_noted() {
    let former = parked(1).address(THE_TEMPLATES);
    assert_eq!(kinds(&one(&attributes(), &url(&former))), ["formerDomain"]);
    let mut missing = found(1, &attributes(), &json!([]));
    missing["events"] = log_of(&numbered(1));
    let missing = described(vec![missing])["parked"][0].clone();
    assert_eq!(kinds(&missing), ["noWebhook"]);
    assert!(texts(&missing).contains("reconcile arms one that calls park.twil.io"));
}

#[test]
fn a_second_webhook_that_unparks_is_noted() {
    let second = |url: &str| {
        let mut webhooks = armed(&parked(1));
        let other =
            json!({ "sid": format!("WH{}", "9".repeat(32)), "configuration": { "url": url } });
        webhooks.as_array_mut().unwrap().push(other);
        one(&attributes(), &webhooks)
    };
    let by_hand = second(ANOTHERS);
    assert_eq!(kinds(&by_hand), ["secondWebhook"]);
    assert!(
        texts(&by_hand).contains("--conversation-sid CH0"),
        "{by_hand}"
    );
    let by_us = second(THE_TEMPLATES);
    assert!(texts(&by_us).contains("reconcile removes it"), "{by_us}");
    assert_eq!(kinds(&second("https://example.com/reports")), [""; 0]);
}

#[test]
fn places_come_from_the_address_or_the_log() {
    let conversation = sid("CH");
    let map = format!("ParkedInteractions_{}", sid("WK"));
    let expected = json!({ "workerSid": sid("WK"), "queueSid": sid("WQ"), "workflowSid": sid("WW"), "row": { "map": map, "key": conversation } });
    let none = json!({ "workerSid": null, "queueSid": null, "workflowSid": null, "row": null });
    let read = |text: String| -> Value { serde_json::from_str(&text).unwrap() };

    let webhooks = armed(&parked(1)).to_string();
    assert_eq!(read(places_of(&conversation, &webhooks, DOMAIN)), expected);
    assert_eq!(read(places_of(&conversation, "[]", DOMAIN)), none);
    assert_eq!(read(places_of(&conversation, "no list", DOMAIN)), none);

    let attributes = the_templates().to_string();
    let log = log_of(&conversation).to_string();
    assert_eq!(
        read(places_by_log(&conversation, &attributes, &log)),
        expected
    );
    for (attributes, log) in [
        (&*attributes, "[]"),
        ("{}", &*log),
        (&*attributes, "no list"),
    ] {
        assert_eq!(read(places_by_log(&conversation, attributes, log)), none);
    }
}

#[test]
fn the_log_is_read_for_the_named_task() {
    let log: Value =
        serde_json::from_str(&log_to_read(&attributes().to_string()).unwrap()).unwrap();
    assert_eq!(
        log,
        json!({ "taskSid": sid("WT"), "minutes": 43_200, "limit": 100 })
    );
    assert_eq!(log_to_read(&capitals().to_string()), None);
}

#[test]
fn a_conversation_waits_in_a_map_that_holds_conversations() {
    let map = waiting_map_of(&sid("CH")).unwrap();
    assert!(map_holds_conversations(&map), "{map}");
    assert_eq!(waiting_map_of("../x"), None);
}

#[test]
fn attributes_name_no_row() {
    let mut forged = attributes();
    forged["workerSid"] = json!(format!("WK{}", "9".repeat(32)));
    forged["mapItemKey"] = json!("../../../Documents/PayrollApprovals");
    let places = places_of(&sid("CH"), &armed(&parked(1)).to_string(), DOMAIN);
    assert!(places.contains(&sid("WK")), "{places}");
    assert_eq!(
        one(&forged, &armed(&parked(1)))["workerSid"],
        json!(sid("WK"))
    );
}

#[test]
fn a_success_is_no_refusal() {
    for outcome in [
        "routed",
        "alreadyRouted",
        "restored",
        "settled",
        "removed",
        "waiting",
        "ignored",
    ] {
        assert!(!is_refusal(outcome), "{outcome}");
    }
    for outcome in [
        "conversationClosed",
        "busy",
        "twilioUnavailable",
        "notParked",
    ] {
        assert!(is_refusal(outcome), "{outcome}");
    }
}

#[test]
fn an_entry_flow_is_named_and_the_owners_own_is_not() {
    let entry = format!("FW{}", "e".repeat(32));
    let with_entry = |guardian: &Guardian, flow: &str| {
        let mut webhooks = armed(guardian);
        let runs_flow = json!({ "sid": format!("WH{}", "1".repeat(32)), "configuration": { "flow_sid": flow } });
        webhooks.as_array_mut().unwrap().push(runs_flow);
        let described = described(vec![found(1, &attributes(), &webhooks)]);
        described["parked"][0].clone()
    };
    let named = with_entry(&parked(1), &entry);
    assert_eq!(kinds(&named), ["otherFlow"]);
    assert!(named["notes"][0]["text"].as_str().unwrap().contains(&entry));
    let own = Guardian {
        flow: FlowSid::parse(sid("FW")).ok(),
        ..parked(1)
    };
    assert_eq!(kinds(&with_entry(&own, &sid("FW"))), [""; 0]);
}

#[test]
fn a_damaged_record_counts_and_others_attributes_do_not() {
    for nobodys in ["{}", "", "[]", "not JSON", r#"{"taskSid":"theirs"}"#] {
        assert!(!holds_parked_record(nobodys), "{nobodys}");
    }
    assert!(holds_parked_record(r#"{"parkInteraction":{"parkedAt":1}}"#));
    assert!(holds_parked_record(r#"{"parkInteraction":[]}"#));
}

/// An event that the Function knows and `TaskRouter` does not post would never come.
#[test]
fn the_callback_names_all_events() {
    let callback = task_event_callback("park.twil.io");
    assert!(callback.contains("https://park.twil.io/features/park-interaction/common/task-event"));
    assert!(TASK_ENDS.iter().all(|event| callback.contains(event)));
}

#[test]
fn a_sink_takes_the_same_events_and_the_states_of_conversations() {
    let sink: serde_json::Value =
        serde_json::from_str(&event_streams_sink("park.twil.io")).unwrap();
    assert_eq!(
        sink.get("url").unwrap(),
        "https://park.twil.io/features/park-interaction/common/events"
    );
    let types: Vec<String> = serde_json::from_value(sink.get("types").unwrap().clone()).unwrap();
    assert_eq!(types.len(), TASK_ENDS.len() + 1);
    assert!(types.contains(&"com.twilio.taskrouter.task.canceled".to_owned()));
    assert!(types.contains(&"com.twilio.conversations.conversation-state.updated".to_owned()));
}
