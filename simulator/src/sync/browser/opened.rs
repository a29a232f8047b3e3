//! The Sync objects that browsers have opened, synchronised with the world.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::sync::broadcast;

use super::object::{Content, Key, Object, ObjectEvent, ObjectKind, Query};
use crate::iam::Token;
use crate::world::clock::iso_millis;
use crate::world::World;

const SYNC: &str = "https://cds.us1.twilio.com/v3";
/// The number of pushes that a connection may lag behind. Beyond that it is closed, and its client opens its
/// objects again.
const MAX_PUSHES: usize = 1024;

/// An event of the object with this SID.
#[derive(Debug, Clone)]
pub struct Push {
    pub sid: String,
    pub event: ObjectEvent,
}

#[derive(Debug)]
struct Open {
    kind: ObjectKind,
    source: Box<dyn Source>,
    object: Object,
    /// The source's revision in `object`, if the source counts its revisions.
    revision: Option<u64>,
}

/// The source of an object's content.
pub trait Source: std::fmt::Debug + Send {
    /// Returns a SID or a name that is unique among the sources of the same kind.
    fn id(&self) -> String;

    /// Returns the SID that the world has for the object. Objects without one get it when they are opened.
    fn own_sid(&self) -> Option<&str> {
        None
    }

    /// Returns the name of the object, if it has one.
    fn name(&self, _: &World) -> Option<String> {
        Some(self.id())
    }

    /// Returns the revision of an object that counts its changes itself; `None` also if it does not exist any
    /// more.
    fn revision(&self, _: &World) -> Option<u64> {
        None
    }

    /// Returns the current content; `None` if the object does not exist any more.
    fn content(&self, world: &World) -> Option<Content>;
}

/// Finds an object of one product by kind and by name or SID, if the caller may read it.
pub type Finder = fn(&World, &Token, ObjectKind, &str) -> Option<Box<dyn Source>>;

/// All objects that were ever opened, by the SID that subscriptions name.
#[derive(Debug)]
pub struct Objects {
    /// The finders of objects, in the order in which they are tried.
    finders: &'static [Finder],
    open: BTreeMap<String, Open>,
    made: u64,
    pushes: broadcast::Sender<Push>,
}

impl Objects {
    /// Creates an empty list of objects.
    #[must_use]
    pub fn new(finders: &'static [Finder]) -> Self {
        Self {
            finders,
            open: BTreeMap::new(),
            made: 0,
            pushes: broadcast::channel(MAX_PUSHES).0,
        }
    }

    /// Returns a receiver of all further events of all objects.
    #[must_use]
    pub fn pushes(&self) -> broadcast::Receiver<Push> {
        self.pushes.subscribe()
    }

    /// Updates every object from the world.
    pub fn refresh(&mut self, world: &World) {
        let sids: Vec<String> = self.open.keys().cloned().collect();
        for sid in sids {
            self.refresh_one(world, &sid);
        }
    }

    /// Returns the object with this name or SID in the form in which the SDK opens it, if the caller may read
    /// it.
    pub fn describe(
        &mut self,
        world: &World,
        caller: &Token,
        kind: ObjectKind,
        id: &str,
        with_items: bool,
    ) -> Option<Value> {
        let object = self.find(world, caller, kind, id)?;
        Some(if with_items {
            object.describe_with_items()
        } else {
            object.describe()
        })
    }

    /// Returns a page of an object's items.
    pub fn page(
        &mut self,
        world: &World,
        caller: &Token,
        kind: ObjectKind,
        id: &str,
        query: &Query,
    ) -> Option<Value> {
        self.find(world, caller, kind, id)
            .map(|object| object.page(query))
    }

    /// Returns one item of an object: `None` without the object, `Some(None)` without the item.
    #[expect(
        clippy::option_option,
        reason = "the object and the item in it can each be missing"
    )]
    pub fn item(
        &mut self,
        world: &World,
        caller: &Token,
        kind: ObjectKind,
        id: &str,
        key: &Key,
    ) -> Option<Option<Value>> {
        self.find(world, caller, kind, id)
            .map(|object| object.one(key))
    }

    /// Returns the number of an object's last event, with the events after `after`.
    pub fn events_after(
        &mut self,
        world: &World,
        caller: &Token,
        kind: ObjectKind,
        sid: &str,
        after: Option<u64>,
    ) -> Option<(u64, Vec<ObjectEvent>)> {
        let object = self.find(world, caller, kind, sid)?;
        let last = object.last_event_id();
        Some((last, object.events_after(after.unwrap_or(last))))
    }

    /// Finds the object again each time, because the caller may have lost the right to read it, for example by
    /// leaving a conversation.
    fn find(
        &mut self,
        world: &World,
        caller: &Token,
        kind: ObjectKind,
        id: &str,
    ) -> Option<&Object> {
        let name = self
            .open
            .get(id)
            .and_then(|open| open.source.name(world))
            .unwrap_or_else(|| id.to_owned());
        let mut finders = self.finders.iter();
        let source = finders.find_map(|find| find(world, caller, kind, &name))?;
        let id = source.id();
        let opened = self
            .open
            .iter()
            .find(|(_, open)| open.kind == kind && open.source.id() == id)
            .map(|(sid, _)| sid.clone());
        let sid = match opened {
            Some(sid) => sid,
            None => self.add(world, kind, source),
        };
        self.refresh_one(world, &sid);
        self.open.get(&sid).map(|open| &open.object)
    }

    fn add(&mut self, world: &World, kind: ObjectKind, source: Box<dyn Source>) -> String {
        let sid = source
            .own_sid()
            .map_or_else(|| self.next_sid(kind), str::to_owned);
        let now = iso_millis(world.now());
        let mut object = Object::new(kind, &sid, source.name(world), SYNC, &now);
        let revision = source.revision(world);
        // Nobody follows it yet, so its content is no news: thousands of pushes would close every connection.
        if let Some(content) = source.content(world) {
            object.refresh(&content, &now);
        }
        let open = Open {
            kind,
            source,
            object,
            revision,
        };
        self.open.insert(sid.clone(), open);
        sid
    }

    /// Returns a SID for an object without one in the world. It starts with `f`, unlike those of the world.
    fn next_sid(&mut self, kind: ObjectKind) -> String {
        let prefix = match kind {
            ObjectKind::Document => "ET",
            ObjectKind::Map => "MP",
            ObjectKind::List => "ES",
            ObjectKind::LiveQuery => "QR",
        };
        self.made += 1;
        format!("{prefix}f{:031x}", self.made)
    }

    fn refresh_one(&mut self, world: &World, sid: &str) {
        let Some(open) = self.open.get_mut(sid) else {
            return;
        };
        // Without this, comparing thousands of items would slow down every request of every page.
        let revision = open.source.revision(world);
        if revision.is_some() && revision == open.revision {
            return;
        }
        open.revision = revision;
        let now = iso_millis(world.now());
        let content = open.source.content(world);
        let events = match &content {
            Some(content) => open.object.refresh(content, &now),
            None => vec![open.object.removed(&now)],
        };
        if content.is_none() {
            self.open.remove(sid);
        }
        for event in events {
            // Sending fails if there is no receiver, which is not an error.
            let _ = self.pushes.send(Push {
                sid: sid.to_owned(),
                event,
            });
        }
    }
}
