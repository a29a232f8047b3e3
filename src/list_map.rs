//! The Sync map that holds an agent's list: the Functions write it, the plugin shows it.

use crate::sid::WorkerSid;

const MAP_NAME: &str = "ParkedInteractions_";

/// Unique name of the map that holds an agent's list.
#[must_use]
pub fn map_name(worker: &WorkerSid) -> String {
    format!("{MAP_NAME}{worker}")
}

/// Whether a map of this unique name holds an agent's list.
#[must_use]
pub fn is_map_name(name: &str) -> bool {
    name.strip_prefix(MAP_NAME)
        .is_some_and(|worker| WorkerSid::parse(worker).is_ok())
}
