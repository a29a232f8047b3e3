//! The exports for the shim. They decide nothing, and cannot panic: a panic would end the plugin for the whole tab.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Date, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::backend::Session;
use super::effect::{ShimEffect, ShimOutcome, NOTIFICATIONS};
use super::gift::Gift;
use super::json::Json;
use super::list::resume::{Answer, Room, WaitStep};
use super::operation::{FunctionCall, Operation};
use super::returned::returned as facts;
use super::value::{fold, give, parse, take};
use super::{appointment, button, keep, list, park, settings, watch};
use crate::flags::Flags;
use crate::request::{
    ChangeRequest, CheckRequest, EndRequest, GiveRequest, KeepRequest, ParkRequest, SettleRequest,
    UnparkRequest, PREPARE,
};
use crate::sid::WorkerSid;

#[cfg(feature = "supervisor")]
pub mod supervisor;

/// The browser's part in the list.
const BROWSER: list::text::Platform = list::text::Platform { fold, parse };

/// The time for which a preparation lasts: shorter than the Functions know a caller.
const PREPARED_FOR_MS: f64 = 50_000.0;

/// The longest wait that browsers take; a longer one would be none at all.
const LONGEST_WAIT_MS: f64 = 2_147_483_647.0;

#[wasm_bindgen(typescript_custom_section)]
const VIEWS: &str = r"
/** A task as Flex has it. Rust checks its content. */
export interface TaskView {
    taskSid: unknown;
    status: unknown;
    channelType: unknown;
    queueName?: unknown;
    queueSid?: unknown;
    attributes: unknown;
}

/** The view for `start`. */
export interface StartView {
    /** `ui_attributes.custom_data` of Flex's configuration. */
    customData: unknown;
    /** The worker attribute `config_overrides`. */
    configOverrides: unknown;
    /** The user's roles. */
    roles: unknown;
}

/** The view for `parkButton`. */
export interface ButtonView {
    task: TaskView;
    /** The worker who sees the button. */
    workerSid: unknown;
    /** The result of `task.getParticipants`; null while it is not known. */
    participants: unknown;
    /** The states of the conversation's transfers. */
    transfers: unknown;
    /** True while a park of the task is under way. */
    busy: boolean;
}

/** The view for `returned`. */
export interface ReturnedView {
    /** The task's attribute `parked`. */
    parked: unknown;
    /** The worker who sees the task. */
    workerSid: unknown;
    /** The task's status. */
    status: unknown;
}

/** An operation on a conversation. */
export type OperationName =
    | 'prepare' | 'park' | 'unpark' | 'settle' | 'check' | 'keep' | 'give' | 'change' | 'end' | 'access';

/** The view for `park`. */
export interface ParkView extends ScreenView {
    task: TaskView;
    /** Index of the last message that the agent's screen holds. */
    lastMessageIndex: unknown;
    /** `{ until, keepTime, reason, note, agentName }`, of which each may be missing; `until` in seconds since 1970. */
    appointment?: unknown;
    /** The agent's name, if the appointment has none. */
    agentName: unknown;
    /** The number of files in the message box that the park would lose, unless the agent has given them up. */
    files: number;
}

/** The messages on the agent's screen, for the row of the list. */
export interface ScreenView {
    /** The last message: its text, whether the agent wrote it, and whether it has attachments. */
    lastMessage?: [text: unknown, isAgents: boolean, hasMedia: boolean];
    /** Authors with times, in milliseconds since 1970. */
    messages?: [author: unknown, at: unknown][];
}

/** The view for `parkForm`. */
export interface FormView {
    task: TaskView;
    /** Authors with times, in milliseconds since 1970. */
    messages: [author: unknown, at: unknown][];
    choice: ChoiceName;
    /** A local time, in milliseconds since 1970 as if the zone were UTC. */
    picked: number | null;
    reason: string;
}

/** The name of a choice of the dialog. */
export type ChoiceName = 'reply' | `wait${number}` | 'tomorrow' | 'monday' | 'window' | 'picked';

/** A choice of the dialog, with its time in milliseconds since 1970, if it has one. A `wait` has a value and a unit. */
export type Choice = [name: ChoiceName, at: number | undefined, value?: number, unit?: Unit];

