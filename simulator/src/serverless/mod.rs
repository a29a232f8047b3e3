//! Twilio Serverless: Functions, Assets, builds, and the environments to which they are deployed.

pub mod edge;
pub mod rest;
pub mod runs;
pub mod runtimes;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::world::clock::later;
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The duration of a build. Twilio's builds take most of a minute.
const BUILD_TIME: Duration = Duration::from_millis(200);
/// The part of a domain that Twilio chooses at random.
const DOMAIN_NUMBER: &str = "1234";
const LONGEST_PATH: usize = 255;

/// All services of the account, by SID.
pub type Services = BTreeMap<Sid, Service>;

/// A service: Functions and Assets that are deployed together.
#[derive(Debug, Clone, Serialize)]
pub struct Service {
    /// `ZS…`
    pub sid: Sid,
    /// The name by which tools find it.
    pub unique_name: String,
    pub friendly_name: String,
    /// True if Functions receive the account's SID and auth token.
    pub include_credentials: bool,
    /// True if the service can be edited in the Console.
    pub ui_editable: bool,
    pub date_created: Timestamp,
    pub environments: BTreeMap<Sid, Environment>,
    /// Functions and Assets, by SID.
    pub resources: BTreeMap<Sid, Resource>,
    /// The uploaded files, by SID.
    pub versions: BTreeMap<Sid, Version>,
    pub builds: BTreeMap<Sid, Build>,
}

/// A place where one build of a service runs.
#[derive(Debug, Clone, Serialize)]
pub struct Environment {
    /// `ZE…`
    pub sid: Sid,
    /// The name by which tools find it.
    pub unique_name: String,
    /// The last part of the first label of the domain.
    pub domain_suffix: Option<String>,
    pub domain_name: String,
    /// The deployed build.
    pub build_sid: Option<Sid>,
    pub date_created: Timestamp,
    pub variables: BTreeMap<Sid, Variable>,
    /// All deployments, the oldest first.
    pub deployments: Vec<Deployment>,
}

/// The moment at which an environment began to run a build.
#[derive(Debug, Clone, Serialize)]
pub struct Deployment {
    /// `ZD…`
    pub sid: Sid,
    pub build_sid: Sid,
    pub date_created: Timestamp,
}

/// An environment variable of the Functions.
#[derive(Debug, Clone, Serialize)]
pub struct Variable {
    /// `ZV…`
    pub sid: Sid,
    pub key: String,
    pub value: String,
    pub date_created: Timestamp,
}

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    Function,
    Asset,
}

/// The visibility of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// For everyone.
    Public,
    /// For requests that Twilio has signed.
    Protected,
    /// For Functions of the same service only.
    Private,
}

/// A Function or an Asset, without its content.
#[derive(Debug, Clone, Serialize)]
pub struct Resource {
    /// `ZH…`
    pub sid: Sid,
    pub kind: FileKind,
    pub friendly_name: String,
    pub date_created: Timestamp,
}

/// An uploaded version of a Function or an Asset.
#[derive(Debug, Clone, Serialize)]
pub struct Version {
    /// `ZN…`
    pub sid: Sid,
    pub kind: FileKind,
    /// The Function or the Asset.
    pub resource_sid: Sid,
    pub path: String,
    pub visibility: Visibility,
    /// The MIME type, as uploaded.
    pub content_type: String,
    #[serde(skip)]
    pub content: Vec<u8>,
    pub date_created: Timestamp,
}

/// A set of versions that are deployed together.
#[derive(Debug, Clone, Serialize)]
pub struct Build {
    /// `ZB…`
    pub sid: Sid,
    /// The SIDs of the versions of Functions and Assets.
    pub versions: Vec<Sid>,
    /// The npm packages, as the text that was sent.
    pub dependencies: Option<String>,
    /// The version of Node.
    pub runtime: String,
    pub date_created: Timestamp,
}

/// A file to upload.
pub struct Upload {
    pub kind: FileKind,
    pub path: String,
    pub visibility: Visibility,
    /// The MIME type.
    pub content_type: String,
    pub content: Vec<u8>,
}

impl FileKind {
    /// Returns Twilio's plural of the kind, as in URLs.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Function => "Functions",
            Self::Asset => "Assets",
        }
    }
}

impl Visibility {
    /// Returns Twilio's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Protected => "protected",
            Self::Private => "private",
        }
    }

    /// Returns the visibility with this name of Twilio, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Public, Self::Protected, Self::Private]
            .into_iter()
            .find(|visibility| visibility.name().eq_ignore_ascii_case(name))
    }
}

impl Environment {
    /// Returns the deployment with this SID.
    pub fn deployment(&self, sid: &str) -> Result<&Deployment> {
        let mut all = self.deployments.iter();
        all.find(|deployment| deployment.sid == sid)
            .ok_or_else(|| missing(sid))
    }
}

