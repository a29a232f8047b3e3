//! The Flex configuration of the account.

use jiff::Timestamp;
use serde_json::{json, Map, Value};

use crate::world::clock::iso;
use crate::world::event::WorldEvent;
use crate::world::World;

/// The stored configuration. SIDs of the account are added when it is shown.
#[derive(Debug, Clone)]
pub struct FlexConfiguration {
    /// Top-level properties as owners set them, mainly `ui_attributes`.
    pub properties: Map<String, Value>,
    pub date_created: Timestamp,
    pub date_updated: Timestamp,
}

impl World {
    /// Returns the whole configuration as Flex reads it.
    #[must_use]
    pub fn flex_configuration(&self) -> Value {
        let kept = &self.flex_config;
        let offline = self
            .taskrouter
            .activity_named("Offline")
            .map(|activity| activity.sid.clone())
            .ok();
        let workflow = self
            .taskrouter
            .workflows
            .first()
            .map(|workflow| &workflow.sid);
        let queue = self.taskrouter.queues.first().map(|queue| &queue.sid);
        let mut configuration = json!({
            "account_sid": self.account_sid,
            "instance_sid": self.flex_instance_sid,
            "flex_instance_sid": self.flex_instance_sid,
            "flex_service_instance_sid": self.flex_sync_service_sid,
            "chat_service_instance_sid": self.chat_service_sid,
            "taskrouter_workspace_sid": self.taskrouter.workspace_sid,
            "taskrouter_target_workflow_sid": workflow,
            "taskrouter_target_taskqueue_sid": queue,
            "taskrouter_offline_activity_sid": offline,
            "runtime_domain": self.functions_domain,
            "date_created": iso(kept.date_created),
            "date_updated": iso(kept.date_updated),
            "url": "https://flex-api.twilio.com/v1/Configuration",
        });
        if let Value::Object(map) = &mut configuration {
            map.extend(kept.properties.clone());
        }
        configuration
    }

    /// Replaces top-level properties of the configuration, as `POST /v1/Configuration` does.
    pub fn update_flex_configuration(&mut self, properties: Map<String, Value>) {
        self.flex_config.properties.extend(properties);
        self.flex_config.date_updated = self.now();
        self.emit(WorldEvent::Changed);
    }

    /// Merges `patch` into `ui_attributes`: objects key by key; `null` removes a key.
    pub fn patch_ui_attributes(&mut self, patch: &Value) {
        let mut attributes = self
            .flex_config
            .properties
            .get("ui_attributes")
            .cloned()
            .unwrap_or_else(|| json!({}));
        merge(&mut attributes, patch);
        let mut properties = Map::new();
        properties.insert("ui_attributes".into(), attributes);
        self.update_flex_configuration(properties);
    }
}

/// Merges `patch` into `target` according to RFC 7396.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    if let Value::Object(target) = target {
        for (name, value) in patch {
            if value.is_null() {
                target.remove(name);
            } else {
                merge(target.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
    }
}
