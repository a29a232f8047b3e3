//! Registered Flex plugins, and the release that every desktop loads.

use jiff::Timestamp;
use serde::Serialize;

use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The state of the Flex Plugins API.
#[derive(Debug, Default, Serialize)]
pub struct Plugins {
    pub plugins: Vec<Plugin>,
    /// All versions, oldest first.
    pub versions: Vec<PluginVersion>,
    /// All configurations, oldest first.
    pub configurations: Vec<PluginConfiguration>,
    /// All releases, oldest first: the last one is active.
    pub releases: Vec<Release>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Plugin {
    /// `FP…`
    pub sid: Sid,
    /// The name by which tools find it.
    pub unique_name: String,
    pub friendly_name: String,
    pub description: String,
    pub date_created: Timestamp,
}

/// A version of a plugin.
#[derive(Debug, Clone, Serialize)]
pub struct PluginVersion {
    /// `FV…`
    pub sid: Sid,
    pub plugin_sid: Sid,
    /// Such as `1.2.3`.
    pub version: String,
    /// The URL of the bundle.
    pub plugin_url: String,
    pub changelog: String,
    /// True if only signed-in users get the bundle.
    pub private: bool,
    pub date_created: Timestamp,
}

/// A set of plugin versions that a desktop loads together.
#[derive(Debug, Clone, Serialize)]
pub struct PluginConfiguration {
    /// `FJ…`
    pub sid: Sid,
    pub name: String,
    pub description: String,
    pub versions: Vec<Sid>,
    pub date_created: Timestamp,
}

/// The activation of a configuration.
#[derive(Debug, Clone, Serialize)]
pub struct Release {
    /// `FK…`
    pub sid: Sid,
    pub configuration_sid: Sid,
    pub date_created: Timestamp,
}

impl Plugins {
    /// Returns the plugin with this SID or unique name.
    pub fn plugin(&self, id: &str) -> Result<&Plugin> {
        let found = self
            .plugins
            .iter()
            .find(|p| p.sid == id || p.unique_name == id);
        found.ok_or_else(|| missing("Plugins", id))
    }

    /// Returns the versions of a plugin, newest first.
    pub fn versions_of<'a>(
        &'a self,
        plugin: &'a Plugin,
    ) -> impl Iterator<Item = &'a PluginVersion> {
        let newest = self.versions.iter().rev();
        newest.filter(|version| version.plugin_sid == plugin.sid)
    }

    /// Returns the version with this SID.
    pub fn version(&self, sid: &str) -> Result<&PluginVersion> {
        let found = self.versions.iter().find(|version| version.sid == sid);
        found.ok_or_else(|| missing("Versions", sid))
    }

    /// Returns the configuration with this SID.
    pub fn configuration(&self, sid: &str) -> Result<&PluginConfiguration> {
        let found = self.configurations.iter().find(|c| c.sid == sid);
        found.ok_or_else(|| missing("Configurations", sid))
    }

    /// Returns the release with this SID; `active` is the last one.
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
            return Err(invalid("UniqueName", "an unused name"));
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

    /// Changes a plugin's names and description.
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
            return Err(invalid("Version", "an unused version"));
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

    /// Creates a configuration: a set of versions.
    pub fn create_plugin_configuration(
        &mut self,
        name: &str,
        description: String,
        versions: Vec<Sid>,
    ) -> Result<PluginConfiguration> {
        let mut plugins = Vec::new();
        for sid in &versions {
            let plugin = &self.plugins.version(sid)?.plugin_sid;
            if plugins.contains(&plugin) {
                return Err(invalid("Plugins", "one version of each plugin"));
            }
            plugins.push(plugin);
        }
        let configuration = PluginConfiguration {
            sid: self.sids.next("FJ"),
            name: name.into(),
            description,
            versions,
            date_created: self.now(),
        };
        self.plugins.configurations.push(configuration.clone());
        Ok(configuration)
    }

    /// Activates a configuration: every desktop loads its plugins from now on.
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
