//! The REST API `flex-api.twilio.com/v1/PluginService`: plugins, versions, configurations and releases.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use crate::flex::plugins::{Plugin, PluginConfiguration, PluginVersion, Release};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::sids::Sid;
use crate::world::World;

const BASE: &str = "https://flex-api.twilio.com/v1/PluginService";

pub fn routes() -> Router<Sim> {
    Router::new()
        .route(
            "/v1/PluginService/Plugins",
            get(list_plugins).post(create_plugin),
        )
        .route(
            "/v1/PluginService/Plugins/{plugin}",
            get(fetch_plugin).post(update_plugin),
        )
        .route(
            "/v1/PluginService/Plugins/{plugin}/Versions",
            get(list_versions).post(create_version),
        )
        .route(
            "/v1/PluginService/Configurations",
            get(list_configurations).post(create_configuration),
        )
        .route(
            "/v1/PluginService/Configurations/{configuration}",
            get(fetch_configuration),
        )
        .route(
            "/v1/PluginService/Configurations/{configuration}/Plugins",
            get(list_configured),
        )
        .route(
            "/v1/PluginService/Releases",
            get(list_releases).post(create_release),
        )
        .route("/v1/PluginService/Releases/{release}", get(fetch_release))
}

async fn list_plugins(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let all = world.plugins.plugins.iter().rev();
    page::list(&request, "plugins", all, |p| plugin(&world, p))
}

async fn create_plugin(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let name = request.needed("UniqueName")?;
    let friendly_name = request.owned("FriendlyName").unwrap_or_else(|| name.into());
    let description = request.owned("Description").unwrap_or_default();
    let mut world = sim.world.lock();
    let made = world.create_plugin(name, friendly_name, description)?;
    Ok(page::created(plugin(&world, &made)))
}

async fn fetch_plugin(State(sim): State<Sim>, Path(id): Path<String>) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(plugin(&world, world.plugins.plugin(&id)?)))
}

async fn update_plugin(
    State(sim): State<Sim>,
    Path(id): Path<String>,
    request: RestRequest,
) -> RestResult {
    let (friendly_name, description) =
        (request.owned("FriendlyName"), request.owned("Description"));
    let mut world = sim.world.lock();
    let changed = world.update_plugin(&id, friendly_name, description)?;
    Ok(page::ok(plugin(&world, &changed)))
}

async fn list_versions(
    State(sim): State<Sim>,
    Path(id): Path<String>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.plugins.plugin(&id)?;
    let own = world.plugins.versions_of(found);
    page::list(&request, "plugin_versions", own, |v| version(&world, v))
}

async fn create_version(
    State(sim): State<Sim>,
    Path(id): Path<String>,
    request: RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    let made = world.create_plugin_version(
        &id,
        request.needed("Version")?,
        request.needed("PluginUrl")?,
        request.owned("Changelog").unwrap_or_default(),
        request.text("Private") == Some("true"),
    )?;
    Ok(page::created(version(&world, &made)))
}

async fn list_configurations(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let all = world.plugins.configurations.iter().rev();
    page::list(&request, "configurations", all, |c| {
        configuration(&world, c)
    })
}

async fn create_configuration(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let chosen = request.list("Plugins").unwrap_or_default();
    let versions: Vec<Sid> = chosen
        .iter()
        .map(|text| chosen_version(text))
        .collect::<Result<_, _>>()?;
    let description = request.owned("Description").unwrap_or_default();
    let mut world = sim.world.lock();
    let made = world.create_plugin_configuration(request.needed("Name")?, description, versions)?;
    Ok(page::created(configuration(&world, &made)))
}

/// Reads the plugin version from one of the JSON texts that make up a configuration.
fn chosen_version(text: &str) -> Result<Sid, TwilioError> {
    let chosen: Value = serde_json::from_str(text).unwrap_or_default();
    let phase = chosen.get("phase").and_then(Value::as_u64);
    match chosen.get("plugin_version").and_then(Value::as_str) {
        Some(sid) if phase == Some(3) => Ok(sid.to_owned()),
        _ => Err(invalid(
            "Plugins",
            "objects with plugin_version and the phase 3",
        )),
    }
}

async fn fetch_configuration(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(configuration(
        &world,
        world.plugins.configuration(&sid)?,
    )))
}

async fn list_configured(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.plugins.configuration(&sid)?;
    let shown: Result<Vec<Value>, TwilioError> = found
        .versions
        .iter()
        .map(|version| configured(&world, found, version))
        .collect();
    page::list(&request, "plugins", shown?.into_iter(), |shown| shown)
}

async fn list_releases(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let all = world.plugins.releases.iter().rev();
    page::list(&request, "releases", all, |r| release(&world, r))
}

async fn create_release(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let mut world = sim.world.lock();
    let made = world.release_plugins(request.needed("ConfigurationId")?)?;
    Ok(page::created(release(&world, &made)))
}

async fn fetch_release(State(sim): State<Sim>, Path(id): Path<String>) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(release(&world, world.plugins.release(&id)?)))
}

fn plugin(world: &World, p: &Plugin) -> Value {
    let url = format!("{BASE}/Plugins/{}", p.sid);
    let date = iso(p.date_created);
    json!({
        "sid": p.sid,
        "account_sid": world.account_sid,
        "unique_name": p.unique_name,
        "friendly_name": p.friendly_name,
        "description": p.description,
        "archived": false,
        "date_created": date,
        "date_updated": date,
        "url": url,
        "links": {"plugin_versions": format!("{url}/Versions")},
    })
}

fn version(world: &World, v: &PluginVersion) -> Value {
    json!({
        "sid": v.sid,
        "plugin_sid": v.plugin_sid,
        "account_sid": world.account_sid,
        "version": v.version,
        "plugin_url": v.plugin_url,
        "changelog": v.changelog,
        "private": v.private,
        "archived": false,
        "validated": false,
        "date_created": iso(v.date_created),
        "url": format!("{BASE}/Plugins/{}/Versions/{}", v.plugin_sid, v.sid),
    })
}

fn configuration(world: &World, c: &PluginConfiguration) -> Value {
    let url = format!("{BASE}/Configurations/{}", c.sid);
    json!({
        "sid": c.sid,
        "account_sid": world.account_sid,
        "name": c.name,
        "description": c.description,
        "archived": false,
        "date_created": iso(c.date_created),
        "url": url,
        "links": {"plugins": format!("{url}/Plugins")},
    })
}

fn configured(world: &World, c: &PluginConfiguration, version: &str) -> Result<Value, TwilioError> {
    let v = world.plugins.version(version)?;
    let p = world.plugins.plugin(&v.plugin_sid)?;
    Ok(json!({
        "account_sid": world.account_sid,
        "configuration_sid": c.sid,
        "plugin_sid": p.sid,
        "plugin_version_sid": v.sid,
        "phase": 3,
        "plugin_url": v.plugin_url,
        "unique_name": p.unique_name,
        "friendly_name": p.friendly_name,
        "description": p.description,
        "plugin_archived": false,
        "version": v.version,
        "changelog": v.changelog,
        "plugin_version_archived": false,
        "private": v.private,
        "date_created": iso(c.date_created),
        "url": format!("{BASE}/Configurations/{}/Plugins/{}", c.sid, p.sid),
    }))
}

fn release(world: &World, r: &Release) -> Value {
    json!({
        "sid": r.sid,
        "account_sid": world.account_sid,
        "configuration_sid": r.configuration_sid,
        "date_created": iso(r.date_created),
        "url": format!("{BASE}/Releases/{}", r.sid),
    })
}
