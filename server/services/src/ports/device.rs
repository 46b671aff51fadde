//! Storage of device-code sign-ins. As everywhere: one method, one transaction, with its trail.

use super::{StoreResult, Trail};
use async_trait::async_trait;
use domain::device::DeviceFlow;
use std::time::Duration;
use time::OffsetDateTime;
use vocab::{FlowId, ProviderId};

/// Device-code sign-ins: at most one open at a provider. What is due and what was left alone is judged on the database's clock.
#[async_trait]
pub trait DeviceFlowRepo: Send + Sync {
    /// Stores a new one and keeps it alive for that long, unless one of the provider's is open (`false`).
    async fn begin(&self, flow: &DeviceFlow, alive: Duration, trail: Trail) -> StoreResult<bool>;
    /// One of them.
    async fn get(&self, id: FlowId) -> StoreResult<Option<DeviceFlow>>;
    /// The newest of a provider, over or not.
    async fn newest(&self, id: &ProviderId) -> StoreResult<Option<DeviceFlow>>;
    /// All that are under way.
    async fn open(&self) -> StoreResult<Vec<DeviceFlow>>;
    /// Writes its next state over the version that was read, and keeps it alive for that long; nothing (`false`) when somebody
    /// else wrote it meanwhile, or it is over.
    async fn save(&self, flow: &DeviceFlow, alive: Duration, trail: Trail) -> StoreResult<bool>;
    /// Keeps it alive; `false` when it is over.
    async fn keep_alive(&self, id: FlowId, alive: Duration) -> StoreResult<bool>;
    /// Takes those whose next question is due; for `lease` nobody else gets them.
    async fn claim_due(&self, lease: Duration, limit: u32) -> StoreResult<Vec<DeviceFlow>>;
    /// Open ones that nobody works on or asks for any more.
    async fn left_alone(&self) -> StoreResult<Vec<DeviceFlow>>;
    /// Forgets those that were over before then.
    async fn forget(&self, before: OffsetDateTime) -> StoreResult<u64>;
}
