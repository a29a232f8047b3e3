//! The workflows: rules of routing.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::not_found;
use super::workflow::Routing;
use crate::world::clock::in_seconds;
use crate::world::error::Result;
use crate::world::sids::Sid;
use crate::world::World;

#[derive(Debug, Clone, Serialize)]
pub struct Workflow {
    /// `WW…`
    pub sid: Sid,
    pub friendly_name: String,
    /// The configuration as a JSON text.
    pub configuration: String,
    /// The time that a worker has to accept an offer.
    #[serde(serialize_with = "in_seconds")]
    pub task_reservation_timeout: Duration,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

impl World {
    /// Adds a workflow.
    pub fn create_workflow(
        &mut self,
        friendly_name: &str,
        configuration: &str,
        reservation_timeout: Duration,
    ) -> Result<Workflow> {
        Routing::parse(configuration)?;
        let now = self.now();
        let workflow = Workflow {
            sid: self.sids.next("WW"),
            friendly_name: friendly_name.into(),
            configuration: configuration.into(),
            task_reservation_timeout: reservation_timeout,
            date_created: now,
            date_updated: now,
        };
        self.taskrouter.workflows.push(workflow.clone());
        Ok(workflow)
    }

    /// Changes a workflow. Tasks that have entered it keep their targets.
    pub fn update_workflow(
        &mut self,
        sid: &str,
        friendly_name: Option<String>,
        configuration: Option<String>,
        reservation_timeout: Option<Duration>,
    ) -> Result<Workflow> {
        if let Some(text) = &configuration {
            Routing::parse(text)?;
        }
        let now = self.now();
        let workflow = self
            .taskrouter
            .workflows
            .iter_mut()
            .find(|w| w.sid == sid)
            .ok_or_else(|| not_found("Workflows", sid))?;
        if let Some(name) = friendly_name {
            workflow.friendly_name = name;
        }
        if let Some(text) = configuration {
            workflow.configuration = text;
        }
        if let Some(timeout) = reservation_timeout {
            workflow.task_reservation_timeout = timeout;
        }
        workflow.date_updated = now;
        Ok(workflow.clone())
    }
}
