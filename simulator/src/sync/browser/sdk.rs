//! The requests of the Sync SDK in the browser, to `cds.<region>.twilio.com`.

use serde_json::{json, Map, Value};

use super::object::{key_of, Key, ObjectKind, Query};
use super::opened::Objects;
use crate::http::sdk::{SdkRequest, SdkResponse};
use crate::iam::Token;
use crate::sync::permissions::Use;
use crate::sync::SyncChange;
use crate::world::error::Error;
use crate::world::World;

/// The default and maximum size of a page.
const PAGE_SIZE: usize = 100;

/// The grant of a token with which a client reaches the maps of the account. Flex's own client uses another
/// grant, for Twilio's objects of Flex.
const ACCOUNT_GRANT: &str = "data_sync";

/// Answers a request of the SDK under a `grant` of the caller's token; `None` if the SDK has no such request.
/// Subscriptions belong to the connection and are handled there.
pub fn answer(
    world: &mut World,
    objects: &mut Objects,
    caller: &Token,
    grant: &str,
    request: &SdkRequest,
) -> Option<SdkResponse> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["v3", rest @ ..] = segments.as_slice() else {
        return None;
    };
    let (["Services", _, rest @ ..] | rest) = rest;
    let [kind, rest @ ..] = rest else { return None };
    let mut sync = SyncService {
        world,
        objects,
        caller,
        kind: ObjectKind::from_plural(kind)?,
        request,
    };
    if sync.kind == ObjectKind::Map
        && grant != ACCOUNT_GRANT
        && sync.is_in_agent_service(rest.first())
    {
        return Some(sync.missing());
    }
    if sync.is_forbidden(rest) {
        return Some(Error::IdentityForbidden.into());
    }
    match (request.method.as_str(), rest) {
        ("GET", [id]) => Some(sync.open(id)),
        ("GET", [id, "Items"]) => Some(sync.items(id)),
        ("GET", [id, "Items", key]) => Some(sync.item(id, key)),
        ("POST", []) => sync.create(),
        ("POST", [id]) => sync.change(id).map(SdkResponse::from),
        ("DELETE", [id]) => sync.remove(id).map(SdkResponse::from),
        ("PUT" | "POST", [id, "Items", key]) => sync.put_item(id, key).map(SdkResponse::from),
        ("POST", [id, "Items"]) => sync.add_item(id).map(SdkResponse::from),
        ("DELETE", [id, "Items", key]) => sync.remove_item(id, key).map(SdkResponse::from),
        _ => None,
    }
}

struct SyncService<'a> {
    world: &'a mut World,
    objects: &'a mut Objects,
    caller: &'a Token,
    kind: ObjectKind,
    request: &'a SdkRequest,
}

