//! One span and one line a request: id, method, matched path, status, time. Never a query string, a header or a body.

use super::RequestId;
use super::door::Door;
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// Path of what matched nothing; the real one may hold anything.
const UNMATCHED: &str = "unmatched";

/// Opens the span, and afterwards logs and counts.
pub async fn follow(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let template = path.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let method = method_name(request.method());
    let door = Door::of(request.uri().path());
    let id = request.extensions().get::<RequestId>().cloned();
    let span = tracing::info_span!("request", id = id.as_ref().map(RequestId::as_str), method, path = template);
    let began = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    span.in_scope(|| log(door, template, response.status(), took));
    count(method, template, response.status(), took);
    response
}

/// A request for a file or through the gateway, which has its usage row, is only of interest when looking closely.
fn log(door: Door, template: &str, status: StatusCode, took: Duration) {
    let (status_code, latency_ms) = (status.as_u16(), millis(took));
    let routine = door.is_gateway() || template.starts_with("/pkg/") || matches!(template, "/healthz" | "/readyz" | "/metrics");
    if status.is_server_error() {
        tracing::warn!(status = status_code, latency_ms, "request failed");
    } else if routine {
        tracing::debug!(status = status_code, latency_ms, "request");
    } else {
        tracing::info!(status = status_code, latency_ms, "request");
    }
}

/// Milliseconds to the microsecond; longer than an hour is an hour.
fn millis(took: Duration) -> f64 {
    f64::from(u32::try_from(took.as_micros()).unwrap_or(u32::MAX)) / 1000.0
}

fn count(method: &'static str, template: &str, status: StatusCode, took: Duration) {
    let path = metrics::SharedString::from(template.to_owned());
    let class = match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    metrics::counter!("purser_http_requests_total", "method" => method, "path" => path.clone(), "status" => class).increment(1);
    metrics::histogram!("purser_http_request_seconds", "path" => path).record(took.as_secs_f64());
}

/// A fixed set of words: a made-up method must not become a metric of its own.
const fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
