//! Helpers for the tests of calls.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

use serde_json::value::to_raw_value;
use serde_json::Value;

use crate::sid::{
    AccountSid, ChannelSid, ConversationSid, InteractionSid, SyncServiceSid, WorkerSid,
    WorkspaceSid,
};
use crate::sync_name::MapName;

use super::any_call;
use super::body::Body;
use super::calls::{ChannelRef, Item};
use super::http::Access;
use super::{Call, Failure};

/// Returns the access to an example account.
pub fn access() -> Access {
    Access {
        account: AccountSid::example(),
        workspace: WorkspaceSid::example(),
        sync_service: SyncServiceSid::example(),
        token: "token".into(),
    }
}

/// Returns an example channel.
pub fn channel() -> ChannelRef {
    ChannelRef {
        interaction: InteractionSid::example(),
        channel: ChannelSid::example(),
    }
}

/// Returns an example item of an agent's list.
pub fn item() -> Item {
    Item {
        map: MapName::list_of(&WorkerSid::example()),
        key: ConversationSid::example(),
        data: r#"{"a":1}"#.into(),
        ttl_seconds: 60,
    }
}

/// Returns the first example of a call.
pub fn example<C: Call>() -> C {
    C::examples().swap_remove(0)
}

/// Returns the HTTP request of a call, e.g. `{ "method": "get", "uri": …, "params": … }`. The time limit and empty
/// headers are left out, and the digits of example SIDs are shortened: `CH…`.
pub fn request(call: &impl Call) -> Value {
    let mut request = serde_json::to_value(call.http(&access())).unwrap();
    let fields = request.as_object_mut().unwrap();
    fields.remove("timeout");
    if fields.get("headers") == Some(&Value::Object(serde_json::Map::new())) {
        fields.remove("headers");
    }
    let short = request.to_string().replace(&"a".repeat(32), "…");
    serde_json::from_str(&short).unwrap()
}

/// Reads a response with this status and body.
pub fn respond<C: Call>(call: &C, status: u16, body: &Value) -> Result<C::Answer, Failure> {
    let json = to_raw_value(body).unwrap();
    any_call::read(call, status, Body::new(Some(&json)))
}

/// Reads a successful response.
pub fn answer<C: Call>(call: &C, body: &Value) -> C::Answer {
    respond(call, 200, body).unwrap()
}
