//! Calls of the Functions over a fake `fetch`.

use js_sys::Promise;
use park_interaction::plugin::exports::{operate_by_name as operate, start};
use park_interaction::plugin::version::{OWN, PATH as VERSION};
use park_interaction::request::path::{CHECK, END, GIVE, KEEP, PARK, SETTLE, UNPARK};
use serde_json::json;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

use super::browser::{js, json, Fake, Journal};

const ORIGIN: &str = "https://park-interaction-1234.twil.io";

pub fn task() -> serde_json::Value {
    json!({
        "taskSid": "WT00000000000000000000000000000001",
        "status": "accepted",
        "channelType": "web",
        "attributes": {
            "conversationSid": "CH00000000000000000000000000000001",
            "flexInteractionSid": "KD00000000000000000000000000000001",
            "flexInteractionChannelSid": "UO00000000000000000000000000000001",
            "originalRouting": { "queueName": "Everyone" },
        },
    })
}

async fn outcome(promise: Promise) -> serde_json::Value {
    json(&JsFuture::from(promise).await.unwrap())
}

/// Parks with these responses.
async fn parked(script: serde_json::Value) -> (serde_json::Value, Journal) {
    let fake = Fake::answering(&script);
    let flags = json!({
        "enabled": true, "show_list": true, "list_ttl_hours": 1, "pause_studio_flow": true,
    });
    let custom_data = json!({
        "serverless_functions_domain": "park-interaction-1234.twil.io",
        "features": { "park_interaction": flags },
    });
    start(&js(&json!({ "customData": custom_data }))).unwrap();
    let view = js(&json!({ "task": task(), "lastMessageIndex": 4 }));
    let logout = AbortController::new().unwrap().signal();
    let outcome = outcome(operate(
        "park",
        view,
        ORIGIN.into(),
        "token-1".into(),
        logout,
    ))
    .await;
    (outcome, fake.end())
}

fn notified(outcome: &serde_json::Value) -> Vec<&str> {
    let effects = outcome["effects"].as_array().unwrap();
    effects.iter().filter_map(|e| e["id"].as_str()).collect()
}

#[wasm_bindgen_test]
async fn park_posts_the_request_and_notifies_the_agent() {
    let (outcome, journal) =
        parked(json!([{ "path": PARK, "status": 200, "body": { "outcome": "parked" } }])).await;
    assert_eq!(
        journal.requests(),
        [json!({
            "url": format!("{ORIGIN}{PARK}"),
            "method": "POST",
            "contentType": "application/x-www-form-urlencoded;charset=UTF-8",
            "body": {
                "conversationSid": "CH00000000000000000000000000000001",
                "interactionSid": "KD00000000000000000000000000000001",
                "channelSid": "UO00000000000000000000000000000001",
                "taskSid": "WT00000000000000000000000000000001",
                "lastMessageIndex": "4",
                "showList": "true",
                "listTtlSeconds": "3600",
                "pauseStudioFlow": "true",
                "Token": "token-1",
            },
        })]
    );
    assert_eq!(
        outcome,
        json!({ "effects": [
            {
                "kind": "notify",
                "id": "ParkInteractionParked",
                "field": "CH00000000000000000000000000000001",
            },
            {
                "kind": "unloadConversation",
                "conversationSid": "CH00000000000000000000000000000001",
                "afterMs": 2000,
            },
        ] })
    );
}

