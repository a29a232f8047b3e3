//! One invocation of a Function, from its request to its response.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::attributes::Attributes;
use crate::protocol::access::GiveAccess;
use crate::protocol::park::Park;
use crate::protocol::prepare::Prepare;
use crate::protocol::sweep::Sweep;
use crate::protocol::team::Team;
use crate::protocol::unpark::{Cause, Unpark};
use crate::protocol::{CallId, Effect, Event, Operation, OperationContext, Outcome};
use crate::reply::{OutcomeName, Refusal, Reply};
use crate::sid::WorkerSid;
use crate::twilio::body::Body;
use crate::twilio::http::Access;
use crate::twilio::time::Millis;
use crate::twilio::{AnyAnswer, AnyCall, Failure, Http};

use super::incoming::{Environment, Incoming};
use super::memory::Memory;
use super::unparked::{LoggedChange, LoggedReturn, Unparked};

/// The input of an invocation.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvocationInput {
    /// The function's path.
    pub path: String,
    /// The request's parameters.
    pub parameters: Attributes,
    /// The environment variables.
    pub environment: Attributes,
    /// The unique name of the invocation.
    pub id: String,
    /// The time, in milliseconds since 1970.
    pub now: Millis,
    /// The seed for the jitter of retries.
    pub seed: u64,
}

/// An instruction for the handler.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub enum Instruction {
    /// Send a request with the official client, and report the response.
    Request {
        /// The identifier for the report.
        id: String,
        /// The request.
        http: Http,
    },
    /// Wait, and then report.
    Wait {
        /// The identifier for the report.
        id: String,
        /// The time in milliseconds.
        ms: Millis,
    },
    /// Respond to the caller. This ends the invocation.
    Answer {
        /// HTTP status.
        status: u16,
        /// The body.
        body: Reply,
        /// The line of the log.
        log: LogLine,
    },
}

/// One line of the log. It contains no data of the customer, and no note.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogLine {
    operation: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    conversation: String,
    /// The worker whose token came with the request, once Twilio has validated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<WorkerSid>,
    /// The agent to whom a conversation was to be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<WorkerSid>,
    outcome: OutcomeName,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(flatten)]
    unparked: Option<LoggedReturn>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changed: Vec<LoggedChange>,
    calls: u32,
    ms: Millis,
}

/// A report of the handler.
#[derive(Debug, Clone)]
pub enum Report {
    /// Twilio has responded.
    Answered {
        /// The request's id.
        id: String,
        /// HTTP status.
        status: u16,
        /// The header `ETag`, if there is one.
        etag: Option<String>,
    },
    /// There was no response.
    Unanswered {
        /// The request's id.
        id: String,
    },
    /// A wait is over.
    Waited {
        /// The wait's id.
        id: String,
    },
}

impl Report {
    /// Parses a report. Returns it with the JSON text of Twilio's response, which only the call itself parses.
    #[must_use]
    pub fn parse(json: &str) -> Option<(Self, Option<&RawValue>)> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        enum Kind {
            Answered,
            Unanswered,
            Waited,
        }
        #[derive(Deserialize)]
        struct Raw<'a> {
            #[serde(rename = "what")]
            kind: Kind,
            id: String,
            #[serde(default)]
            status: u16,
            #[serde(borrow, default)]
            body: Option<&'a RawValue>,
            #[serde(default)]
            etag: Option<String>,
        }

        let Raw {
            kind,
            id,
            status,
            body,
            etag,
        } = serde_json::from_str(json).ok()?;
        let report = match kind {
            Kind::Answered => Self::Answered { id, status, etag },
            Kind::Unanswered => Self::Unanswered { id },
            Kind::Waited => Self::Waited { id },
        };
        Some((report, body))
    }
}

