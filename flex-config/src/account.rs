//! The requests to Twilio, and the meaning of their failures.

use std::time::Duration;

use park_interaction::attributes::Attributes;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::failure::Failure;
use crate::nearest::suggestion;
use crate::outside::{Answer, Outside, Request};

const CONFIGURATION: &str = "https://flex-api.twilio.com/v1/Configuration";
const WORKSPACES: &str = "https://taskrouter.twilio.com/v1/Workspaces";

const NO_WORKSPACE: &str = "the TaskRouter workspace that Flex's configuration names is not there.";

/// The longest wait for an answer.
const TIMEOUT_MS: u32 = 15_000;
/// The pauses between the tries of a request that may be repeated.
pub const PAUSES: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// The account's Flex configuration, as far as it matters here.
///
/// Source: <https://www.twilio.com/docs/flex/developer/config/flex-configuration-rest-api>
#[derive(Debug, Clone, Deserialize)]
pub struct Configuration {
    /// The account's own SID, which every update has to repeat.
    pub account_sid: String,
    /// The workspace of the Flex workers.
    #[serde(default)]
    taskrouter_workspace_sid: Option<String>,
    /// The attributes that the Flex UI reads.
    #[serde(default)]
    ui_attributes: Option<Attributes>,
}

impl Configuration {
    /// The attributes that the Flex UI reads. An account that never set any has none.
    pub fn ui_attributes(&self) -> Attributes {
        self.ui_attributes.clone().unwrap_or_default()
    }

    fn workspace(&self) -> Result<&str, Failure> {
        self.taskrouter_workspace_sid.as_deref().ok_or_else(|| {
            Failure::Wrong(
                "error: the account's Flex configuration names no TaskRouter workspace".into(),
            )
        })
    }
}

/// A worker of the Flex workspace.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/worker>
#[derive(Debug, Clone, Deserialize)]
pub struct Worker {
    /// The worker's SID.
    pub sid: String,
    /// The name that people know the worker by.
    pub friendly_name: String,
    workspace_sid: String,
    attributes: String,
}

#[derive(Debug, Deserialize)]
struct Workers {
    workers: Vec<Worker>,
}

/// A task queue of the Flex workspace.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/task-queue>
#[derive(Debug, Clone, Deserialize)]
pub struct Queue {
    /// The queue's SID.
    pub sid: String,
    /// The name that people know the queue by.
    pub friendly_name: String,
}

#[derive(Debug, Deserialize)]
struct Queues {
    task_queues: Vec<Queue>,
}

/// The most workers or queues that are read: one page, the largest there is.
const PAGE_SIZE: usize = 1_000;

impl Worker {
    /// The worker's attributes.
    pub fn attributes(&self) -> Result<Attributes, Failure> {
        Attributes::parse(&self.attributes).map_err(|_| {
            Failure::Wrong(format!(
                "error: the attributes of worker {} are malformed: expected a JSON object",
                self.sid
            ))
        })
    }
}

/// The result of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// Twilio has confirmed it.
    Done,
    /// Twilio did not look at it: there were too many requests.
    Limited,
    /// Unknown: the answer was lost, or was an error of Twilio's own.
    Unknown(String),
}

/// An account, seen through its API.
pub struct Account<'a> {
    /// The carrier of the requests.
    pub outside: &'a mut dyn Outside,
}