impl Build {
    /// Returns the status of the build.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> &'static str {
        if now < later(self.date_created, BUILD_TIME) {
            "building"
        } else {
            "completed"
        }
    }
}

impl Service {
    /// Returns the first label of the service's domains.
    #[must_use]
    pub fn domain_base(&self) -> String {
        format!("{}-{DOMAIN_NUMBER}", self.unique_name)
    }

    /// Returns the environment with this SID.
    pub fn environment(&self, sid: &str) -> Result<&Environment> {
        self.environments.get(sid).ok_or_else(|| missing(sid))
    }

    /// Returns the build with this SID.
    pub fn build(&self, sid: &str) -> Result<&Build> {
        self.builds.get(sid).ok_or_else(|| missing(sid))
    }

    /// Returns the files of one kind in a build.
    pub fn files<'a>(
        &'a self,
        build: &'a Build,
        kind: FileKind,
    ) -> impl Iterator<Item = &'a Version> + 'a {
        let all = build.versions.iter();
        all.filter_map(|sid| self.versions.get(sid))
            .filter(move |version| version.kind == kind)
    }
}

impl World {
    /// Returns the service with this SID.
    pub fn service(&self, sid: &str) -> Result<&Service> {
        self.serverless.get(sid).ok_or_else(|| missing(sid))
    }

    fn service_mut(&mut self, sid: &str) -> Result<&mut Service> {
        self.serverless.get_mut(sid).ok_or_else(|| missing(sid))
    }

    /// Creates a service.
    pub fn create_service(
        &mut self,
        unique_name: &str,
        friendly_name: &str,
        include_credentials: bool,
        ui_editable: bool,
    ) -> Result<Service> {
        if self
            .serverless
            .values()
            .any(|s| s.unique_name == unique_name)
        {
            return Err(invalid("UniqueName", "an unused name"));
        }
        let service = Service {
            sid: self.sids.next("ZS"),
            unique_name: unique_name.into(),
            friendly_name: friendly_name.into(),
            include_credentials,
            ui_editable,
            date_created: self.now(),
            environments: BTreeMap::new(),
            resources: BTreeMap::new(),
            versions: BTreeMap::new(),
            builds: BTreeMap::new(),
        };
        self.serverless.insert(service.sid.clone(), service.clone());
        Ok(service)
    }

    /// Removes a service with everything in it.
    pub fn remove_service(&mut self, sid: &str) -> Result<()> {
        self.serverless
            .remove(sid)
            .map(drop)
            .ok_or_else(|| missing(sid))
    }

    /// Creates an environment.
    pub fn create_environment(
        &mut self,
        service: &str,
        unique_name: &str,
        domain_suffix: Option<String>,
    ) -> Result<Environment> {
        let (sid, now) = (self.sids.next("ZE"), self.now());
        let service = self.service_mut(service)?;
        let taken = |e: &Environment| e.unique_name == unique_name;
        if service.environments.values().any(taken) {
            return Err(invalid("UniqueName", "an unused name"));
        }
        let suffixed = |e: &Environment| e.domain_suffix == domain_suffix;
        if service.environments.values().any(suffixed) {
            return Err(invalid("DomainSuffix", "an unused suffix"));
        }
        let base = service.domain_base();
        let label = match &domain_suffix {
            Some(suffix) => format!("{base}-{suffix}"),
            None => base,
        };
        let environment = Environment {
            sid,
            unique_name: unique_name.into(),
            domain_name: format!("{label}.twil.io"),
            domain_suffix,
            build_sid: None,
            date_created: now,
            variables: BTreeMap::new(),
            deployments: Vec::new(),
        };
        service
            .environments
            .insert(environment.sid.clone(), environment.clone());
        Ok(environment)
    }

    /// Removes an environment, and thereby its domain.
    pub fn remove_environment(&mut self, service: &str, sid: &str) -> Result<()> {
        let service = self.service_mut(service)?;
        let removed = service.environments.remove(sid);
        removed.map(drop).ok_or_else(|| missing(sid))
    }

    /// Creates a variable, or changes the value of the one with this SID.
    pub fn set_variable(
        &mut self,
        service: &str,
        environment: &str,
        sid: Option<&str>,
        key: Option<String>,
        value: Option<String>,
    ) -> Result<Variable> {
        let (new_sid, now) = (self.sids.next("ZV"), self.now());
        let environment = self
            .service_mut(service)?
            .environments
            .get_mut(environment)
            .ok_or_else(|| missing(environment))?;
        let variable = match sid {
            Some(sid) => environment
                .variables
                .get_mut(sid)
                .ok_or_else(|| missing(sid))?,
            None => environment
                .variables
                .entry(new_sid.clone())
                .or_insert_with(|| Variable {
                    sid: new_sid,
                    key: String::new(),
                    value: String::new(),
                    date_created: now,
                }),
        };
        variable.key = key.unwrap_or_else(|| variable.key.clone());
        variable.value = value.unwrap_or_else(|| variable.value.clone());
        Ok(variable.clone())
    }

