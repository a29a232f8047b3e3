//! `taskrouter.twilio.com`: deleting workers, queues and workflows.

use axum::extract::{Path, State};
use axum::routing::delete;
use axum::Router;

use super::error::{Answer, TwilioError};
use super::page;
use crate::sim::Sim;
use crate::world::error::{Error, Result};
use crate::world::World;

type Named = Path<(String, String)>;

/// All routes that delete.
pub fn routes() -> Router<Sim> {
    Router::new()
        .route(
            "/v1/Workspaces/{workspace}/Workers/{sid}",
            delete(|state, path| async { remove(World::remove_worker, state, path) }),
        )
        .route(
            "/v1/Workspaces/{workspace}/TaskQueues/{sid}",
            delete(|state, path| async { remove(World::remove_queue, state, path) }),
        )
        .route(
            "/v1/Workspaces/{workspace}/Workflows/{sid}",
            delete(|state, path| async { remove(World::remove_workflow, state, path) }),
        )
}

fn remove(
    how: fn(&mut World, &str) -> Result<()>,
    State(sim): State<Sim>,
    Path((workspace, sid)): Named,
) -> Answer {
    let mut world = sim.world.lock();
    if world.taskrouter.workspace_sid != workspace {
        let unknown = Error::NotFound(format!("/Workspaces/{workspace}"));
        return Err(TwilioError::from(unknown));
    }
    how(&mut world, &sid)?;
    Ok(page::gone())
}
