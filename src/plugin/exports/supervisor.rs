//! The exports that only supervisors and admins need: the core that they load in place of the agents' has these too.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Date, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::super::backend::Session;
use super::super::json::Json;
use super::super::list::resume::Resumes;
use super::super::value::{give, take};
use super::super::{batch, settings, team};
use super::{wait_until, BROWSER, CONFIGURATION, LIST};
use crate::request::path;
use crate::sid::WorkerSid;
use crate::sync_name::{worker_of_list, MapName};

#[wasm_bindgen(typescript_custom_section)]
const VIEWS: &str = r"
/** The arguments for a new `Team`. */
export interface TeamSetup {
    /** The supervisor. */
    workerSid: unknown;
    /** The channels' names in the supervisor's language, by channel. */
    channelNames: Record<string, string>;
    /** The result of `saved` before a reload, or the same from the page's address. */
    saved: unknown;
}

/** The numbers of a batch's conversations by their results. */
export type BatchCounts = [done: number, notDone: number, unclear: number, left: number];

/** The result for a conversation of a batch, and the key of the text that says why it was not done. */
export type BatchResult = [outcome: 'done' | 'notDone' | 'unclear', reason: string];
";

thread_local! {
    /// The team of this page, if it has one.
    static TEAM: Cell<Option<&'static RefCell<team::Team>>> = const { Cell::new(None) };
}

/// Returns true if the list of an agent of the team may have a conversation.
pub(super) fn may_have(key: &str) -> bool {
    let team = TEAM.get();
    team.is_some_and(|team| team.borrow().may_have(key))
}

