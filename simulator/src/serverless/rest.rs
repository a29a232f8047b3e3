//! The REST APIs `serverless.twilio.com` and `serverless-upload.twilio.com`: deployments and uploads.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::Router;
use serde_json::{json, Value};

use super::{
    Build, Deployment, Environment, FileKind, Resource, Service, Upload, Variable, Version,
    Visibility,
};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::sids::Sid;
use crate::world::World;

const BASE: &str = "https://serverless.twilio.com/v1/Services";
/// The runtime of a build that names none.
const DEFAULT_RUNTIME: &str = "node22";

type InService = Path<(String, String)>;
type InEnvironment = Path<(String, String, String)>;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/v1/Services", get(list_services).post(create_service))
        .route(
            "/v1/Services/{service}",
            get(fetch_service).delete(remove_service),
        )
        .route(
            "/v1/Services/{service}/Environments",
            get(list_environments).post(create_environment),
        )
        .route(
            "/v1/Services/{service}/Environments/{environment}",
            get(fetch_environment).delete(remove_environment),
        )
        .route(
            "/v1/Services/{service}/Environments/{environment}/Variables",
            get(list_variables).post(create_variable),
        )
        .route(
            "/v1/Services/{service}/Environments/{environment}/Variables/{variable}",
            post(update_variable).delete(remove_variable),
        )
        .route(
            "/v1/Services/{service}/Environments/{environment}/Deployments",
            get(list_deployments).post(create_deployment),
        )
        .route(
            "/v1/Services/{service}/Environments/{environment}/Deployments/{deployment}",
            get(fetch_deployment),
        )
        .route(
            "/v1/Services/{service}/Functions",
            get(|state, path, request: RestRequest| async move {
                list_resources(FileKind::Function, state, path, &request)
            })
            .post(|state, path, request: RestRequest| async move {
                create_resource(FileKind::Function, state, path, &request)
            }),
        )
        .route(
            "/v1/Services/{service}/Assets",
            get(|state, path, request: RestRequest| async move {
                list_resources(FileKind::Asset, state, path, &request)
            })
            .post(|state, path, request: RestRequest| async move {
                create_resource(FileKind::Asset, state, path, &request)
            }),
        )
        .route(
            "/v1/Services/{service}/Builds",
            get(list_builds).post(create_build),
        )
        .route(
            "/v1/Services/{service}/Builds/{build}",
            get(fetch_build).delete(remove_build),
        )
        .route(
            "/v1/Services/{service}/Builds/{build}/Status",
            get(fetch_build_status),
        )
}

/// Returns the routes of the upload host. It is absent from the published descriptions. Source: the requests of
/// Twilio's tools.
pub fn upload_routes() -> Router<Sim> {
    Router::new()
        .route(
            "/v1/Services/{service}/Functions/{resource}/Versions",
            post(|state, path, request| upload(FileKind::Function, state, path, request)),
        )
        .route(
            "/v1/Services/{service}/Assets/{resource}/Versions",
            post(|state, path, request| upload(FileKind::Asset, state, path, request)),
        )
}

async fn list_services(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let all = world.serverless.values();
    page::list(&request, "services", all, |s| service(&world, s))
}

async fn create_service(State(sim): State<Sim>, request: RestRequest) -> RestResult {
    let is = |name: &str, unset: bool| request.text(name).map_or(unset, |value| value == "true");
    let mut world = sim.world.lock();
    let made = world.create_service(
        request.needed("UniqueName")?,
        request.needed("FriendlyName")?,
        is("IncludeCredentials", true),
        is("UiEditable", false),
    )?;
    Ok(page::created(service(&world, &made)))
}

async fn fetch_service(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(service(&world, world.service(&sid)?)))
}

async fn remove_service(State(sim): State<Sim>, Path(sid): Path<String>) -> RestResult {
    sim.world.lock().remove_service(&sid)?;
    Ok(page::no_content())
}

async fn list_environments(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.service(&sid)?;
    let all = found.environments.values();
    page::list(&request, "environments", all, |e| {
        environment(&world, found, e)
    })
}

