//! What all handlers share.

use std::sync::Arc;

use crate::browser::Browser;
use crate::options::Options;
use crate::world::SharedWorld;

/// The running simulator, cheap to clone.
#[derive(Clone)]
pub struct Sim {
    /// What Twilio would remember.
    pub world: SharedWorld,
    /// What browsers have opened.
    pub browser: Browser,
    /// How it was started.
    pub options: Arc<Options>,
}
