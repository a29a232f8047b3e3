//! Calls the Functions from the browser.

use gloo_net::http::Request;
use gloo_net::Error;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, UrlSearchParams};

use super::call::{wait_before_next, Attempt, CallFailure, TIMEOUT_MS};
use super::operation::FunctionCall;
use super::reply;
use super::value::parse;
use super::version::{self, Older};
use crate::reply::Reply;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: u32);

    /// A signal that is aborted when one of `signals` is. Browsers have it since March 2024.
    #[wasm_bindgen(catch, js_namespace = AbortSignal)]
    fn any(signals: &Array) -> Result<AbortSignal, JsValue>;
}

/// The caller of the Functions, until Flex logs out.
pub struct Session {
    functions_origin: String,
    token: String,
    logout: AbortSignal,
}

impl Session {
    /// Creates the session of an agent with this Flex token, for the Functions at this origin. `logout` is aborted when Flex logs out.
    pub fn new(functions_origin: String, token: String, logout: AbortSignal) -> Self {
        Self {
            functions_origin,
            token,
            logout,
        }
    }

    /// Makes a call, whose request is the plain object `request`. Repeats it after transient failures, if it may be repeated.
    pub async fn post(&self, call: &FunctionCall, request: &JsValue) -> Result<Reply, CallFailure> {
        self.ask(call.path(), call.is_repeated(), request).await
    }

    /// Asks the Function at a path, as [`Self::post`] does.
    pub async fn ask(
        &self,
        path: &str,
        is_repeated: bool,
        request: &JsValue,
    ) -> Result<Reply, CallFailure> {
        let mut url = format!("{}{path}", self.functions_origin);
        let Ok(mut body) = self.body(request) else {
            return Err(CallFailure::Unreachable);
        };
        let began = js_sys::Date::now();
        let mut tried = 0;
        let mut strange: Option<CallFailure> = None;
        loop {
            let attempt = self.attempt(&url, &body).await;
            if let Some(failure) = strange {
                return Err(attempt.explain(failure));
            }
            let called = attempt.judge();
            tried += 1;
            let pause = match &called {
                Err(failure) if is_repeated && failure.is_transient() => {
                    wait_before_next(tried, js_sys::Date::now() - began, js_sys::Math::random())
                }
                _ => None,
            };
            match (pause, called) {
                (Some(pause), _) => wait(pause).await,
                // Nobody waits for calls that are not repeated.
                (None, Err(failure)) if is_repeated && failure.may_be_of_versions() => {
                    url.truncate(self.functions_origin.len());
                    url.push_str(version::PATH);
                    body = JsValue::NULL;
                    strange = Some(failure);
                }
                (None, called) => return called,
            }
        }
    }

    /// Returns the form to send: the request's fields with the token, where Twilio's Flex functions expect it.
    ///
    /// Unlike JSON, a browser sends a form to another host without a preflight request, which saves a round trip.
    fn body(&self, request: &JsValue) -> Result<JsValue, JsValue> {
        Reflect::set(request, &"Token".into(), &self.token.as_str().into())?;
        UrlSearchParams::new_with_record_from_str_to_str(request.unchecked_ref()).map(JsValue::from)
    }

    async fn attempt(&self, url: &str, body: &JsValue) -> Attempt {
        if self.logout.aborted() {
            return Attempt::Cancelled;
        }
        let deadline = AbortSignal::timeout_with_u32(TIMEOUT_MS);
        match exchange(url, body, &Array::of2(&self.logout, &deadline)).await {
            Ok(answered) => answered,
            Err(_) if self.logout.aborted() => Attempt::Cancelled,
            Err(_) if deadline.aborted() => Attempt::TimedOut,
            Err(_) => Attempt::Unreachable,
        }
    }
}

/// Posts `body`, until one of `signals` is aborted.
async fn exchange(url: &str, body: &JsValue, signals: &Array) -> Result<Attempt, Error> {
    let end = any(signals).map_err(|_| Error::GlooError("AbortSignal.any is missing".into()))?;
    let response = Request::post(url)
        .abort_signal(Some(&end))
        .body(body)?
        .send()
        .await?;
    let body = parse(&response.text().await?);
    let status = response.status();
    Ok(Attempt::Answered {
        status,
        older: Older::by_answer(version::OWN, status, body.get_text("version")),
        reply: reply::read(&body).ok(),
    })
}

async fn wait(ms: u32) {
    // The promise is never rejected.
    let _ = JsFuture::from(Promise::new(&mut |resolve, _| set_timeout(&resolve, ms))).await;
}
