//! The two Twilios side by side: each call and each event goes to both.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::time::Duration;

use axum::body::{to_bytes, Bytes};
use axum::http::header::{HeaderMap, HeaderName, HeaderValue, AUTHORIZATION, CONTENT_TYPE, ETAG};
use axum::http::Method;
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use clap::Parser;
use memory_twilio::sids::{self, member, worker};
use memory_twilio::{caller, identity, MemoryTwilio, ADA, BEN, CUSTOMER, OTHERS, SUE};
use park_interaction::reply::Sees;
use park_interaction::sid::{AccountSid, SyncServiceSid, TaskSid, WorkspaceSid};
use park_interaction::twilio::body::Body;
use park_interaction::twilio::calls::ChannelRef;
use park_interaction::twilio::http::Access;
use park_interaction::twilio::{AnyAnswer, AnyCall, Failure, Http, Method as CallMethod};
use serde_json::value::RawValue;
use serde_json::{json, Value};
use tokio::runtime::Runtime;
use url::Url;

use super::coarse::made_coarse;
use super::names::Names;
use crate::contact_centre::seed::Plan;
use crate::conversations::{ConversationChange, ConversationState};
use crate::gate::{self, Via};
use crate::http::request::RestRequest;
use crate::options::Options;
use crate::readings::Readings;
use crate::server;
use crate::sim::Sim;
use crate::taskrouter::{ReservationStatus, WorkerChange};
use crate::world::sids::Sid;
use crate::world::{World, AUTH_TOKEN};

/// The result of a call, in terms of the Twilio in memory.
pub type Outcome = Result<AnyAnswer, Failure>;

/// The one customer's id in the simulator.
const ID: &str = "customer";
/// How long ago the customer has written.
const HISTORY: Duration = Duration::from_secs(1_000);
/// How many calls before a difference are shown.
const SHOWN: usize = 12;

/// A reading of Twilio that both know: its name and value in the simulator, and its switch in memory.
#[derive(Clone, Copy)]
pub struct Reading {
    pub name: &'static str,
    pub value: &'static str,
    pub set: fn(&mut memory_twilio::Readings),
}

/// The documented behaviour.
pub const DOCUMENTED: Reading = Reading {
    name: "replay",
    value: "inclusive",
    set: |_| {},
};

/// Returns a simulator. To read the descriptions of Twilio's APIs takes longer than a story.
pub fn simulator() -> Sim {
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../node_modules/@twilio/cli-core/src/services/twilio-api");
    let arguments = ["simulator", "--openapi", openapi.to_str().unwrap()];
    server::prepare(Options::parse_from(arguments)).unwrap().0
}

/// Twilio in memory and the simulator, in the same situation at the same time: Ada has a conversation, in which the customer has
/// written twice.
pub struct Pair {
    memory: MemoryTwilio,
    simulator: Sim,
    runtime: Runtime,
    names: Names,
    /// The simulator's versions of tasks, by the task and the version in memory.
    task_versions: HashMap<(TaskSid, String), String>,
    now: u64,
    token: String,
    caller: Option<u32>,
    /// The calls so far, for the message about a difference.
    log: Vec<String>,
    /// The names of the calls that have succeeded in both.
    pub succeeded: BTreeSet<&'static str>,
}

