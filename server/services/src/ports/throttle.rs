//! Storage of failed sign-ins.

use super::StoreResult;
use async_trait::async_trait;
use domain::people::throttle::{Failures, ThrottleKey};
use time::OffsetDateTime;

/// Sign-in failures, counted where every replica sees them.
#[async_trait]
pub trait ThrottleRepo: Send + Sync {
    /// Failures so far.
    async fn failures(&self, key: &ThrottleKey) -> StoreResult<Option<Failures>>;
    /// Counts one more, starting at one again after a quiet `forget_after`; returns the new count. Atomic.
    async fn count(&self, key: &ThrottleKey, now: OffsetDateTime, forget_after: time::Duration) -> StoreResult<Failures>;
    /// Takes one back: what was counted was no failure.
    async fn take_back(&self, key: &ThrottleKey) -> StoreResult<()>;
    /// Forgets them.
    async fn clear(&self, key: &ThrottleKey) -> StoreResult<()>;
}