#[wasm_bindgen_test]
async fn an_appointment_goes_with_the_request() {
    let agreed = json!({ "outcome": "parked", "until": 1_778_569_200, "keepTime": true });
    let fake = Fake::answering(&json!([{ "path": PARK, "status": 200, "body": agreed }]));
    let view = js(&json!({
        "task": task(),
        "appointment": { "until": 1_778_569_200, "keepTime": true, "reason": "Delivery", "note": "1\n2" },
        "agentName": "Ada Agent",
    }));
    let logout = AbortController::new().unwrap().signal();
    let parked = outcome(operate("park", view, ORIGIN.into(), "t".into(), logout)).await;
    let notification = &parked["effects"][0];
    assert_eq!(notification["id"], "ParkInteractionParkedKept");
    assert_eq!(notification["time"], 1_778_569_200);
    let journal = fake.end();
    let body = &journal.requests()[0]["body"];
    for (name, value) in [
        ("until", "1778569200"),
        ("keepTime", "true"),
        ("reason", "Delivery"),
        ("note", "1\n2"),
        ("agentName", "Ada Agent"),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
}

#[wasm_bindgen_test]
async fn an_end_posts_what_the_agent_has_seen_if_the_owner_allows_it() {
    let sid = "CH00000000000000000000000000000001";
    let begin = |end_from_list: bool| {
        let custom_data = json!({
            "serverless_functions_domain": "park-interaction-1234.twil.io",
            "features": { "park_interaction": { "enabled": true, "end_from_list": end_from_list } },
        });
        start(&js(&json!({ "customData": custom_data }))).unwrap();
    };
    let click = |name: &str| {
        let payload = js(&json!({ "ConversationSid": sid, "unread": 2 }));
        let logout = AbortController::new().unwrap().signal();
        outcome(operate(name, payload, ORIGIN.into(), "t".into(), logout))
    };
    let fake = Fake::answering(&json!([
        { "path": END, "status": 200, "body": { "outcome": "ended" } },
        { "path": GIVE, "status": 200, "body": { "outcome": "routed" } },
    ]));
    begin(false);
    assert_eq!(notified(&click("end").await), ["ParkInteractionNotAllowed"]);
    begin(true);
    assert_eq!(notified(&click("end").await), ["ParkInteractionEnded"]);
    assert_eq!(notified(&click("give").await), ["ParkInteractionRouted"]);
    let journal = fake.end();
    let bodies: Vec<_> = journal.requests().iter().map(|one| &one["body"]).collect();
    assert_eq!(
        bodies,
        [
            &json!({ "conversationSid": sid, "unread": "2", "Token": "t" }),
            &json!({ "conversationSid": sid, "Token": "t" }),
        ]
    );
}

#[wasm_bindgen_test]
async fn keep_posts_the_hours_and_shows_the_new_end() {
    let fake = Fake::answering(&json!([
        { "path": KEEP, "status": 200, "body": { "outcome": "extended" } },
    ]));
    let custom_data = json!({
        "serverless_functions_domain": "park-interaction-1234.twil.io",
        "features": { "park_interaction": { "enabled": true, "expires_after_hours": 72 } },
    });
    start(&js(&json!({ "customData": custom_data }))).unwrap();
    let payload = js(&json!({ "ConversationSid": "CH00000000000000000000000000000001" }));
    let logout = AbortController::new().unwrap().signal();
    let clicked = js_sys::Date::now() / 1_000.0;
    let kept = outcome(operate("keep", payload, ORIGIN.into(), "t".into(), logout)).await;
    assert_eq!(notified(&kept), ["ParkInteractionExtended"]);
    let until = kept["effects"][0]["time"].as_f64().unwrap();
    let waits = until - clicked;
    assert!((waits - 72.0 * 3_600.0).abs() < 10.0, "{waits} s");
    let journal = fake.end();
    assert_eq!(
        journal.requests()[0]["body"],
        json!({
            "conversationSid": "CH00000000000000000000000000000001",
            "expiresAfterHours": "72",
            "Token": "t",
        })
    );
}

#[wasm_bindgen_test]
async fn unpark_and_settle_post_to_their_own_functions() {
    let fake = Fake::answering(&json!([
        { "path": UNPARK, "status": 200, "body": { "outcome": "routed" } },
        { "path": SETTLE, "status": 200, "body": { "outcome": "settled" } },
    ]));
    let logout = AbortController::new().unwrap().signal();
    let payload = js(&json!({
        "ConversationSid": "CH00000000000000000000000000000001",
        "WebhookSid": "WH00000000000000000000000000000001",
    }));
    let routed = outcome(operate(
        "unpark",
        payload,
        ORIGIN.into(),
        "t".into(),
        logout.clone(),
    ))
    .await;
    assert_eq!(notified(&routed), ["ParkInteractionRouted"]);
    let view = js(&json!({ "task": task() }));
    let settled = outcome(operate("settle", view, ORIGIN.into(), "t".into(), logout)).await;
    assert_eq!(settled, json!({ "effects": [] }));
    let journal = fake.end();
    assert_eq!(journal.requests().len(), 2);
    for request in journal.requests() {
        let body = json!({ "conversationSid": "CH00000000000000000000000000000001", "Token": "t" });
        assert_eq!(request["body"], body);
    }
}

#[wasm_bindgen_test]
async fn a_check_is_sent_once() {
    for answer in [
        json!({ "path": CHECK, "status": 200, "body": { "outcome": "waiting" } }),
        json!({ "path": CHECK, "status": 503, "text": "no" }),
        json!({ "path": CHECK, "networkError": true }),
        json!({ "path": CHECK, "hang": true }),
    ] {
        let fake = Fake::answering(&json!([answer]));
        let logout = AbortController::new().unwrap().signal();
        let view = js(&json!({ "ConversationSid": "CH00000000000000000000000000000001" }));
        let checked = outcome(operate("check", view, ORIGIN.into(), "t".into(), logout)).await;
        assert_eq!(checked, json!({ "effects": [] }));
        let journal = fake.end();
        let [request] = journal.requests() else {
            panic!("{answer}");
        };
        let body = json!({ "conversationSid": "CH00000000000000000000000000000001", "Token": "t" });
        assert_eq!(request["body"], body);
    }
}

#[wasm_bindgen_test]
async fn transient_failures_are_retried_with_growing_waits() {
    let (outcome, journal) = parked(json!([
        { "path": PARK, "status": 429, "text": "Too many requests" },
        { "path": PARK, "networkError": true },
        { "path": PARK, "status": 200, "body": { "outcome": "parkedAndWoken" } },
    ]))
    .await;
    assert_eq!(notified(&outcome), ["ParkInteractionParkedAndWoken"]);
    let waits = journal.waits();
    assert_eq!(waits.len(), 2);
    assert!(waits[0] <= 500 && waits[1] <= 1000, "{waits:?}");
}

#[wasm_bindgen_test]
async fn retries_end_after_some_seconds() {
    let (outcome, journal) = parked(json!([{
        "path": PARK,
        "status": 503,
        "body": { "outcome": "refused", "refusal": { "kind": "twilioUnavailable" } },
        "always": true,
    }]))
    .await;
    let waits = journal.waits();
    assert_eq!(journal.requests().len(), waits.len() + 1);
    let waited = waits.iter().sum::<u64>();
    assert!((4_000..=8_000).contains(&waited), "{waits:?}");
    assert_eq!(notified(&outcome), ["ParkInteractionTwilioUnavailable"]);
    assert_eq!(outcome["error"]["variant"], "twilioUnavailable");
}

#[wasm_bindgen_test]
async fn a_refusal_is_final_and_has_its_own_notification() {
    let (outcome, journal) = parked(json!([{
        "path": PARK,
        "status": 410,
        "body": {
            "outcome": "refused",
            "refusal": { "kind": "conversationClosed" },
            "message": "the conversation is closed",
        },
    }]))
    .await;
    assert_eq!(journal.requests().len(), 1);
    assert_eq!(notified(&outcome), ["ParkInteractionConversationClosed"]);
    assert_eq!(outcome["error"]["variant"], "conversationClosed");
}

#[wasm_bindgen_test]
async fn an_unreadable_response_is_final() {
    for text in ["", "<html>", "null", "[]", "{\"outcome\":\"sold\"}"] {
        let (outcome, journal) = parked(json!([
            { "path": PARK, "status": 200, "text": text },
            { "path": VERSION, "status": 200, "body": { "version": OWN } },
        ]))
        .await;
        assert_eq!(notified(&outcome), ["ParkInteractionUnexpected"], "{text}");
        let [_, version] = journal.requests() else {
            panic!("{text}");
        };
        assert_eq!(version["body"], json!({}), "no token");
    }
}

#[wasm_bindgen_test]
async fn an_unknown_answer_names_the_side_to_renew() {
    let version =
        |version: &str| json!({ "path": VERSION, "status": 200, "body": { "version": version } });
    for (answer, told, variant) in [
        (
            version("0.0.9"),
            "ParkInteractionFunctionsOlder",
            "functionsOlder",
        ),
        (
            version("999.0.0"),
            "ParkInteractionPluginOlder",
            "pluginOlder",
        ),
        (
            json!({ "path": VERSION, "status": 404, "text": "Not found" }),
            "ParkInteractionFunctionsOlder",
            "functionsOlder",
        ),
        (
            json!({ "path": VERSION, "status": 503, "text": "no" }),
            "ParkInteractionUnexpected",
            "unreadable",
        ),
        (
            json!({ "path": VERSION, "networkError": true }),
            "ParkInteractionUnexpected",
            "unreadable",
        ),
    ] {
        let missing = json!({ "path": PARK, "status": 404, "text": "Not found" });
        let (outcome, journal) = parked(json!([missing, answer])).await;
        assert_eq!(notified(&outcome), [told], "{answer}");
        assert_eq!(outcome["error"]["variant"], variant);
        assert_eq!(outcome["error"]["isUnclear"], false, "nothing ran");
        assert_eq!(outcome["effects"][0]["what"], "ParkInteractionParkFailed");
        assert_eq!(journal.requests().len(), 2);
    }
}

/// Functions before 0.2.0 park until the customer writes, whatever is asked for.
#[wasm_bindgen_test]
async fn an_appointment_that_old_functions_ignore_is_noticed() {
    let refused = json!({ "kind": "badRequest", "field": "conversationSid" });
    let fake = Fake::answering(&json!([
        { "path": PARK, "status": 400, "body": { "outcome": "refused", "refusal": refused, "message": "" } },
        { "path": PARK, "status": 200, "body": { "outcome": "parked" } },
        { "path": PARK, "status": 200, "body": { "outcome": "parked" } },
    ]));
    let run = |name: &'static str, view: serde_json::Value| {
        let logout = AbortController::new().unwrap().signal();
        outcome(operate(name, js(&view), ORIGIN.into(), "t".into(), logout))
    };
    run("prepare", json!({})).await;
    let parked = run(
        "park",
        json!({ "task": task(), "appointment": { "note": "1" } }),
    )
    .await;
    assert_eq!(
        notified(&parked),
        ["ParkInteractionParked", "ParkInteractionFunctionsOlder"]
    );
    assert_eq!(parked["error"], json!(null));
    let parked = run("park", json!({ "task": task() })).await;
    assert_eq!(notified(&parked), ["ParkInteractionParked"]);
    fake.end();
}