impl Pair {
    /// Starts with a contact centre that has just opened, under a reading; `simulator` forgets what it had.
    pub fn new(simulator: &Sim, reading: Reading) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let now = seed(simulator, reading);
        let mut memory = MemoryTwilio::new(now);
        (reading.set)(&mut memory.readings);
        let mut pair = Self {
            memory,
            simulator: simulator.clone(),
            runtime,
            names: Names::new(now),
            task_versions: HashMap::new(),
            now,
            token: String::new(),
            caller: None,
            log: Vec::new(),
            succeeded: BTreeSet::new(),
        };
        pair.bind_what_calls_name();
        pair.act_as(Some(ADA));
        pair
    }

    /// Binds what a call may name before any result has: the account's set-up, the conversation, its channel and its task.
    fn bind_what_calls_name(&mut self) {
        let pairs = {
            let world = self.simulator.world.lock();
            let conversation = conversation(&world);
            let channel = world.channel_of_conversation(&conversation).unwrap();
            let own = |number| {
                let found = world.taskrouter.worker_named(identity(number)).unwrap();
                (worker(number).to_string(), found.sid.clone())
            };
            vec![
                own(ADA),
                own(BEN),
                own(SUE),
                (
                    sids::workflow(1).to_string(),
                    world.taskrouter.workflows[0].sid.clone(),
                ),
                (
                    sids::queue(1).to_string(),
                    world.taskrouter.queues[0].sid.clone(),
                ),
                (
                    sids::interaction(1).to_string(),
                    channel.interaction_sid.clone(),
                ),
                (sids::channel(1).to_string(), channel.sid.clone()),
                (
                    sids::task(1).to_string(),
                    channel.invites[0].task_sid.clone(),
                ),
                (sids::conversation(1).to_string(), conversation.clone()),
            ]
        };
        for (in_memory, in_simulator) in pairs {
            self.names.bind(&in_memory, &in_simulator);
        }
    }

    /// The state in memory, to choose calls by.
    pub fn memory(&self) -> &MemoryTwilio {
        &self.memory
    }

    /// The time of both, in milliseconds since 1970.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The channel, as calls name it.
    pub fn channel(&self) -> ChannelRef {
        self.memory.channel()
    }

    /// Carries a call out in both, and fails if the results differ. Returns the result.
    pub fn call(&mut self, call: impl Into<AnyCall>) -> Outcome {
        let call = call.into();
        let by = self.caller.map(caller);
        let in_memory = call.perform(self.memory.at(self.now, by));
        let in_simulator = self.ask_simulator(&call);
        let in_simulator = self.without_removed_tasks(in_simulator);
        self.learn_version(&call, &in_memory, &in_simulator);
        if let Ok(AnyAnswer::CreateClaim(claimed)) = &in_memory {
            if let Some(document) = claimed.version.document.as_ref().filter(|_| claimed.is_new) {
                // In memory every other claim has the same SID.
                self.names.forget(document.as_str());
            }
        }
        let results = [in_memory.clone(), in_simulator];
        let [ours, theirs] =
            results.map(|result| format!("{:?}", made_coarse(result, &self.memory)));
        self.log.push(format!("{call:?}"));
        if let Err(why) = self.names.align(&ours, &theirs) {
            let from = self.log.len().saturating_sub(SHOWN);
            panic!(
                "{}: {why}\nin memory: {ours}\nin the simulator: {theirs}\nafter:\n{}",
                call.name(),
                self.log[from..].join("\n")
            );
        }
        if in_memory.is_ok() {
            self.succeeded.insert(call.name());
        }
        in_memory
    }

    /// Carries a call out in both with all its follow-ups, as an operation does.
    pub fn call_to_the_end(&mut self, call: impl Into<AnyCall>) -> Outcome {
        let mut call = call.into();
        loop {
            let result = self.call(call.clone());
            match call.next(&result) {
                Some(next) => call = next,
                None => return result,
            }
        }
    }

    /// Takes the invites out of a list whose task was removed. Whether Twilio names such a task is documented nowhere: the simulator
    /// does, memory does not, and operations take both for no task.
    fn without_removed_tasks(&self, mut result: Outcome) -> Outcome {
        if let Ok(AnyAnswer::ListInvites(invites)) = &mut result {
            invites.retain(|invite| {
                let task = TaskSid::parse(self.names.in_memory(invite.task.as_str()));
                self.memory.tasks.contains_key(&task.unwrap())
            });
        }
        result
    }

    /// Learns the simulator's version of a task that was read.
    fn learn_version(&mut self, call: &AnyCall, in_memory: &Outcome, in_simulator: &Outcome) {
        let version = |result: &Outcome| match result {
            Ok(AnyAnswer::FetchTask(task)) => task.version.clone(),
            _ => None,
        };
        if let (AnyCall::FetchTask(fetch), Some(ours), Some(theirs)) =
            (call, version(in_memory), version(in_simulator))
        {
            let task = fetch.0.clone();
            self.task_versions.insert((task, ours), theirs);
        }
    }

    /// Returns a call with the simulator's version of a task.
    fn with_version(&self, call: &AnyCall) -> AnyCall {
        let mut call = call.clone();
        if let AnyCall::UpdateTask(update) = &mut call {
            let task = update.task.clone();
            let ours = update.version.clone().map(|version| (task, version));
            update.version = ours.map(|ours| self.task_versions[&ours].clone());
        }
        call
    }

    fn ask_simulator(&self, call: &AnyCall) -> Outcome {
        let call = &self.with_version(call);
        let access = {
            let world = self.simulator.world.lock();
            Access {
                account: AccountSid::parse(&*world.account_sid).unwrap(),
                workspace: WorkspaceSid::parse(&*world.taskrouter.workspace_sid).unwrap(),
                sync_service: SyncServiceSid::parse(&*world.sync_service_sid).unwrap(),
                token: self.token.clone(),
            }
        };
        let request = self.request(call.http(&access), &access);
        let passing = gate::pass(&self.simulator, Via::Tls, None, request);
        let (status, etag, text) = self.runtime.block_on(async {
            let response = passing.await.unwrap();
            let status = response.status().as_u16();
            let etag = response.headers().get(ETAG).cloned();
            let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (status, etag, String::from_utf8(bytes.to_vec()).unwrap())
        });
        assert_ne!(status, 501, "the simulator does not know {call:?}: {text}");
        let json = RawValue::from_string(text).ok();
        let etag = etag.as_ref().map(|etag| etag.to_str().unwrap());
        call.read(status, Body::new(json.as_deref()).with_etag(etag))
    }

    /// A request as the official client sends it, about the simulator's things.
    fn request(&self, http: Http, access: &Access) -> RestRequest {
        let mut url = Url::parse(&self.names.in_simulator(http.uri.as_str())).unwrap();
        if let Some(page) = url.query() {
            let page = self.names.page_in_simulator(page);
            url.set_query(Some(&page));
        }
        let encoded = |fields: Option<Value>| self.pairs(&fields.unwrap_or_default());
        for (name, value) in encoded(http.params) {
            url.query_pairs_mut().append_pair(&name, &value);
        }
        let mut headers = HeaderMap::new();
        let password = STANDARD.encode(format!("{}:{AUTH_TOKEN}", access.account));
        headers.insert(
            AUTHORIZATION,
            HeaderValue::from_str(&format!("Basic {password}")).unwrap(),
        );
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form_type);
        for (name, value) in http.headers.as_object().unwrap() {
            let value = match (name.as_str(), value.as_str().unwrap()) {
                ("If-Match", revision) => self.names.revision_in_simulator(revision),
                (_, other) => other.to_owned(),
            };
            let name: HeaderName = name.parse().unwrap();
            headers.insert(name, HeaderValue::from_str(&value).unwrap());
        }
        let is_json = headers[CONTENT_TYPE] == "application/json";
        let (form, body) = match http.data {
            Some(data) if is_json => (Vec::new(), Bytes::from(data.to_string())),
            data => (encoded(data), Bytes::new()),
        };
        RestRequest {
            method: match http.method {
                CallMethod::Get => Method::GET,
                CallMethod::Post => Method::POST,
                CallMethod::Delete => Method::DELETE,
            },
            host: url.host_str().unwrap().to_owned(),
            path: url.path().to_owned(),
            raw_query: url.query().map(str::to_owned),
            query: url.query_pairs().into_owned().collect(),
            form,
            headers,
            body,
        }
    }

    /// The fields of a query or form. A list becomes a field for each of its values.
    fn pairs(&self, fields: &Value) -> Vec<(String, String)> {
        let text = |value: &Value| match value {
            Value::String(text) => self.names.in_simulator(text),
            other => other.to_string(),
        };
        let fields = fields.as_object().into_iter().flatten();
        fields
            .flat_map(|(name, value)| {
                let values = match value {
                    Value::Array(all) => all.iter().map(text).collect(),
                    one => vec![text(one)],
                };
                values.into_iter().map(|value| (name.clone(), value))
            })
            .collect()
    }

    // What happens beside calls.

    /// Lets the next calls bear the token of a worker, or one that is not valid.
    pub fn act_as(&mut self, number: Option<u32>) {
        self.caller = number;
        self.token = number.map_or_else(
            || "no token".to_owned(),
            |number| {
                let mut world = self.simulator.world.lock();
                world
                    .issue_token(identity(number), Duration::from_secs(86_400))
                    .token
            },
        );
    }

    /// Lets time pass, and what is due happen.
    pub fn pass(&mut self, seconds: u64) {
        self.now += seconds * 1_000;
        {
            let mut world = self.simulator.world.lock();
            world.clock_mut().advance(Duration::from_secs(seconds));
            world.run_due();
        }
        if let Some(at) = self.memory.timer_ends_at().filter(|at| *at <= self.now) {
            self.memory.timer_ends(at);
        }
        let invite = self.memory.invite();
        let times_out_at = invite.and_then(|(_, task)| task.times_out_at);
        if let Some(at) = times_out_at.filter(|at| *at <= self.now) {
            self.memory.invite_times_out(at);
        }
    }

    /// Lets so much time pass that tasks which are over are removed.
    pub fn pass_until_tasks_are_removed(&mut self) {
        self.pass(301);
        self.memory.remove_finished_tasks();
    }

    pub fn customer_writes(&mut self) {
        self.memory.customer_writes(self.now);
        let mut world = self.simulator.world.lock();
        world.post_as_customer(ID, "Hello?", None).unwrap();
    }

    /// A worker accepts the open task, which is offered to them.
    pub fn accept(&mut self, number: u32) {
        let offer = self.offer().expect("somebody is asked");
        {
            let mut world = self.simulator.world.lock();
            assert_eq!(
                world.taskrouter.reservation(&offer).unwrap().worker_name,
                identity(number)
            );
            world.accept_reservation(&offer).unwrap();
        }
        // In memory a worker is the same participant of the conversation each time they join.
        self.names.forget(member(number).as_str());
        self.memory.accept(number, self.now);
    }

    /// The worker to whom the open task is offered.
    pub fn asked(&self) -> Option<u32> {
        let offer = self.offer()?;
        let world = self.simulator.world.lock();
        let name = &world.taskrouter.reservation(&offer).unwrap().worker_name;
        [ADA, BEN, SUE]
            .into_iter()
            .find(|number| identity(*number) == name)
    }

    fn offer(&self) -> Option<Sid> {
        let (task, _) = self.memory.invite()?;
        let task = self.names.in_simulator(task.as_str());
        let world = self.simulator.world.lock();
        let mut offers = world.taskrouter.reservations_of_task(&task);
        let offer = offers.find(|offer| offer.status == ReservationStatus::Pending);
        offer.map(|offer| offer.sid.clone())
    }

    /// The one worker whom the open task asks declines.
    pub fn decline(&mut self) {
        let offer = self.offer().expect("somebody is asked");
        let mut world = self.simulator.world.lock();
        world.reject_reservation(&offer, None).unwrap();
        drop(world);
        self.memory.end_invite(self.now);
    }

    /// The open task is canceled by somebody else's code.
    pub fn cancel_invite(&mut self) {
        let (task, _) = self.memory.invite().expect("there is an open task");
        let task = self.names.in_simulator(task.as_str());
        {
            let mut world = self.simulator.world.lock();
            world.cancel_task(&task, "canceled by a test").unwrap();
        }
        self.memory.end_invite(self.now);
    }

    /// A worker takes no tasks from now on, or does again.
    pub fn set_available(&mut self, number: u32, available: bool) {
        if available {
            self.memory.away.remove(&worker(number));
        } else {
            self.memory.away.insert(worker(number));
        }
        let mut world = self.simulator.world.lock();
        set_available(&mut world, number, available);
    }

    /// A worker is in a team from now on.
    pub fn set_team(&mut self, number: u32, id: &str) {
        self.memory.teams.insert(worker(number), id.into());
        let mut world = self.simulator.world.lock();
        let own = world.taskrouter.worker_named(identity(number)).unwrap();
        let (sid, mut attributes) = (own.sid.clone(), own.attributes.clone());
        attributes["team_id"] = id.into();
        let change = WorkerChange {
            attributes: Some(attributes),
            ..WorkerChange::default()
        };
        world.update_worker(&sid, change).unwrap();
    }

    /// The owner limits supervisors to their teams.
    pub fn limit_supervisors(&mut self) {
        self.memory.supervisors_see = Sees::Team;
        let flags = json!({ "supervisors_see": "team" });
        let patch = json!({ "custom_data": { "features": { "park_interaction": flags } } });
        self.simulator.world.lock().patch_ui_attributes(&patch);
    }

    /// A worker has no room for another task from now on.
    pub fn fill(&mut self, number: u32) {
        self.memory.full.insert(worker(number));
        let mut world = self.simulator.world.lock();
        let sid = world
            .taskrouter
            .worker_named(identity(number))
            .unwrap()
            .sid
            .clone();
        let taken = world
            .taskrouter
            .worker(&sid)
            .unwrap()
            .channel("chat")
            .unwrap()
            .assigned_tasks;
        world
            .update_worker_channel(&sid, "chat", Some(taken), None)
            .unwrap();
    }

    /// Somebody closes the conversation, for good.
    pub fn close(&mut self) {
        self.memory.close_conversation(self.now);
        let mut world = self.simulator.world.lock();
        let change = ConversationChange {
            state: Some(ConversationState::Closed),
            ..ConversationChange::default()
        };
        let conversation = conversation(&world);
        world
            .update_conversation(&conversation, change, false)
            .unwrap();
    }

    /// The channel has not changed for 180 days, so that Twilio deletes it.
    pub fn channel_goes(&mut self) {
        self.pass(181 * 86_400);
        self.memory.channel_goes();
        self.memory.remove_finished_tasks();
        // TaskRouter keeps its log for 30 days.
        self.memory.events.clear();
    }
}

