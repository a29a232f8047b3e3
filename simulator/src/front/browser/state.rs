//! The state of browsers beside the world: the Sync objects that they have opened.

use std::sync::{Arc, Mutex, PoisonError};

use crate::sync::browser::opened::{Finder, Objects};
use crate::world::{SharedWorld, World};
use crate::{conversations, sync, taskrouter};

/// The finders of the objects that a browser can open, in the order in which they are tried.
const FINDERS: &[Finder] = &[
    conversations::browser::objects::find,
    sync::browser::find,
    taskrouter::browser::insights::find,
    taskrouter::browser::statistics::find,
    taskrouter::browser::calls::find,
];

/// The state of browsers that is not in the world: the Sync objects that they have opened.
#[derive(Clone)]
pub struct Browser {
    objects: Arc<Mutex<Objects>>,
}

impl Default for Browser {
    fn default() -> Self {
        Self {
            objects: Arc::new(Mutex::new(Objects::new(FINDERS))),
        }
    }
}

impl Browser {
    /// Runs `work` on the world and the opened objects, then updates the opened objects.
    pub fn with<R>(
        &self,
        world: &SharedWorld,
        work: impl FnOnce(&mut World, &mut Objects) -> R,
    ) -> R {
        let mut world = world.lock();
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut world, &mut objects);
        objects.refresh(&world);
        result
    }
}