    /// Removes a variable.
    pub fn remove_variable(&mut self, service: &str, environment: &str, sid: &str) -> Result<()> {
        let own = self.service_mut(service)?.environments.get_mut(environment);
        let removed = own.and_then(|environment| environment.variables.remove(sid));
        removed.map(drop).ok_or_else(|| missing(sid))
    }

    /// Creates a Function or an Asset.
    pub fn create_resource(
        &mut self,
        service: &str,
        kind: FileKind,
        name: &str,
    ) -> Result<Resource> {
        let (sid, now) = (self.sids.next("ZH"), self.now());
        let resource = Resource {
            sid,
            kind,
            friendly_name: name.into(),
            date_created: now,
        };
        let service = self.service_mut(service)?;
        service
            .resources
            .insert(resource.sid.clone(), resource.clone());
        Ok(resource)
    }

    /// Adds an uploaded file as a version.
    pub fn upload(&mut self, service: &str, resource: &str, upload: Upload) -> Result<Version> {
        if !upload.path.starts_with('/') || upload.path.len() > LONGEST_PATH {
            return Err(invalid(
                "Path",
                "a path that begins with / and has at most 255 characters",
            ));
        }
        let (sid, now) = (self.sids.next("ZN"), self.now());
        let service = self.service_mut(service)?;
        let known = service.resources.get(resource);
        known
            .filter(|known| known.kind == upload.kind)
            .ok_or_else(|| missing(resource))?;
        let version = Version {
            sid,
            kind: upload.kind,
            resource_sid: resource.into(),
            path: upload.path,
            visibility: upload.visibility,
            content_type: upload.content_type,
            content: upload.content,
            date_created: now,
        };
        service
            .versions
            .insert(version.sid.clone(), version.clone());
        Ok(version)
    }

    /// Starts a build.
    pub fn create_build(
        &mut self,
        service: &str,
        versions: Vec<Sid>,
        dependencies: Option<String>,
        runtime: String,
    ) -> Result<Build> {
        let (sid, now) = (self.sids.next("ZB"), self.now());
        let service = self.service_mut(service)?;
        let mut paths = Vec::new();
        for version in &versions {
            let file = service
                .versions
                .get(version)
                .ok_or_else(|| missing(version))?;
            if paths.contains(&&file.path) {
                return Err(invalid("AssetVersions", "files of different paths"));
            }
            paths.push(&file.path);
        }
        let build = Build {
            sid,
            versions,
            dependencies,
            runtime,
            date_created: now,
        };
        service.builds.insert(build.sid.clone(), build.clone());
        Ok(build)
    }

    /// Removes a build that no environment runs. Deployments of it stay in the list.
    pub fn remove_build(&mut self, service: &str, sid: &str) -> Result<()> {
        let service = self.service_mut(service)?;
        let runs_it = |e: &Environment| e.build_sid.as_deref() == Some(sid);
        if service.environments.values().any(runs_it) {
            return Err(invalid("Sid", "a build that no environment runs"));
        }
        service
            .builds
            .remove(sid)
            .map(drop)
            .ok_or_else(|| missing(sid))
    }

    /// Deploys a build to an environment.
    pub fn deploy_build(
        &mut self,
        service: &str,
        environment: &str,
        build: &str,
    ) -> Result<Deployment> {
        let (sid, now) = (self.sids.next("ZD"), self.now());
        let service = self.service_mut(service)?;
        if service.build(build)?.status(now) != "completed" {
            return Err(invalid("BuildSid", "a build that is completed"));
        }
        let environment = service
            .environments
            .get_mut(environment)
            .ok_or_else(|| missing(environment))?;
        environment.build_sid = Some(build.into());
        let deployment = Deployment {
            sid,
            build_sid: build.into(),
            date_created: now,
        };
        environment.deployments.push(deployment.clone());
        Ok(deployment)
    }

    /// Returns the deployed file at an address, if there is one.
    #[must_use]
    pub fn deployed_file(&self, host: &str, path: &str) -> Option<&Version> {
        self.deployed_files(host)
            .into_iter()
            .find(|file| file.path == path)
    }

    /// Returns the files of the build that runs at a domain.
    #[must_use]
    pub fn deployed_files(&self, host: &str) -> Vec<&Version> {
        let found = self.serverless.values().find_map(|service| {
            let mut all = service.environments.values();
            let environment = all.find(|environment| environment.domain_name == host)?;
            let build = service.builds.get(environment.build_sid.as_deref()?)?;
            Some((service, build))
        });
        let files = found.map(|(service, build)| {
            let sids = build.versions.iter();
            sids.filter_map(|sid| service.versions.get(sid)).collect()
        });
        files.unwrap_or_default()
    }
}

fn missing(sid: &str) -> Error {
    Error::NotFound(sid.to_owned())
}

fn invalid(name: &'static str, expected: &str) -> Error {
    Error::Invalid {
        name,
        expected: expected.to_owned(),
    }
}
