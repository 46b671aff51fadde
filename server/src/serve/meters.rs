//! The metrics of this process: what there is, and what `/metrics` says each of them is.

use crate::start::StartError;
use metrics::Unit;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

/// Upper bounds of the buckets of latencies, in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

/// How a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// In buckets.
    Histogram,
}

/// A metric: its name, how and what it counts, and its words in `/metrics`.
pub type Meter = (&'static str, Kind, Unit, &'static str);

/// Every metric there is; a test holds it against the code. No label names a model, a person or a token.
pub const ALL: &[Meter] = &[
    ("purser_http_requests_total", Kind::Counter, Unit::Count, "HTTP requests answered, by method, route and class of status."),
    ("purser_http_request_seconds", Kind::Histogram, Unit::Seconds, "Seconds from an HTTP request to the head of its answer, by route."),
    ("purser_live_pages", Kind::Gauge, Unit::Count, "Pages that listen for live events in this process."),
    ("purser_requests_total", Kind::Counter, Unit::Count, "Inference requests sent to providers, by provider and outcome."),
    ("purser_request_seconds", Kind::Histogram, Unit::Seconds, "Seconds an inference request took to the end of its answer, by provider."),
    (
        "purser_usage_queue_full_total",
        Kind::Counter,
        Unit::Count,
        "Usage rows that found the queue full: the database does not keep up with the requests.",
    ),
    (
        "purser_connections",
        Kind::Gauge,
        Unit::Count,
        "1 for the health that a provider's connection has, 0 for those it had; as the replica sees it whose turn it is to tell operators.",
    ),
    ("purser_grants", Kind::Gauge, Unit::Count, "Sign-ins at providers by state (good, retrying, expired, ended)."),
    ("purser_sign_ins_total", Kind::Counter, Unit::Count, "Sign-ins at providers that ended, by provider and outcome."),
    ("purser_token_refreshes_total", Kind::Counter, Unit::Count, "Refreshes of access tokens at providers, by provider and outcome."),
    ("purser_token_refresh_seconds", Kind::Histogram, Unit::Seconds, "Seconds a provider took to answer a refresh, by provider."),
    ("purser_token_store_seconds", Kind::Histogram, Unit::Seconds, "Seconds from a refresh's answer until the new token was stored."),
    ("purser_model_syncs_total", Kind::Counter, Unit::Count, "Lists of models that were synced, by provider."),
    ("purser_notification_deliveries_total", Kind::Counter, Unit::Count, "Notifications sent or tried, by channel and outcome."),
];

/// The recorder of this process: made once, however many servers run in it.
///
/// # Errors
/// Never in practice: the buckets are fixed.
pub fn recorder() -> Result<PrometheusHandle, StartError> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let process = |error: metrics_exporter_prometheus::BuildError| StartError::Process(Box::new(error));
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS).map_err(process)?;
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    // Another thread may have been faster; its recorder is the one that counts.
    if metrics::set_global_recorder(recorder).is_ok() {
        ALL.iter().for_each(describe);
        let _ = HANDLE.set(handle);
    }
    Ok(HANDLE.wait().clone())
}

fn describe((name, kind, unit, words): &Meter) {
    match kind {
        Kind::Counter => metrics::describe_counter!(*name, *unit, *words),
        Kind::Gauge => metrics::describe_gauge!(*name, *unit, *words),
        Kind::Histogram => metrics::describe_histogram!(*name, *unit, *words),
    }
}
