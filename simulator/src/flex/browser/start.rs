//! The HTTP requests with which the Flex desktop starts and renews its token.

use serde_json::{json, Value};

use crate::http::sdk::{SdkRequest, SdkResponse};
use crate::iam::{Token, DEFAULT_TOKEN_LIFE};
use crate::world::clock::iso;
use crate::world::World;

/// The path from which Flex's loader loads the plugin.
pub const PLUGIN_PATH: &str = "/plugins/park-interaction.js";
/// The name and version under which Flex's loader shows the plugin.
const PLUGIN_NAME: &str = "park-interaction";
const PLUGIN_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Answers a request of Flex; `None` if Flex has no such request. `plugin` is the URL of the plugin's bundle.
pub fn answer(
    world: &mut World,
    plugin: Option<&str>,
    request: &SdkRequest,
) -> Option<SdkResponse> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    Some(
        match (
            request.method.as_str(),
            request.host.as_str(),
            segments.as_slice(),
        ) {
            ("GET", "flex-api.twilio.com", ["v1", "Configuration"]) => {
                SdkResponse::ok(configuration(world))
            }
            ("GET", "flex-api.twilio.com", ["v1", "Configuration", "Public"]) => {
                SdkResponse::ok(public_configuration(world))
            }
            // Old versions of Flex UI, such as 2.8.3, send the second request.
            ("POST", "flex-api.twilio.com", ["v1", "Accounts", _, "Tokens", "Info"])
            | ("POST", "iam.twilio.com", ["v1", "Accounts", _, "Tokens", "validate"]) => {
                token_info(world, request)
            }
            ("POST", "iam.twilio.com", ["v1", "Accounts", _, "Tokens", "refresh"]) => {
                refreshed(world, request)
            }
            ("GET", "flex.twilio.com", ["api", "v1", "Session"]) => SdkResponse::ok(session()),
            ("GET", "flex.twilio.com", ["plugins"]) => SdkResponse::ok(plugins(plugin)),
            ("GET", "flex.twilio.com", ["api", "v1", "Features", _]) => {
                SdkResponse::ok(json!({"enabled": false}))
            }
            ("GET", "flex-api.twilio.com", ["v1", "Instances", _, "Teams", "Context"]) => {
                SdkResponse::ok(json!({"data": {"team_setup_complete": false}}))
            }
            ("GET", "flex-api.twilio.com", ["v1", "account", "provision", "status"]) => {
                SdkResponse::ok(json!({"status": "not_provisioned"}))
            }
            _ => return None,
        },
    )
}

/// The features that are on for the account: languages other than English, and Leave and Pause (where the
/// configuration's `agent_conv_end_methods` contains them).
const FEATURES: [&str; 2] = [
    "localization-beta",
    "leave-pause-resume-all-digital-channels",
];

fn session() -> Value {
    let features = FEATURES.map(|id| json!({"id": id, "name": id, "enabled": true}));
    json!({"features": features, "insights_active": false})
}

fn configuration(world: &World) -> Value {
    let mut configuration = world.flex_configuration();
    let defaults = json!({
        "attributes": {},
        "public_attributes": {},
        "ui_attributes": {"version_compatibility": "yes"},
        "ui_dependencies": {"react": "17.0.2", "react-dom": "17.0.2"},
        "taskrouter_worker_channels": {},
        "taskrouter_skills": [],
        "channel_configs": [],
        "outbound_call_flows": {},
        "plugin_service_attributes": {},
        "integrations": [],
        "wfm_integrations": [],
        "notifications": {"enabled": false},
        "markdown": {"enabled": false},
        "queue_stats_configuration": null,
        "messaging_service_instance_sid": null,
        "crm_enabled": false,
        "call_recording_enabled": false,
    });
    if let (Some(configuration), Value::Object(defaults)) =
        (configuration.as_object_mut(), defaults)
    {
        for (name, value) in defaults {
            configuration.entry(name).or_insert(value);
        }
    }
    configuration
}

fn public_configuration(world: &World) -> Value {
    let configuration = configuration(world);
    let field = |name: &str| configuration.get(name).cloned().unwrap_or_default();
    json!({
        "account_sid": field("account_sid"),
        "runtime_domain": field("runtime_domain"),
        "public_attributes": field("public_attributes"),
    })
}

fn token_info(world: &World, request: &SdkRequest) -> SdkResponse {
    match world.valid_token(&token_of(request)) {
        None => SdkResponse::token_refused(),
        Some(token) => SdkResponse::ok(describe(token)),
    }
}

fn refreshed(world: &mut World, request: &SdkRequest) -> SdkResponse {
    match world
        .valid_token(&token_of(request))
        .map(|token| token.identity.clone())
    {
        None => SdkResponse::token_refused(),
        Some(identity) => {
            let token = world.issue_token(&identity, DEFAULT_TOKEN_LIFE);
            SdkResponse::ok(describe(&token))
        }
    }
}

/// Reads the token of a request. Versions of Flex differ in the name of the field.
fn token_of(request: &SdkRequest) -> String {
    request
        .text("token")
        .or_else(|| request.text("Token"))
        .unwrap_or_default()
}

fn describe(token: &Token) -> Value {
    json!({
        "valid": true,
        "token": token.token,
        "identity": token.identity,
        "roles": token.roles,
        "worker_sid": token.worker_sid,
        "flex_user_sid": token.flex_user_sid,
        "realm_user_id": token.identity,
        "expiration": iso(token.expires),
    })
}

fn plugins(address: Option<&str>) -> Value {
    address.map_or_else(
        || json!([]),
        |src| json!([{"name": PLUGIN_NAME, "version": PLUGIN_VERSION, "src": src, "phase": 3}]),
    )
}