/// One invocation in progress.
pub struct Session {
    path: String,
    parameters: Attributes,
    id: String,
    began: Millis,
    seed: u64,
    memory: Memory,
    environment: Option<Environment>,
    access: Option<Access>,
    conversation: String,
    by: Option<WorkerSid>,
    to: Option<WorkerSid>,
    running: Option<Box<dyn Operation>>,
    /// The reply of a park that continues as a wake, because of messages that the agent had not seen.
    parked: Option<Reply>,
    /// The number of operations so far. It is part of each id, so a late report of an earlier operation is ignored.
    generation: u32,
    calls_made: u32,
    unparked: Unparked,
    requests: Vec<(CallId, AnyCall)>,
    waits: BTreeSet<CallId>,
    is_answered: bool,
}

impl Session {
    /// Starts an invocation in a container with this memory.
    #[must_use]
    pub fn begin(input: InvocationInput, memory: Memory) -> (Self, Vec<Instruction>) {
        let mut session = Self {
            path: input.path,
            parameters: input.parameters,
            id: input.id,
            began: input.now,
            seed: input.seed,
            memory,
            environment: None,
            access: None,
            conversation: String::new(),
            by: None,
            to: None,
            running: None,
            parked: None,
            generation: 0,
            calls_made: 0,
            unparked: Unparked::default(),
            requests: Vec::new(),
            waits: BTreeSet::new(),
            is_answered: false,
        };
        let instructions = session.start(&input.environment);
        (session, instructions)
    }

    /// Handles a report at the time `now`, with the body of Twilio's response. Returns the next instructions.
    pub fn report(
        &mut self,
        report: Report,
        body: Option<&RawValue>,
        now: Millis,
    ) -> Vec<Instruction> {
        let Some(event) = self.event(report, body, now) else {
            return Vec::new();
        };
        let effects = match &mut self.running {
            Some(running) => running.step(event, now),
            None => Vec::new(),
        };
        self.instructions(effects, now)
    }

    /// Ends an invocation that takes too long or is stuck, unless it has responded. A later check continues its work. What is certainly
    /// done is not refused: an agent who is out is told so.
    pub fn give_up(&mut self, message: &str, now: Millis) -> Vec<Instruction> {
        if self.is_answered {
            return Vec::new();
        }
        let mut reply = self.parked.take();
        if let Some(mut running) = self.running.take() {
            self.calls_made += running.calls_made();
            reply = reply.or_else(|| running.certain_reply());
        }
        let reply = reply.unwrap_or_else(|| Reply::Refused {
            refusal: Refusal::TwilioUnavailable,
            message: message.into(),
        });
        vec![self.answer(reply, now)]
    }