/** The content of the dialog; see the type `Form` of the core. */
export type Form = [
    choices: Choice[],
    until: number | undefined,
    refusal: StringKey | null,
    latest: number,
    suggested: number,
    windowOf: StringKey | null,
    isWindowClosed: boolean,
    reasons: string[],
    isReasonRequired: boolean,
];

/** The view for `settle`. */
export interface SettleView {
    task: TaskView;
}

/** The view for `unpark`, which is the payload of the action `UnparkInteraction`, for `check`, `keep`, `give`, `change` and `end`. */
export interface UnparkView {
    ConversationSid?: unknown;
    /** The agent in whose list the conversation stands, if the caller knows: not for `check` and `keep`. */
    ownerSid?: unknown;
    /** For `unpark`: true if no click asks for it, but a gift. */
    given?: unknown;
    /** For `end`: the number of unheard messages in the row when the agent was asked. */
    unread?: unknown;
    /** For `give`: the agent who gets the conversation; none for the queue. */
    workerSid?: unknown;
    /** For `give`: the name of the agent who gives it. */
    agentName?: unknown;
    /** For `change`: the new time, in seconds since 1970; 0 takes it away. */
    until?: unknown;
    /** For `change`: true if a message before that time waits. */
    keepTime?: unknown;
    /** For `change`: the new reason; an empty one takes it away. */
    reason?: unknown;
}

/** The view for an operation. */
export type OperationView = ParkView | SettleView | UnparkView | AccessView | undefined;

/** The view for `access`. */
export interface AccessView {
    /** The agents whose lists are wanted, with commas between their SIDs. Absent: this agent's own. */
    of?: string;
}

/** The arguments for a new `List`. */
export interface ListSetup {
    /** The worker who owns the list. */
    workerSid: unknown;
    autoAccept: boolean;
    /** The channels' names in the agent's language, by channel. */
    channelNames: Record<string, string>;
    /** `search`, `filter` and `sort` of the view before a reload. */
    saved: unknown;
}

/** An item of a Sync map. Rust checks its content. */
export interface ItemView {
    key: unknown;
    data: unknown;
    /** The time of its last write, in milliseconds since 1970. */
    dateUpdated: unknown;
    /** The time at which Sync deletes it, in milliseconds since 1970, where Sync says so. */
    dateExpires: unknown;
}

/** A conversation that was given to the agent. Times are in milliseconds since 1970. */
export type Gift = [conversationSid: string, givenAt: number, givenBy: string | undefined, customerName: string | undefined];

/** An event for the watch. Items are checked in Rust. */
export type WatchEvent =
    /** Starts the watch, also one that was started before. */
    | [kind: 'start', workerSid: string]
    | [kind: 'connection', state: string, unused: null, online: boolean]
    /** A page of a map. */
    | [kind: 'page', map: string, items: ItemView[], last: boolean]
    /** The failure of a read, with Sync's HTTP status if there was an answer. */
    | [kind: 'fail', map: string, status: number | undefined]
    | [kind: 'put', map: string, item: ItemView]
    | [kind: 'take', key: string]
    | [kind: 'clear', map: string]
    /** A request to write a mark over `data`, the present content of an item. */
    | [kind: 'mark', key: string, data: unknown]
    /** The end of a mark's write, with Sync's HTTP status (or 0) if it has failed. */
    | [kind: 'marked', key: string, status?: number]
    | [kind: 'checked', key: string]
    | [kind: 'stop']
    /** The end of the wait that the last call has returned. */
    | [kind: 'time'];

/** A task: its kind, and the Sync map and the conversation that it is about. */
export type WatchStep = [kind: 'read' | 'mark' | 'check' | 'refused', map: string, conversationSid: string];

/** The result of an event: tasks, the milliseconds until the next event `time`, and the time for the mark if it is granted. */
export type WatchAnswer = [steps: WatchStep[], wait: number | undefined, askedAt: number | undefined];

/** The error for an argument that is not plain data. */
export interface CoreError extends Error {
    name: 'ParkInteractionError';
    variant: string;
}
";

