//! The REST API `sync.twilio.com`: services, documents, maps and their items.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::permissions::Permission;
use super::{Document, Item, SyncChange, SyncMap, SyncService};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page::{self, in_order};
use crate::http::request::RestRequest;
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::World;

const BASE: &str = "https://sync.twilio.com/v1/Services";

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/v1/Services", get(list_services))
        .route(
            "/v1/Services/{service}",
            get(fetch_service).post(update_service),
        )
        .route(
            "/v1/Services/{service}/Maps",
            get(list_maps).post(create_map),
        )
        .route(
            "/v1/Services/{service}/Maps/{map}",
            get(fetch_map).post(update_map).delete(remove_map),
        )
        .route(
            "/v1/Services/{service}/Maps/{map}/Items",
            get(list_items).post(create_item),
        )
        .route(
            "/v1/Services/{service}/Maps/{map}/Items/{key}",
            get(fetch_item).post(update_item).delete(remove_item),
        )
        .route(
            "/v1/Services/{service}/Maps/{map}/Permissions",
            get(list_permissions),
        )
        .route(
            "/v1/Services/{service}/Maps/{map}/Permissions/{identity}",
            get(fetch_permission)
                .post(update_permission)
                .delete(remove_permission),
        )
        .route(
            "/v1/Services/{service}/Documents",
            get(list_documents).post(create_document),
        )
        .route(
            "/v1/Services/{service}/Documents/{document}",
            get(fetch_document)
                .post(update_document)
                .delete(remove_document),
        )
}

async fn list_services(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    page::list(&request, "services", world.sync_services.iter(), |s| {
        service(&world, s)
    })
}

async fn fetch_service(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(service(&world, world.sync_service(&sid)?)))
}

async fn update_service(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    let is_on = request.text("AclEnabled").map(|value| value == "true");
    let changed = world.update_sync_service(&sid, is_on)?;
    Ok(page::ok(service(&world, &changed)))
}

async fn list_maps(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let service_sid = &world.sync_service(&sid)?.sid;
    let own = world
        .maps
        .values()
        .filter(|m| m.service_sid == *service_sid);
    page::list(&request, "maps", own, |m| map(&world, m))
}

async fn create_map(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let ttl_seconds = ttl_seconds(&request, &["CollectionTtl", "Ttl"])?;
    let mut world = sim.world.lock();
    let made = world.create_map(&sid, request.owned("UniqueName"), ttl_seconds)?;
    Ok(page::created(map(&world, &made)))
}

async fn fetch_map(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(map(&world, world.map(&sid, &name)?)))
}

async fn update_map(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let ttl_seconds = ttl_seconds(&request, &["CollectionTtl", "Ttl"])?;
    let mut world = sim.world.lock();
    let changed = world.update_map(&sid, &name, ttl_seconds)?;
    Ok(page::ok(map(&world, &changed)))
}

async fn remove_map(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
) -> RestResult {
    sim.world.lock().remove_map(&sid, &name)?;
    Ok(page::no_content())
}

async fn list_items(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.map(&sid, &name)?;
    let from = request.text("From").unwrap_or_default();
    let exclusive = request.text("Bounds") == Some("exclusive");
    let inside = found
        .items
        .by_key()
        .range(from.to_owned()..)
        .filter(|(key, _)| !(exclusive && *key == from));
    page::list(&request, "items", in_order(&request, inside), |(_, i)| {
        item(&world, found, i)
    })
}

async fn create_item(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let (key, data) = (
        request.needed("Key")?,
        request.json("Data")?.unwrap_or_default(),
    );
    let ttl_seconds = ttl_seconds(&request, &["ItemTtl", "Ttl"])?;
    let mut world = sim.world.lock();
    let made = world.create_map_item(&sid, &name, key, data, ttl_seconds)?;
    touch_collection(&mut world, &sid, &name, &request)?;
    Ok(page::created(item(&world, world.map(&sid, &name)?, &made)))
}

async fn fetch_item(
    State(sim): State<Sim>,
    Path((sid, name, key)): Path<(String, String, String)>,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.map(&sid, &name)?;
    Ok(page::ok(item(
        &world,
        found,
        world.map_item(&sid, &name, &key)?,
    )))
}

async fn update_item(
    State(sim): State<Sim>,
    Path((sid, name, key)): Path<(String, String, String)>,
    request: RestRequest,
) -> RestResult {
    let change = change(&request, &["ItemTtl", "Ttl"])?;
    let mut world = sim.world.lock();
    let changed = world.update_map_item(&sid, &name, &key, change)?;
    touch_collection(&mut world, &sid, &name, &request)?;
    Ok(page::ok(item(&world, world.map(&sid, &name)?, &changed)))
}

async fn remove_item(
    State(sim): State<Sim>,
    Path((sid, name, key)): Path<(String, String, String)>,
    request: RestRequest,
) -> RestResult {
    sim.world
        .lock()
        .remove_map_item(&sid, &name, &key, request.header("if-match"))?;
    Ok(page::no_content())
}

async fn list_permissions(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.map(&sid, &name)?;
    page::list(
        &request,
        "permissions",
        found.permissions.iter(),
        |(identity, one)| permission(&world, found, identity, *one),
    )
}

async fn fetch_permission(
    State(sim): State<Sim>,
    Path((sid, name, identity)): Path<(String, String, String)>,
) -> RestResult {
    let world = sim.world.lock();
    let one = world.map_permission(&sid, &name, &identity)?;
    let found = world.map(&sid, &name)?;
    Ok(page::ok(permission(&world, found, &identity, one)))
}

