//! The object with the participants of a task's phone call. Nobody can make calls here, so it is empty.

use crate::iam::Token;
use crate::sync::browser::object::{Content, ObjectKind};
use crate::sync::browser::opened::Source;
use crate::world::World;

/// The suffix of the object's name, after the task's SID.
const SUFFIX: &str = ".CS";

/// The phone call of the task with this SID.
#[derive(Debug)]
struct Call(String);

/// Returns the call object with this name, if its task exists.
pub fn find(world: &World, _: &Token, kind: ObjectKind, name: &str) -> Option<Box<dyn Source>> {
    let sid = name
        .strip_suffix(SUFFIX)
        .filter(|_| kind == ObjectKind::Map)?;
    let task = world.taskrouter.task(sid).ok()?;
    (task.task_channel_unique_name == "voice")
        .then(|| Box::new(Call(task.sid.clone())) as Box<dyn Source>)
}

impl Source for Call {
    fn id(&self) -> String {
        format!("{}{SUFFIX}", self.0)
    }

    fn content(&self, _: &World) -> Option<Content> {
        Some(Content::new())
    }
}
