//! The listeners, and the services behind each of them.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::HOST;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, MethodRouter};
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{signal, Signal, SignalKind};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;
use tower_http::services::{ServeDir, ServeFile};

use crate::contact_centre::seed::Plan;
use crate::flex::browser::start::PLUGIN_PATH;
use crate::front::browser::state::Browser;
use crate::gate::connection::{Connection, PlainListener, TlsListener};
use crate::gate::faults::Faults;
use crate::gate::journal::Journal;
use crate::gate::limits::Limits;
use crate::gate::Via;
use crate::http::openapi::{self, Descriptions};
use crate::options::Options;
use crate::readings::{Readings, UnknownReading};
use crate::serverless::runs::Runs;
use crate::serverless::runtimes::Runtimes;
use crate::sim::Sim;
use crate::world::deliveries::{Due, Outbox};
use crate::world::SharedWorld;
use crate::{control, gate};

/// The prefix of Twilio's hosts on the simulator's own origin.
const HOST_PREFIX: &str = "/__host/";
/// Flex's views: the desktop with all tasks, and the plugin's list.
const FLEX_VIEWS: [&str; 2] = ["/agent-desktop", "/park-interaction"];
/// The interval at which due timers fire if no request does so.
const TICK: Duration = Duration::from_millis(50);

/// The reason why the simulator cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot seed the contact centre: {0}")]
    Seed(#[from] crate::world::error::Error),
    #[error(transparent)]
    Descriptions(#[from] openapi::Error),
    #[error("cannot use {} for TLS: {reason}", path.display())]
    Tls { path: PathBuf, reason: String },
    #[error("cannot listen on port {port} of 127.0.0.1: {error}")]
    Listen { port: u16, error: std::io::Error },
    #[error(transparent)]
    Reading(#[from] UnknownReading),
    #[error("cannot create the HTTP client for the Functions: {0}")]
    Client(#[from] reqwest::Error),
    /// A connection or signal failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Runs until a signal asks the process to end.
pub async fn run(options: Options) -> Result<(), Error> {
    // Before the line that reports the start: its reader may ask the process to end at once.
    let mut signals = Signals::listen()?;
    let (sim, due) = prepare(options)?;
    tokio::spawn(gate::webhook_sender::send_all(sim.clone(), due));
    tokio::spawn(tick(sim.clone()));
    if let Some(acceptor) = tls(&sim.options)? {
        for (port, name, handler) in [
            (
                sim.options.functions_tls_port,
                "functions tls port",
                any(for_functions),
            ),
            (sim.options.tls_port, "tls port", any(for_node)),
        ] {
            if let Some(port) = port {
                serve_tls(&sim, port, name, acceptor.clone(), handler).await?;
            }
        }
    }
    let listener = listen(sim.options.port).await?;
    let address = listener.local_addr()?;
    let app = pages(sim).into_make_service_with_connect_info::<Connection>();
    println!("simulator: http://{address}");
    tokio::select! {
        ended = axum::serve(PlainListener(listener), app) => Ok(ended?),
        () = signals.any() => Ok(()),
    }
}

/// Creates a simulator without listeners, and the stream of its due webhook requests.
pub fn prepare(options: Options) -> Result<(Sim, UnboundedReceiver<Due>), Error> {
    let plan = Plan::default();
    let readings = Readings::from_settings(&options.readings)?;
    let (outbox, due) = Outbox::new();
    let sim = Sim {
        world: SharedWorld::seeded(&plan, readings, outbox)?,
        browser: Browser::default(),
        journal: Journal::default(),
        faults: Faults::default(),
        limits: Limits::default(),
        descriptions: Arc::new(Descriptions::load(&options.openapi)?),
        client: reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // Node closes a connection after five idle seconds, and a request on its way would be lost.
            .pool_idle_timeout(Duration::from_secs(2))
            .build()?,
        plan: Arc::new(Mutex::new(plan)),
        initial_readings: readings,
        runs: Runs::default(),
        runtimes: Runtimes::default(),
        resets: Arc::default(),
        options: Arc::new(options),
    };
    Ok((sim, due))
}

/// Serves Twilio's hosts over TLS, and prints the port.
async fn serve_tls(
    sim: &Sim,
    port: u16,
    name: &str,
    acceptor: TlsAcceptor,
    handler: MethodRouter<Sim>,
) -> Result<(), Error> {
    let listener = listen(port).await?;
    println!("simulator: {name} {}", listener.local_addr()?.port());
    let listener = TlsListener::start(listener, acceptor)?;
    let app = Router::new()
        .fallback_service(handler.with_state(sim.clone()))
        .into_make_service_with_connect_info::<Connection>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(())
}

/// Returns the routes for browsers and tests: Twilio's hosts under a prefix, the control endpoints and the
/// pages.
fn pages(sim: Sim) -> Router {
    let router = Router::new()
        .route(&format!("{HOST_PREFIX}{{host}}/{{*path}}"), any(for_page))
        .nest("/__sim", control::routes());
    let router = match &sim.options.plugin {
        Some(file) => router.route_service(PLUGIN_PATH, ServeFile::new(file)),
        None => router,
    };
    let router = match &sim.options.desktop {
        Some(folder) => FLEX_VIEWS
            .iter()
            // Flex changes the path of the page. Each of these paths must load Flex again.
            .fold(router, |router, view| {
                router.nest_service(view, ServeFile::new(folder.join("index.html")))
            })
            .route_service("/customer", ServeFile::new(folder.join("customer.html")))
            .fallback_service(ServeDir::new(folder)),
        None => router,
    };
    router.with_state(sim)
}

async fn for_node(
    State(sim): State<Sim>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response {
    answer(&sim, &connection, Via::Tls, request).await
}

async fn for_functions(
    State(sim): State<Sim>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response {
    answer(&sim, &connection, Via::Functions, request).await
}

async fn answer(sim: &Sim, connection: &Connection, via: Via, request: Request) -> Response {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|value| value.to_str().ok());
    let name = host.map(|host| host.split(':').next().unwrap_or(host).to_owned());
    match name {
        Some(name) => gate::from_node(sim, connection, via, name, request).await,
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn for_page(
    State(sim): State<Sim>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response {
    match split_host(request) {
        Some((host, request)) => gate::from_page(&sim, &connection, host, request).await,
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Splits a path such as `/__host/flex.twilio.com/plugins` into the host and the rest.
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

fn tls(options: &Options) -> Result<Option<TlsAcceptor>, Error> {
    let (Some(cert), Some(key)) = (&options.tls_cert, &options.tls_key) else {
        return Ok(None);
    };
    let unusable = |path: &Path, reason: String| Error::Tls {
        path: path.to_owned(),
        reason,
    };
    let chain: Vec<CertificateDer> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .map_err(|error| unusable(cert, error.to_string()))?;
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, error.to_string()))?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| unusable(cert, error.to_string()))?;
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

/// Fires due timers while no request arrives.
async fn tick(sim: Sim) {
    let mut interval = tokio::time::interval(TICK);
    loop {
        interval.tick().await;
        drop(sim.world.lock());
    }
}

/// The signals that ask the process to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Starts to listen for the signals.
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