/// The parked conversations of a supervisor's agents; see the module `team`. Times are the browser's.
///
/// An agent's list is named by the place of its owner.
#[wasm_bindgen]
pub struct Team(&'static RefCell<team::Team>);

#[wasm_bindgen]
impl Team {
    /// Creates a team of which nothing is known yet. There must be a list.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "TeamSetup")] setup: &JsValue,
    ) -> Result<Team, JsValue> {
        let configuration = CONFIGURATION.get();
        let flags = settings::flags(configuration, &Json::Null);
        let limits = team::alerts::Limits {
            unanswered_minutes: flags.alert_unanswered_minutes,
            parked_hours: flags.alert_parked_hours,
        };
        let is_admin = settings::is_admin(configuration);
        let setup = team::Setup::read(&take(setup)?, is_admin, limits);
        let setup = setup.map_err(|invalid| invalid.to_string())?;
        let team = team::Team::new(setup, BROWSER, Date::now());
        // It lives as long as the page.
        let team: &RefCell<_> = Box::leak(Box::new(RefCell::new(team)));
        TEAM.set(Some(team));
        Ok(Self(team))
    }

    /// Lists the agents, if that is due. Returns a promise for the end of it, or undefined.
    #[wasm_bindgen(js_name = listAgents, unchecked_return_type = "Promise<void> | undefined")]
    pub fn list_agents(
        &self,
        #[wasm_bindgen(js_name = functionsOrigin)] functions_origin: String,
        token: String,
        logout: AbortSignal,
    ) -> Option<Promise> {
        let team = self.0;
        let is_due = team.borrow_mut().wants_agents(Date::now());
        is_due.then(|| {
            let session = Session::new(functions_origin, token, logout);
            future_to_promise(async move {
                let mut next: Option<String> = None;
                loop {
                    let request = Object::new();
                    if let Some(next) = &next {
                        Reflect::set(&request, &"next".into(), &JsValue::from_str(next))?;
                    }
                    let answered = session.ask(path::TEAM, true, &request).await;
                    next = team.borrow_mut().answered(answered, Date::now());
                    if next.is_none() {
                        return Ok(JsValue::UNDEFINED);
                    }
                }
            })
        })
    }

    /// Takes a change of the connection, as the list does.
    pub fn connection(&self, online: bool, state: &str) {
        self.0.borrow_mut().connection(online, state);
    }

    /// Returns the maps to read now: the place of the owner, the map's name, and the owner's SID.
    #[wasm_bindgen(unchecked_return_type = "[owner: number, map: string, workerSid: string][]")]
    pub fn next(&self) -> Array {
        let maps = self.0.borrow_mut().next(Date::now());
        let entry = |(owner, map): (usize, MapName)| {
            let worker = worker_of_list(map.as_str());
            let worker = worker.as_ref().map_or("", WorkerSid::as_str);
            Array::of3(&place(owner).into(), &map.as_str().into(), &worker.into())
        };
        maps.into_iter().map(entry).collect()
    }

    /// Begins a read of the owner's map. Returns its number.
    pub fn begin(&self, owner: usize) -> u32 {
        self.0.borrow_mut().begin(owner)
    }

    /// Takes a page of a read. Returns true if the next one is wanted.
    pub fn page(
        &self,
        owner: usize,
        read: u32,
        #[wasm_bindgen(unchecked_param_type = "ItemView[]")] items: &JsValue,
        #[wasm_bindgen(js_name = isEnd)] is_end: bool,
    ) -> Result<bool, JsValue> {
        let items = take(items)?;
        let read = (owner, read);
        Ok(self.with(|team, resumes, now| team.page(read, &items, is_end, resumes, now)))
    }

    /// Takes the failure of a read, with Sync's HTTP status if there was an answer.
    pub fn fail(&self, owner: usize, read: u32, status: Option<u16>) {
        self.with(|team, resumes, now| team.fail((owner, read), status, resumes, now));
    }

    /// Takes changes of the owner's map, in their order: an item that is new or has changed, or the key of a removed one.
    pub fn change(
        &self,
        owner: usize,
        #[wasm_bindgen(unchecked_param_type = "(ItemView | string)[]")] changes: &JsValue,
    ) -> Result<(), JsValue> {
        if let Json::List(changes) = take(changes)? {
            self.with(|team, resumes, now| {
                for change in &changes {
                    match change {
                        Json::Text(key) => team.take(owner, key, resumes, now),
                        item => team.put(owner, item, resumes, now),
                    }
                }
            });
        }
        Ok(())
    }

    /// Removes all items of the owner's map, because the map itself is gone.
    pub fn clear(&self, owner: usize) {
        self.with(|team, resumes, now| team.clear(owner, resumes, now));
    }

    /// Shows only rows that a text is found in.
    pub fn search(&self, text: String) {
        self.0.borrow_mut().search(text, Date::now());
    }

    /// Shows only rows with a value, or with any.
    pub fn filter(&self, name: &str, value: Option<String>) {
        self.0.borrow_mut().filter(name, value, Date::now());
    }

    /// Sorts by a column, or turns the order round.
    pub fn sort(&self, #[wasm_bindgen(unchecked_param_type = "Column")] column: &str) {
        self.0.borrow_mut().sort(column);
    }

    /// Shows the rows of a scope.
    pub fn scope(&self, #[wasm_bindgen(unchecked_param_type = "Scope")] scope: &str) {
        self.0.borrow_mut().set_scope(scope, Date::now());
    }

    /// Reads again what could not be read.
    pub fn retry(&self) {
        self.0.borrow_mut().retry(Date::now());
    }

    /// Returns everything but the rows. The browser's day ends at `todayEnds`.
    #[wasm_bindgen(unchecked_return_type = "TeamView")]
    pub fn view(
        &self,
        #[wasm_bindgen(js_name = todayEnds)] today_ends: f64,
    ) -> Result<JsValue, JsValue> {
        give(&self.0.borrow().view(Date::now(), today_ends))
    }

    /// Returns the matching rows from the place `from` up to, but without, `to`.
    #[wasm_bindgen(unchecked_return_type = "Row[]")]
    pub fn rows(&self, from: usize, to: usize) -> Result<JsValue, JsValue> {
        give(&self.with(|team, resumes, now| team.rows(from, to, resumes, now)))
    }

    /// Returns the rows of one agent's list.
    #[wasm_bindgen(js_name = rowsOf, unchecked_return_type = "Row[]")]
    pub fn rows_of(&self, worker: &str) -> Result<JsValue, JsValue> {
        give(&self.with(|team, resumes, now| team.rows_of(worker, resumes, now)))
    }

    /// Returns the conversations of all matching rows, in their order.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn keys(&self) -> Array {
        self.0.borrow().keys().map(JsValue::from).collect()
    }

    /// Returns the place of a row among the matching ones.
    #[wasm_bindgen(js_name = indexOf)]
    pub fn index_of(&self, conversation: &str) -> Option<usize> {
        self.0.borrow().index_of(conversation)
    }

    /// Returns the agents whom the supervisor sees, each with the sum of their list. The browser's day ends at `todayEnds`.
    #[wasm_bindgen(unchecked_return_type = "AgentSum[]")]
    pub fn agents(
        &self,
        #[wasm_bindgen(js_name = todayEnds)] today_ends: f64,
    ) -> Result<JsValue, JsValue> {
        give(&self.0.borrow_mut().agent_sums(Date::now(), today_ends))
    }

    /// Returns the supervisor's choices by name, for `saved` of another page and for its address.
    #[wasm_bindgen(unchecked_return_type = "Record<string, string>")]
    pub fn saved(&self) -> Result<Object, JsValue> {
        let saved = Object::new();
        let mut result = Ok(true);
        self.0.borrow().choices().each(&mut |name, value| {
            let set = Reflect::set(&saved, &name.into(), &value.into());
            if set.is_err() {
                result = set;
            }
        });
        result.map(|_| saved)
    }

    /// Does what is due. Returns the notifications to show.
    #[wasm_bindgen(unchecked_return_type = "ShimEffect[]")]
    pub fn tick(&self) -> Result<JsValue, JsValue> {
        give(&self.with(|team, resumes, now| team.tick(resumes, now)))
    }

    /// Returns the milliseconds until the next `tick`, if one is due.
    #[wasm_bindgen(js_name = nextTick)]
    pub fn next_tick(&self) -> Option<f64> {
        self.0.borrow().next_tick().map(wait_until)
    }
}

