//! What the deep form explores besides.

use super::Scenario;

pub const DEEP: &[Scenario] = &[];
