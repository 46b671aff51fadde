//! The log and the metrics of this process.

use super::super::start::StartError;
use crate::config::LogSettings;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Upper bounds of the buckets of latencies, in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

/// Opens the log, on stderr: stdout is for answers. A second call changes nothing.
pub fn open_log(settings: &LogSettings, otherwise: &str) {
    let filter = settings.filter.as_deref().unwrap_or(otherwise);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_target(true)
        .with_span_events(FmtSpan::NONE);
    let opened = if settings.json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init()
    };
    drop(opened);
}

/// The recorder of this process: made once, however many servers run in it.
///
/// # Errors
/// Never in practice: the buckets are fixed.
pub fn metrics() -> Result<PrometheusHandle, StartError> {
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
        let _ = HANDLE.set(handle);
    }
    Ok(HANDLE.wait().clone())
}
