//! Local engines found, or not found, by the background job.

use time::OffsetDateTime;
use url::Url;

/// What the last look at a local engine's addresses told us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detection {
    /// Nothing answered at any address.
    NotRunning {
        /// The addresses we looked at.
        looked_at: Vec<Url>,
        /// When.
        at: OffsetDateTime,
    },
    /// It answers, with this many models.
    Running {
        /// The base URL that answered.
        base_url: Url,
        /// How many models it has.
        models: u32,
        /// When.
        at: OffsetDateTime,
    },
}

impl Detection {
    /// Do the two say the same, whenever they were made?
    pub fn same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NotRunning { .. }, Self::NotRunning { .. }) => true,
            (Self::Running { base_url: a, models: n, .. }, Self::Running { base_url: b, models: m, .. }) => a == b && n == m,
            _ => false,
        }
    }
}
