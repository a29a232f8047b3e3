//! The account's own maps and documents, as objects that a browser can open.

use super::object::{Content, Fresh, Key, ObjectKind};
use super::opened::Source;
use crate::iam::Token;
use crate::sync::permissions::Use;
use crate::world::clock::iso;
use crate::world::World;

/// A map or a document, by its SID.
#[derive(Debug)]
enum Own {
    Map(String),
    Document(String),
}

/// Returns the map or the document with this name or SID, if the caller may read it.
pub fn find(world: &World, caller: &Token, kind: ObjectKind, id: &str) -> Option<Box<dyn Source>> {
    let service = world.agent_sync_service_sid();
    let own = match kind {
        ObjectKind::Map => {
            let map = world.map(service, id).ok()?;
            let may_read = world.may_use(&caller.identity, map, Use::Read);
            Own::Map(may_read.then(|| map.sid.clone())?)
        }
        ObjectKind::Document => Own::Document(world.document(service, id).ok()?.sid.clone()),
        ObjectKind::List | ObjectKind::LiveQuery => return None,
    };
    Some(Box::new(own))
}

impl Source for Own {
    fn id(&self) -> String {
        let (Self::Map(sid) | Self::Document(sid)) = self;
        sid.clone()
    }

    fn own_sid(&self) -> Option<&str> {
        let (Self::Map(sid) | Self::Document(sid)) = self;
        Some(sid)
    }

    fn name(&self, world: &World) -> Option<String> {
        let service = world.agent_sync_service_sid();
        match self {
            Self::Map(sid) => world.map(service, sid).ok()?.unique_name.clone(),
            Self::Document(sid) => world.document(service, sid).ok()?.unique_name.clone(),
        }
    }

    fn revision(&self, world: &World) -> Option<u64> {
        let service = world.agent_sync_service_sid();
        match self {
            Self::Map(sid) => world.map(service, sid).ok().map(|map| map.revision),
            Self::Document(sid) => world.document(service, sid).ok().map(|d| d.revision),
        }
    }

    fn content(&self, world: &World) -> Option<Content> {
        let service = world.agent_sync_service_sid();
        match self {
            Self::Map(sid) => {
                let items = world.map(service, sid).ok()?.items.by_key().values();
                let shown = items.map(|item| {
                    let fresh = Fresh {
                        data: item.data.clone(),
                        revision: Some(item.revision.to_string()),
                        date_expires: item.date_expires.map(iso),
                    };
                    (Key::Name(item.key.clone()), fresh)
                });
                Some(shown.collect())
            }
            Self::Document(sid) => {
                let document = world.document(service, sid).ok()?;
                let fresh = Fresh {
                    data: document.data.clone(),
                    revision: Some(document.revision.to_string()),
                    date_expires: document.date_expires.map(iso),
                };
                Some(Content::from([(Key::only(), fresh)]))
            }
        }
    }
}
