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
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;
use tower_http::services::{ServeDir, ServeFile};

use crate::connection::{Connection, PlainListener, TlsListener};
use crate::contact_centre::seed::Plan;
use crate::faults::Faults;
use crate::front::browser::Browser;
use crate::gate::Via;
use crate::http::openapi::{self, Descriptions};
use crate::journal::Journal;
use crate::limits::Limits;
use crate::options::Options;
use crate::readings::{Readings, UnknownReading};
use crate::serverless::runs::Runs;
use crate::sim::Sim;
use crate::world::deliveries::Delivery;
use crate::world::SharedWorld;
use crate::{control, gate, webhooks};

/// The prefix of Twilio's hosts on the simulator's own origin.
const HOST_PREFIX: &str = "/__host/";
/// The path at which Flex's loader finds the plugin.
pub const PLUGIN_PATH: &str = "/plugins/park-interaction.js";
/// Flex's views: the agent's desktop with all tasks, and the plugin's list.
const FLEX_VIEWS: [&str; 2] = ["/agent-desktop", "/park-interaction"];
/// The interval in which timers are looked at when nobody asks for anything.
const TICK: Duration = Duration::from_millis(50);

/// A reason for which the simulator cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The default contact centre could not be made.
    #[error("the contact centre could not be seeded: {0}")]
    Seed(#[from] crate::world::error::Error),
    /// The descriptions of Twilio's APIs could not be read.
    #[error(transparent)]
    Descriptions(#[from] openapi::Error),
    /// The TLS key or certificate could not be used.
    #[error("{} cannot be used for TLS: {reason}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// The fault.
        reason: String,
    },
    /// A port could not be opened.
    #[error("port {port} of 127.0.0.1 cannot be opened: {error}")]
    Listen {
        /// The port.
        port: u16,
        /// The system's error.
        error: std::io::Error,
    },
    /// A reading that was asked for does not exist.
    #[error(transparent)]
    Reading(#[from] UnknownReading),
    /// The client for the Functions could not be made.
    #[error("no HTTP client for the Functions: {0}")]
    Client(#[from] reqwest::Error),
    /// A connection or signal failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Runs until the process is asked to end.
pub async fn run(options: Options) -> Result<(), Error> {
    // Before the line that says that it runs: whoever reads it may ask it to end at once.
    let mut signals = Signals::taken()?;
    let (sim, due) = prepare(options)?;
    tokio::spawn(webhooks::send_all(sim.clone(), due));
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

/// Makes a simulator that nothing reaches yet, and the stream of webhook requests that come out of it.
pub fn prepare(options: Options) -> Result<(Sim, UnboundedReceiver<Delivery>), Error> {
    let plan = Plan::default();
    let readings = Readings::with(&options.readings)?;
    let (deliveries, due) = mpsc::unbounded_channel();
    let sim = Sim {
        world: SharedWorld::seeded(&plan, readings, deliveries)?,
        browser: Browser::default(),
        journal: Journal::default(),
        faults: Faults::default(),
        limits: Limits::default(),
        descriptions: Arc::new(Descriptions::load(&options.openapi)?),
        client: reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // Node closes a connection that was idle for five seconds; a request on its way then would be lost.
            .pool_idle_timeout(Duration::from_secs(2))
            .build()?,
        plan: Arc::new(Mutex::new(plan)),
        initial_readings: readings,
        runs: Runs::default(),
        resets: Arc::default(),
        options: Arc::new(options),
    };
    Ok((sim, due))
}

/// Serves Twilio's hosts over TLS, and says on which port.
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

/// The routes for browsers and tests: Twilio's hosts under a prefix, the control endpoints and the pages.
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
            // Flex moves on to addresses of its own; loading one of them again loads Flex.
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

/// Lets timers do their work while nobody asks for anything.
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
    /// Takes them from now on.
    fn taken() -> std::io::Result<Self> {
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