    /// Returns true if nothing is in flight and there was no response, which is a bug of this program.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        !self.is_answered && self.requests.is_empty() && self.waits.is_empty()
    }

    fn start(&mut self, variables: &Attributes) -> Vec<Instruction> {
        let now = self.began;
        let parsed = Environment::parse(variables).and_then(|environment| {
            let incoming = Incoming::parse(&self.path, &self.parameters)?;
            Ok((environment, incoming))
        });
        let (environment, incoming) = match parsed {
            Ok(parsed) => parsed,
            Err(bad) => {
                let reply = Reply::Refused {
                    refusal: bad.refusal,
                    message: bad.message,
                };
                return vec![self.answer(reply, now)];
            }
        };
        self.conversation = incoming
            .conversation()
            .map(ToString::to_string)
            .unwrap_or_default();
        self.to = incoming.recipient().cloned();
        let token = self.parameters.text_at("Token").unwrap_or_default();
        if token.is_empty() && incoming.needs_token() {
            let reply = Reply::Refused {
                refusal: Refusal::InvalidToken,
                message: "`Token`: expected a Flex token".into(),
            };
            return vec![self.answer(reply, now)];
        }
        let context = self.context(&environment, now);
        // A call of Twilio's or of the owner's has none, whatever it contains.
        let known = self
            .memory
            .callers
            .find(&token, now)
            .filter(|_| incoming.needs_token());
        self.by = known.as_ref().map(|caller| caller.worker.clone());
        let sees = self.memory.sees.find(now);
        self.access = Some(Access {
            account: environment.account.clone(),
            workspace: environment.workspace.clone(),
            sync_service: environment.sync_service.clone(),
            token,
        });
        self.environment = Some(environment);
        let running: Box<dyn Operation> = match incoming {
            Incoming::Nothing => return vec![self.answer(Reply::Ignored, now)],
            Incoming::Sweep(cause, cursor) => Box::new(Sweep::new(cause, cursor, context)),
            Incoming::Prepare if known.is_some() => return vec![self.answer(Reply::Ready, now)],
            Incoming::Prepare => Box::new(Prepare::new(&context)),
            Incoming::Access(of) => Box::new(GiveAccess::new(of, &context, known, sees)),
            Incoming::Team(question) => Box::new(Team::new(question, &context, known, sees)),
            Incoming::Park(request) => Box::new(Park::new(*request, context).with_caller(known)),
            Incoming::Streamed(conversation, cause, probe) => {
                Box::new(Unpark::new(conversation, cause, context).with_probe(probe))
            }
            Incoming::Unpark {
                conversation,
                cause,
                conditions,
                called,
            } => {
                let called = called.map(|called| *called);
                let unpark = Unpark::new(conversation, cause, context)
                    .with_conditions(conditions)
                    .with_address(called);
                Box::new(unpark.with_caller(known).with_sees(sees))
            }
        };
        self.run(running, now)
    }

    fn context(&self, environment: &Environment, now: Millis) -> OperationContext {
        OperationContext {
            operation: format!("{}-{}", self.id, self.generation),
            wake_url: environment.wake_url(),
            wake_flow: environment.studio_flow.clone(),
            started: now,
            seed: self.seed,
        }
    }

    fn run(&mut self, mut running: Box<dyn Operation>, now: Millis) -> Vec<Instruction> {
        self.generation += 1;
        self.requests.clear();
        self.waits.clear();
        let effects = running.start();
        self.running = Some(running);
        self.instructions(effects, now)
    }

    fn event(&mut self, report: Report, body: Option<&RawValue>, now: Millis) -> Option<Event> {
        Some(match report {
            Report::Answered { id, status, etag } => {
                let id = self.parse_id(&id)?;
                let call = self.take_request(id)?;
                let result = call.read(status, Body::new(body).with_etag(etag.as_deref()));
                self.learn(&result, now);
                Event::Answered(id, result)
            }
            Report::Unanswered { id } => {
                let id = self.parse_id(&id)?;
                self.take_request(id)?;
                Event::Answered(id, Err(Failure::Unavailable))
            }
            Report::Waited { id } => {
                let id = self.parse_id(&id)?;
                self.waits.take(&id)?;
                Event::Waited(id)
            }
        })
    }

    /// Remembers a validated caller and the owner's flag, and forgets a token that was refused.
    fn learn(&mut self, result: &Result<AnyAnswer, Failure>, now: Millis) {
        let Some(access) = &self.access else {
            return;
        };
        match result {
            Ok(AnyAnswer::ValidateToken(caller)) => {
                self.memory.callers.remember(&access.token, caller, now);
                self.by = Some(caller.worker.clone());
            }
            Ok(AnyAnswer::FetchFlexConfiguration(sees)) => self.memory.sees.remember(*sees, now),
            Err(Failure::InvalidToken) => self.memory.callers.forget(&access.token),
            _ => {}
        }
    }

    fn take_request(&mut self, id: CallId) -> Option<AnyCall> {
        let position = self.requests.iter().position(|(open, _)| *open == id)?;
        Some(self.requests.swap_remove(position).1)
    }

    /// Parses the id of a call or wait of the current operation.
    fn parse_id(&self, id: &str) -> Option<CallId> {
        let number = id.split_once('.')?.1.parse().ok()?;
        (self.wire_id(number) == id).then_some(number)
    }

    /// Returns the id of a call or wait for the handler.
    fn wire_id(&self, id: CallId) -> String {
        format!("{}.{id}", self.generation)
    }

    fn instructions(&mut self, effects: Vec<Effect>, now: Millis) -> Vec<Instruction> {
        let mut instructions = Vec::with_capacity(effects.len());
        for effect in effects {
            match effect {
                Effect::Call(id, call) => {
                    self.unparked.watch(&call);
                    if let Some(access) = &self.access {
                        instructions.push(Instruction::Request {
                            id: self.wire_id(id),
                            http: call.http(access),
                        });
                        self.requests.push((id, call));
                    }
                }
                Effect::Wait(id, ms) => {
                    instructions.push(Instruction::Wait {
                        id: self.wire_id(id),
                        ms,
                    });
                    self.waits.insert(id);
                }
                Effect::Done(outcome) => return self.done(*outcome, now),
            }
        }
        instructions
    }

    fn done(&mut self, outcome: Outcome, now: Millis) -> Vec<Instruction> {
        if let Some(mut ended) = self.running.take() {
            self.calls_made += ended.calls_made();
        }
        if let Some(parked) = self.parked.take() {
            let reply = match outcome.reply {
                Reply::Routed | Reply::AlreadyRouted => Reply::ParkedAndWoken,
                _ => parked,
            };
            return vec![self.answer(reply, now)];
        }
        if outcome.unseen.is_empty() {
            return vec![self.answer(outcome.reply, now)];
        }
        self.wake_for(outcome, now)
    }

    /// Continues with a wake for the messages that the agent had not seen.
    fn wake_for(&mut self, outcome: Outcome, now: Millis) -> Vec<Instruction> {
        let incoming = Incoming::parse(&self.path, &self.parameters);
        let (Ok(Incoming::Park(request)), Some(environment)) = (incoming, &self.environment) else {
            return vec![self.answer(outcome.reply, now)];
        };
        let cause = Cause::Wake(outcome.unseen);
        let context = self.context(environment, now);
        let unpark = Unpark::new(request.target.conversation_sid, cause, context);
        self.parked = Some(outcome.reply);
        self.run(Box::new(unpark), now)
    }

    /// Returns the HTTP status of a refusal. Event Streams repeats an event for four hours unless the status says that it was taken:
    /// that it has to be only where a later attempt may succeed.
    fn status_of(&self, refusal: &Refusal) -> u16 {
        let may_pass = matches!(
            refusal,
            Refusal::Busy
                | Refusal::TwilioUnavailable
                | Refusal::TwilioRefused { .. }
                | Refusal::Misconfigured { .. }
        );
        if self.path == crate::request::path::EVENT && !may_pass {
            return 200;
        }
        refusal.status()
    }

    fn answer(&mut self, reply: Reply, now: Millis) -> Instruction {
        self.is_answered = true;
        let (status, message) = match &reply {
            Reply::Refused { refusal, message } => (self.status_of(refusal), Some(message.clone())),
            _ => (200, None),
        };
        let changed = match &reply {
            Reply::Reconciled { changed, .. } => changed
                .iter()
                .map(|changed| self.unparked.logged_change(changed, now))
                .collect(),
            _ => Vec::new(),
        };
        let outcome = reply.name();
        Instruction::Answer {
            status,
            log: LogLine {
                operation: operation_name(&self.path),
                conversation: self.conversation.clone(),
                by: self.by.clone(),
                to: self.to.clone(),
                outcome,
                message,
                unparked: self.unparked.logged(&self.conversation, outcome, now),
                changed,
                calls: self.calls_made,
                ms: now.saturating_sub(self.began),
            },
            body: reply,
        }
    }
}