impl Account<'_> {
    /// Fetches the Flex configuration.
    pub fn configuration(&mut self) -> Result<Configuration, Failure> {
        self.get(
            CONFIGURATION,
            None,
            wrong("this account has no Flex, or these credentials are another account's."),
        )
    }

    /// Replaces the whole of `ui_attributes`: the API does not merge.
    pub fn write_ui_attributes(
        &mut self,
        now: &Configuration,
        ui_attributes: &Attributes,
    ) -> Result<Written, Failure> {
        #[derive(Serialize)]
        struct Update<'a> {
            account_sid: &'a str,
            ui_attributes: &'a Attributes,
        }
        let body = serde_json::to_string(&Update {
            account_sid: &now.account_sid,
            ui_attributes,
        });
        let body = body.map_err(|error| Failure::Refused(format!("error: {error}")))?;
        self.post(
            CONFIGURATION.into(),
            Value::String(body),
            "application/json",
        )
    }

    /// Finds a worker by SID or friendly name.
    pub fn worker(
        &mut self,
        configuration: &Configuration,
        wanted: &str,
    ) -> Result<Worker, Failure> {
        let workspace = configuration.workspace()?;
        let workers = format!("{WORKSPACES}/{workspace}/Workers");
        let nobody = |suggestion: &str| {
            let what = format!("there is no worker `{wanted}` in the workspace {workspace}.");
            Failure::Misused(format!("error: {what}{suggestion}"))
        };
        if is_worker_sid(wanted) {
            return self.get(&format!("{workers}/{wanted}"), None, nobody(""));
        }
        let named = json!({ "FriendlyName": wanted });
        let Workers { workers } = self.get(&workers, Some(named), nobody(""))?;
        let mut exact = workers
            .into_iter()
            .filter(|worker| worker.friendly_name == wanted);
        match (exact.next(), exact.next()) {
            (Some(worker), None) => Ok(worker),
            (None, _) => {
                let all = self.workers(configuration)?;
                let known = all.iter().map(|worker| worker.friendly_name.as_str());
                Err(nobody(&suggestion(wanted, known)))
            }
            (Some(_), Some(_)) => Err(Failure::Misused(format!(
                "error: several workers are named `{wanted}`. Name one by SID, `WK` followed by 32 hexadecimal digits."
            ))),
        }
    }

    /// Returns the first workers of the workspace, a page of them.
    pub fn workers(&mut self, configuration: &Configuration) -> Result<Vec<Worker>, Failure> {
        let workspace = configuration.workspace()?;
        let page = json!({ "PageSize": PAGE_SIZE });
        let uri = format!("{WORKSPACES}/{workspace}/Workers");
        let Workers { workers } = self.get(&uri, Some(page), wrong(NO_WORKSPACE))?;
        Ok(workers)
    }

    /// Returns the first queues of the workspace, a page of them.
    pub fn queues(&mut self, configuration: &Configuration) -> Result<Vec<Queue>, Failure> {
        let workspace = configuration.workspace()?;
        let page = json!({ "PageSize": PAGE_SIZE });
        let uri = format!("{WORKSPACES}/{workspace}/TaskQueues");
        let Queues { task_queues } = self.get(&uri, Some(page), wrong(NO_WORKSPACE))?;
        Ok(task_queues)
    }

    /// Checks that there is a queue with this SID or friendly name. Behind a full page there may be one.
    pub fn check_queue(&mut self, wanted: &str) -> Result<(), Failure> {
        let configuration = self.configuration()?;
        let queues = self.queues(&configuration)?;
        if queues.len() >= PAGE_SIZE || is_a_queue(&queues, wanted) {
            return Ok(());
        }
        let names: Vec<_> = queues
            .iter()
            .map(|queue| queue.friendly_name.as_str())
            .collect();
        let suggestion = suggestion(wanted, names.iter().copied());
        Err(Failure::Misused(format!(
            "error: there is no queue `{wanted}`.{suggestion} There are: {}.",
            names.join(", ")
        )))
    }

    /// Replaces the whole of a worker's attributes.
    pub fn write_worker(
        &mut self,
        worker: &Worker,
        attributes: &Attributes,
    ) -> Result<Written, Failure> {
        let (workspace, sid) = (&worker.workspace_sid, &worker.sid);
        self.post(
            format!("{WORKSPACES}/{workspace}/Workers/{sid}"),
            json!({ "Attributes": attributes.text() }),
            "application/x-www-form-urlencoded",
        )
    }

    /// Sends a request that reads, and repeats it a few times.
    fn get<T: for<'de> Deserialize<'de>>(
        &mut self,
        uri: &str,
        params: Option<Value>,
        not_found: Failure,
    ) -> Result<T, Failure> {
        let request = Request {
            method: "get",
            uri: uri.into(),
            params,
            data: None,
            headers: None,
            timeout: TIMEOUT_MS,
        };
        let mut answer = self.outside.send(&request);
        for pause in PAUSES {
            if !is_worth_another_try(&answer) {
                break;
            }
            let why = sentence(&request, &answer);
            self.outside.warn(&format!("note: {why} Trying again."));
            self.outside.pause(pause);
            answer = self.outside.send(&request);
        }
        match answer {
            Answer::Answered { status: 200, body } => serde_json::from_str(&body).map_err(|_| {
                Failure::Refused(format!(
                    "error: Twilio's answer to GET {uri} is not what is documented"
                ))
            }),
            Answer::Answered { status: 404, .. } => Err(not_found),
            other => Err(refusal(&request, &other)),
        }
    }

    fn post(&mut self, uri: String, data: Value, kind: &str) -> Result<Written, Failure> {
        let request = Request {
            method: "post",
            uri,
            params: None,
            data: Some(data),
            headers: Some(json!({ "Content-Type": kind })),
            timeout: TIMEOUT_MS,
        };
        let answer = self.outside.send(&request);
        match &answer {
            Answer::Answered {
                status: 200..=299, ..
            } => Ok(Written::Done),
            Answer::Answered { status: 429, .. } => Ok(Written::Limited),
            Answer::Answered { status: 500.., .. } | Answer::Unanswered(_) => {
                Ok(Written::Unknown(sentence(&request, &answer)))
            }
            Answer::Answered { .. } => Err(refusal(&request, &answer)),
        }
    }
}

