//! The target of a change: everybody, or one worker.

use park_interaction::attributes::Attributes;
use park_interaction::plugin::json::{Json, MalformedField};
use park_interaction::plugin::settings::{self, Settings};
use serde_json::value::RawValue;

use crate::account::{Account, Configuration, Worker, Written};
use crate::failure::Failure;
use crate::keys::{CONFIG_OVERRIDES, CUSTOM_DATA};
use crate::parsed;

/// The target of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// All workers, by the Flex configuration.
    Everybody,
    /// The worker of this SID or friendly name, by the worker's attributes.
    Worker(String),
}

/// The state of the account when it was read.
#[derive(Debug, Clone)]
pub struct State {
    configuration: Configuration,
    worker: Option<(Worker, Attributes)>,
}

impl Target {
    /// Reads the state of the target.
    pub fn read(&self, account: &mut Account<'_>) -> Result<State, Failure> {
        let configuration = account.configuration()?;
        let worker = match self {
            Self::Everybody => None,
            Self::Worker(wanted) => {
                let worker = account.worker(&configuration, wanted)?;
                let attributes = worker.attributes()?;
                Some((worker, attributes))
            }
        };
        Ok(State {
            configuration,
            worker,
        })
    }
}

impl State {
    /// Returns the Flex configuration of the account.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Returns the object that is written as a whole.
    pub fn object(&self) -> Attributes {
        match &self.worker {
            None => self.configuration.ui_attributes(),
            Some((_, attributes)) => attributes.clone(),
        }
    }

    /// Returns the object's title.
    pub fn title(&self) -> String {
        match &self.worker {
            None => format!(
                "`ui_attributes` of the Flex configuration of {}",
                self.configuration.account_sid
            ),
            Some((worker, _)) => {
                format!(
                    "attributes of worker {} ({})",
                    worker.friendly_name, worker.sid
                )
            }
        }
    }

    /// Replaces the object.
    pub fn write(
        &self,
        account: &mut Account<'_>,
        object: &Attributes,
    ) -> Result<Written, Failure> {
        match &self.worker {
            None => account.write_ui_attributes(&self.configuration, object),
            Some((worker, _)) => account.write_worker(worker, object),
        }
    }

    /// Reads the settings as the plugin would if the object were this one.
    pub fn plugin_with(&self, object: &Attributes) -> Result<Option<Settings>, MalformedField> {
        let (everybody, worker) = match &self.worker {
            None => (object.clone(), None),
            Some(_) => (self.configuration.ui_attributes(), Some(object)),
        };
        settings::read(&Json::Map(vec![
            ("customData".into(), json(everybody.raw(CUSTOM_DATA))),
            (
                "configOverrides".into(),
                json(worker.and_then(|own| own.raw(CONFIG_OVERRIDES))),
            ),
        ]))
    }
}

fn json(raw: Option<&RawValue>) -> Json {
    raw.and_then(|raw| parsed::json(raw.get()).ok())
        .unwrap_or_default()
}
