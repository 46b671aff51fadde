//! An instant on the wire.

use serde::{Deserialize, Serialize};

/// An instant: seconds for arithmetic in the browser, and the UTC text the server rendered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since 1970-01-01 UTC.
    pub unix: i64,
    /// RFC 3339, whole seconds, UTC: `2026-11-23T14:05:00Z`.
    pub iso: String,
}

impl Moment {
    /// `14:05`, UTC.
    pub fn clock(&self) -> &str {
        self.iso.get(11..16).unwrap_or_default()
    }

    /// `2026-11-23`, UTC.
    pub fn day(&self) -> &str {
        self.iso.get(..10).unwrap_or_default()
    }
}