async fn create_environment(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    let suffix = request.owned("DomainSuffix");
    let made = world.create_environment(&sid, request.needed("UniqueName")?, suffix)?;
    Ok(page::created(environment(
        &world,
        world.service(&sid)?,
        &made,
    )))
}

async fn fetch_environment(State(sim): State<Sim>, Path((service, sid)): InService) -> RestResult {
    let world = sim.world.lock();
    let found = world.service(&service)?;
    Ok(page::ok(environment(
        &world,
        found,
        found.environment(&sid)?,
    )))
}

async fn remove_environment(State(sim): State<Sim>, Path((service, sid)): InService) -> RestResult {
    sim.world.lock().remove_environment(&service, &sid)?;
    Ok(page::no_content())
}

async fn list_variables(
    State(sim): State<Sim>,
    Path((service, sid)): InService,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.service(&service)?;
    let own = found.environment(&sid)?;
    let all = own.variables.values();
    page::list(&request, "variables", all, |v| {
        variable(&world, found, own, v)
    })
}

async fn create_variable(
    State(sim): State<Sim>,
    Path((service, environment)): InService,
    request: RestRequest,
) -> RestResult {
    let (key, value) = (request.owned("Key"), request.owned("Value"));
    let mut world = sim.world.lock();
    let made = world.set_variable(&service, &environment, None, key, value)?;
    let found = world.service(&service)?;
    let own = found.environment(&environment)?;
    Ok(page::created(variable(&world, found, own, &made)))
}

async fn update_variable(
    State(sim): State<Sim>,
    Path((service, environment, sid)): InEnvironment,
    request: RestRequest,
) -> RestResult {
    let (key, value) = (request.owned("Key"), request.owned("Value"));
    let mut world = sim.world.lock();
    let changed = world.set_variable(&service, &environment, Some(&sid), key, value)?;
    let found = world.service(&service)?;
    let own = found.environment(&environment)?;
    Ok(page::ok(variable(&world, found, own, &changed)))
}

async fn remove_variable(
    State(sim): State<Sim>,
    Path((service, environment, sid)): InEnvironment,
) -> RestResult {
    sim.world
        .lock()
        .remove_variable(&service, &environment, &sid)?;
    Ok(page::no_content())
}

/// Lists the newest deployment first. Twilio documents no order.
async fn list_deployments(
    State(sim): State<Sim>,
    Path((service, environment)): InService,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let own = world.service(&service)?.environment(&environment)?;
    let all = own.deployments.iter().rev();
    page::list(&request, "deployments", all, |d| {
        deployment(&world, &service, own, d)
    })
}

async fn create_deployment(
    State(sim): State<Sim>,
    Path((service, environment)): InService,
    request: RestRequest,
) -> RestResult {
    let build = request.needed("BuildSid")?;
    let mut world = sim.world.lock();
    let made = world.deploy_build(&service, &environment, build)?;
    let own = world.service(&service)?.environment(&environment)?;
    Ok(page::created(deployment(&world, &service, own, &made)))
}

async fn fetch_deployment(
    State(sim): State<Sim>,
    Path((service, environment, sid)): InEnvironment,
) -> RestResult {
    let world = sim.world.lock();
    let own = world.service(&service)?.environment(&environment)?;
    let one = own.deployment(&sid)?;
    Ok(page::ok(deployment(&world, &service, own, one)))
}

fn list_resources(
    kind: FileKind,
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: &RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.service(&sid)?;
    let own = found.resources.values().filter(|r| r.kind == kind);
    page::list(request, &kind.plural().to_lowercase(), own, |r| {
        resource(&world, found, r)
    })
}

fn create_resource(
    kind: FileKind,
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: &RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    let made = world.create_resource(&sid, kind, request.needed("FriendlyName")?)?;
    Ok(page::created(resource(&world, world.service(&sid)?, &made)))
}

async fn list_builds(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    let found = world.service(&sid)?;
    let all = found.builds.values().rev();
    page::list(&request, "builds", all, |b| build(&world, found, b))
}

