//! The object with the participants of a task's call: nobody can call here, so it is empty.

use crate::iam::Token;
use crate::sync::browser::object::{Content, Kind};
use crate::sync::browser::opened::Source;
use crate::world::World;

/// The end of the name of such an object, after the task's SID.
const SUFFIX: &str = ".CS";

/// A call, by its task.
#[derive(Debug)]
struct Call(String);

/// Returns the call of the task that a name begins with.
pub fn find(world: &World, _: &Token, kind: Kind, name: &str) -> Option<Box<dyn Source>> {
    let sid = name.strip_suffix(SUFFIX).filter(|_| kind == Kind::Map)?;
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
