//! Secrets in request bodies.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

/// Reads a text that never shows itself again.
///
/// # Errors
/// When it is no text.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// The same, where there may be none: absent, `null` and empty are none.
///
/// # Errors
/// When it is neither a text nor `null`.
pub fn read_some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).map(SecretString::from))
}
