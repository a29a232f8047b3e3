//! Values over the boundary are plain data: objects and arrays, never a `Map`, and never undefined.

use park_interaction::plugin::exports::{notifications, park_button, park_form, start};
use serde_json::json;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{field, js, json};
use super::calls::task;

#[wasm_bindgen_test]
fn the_settings_are_a_plain_object() {
    let started = start(&js(&json!({
        "customData": {
            "serverless_functions_domain": "park-interaction-1234.twil.io",
            "features": { "park_interaction": { "enabled": true, "show_list": true } },
        },
        "roles": ["agent"],
    })))
    .unwrap();
    let settings = field(&started, "settings");
    assert!(!settings.is_instance_of::<js_sys::Map>());
    assert_eq!(
        json(&started),
        json!({
            "settings": {
                "showList": true,
                "seesAgents": false,
                "autoAccept": true,
                "endFromList": true,
                "functionsOrigin": "https://park-interaction-1234.twil.io",
            },
            "effects": [],
        })
    );
}

#[wasm_bindgen_test]
fn a_malformed_configuration_warns_and_notifies_admins() {
    let started = start(&js(&json!({
        "customData": { "features": { "park_interaction": { "enabled": "yes" } } },
        "roles": ["admin"],
    })))
    .unwrap();
    let path = "ui_attributes.custom_data.features.park_interaction.enabled";
    let malformed = format!("`{path}` is malformed: expected true or false");
    assert_eq!(
        json(&started),
        json!({ "effects": [
            { "kind": "warn", "message": malformed },
            { "kind": "notify", "id": "ParkInteractionMalformedFlag", "field": format!("{malformed}, but there is \"yes\"") },
        ] })
    );
}

#[wasm_bindgen_test]
fn the_button_of_an_assigned_chat_is_enabled() {
    let button = park_button(&js(&json!({ "task": task(), "busy": false }))).unwrap();
    assert_eq!(
        json(&button),
        json!({
            "visible": true,
            "enabled": true,
            "busy": false,
            "needsReason": false,
            "label": "ParkInteractionButtonLabel",
            "title": "ParkInteractionButton",
        })
    );
}

#[wasm_bindgen_test]
fn the_notifications_are_a_list_of_ids_and_kinds() {
    let list = json(&notifications().unwrap());
    for notification in list.as_array().unwrap() {
        assert!(notification["id"]
            .as_str()
            .unwrap()
            .starts_with("ParkInteraction"));
        let kind = notification["kind"].as_str().unwrap();
        let kinds = ["success", "undoable", "warning", "error", "login", "files"];
        assert!(kinds.contains(&kind), "{kind}");
    }
}

/// The zone is that of the browser: a picked time comes back as the same local time.
#[wasm_bindgen_test]
fn the_form_of_the_dialog_is_an_array() {
    let tomorrow = js_sys::Date::new_0();
    tomorrow.set_hours(36);
    tomorrow.set_minutes(0);
    tomorrow.set_seconds(0);
    tomorrow.set_milliseconds(0);
    let local = tomorrow.get_time() - tomorrow.get_timezone_offset() * 60_000.0;
    let form = json(&park_form(&js(&json!({ "choice": "picked", "picked": local }))).unwrap());
    assert_eq!(form[0][0], json!(["reply", null]));
    assert_eq!(form[0][1][0], "wait0");
    assert!(form[0][1][1].as_f64().unwrap() > js_sys::Date::now());
    assert_eq!(
        [&form[0][1][2], &form[0][1][3]],
        [&json!(1), &json!("hour")]
    );
    assert_eq!(form[1].as_f64(), Some(tomorrow.get_time() / 1_000.0));
    assert_eq!(form[2], json!(null));
    assert_eq!(form[5], json!(null));
    assert_eq!(form[6], json!(false));
    assert_eq!([&form[7], &form[8]], [&json!([]), &json!(false)]);

    let form = json(&park_form(&js(&json!({ "choice": "picked" }))).unwrap());
    assert_eq!(form[1], json!(null));
    assert_eq!(form[2], "ParkInteractionUntilNoTime");
}

/// The configuration of the start counts for the button and the dialog, with the flags of the task's queue.
#[wasm_bindgen_test]
fn a_queue_has_its_own_reasons() {
    let configured = json!({
        "reasons": ["Payment"],
        "queues": ["Support"],
        "per_queue": { "Support": { "reasons": ["Parts"], "reason_required": true } },
    });
    let start_with = |flags: &serde_json::Value| {
        start(&js(&json!({
            "customData": {
                "serverless_functions_domain": "park-interaction-1234.twil.io",
                "features": { "park_interaction": flags },
            },
        })))
        .unwrap()
    };
    start_with(&configured);
    let mut in_support = task();
    in_support["queueName"] = json!("Support");
    let button =
        |task: &serde_json::Value| json(&park_button(&js(&json!({ "task": task }))).unwrap());
    assert_eq!(button(&in_support)["needsReason"], true);
    assert_eq!(button(&in_support)["enabled"], true);
    assert_eq!(button(&task())["title"], "ParkInteractionQueueNotParked");
    let form = json(&park_form(&js(&json!({ "task": in_support }))).unwrap());
    assert_eq!([&form[7], &form[8]], [&json!(["Parts"]), &json!(true)]);
    assert_eq!(form[2], "ParkInteractionUntilNoReason");
    // The other tests have no configuration.
    start_with(&json!({}));
}
