//! The feature's flags, as an admin sets them in Flex's configuration.

use serde::{Deserialize, Serialize};

/// `features.park_interaction`. A flag that is not set is off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Flags {
    /// Turns on parking.
    pub enabled: bool,
    /// Turns on the list of parked interactions.
    pub show_list: bool,
}