async fn create_build(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    let lists = [
        request.list("FunctionVersions"),
        request.list("AssetVersions"),
    ];
    let versions: Vec<Sid> = lists.into_iter().flatten().flatten().collect();
    let runtime = request
        .text("Runtime")
        .unwrap_or(DEFAULT_RUNTIME)
        .to_owned();
    let mut world = sim.world.lock();
    let made = world.create_build(&sid, versions, request.owned("Dependencies"), runtime)?;
    Ok(page::created(build(&world, world.service(&sid)?, &made)))
}

async fn fetch_build(State(sim): State<Sim>, Path((service, sid)): InService) -> RestResult {
    let world = sim.world.lock();
    let found = world.service(&service)?;
    Ok(page::ok(build(&world, found, found.build(&sid)?)))
}

async fn remove_build(State(sim): State<Sim>, Path((service, sid)): InService) -> RestResult {
    sim.world.lock().remove_build(&service, &sid)?;
    Ok(page::no_content())
}

async fn fetch_build_status(State(sim): State<Sim>, Path((service, sid)): InService) -> RestResult {
    let world = sim.world.lock();
    let found = world.service(&service)?.build(&sid)?;
    Ok(page::ok(json!({
        "sid": sid,
        "account_sid": world.account_sid,
        "service_sid": service,
        "status": found.status(world.now()),
        "url": format!("{BASE}/{service}/Builds/{sid}/Status"),
    })))
}

async fn upload(
    kind: FileKind,
    State(sim): State<Sim>,
    Path((service, resource)): InService,
    request: RestRequest,
) -> RestResult {
    let upload = read_upload(kind, &request).await?;
    let mut world = sim.world.lock();
    let made = world.upload(&service, &resource, upload)?;
    Ok(page::created(version(
        &world,
        world.service(&service)?,
        &made,
    )))
}

/// Reads the parts `Path`, `Visibility` and `Content` of a multipart form.
async fn read_upload(kind: FileKind, request: &RestRequest) -> Result<Upload, TwilioError> {
    let malformed = |_| invalid("body", "a multipart form with Path, Visibility and Content");
    let mut parts = request
        .parts()
        .await
        .ok_or_else(|| invalid("Content-Type", "multipart/form-data"))?;
    let (mut path, mut visibility, mut content) = (None, None, None);
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        match part.name() {
            Some("Path") => path = Some(part.text().await.map_err(malformed)?),
            Some("Visibility") => {
                visibility = Visibility::from_name(&part.text().await.map_err(malformed)?);
            }
            Some("Content") => {
                let media_type = part.content_type().unwrap_or_default().to_owned();
                content = Some((media_type, part.bytes().await.map_err(malformed)?.to_vec()));
            }
            _ => {
                return Err(invalid(
                    "body",
                    "only the parts Path, Visibility and Content",
                ))
            }
        }
    }
    let (content_type, content) = content.ok_or_else(|| invalid("Content", "a file"))?;
    Ok(Upload {
        kind,
        path: path.ok_or_else(|| invalid("Path", "a path"))?,
        visibility: visibility
            .ok_or_else(|| invalid("Visibility", "public, protected or private"))?,
        content_type,
        content,
    })
}

fn service(world: &World, s: &Service) -> Value {
    let url = format!("{BASE}/{}", s.sid);
    let date = iso(s.date_created);
    json!({
        "sid": s.sid,
        "account_sid": world.account_sid,
        "friendly_name": s.friendly_name,
        "unique_name": s.unique_name,
        "include_credentials": s.include_credentials,
        "ui_editable": s.ui_editable,
        "domain_base": s.domain_base(),
        "date_created": date,
        "date_updated": date,
        "url": url,
        "links": {
            "environments": format!("{url}/Environments"),
            "functions": format!("{url}/Functions"),
            "assets": format!("{url}/Assets"),
            "builds": format!("{url}/Builds"),
        },
    })
}

