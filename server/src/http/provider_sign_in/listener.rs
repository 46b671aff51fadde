//! Temporary listeners for providers that send browsers back to one fixed address of this machine (RFC 8252 §7.3).
//!
//! A listener lives only while a sign-in waits for it, hears on loopback only, and knows one path. After a restart the sign-ins
//! in the database open theirs again.

use super::callback;
use crate::http::{headers, panics, request_id, trace};
use crate::serve::accept;
use crate::state::AppState;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use axum::routing::get;
use services::ServiceResult;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Answers under way may take this long when a listener is closed.
const DRAIN: Duration = Duration::from_secs(30);

/// How long the last answers may take when the server stops: what they tell of has been done by then.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// The listeners of this process.
#[derive(Default)]
pub struct Listeners(Mutex<Parts>);

#[derive(Default)]
struct Parts {
    /// Those that are open, by port.
    open: HashMap<u16, CancellationToken>,
    /// Those that are open, and those that still answer.
    tasks: JoinSet<()>,
}

/// Somebody else has the port: another sign-in tool, most often.
#[derive(Debug, thiserror::Error)]
#[error("port {port} of this machine cannot be listened on")]
pub struct PortTaken {
    /// Which.
    pub port: u16,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// Opens the listener of a fixed redirect address, unless it is open.
///
/// # Errors
/// [`PortTaken`].
pub async fn open(state: &AppState, redirect: &Url) -> Result<(), PortTaken> {
    let port = redirect.port_or_known_default().unwrap_or(80);
    if state.listeners.has(port) {
        return Ok(());
    }
    let listeners = bind(port).await.map_err(|source| PortTaken { port, source })?;
    let stop = state.stopping.child_token();
    let router = router(state, redirect.path());
    let accepting = listeners.into_iter().map(|listener| accept::run(listener, router.clone(), stop.clone(), DRAIN));
    if state.listeners.put(port, &stop, accepting) {
        tracing::info!(port, "listening for a provider's answer");
    }
    Ok(())
}

/// Loopback, and nothing else. `localhost` may mean either address, and a browser may try the other one first: a program that has it
/// would get the answer, so then the port counts as taken. A machine without IPv6 has only one.
async fn bind(port: u16) -> io::Result<Vec<TcpListener>> {
    let mut listeners = vec![TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?];
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        Ok(six) => listeners.push(six),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
        Err(error) => tracing::debug!(port, %error, "there is no IPv6 on loopback to listen on"),
    }
    Ok(listeners)
}

/// Opens what waiting sign-ins need and closes what none needs any more. A port that is taken is tried again next time.
///
/// # Errors
/// When the database does not answer.
pub async fn keep(state: &AppState) -> ServiceResult<()> {
    let wanted = state.services.sign_in.fixed_redirects().await?;
    for redirect in &wanted {
        if let Err(error) = open(state, redirect).await {
            tracing::warn!(port = error.port, error = %error.source, "a sign-in waits for a port that somebody else has");
        }
    }
    let ports: Vec<u16> = wanted.iter().filter_map(Url::port_or_known_default).collect();
    state.listeners.close_all_but(&ports);
    Ok(())
}

/// One path, with the layers that make answers safe and traceable.
fn router(state: &AppState, path: &str) -> Router {
    let https = state.settings.listen.public_url.is_https();
    Router::new()
        .route(path, get(callback::receive))
        .layer(from_fn(panics::catch))
        .layer(map_response_with_state(https, headers::add))
        .layer(from_fn(trace::follow))
        .layer(from_fn_with_state(state.clone(), request_id::give))
        .with_state(state.clone())
}

impl Listeners {
    /// Waits until their last answers are on their way, not for long. They have been told to end by then.
    pub async fn end(&self) {
        let mut tasks = std::mem::take(&mut self.parts().tasks);
        let all = async { while tasks.join_next().await.is_some() {} };
        if timeout(LAST_ANSWERS, all).await.is_err() {
            tasks.shutdown().await;
        }
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, port: u16) -> bool {
        self.parts().open.contains_key(&port)
    }

    /// `false` if somebody was faster.
    fn put(&self, port: u16, stop: &CancellationToken, accepting: impl Iterator<Item = impl Future<Output = ()> + Send + 'static>) -> bool {
        let mut parts = self.parts();
        if parts.open.contains_key(&port) {
            return false;
        }
        parts.open.insert(port, stop.clone());
        // Those that have ended since go.
        while parts.tasks.try_join_next().is_some() {}
        for task in accepting {
            parts.tasks.spawn(task);
        }
        true
    }

    fn close_all_but(&self, wanted: &[u16]) {
        self.parts().open.retain(|port, stop| {
            let keep = wanted.contains(port);
            if !keep {
                tracing::info!(port, "no sign-in waits here any more");
                stop.cancel();
            }
            keep
        });
    }
}