thread_local! {
    /// The configuration of this page, from `start` on.
    static CONFIGURATION: Cell<&'static Json> = const { Cell::new(&Json::Null) };

    /// The time of the last call of the Function that parks, in milliseconds since 1970.
    static PREPARED_AT: Cell<f64> = const { Cell::new(0.0) };

    /// True while the Functions are so old that they know no appointments.
    static KNOW_NO_APPOINTMENTS: Cell<bool> = const { Cell::new(false) };

    /// The list of this page, if it has one.
    static LIST: Cell<Option<&'static RefCell<list::List>>> = const { Cell::new(None) };
}

/// Returns the flags for the task of a view.
fn flags(view: &Json) -> Flags {
    settings::flags(CONFIGURATION.get(), view.get("task"))
}

/// Reads the configuration. Returns the settings if the feature is on, and the warnings about the configuration.
#[wasm_bindgen(unchecked_return_type = "Start")]
pub fn start(
    #[wasm_bindgen(unchecked_param_type = "StartView")] view: &JsValue,
) -> Result<JsValue, JsValue> {
    let view = take(view)?;
    let start = settings::start(&view);
    // It lives as long as the page.
    CONFIGURATION.set(Box::leak(Box::new(view)));
    give(&start)
}

/// Returns every notification, for the registration with Flex.
#[wasm_bindgen(unchecked_return_type = "Notification[]")]
pub fn notifications() -> Result<JsValue, JsValue> {
    give(&NOTIFICATIONS)
}

/// Returns the facts about the park out of which a task has come back, if it has.
#[wasm_bindgen(unchecked_return_type = "Returned | null")]
pub fn returned(
    #[wasm_bindgen(unchecked_param_type = "ReturnedView")] view: &JsValue,
) -> Result<JsValue, JsValue> {
    give(&facts(&take(view)?, Date::now()))
}

/// Returns what the agent is told of a conversation that was given to them, if an item of their list says so: the conversation, the time,
/// and the names of giver and customer.
#[wasm_bindgen(unchecked_return_type = "Gift | null")]
pub fn gift(
    #[wasm_bindgen(unchecked_param_type = "ItemView")] item: &JsValue,
) -> Result<JsValue, JsValue> {
    let Some(gift) = Gift::read(&take(item)?, Date::now()) else {
        return Ok(JsValue::NULL);
    };
    let array = Array::of2(&gift.conversation.as_str().into(), &gift.given_at.into());
    array.push(&gift.given_by.into());
    array.push(&gift.customer_name.into());
    Ok(array.into())
}

/// Returns the look of a task's Park button.
#[wasm_bindgen(js_name = parkButton, unchecked_return_type = "Button")]
pub fn park_button(
    #[wasm_bindgen(unchecked_param_type = "ButtonView")] view: &JsValue,
) -> Result<JsValue, JsValue> {
    let view = take(view)?;
    give(&button::button(&view, &flags(&view)))
}

/// Returns the content of the dialog that parks until a time. The zone is the browser's.
#[wasm_bindgen(js_name = parkForm, unchecked_return_type = "Form")]
pub fn park_form(
    #[wasm_bindgen(unchecked_param_type = "FormView")] view: &JsValue,
) -> Result<JsValue, JsValue> {
    let clock = appointment::Clock {
        now: Date::now(),
        offset_minutes: |at| Date::new(&at.into()).get_timezone_offset(),
    };
    let view = take(view)?;
    array_of_form(&appointment::form(&view, flags(&view), clock))
}

/// Makes a `Form` by hand: serde would take twice the size.
fn array_of_form(form: &appointment::Form) -> Result<JsValue, JsValue> {
    let choices = Array::new();
    for choice in &form.choices {
        let array = Array::of2(&choice.name.into(), &choice.at.into());
        if let Some(wait) = choice.wait {
            array.push(&wait.value.into());
            array.push(&wait.unit.into());
        }
        choices.push(&array);
    }
    let array = Array::of3(&choices, &form.until.into(), &give(&form.refusal)?);
    array.push(&form.latest.into());
    array.push(&form.suggested.into());
    array.push(&give(&form.window_of)?);
    array.push(&form.is_window_closed.into());
    array.push(&give(&form.reasons)?);
    array.push(&form.is_reason_required.into());
    Ok(array.into())
}

