//! How build sandboxes run.

use super::error::SettingsError;
use super::source::Source;

/// A build sandbox runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    /// Its own namespaces, with `bwrap`.
    Bubblewrap,
    /// A plain child process: for machines that forbid namespaces.
    Process,
}

impl Sandbox {
    /// The runner the operator chose; `None` leaves it to what is installed.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn read(source: &Source) -> Result<Option<Self>, SettingsError> {
        let Some(given) = source.get("PURSER_SANDBOX") else { return Ok(None) };
        match given.text() {
            "bubblewrap" => Ok(Some(Self::Bubblewrap)),
            "process" => Ok(Some(Self::Process)),
            _ => Err(given.wrong("write bubblewrap or process")),
        }
    }
}
