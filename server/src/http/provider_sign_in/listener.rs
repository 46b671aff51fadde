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
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Answers under way may take this long when a listener is closed.
const DRAIN: Duration = Duration::from_secs(30);

/// The listeners that are open in this process, by port.
#[derive(Default)]
pub struct Listeners(Mutex<HashMap<u16, CancellationToken>>);

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
    let taken = |source| PortTaken { port, source };
    let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(taken)?;
    // `localhost` may mean either; a machine without IPv6 has only one.
    let six = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await.ok();
    let stop = state.stopping.child_token();
    if !state.listeners.put(port, stop.clone()) {
        return Ok(());
    }
    tracing::info!(port, "listening for a provider's answer");
    let router = router(state, redirect.path());
    for listener in [Some(four), six].into_iter().flatten() {
        tokio::spawn(accept::run(listener, router.clone(), stop.clone(), DRAIN));
    }
    Ok(())
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
    fn has(&self, port: u16) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&port)
    }

    /// `false` if somebody was faster.
    fn put(&self, port: u16, stop: CancellationToken) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.contains_key(&port) {
            return false;
        }
        open.insert(port, stop);
        true
    }

    fn close_all_but(&self, wanted: &[u16]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|port, stop| {
            let keep = wanted.contains(port);
            if !keep {
                tracing::info!(port, "no sign-in waits here any more");
                stop.cancel();
            }
            keep
        });
    }
}