/// Parks, resumes, settles, checks, keeps, gives, changes or ends a conversation; see the module `operation`. A park has the flags that `start` has read.
/// `logout` is aborted when Flex logs out.
///
/// One export, with one future, for all operations: each more would cost as much again.
#[wasm_bindgen(js_name = operate, unchecked_return_type = "Promise<ShimOutcome>")]
pub fn operate_by_name(
    #[wasm_bindgen(unchecked_param_type = "OperationName")] operation: &str,
    #[wasm_bindgen(unchecked_param_type = "OperationView")] view: JsValue,
    #[wasm_bindgen(js_name = functionsOrigin)] functions_origin: String,
    token: String,
    logout: AbortSignal,
) -> Promise {
    let session = Session::new(functions_origin, token, logout);
    let operation = match operation {
        "prepare" => Operation::Prepare,
        "park" => Operation::Park(CONFIGURATION.get()),
        "settle" => Operation::Settle,
        "check" => Operation::Check,
        "access" => Operation::Access,
        "give" => Operation::Give,
        "change" => Operation::Change(CONFIGURATION.get()),
        "end" => Operation::End(settings::flags(CONFIGURATION.get(), &Json::Null).end_from_list),
        "keep" => {
            let flags = settings::flags(CONFIGURATION.get(), &Json::Null);
            let (hours, until) = keep::wait(flags.expires_after_hours, Date::now());
            Operation::Keep { hours, until }
        }
        _ => Operation::Unpark,
    };
    operate(operation, view, session, None)
}

/// Carries out an operation, and shows a resume in `list`.
fn operate(
    operation: Operation<'static>,
    view: JsValue,
    session: Session,
    list: Option<&'static RefCell<list::List>>,
) -> Promise {
    future_to_promise(async move {
        let call = match operation.prepare(&take(&view)?) {
            Ok(call) => call,
            Err(outcome) => return give(&outcome),
        };
        if let (FunctionCall::Unpark(request), Some(list)) = (&call, &list) {
            list.borrow_mut()
                .ask(request.conversation_sid.as_str(), Date::now());
        }
        let request = match &call {
            FunctionCall::Prepare if is_prepared() => return give(&ShimOutcome::done(Vec::new())),
            FunctionCall::Prepare => {
                let request = Object::new();
                Reflect::set(&request, &PREPARE.into(), &JsValue::TRUE)?;
                request.into()
            }
            FunctionCall::Access(of) => {
                let request = Object::new();
                if let Some(of) = of {
                    Reflect::set(&request, &"of".into(), &of.as_str().into())?;
                }
                request.into()
            }
            FunctionCall::Park(request) => plain(request)?,
            // All have the same field, so one type is written for all: see the test of `operation`.
            FunctionCall::Unpark(UnparkRequest {
                conversation_sid, ..
            })
            | FunctionCall::Settle(SettleRequest { conversation_sid })
            | FunctionCall::Give(GiveRequest {
                conversation_sid, ..
            })
            | FunctionCall::Change(ChangeRequest {
                conversation_sid, ..
            })
            | FunctionCall::End(EndRequest {
                conversation_sid, ..
            })
            | FunctionCall::Keep(
                KeepRequest {
                    conversation_sid, ..
                },
                _,
            )
            | FunctionCall::Check(CheckRequest { conversation_sid }) => give(&SettleRequest {
                conversation_sid: conversation_sid.clone(),
            })?,
        };
        for (field, value) in more_fields(&call) {
            if !value.is_undefined() {
                Reflect::set(&request, &field.into(), &value)?;
            }
        }
        let called = session.post(&call, &request).await;
        if let (FunctionCall::Unpark(request), Some(list)) = (&call, &list) {
            let (conversation, answer) = (&request.conversation_sid, Answer::from_call(&called));
            let opens_by_itself =
                list.borrow_mut()
                    .answer(conversation.as_str(), answer, Date::now());
            if opens_by_itself {
                return give(&ShimOutcome::done(Vec::new()));
            }
        }
        let is_partly = match &call {
            FunctionCall::Prepare => {
                KNOW_NO_APPOINTMENTS.set(park::know_no_appointments(&called));
                false
            }
            FunctionCall::Park(request) => {
                KNOW_NO_APPOINTMENTS.get() && park::lacks_appointment(request)
            }
            _ => false,
        };
        let mut outcome = call.outcome(called);
        if let (FunctionCall::Park(request), None) = (&call, &outcome.error) {
            outcome.effects.extend(reminder(request));
            outcome.effects.extend(is_partly.then(park::partly));
        }
        give(&outcome)
    })
}

