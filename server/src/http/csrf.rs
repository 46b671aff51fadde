//! Requests that another site made a browser send are refused, by `Sec-Fetch-Site` and `Origin`.
//!
//! The rule is tower-http's. An agent that shows an access token and no session cookie cannot be a browser led astray:
//! nothing of it is sent by itself, so its requests are let through.

use super::door::Door;
use super::{cookies, refusal};
use crate::config::PublicUrl;
use app::wire::{AppError, ErrorCode};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::csrf::{ConfigError, CsrfLayer, ProtectionError};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// How a refused request is answered.
pub type Rejection = fn(ProtectionError) -> Response;

/// The layer, trusting our own public origin also where a proxy rewrites `Host`.
///
/// # Errors
/// Never for an origin that was read as one.
pub fn layer(public_url: &PublicUrl) -> Result<CsrfLayer<Rejection>, ConfigError> {
    Ok(CsrfLayer::new().add_trusted_origin(public_url.origin())?.with_rejection_response(reject as Rejection))
}

fn reject(_: ProtectionError) -> Response {
    refused()
}

fn refused() -> Response {
    let words = "This request came from another site, so it was refused. Open Purser itself and try again.";
    refusal::json(StatusCode::FORBIDDEN, AppError::new(ErrorCode::Forbidden, words))
}

/// Runs before the layer: exempts agents, and guards the one GET whose answer goes on and on.
pub async fn sort_out(State(secure): State<bool>, mut request: Request, next: Next) -> Response {
    let door = Door::of(request.uri().path());
    if door == Door::Events && from_elsewhere(request.headers()) {
        return refused();
    }
    if door.takes_tokens() && shows_token(request.headers()) && !cookies::has_session_cookie(request.headers(), secure) {
        request.headers_mut().remove(header::ORIGIN);
        request.headers_mut().remove(FETCH_SITE);
    }
    next.run(request).await
}

fn shows_token(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key("x-api-key")
}

fn from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get(FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none")
}
