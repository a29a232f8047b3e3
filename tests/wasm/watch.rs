//! The watch across the boundary: events and returned actions are lists.

use js_sys::Date;
use park_interaction::plugin::exports::watch_event;
use serde_json::{json, Value};
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{js, json};

const SID: &str = "CH00000000000000000000000000000001";
const MAP: &str = "ParkInteractionWaiting_1";

fn watch(event: &Value) -> Value {
    json(&watch_event(&js(event)).unwrap())
}

/// Starts a watch that has read its maps, which are empty.
fn begin() {
    watch(&json!(["start", "WK00000000000000000000000000000001"]));
    let connected = watch(&json!(["connection", "connected", null, true]));
    let reads: Vec<Value> = (0..4)
        .map(|number| json!(["read", format!("ParkInteractionWaiting_{number}"), ""]))
        .collect();
    assert_eq!(connected, json!([reads, null, null]));
}

fn put(data: &Value) -> Value {
    watch(&json!(["put", MAP, { "key": SID, "data": data, "dateUpdated": Date::now() }]))
}

#[wasm_bindgen_test]
fn an_item_is_marked_within_a_minute() {
    begin();
    for (ask_at, least, most) in [
        (Date::now() - 1_000.0, 0.0, 8_000.0),
        (Date::now() + 20_000.0, 19_000.0, 28_000.0),
        (Date::now() + 1e12, 52_000.0, 60_000.0),
    ] {
        let answer = put(&json!({ "askAt": ask_at }));
        assert_eq!((&answer[0], &answer[2]), (&json!([]), &json!(null)));
        let wait = answer[1].as_f64().unwrap();
        assert!((least..=most).contains(&wait), "{wait}");
    }
    let mark = json!(["mark", SID, { "askAt": 1 }]);
    assert_eq!(watch(&mark)[2], json!(null), "the item is not due");
    assert_eq!(watch(&json!(["take", SID])), json!([[], null, null]));
}

#[wasm_bindgen_test]
fn a_watch_that_sync_forbids_warns_once() {
    begin();
    let refused = watch(&json!(["fail", MAP, 403]));
    assert_eq!(refused, json!([[["refused", "", ""]], null, null]));
    assert_eq!(put(&json!({})), json!([[], null, null]));
}
