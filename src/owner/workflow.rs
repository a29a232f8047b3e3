//! A workflow's routing of the tasks of parked conversations.

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::attributes::Attributes;
use crate::record::ParkedRecord;
use crate::sid::ConversationSid;
use crate::task_attributes::ORIGINAL_ROUTING;

use super::expression;

/// The configuration of a workflow, as far as it matters here.
///
/// Source: <https://www.twilio.com/docs/taskrouter/workflow-configuration>
#[derive(Deserialize)]
struct Configuration {
    task_routing: Routing,
}

#[derive(Deserialize)]
struct Routing {
    #[serde(default)]
    filters: Vec<Filter>,
    #[serde(default)]
    default_filter: Option<Target>,
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    expression: String,
    #[serde(default)]
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(default)]
    queue: Option<String>,
}

/// A parked conversation that the workflow will route.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parked {
    conversation_sid: ConversationSid,
    attributes: String,
    #[serde(default)]
    queue_sid: Option<String>,
    #[serde(default)]
    queue_name: Option<String>,
    #[serde(default)]
    worker_sid: Option<String>,
}

/// The routing of a workflow.
#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Judged {
    /// The SIDs of the queues of its targets.
    queues: Vec<String>,
    /// The conversations whose task no filter takes, so that `TaskRouter` cancels it.
    unmatched: Vec<ConversationSid>,
}

/// Judges a workflow by its configuration, a JSON text. `None`: the configuration cannot be read.
pub(super) fn judge(configuration: &str, parked: &[Parked]) -> Option<Judged> {
    let Configuration { task_routing } = serde_json::from_str(configuration).ok()?;
    let Routing {
        filters,
        default_filter,
    } = task_routing;
    let targets = filters.iter().flat_map(|filter| &filter.targets);
    let queues = targets.chain(&default_filter);
    let mut queues: Vec<String> = queues.filter_map(|target| target.queue.clone()).collect();
    queues.sort();
    queues.dedup();
    let takes = |task: &Value| {
        let takes = |filter: &Filter| expression::holds(&filter.expression, task) != Some(false);
        default_filter.is_some() || filters.iter().any(takes)
    };
    let unmatched = parked.iter().filter(|one| !takes(&one.task()));
    Some(Judged {
        queues,
        unmatched: unmatched.map(|one| one.conversation_sid.clone()).collect(),
    })
}

impl Parked {
    /// Returns the attributes of the task that brings it back.
    fn task(&self) -> Value {
        let record = ParkedRecord::find(&self.attributes);
        let own = record.and_then(|record| record.task_attributes);
        let mut task = Attributes::parse(&own.unwrap_or_default()).unwrap_or_default();
        let routing = json!({
            "queueSid": self.queue_sid, "queueName": self.queue_name, "workerSid": self.worker_sid,
        });
        task.set(ORIGINAL_ROUTING, &routing);
        serde_json::from_str(&task.text()).unwrap_or_default()
    }
}
