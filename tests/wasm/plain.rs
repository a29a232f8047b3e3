//! Values over the boundary are plain data: objects and arrays, never a `Map`, and never undefined.

use park_interaction::plugin::exports::{notifications, park_button, start};
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
                "autoAccept": true,
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
    assert_eq!(
        json(&started),
        json!({ "effects": [
            { "kind": "warn", "message": format!("`{path}` is malformed: expected true or false") },
            { "kind": "notify", "id": "ParkInteractionMisconfigured", "field": path },
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
        assert!(["success", "warning", "error"].contains(&notification["kind"].as_str().unwrap()));
    }
}