impl Team {
    /// Does something with the team and with the conversations that the supervisor has asked for.
    fn with<T>(&self, act: impl FnOnce(&mut team::Team, &mut Resumes, f64) -> T) -> T {
        let mut team = self.0.borrow_mut();
        let now = Date::now();
        match LIST.get() {
            Some(list) => act(&mut team, list.borrow_mut().resumes(), now),
            None => act(&mut team, &mut Resumes::default(), now),
        }
    }
}

/// Returns a place for JavaScript.
fn place(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// An action on many conversations; see the module `batch`. Times are the browser's.
#[wasm_bindgen]
pub struct Batch(batch::Batch);

#[wasm_bindgen]
impl Batch {
    /// Creates a batch. `routes` is true for an action that routes the conversations. One that brings them to this agent has the agent's
    /// free places for chats and emails.
    #[wasm_bindgen(constructor)]
    pub fn new(routes: bool, free_chats: Option<u32>, free_emails: Option<u32>) -> Self {
        Self(batch::Batch::new(routes, free_chats, free_emails))
    }

    /// Adds a conversation of a channel at the end.
    pub fn add(&mut self, channel: &str) {
        self.0.add(channel);
    }

    /// Returns the place of the conversation to start now, if there is one.
    pub fn start(&mut self) -> Option<usize> {
        self.0.start(Date::now())
    }

    /// Returns the milliseconds until the next start, if there is one before the next answer.
    #[wasm_bindgen(js_name = nextStart)]
    pub fn next_start(&self) -> Option<f64> {
        self.0.next_start(Date::now()).map(wait_until)
    }

    /// Takes the answer for a conversation that was started: the key of the notification that the action would have shown, and whether it
    /// was not done, or may have been done after all.
    pub fn answer(
        &mut self,
        place: usize,
        notice: Option<String>,
        #[wasm_bindgen(js_name = hasFailed)] has_failed: bool,
        #[wasm_bindgen(js_name = isUnclear)] is_unclear: bool,
    ) {
        let answer = batch::Answer {
            notice,
            has_failed,
            is_unclear,
        };
        self.0.answer(place, answer, Date::now());
    }

    /// Starts nothing more.
    pub fn cancel(&mut self) {
        self.0.cancel();
    }

    /// Returns the numbers of conversations by their results.
    #[wasm_bindgen(unchecked_return_type = "BatchCounts")]
    pub fn counts(&self) -> Array {
        let counts = self.0.counts();
        let array = Array::of3(
            &counts.done.into(),
            &counts.not_done.into(),
            &counts.unclear.into(),
        );
        array.push(&counts.left.into());
        array
    }

    /// Returns the result for a conversation, if there is one.
    #[wasm_bindgen(unchecked_return_type = "BatchResult | undefined")]
    pub fn result(&self, place: usize) -> JsValue {
        let Some((outcome, reason)) = self.0.result(place) else {
            return JsValue::UNDEFINED;
        };
        let outcome = match outcome {
            batch::Outcome::Done => "done",
            batch::Outcome::NotDone => "notDone",
            batch::Outcome::Unclear => "unclear",
        };
        Array::of2(&outcome.into(), &reason.into()).into()
    }
}
