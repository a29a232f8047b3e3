//! What the shim can call. Nothing is decided here, and nothing here can panic: a panic would end
//! the plugin for the whole tab.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::backend::Session;
use super::effect::NOTIFICATIONS;
use super::operation::{Call, Operation};
use super::value::{give, take};
use super::{button, settings};

#[wasm_bindgen(typescript_custom_section)]
const VIEWS: &str = r"
/** A task as Flex has it. Whatever stands in it is checked in Rust. */
export interface TaskView {
    taskSid: unknown;
    status: unknown;
    channelType: unknown;
    attributes: unknown;
}

/** What `start` reads. */
export interface StartView {
    /** `ui_attributes.custom_data` of Flex's configuration. */
    customData: unknown;
    /** The worker attribute `config_overrides`. */
    configOverrides: unknown;
    /** The user's roles. */
    roles: unknown;
}

/** What `parkButton` reads. */
export interface ButtonView {
    task: TaskView;
    /** The worker who looks at it. */
    workerSid: unknown;
    /** What `task.getParticipants` gave; null while it is not known. */
    participants: unknown;
    /** The states of the conversation's transfers. */
    transfers: unknown;
    /** Whether parking is under way. */
    busy: boolean;
}

/** What `park` reads. */
export interface ParkView {
    task: TaskView;
    /** Index of the last message that the agent's screen holds. */
    lastMessageIndex: unknown;
    showList: boolean;
    listTtlSeconds: number;
}

/** What `settle` reads. */
export interface SettleView {
    task: TaskView;
}

/** The error that a call with something else than plain data throws. */
export interface CoreError extends Error {
    name: 'ParkInteractionError';
    variant: string;
}
";

/// Reads the configuration: whether the feature is on, and what is wrong with it.
#[wasm_bindgen(unchecked_return_type = "Start")]
pub fn start(
    #[wasm_bindgen(unchecked_param_type = "StartView")] view: &JsValue,
) -> Result<JsValue, JsValue> {
    give(&settings::start(&take(view)?))
}

/// Every notification, to be registered with Flex.
#[wasm_bindgen(unchecked_return_type = "Notification[]")]
pub fn notifications() -> Result<JsValue, JsValue> {
    give(&NOTIFICATIONS)
}

/// How the Park button of a task is to be drawn.
#[wasm_bindgen(js_name = parkButton, unchecked_return_type = "Button")]
pub fn park_button(
    #[wasm_bindgen(unchecked_param_type = "ButtonView")] view: &JsValue,
) -> Result<JsValue, JsValue> {
    give(&button::button(&take(view)?))
}

/// Parks the conversation of a task. `logout` is aborted when Flex logs out.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn park(
    #[wasm_bindgen(unchecked_param_type = "ParkView")] view: JsValue,
    #[wasm_bindgen(js_name = functionsOrigin)] functions_origin: String,
    token: String,
    logout: AbortSignal,
) -> Promise {
    let session = Session {
        functions_origin,
        token,
        logout,
    };
    operate(Operation::Park, view, session)
}

/// Resumes a parked conversation: takes the payload of the action `UnparkInteraction`.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn unpark(
    #[wasm_bindgen(unchecked_param_type = "unknown")] payload: JsValue,
    #[wasm_bindgen(js_name = functionsOrigin)] functions_origin: String,
    token: String,
    logout: AbortSignal,
) -> Promise {
    let session = Session {
        functions_origin,
        token,
        logout,
    };
    operate(Operation::Unpark, payload, session)
}

/// Settles the conversation of a task that came out of parking; does nothing for any other.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn settle(
    #[wasm_bindgen(unchecked_param_type = "SettleView")] view: JsValue,
    #[wasm_bindgen(js_name = functionsOrigin)] functions_origin: String,
    token: String,
    logout: AbortSignal,
) -> Promise {
    let session = Session {
        functions_origin,
        token,
        logout,
    };
    operate(Operation::Settle, view, session)
}

/// One future for all three: each would cost as much again.
fn operate(operation: Operation, view: JsValue, session: Session) -> Promise {
    future_to_promise(async move {
        let call = match operation.prepare(&take(&view)?) {
            Ok(call) => call,
            Err(outcome) => return give(&outcome),
        };
        let request = match &call {
            Call::Park(request) => give(request)?,
            Call::Unpark(request) => give(request)?,
            Call::Settle(request) => give(request)?,
        };
        give(&call.outcome(session.post(call.path(), &request).await))
    })
}
