//! Storage of sign-ins and of the credentials that come of them. As everywhere: one method, one transaction, with its trail.

use super::{StoreResult, Trail};
use async_trait::async_trait;
use domain::flow::{OAuthFlow, Remembered};
use domain::grant::Life;
use time::OffsetDateTime;
use uuid::Uuid;
use vocab::{FlowId, GrantId, ProviderId, UserId};

/// Browser sign-ins, and what is remembered of them. Whether one is still waiting is judged on the database's clock.
#[async_trait]
pub trait FlowRepo: Send + Sync {
    /// Stores a new one.
    async fn begin(&self, flow: &OAuthFlow, trail: Trail) -> StoreResult<()>;
    /// The one with that hash of `state`, ended or not.
    async fn by_state(&self, state_hash: &[u8; 32]) -> StoreResult<Option<OAuthFlow>>;
    /// All of a provider that are still kept, newest first.
    async fn of_provider(&self, id: &ProviderId) -> StoreResult<Vec<OAuthFlow>>;
    /// All that wait or are being finished, newest first.
    async fn open(&self) -> StoreResult<Vec<OAuthFlow>>;
    /// Takes a waiting one, in one conditional statement: of many, one gets it. `None` for all others.
    async fn claim(&self, id: FlowId) -> StoreResult<Option<OAuthFlow>>;
    /// Writes how it ended and empties its secrets, unless it had ended already (`false`).
    async fn end(&self, flow: &OAuthFlow, trail: Trail) -> StoreResult<bool>;
    /// Cancels the waiting ones of a provider, all or one person's; returns how many.
    async fn cancel(&self, id: &ProviderId, of: Option<UserId>, trail: Trail) -> StoreResult<u64>;
    /// Empties the secrets of those that ran out of time, fails those whose finishing was cut short, forgets those that ended
    /// before `forget`. Returns whose changed.
    async fn sweep(&self, forget: OffsetDateTime) -> StoreResult<Vec<ProviderId>>;
    /// What is remembered of a provider's sign-ins.
    async fn remembered(&self, id: &ProviderId) -> StoreResult<Remembered>;
    /// Remembers it.
    async fn remember(&self, id: &ProviderId, remembered: &Remembered, trail: Trail) -> StoreResult<()>;
    /// The installation's id among hosts: the one that is kept, or this one from now on.
    async fn host_id(&self, candidate: Uuid) -> StoreResult<Uuid>;
}

/// A new state of a signed-in credential.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// Which.
    pub id: GrantId,
    /// The version that was read; the stored one must be the same, and is one more afterwards.
    pub version: i64,
    /// The new ciphertext; `None` leaves the stored one alone.
    pub sealed: Option<Vec<u8>>,
    /// How it lives from now on.
    pub life: Life,
}

/// Credentials that live. One is read with [`super::ConnectionRepo::grant`].
#[async_trait]
pub trait GrantRepo: Send + Sync {
    /// How every signed-in credential lives.
    async fn lives(&self) -> StoreResult<Vec<(GrantId, Life)>>;
    /// Whose connections point at it, by provider id.
    async fn used_by(&self, id: GrantId) -> StoreResult<Vec<ProviderId>>;
    /// Those whose refresh is due, most overdue first.
    async fn due_for_refresh(&self, now: OffsetDateTime, limit: u32) -> StoreResult<Vec<GrantId>>;
    /// Writes a new state, and nothing at all (`false`) when the stored version is another one or the credential is gone.
    async fn rotate(&self, rotation: &Rotation, trail: Trail) -> StoreResult<bool>;
}
