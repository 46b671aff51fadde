//! The one router: pages, server functions, machine API, gateway and our own few routes, behind one set of layers.

pub mod assets;
pub mod open;
pub mod pages;

pub use open::OPEN_ROUTES;

use crate::http::door::Door;
use crate::http::{
    auth, build_form, csrf, events, forms, headers, health, limits, metrics, panics, provider_sign_in, refusal, request_id, trace,
};
use crate::state::AppState;
use crate::{api, gateway};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use services::ServiceError;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower_http::csrf::ConfigError;

/// The routes that belong to no other room, with the methods each answers.
pub fn own_routes() -> Vec<(&'static [Method], &'static str, MethodRouter<AppState>)> {
    const GET: &[Method] = &[Method::GET];
    let mut routes: Vec<(&'static [Method], &'static str, MethodRouter<AppState>)> = vec![
        (GET, "/events", get(events::stream)),
        (GET, "/healthz", get(health::alive)),
        (GET, "/readyz", get(health::ready)),
        (GET, "/metrics", get(metrics::show)),
    ];
    routes.extend(provider_sign_in::routes());
    routes.push(build_form::route());
    routes
}

/// The whole server.
///
/// # Errors
/// Never, for a public URL that was read as one.
pub fn router(state: AppState) -> Result<Router, ConfigError> {
    let router = Router::new()
        .merge(pages::routes(&state))
        .merge(assets::routes(&state.settings.site.root))
        .merge(Router::from(api::v1::router()))
        .merge(gateway::router());
    let router = own_routes().into_iter().fold(router, |router, (_, path, route)| router.route(path, route));
    Ok(with_layers(router.fallback(nothing_here), &state)?.with_state(state))
}

/// From the inside out: the last one sees a request first and its answer last.
fn with_layers(router: Router<AppState>, state: &AppState) -> Result<Router<AppState>, ConfigError> {
    let public_url = &state.settings.listen.public_url;
    let https = public_url.is_https();
    Ok(router
        .layer(from_fn(forms::come_back))
        .layer(from_fn_with_state(state.clone(), auth::prove))
        .layer(csrf::layer(public_url)?)
        .layer(from_fn_with_state(https, csrf::sort_out))
        .layer(from_fn(limits::hold))
        .layer(DefaultBodyLimit::max(limits::BODY))
        .layer(from_fn_with_state(Arc::new(Semaphore::new(limits::AT_ONCE)), limits::take_turn))
        .layer(from_fn(panics::catch))
        .layer(map_response_with_state(https, headers::add))
        .layer(from_fn(trace::follow))
        .layer(from_fn_with_state(state.clone(), request_id::give)))
}

/// An address nobody knows, asked for by somebody who is signed in.
async fn nothing_here(State(state): State<AppState>, request: Request<Body>) -> Response {
    match Door::of_request(&request) {
        Door::Page => pages::not_found(State(state), request).await,
        door => refusal::refuse(door, ServiceError::NotFound("address")),
    }
}