fn operation_name(path: &str) -> &'static str {
    let mut functions = crate::request::path::ALL.iter();
    let function = functions.find(|(_, known)| *known == path);
    function.map_or("unknown", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test may panic")]
    use super::*;
    use crate::sid::example as sid;
    use serde_json::value::to_raw_value;
    use serde_json::{json, Value};

    fn answered(id: String, status: u16) -> Report {
        Report::Answered {
            id,
            status,
            etag: None,
        }
    }

    fn input(path: &str, parameters: &Value, environment: &Value) -> InvocationInput {
        InvocationInput {
            path: path.into(),
            parameters: Attributes::parse(&parameters.to_string()).unwrap(),
            environment: Attributes::parse(&environment.to_string()).unwrap(),
            id: "invocation".into(),
            now: 1_790_000_000_000,
            seed: 7,
        }
    }

    fn environment() -> Value {
        json!({
            "ACCOUNT_SID": sid("AC"), "TWILIO_FLEX_WORKSPACE_SID": sid("WS"),
            "TWILIO_FLEX_SYNC_SID": sid("IS"), "DOMAIN_NAME": "example.twil.io",
        })
    }

    fn message() -> Value {
        json!({
            "EventType": "onMessageAdded", "ConversationSid": sid("CH"), "ParticipantSid": sid("MB"),
            "Author": "+15550001111", "Body": "my card number is 4111",
            "interactionSid": sid("KD"), "channelSid": sid("UO"),
        })
    }

    #[test]
    fn a_missing_environment_variable_is_named() {
        let (_, instructions) = Session::begin(
            input(
                crate::request::path::WAKE,
                &message(),
                &json!({ "ACCOUNT_SID": sid("AC"), "TWILIO_FLEX_WORKSPACE_SID": sid("WS") }),
            ),
            Memory::default(),
        );
        let Some(Instruction::Answer { status, body, .. }) = instructions.first() else {
            panic!("no response: {instructions:?}")
        };
        assert_eq!(*status, 500);
        let Reply::Refused { message, .. } = body else {
            panic!("not refused: {body:?}")
        };
        assert!(message.contains("TWILIO_FLEX_SYNC_SID"), "{message}");
    }

    #[test]
    fn the_log_names_the_outcome_and_no_data_of_the_customer() {
        let (mut session, first) = Session::begin(
            input(crate::request::path::WAKE, &message(), &environment()),
            Memory::default(),
        );
        let mut instructions = first;
        let answer = loop {
            let Some(instruction) = instructions.pop() else {
                panic!("nothing is in flight, and there is no response")
            };
            match instruction {
                Instruction::Answer { status, log, .. } => break (status, log),
                Instruction::Request { id, .. } => {
                    let report = answered(id, 403);
                    let body = to_raw_value(&json!({ "code": 20_403 })).unwrap();
                    let next = session.report(report, Some(&body), 1_790_000_000_250);
                    instructions.extend(next);
                }
                Instruction::Wait { id, .. } => {
                    let report = Report::Waited { id };
                    instructions.extend(session.report(report, None, 1_790_000_000_250));
                }
            }
        };
        assert_eq!(answer.0, 502);
        let line = serde_json::to_value(&answer.1).unwrap();
        assert_eq!(line.get("operation"), Some(&json!("wake")));
        assert_eq!(line.get("conversation"), Some(&json!(sid("CH"))));
        assert_eq!(line.get("outcome"), Some(&json!("twilioRefused")));
        assert_eq!(line.get("ms"), Some(&json!(250)));
        let text = line.to_string();
        assert!(!text.contains("4111") && !text.contains("+1555"), "{text}");
    }

    #[test]
    fn an_unknown_report_is_ignored() {
        let (mut session, _) = Session::begin(
            input(crate::request::path::WAKE, &message(), &environment()),
            Memory::default(),
        );
        for id in ["", "1", "1.999", "2.1", "x.y"] {
            let id = id.to_owned();
            let report = answered(id, 200);
            assert_eq!(session.report(report, None, 1), Vec::new());
        }
    }

    fn park_by(token: &str) -> Value {
        json!({
            "Token": token, "conversationSid": sid("CH"), "interactionSid": sid("KD"),
            "channelSid": sid("UO"), "taskSid": sid("WT"),
        })
    }

    /// Begins the function that parks. Returns the session, the addresses of the first requests by their ids, and the reply.
    fn begun(
        parameters: &Value,
        memory: &Memory,
        now: Millis,
    ) -> (Session, Vec<(String, String)>, Option<Reply>) {
        let input = InvocationInput {
            now,
            ..input(crate::request::path::PARK, parameters, &environment())
        };
        let (session, instructions) = Session::begin(input, memory.clone());
        let mut requests = Vec::new();
        let mut reply = None;
        for instruction in instructions {
            match instruction {
                Instruction::Request { id, http } => {
                    let http = serde_json::to_value(&http).unwrap();
                    let uri = http.get("uri").and_then(Value::as_str).unwrap();
                    requests.push((id, uri.to_owned()));
                }
                Instruction::Answer { body, .. } => reply = Some(body),
                Instruction::Wait { .. } => {}
            }
        }
        (session, requests, reply)
    }

    fn names(requests: &[(String, String)], part: &str) -> bool {
        requests.iter().any(|(_, uri)| uri.contains(part))
    }

    #[test]
    fn a_prepared_park_claims_at_once() {
        let memory = Memory::default();
        let now = 1_790_000_000_000;
        let prepare = json!({ "Token": "token", "prepare": "true" });
        let (mut session, requests, _) = begun(&prepare, &memory, now);
        let [(id, uri)] = requests.as_slice() else {
            panic!("{requests:?}")
        };
        assert!(uri.ends_with("/Tokens/validate"), "{uri}");
        let report = answered(id.clone(), 200);
        let body = json!({ "valid": true, "worker_sid": sid("WK"), "roles": ["agent"] });
        let answer = session.report(report, Some(&to_raw_value(&body).unwrap()), now);
        assert!(matches!(
            answer.as_slice(),
            [Instruction::Answer {
                body: Reply::Ready,
                ..
            }]
        ));
        let (_, requests, reply) = begun(&prepare, &memory, now);
        assert_eq!((requests.len(), reply), (0, Some(Reply::Ready)));

        let (_, requests, _) = begun(&park_by("token"), &memory, now + 59_000);
        assert!(!names(&requests, "/Tokens/validate") && names(&requests, "/Documents"));
        let (_, requests, _) = begun(&park_by("token"), &memory, now + 60_000);
        assert!(names(&requests, "/Tokens/validate"));
        let (_, requests, _) = begun(&park_by("another"), &memory, now);
        assert!(names(&requests, "/Tokens/validate"));
    }

    fn line(instructions: &[Instruction]) -> Value {
        match instructions {
            [.., Instruction::Answer { log, .. }] => serde_json::to_value(log).unwrap(),
            other => panic!("no response: {other:?}"),
        }
    }

    /// A deed is somebody's only if Twilio says so.
    #[test]
    fn the_log_names_the_owner_of_a_valid_token() {
        let memory = Memory::default();
        let prepare = json!({ "Token": "token", "prepare": "true", "workerSid": sid("WT") });
        for status in [401, 200] {
            let (mut session, requests, _) = begun(&prepare, &memory, 0);
            let [(id, _)] = requests.as_slice() else {
                panic!("{requests:?}")
            };
            let body = json!({ "valid": true, "worker_sid": sid("WK"), "roles": ["agent"] });
            let body = to_raw_value(&body).unwrap();
            let line = line(&session.report(answered(id.clone(), status), Some(&body), 0));
            let by = (status == 200).then(|| json!(sid("WK")));
            assert_eq!(line.get("by"), by.as_ref(), "{line}");
        }
        // Known from a moment ago.
        let input = input(crate::request::path::PARK, &prepare, &environment());
        let input = InvocationInput { now: 1, ..input };
        let known = line(&Session::begin(input.clone(), memory.clone()).1);
        assert_eq!(known.get("by"), Some(&json!(sid("WK"))));
        let unknown = line(
            &Session::begin(
                InvocationInput {
                    now: 90_000,
                    ..input
                },
                memory.clone(),
            )
            .0
            .give_up("late", 90_000),
        );
        assert_eq!(unknown.get("by"), None);
        let mut woken = message();
        let fields = woken.as_object_mut().unwrap();
        fields.insert("Token".into(), json!("token"));
        let woken = self::input(crate::request::path::WAKE, &woken, &environment());
        let woken = InvocationInput { now: 1, ..woken };
        let woken = line(&Session::begin(woken, memory).0.give_up("late", 1));
        assert_eq!(woken.get("by"), None, "a message is nobody's deed");
    }

    #[test]
    fn the_log_names_the_agent_to_whom_a_conversation_is_given() {
        let give = json!({
            "Token": "token", "conversationSid": sid("CH"), "workerSid": sid("WK"), "agentName": "Sue",
        });
        let input = input(crate::request::path::GIVE, &give, &environment());
        let line = line(
            &Session::begin(input, Memory::default())
                .0
                .give_up("late", 1),
        );
        assert_eq!(line.get("to"), Some(&json!(sid("WK"))));
        assert!(!line.to_string().contains("Sue"), "{line}");
    }

    #[test]
    fn a_refused_token_is_not_known() {
        let memory = Memory::default();
        let (mut session, requests, _) = begun(&park_by("token"), &memory, 0);
        let (id, _) = requests
            .iter()
            .find(|(_, uri)| uri.contains("/Tokens/validate"))
            .unwrap();
        let report = answered(id.clone(), 401);
        let body = to_raw_value(&json!({ "code": 20_003 })).unwrap();
        session.report(report, Some(&body), 0);
        let (_, requests, _) = begun(&park_by("token"), &memory, 0);
        assert!(names(&requests, "/Tokens/validate"));
    }

    /// Runs a supervisor's question about agents. Returns the addresses of its requests.
    fn asked_about_agents(memory: &Memory, now: Millis) -> Vec<String> {
        let input = InvocationInput {
            now,
            ..input(
                crate::request::path::TEAM,
                &json!({ "Token": "token" }),
                &environment(),
            )
        };
        let (mut session, mut instructions) = Session::begin(input, memory.clone());
        let mut uris = Vec::new();
        while let Some(instruction) = instructions.pop() {
            let Instruction::Request { id, http } = instruction else {
                continue;
            };
            let uri = http.uri.as_str();
            let body = if uri.ends_with("/Tokens/validate") {
                json!({ "valid": true, "worker_sid": sid("WK"), "roles": ["supervisor"] })
            } else if uri.ends_with("/Configuration") {
                json!({})
            } else {
                json!({ "available": true, "workers": [] })
            };
            uris.push(uri.to_owned());
            let body = to_raw_value(&body).unwrap();
            instructions.extend(session.report(answered(id, 200), Some(&body), now));
        }
        assert!(session.is_answered);
        uris
    }

    #[test]
    fn the_owners_flag_is_read_once_in_a_minute() {
        let memory = Memory::default();
        let reads = |now| {
            let uris = asked_about_agents(&memory, now);
            let is_read = |uri: &&String| uri.ends_with("/Configuration");
            uris.iter().filter(is_read).count()
        };
        let now = 1_790_000_000_000;
        assert_eq!(reads(now), 1);
        assert_eq!(reads(now + 59_999), 0);
        assert_eq!(reads(now + 60_000), 1);
    }

    #[test]
    fn a_session_that_gives_up_responds_once() {
        let (mut session, _) = Session::begin(
            input(crate::request::path::WAKE, &message(), &environment()),
            Memory::default(),
        );
        assert!(!session.is_stuck());
        let given_up = session.give_up("too long", 1_790_000_009_000);
        let [Instruction::Answer {
            status: 503, log, ..
        }] = given_up.as_slice()
        else {
            panic!("no response: {given_up:?}")
        };
        assert_eq!(log.ms, 9_000);
        assert_eq!(session.give_up("too long", 1_790_000_009_001), Vec::new());
    }
}
