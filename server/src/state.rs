//! What every handler can reach.

use crate::config::Settings;
use crate::http::events::EventHub;
use crate::http::provider_sign_in::listener::Listeners;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use services::environment::Environment;
use services::{Ports, Services};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio_util::sync::CancellationToken;
use vault::KeyRing;

/// Shared by all requests. Cheap to clone; the fields are reached through it.
#[derive(Clone)]
pub struct AppState(Arc<StateParts>);

/// What [`AppState`] is made of.
pub struct StateParts {
    /// The use cases.
    pub services: Arc<Services>,
    /// The outside.
    pub ports: Ports,
    /// The settings in force.
    pub settings: Arc<Settings>,
    /// Live events for open pages.
    pub events: EventHub,
    /// Temporary listeners for browsers that come back from a provider.
    pub listeners: Arc<Listeners>,
    /// Names of the browser's files.
    pub leptos_options: LeptosOptions,
    /// Clock and randomness.
    pub environment: Environment,
    /// The sealing keys, for `/readyz`.
    pub ring: Arc<KeyRing>,
    /// What `/metrics` shows.
    pub metrics: PrometheusHandle,
    /// Cancelled when the server stops: streams end, jobs end.
    pub stopping: CancellationToken,
    /// Has anybody an account? Once seen, it stays so.
    pub set_up: AtomicBool,
}

impl AppState {
    /// Shares the parts.
    pub fn new(parts: StateParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = StateParts;

    fn deref(&self) -> &StateParts {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos_options.clone()
    }
}

impl FromRef<AppState> for Arc<Services> {
    fn from_ref(state: &AppState) -> Self {
        state.services.clone()
    }
}
