//! The facts about a task that is back from parking, across the boundary between the shim and the core.

use js_sys::Date;
use park_interaction::plugin::exports::returned;
use serde_json::{json, Value};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{field, js, json};

const ME: &str = "WK00000000000000000000000000000001";

fn view(parked: &Value) -> Value {
    json!({ "parked": parked, "workerSid": ME, "status": "accepted" })
}

#[wasm_bindgen_test]
fn the_facts_are_plain_data_with_null_for_missing_values() {
    let at = Date::now() - 7_200_000.0;
    let facts = returned(&js(&view(&json!({ "at": at, "workerSid": ME })))).unwrap();
    assert!(field(&facts, "note").is_null());
    assert_eq!(field(&facts, "at").as_f64(), Some(at));
    let mut facts = json(&facts);
    facts["at"].take();
    assert_eq!(
        facts,
        json!({
            "by": "ParkInteractionListByYou",
            "agent": null,
            "at": null,
            "ago": { "value": -2, "unit": "hour", "numeric": "always" },
            "cause": null,
            "parks": null,
            "lastSeenIndex": null,
            "reason": null,
            "note": null,
            "again": null,
        })
    );
}

/// It goes into the action `ParkInteraction` as it is.
#[wasm_bindgen_test]
fn the_ended_appointment_is_a_plain_object() {
    let until = (Date::now() / 1_000.0).floor() + 3_600.0;
    let facts = returned(&js(&view(&json!({
        "agentName": "Ada",
        "until": until * 1_000.0,
        "kept": true,
        "note": "Call back",
        "cause": "message",
    }))))
    .unwrap();
    let again = field(&facts, "again");
    assert!(!again.is_instance_of::<js_sys::Map>());
    assert_eq!(field(&again, "until").as_f64(), Some(until));
    let mut again = json(&again);
    again["until"].take();
    assert_eq!(
        again,
        json!({ "until": null, "keepTime": true, "note": "Call back" })
    );
}

#[wasm_bindgen_test]
fn a_task_that_was_not_parked_has_no_facts() {
    for parked in [json!(null), json!("text"), json!({ "at": "now" })] {
        assert!(returned(&js(&view(&parked))).unwrap().is_null(), "{parked}");
    }
}
