//! One connection of Twilsock: its frames, and the answers to them.

use std::collections::BTreeSet;

use serde_json::{json, Map, Value};

use super::frame::Frame;
use crate::conversations::browser::sdk as conversations_sdk;
use crate::conversations::browser::sdk::TYPING_SECONDS;
use crate::http::sdk::{SdkRequest, SdkResponse};
use crate::iam::Token;
use crate::sim::Sim;
use crate::sync::browser::object::ObjectKind;
use crate::sync::browser::opened::Push;
use crate::sync::browser::sdk as sync_sdk;
use crate::taskrouter::browser::insights;

/// The code by which the SDK knows that its token has expired.
const TOKEN_EXPIRED: u32 = 20104;

/// The state of one connection.
pub struct Session {
    sim: Sim,
    token: String,
    subscribed: BTreeSet<String>,
    notifications: u64,
}

impl Session {
    /// Creates the session of a new connection.
    pub fn new(sim: Sim) -> Self {
        Self {
            sim,
            token: String::new(),
            subscribed: BTreeSet::new(),
            notifications: 0,
        }
    }

    /// Returns the frames that answer a frame from the browser.
    pub fn receive(&mut self, bytes: &[u8]) -> Vec<Frame> {
        let Ok(frame) = Frame::decode(bytes) else {
            return vec![Frame::new(
                json!({"method": "close", "id": "TM0", "status": {"code": 406, "status": "Not Acceptable"}}),
                Value::Null,
            )];
        };
        match frame.text("method") {
            "init" => vec![self.init(&frame)],
            "update" => vec![self.update(&frame)],
            "message" => self.message(&frame),
            "reply" => Vec::new(),
            "ping"
            | "put_notification_ctx"
            | "delete_notification_ctx"
            | "telemetry.v1"
            | "close" => {
                vec![reply(&frame, json!({}), Value::Null)]
            }
            method => {
                self.unknown(method, "tsock.us1.twilio.com", "");
                vec![reply(
                    &frame,
                    json!({"status": {"code": 501, "status": "Not Implemented"}}),
                    Value::Null,
                )]
            }
        }
    }

    /// Returns the frame for a change, if the browser has subscribed to that object.
    pub fn push(&mut self, push: &Push) -> Option<Frame> {
        self.subscribed
            .contains(&push.sid)
            .then(|| self.notification(&push.event.event_type, None, &push.event.event))
    }

    /// Returns the frame for a typing signal, if it comes from another participant of one of this user's
    /// conversations.
    pub fn typing(&mut self, conversation_sid: &str, identity: &str) -> Option<Frame> {
        let caller = self.caller()?;
        let member_sid = {
            let world = self.sim.world.lock();
            let conversation = world.conversation(conversation_sid).ok()?;
            conversation.participant_with_identity(&caller.identity)?;
            let typist = conversation.participant_with_identity(identity)?;
            typist.sid.clone()
        };
        if caller.identity == identity {
            return None;
        }
        let payload = json!({
            "channel_sid": conversation_sid,
            "member_sid": member_sid,
            "identity": identity,
            // One second more than the typist gets, for the transport.
            "typing_timeout": TYPING_SECONDS + 1,
        });
        let header = self.notification_header("twilio.ipmsg.typing_indicator");
        Some(Frame::new(header, payload))
    }

    fn notification_header(&mut self, message_type: &str) -> Value {
        self.notifications += 1;
        json!({
            "method": "notification",
            "id": format!("TN{:032x}", self.notifications),
            "message_type": message_type,
            "notification_ctx_id": "simulator",
        })
    }