/// Returns the fields of a request besides the conversation, by name. One that is undefined is missing.
fn more_fields(call: &FunctionCall) -> Vec<(&'static str, JsValue)> {
    match call {
        FunctionCall::Keep(keep, _) => vec![("expiresAfterHours", keep.expires_after_hours.into())],
        FunctionCall::Unpark(resume) => vec![
            ("given", resume.given.then_some(true).into()),
            owner(resume.owner_sid.as_ref()),
        ],
        FunctionCall::End(end) => {
            vec![("unread", end.unread.into()), owner(end.owner_sid.as_ref())]
        }
        FunctionCall::Give(give) => vec![
            owner(give.owner_sid.as_ref()),
            (
                "workerSid",
                give.worker_sid.as_ref().map(WorkerSid::as_str).into(),
            ),
            ("agentName", give.agent_name.as_deref().into()),
        ],
        FunctionCall::Change(change) => vec![
            owner(change.owner_sid.as_ref()),
            ("until", change.until.into()),
            ("keepTime", change.keep_time.into()),
            ("reason", change.reason.as_deref().into()),
            ("expiresAfterHours", change.expires_after_hours.into()),
            ("keepCeilingMinutes", change.keep_ceiling_minutes.into()),
        ],
        _ => Vec::new(),
    }
}

/// Returns the field that names the agent whose conversation the caller believes it to be.
fn owner(worker: Option<&WorkerSid>) -> (&'static str, JsValue) {
    ("ownerSid", worker.map(WorkerSid::as_str).into())
}

/// Returns true if the Function that parks still knows this agent by an earlier call. Notes the time of a call that is due.
fn is_prepared() -> bool {
    let now = Date::now();
    let is_prepared = now < PREPARED_AT.get() + PREPARED_FOR_MS;
    if !is_prepared {
        PREPARED_AT.set(now);
    }
    is_prepared
}

/// Returns the reminder after a park, if the agent has many parked conversations.
fn reminder(request: &ParkRequest) -> Option<ShimEffect> {
    let parked = request.target.conversation_sid.as_str();
    let least = settings::flags(CONFIGURATION.get(), &Json::Null).max_parked_hint;
    LIST.get()?.borrow().reminder(parked, least)
}

/// Makes a plain object of a park's request. With serde's `flatten` that would cost half a kilobyte more.
fn plain(request: &ParkRequest) -> Result<JsValue, JsValue> {
    let whole = give(&request.target)?;
    for part in [give(&request.options)?, give(&request.appointment)?] {
        Object::<JsValue>::assign(whole.unchecked_ref(), part.unchecked_ref());
    }
    Ok(whole)
}

