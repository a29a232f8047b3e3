//! Calls the Functions from the browser.

use gloo_events::EventListener;
use gloo_net::http::Request;
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, AbortSignal, UrlSearchParams};

use super::call::{wait_before_next, Attempt, Failure, TIMEOUT_MS};
use super::reply;
use super::value::take;
use crate::reply::Reply;

/// Who calls, and until when.
pub struct Session {
    functions_origin: String,
    token: String,
    logout: AbortSignal,
}

impl Session {
    /// For Functions at this origin and an agent with this Flex token. `logout` is aborted when Flex logs out.
    pub fn new(functions_origin: String, token: String, logout: AbortSignal) -> Self {
        Self {
            functions_origin,
            token,
            logout,
        }
    }

    /// Posts `request`, which is a plain object of its own, to the function at `path`, again and again where
    /// that may help.
    pub async fn post(&self, path: &str, request: &JsValue) -> Result<Reply, Failure> {
        let url = format!("{}{path}", self.functions_origin);
        let Ok(body) = self.body(request) else {
            return Err(Failure::Unreachable);
        };
        let began = js_sys::Date::now();
        let mut tried = 0;
        loop {
            let called = self.attempt(&url, &body).await.judge();
            tried += 1;
            let wait = match &called {
                Err(failure) if failure.is_transient() => {
                    wait_before_next(tried, js_sys::Date::now() - began, js_sys::Math::random())
                }
                _ => None,
            };
            match wait {
                Some(wait) => TimeoutFuture::new(wait).await,
                None => return called,
            }
        }
    }

    /// The request's fields, and the token beside them as Twilio's Flex functions expect it.
    ///
    /// They go as a form: unlike JSON it may be sent to another host without asking first, which saves a round
    /// trip.
    fn body(&self, request: &JsValue) -> Result<JsValue, JsValue> {
        js_sys::Reflect::set(request, &"Token".into(), &self.token.as_str().into())?;
        UrlSearchParams::new_with_record_from_str_to_str(request.unchecked_ref()).map(JsValue::from)
    }

    async fn attempt(&self, url: &str, body: &JsValue) -> Attempt {
        let Ok(controller) = AbortController::new() else {
            return Attempt::Unreachable;
        };
        let abort = {
            let controller = controller.clone();
            move || controller.abort()
        };
        let _deadline = Timeout::new(TIMEOUT_MS, abort.clone());
        let _logout = EventListener::once(&self.logout, "abort", move |_| abort());
        if self.logout.aborted() {
            return Attempt::Cancelled;
        }
        match exchange(url, body, &controller.signal()).await {
            Ok(answered) => answered,
            Err(_) if self.logout.aborted() => Attempt::Cancelled,
            Err(_) if controller.signal().aborted() => Attempt::TimedOut,
            Err(_) => Attempt::Unreachable,
        }
    }
}

async fn exchange(
    url: &str,
    body: &JsValue,
    signal: &AbortSignal,
) -> Result<Attempt, gloo_net::Error> {
    let response = Request::post(url)
        .abort_signal(Some(signal))
        .body(body.clone())?
        .send()
        .await?;
    let text = response.text().await?;
    Ok(Attempt::Answered {
        status: response.status(),
        reply: js_sys::JSON::parse(&text)
            .and_then(|body| take(&body))
            .ok()
            .and_then(|body| reply::read(&body).ok()),
    })
}