    fn init(&mut self, frame: &Frame) -> Frame {
        frame.text("token").clone_into(&mut self.token);
        if self.caller().is_none() {
            return token_refused(frame);
        }
        let registrations: Vec<Value> = frame
            .header
            .get("registrations")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|registration| {
                json!({
                    "product": registration.get("product"),
                    "type": registration.get("type"),
                    "notification_ctx_id": registration.get("notification_ctx_id"),
                })
            })
            .collect();
        let header = json!({
            "continuation_token": format!("continuation-{}", frame.text("id")),
            "continuation_token_status": {"reissued": true, "reissue_reason": "MISSING", "reissue_message": ""},
            "capabilities": ["client_update", "offline_storage", "telemetry.v1"],
            "offline_storage": {},
            "init_registrations": registrations,
            "debug_info": {},
        });
        reply(frame, header, Value::Null)
    }

    fn update(&mut self, frame: &Frame) -> Frame {
        frame.text("token").clone_into(&mut self.token);
        if self.caller().is_none() {
            return token_refused(frame);
        }
        reply(frame, json!({}), Value::Null)
    }

    fn message(&mut self, frame: &Frame) -> Vec<Frame> {
        let Some(request) = request(frame) else {
            return vec![reply(
                frame,
                json!({"status": {"code": 400, "status": "Bad Request"}}),
                Value::Null,
            )];
        };
        let Some(caller) = self.caller() else {
            return vec![answered(frame, SdkResponse::token_refused())];
        };
        if request.path.ends_with("/Subscriptions") {
            return self.subscriptions(frame, &caller, &request);
        }
        let answer = self.sim.browser.with(&self.sim.world, |world, objects| {
            if request.host.starts_with("aim.") {
                conversations_sdk::answer(world, &caller, &request)
            } else if request.host.starts_with("cds.") {
                let grant = frame.text("active_grant");
                insights::answer(world, objects, &caller, &request)
                    .or_else(|| sync_sdk::answer(world, objects, &caller, grant, &request))
            } else {
                is_telemetry(&request).then(|| SdkResponse::ok(json!({})))
            }
        });
        let answer = answer.unwrap_or_else(|| {
            self.unknown(&request.method, &request.host, &request.path);
            SdkResponse::refused(404, 20404, "the simulator does not know this request")
        });
        vec![answered(frame, answer)]
    }

    /// Answers a subscription at once. Its confirmation and the events missed so far follow as notifications.
    fn subscriptions(&mut self, frame: &Frame, caller: &Token, request: &SdkRequest) -> Vec<Frame> {
        let correlation = request.body.get("correlation_id").cloned();
        let establish = request.text("action").as_deref() == Some("establish");
        let mut frames = vec![answered(
            frame,
            SdkResponse::ok(
                json!({"estimated_delivery_in_ms": 5000, "max_batch_size": 100, "events": []}),
            ),
        )];
        for wish in request
            .body
            .get("requests")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let text = |name: &str| wish.get(name).and_then(Value::as_str).unwrap_or_default();
            let (sid, kind) = (text("object_sid"), text("object_type"));
            let about = json!({"object_sid": sid, "object_type": kind});
            if !establish {
                self.subscribed.remove(sid);
                frames.push(self.notification(
                    "subscription_canceled",
                    correlation.clone(),
                    &about,
                ));
                continue;
            }
            let after = wish.get("last_event_id").and_then(Value::as_u64);
            let found = ObjectKind::from_word(kind).and_then(|kind| {
                self.sim.browser.with(&self.sim.world, |world, objects| {
                    objects.events_after(world, caller, kind, sid, after)
                })
            });
            if let Some((last, missed)) = found {
                self.subscribed.insert(sid.to_owned());
                for event in missed {
                    frames.push(self.notification(&event.event_type, None, &event.event));
                }
                frames.extend(self.found_by_query(caller, sid));
                let about = merged(
                    about,
                    json!({"replay_status": "completed", "last_event_id": last}),
                );
                frames.push(self.notification(
                    "subscription_established",
                    correlation.clone(),
                    &about,
                ));
            } else {
                let error =
                    json!({"error": {"status": 404, "code": 54100, "message": "not found"}});
                frames.push(self.notification(
                    "subscription_failed",
                    correlation.clone(),
                    &merged(about, error),
                ));
            }
        }
        frames
    }

    /// Returns a frame with the whole result of a live query: its clients do not name the last event that they
    /// have.
    fn found_by_query(&mut self, caller: &Token, sid: &str) -> Option<Frame> {
        let found = self.sim.browser.with(&self.sim.world, |world, objects| {
            objects.describe(world, caller, ObjectKind::LiveQuery, sid, true)
        })?;
        let field = |name: &str| found.get(name).cloned().unwrap_or_default();
        let event = json!({
            "query_id": sid,
            "items": field("items"),
            "last_event_id": field("last_event_id"),
        });
        Some(self.notification("live_query_updated", None, &event))
    }

    fn notification(
        &mut self,
        event_type: &str,
        correlation: Option<Value>,
        event: &Value,
    ) -> Frame {
        let header = self.notification_header("twilio.sync.event");
        let mut payload = json!({
            "event_type": event_type,
            "event_protocol_version": 4,
            "strictly_ordered": true,
            // One event at a time, because the oldest SDK does not read lists.
            "event": event,
        });
        if let (Some(payload), Some(correlation)) = (payload.as_object_mut(), correlation) {
            payload.insert("correlation_id".into(), correlation);
        }
        Frame::new(header, payload)
    }

    fn unknown(&self, method: &str, host: &str, path: &str) {
        self.sim.journal.note_unknown_path(
            method,
            host,
            path,
            "the simulator has no such Twilsock request",
        );
    }

    fn caller(&self) -> Option<Token> {
        self.sim.world.lock().valid_token(&self.token).cloned()
    }
}

/// Returns true if a request is telemetry, which is accepted and discarded.
fn is_telemetry(request: &SdkRequest) -> bool {
    request.host.starts_with("flex-sdk.") && request.path.contains("/Telemetry/")
}

/// Returns the HTTP request inside a frame.
fn request(frame: &Frame) -> Option<SdkRequest> {
    let http = frame.header.get("http_request")?;
    let text = |name: &str| http.get(name).and_then(Value::as_str);
    // Some callers send a JSON text that itself contains JSON.
    let body = match &frame.payload {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| frame.payload.clone()),
        body => body.clone(),
    };
    Some(SdkRequest {
        method: text("method")?.to_owned(),
        host: text("host")?.to_owned(),
        path: text("path")?.to_owned(),
        params: http
            .get("params")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default(),
        if_match: header(http, "if-match"),
        body,
    })
}

/// Returns a header of the request, in any case of its name: the SDKs differ.
fn header(http: &Value, name: &str) -> Option<String> {
    let headers = http.get("headers")?.as_object()?;
    let mut all = headers.iter();
    let (_, value) = all.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    value.as_str().map(str::to_owned)
}

fn reply(to: &Frame, extra: Value, payload: Value) -> Frame {
    let header =
        json!({"method": "reply", "id": to.text("id"), "status": {"code": 200, "status": "OK"}});
    Frame::new(merged(header, extra), payload)
}

fn answered(to: &Frame, answer: SdkResponse) -> Frame {
    let status =
        json!({"code": answer.status, "status": if answer.status < 300 { "OK" } else { "Error" }});
    reply(
        to,
        json!({"http_status": status, "http_headers": {}}),
        answer.body,
    )
}

fn token_refused(to: &Frame) -> Frame {
    let status = json!({"code": 401, "status": "Unauthorized", "errorCode": TOKEN_EXPIRED});
    reply(to, json!({"status": status}), Value::Null)
}

fn merged(base: Value, extra: Value) -> Value {
    let mut fields: Map<String, Value> = match base {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    if let Value::Object(extra) = extra {
        fields.extend(extra);
    }
    Value::Object(fields)
}
