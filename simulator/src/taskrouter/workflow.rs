//! A workflow's configuration: the queues for each task, in which order, and for how long.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::expression::{self, Scope};
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;

/// The configuration as its JSON is written.
#[derive(Debug, Clone, Deserialize)]
pub struct Routing {
    task_routing: Filters,
}

#[derive(Debug, Clone, Deserialize)]
struct Filters {
    #[serde(default)]
    filters: Vec<Filter>,
    default_filter: Option<TargetConfiguration>,
}

#[derive(Debug, Clone, Deserialize)]
struct Filter {
    #[serde(alias = "filter_friendly_name")]
    friendly_name: Option<String>,
    #[serde(default)]
    expression: String,
    targets: Vec<TargetConfiguration>,
}

#[derive(Debug, Clone, Deserialize)]
struct TargetConfiguration {
    queue: Sid,
    expression: Option<String>,
    known_worker_sid: Option<String>,
    known_worker_friendly_name: Option<String>,
    skip_if: Option<String>,
    timeout: Option<NumberOrText>,
    priority: Option<NumberOrText>,
}

/// A number, which JSON may carry as a number or as a text.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(u64),
    Text(String),
}

impl NumberOrText {
    fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

/// A target: a queue that is tried for a time.
#[derive(Debug, Clone)]
pub struct Target {
    pub queue_sid: Sid,
    /// The expression that limits the workers of the queue.
    pub expression: Option<String>,
    /// The attribute of the task that names the only worker.
    pub known_worker: Option<KnownWorker>,
    /// The expression that skips the target.
    pub skip_if: Option<String>,
    /// The duration; unlimited if `None`.
    pub timeout: Option<Duration>,
    /// The priority of the task in this target.
    pub priority: Option<u64>,
}

impl Target {
    /// Creates a target for everyone in a queue, without a time limit.
    #[must_use]
    pub fn from_queue(queue_sid: &Sid) -> Self {
        Self {
            queue_sid: queue_sid.clone(),
            expression: None,
            known_worker: None,
            skip_if: None,
            timeout: None,
            priority: None,
        }
    }
}

/// The attribute with which a task names the worker who should get it.
#[derive(Debug, Clone)]
pub enum KnownWorker {
    /// The path of an attribute that contains a SID.
    Sid(String),
    /// The path of an attribute that contains a friendly name.
    FriendlyName(String),
}

impl Routing {
    /// Parses a configuration, including its expressions.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |expected: String| Error::Invalid {
            name: "Configuration",
            expected,
        };
        let routing: Self =
            serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        let targets = routing
            .task_routing
            .filters
            .iter()
            .flat_map(|filter| &filter.targets);
        let expressions = routing
            .task_routing
            .filters
            .iter()
            .map(|filter| filter.expression.as_str())
            .chain(targets.flat_map(|target| {
                target
                    .expression
                    .as_deref()
                    .into_iter()
                    .chain(target.skip_if.as_deref())
            }));
        for text in expressions {
            expression::parse(text).map_err(|reason| invalid(format!("{reason} in `{text}`")))?;
        }
        Ok(routing)
    }

    /// Returns the targets of a task: those of the first filter that matches, otherwise the default filter's
    /// target, if there is one. `includes_default_filter` appends the default filter's target to those of a filter.
    #[must_use]
    pub fn match_task(&self, task: &Value, includes_default_filter: bool) -> FilterMatch {
        let filters = &self.task_routing;
        let scope = Scope {
            own: task,
            task,
            worker: &Value::Null,
        };
        let taken = filters.filters.iter().find(|filter| {
            expression::parse(&filter.expression).is_ok_and(|expression| expression.holds(scope))
        });
        match taken {
            Some(filter) => {
                let default = filters
                    .default_filter
                    .iter()
                    .filter(|_| includes_default_filter);
                let targets = filter.targets.iter().chain(default);
                FilterMatch {
                    filter_name: filter.friendly_name.clone(),
                    targets: targets.map(TargetConfiguration::target).collect(),
                }
            }
            None => FilterMatch {
                filter_name: filters.default_filter.as_ref().map(|_| "Default".into()),
                targets: filters
                    .default_filter
                    .iter()
                    .map(TargetConfiguration::target)
                    .collect(),
            },
        }
    }
}

/// The result of matching a task with the filters of a workflow.
#[derive(Debug, Default)]
pub struct FilterMatch {
    /// The name of the filter that matches.
    pub filter_name: Option<String>,
    /// The targets, in order; none if no filter matches.
    pub targets: Vec<Target>,
}

impl TargetConfiguration {
    fn target(&self) -> Target {
        let by_sid = self.known_worker_sid.clone().map(KnownWorker::Sid);
        let by_name = self
            .known_worker_friendly_name
            .clone()
            .map(KnownWorker::FriendlyName);
        Target {
            queue_sid: self.queue.clone(),
            expression: self.expression.clone(),
            known_worker: by_sid.or(by_name),
            skip_if: self.skip_if.clone(),
            timeout: self
                .timeout
                .as_ref()
                .and_then(NumberOrText::number)
                .map(Duration::from_secs),
            priority: self.priority.as_ref().and_then(NumberOrText::number),
        }
    }
}
