//! The log of this process.

use crate::config::LogSettings;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

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
