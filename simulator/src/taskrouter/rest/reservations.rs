//! REST routes of reservations.

use axum::extract::Path;
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::{check_version, in_workspace, refuse_all_but, Named, Part, Workspace};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page;
use crate::http::request::{invalid, RestRequest};
use crate::sim::Sim;
use crate::taskrouter::{Reservation, ReservationStatus};
use crate::world::clock::iso;
use crate::world::error::Error;
use crate::world::World;

/// Returns the routes. A reservation belongs both to its task and to its worker.
pub fn routes() -> Router<Sim> {
    let one = get(fetch_reservation).post(update_reservation);
    Router::new()
        .route("/Workers/{sid}/Reservations", get(list_worker_reservations))
        .route("/Workers/{sid}/Reservations/{reservation}", one.clone())
        .route("/Tasks/{sid}/Reservations", get(list_task_reservations))
        .route("/Tasks/{sid}/Reservations/{reservation}", one)
}

async fn list_worker_reservations(
    Workspace(sim): Workspace,
    Path((_, sid)): Named,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    world.taskrouter.worker(&sid)?;
    list_reservations(
        &world,
        &request,
        world.taskrouter.reservations_of_worker(&sid),
    )
}

async fn list_task_reservations(
    Workspace(sim): Workspace,
    Path((_, sid)): Named,
    request: RestRequest,
) -> RestResult {
    let world = sim.world.lock();
    world.kept_task(&sid)?;
    let all = world.taskrouter.reservations_of_task(&sid);
    let of_worker = all.filter(|r| request.selects("WorkerSid", Some(&r.worker_sid)));
    list_reservations(&world, &request, of_worker)
}

fn list_reservations<'a>(
    world: &World,
    request: &RestRequest,
    all: impl Iterator<Item = &'a Reservation>,
) -> RestResult {
    let found = all.filter(|r| request.selects("ReservationStatus", Some(r.status.name())));
    page::list(request, "reservations", found, |r| reservation(world, r))
}

async fn fetch_reservation(Workspace(sim): Workspace, Path((_, owner, sid)): Part) -> RestResult {
    let world = sim.world.lock();
    Ok(page::ok(reservation(
        &world,
        owned_reservation(&world, &owner, &sid)?,
    )))
}

async fn update_reservation(
    Workspace(sim): Workspace,
    Path((_, owner, sid)): Part,
    request: RestRequest,
) -> RestResult {
    refuse_all_but(&request, &["ReservationStatus", "WorkerActivitySid"])?;
    let status = ReservationStatus::from_name(request.needed("ReservationStatus")?);
    let mut world = sim.world.lock();
    check_version(&request, owned_reservation(&world, &owner, &sid)?.version)?;
    let changed = match status {
        Some(ReservationStatus::Accepted) => world.accept_reservation(&sid)?,
        Some(ReservationStatus::Rejected) => {
            world.reject_reservation(&sid, request.owned("WorkerActivitySid"))?
        }
        Some(ReservationStatus::Wrapping) => world.wrap_up_reservation(&sid)?,
        Some(ReservationStatus::Completed) => world.complete_reservation(&sid)?,
        _ => {
            return Err(invalid(
                "ReservationStatus",
                "accepted, rejected, wrapping or completed",
            ))
        }
    };
    Ok(page::ok(reservation(&world, &changed)))
}

fn owned_reservation<'a>(
    world: &'a World,
    owner: &str,
    sid: &str,
) -> Result<&'a Reservation, TwilioError> {
    let found = world.taskrouter.reservation(sid)?;
    if found.task_sid == owner || found.worker_sid == owner {
        Ok(found)
    } else {
        Err(Error::NotFound(format!("/Reservations/{sid}")).into())
    }
}

fn reservation(world: &World, r: &Reservation) -> Value {
    let url = format!(
        "{}/Reservations/{}",
        in_workspace(world, "Tasks", &r.task_sid),
        r.sid
    );
    json!({
        "sid": r.sid,
        "account_sid": world.account_sid,
        "workspace_sid": world.taskrouter.workspace_sid,
        "task_sid": r.task_sid,
        "worker_sid": r.worker_sid,
        "worker_name": r.worker_name,
        "reservation_status": r.status.name(),
        "date_created": iso(r.date_created),
        "date_updated": iso(r.date_updated),
        "url": url,
        "links": {"task": in_workspace(world, "Tasks", &r.task_sid), "worker": in_workspace(world, "Workers", &r.worker_sid)},
    })
}
