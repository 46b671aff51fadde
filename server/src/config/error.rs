//! Why a setting is refused.

/// Names the setting and what is wrong with it; never repeats a value that may be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}{}: {reason}", place.as_ref().map(|file| format!(" (in {file})")).unwrap_or_default())]
pub struct SettingsError {
    /// The environment variable's name, or the name in the settings file.
    pub name: String,
    /// The settings file, when it stands there.
    pub place: Option<String>,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl SettingsError {
    /// A mistake in a setting, wherever it stands.
    pub fn new(name: &str, reason: impl Into<String>) -> Self {
        Self { name: name.to_owned(), place: None, reason: reason.into() }
    }
}