#[wasm_bindgen_test]
async fn an_unknown_route_is_a_failure() {
    let (outcome, _) = parked(json!([
        { "path": PARK, "status": 501, "text": "no" },
        { "path": VERSION, "status": 200, "body": { "version": OWN } },
    ]))
    .await;
    assert_eq!(outcome["error"]["variant"], "unreadable");
}

#[wasm_bindgen_test]
async fn a_try_that_hangs_is_retried_once() {
    let hang = json!({ "path": PARK, "hang": true });
    let (outcome, journal) = parked(json!([hang, hang])).await;
    assert_eq!(journal.requests().len(), 2);
    assert_eq!(journal.deadlines(), [10_000; 2]);
    assert_eq!(notified(&outcome), ["ParkInteractionUnreachable"]);
    assert_eq!(outcome["error"]["variant"], "timedOut");
}

#[wasm_bindgen_test]
async fn a_logout_ends_a_call_silently() {
    let fake = Fake::answering(&json!([{ "path": PARK, "hang": true }]));
    let logout = AbortController::new().unwrap();
    fake.logout_while_hanging(&logout);
    let view = js(&json!({ "task": task() }));
    let outcome = outcome(operate(
        "park",
        view,
        ORIGIN.into(),
        "t".into(),
        logout.signal(),
    ))
    .await;
    assert_eq!(fake.end().requests().len(), 1);
    assert_eq!(outcome["effects"], json!([]));
    assert_eq!(outcome["error"]["variant"], "cancelled");
}

