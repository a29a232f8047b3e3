//! The listeners, and who answers what.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tower_http::services::{ServeDir, ServeFile};

use crate::browser;
use crate::options::Options;
use crate::sim::Sim;
use crate::world::seed::Plan;
use crate::world::SharedWorld;

/// Where a page finds Twilio's hosts on the simulator's own origin.
const HOST_PREFIX: &str = "/__host/";
/// Where Flex's loader finds the plugin.
pub const PLUGIN_PATH: &str = "/plugins/park-interaction.js";

/// Why the simulator could not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The default contact centre could not be made.
    #[error("the contact centre could not be seeded: {0}")]
    Seed(#[from] crate::world::error::Error),
    /// A port could not be opened.
    #[error("port {port} of 127.0.0.1 cannot be opened: {error}")]
    Listen {
        /// The port.
        port: u16,
        /// What the system said.
        error: std::io::Error,
    },
    /// A connection or signal failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Runs until the process is asked to end.
pub async fn run(options: Options) -> Result<(), Error> {
    let (deliveries, _due) = mpsc::unbounded_channel();
    let sim = Sim {
        world: SharedWorld::seeded(&Plan::default(), deliveries)?,
        browser: browser::Browser::default(),
        options: Arc::new(options),
    };
    let listener = listen(sim.options.port).await?;
    let address = listener.local_addr()?;
    println!("simulator: http://{address}");
    axum::serve(listener, pages(sim))
        .with_graceful_shutdown(asked_to_end())
        .await?;
    Ok(())
}

/// What browsers get: Twilio's hosts under a prefix, and the pages.
fn pages(sim: Sim) -> Router {
    let router = Router::new().route(
        &format!("{HOST_PREFIX}{{host}}/{{*path}}"),
        axum::routing::any(for_host),
    );
    let router = match &sim.options.plugin {
        Some(file) => router.route_service(PLUGIN_PATH, ServeFile::new(file)),
        None => router,
    };
    let router = match &sim.options.desktop {
        Some(folder) => router
            .route_service("/customer", ServeFile::new(folder.join("customer.html")))
            .fallback_service(ServeDir::new(folder)),
        None => router,
    };
    router.with_state(sim)
}

async fn for_host(State(sim): State<Sim>, request: Request) -> Response {
    match split_host(request) {
        Some((host, request)) => browser::answer(&sim, &host, request).await,
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Takes the host out of a path like `/__host/flex.twilio.com/plugins`.
fn split_host(mut request: Request) -> Option<(String, Request)> {
    let full = request
        .uri()
        .path_and_query()?
        .as_str()
        .strip_prefix(HOST_PREFIX)?
        .to_owned();
    let (host, rest) = full.split_once('/')?;
    let path = PathAndQuery::try_from(format!("/{rest}")).ok()?;
    *request.uri_mut() = Uri::from(path);
    Some((host.to_owned(), request))
}

async fn listen(port: u16) -> Result<TcpListener, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| Error::Listen { port, error })
}

async fn asked_to_end() {
    use tokio::signal::unix::{signal, SignalKind};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
