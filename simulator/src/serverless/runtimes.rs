//! Local runtimes of several versions of the Functions, so that a deployment can switch from one to another.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Version;

/// The URLs of runtimes on this machine, each by a part of a path that only the builds of its version have. Shared by
/// all handlers.
#[derive(Debug, Clone, Default)]
pub struct Runtimes(Arc<Mutex<BTreeMap<String, String>>>);

impl Runtimes {
    /// Replaces all runtimes.
    pub fn set(&self, urls: BTreeMap<String, String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = urls;
    }

    /// Returns the URL of the runtime of a build with these files, if it has one of its own.
    #[must_use]
    pub fn url_of(&self, files: &[&Version]) -> Option<String> {
        let urls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has = |part: &str| files.iter().any(|file| file.path.contains(part));
        let found = urls.iter().find(|(part, _)| has(part));
        found.map(|(_, url)| url.clone())
    }
}
