//! The Sync objects that some browser has opened, kept up with the world.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::sync::broadcast;

use super::projection::Source;
use super::sync_objects::{Event, Key, Kind, Object, Query};
use crate::iam::Token;
use crate::world::clock::iso_millis;
use crate::world::World;

const SYNC: &str = "https://cds.us1.twilio.com/v3";
/// A connection that lags further behind is closed, and opens its objects anew.
const KEPT_PUSHES: usize = 1024;

/// Something that happened to the object with this SID.
#[derive(Debug, Clone)]
pub struct Push {
    /// The object.
    pub sid: String,
    /// What happened.
    pub event: Event,
}

#[derive(Debug)]
struct Open {
    source: Source,
    object: Object,
    /// The source's revision that `object` shows, if the source counts its revisions.
    revision: Option<u64>,
}

/// All objects that were ever opened, by the SID that subscriptions name.
#[derive(Debug)]
pub struct Objects {
    open: BTreeMap<String, Open>,
    made: u64,
    pushes: broadcast::Sender<Push>,
}

impl Default for Objects {
    fn default() -> Self {
        Self {
            open: BTreeMap::new(),
            made: 0,
            pushes: broadcast::channel(KEPT_PUSHES).0,
        }
    }
}

impl Objects {
    /// Everything that happens to any object from now on.
    #[must_use]
    pub fn pushes(&self) -> broadcast::Receiver<Push> {
        self.pushes.subscribe()
    }

    /// Brings every object up to date with the world.
    pub fn refresh(&mut self, world: &World) {
        let sids: Vec<String> = self.open.keys().cloned().collect();
        for sid in sids {
            self.refresh_one(world, &sid);
        }
    }

    /// The object with this name or SID as the SDK opens it, if the caller may see it.
    pub fn describe(
        &mut self,
        world: &World,
        caller: &Token,
        kind: Kind,
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

    /// A page of an object's items.
    pub fn page(
        &mut self,
        world: &World,
        caller: &Token,
        kind: Kind,
        id: &str,
        query: &Query,
    ) -> Option<Value> {
        self.find(world, caller, kind, id)
            .map(|object| object.page(query))
    }

    /// One item of an object; the inner `None` when the object is there and the item is not.
    #[expect(
        clippy::option_option,
        reason = "the object and the item in it can each be missing"
    )]
    pub fn item(
        &mut self,
        world: &World,
        caller: &Token,
        kind: Kind,
        id: &str,
        key: &Key,
    ) -> Option<Option<Value>> {
        self.find(world, caller, kind, id)
            .map(|object| object.one(key))
    }

    /// The number of the last event of an object, with those that came after `after`.
    pub fn events_after(
        &mut self,
        world: &World,
        caller: &Token,
        kind: Kind,
        sid: &str,
        after: Option<u64>,
    ) -> Option<(u64, Vec<Event>)> {
        let object = self.find(world, caller, kind, sid)?;
        let last = object.last_event_id();
        Some((last, object.events_after(after.unwrap_or(last))))
    }

    /// The rights are looked up each time: who has left a conversation opens it no more.
    fn find(&mut self, world: &World, caller: &Token, kind: Kind, id: &str) -> Option<&Object> {
        let name = self
            .open
            .get(id)
            .and_then(|open| open.source.name(world))
            .unwrap_or_else(|| id.to_owned());
        let source = Source::find(world, caller, kind, &name)?;
        let opened = self
            .open
            .iter()
            .find(|(_, open)| open.source == source)
            .map(|(sid, _)| sid.clone());
        let sid = match opened {
            Some(sid) => sid,
            None => self.add(world, kind, source),
        };
        self.refresh_one(world, &sid);
        self.open.get(&sid).map(|open| &open.object)
    }

    fn add(&mut self, world: &World, kind: Kind, source: Source) -> String {
        let sid = source
            .own_sid()
            .map_or_else(|| self.next_sid(kind), str::to_owned);
        let object = Object::new(
            kind,
            &sid,
            source.name(world),
            SYNC,
            &iso_millis(world.now()),
        );
        let open = Open {
            source,
            object,
            revision: None,
        };
        self.open.insert(sid.clone(), open);
        sid
    }

    /// A SID for what the world gives none: it starts with an `f`, as those of the world never do.
    fn next_sid(&mut self, kind: Kind) -> String {
        let prefix = match kind {
            Kind::Document => "ET",
            Kind::Map => "MP",
            Kind::List => "ES",
            Kind::LiveQuery => "QR",
        };
        self.made += 1;
        format!("{prefix}f{:031x}", self.made)
    }

    fn refresh_one(&mut self, world: &World, sid: &str) {
        let Some(open) = self.open.get_mut(sid) else {
            return;
        };
        // To compare thousands of items takes too long for every request of every page.
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
            // Nobody may be listening; then there is nobody to tell.
            let _ = self.pushes.send(Push {
                sid: sid.to_owned(),
                event,
            });
        }
    }
}
