//! The list across the boundary between the shim and the core.

use js_sys::{Array, Date};
use park_interaction::plugin::exports::List;
use park_interaction::request::path::UNPARK;
use serde_json::{json, Value};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

use super::browser::{field, js, json, Fake};

const ORIGIN: &str = "https://park-interaction-1234.twil.io";
const SID: &str = "CH00000000000000000000000000000001";

fn unread() -> List {
    List::new(&js(&json!({
        "workerSid": "WK00000000000000000000000000000001",
        "autoAccept": true,
        "channelNames": { "whatsapp": "WhatsApp" },
    })))
    .unwrap()
}

/// Returns a list that was read and is empty.
pub fn list() -> List {
    let list = unread();
    assert!(list.connection(true, "connected"));
    assert_eq!(page(&list, &js(&json!([]))), 0);
    list
}

/// Takes the only page of a read. Returns the number of the pages that the list wants then.
fn page(list: &List, items: &JsValue) -> u32 {
    list.page(list.begin(), "", items, true).unwrap().length()
}

/// Takes an item that is new or has changed, or the key of a removed one.
pub fn change(list: &List, change: &JsValue) -> Result<(), JsValue> {
    list.change(&Array::of1(change))
}

fn item(name: &str) -> Value {
    json!({
        "key": SID,
        "data": {
            "interactionSid": "KD00000000000000000000000000000001",
            "flexInteractionChannelSid": "UO00000000000000000000000000000001",
            "taskChannelUniqueName": "chat",
            "taskAttributes": json!({
                "customerName": name,
                "customerAddress": "whatsapp:+1555",
                "channelType": "whatsapp",
            }).to_string(),
        },
        "dateUpdated": Date::now() - 120_000.0,
        "dateExpires": null,
    })
}

fn with_row(name: &str) -> List {
    let list = list();
    change(&list, &js(&item(name))).unwrap();
    list
}

#[wasm_bindgen_test]
fn the_view_is_plain_data_with_null_for_missing_values() {
    let list = with_row("Wanda");
    let view = list.view().unwrap();
    assert!(field(&view, "failure").is_null());
    assert_eq!(
        json(&view),
        json!({
            "status": "ready",
            "failure": null,
            "reading": false,
            "total": 1,
            "unheard": 0,
            "matching": 1,
            "channels": [
                { "channel": "whatsapp", "label": "ParkInteractionChannelWhatsapp", "count": 1 },
            ],
            "search": "",
            "filter": null,
            "sort": { "column": "parkedAt", "direction": "descending" },
            "announcement": null,
        })
    );
    let mut rows = json(&list.rows(0, 10).unwrap());
    let parked_at = rows[0]["data"]["parkedAt"].take();
    assert!((Date::now() - parked_at.as_f64().unwrap() - 120_000.0).abs() < 60_000.0);
    assert_eq!(
        rows,
        json!([{
            "conversationSid": SID,
            "data": {
                "parkedAt": null,
                "expiresAt": null,
                "dueAt": null,
                "expiryAt": null,
                "givenBy": null,
                "givenAt": null,
                "lastLine": null,
                "lastLineBy": null,
                "customerWroteAt": null,
                "unread": null,
                "workerSid": null,
                "unheardSince": null,
                "keptUntil": null,
                "customerName": "Wanda",
                "customerAddress": "+1555",
                "queueName": null,
                "reason": null,
                "note": null,
                "agentName": null,
                "channelType": "whatsapp",
            },
            "channel": "whatsapp",
            "channelLabel": "ParkInteractionChannelWhatsapp",
            "condition": "ParkInteractionListUntilMessage",
            "returnsAt": null,
            "dueIn": null,
            "endsSoon": false,
            "window": null,
            "windowIn": null,
            "windowEndsSoon": false,
            "isAttachment": false,
            "isOwnLine": false,
            "held": false,
            "parkedAgo": { "value": -2, "unit": "minute", "numeric": "always" },
            "expiresIn": null,
            "alerts": [],
            "byColleague": false,
            "owner": null,
            "ownerSid": null,
            "resuming": false,
            "failed": null,
            "failedField": null,
        }])
    );
    assert_eq!(
        list.map_name(),
        "ParkedInteractions_WK00000000000000000000000000000001"
    );
    assert_eq!((list.index_of(SID), list.index_of("x")), (Some(0), None));
}

#[wasm_bindgen_test]
fn the_search_ignores_case_accents_and_width() {
    let list = with_row("Zoë ÇELİK 王小明 ﾊﾅ");
    for (text, found) in [
        ("zoe", 1),
        ("ZOË", 1),
        ("celik", 1),
        ("小明", 1),
        ("ハナ", 1),
        ("１５５５", 1),
        ("zoo", 0),
    ] {
        list.search(text.into());
        assert_eq!(json(&list.view().unwrap())["matching"], found, "{text}");
    }
}