fn environment(world: &World, s: &Service, e: &Environment) -> Value {
    let url = format!("{BASE}/{}/Environments/{}", s.sid, e.sid);
    let date = iso(e.date_created);
    json!({
        "sid": e.sid,
        "account_sid": world.account_sid,
        "service_sid": s.sid,
        "build_sid": e.build_sid,
        "unique_name": e.unique_name,
        "domain_suffix": e.domain_suffix,
        "domain_name": e.domain_name,
        "date_created": date,
        "date_updated": date,
        "url": url,
        "links": {
            "variables": format!("{url}/Variables"),
            "deployments": format!("{url}/Deployments"),
            "logs": format!("{url}/Logs"),
        },
    })
}

fn deployment(world: &World, service: &str, e: &Environment, d: &Deployment) -> Value {
    let date = iso(d.date_created);
    json!({
        "sid": d.sid,
        "account_sid": world.account_sid,
        "service_sid": service,
        "environment_sid": e.sid,
        "build_sid": d.build_sid,
        "date_created": date,
        "date_updated": date,
        "url": format!("{BASE}/{service}/Environments/{}/Deployments/{}", e.sid, d.sid),
    })
}

fn variable(world: &World, s: &Service, e: &Environment, v: &Variable) -> Value {
    let date = iso(v.date_created);
    json!({
        "sid": v.sid,
        "account_sid": world.account_sid,
        "service_sid": s.sid,
        "environment_sid": e.sid,
        "key": v.key,
        "value": v.value,
        "date_created": date,
        "date_updated": date,
        "url": format!("{BASE}/{}/Environments/{}/Variables/{}", s.sid, e.sid, v.sid),
    })
}

fn resource(world: &World, s: &Service, r: &Resource) -> Value {
    let url = format!("{BASE}/{}/{}/{}", s.sid, r.kind.plural(), r.sid);
    let date = iso(r.date_created);
    json!({
        "sid": r.sid,
        "account_sid": world.account_sid,
        "service_sid": s.sid,
        "friendly_name": r.friendly_name,
        "date_created": date,
        "date_updated": date,
        "url": url,
        "links": {
            match r.kind { FileKind::Function => "function_versions", FileKind::Asset => "asset_versions" }:
                format!("{url}/Versions"),
        },
    })
}

fn version(world: &World, s: &Service, v: &Version) -> Value {
    let (kind, owner) = (v.kind.plural(), &v.resource_sid);
    let mut shown = json!({
        "sid": v.sid,
        "account_sid": world.account_sid,
        "service_sid": s.sid,
        "path": v.path,
        "visibility": v.visibility.name(),
        "date_created": iso(v.date_created),
        "url": format!("{BASE}/{}/{kind}/{owner}/Versions/{}", s.sid, v.sid),
    });
    let name = match v.kind {
        FileKind::Function => "function_sid",
        FileKind::Asset => "asset_sid",
    };
    if let Value::Object(shown) = &mut shown {
        shown.insert(name.into(), json!(owner));
    }
    shown
}

fn build(world: &World, s: &Service, b: &Build) -> Value {
    let url = format!("{BASE}/{}/Builds/{}", s.sid, b.sid);
    let date = iso(b.date_created);
    let files = |kind| -> Vec<Value> { s.files(b, kind).map(|v| version(world, s, v)).collect() };
    json!({
        "sid": b.sid,
        "account_sid": world.account_sid,
        "service_sid": s.sid,
        "status": b.status(world.now()),
        "asset_versions": files(FileKind::Asset),
        "function_versions": files(FileKind::Function),
        "dependencies": dependencies(b),
        "runtime": b.runtime,
        "date_created": date,
        "date_updated": date,
        "url": url,
        "links": {"build_status": format!("{url}/Status")},
    })
}

/// Parses the packages as a list. Twilio's own tools put quotation marks around the JSON.
fn dependencies(b: &Build) -> Value {
    let text = b.dependencies.as_deref().unwrap_or("[]");
    let bare = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    serde_json::from_str(bare.unwrap_or(text)).unwrap_or_default()
}