#[wasm_bindgen_test]
async fn nothing_is_sent_after_a_logout() {
    let fake = Fake::answering(&json!([]));
    let logout = AbortController::new().unwrap();
    logout.abort();
    let view = js(&json!({ "task": task() }));
    let outcome = outcome(operate(
        "park",
        view,
        ORIGIN.into(),
        "t".into(),
        logout.signal(),
    ))
    .await;
    assert!(fake.end().requests().is_empty());
    assert_eq!(outcome["error"]["variant"], "cancelled");
}

#[wasm_bindgen_test]
async fn malformed_input_notifies_the_agent_and_is_not_sent() {
    let fake = Fake::answering(&json!([]));
    let logout = AbortController::new().unwrap().signal();
    let mut broken = task();
    broken["attributes"]["conversationSid"] = json!("../../Services");
    let view = js(&json!({ "task": broken }));
    let refused = outcome(operate(
        "park",
        view.clone(),
        ORIGIN.into(),
        "t".into(),
        logout.clone(),
    ))
    .await;
    assert_eq!(
        refused,
        json!({
            "error": {
                "variant": "malformed",
                "message": "`task.attributes.conversationSid` is malformed: \
                            expected `CH` followed by 32 hexadecimal digits",
                "isUnclear": false,
            },
            "effects": [{
                "kind": "notify",
                "id": "ParkInteractionNotParkable",
                "field": "task.attributes.conversationSid",
                "what": "ParkInteractionParkFailed",
            }],
        })
    );
    let settled = outcome(operate(
        "settle",
        view,
        ORIGIN.into(),
        "t".into(),
        logout.clone(),
    ))
    .await;
    assert_eq!(settled["effects"][0]["kind"], "warn");
    let unparked = outcome(operate(
        "unpark",
        js(&json!({})),
        ORIGIN.into(),
        "t".into(),
        logout,
    ))
    .await;
    assert_eq!(unparked["error"]["variant"], "malformed");
    assert!(fake.end().requests().is_empty());
}