impl SyncService<'_> {
    /// Returns true if `id` is absent or names a map of the Sync service of agents.
    fn is_in_agent_service(&self, id: Option<&&str>) -> bool {
        let service = self.world.agent_sync_service_sid();
        id.is_none_or(|id| self.world.map(service, id).is_ok())
    }

    /// Returns true if the caller lacks the permission for this request about a map. A missing map is not found, for everybody.
    fn is_forbidden(&self, rest: &[&str]) -> bool {
        let service = self.world.agent_sync_service_sid();
        if self.kind != ObjectKind::Map {
            return false;
        }
        let what = match (self.request.method.as_str(), rest) {
            ("GET", _) => Use::Read,
            ("POST" | "DELETE", [_]) => Use::Manage,
            _ => Use::Write,
        };
        let map = rest.first().map(|id| self.world.map(service, id));
        match map {
            None => self.world.has_access_lists(service),
            Some(Ok(map)) => !self.world.may_use(&self.caller.identity, map, what),
            Some(Err(_)) => false,
        }
    }

    fn open(&mut self, id: &str) -> SdkResponse {
        let with_items = self.request.param("Include").as_deref() == Some("items");
        self.objects
            .describe(self.world, self.caller, self.kind, id, with_items)
            .map_or_else(|| self.missing(), SdkResponse::ok)
    }

    fn items(&mut self, id: &str) -> SdkResponse {
        let query = self.query();
        self.objects
            .page(self.world, self.caller, self.kind, id, &query)
            .map_or_else(|| self.missing(), SdkResponse::ok)
    }

    fn item(&mut self, id: &str, key: &str) -> SdkResponse {
        let Some(key) = key_of(self.kind, key) else {
            return self.missing();
        };
        match self
            .objects
            .item(self.world, self.caller, self.kind, id, &key)
        {
            None => self.missing(),
            Some(None) => Error::ItemNotFound.into(),
            Some(Some(item)) => SdkResponse::ok(item),
        }
    }

    fn create(&mut self) -> Option<SdkResponse> {
        let service = self.world.agent_sync_service_sid().clone();
        let name = self.request.text("unique_name");
        let made = match self.kind {
            ObjectKind::Map => self
                .world
                .create_map(&service, name, self.ttl_seconds())
                .map(|map| map.sid),
            ObjectKind::Document => {
                let data = self
                    .request
                    .body
                    .get("data")
                    .cloned()
                    .unwrap_or_else(|| json!({}));
                self.world
                    .create_document(&service, name, data, self.ttl_seconds())
                    .map(|document| document.sid)
            }
            ObjectKind::List | ObjectKind::LiveQuery => return None,
        };
        Some(match made {
            Err(error) => error.into(),
            Ok(sid) => {
                let mut answer = self.open(&sid);
                answer.status = 201;
                answer
            }
        })
    }

    fn change(&mut self, id: &str) -> Option<Result<SdkResponse, Error>> {
        let service = self.world.agent_sync_service_sid().clone();
        let changed = match self.kind {
            ObjectKind::Map => self
                .world
                .update_map(&service, id, self.ttl_seconds())
                .map(|_| ()),
            ObjectKind::Document => self
                .world
                .update_document(&service, id, self.changes())
                .map(|_| ()),
            ObjectKind::List | ObjectKind::LiveQuery => return None,
        };
        Some(changed.map(|()| self.open(id)))
    }

    fn remove(&mut self, id: &str) -> Option<Result<SdkResponse, Error>> {
        let service = self.world.agent_sync_service_sid().clone();
        let removed = match self.kind {
            ObjectKind::Map => self.world.remove_map(&service, id),
            ObjectKind::Document => {
                self.world
                    .remove_document(&service, id, self.request.if_match.as_deref())
            }
            ObjectKind::List | ObjectKind::LiveQuery => return None,
        };
        Some(removed.map(|()| SdkResponse {
            status: 204,
            body: Value::Null,
        }))
    }

    fn add_item(&mut self, id: &str) -> Option<Result<SdkResponse, Error>> {
        let key = self.request.text("key")?;
        let data = self
            .request
            .body
            .get("data")
            .cloned()
            .unwrap_or_else(|| json!({}));
        (self.kind == ObjectKind::Map).then(|| self.create_item(id, &key, data))
    }

    /// Creates or replaces an item, as the SDK puts it. `If-Match` must be the current revision.
    fn put_item(&mut self, id: &str, key: &str) -> Option<Result<SdkResponse, Error>> {
        if self.kind != ObjectKind::Map {
            return None;
        }
        let service = self.world.agent_sync_service_sid().clone();
        let data = self.request.body.get("data").cloned();
        Some(
            match (self.world.map_item(&service, id, key).is_ok(), data) {
                (false, Some(data)) => self.create_item(id, key, data),
                _ => self
                    .world
                    .update_map_item(&service, id, key, self.changes())
                    .map(|_| self.item(id, key)),
            },
        )
    }

    fn create_item(&mut self, id: &str, key: &str, data: Value) -> Result<SdkResponse, Error> {
        let service = self.world.agent_sync_service_sid().clone();
        self.world
            .create_map_item(&service, id, key, data, self.ttl_seconds())?;
        let mut answer = self.item(id, key);
        answer.status = 201;
        Ok(answer)
    }

    fn remove_item(&mut self, id: &str, key: &str) -> Option<Result<SdkResponse, Error>> {
        if self.kind != ObjectKind::Map {
            return None;
        }
        let service = self.world.agent_sync_service_sid().clone();
        let removed =
            self.world
                .remove_map_item(&service, id, key, self.request.if_match.as_deref());
        Some(removed.map(|()| {
            let object = self.open(id).body;
            let field = |name: &str| object.get(name).cloned().unwrap_or_default();
            let fields =
                ["last_event_id", "date_updated"].map(|name| (name.to_owned(), field(name)));
            SdkResponse::ok(Value::Object(Map::from_iter(fields)))
        }))
    }

    fn missing(&self) -> SdkResponse {
        SdkResponse::refused(404, self.kind.not_found(), "not found")
    }

    fn query(&self) -> Query {
        let request = self.request;
        if let Some(query) = request
            .param("PageToken")
            .and_then(|token| Query::from_token(self.kind, &token))
        {
            return query;
        }
        let key = |name: &str| {
            request
                .param(name)
                .and_then(|text| key_of(self.kind, &text))
        };
        let only: Option<Key> = key(if self.kind == ObjectKind::List {
            "Index"
        } else {
            "Key"
        });
        let limit = request
            .param("PageSize")
            .and_then(|size| size.parse().ok())
            .unwrap_or(PAGE_SIZE);
        Query {
            only,
            from: key("From"),
            descending: request.param("Order").as_deref() == Some("desc"),
            limit: limit.clamp(1, PAGE_SIZE),
        }
    }

    fn ttl_seconds(&self) -> Option<u64> {
        self.request.body.get("ttl").and_then(Value::as_u64)
    }

    fn changes(&self) -> SyncChange {
        SyncChange {
            data: self.request.body.get("data").cloned(),
            ttl_seconds: self.ttl_seconds(),
            if_match: self.request.if_match.clone(),
        }
    }
}