/// The agent's list of parked conversations; see the module `list`. Times are the browser's.
#[wasm_bindgen]
pub struct List(&'static RefCell<list::List>);

#[wasm_bindgen]
impl List {
    /// Creates a list of which nothing is known yet.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "ListSetup")] setup: &JsValue,
    ) -> Result<List, JsValue> {
        let setup = list::Setup::read(&take(setup)?).map_err(|invalid| invalid.to_string())?;
        let list = list::List::new(setup, BROWSER, Date::now());
        // It lives as long as the page.
        let list: &RefCell<_> = Box::leak(Box::new(RefCell::new(list)));
        LIST.set(Some(list));
        Ok(Self(list))
    }

    /// Returns the name of the list's Sync map.
    #[wasm_bindgen(js_name = mapName)]
    pub fn map_name(&self) -> String {
        self.0.borrow().map_name().as_str().into()
    }

    /// Takes a change of the connection: the browser's state, and the Sync client's word for its own. Returns true if the map must be
    /// read again.
    pub fn connection(&self, online: bool, state: &str) -> bool {
        self.0.borrow_mut().connection(online, state)
    }

    /// Begins a read of the whole map. Returns its number.
    pub fn begin(&self) -> u32 {
        self.0.borrow_mut().begin(Date::now())
    }

    /// Takes a page of a reader of a read; `is_end`: no page follows. Returns the names of the readers whose next page is needed; see
    /// the module `ranges`.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn page(
        &self,
        read: u32,
        reader: &str,
        #[wasm_bindgen(unchecked_param_type = "ItemView[]")] items: &JsValue,
        #[wasm_bindgen(js_name = isEnd)] is_end: bool,
    ) -> Result<Array, JsValue> {
        let items = take(items)?;
        let mut list = self.0.borrow_mut();
        Ok(texts(list.page(
            (read, reader),
            &items,
            is_end,
            Date::now(),
        )))
    }

    /// Takes the failure of a reader of a read, with Sync's HTTP status if there was an answer. Returns the same as `page`.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn fail(&self, read: u32, reader: &str, status: Option<u16>) -> Array {
        texts(self.0.borrow_mut().fail((read, reader), status))
    }

    /// Takes changes, in their order: an item that is new or has changed, or the key of a removed one.
    pub fn change(
        &self,
        #[wasm_bindgen(unchecked_param_type = "(ItemView | string)[]")] changes: &Array,
    ) -> Result<(), JsValue> {
        let mut list = self.0.borrow_mut();
        let mut result = Ok(());
        for change in changes.iter() {
            match take(&change) {
                Ok(Json::Text(key)) => list.take(&key, Date::now()),
                Ok(item) => list.put(&item, Date::now()),
                Err(error) => result = Err(error),
            }
        }
        result
    }

    /// Removes all items, because the map itself is gone.
    pub fn clear(&self) {
        self.0.borrow_mut().clear(Date::now());
    }

    /// Takes the agent's wish to resume a conversation, and their room. Returns true if there is any; otherwise the row says why not.
    pub fn wish(&self, key: &str, is_available: bool, assigned: u32, capacity: u32) -> bool {
        let room = Room {
            is_available,
            assigned,
            capacity,
        };
        self.0.borrow_mut().wish(key, room, Date::now())
    }

    /// Takes the conversations that wait for room, oldest first, separated by spaces, and in the same way those among them that were given
    /// to the agent, so that they wait only while they are in this list. Returns the next step: the place, from 1, of the one to resume;
    /// the same, negative, of the one to give up; or 0.
    pub fn wait(
        &self,
        keys: String,
        given: &str,
        is_available: bool,
        assigned: u32,
        capacity: u32,
    ) -> i32 {
        let room = Room {
            is_available,
            assigned,
            capacity,
        };
        let place = |index: usize| i32::try_from(index).map_or(0, |index| index + 1);
        let mut list = self.0.borrow_mut();
        let is_given = |key: &str| given.split(' ').any(|given| given == key);
        let may_be_elsewhere = |key: &str| !is_given(key) && is_elsewhere(key);
        match list.wait(keys, room, &may_be_elsewhere, Date::now()) {
            Some(WaitStep::Resume(index)) => place(index),
            Some(WaitStep::Drop(index)) => -place(index),
            None => 0,
        }
    }

    /// Takes back the agent's wish to resume a conversation.
    pub fn cancel(&self, key: &str) {
        self.0.borrow_mut().cancel(key);
    }

    /// Shows only rows that a text is found in.
    pub fn search(&self, text: String) {
        self.0.borrow_mut().search(text, Date::now());
    }

    /// Shows only rows of a channel, or of all.
    pub fn filter(&self, channel: Option<String>) {
        self.0.borrow_mut().filter(channel, Date::now());
    }

    /// Sorts by a column, or turns the order round.
    pub fn sort(&self, #[wasm_bindgen(unchecked_param_type = "Column")] column: &str) {
        self.0.borrow_mut().sort(column);
    }

    /// Returns everything but the rows.
    #[wasm_bindgen(unchecked_return_type = "ListView")]
    pub fn view(&self) -> Result<JsValue, JsValue> {
        give(&self.0.borrow().view())
    }

    /// Returns the matching rows from the place `from` up to, but without, `to`.
    #[wasm_bindgen(unchecked_return_type = "Row[]")]
    pub fn rows(&self, from: usize, to: usize) -> Result<JsValue, JsValue> {
        give(&self.0.borrow_mut().rows(from, to, Date::now()))
    }

    /// Returns the place of a row among the matching ones.
    #[wasm_bindgen(js_name = indexOf)]
    pub fn index_of(&self, conversation: &str) -> Option<usize> {
        self.0.borrow().index_of(conversation)
    }

    /// Resumes a conversation like the function `operate`, and shows that in its row.
    #[wasm_bindgen(unchecked_return_type = "Promise<ShimOutcome>")]
    pub fn unpark(
        &self,
        #[wasm_bindgen(unchecked_param_type = "unknown")] payload: JsValue,
        #[wasm_bindgen(js_name = functionsOrigin)] functions_origin: String,
        token: String,
        logout: AbortSignal,
    ) -> Promise {
        let session = Session::new(functions_origin, token, logout);
        operate(Operation::Unpark, payload, session, Some(self.0))
    }

    /// Takes a task of a conversation that is offered to the agent. Returns true if the shim must accept it for them.
    pub fn offer(
        &self,
        #[wasm_bindgen(unchecked_param_type = "unknown")] conversation: &JsValue,
    ) -> bool {
        let conversation = conversation.as_string();
        conversation.is_some_and(|key| self.0.borrow_mut().offer(&key, Date::now()))
    }

    /// Takes the end of such an offer that was not accepted.
    pub fn end(&self, #[wasm_bindgen(unchecked_param_type = "unknown")] conversation: &JsValue) {
        if let Some(key) = conversation.as_string() {
            self.0.borrow_mut().end(&key);
        }
    }

    /// Does what is due.
    pub fn tick(&self) {
        self.0.borrow_mut().tick(Date::now());
    }

    /// Returns the milliseconds until the next `tick`, if one is due.
    #[wasm_bindgen(js_name = nextTick)]
    pub fn next_tick(&self) -> Option<f64> {
        self.0.borrow().next_tick().map(wait_until)
    }
}

