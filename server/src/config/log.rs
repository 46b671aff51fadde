//! What is logged, and how.

use super::error::SettingsError;
use super::source::Source;
use tracing_subscriber::EnvFilter;

/// Log settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// Filter in the syntax of `tracing_subscriber::EnvFilter`; `None` when nobody said anything.
    pub filter: Option<String>,
    /// One JSON object a line instead of text.
    pub json: bool,
}

impl LogSettings {
    /// Reads both.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let filter = source.get("PURSER_LOG");
        if let Some(given) = &filter {
            EnvFilter::try_new(given.text())
                .map_err(|error| given.wrong(format!("{error}; write for example info or warn,server=debug")))?;
        }
        let json = match source.get("PURSER_LOG_FORMAT") {
            Some(given) => match given.text() {
                "json" => true,
                "text" => false,
                _ => return Err(given.wrong("write text or json")),
            },
            None => false,
        };
        Ok(Self { filter: filter.map(|given| given.text().to_owned()), json })
    }
}