#[wasm_bindgen_test]
fn search_filter_and_sort_are_kept() {
    let list = with_row("Wanda");
    list.search("wan".into());
    list.filter(Some("whatsapp".into()));
    list.sort("customer");
    list.sort("customer");
    let view = json(&list.view().unwrap());
    assert_eq!(
        (&view["search"], &view["filter"]),
        (&json!("wan"), &json!("whatsapp"))
    );
    assert_eq!(
        view["sort"],
        json!({ "column": "customer", "direction": "descending" })
    );
    list.filter(None);
    assert_eq!(json(&list.view().unwrap())["filter"], json!(null));
}

#[wasm_bindgen_test]
async fn a_resume_sends_the_conversation_and_shows_in_the_row() {
    let fake = Fake::answering(&json!([
        { "path": UNPARK, "status": 503, "body": { "outcome": "refused", "refusal": { "kind": "busy" } } },
        { "path": UNPARK, "status": 200, "body": { "outcome": "routed" } },
    ]));
    let list = with_row("Wanda");
    let row = |name: &str| json(&list.rows(0, 1).unwrap())[0][name].clone();
    let resume = || {
        let logout = AbortController::new().unwrap().signal();
        let payload = js(&json!({ "ConversationSid": SID }));
        JsFuture::from(list.unpark(payload, ORIGIN.into(), "t".into(), logout))
    };
    let refused = json(&resume().await.unwrap());
    assert_eq!(refused["error"]["variant"], "busy");
    assert_eq!(
        (row("resuming"), row("failed")),
        (json!(false), json!("ParkInteractionBusy"))
    );
    let opens_by_itself = json(&resume().await.unwrap());
    assert_eq!(opens_by_itself, json!({ "effects": [] }));
    assert_eq!((row("resuming"), row("failed")), (json!(true), json!(null)));
    assert!(list.offer(&SID.into()) && !list.offer(&SID.into()));
    list.end(&SID.into());
    assert_eq!(row("failed"), json!("ParkInteractionNotTaken"));
    let journal = fake.end();
    for request in journal.requests() {
        assert_eq!(
            request["body"],
            json!({ "conversationSid": SID, "Token": "t" })
        );
    }
}

#[wasm_bindgen_test]
fn the_next_tick_is_a_valid_delay_of_a_timer() {
    let list = unread();
    let wait = list.next_tick().unwrap();
    assert!(
        (1.0..=20_000.0).contains(&wait),
        "until the first page: {wait}"
    );
    assert_eq!(list.fail(list.begin(), "", Some(500)).length(), 0);
    assert_eq!(list.next_tick(), None);
    let mut item = item("Wanda");
    item["dateExpires"] = json!(Date::now() + 1e12);
    change(&list, &js(&item)).unwrap();
    assert_eq!(list.next_tick(), Some(f64::from(i32::MAX)));
}

#[wasm_bindgen_test]
fn a_setup_without_a_worker_is_refused() {
    for setup in [json!({}), json!({ "workerSid": "CH1" }), json!(null)] {
        let error = List::new(&js(&setup)).err().unwrap();
        let message = error.as_string().unwrap();
        assert_eq!(message, "expected `WK` followed by 32 hexadecimal digits");
    }
}

#[wasm_bindgen_test]
fn removed_items_of_a_page_are_ignored() {
    let list = list();
    let nothing = json!({ "key": null, "data": null, "dateUpdated": null, "dateExpires": null });
    let items = js(&json!([nothing, item("Wanda"), null]));
    assert_eq!(page(&list, &items), 0);
    assert_eq!(json(&list.view().unwrap())["total"], 1);
    change(&list, &SID.into()).unwrap();
    assert_eq!(json(&list.view().unwrap())["total"], 0);
    change(&list, &js(&item("Wanda"))).unwrap();
    list.clear();
    assert_eq!(json(&list.view().unwrap())["total"], 0);
    assert!(!list.offer(&JsValue::UNDEFINED));
    list.end(&JsValue::NULL);
}

#[wasm_bindgen_test]
fn a_batch_of_changes_is_taken_in_its_order() {
    let list = list();
    let changes = [
        js(&item("Wanda")),
        SID.into(),
        js(&item("Nora")),
        JsValue::NULL,
    ];
    list.change(&changes.iter().collect()).unwrap();
    let rows = json(&list.rows(0, 9).unwrap());
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(rows[0]["data"]["customerName"], "Nora");
}

/// A second reader reads the last page as soon as there is more than one.
#[wasm_bindgen_test]
fn the_pages_wanted_are_names_of_readers() {
    let list = list();
    let read = list.begin();
    let wanted = list
        .page(read, "", &js(&json!([item("Wanda")])), false)
        .unwrap();
    assert_eq!(json(&wanted), json!(["", "-"]));
    let wanted = list.fail(read, "-", Some(400));
    assert_eq!(wanted.length(), 0, "the first one reads on");
    let wanted = list.page(read, "", &js(&json!([])), true).unwrap();
    assert_eq!(wanted.length(), 0);
    assert_eq!(json(&list.view().unwrap())["reading"], false);
}