async fn update_permission(
    State(sim): State<Sim>,
    Path((sid, name, identity)): Path<(String, String, String)>,
    request: RestRequest,
) -> RestResult {
    let flag = |name| -> Result<bool, TwilioError> { Ok(request.needed(name)? == "true") };
    let one = Permission {
        read: flag("Read")?,
        write: flag("Write")?,
        manage: flag("Manage")?,
    };
    let mut world = sim.world.lock();
    world.set_map_permission(&sid, &name, &identity, one)?;
    let found = world.map(&sid, &name)?;
    Ok(page::ok(permission(&world, found, &identity, one)))
}

async fn remove_permission(
    State(sim): State<Sim>,
    Path((sid, name, identity)): Path<(String, String, String)>,
) -> RestResult {
    let mut world = sim.world.lock();
    world.remove_map_permission(&sid, &name, &identity)?;
    Ok(page::no_content())
}

async fn list_documents(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let service_sid = &world.sync_service(&sid)?.sid;
    let own = world
        .documents
        .values()
        .filter(|d| d.service_sid == *service_sid);
    page::list(&request, "documents", own, |d| document(&world, d))
}

async fn create_document(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let data = request.json("Data")?.unwrap_or_else(|| json!({}));
    let ttl_seconds = ttl_seconds(&request, &["Ttl"])?;
    let mut world = sim.world.lock();
    let made = world.create_document(&sid, request.owned("UniqueName"), data, ttl_seconds)?;
    Ok(page::created(document(&world, &made)))
}

async fn fetch_document(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(document(&world, world.document(&sid, &name)?)))
}

async fn update_document(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let change = change(&request, &["Ttl"])?;
    let mut world = sim.world.lock();
    let changed = world.update_document(&sid, &name, change)?;
    Ok(page::ok(document(&world, &changed)))
}

async fn remove_document(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    sim.world
        .lock()
        .remove_document(&sid, &name, request.header("if-match"))?;
    Ok(page::no_content())
}

/// Returns the time to live, in seconds, from the first of `names` that is present: newer names before their
/// older aliases.
fn ttl_seconds(request: &RestRequest, names: &[&str]) -> Result<Option<u64>, TwilioError> {
    let given = names.iter().find(|name| request.text(name).is_some());
    given.map_or(Ok(None), |name| request.number(name))
}

fn change(request: &RestRequest, ttl_names: &[&str]) -> Result<SyncChange, TwilioError> {
    Ok(SyncChange {
        data: request.json("Data")?,
        ttl_seconds: ttl_seconds(request, ttl_names)?,
        if_match: request.header("if-match").map(str::to_owned),
    })
}

fn touch_collection(
    world: &mut World,
    service: &str,
    name: &str,
    request: &RestRequest,
) -> Result<(), TwilioError> {
    if let Some(ttl_seconds) = request.number("CollectionTtl")? {
        world.update_map(service, name, Some(ttl_seconds))?;
    }
    Ok(())
}

fn service(world: &World, s: &SyncService) -> Value {
    let url = format!("{BASE}/{}", s.sid);
    json!({
        "sid": s.sid,
        "unique_name": null,
        "account_sid": world.account_sid,
        "friendly_name": s.friendly_name,
        "date_created": iso(s.date_created),
        "date_updated": iso(s.date_created),
        "webhook_url": null,
        "webhooks_from_rest_enabled": false,
        "reachability_webhooks_enabled": false,
        "acl_enabled": s.acl_enabled,
        "reachability_debouncing_enabled": false,
        "reachability_debouncing_window": 5000,
        "url": url,
        "links": {"documents": format!("{url}/Documents"), "maps": format!("{url}/Maps")},
    })
}

fn map(world: &World, m: &SyncMap) -> Value {
    let url = format!("{BASE}/{}/Maps/{}", m.service_sid, m.sid);
    json!({
        "sid": m.sid,
        "unique_name": m.unique_name,
        "account_sid": world.account_sid,
        "service_sid": m.service_sid,
        "revision": m.revision.to_string(),
        "date_expires": m.date_expires.map(iso),
        "date_created": iso(m.date_created),
        "date_updated": iso(m.date_updated),
        "created_by": m.created_by,
        "url": url,
        "links": {"items": format!("{url}/Items"), "permissions": format!("{url}/Permissions")},
    })
}

fn item(world: &World, m: &SyncMap, i: &Item) -> Value {
    json!({
        "key": i.key,
        "account_sid": world.account_sid,
        "service_sid": m.service_sid,
        "map_sid": m.sid,
        "revision": i.revision.to_string(),
        "data": i.data,
        "date_expires": i.date_expires.map(iso),
        "date_created": iso(i.date_created),
        "date_updated": iso(i.date_updated),
        "created_by": i.created_by,
        "url": format!("{BASE}/{}/Maps/{}/Items/{}", m.service_sid, m.sid, i.key),
    })
}

fn permission(world: &World, m: &SyncMap, identity: &str, one: Permission) -> Value {
    json!({
        "account_sid": world.account_sid,
        "service_sid": m.service_sid,
        "map_sid": m.sid,
        "identity": identity,
        "read": one.read,
        "write": one.write,
        "manage": one.manage,
        "url": format!("{BASE}/{}/Maps/{}/Permissions/{identity}", m.service_sid, m.sid),
    })
}

fn document(world: &World, d: &Document) -> Value {
    let url = format!("{BASE}/{}/Documents/{}", d.service_sid, d.sid);
    json!({
        "sid": d.sid,
        "unique_name": d.unique_name,
        "account_sid": world.account_sid,
        "service_sid": d.service_sid,
        "revision": d.revision.to_string(),
        "data": d.data,
        "date_expires": d.date_expires.map(iso),
        "date_created": iso(d.date_created),
        "date_updated": iso(d.date_updated),
        "created_by": d.created_by,
        "url": url,
        "links": {"permissions": format!("{url}/Permissions")},
    })
}
