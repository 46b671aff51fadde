//! Version 1 of the machine API.

mod access_tokens;
mod audit;
mod builds;
mod device_flows;
mod finance;
mod health;
mod keys;
mod me;
mod models;
mod notifications;
mod providers;
mod refusals;
mod secret;
mod sessions;
mod setup;
mod sign_ins;
mod team;
mod usage;
mod words;

use super::document::{self, Document};
use super::fallback;
use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::any;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Largest body; the largest thing anybody sends is a key.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Every operation below `/api`, the document, and the answers to everything else below it.
pub fn router() -> OpenApiRouter<AppState> {
    let (operations, document) = operations().split_for_parts();
    let rest = ["/api", "/api/", "/api/{*rest}"].into_iter();
    let router = operations.route(document::PATH, document::serve(&document));
    let router = rest.fold(router, |router: Router<AppState>, path| router.route(path, any(fallback::not_found)));
    let router = router.method_not_allowed_fallback(fallback::method_not_allowed).layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    OpenApiRouter::with_openapi(document).merge(router.into())
}

/// Every operation, and the document that says so.
pub(super) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(providers::router())
        .merge(sign_ins::router())
        .merge(device_flows::router())
        .merge(builds::router())
        .merge(models::router())
        .merge(keys::router())
        .merge(access_tokens::router())
        .merge(usage::router())
        .merge(audit::router())
        .merge(notifications::router())
        .merge(finance::router())
        .merge(team::router())
        .merge(sessions::router())
        .merge(setup::router())
        .merge(me::router())
        .merge(health::router())
}