thread_local! {
    /// The watch of this page. It is no class, which would cost every page half a kilobyte.
    static WATCH: RefCell<watch::Watch> = const { RefCell::new(watch::Watch::new()) };
}

/// Handles an event of the watch over the conversations that wait for an agent, does all that is due, and returns the tasks for
/// the shim. See the module `watch`.
#[wasm_bindgen(js_name = watch, unchecked_return_type = "WatchAnswer")]
pub fn watch_event(
    #[wasm_bindgen(unchecked_param_type = "WatchEvent")] event: &JsValue,
) -> Result<Array, JsValue> {
    let event = take(event)?;
    let now = Date::now();
    WATCH.with_borrow_mut(|watch| {
        let asked_at = watch.handle(&event, now);
        let steps = Array::new();
        watch.tick(now, &mut |step| {
            steps.push(&array_of(step));
        });
        let wait = watch.next_tick().map(wait_until);
        Ok(Array::of3(&steps, &wait.into(), &asked_at.into()))
    })
}

/// Returns true if another agent's list may have a conversation, as far as this page knows.
fn is_elsewhere(key: &str) -> bool {
    #[cfg(feature = "supervisor")]
    let is_elsewhere = supervisor::may_have(key);
    #[cfg(not(feature = "supervisor"))]
    let is_elsewhere = {
        let _ = key;
        false
    };
    is_elsewhere
}

fn texts(texts: Vec<String>) -> Array {
    texts.into_iter().map(JsValue::from).collect()
}

/// Makes a `WatchStep` by hand: serde would take half a kilobyte for it.
fn array_of(step: watch::Step<'_>) -> Array {
    use watch::Step;
    let (kind, map, conversation) = match step {
        Step::Read(map) => ("read", map.as_str(), ""),
        Step::Mark(map, conversation) => ("mark", map.as_str(), conversation.as_str()),
        Step::Check(conversation) => ("check", "", conversation.as_str()),
        Step::Refused => ("refused", "", ""),
    };
    Array::of3(&kind.into(), &map.into(), &conversation.into())
}

/// Returns the milliseconds until a time.
fn wait_until(due: f64) -> f64 {
    (due - Date::now()).clamp(0.0, LONGEST_WAIT_MS)
}
