//! How build sandboxes run.

use super::error::SettingsError;
use super::source::Source;
use adapters::sandbox::Runner;

/// The runner the operator chose; `None` leaves it to what works on this machine.
///
/// # Errors
/// Naming the setting.
pub fn read(source: &Source) -> Result<Option<Runner>, SettingsError> {
    let Some(given) = source.get("PURSER_SANDBOX") else { return Ok(None) };
    match given.text() {
        "bubblewrap" => Ok(Some(Runner::Bubblewrap)),
        "process" => Ok(Some(Runner::Process)),
        _ => Err(given.wrong("write bubblewrap or process")),
    }
}
