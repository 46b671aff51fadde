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
