//! Bulk writes to Sync, which replace thousands of REST calls.

use std::collections::BTreeMap;

use axum::extract::{Json, Path, State};
use serde_json::{json, Value};

use super::Reply;
use crate::sim::Sim;

/// Adds items to a map of the account's service, by key, or replaces their data: all or none. Creates the map if it does not
/// exist.
pub async fn put_items(
    State(sim): State<Sim>,
    Path(map): Path<String>,
    Json(items): Json<BTreeMap<String, Value>>,
) -> Reply {
    let mut world = sim.world.lock();
    let service = world.sync_service_sid.clone();
    if world.map(&service, &map).is_err() {
        world.create_map(&service, Some(map.clone()), None)?;
    }
    world.put_map_items(&service, &map, items)?;
    Ok(Json(json!({})))
}
