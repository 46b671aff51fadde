//! Headers that every answer carries.

use crate::config::PublicUrl;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

/// What nothing but a page may do: nothing.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// nginx and others hold back what they proxy, unless told not to.
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Of every answer.
const ALWAYS: [(HeaderName, HeaderValue); 2] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];
/// Of every answer that may be shown by itself. A program's file is not, and a page needs dozens of them.
const SHOWN: [(HeaderName, HeaderValue); 5] = [
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // Forms without JavaScript find their way back by the referrer.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    ),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), HeaderValue::from_static("none")),
];

/// Adds them; what a handler set itself about caching and content stays.
pub async fn add(State(https): State<bool>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in &ALWAYS {
        headers.insert(name, value.clone());
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    if is_stream(headers) {
        headers.insert(NO_BUFFERING, HeaderValue::from_static("no"));
    }
    let program = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/wasm");
    if program {
        return response;
    }
    for (name, value) in &SHOWN {
        headers.insert(name, value.clone());
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NO_PAGE);
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    response
}

/// Is it a stream of events?
pub fn is_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default().trim_ascii_start();
    kind.get(..17).is_some_and(|start| start.eq_ignore_ascii_case(b"text/event-stream"))
}

/// Does the answer have to insist on TLS?
pub fn https(public_url: &PublicUrl) -> bool {
    public_url.is_https()
}

/// The policy of a page: its own files, its own scripts by nonce, and nothing else. `'wasm-unsafe-eval'` is what
/// compiling WebAssembly takes.
pub fn page_policy(nonce: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ))
    .ok()
}

/// Marks an answer as good for a year: its name changes with its content. So nobody asks whether it changed, or for a part of
/// it, and what would be needed for that is left out: a page loads two dozen of them.
pub fn immutable(headers: &mut HeaderMap) {
    for needless in [header::ETAG, header::LAST_MODIFIED, header::ACCEPT_RANGES] {
        headers.remove(needless);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
}

/// Marks an answer as to be asked for again each time; unchanged, it costs a 304.
pub fn revalidated(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}
