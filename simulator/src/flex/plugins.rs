//! The Flex plugins that were registered, and the release that every desktop loads.

use jiff::Timestamp;
use serde::Serialize;

use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// All that the Flex Plugins API remembers.
#[derive(Debug, Default, Serialize)]
pub struct Plugins {
    /// Every plugin.
    pub plugins: Vec<Plugin>,
    /// Every version of one, oldest first.
    pub versions: Vec<PluginVersion>,
    /// Every set of versions, oldest first.
    pub configurations: Vec<Configuration>,
    /// Every release of a configuration: the last one is active.
    pub releases: Vec<Release>,
}

/// A plugin.
#[derive(Debug, Clone, Serialize)]
pub struct Plugin {
    /// `FP…`
    pub sid: Sid,
    /// The name by which tools find it.
    pub unique_name: String,
    /// The name that people see.
    pub friendly_name: String,
    /// The same, longer.
    pub description: String,
    /// The time of its registration.
    pub date_created: Timestamp,
}

/// One version of a plugin.
#[derive(Debug, Clone, Serialize)]
pub struct PluginVersion {
    /// `FV…`
    pub sid: Sid,
    /// Of which plugin.
    pub plugin_sid: Sid,
    /// Such as `1.2.3`.
    pub version: String,
    /// The address of the bundle.
    pub plugin_url: String,
    /// The name that people see.
    pub changelog: String,
    /// Whether only signed-in users get the bundle.
    pub private: bool,
    /// The time of its registration.
    pub date_created: Timestamp,
}

/// A set of versions that run together.
#[derive(Debug, Clone, Serialize)]
pub struct Configuration {
    /// `FJ…`
    pub sid: Sid,
    /// The name that people see.
    pub name: String,
    /// The same, longer.
    pub description: String,
    /// The versions.
    pub versions: Vec<Sid>,
    /// The time of its creation.
    pub date_created: Timestamp,
}

/// The moment from which a configuration was active.
#[derive(Debug, Clone, Serialize)]
pub struct Release {
    /// `FK…`
    pub sid: Sid,
    /// Of what.
    pub configuration_sid: Sid,
    /// The time.
    pub date_created: Timestamp,
}

impl Plugins {
    /// A plugin by its SID or unique name.
    pub fn plugin(&self, id: &str) -> Result<&Plugin> {
        let found = self
            .plugins
            .iter()
            .find(|p| p.sid == id || p.unique_name == id);
        found.ok_or_else(|| missing("Plugins", id))
    }

    /// A plugin's versions, newest first.
    pub fn versions_of<'a>(
        &'a self,
        plugin: &'a Plugin,
    ) -> impl Iterator<Item = &'a PluginVersion> {
        let newest = self.versions.iter().rev();
        newest.filter(|version| version.plugin_sid == plugin.sid)
    }

    /// A version by its SID.
    pub fn version(&self, sid: &str) -> Result<&PluginVersion> {
        let found = self.versions.iter().find(|version| version.sid == sid);
        found.ok_or_else(|| missing("Versions", sid))
    }

    /// A configuration by its SID.
    pub fn configuration(&self, sid: &str) -> Result<&Configuration> {
        let found = self.configurations.iter().find(|c| c.sid == sid);
        found.ok_or_else(|| missing("Configurations", sid))
    }

    /// A release by its SID; `active` is the last one.
    pub fn release(&self, id: &str) -> Result<&Release> {
        let found = match id {
            "active" => self.releases.last(),
            _ => self.releases.iter().find(|release| release.sid == id),
        };
        found.ok_or_else(|| missing("Releases", id))
    }
}

impl World {
    /// Registers a plugin.
    pub fn create_plugin(
        &mut self,
        unique_name: &str,
        friendly_name: String,
        description: String,
    ) -> Result<Plugin> {
        if self.plugins.plugin(unique_name).is_ok() {
            return Err(invalid("UniqueName", "a name that is not taken"));
        }
        let plugin = Plugin {
            sid: self.sids.next("FP"),
            unique_name: unique_name.into(),
            friendly_name,
            description,
            date_created: self.now(),
        };
        self.plugins.plugins.push(plugin.clone());
        Ok(plugin)
    }

    /// Changes what people see of a plugin.
    pub fn update_plugin(
        &mut self,
        id: &str,
        friendly_name: Option<String>,
        description: Option<String>,
    ) -> Result<Plugin> {
        let sid = self.plugins.plugin(id)?.sid.clone();
        let mut all = self.plugins.plugins.iter_mut();
        let plugin = all
            .find(|plugin| plugin.sid == sid)
            .ok_or_else(|| missing("Plugins", id))?;
        plugin.friendly_name = friendly_name.unwrap_or_else(|| plugin.friendly_name.clone());
        plugin.description = description.unwrap_or_else(|| plugin.description.clone());
        Ok(plugin.clone())
    }

    /// Registers a version.
    pub fn create_plugin_version(
        &mut self,
        plugin: &str,
        version: &str,
        plugin_url: &str,
        changelog: String,
        private: bool,
    ) -> Result<PluginVersion> {
        let plugin = self.plugins.plugin(plugin)?.clone();
        if self
            .plugins
            .versions_of(&plugin)
            .any(|v| v.version == version)
        {
            return Err(invalid("Version", "a version that is not taken"));
        }
        let made = PluginVersion {
            sid: self.sids.next("FV"),
            plugin_sid: plugin.sid,
            version: version.into(),
            plugin_url: plugin_url.into(),
            changelog,
            private,
            date_created: self.now(),
        };
        self.plugins.versions.push(made.clone());
        Ok(made)
    }

    /// Makes a set of versions.
    pub fn create_plugin_configuration(
        &mut self,
        name: &str,
        description: String,
        versions: Vec<Sid>,
    ) -> Result<Configuration> {
        let mut plugins = Vec::new();
        for sid in &versions {
            let plugin = &self.plugins.version(sid)?.plugin_sid;
            if plugins.contains(&plugin) {
                return Err(invalid("Plugins", "one version of each plugin"));
            }
            plugins.push(plugin);
        }
        let configuration = Configuration {
            sid: self.sids.next("FJ"),
            name: name.into(),
            description,
            versions,
            date_created: self.now(),
        };
        self.plugins.configurations.push(configuration.clone());
        Ok(configuration)
    }

    /// Makes every desktop load a configuration's plugins from now on.
    pub fn release_plugins(&mut self, configuration: &str) -> Result<Release> {
        let configuration_sid = self.plugins.configuration(configuration)?.sid.clone();
        let release = Release {
            sid: self.sids.next("FK"),
            configuration_sid,
            date_created: self.now(),
        };
        self.plugins.releases.push(release.clone());
        Ok(release)
    }
}

fn missing(kind: &str, id: &str) -> Error {
    Error::NotFound(format!("/PluginService/{kind}/{id}"))
}

fn invalid(name: &'static str, expected: &str) -> Error {
    Error::Invalid {
        name,
        expected: expected.to_owned(),
    }
}
