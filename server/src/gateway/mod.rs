//! The inference surface: what agents call instead of a provider. One file a surface; every answer below `/v1`, errors
//! included, is in the dialect of the surface that was asked.

mod answer;
mod chat_completions;
mod cut_short;
pub mod dialect;
mod embeddings;
mod extract;
mod messages;
mod models;
pub mod refusal;
mod responses;

use crate::http::limits::GATEWAY_BODY;
use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use axum::routing::{any, get, post};
use refusal::Refusal;

/// Everything below `/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/v1/models", get(models::list))
        // A model's name has slashes, and not every client writes them as %2F.
        .route("/v1/models/{*id}", get(models::get))
        .route("/v1/chat/completions", post(chat_completions::create))
        .route("/v1/responses", post(responses::create))
        .route("/v1/messages", post(messages::create))
        .route("/v1/embeddings", post(embeddings::create))
        .route("/v1", any(not_found))
        .route("/v1/", any(not_found))
        .route("/v1/{*rest}", any(not_found))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(GATEWAY_BODY))
}

async fn not_found(method: Method, uri: Uri) -> Refusal {
    Refusal::unknown_url(&method, uri.path())
}

async fn method_not_allowed(method: Method, uri: Uri) -> Refusal {
    Refusal::method_not_allowed(&method, uri.path())
}
