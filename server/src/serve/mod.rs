//! `purser serve`: everything started in order, and stopped in order.

pub mod accept;
pub mod meters;
pub mod telemetry;

use crate::config::Settings;
use crate::http::events::EventHub;
use crate::http::panics;
use crate::http::provider_sign_in::listener::Listeners;
use crate::jobs::{self, Jobs};
use crate::out;
use crate::router::router;
use crate::start::{Base, KeyPolicy, SchemaPolicy, StartError, World};
use crate::state::{AppState, StateParts};
use secrecy::{ExposeSecret, SecretString};
use services::usage::UsageWriter;
use services::{ServiceError, Services};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use storage::Storage;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long requests under way may take to end.
const DRAIN: Duration = Duration::from_secs(10);
/// How long the last usage rows may take to be written.
const LAST_ROWS: Duration = Duration::from_secs(5);

/// Serves until the process is asked to stop.
///
/// # Errors
/// The first thing that keeps it from starting.
pub async fn run(settings: Settings) -> Result<(), StartError> {
    telemetry::open_log(&settings.log, "info,sea_orm_migration=warn,sqlx=warn");
    panics::log_places();
    let public_url = settings.listen.public_url.clone();
    let server = Server::start(settings, &World::real(), DRAIN).await?;
    if let Some(link) = &server.setup_link {
        out::line(format_args!("Set up Purser: {}/setup?link={}", public_url.origin(), link.expose_secret()));
    }
    out::line(format_args!("Purser is ready at {}", public_url.origin()));
    asked_to_stop().await;
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}

/// A server that runs.
pub struct Server {
    /// Where it listens.
    pub addr: SocketAddr,
    /// The secret of the one-time setup link, while nobody has an account.
    pub setup_link: Option<SecretString>,
    stopping: CancellationToken,
    accepting: JoinHandle<()>,
    listeners: Arc<Listeners>,
    jobs: Jobs,
    writer: JoinHandle<()>,
    services: Arc<Services>,
    storage: Storage,
}

impl Server {
    /// Opens everything, listens, starts the jobs.
    ///
    /// # Errors
    /// The first thing that is wrong, in words.
    pub async fn start(settings: Settings, world: &World, drain: Duration) -> Result<Self, StartError> {
        settings.warnings.iter().chain(&settings.site.missing()).for_each(|warning| tracing::warn!("{warning}"));
        let base = Base::open(Arc::new(settings), world, SchemaPolicy::Migrate, KeyPolicy::Insist).await?;
        base.sealing.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        let addr = base.settings.listen.addr;
        let listener = TcpListener::bind(addr).await.map_err(|source| StartError::Listen { addr, source })?;
        let addr = listener.local_addr().map_err(|source| StartError::Listen { addr, source })?;
        let (state, writer) = assemble(&base)?;
        let setup_link = state.services.people.open_setup_link().await?;
        let jobs = jobs::start(&state);
        let router = router(state.clone()).map_err(|error| StartError::Process(Box::new(error)))?;
        Ok(Self {
            addr,
            setup_link,
            accepting: tokio::spawn(accept::run(listener, router, state.stopping.clone(), drain)),
            stopping: state.stopping.clone(),
            listeners: state.listeners.clone(),
            services: state.services.clone(),
            jobs,
            writer: tokio::spawn(writer.run()),
            storage: base.storage,
        })
    }

    /// Takes nothing new, lets requests end, writes what is still to be written. A provider that is being asked for new tokens is
    /// waited for: they are given once, and without them the sign-in is lost.
    pub async fn stop(self) {
        self.stopping.cancel();
        drop(self.accepting.await);
        self.services.builds.stop().await;
        self.jobs.end().await;
        self.services.settle().await;
        self.listeners.end().await;
        report(self.services.access_tokens.flush_uses().await);
        // The last sender of usage rows goes with the services; then the writer writes what is left and ends.
        drop(self.services);
        if tokio::time::timeout(LAST_ROWS, self.writer).await.is_err() {
            tracing::error!("the last usage rows could not be written in time");
        }
        self.storage.close().await;
    }
}

/// The state every handler shares, and the writer of usage rows, not yet running.
///
/// # Errors
/// When the metrics cannot be set up.
pub fn assemble(base: &Base) -> Result<(AppState, UsageWriter), StartError> {
    let (services, writer) = base.services();
    let stopping = CancellationToken::new();
    let state = AppState::new(StateParts {
        services: Arc::new(services),
        ports: base.ports.clone(),
        leptos_options: base.settings.site.leptos_options(base.settings.listen.addr),
        settings: base.settings.clone(),
        events: EventHub::new(stopping.clone()),
        listeners: Arc::default(),
        environment: base.environment.clone(),
        ring: base.ring().clone(),
        metrics: meters::recorder()?,
        stopping,
        set_up: AtomicBool::new(false),
    });
    Ok((state, writer))
}

fn report(flushed: Result<(), ServiceError>) {
    if let Err(error) = flushed {
        tracing::warn!(error = out::causes(&error), "the last uses of access tokens were not written down");
    }
}

/// SIGTERM, or Ctrl-C.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! { _ = terminate.recv() => {}, _ = interrupt => {} },
        Err(_) => drop(interrupt.await),
    }
}
