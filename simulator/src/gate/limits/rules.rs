//! The rules that assign a request to a limit.

use axum::http::Method;

use crate::http::request::RestRequest;
use crate::world::World;

use super::Limit;

/// The largest write, in bytes, that counts as one. Larger ones count for more.
const SMALL_WRITE_BYTES: f64 = 1024.0;
/// The maximum weight of a write: from 10 KiB on, a tenth of the documented rate is left.
const MAX_WRITE_COST: f64 = 10.0;

/// The share of a limit that a request uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub limit: Limit,
    /// The key of the bucket: the limit holds for each key separately.
    pub key: String,
    /// The number of requests for which it counts.
    pub cost: f64,
}

/// Returns the share of the limit for which a request counts, if there is one.
pub fn share(world: &World, request: &RestRequest) -> Option<Share> {
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    match (request.host.as_str(), parts.as_slice()) {
        ("flex-api.twilio.com", ["v1", "Interactions", ..]) => {
            Some(one(Limit::Interactions, endpoint(request)))
        }
        ("sync.twilio.com", ["v1", "Services", service, kind, rest @ ..]) => {
            sync(world, request, service, kind, rest)
        }
        ("taskrouter.twilio.com", _) => Some(task_router(request)),
        ("conversations.twilio.com", ["v1", "Conversations", rest @ ..]) => {
            conversations(request, rest)
        }
        _ => None,
    }
}

fn one(limit: Limit, key: impl Into<String>) -> Share {
    Share {
        limit,
        key: key.into(),
        cost: 1.0,
    }
}

fn sync(
    world: &World,
    request: &RestRequest,
    service: &str,
    kind: &str,
    rest: &[&str],
) -> Option<Share> {
    let Some(name) = rest.first() else {
        let service = world
            .sync_service(service)
            .map_or(service, |found| &found.sid);
        return (request.method == Method::POST).then(|| one(Limit::SyncCreations, service));
    };
    let object = match kind {
        "Maps" => world.map(service, name).map(|map| map.sid.clone()),
        _ => world
            .document(service, name)
            .map(|document| document.sid.clone()),
    };
    let object = object.unwrap_or_else(|_| (*name).to_owned());
    if request.method == Method::GET {
        return Some(one(Limit::SyncReads, object));
    }
    let bytes = request.text("Data").unwrap_or_default().len();
    let cost =
        u32::try_from(bytes).map_or(MAX_WRITE_COST, |bytes| f64::from(bytes) / SMALL_WRITE_BYTES);
    Some(Share {
        limit: Limit::SyncWrites,
        key: object,
        cost: cost.clamp(1.0, MAX_WRITE_COST),
    })
}

fn task_router(request: &RestRequest) -> Share {
    let by_expression = [
        "EvaluateTaskAttributes",
        "TargetWorkersExpression",
        "EvaluateWorkerAttributes",
    ];
    let is_list = request.method == Method::GET;
    match by_expression
        .into_iter()
        .find(|name| is_list && request.text(name).is_some())
    {
        Some(name) => one(Limit::TaskRouterExpressions, name),
        None => one(Limit::TaskRouter, endpoint(request)),
    }
}

fn conversations(request: &RestRequest, rest: &[&str]) -> Option<Share> {
    if request.method == Method::GET {
        return None;
    }
    match rest {
        [] => Some(one(Limit::ConversationCreations, "service")),
        [_] if request.method == Method::DELETE => {
            Some(one(Limit::ConversationCreations, "service"))
        }
        [conversation] | [conversation, "Participants" | "Messages", ..] => {
            Some(one(Limit::ConversationActions, *conversation))
        }
        _ => None,
    }
}

/// Returns the method and the path, with placeholders for SIDs.
fn endpoint(request: &RestRequest) -> String {
    let open = |part: &str| match part.as_bytes() {
        [a, b, rest @ ..] if rest.len() == 32 && rest.iter().all(u8::is_ascii_hexdigit) => {
            [char::from(*a), char::from(*b)].into_iter().collect()
        }
        _ => part.to_owned(),
    };
    let path: Vec<String> = request.path.split('/').map(open).collect();
    format!("{} {}", request.method, path.join("/"))
}
