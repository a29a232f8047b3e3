//! Hostile input, which Flex would never send. It must not trap, because a trap ends the plugin for the tab.

use js_sys::{Array, Function, Promise};
use park_interaction::plugin::exports::{
    notifications, operate_by_name as operate, park_button, returned, start, watch_event as watch,
    List,
};
use serde_json::json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{AbortController, AbortSignal};

use super::browser::{field, json};
use super::list::{change, list};

fn evaluate(expression: &str) -> JsValue {
    Function::new_no_args(&format!("return {expression}"))
        .call0(&JsValue::NULL)
        .unwrap()
}

/// Returns values that are not plain data, or far too large.
fn hostile() -> Vec<JsValue> {
    [
        "undefined",
        "null",
        "NaN",
        "'text'",
        "'\\ud800'",
        "10n",
        "Symbol('s')",
        "() => 1",
        "[]",
        "[[], [null], undefined]",
        "new Map([['task', { attributes: {} }]])",
        "new Date(0)",
        "new Uint8Array(8)",
        "Object.create(null)",
        "Promise.resolve()",
        "(() => { const o = {}; o.task = o; o.attributes = o; o.customData = o; return o; })()",
        "(() => { let o = {}; for (let i = 0; i < 100000; i++) o = { task: o }; return o; })()",
        "{ task: { attributes: 'text' } }",
        "{ task: { attributes: { conversationSid: {}, flexInteractionChannelSid: [] }, status: 7 } }",
        "{ customData: { features: { park_interaction: 'yes' } }, roles: 'admin' }",
        "{ ConversationSid: Symbol('s') }",
        "{ parked: { at: 1n, workerSid: Symbol('s'), note: () => 1 }, workerSid: new Date(0) }",
    ]
    .into_iter()
    .map(|expression| evaluate(&format!("({expression})")))
    .collect()
}

fn throwing() -> JsValue {
    evaluate("new Proxy({}, { ownKeys() { throw new Error('a customer wrote this'); } })")
}

fn signal() -> AbortSignal {
    let controller = AbortController::new().unwrap();
    // No request must leave this page.
    controller.abort();
    controller.signal()
}

const OPERATIONS: [&str; 4] = ["park", "unpark", "settle", "check"];

fn promise(operation: &str, view: JsValue) -> Promise {
    operate(operation, view, "x".into(), String::new(), signal())
}

#[wasm_bindgen_test]
fn hostile_input_hides_the_button() {
    for value in hostile() {
        let button = json(&park_button(&value).unwrap());
        assert_eq!(button["visible"], json!(false), "{value:?}");
    }
}

#[wasm_bindgen_test]
fn a_hostile_task_is_not_back_from_parking() {
    for value in hostile() {
        assert!(returned(&value).unwrap().is_null(), "{value:?}");
    }
}

#[wasm_bindgen_test]
fn a_hostile_configuration_turns_the_feature_off() {
    for value in hostile() {
        let start = json(&start(&value).unwrap());
        assert!(start.get("settings").is_none(), "{value:?}");
    }
}

#[wasm_bindgen_test]
async fn hostile_input_of_an_operation_has_an_outcome() {
    for value in hostile() {
        for operation in OPERATIONS {
            let promise = promise(operation, value.clone());
            let outcome = json(&JsFuture::from(promise).await.unwrap());
            assert!(outcome["effects"].is_array(), "{value:?}");
        }
    }
}

#[wasm_bindgen_test]
fn hostile_input_keeps_the_list_usable() {
    let list = list();
    for value in hostile() {
        drop(List::new(&value));
        change(&list, &value).unwrap();
        list.page(list.begin(), "", &value, false).unwrap();
        list.tick();
        list.offer(&value);
        list.end(&value);
        for item in ["key", "data"] {
            let object = js_sys::Object::new();
            js_sys::Reflect::set(&object, &"key".into(), &"CH".into()).unwrap();
            js_sys::Reflect::set(&object, &item.into(), &value).unwrap();
            change(&list, &object).unwrap();
        }
        assert!(change(&list, &throwing()).is_err());
        let view = json(&list.view().unwrap());
        let rows = json(&list.rows(0, 100).unwrap());
        assert_eq!(view["total"], rows.as_array().unwrap().len(), "{value:?}");
    }
}

#[wasm_bindgen_test]
fn hostile_events_keep_the_watch_usable() {
    for value in hostile() {
        drop(watch(&value).unwrap());
        for kind in ["start", "connection", "page", "put", "mark", "marked", "x"] {
            let event = Array::of4(&kind.into(), &value, &value, &value);
            let answer = watch(&event).unwrap();
            assert_eq!(answer.length(), 3, "{kind} {value:?}");
        }
    }
    assert!(watch(&throwing()).is_err());
    watch(&Array::of1(&"stop".into())).unwrap();
}

#[wasm_bindgen_test]
async fn an_object_that_throws_is_a_named_error() {
    let mut errors = vec![
        park_button(&throwing()).unwrap_err(),
        returned(&throwing()).unwrap_err(),
        start(&throwing()).unwrap_err(),
    ];
    for operation in OPERATIONS {
        let promise = promise(operation, throwing());
        errors.push(JsFuture::from(promise).await.unwrap_err());
    }
    for error in errors {
        let error: js_sys::Error = error.dyn_into().unwrap();
        assert_eq!(error.name(), "ParkInteractionError");
        assert_eq!(field(&error, "variant"), "notPlainData");
        assert!(!String::from(error.message()).contains("customer"));
    }
}

#[wasm_bindgen_test]
fn the_core_still_works_afterwards() {
    for value in hostile() {
        drop((park_button(&value), start(&value), returned(&value)));
    }
    assert!(!json(&notifications().unwrap())
        .as_array()
        .unwrap()
        .is_empty());
}
