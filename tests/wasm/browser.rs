//! A fake browser: `fetch`, `setTimeout`, `AbortSignal.timeout` and the clock, under the control of a test.

use js_sys::{Reflect, JSON};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = r"
const real = { fetch: globalThis.fetch, setTimeout: globalThis.setTimeout };
const realDeadline = AbortSignal.timeout;
const realNow = Date.now;

/** Makes `fetch` return the responses of a script, one for each request. Time passes without waiting. */
export class Browser {
    constructor(script) {
        this.script = JSON.parse(script);
        this.requests = [];
        this.unknown = [];
        this.waits = [];
        this.deadlines = [];
        this.now = realNow();
        this.whileHanging = () => this.passDeadline();
        globalThis.fetch = (...args) => this.fetch(new Request(...args));
        globalThis.setTimeout = (callback, ms) => this.setTimeout(callback, ms);
        AbortSignal.timeout = (ms) => this.deadline(ms);
        Date.now = () => this.now;
    }

    async fetch(request) {
        const { signal, url, method, headers } = request;
        const contentType = headers.get('content-type');
        const body = Object.fromEntries(new URLSearchParams(await request.text()));
        this.requests.push({ url, method, contentType, body });
        const answer = this.script[0]?.always ? this.script[0] : this.script.shift();
        if (!answer || !url.endsWith(answer.path)) {
            this.unknown.push(url);
            return new Response('no such route in this test', { status: 501 });
        }
        if (answer.networkError) throw new TypeError('Failed to fetch');
        if (answer.hang) return this.hang(signal);
        return new Response(answer.text ?? JSON.stringify(answer.body), { status: answer.status });
    }

    hang(signal) {
        return new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
            this.whileHanging();
        });
    }

    setTimeout(callback, ms) {
        this.waits.push(ms);
        this.now += ms;
        queueMicrotask(callback);
    }

    deadline(ms) {
        const controller = new AbortController();
        this.deadlines.push({ ms, controller });
        return controller.signal;
    }

    passDeadline() {
        const { ms, controller } = this.deadlines.at(-1);
        this.now += ms;
        controller.abort();
    }

    /** Restores the real browser, and returns the journal. */
    end() {
        Object.assign(globalThis, real);
        AbortSignal.timeout = realDeadline;
        Date.now = realNow;
        const { requests, unknown, waits, script } = this;
        const deadlines = this.deadlines.map(({ ms }) => ms);
        const unanswered = script.filter(({ always }) => !always).length;
        return JSON.stringify({ requests, unknown, waits, deadlines, unanswered });
    }

    logoutWhileHanging(controller) {
        this.whileHanging = () => controller.abort();
    }
}
")]
extern "C" {
    type Browser;
    #[wasm_bindgen(constructor)]
    fn new(script: &str) -> Browser;
    #[wasm_bindgen(method)]
    fn end(this: &Browser) -> String;
    #[wasm_bindgen(method, js_name = logoutWhileHanging)]
    fn logout_while_hanging(this: &Browser, controller: &web_sys::AbortController);
}

/// The fake browser of one test.
pub struct Fake(Browser);

/// The journal of a fake browser.
pub struct Journal(serde_json::Value);

impl Fake {
    /// Makes a browser that responds to the requests in order. Each response has `path`, and either `status` and `body` (or
    /// `text`), `networkError`, or `hang`. One with `always` is used for all later requests.
    pub fn answering(script: &serde_json::Value) -> Self {
        Self(Browser::new(&script.to_string()))
    }

    /// Lets the agent log out as soon as a request hangs.
    pub fn logout_while_hanging(&self, controller: &web_sys::AbortController) {
        self.0.logout_while_hanging(controller);
    }

    /// Restores the real browser. Checks that no request was unknown and that no response is left.
    pub fn end(self) -> Journal {
        let journal: serde_json::Value = serde_json::from_str(&self.0.end()).unwrap();
        assert_eq!(
            journal["unknown"],
            serde_json::json!([]),
            "unknown requests"
        );
        assert_eq!(journal["unanswered"], 0, "unused responses");
        Journal(journal)
    }
}

impl Journal {
    /// Returns the requests, in order.
    pub fn requests(&self) -> &[serde_json::Value] {
        self.0["requests"].as_array().unwrap()
    }

    /// Returns the waits between tries, in milliseconds.
    pub fn waits(&self) -> Vec<u64> {
        self.times("waits")
    }

    /// Returns the time limit of each try, in milliseconds.
    pub fn deadlines(&self) -> Vec<u64> {
        self.times("deadlines")
    }

    fn times(&self, name: &str) -> Vec<u64> {
        let times = self.0[name].as_array().unwrap();
        times.iter().map(|time| time.as_u64().unwrap()).collect()
    }
}

/// Converts JSON to a JavaScript value.
pub fn js(value: &serde_json::Value) -> JsValue {
    JSON::parse(&value.to_string()).unwrap()
}

/// Converts a JavaScript value to JSON.
pub fn json(value: &JsValue) -> serde_json::Value {
    let text = JSON::stringify(value).unwrap().as_string().unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Returns a field of an object.
pub fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}
