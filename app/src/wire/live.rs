//! What `/events` tells a page.

use serde::{Deserialize, Serialize};
use vocab::ProviderId;

/// Something changed; the page asks again for what it shows. Mirrors `domain::events::Event` without the ids that only
/// caches need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LiveEvent {
    /// A connection changed.
    ConnectionChanged {
        /// Whose.
        provider_id: ProviderId,
    },
    /// The models of a provider changed.
    ModelsChanged {
        /// Whose.
        provider_id: ProviderId,
    },
    /// A step of a model sync.
    SyncProgress {
        /// Whose.
        provider_id: ProviderId,
        /// Handled so far.
        done: u32,
        /// In the list.
        total: u32,
    },
    /// Access tokens changed.
    AccessTokensChanged,
    /// People changed.
    TeamChanged,
    /// This person's sessions changed (perhaps this very browser was signed out).
    SessionsChanged,
    /// Something of Finance changed.
    FinanceChanged,
    /// Usage was written.
    UsageRecorded,
    /// A build changed, or said something.
    BuildsChanged,
    /// The sealing keys changed.
    KeysChanged,
    /// Notifications were raised, closed or read.
    NotificationsChanged,
    /// Events were missed: ask for everything again.
    Resync,
}