fn conversation(world: &World) -> Sid {
    let customer = world.customer(ID).unwrap();
    customer.conversation_sid.clone().unwrap()
}

fn set_available(world: &mut World, number: u32, available: bool) {
    let activity = if available { "Available" } else { "Offline" };
    let activity_sid = world
        .taskrouter
        .activity_named(activity)
        .unwrap()
        .sid
        .clone();
    let sid = world
        .taskrouter
        .worker_named(identity(number))
        .unwrap()
        .sid
        .clone();
    let change = WorkerChange {
        activity_sid: Some(activity_sid),
        ..WorkerChange::default()
    };
    world.update_worker(&sid, change).unwrap();
}

/// Brings the simulator into the situation in which the Twilio in memory begins. Returns the time, a full second.
fn seed(simulator: &Sim, reading: Reading) -> u64 {
    let mut readings = Readings::default();
    readings.set(reading.name, reading.value).unwrap();
    let plan: Plan = serde_json::from_value(json!({
        "agents": [
            { "identity": identity(ADA), "fullName": "Ada" },
            { "identity": identity(BEN), "fullName": "Ben" },
            { "identity": identity(SUE), "fullName": "Sue", "roles": ["supervisor"] },
        ],
        // Nobody's time to think about an offer ends: memory does not know that it makes them unavailable.
        "offerSeconds": 1_000_000,
        "customers": [{
            "id": ID, "name": "Customer", "channel": "web", "address": CUSTOMER,
            "messages": ["Hello"], "assignedTo": identity(ADA),
        }],
    }))
    .unwrap();
    // Its second start: so no SID is the same in both.
    simulator.reset(None, None).unwrap();
    simulator.reset(Some(plan), Some(readings)).unwrap();
    let mut world = simulator.world.lock();
    world.clock_mut().run_at(0.0);
    world.run_due();
    let fraction = u64::from(world.now().subsec_nanosecond().unsigned_abs());
    let to_full_second = Duration::from_nanos(1_000_000_000 - fraction);
    world.clock_mut().advance(to_full_second);
    world.run_due();
    world
        .post_as_customer(ID, "Is anybody there?", None)
        .unwrap();
    let conversation = conversation(&world);
    world
        .write_raw_attributes(&conversation, OTHERS.into())
        .unwrap();
    world.clock_mut().advance(HISTORY);
    world.run_due();
    u64::try_from(world.now().as_millisecond()).unwrap()
}