/// Returns true if a queue has this SID or friendly name.
pub fn is_a_queue(queues: &[Queue], wanted: &str) -> bool {
    let mut queues = queues.iter();
    queues.any(|queue| queue.sid == wanted || queue.friendly_name == wanted)
}

fn wrong(what: &str) -> Failure {
    Failure::Wrong(format!("error: {what}"))
}

fn is_worker_sid(text: &str) -> bool {
    text.strip_prefix("WK")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_worth_another_try(answer: &Answer) -> bool {
    match answer {
        Answer::Answered { status, .. } => *status == 429 || *status >= 500,
        Answer::Unanswered(_) => true,
    }
}

fn refusal(request: &Request, answer: &Answer) -> Failure {
    let advice = match answer {
        Answer::Answered { status: 401, .. } => {
            " Check that TWILIO_ACCOUNT_SID is the account that has Flex, and that TWILIO_AUTH_TOKEN is its live Auth \
             Token, or TWILIO_API_KEY and TWILIO_API_SECRET a key of that account."
        }
        Answer::Answered { status: 403, .. } => {
            " These credentials may not do that. Use the account's Auth Token or a main API key."
        }
        Answer::Answered { status: 429, .. } => " Wait a minute and run it again.",
        Answer::Answered { .. } => "",
        Answer::Unanswered(_) => " Is there a way to twilio.com from this machine?",
    };
    let said = format!("error: {}{advice}", sentence(request, answer));
    match answer {
        Answer::Answered { status: 401, .. } => Failure::Misused(said),
        Answer::Answered { .. } | Answer::Unanswered(_) => Failure::Refused(said),
    }
}

/// Returns Twilio's error in one sentence.
fn sentence(request: &Request, answer: &Answer) -> String {
    #[derive(Default, Deserialize)]
    struct Said {
        #[serde(default)]
        code: Option<u32>,
        #[serde(default)]
        message: Option<String>,
    }
    let what = format!("{} {}", request.method.to_uppercase(), request.uri);
    match answer {
        Answer::Unanswered(why) => format!("Twilio did not answer {what}: {why}."),
        Answer::Answered { status, body } => {
            let said: Said = serde_json::from_str(body).unwrap_or_default();
            let code = said
                .code
                .map(|code| format!(", error {code}"))
                .unwrap_or_default();
            let message = said
                .message
                .map(|text| format!(": {text}"))
                .unwrap_or_default();
            format!("Twilio answered {what} with HTTP {status}{code}{message}.")
        }
    }
}
