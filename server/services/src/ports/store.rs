//! Storage, as use cases see it. One method is one transaction; a write carries its audit lines and live events, so
//! that what is told and what is true cannot part.

use async_trait::async_trait;
use domain::access_token::AccessToken;
use domain::audit::{AuditEntry, AuditFilter, AuditRecord};
use domain::connection::{Activation, Connection, Detection};
use domain::events::{Event, LoggedEvent};
use domain::inference::UsageRecord;
use domain::models::ModelProfile;
use domain::people::{Email, Session, User};
use std::time::Duration;
use time::OffsetDateTime;
use vocab::{AccessTokenId, ConnectionId, EventId, GrantId, ProviderId, SessionId, UserId};

/// Result of every storage call.
pub type StoreResult<T> = Result<T, StoreError>;

/// What storage can answer instead of a value.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or is locked; trying again later may help.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The disk or the database's quota is full; nothing was written.
    #[error("the database is full")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Somebody else changed the row first (stale version, taken name, last owner).
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// A stored row cannot be read as what it should be.
    #[error("inconsistent row {row} in {table}.{column}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Primary key.
        row: String,
    },
    /// Anything else; a bug.
    #[error("a database statement failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Audit lines and live events written in the same transaction as a change.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// Lines for the audit log.
    pub audit: Vec<AuditEntry>,
    /// Events for open pages and caches.
    pub events: Vec<Event>,
}

/// The first account, made through the one-time setup link.
#[derive(Debug)]
pub struct NewOwner {
    /// The account; its role is owner.
    pub user: User,
    /// The browser that made it.
    pub session: Session,
}

/// People.
#[async_trait]
pub trait PeopleRepo: Send + Sync {
    /// Has anybody an account?
    async fn anybody(&self) -> StoreResult<bool>;
    /// Creates the first account and its session and spends the setup link; [`StoreError::Conflict`] if anybody has one already.
    async fn create_first_owner(&self, owner: NewOwner, trail: Trail) -> StoreResult<()>;
    /// Adds an account; [`StoreError::Conflict`] if the address is taken.
    async fn add_user(&self, user: &User, trail: Trail) -> StoreResult<()>;
    /// By id.
    async fn user(&self, id: UserId) -> StoreResult<Option<User>>;
    /// By address.
    async fn user_by_email(&self, email: &Email) -> StoreResult<Option<User>>;
    /// Everybody, oldest first.
    async fn users(&self) -> StoreResult<Vec<User>>;
    /// Writes name, role, state, password hash and last sign-in. With `end_sessions` every session of theirs is deleted.
    /// [`StoreError::Conflict`] if no active owner would remain (checked in the same transaction).
    async fn update_user(&self, user: &User, end_sessions: bool, trail: Trail) -> StoreResult<()>;
}

/// Signed-in browsers.
#[async_trait]
pub trait SessionRepo: Send + Sync {
    /// Stores a new session; `replaces` (the browser's session before signing in) is deleted in the same transaction.
    async fn start(&self, session: &Session, replaces: Option<SessionId>, trail: Trail) -> StoreResult<()>;
    /// The session with that cookie hash, and its person.
    async fn find(&self, secret_hash: &[u8; 32]) -> StoreResult<Option<(Session, User)>>;
    /// Notes a request.
    async fn touch(&self, id: SessionId, seen_at: OffsetDateTime) -> StoreResult<()>;
    /// Sessions of one person, newest first.
    async fn of_user(&self, user_id: UserId) -> StoreResult<Vec<Session>>;
    /// Deletes one; `false` if it was not there or not theirs.
    async fn end(&self, id: SessionId, user_id: UserId, trail: Trail) -> StoreResult<bool>;
    /// Deletes sessions idle since or created before the instants; returns how many.
    async fn end_expired(&self, idle_since: OffsetDateTime, created_before: OffsetDateTime) -> StoreResult<u64>;
}

/// Our access tokens.
#[async_trait]
pub trait AccessTokenRepo: Send + Sync {
    /// Stores one.
    async fn add(&self, token: &AccessToken, trail: Trail) -> StoreResult<()>;
    /// By public id, with its creator.
    async fn find(&self, public_id: &str) -> StoreResult<Option<(AccessToken, User)>>;
    /// By row id.
    async fn get(&self, id: AccessTokenId) -> StoreResult<Option<AccessToken>>;
    /// All, newest first, with their creators' names.
    async fn list(&self) -> StoreResult<Vec<(AccessToken, String)>>;
    /// Marks it revoked; `false` if it already was or is not there.
    async fn revoke(&self, id: AccessTokenId, at: OffsetDateTime, trail: Trail) -> StoreResult<bool>;
    /// Notes uses (to the minute), in one statement.
    async fn touch(&self, uses: &[(AccessTokenId, OffsetDateTime)]) -> StoreResult<()>;
}

/// Connections, the sealed credentials behind them, and local engines found.
#[async_trait]
pub trait ConnectionRepo: Send + Sync {
    /// All, by provider id.
    async fn list(&self) -> StoreResult<Vec<Connection>>;
    /// The one of a provider.
    async fn of_provider(&self, id: &ProviderId) -> StoreResult<Option<Connection>>;
    /// A sealed credential.
    async fn grant(&self, id: GrantId) -> StoreResult<Option<domain::grant::Grant>>;
    /// The one door in: writes grant, connection, trail and the outbox row in one transaction, keeping the id of an
    /// existing connection and deleting a grant nobody points at any more. Refused with [`StoreError::Conflict`] when
    /// `connection.version` is not the stored one (0 for a new connection). Returns the stored connection.
    async fn activate(&self, activation: Activation, trail: Trail) -> StoreResult<Connection>;
    /// The one door out: deletes the connection and a grant nobody points at any more, and writes the outbox row;
    /// `false` if there was none.
    async fn deactivate(&self, id: &ProviderId, actor: &domain::people::Actor, trail: Trail) -> StoreResult<bool>;
    /// Writes standing, endpoint, account and switch of an existing connection; [`StoreError::Conflict`] on a stale version.
    async fn update(&self, connection: &Connection, trail: Trail) -> StoreResult<Connection>;
    /// Enabled connections whose next check is due, most overdue first.
    async fn due_for_check(&self, now: OffsetDateTime, limit: u32) -> StoreResult<Vec<Connection>>;
    /// What was last found of each local engine.
    async fn detections(&self) -> StoreResult<Vec<(ProviderId, Detection)>>;
    /// Notes what was found.
    async fn set_detection(&self, id: &ProviderId, detection: &Detection, trail: Trail) -> StoreResult<()>;
    /// May this provider be connected by itself when found? `false` after an operator disconnected it.
    async fn auto_connect(&self, id: &ProviderId) -> StoreResult<bool>;
    /// Sets [`ConnectionRepo::auto_connect`].
    async fn set_auto_connect(&self, id: &ProviderId, allowed: bool) -> StoreResult<()>;
}

/// Models known through connections.
#[async_trait]
pub trait ModelRepo: Send + Sync {
    /// All of one provider, by model id.
    async fn of_provider(&self, id: &ProviderId) -> StoreResult<Vec<ModelProfile>>;
    /// All, by provider and model id.
    async fn all(&self) -> StoreResult<Vec<ModelProfile>>;
    /// How many active ones each provider has.
    async fn counts(&self) -> StoreResult<Vec<(ProviderId, u32)>>;
    /// Inserts or updates these rows (by id), in one transaction.
    async fn save(&self, profiles: &[ModelProfile], trail: Trail) -> StoreResult<()>;
}

/// What usage is summed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageGroup {
    /// Calendar day, UTC.
    Day,
    /// Provider id.
    Provider,
    /// `provider/model`.
    Model,
    /// Access token id; requests from the page have none.
    Token,
}

/// Which usage: start included, end excluded, all given filters must match.
#[derive(Debug, Clone)]
pub struct UsageFilter {
    /// From.
    pub from: OffsetDateTime,
    /// To.
    pub to: OffsetDateTime,
    /// Only this provider.
    pub provider_id: Option<ProviderId>,
    /// Only this access token.
    pub token_id: Option<AccessTokenId>,
}

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageBucket {
    /// Day (`2026-11-23`), provider id, `provider/model`, or access token id; empty for the page's own requests.
    pub key: String,
    /// Requests.
    pub requests: u64,
    /// Requests that did not complete.
    pub failed: u64,
    /// Input tokens, cached ones included.
    pub input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
    /// US dollars at list price of the requests whose price is known.
    pub cost: rust_decimal::Decimal,
    /// Requests whose price or tokens are unknown.
    pub unpriced: u64,
}

/// Usage rows.
#[async_trait]
pub trait UsageRepo: Send + Sync {
    /// Writes rows in one transaction; a row whose request id is already there is skipped.
    async fn add(&self, rows: &[UsageRecord], trail: Trail) -> StoreResult<()>;
    /// Sums, in order of key for days and of cost (highest first) otherwise.
    async fn sums(&self, filter: &UsageFilter, group: UsageGroup) -> StoreResult<Vec<UsageBucket>>;
    /// The newest rows.
    async fn newest(&self, filter: &UsageFilter, limit: u32) -> StoreResult<Vec<UsageRecord>>;
}

/// The audit log: append and read, nothing else.
#[async_trait]
pub trait AuditRepo: Send + Sync {
    /// Appends lines that belong to no other change.
    async fn append(&self, entries: Vec<AuditEntry>) -> StoreResult<()>;
    /// Newest first.
    async fn page(&self, filter: &AuditFilter, limit: u32) -> StoreResult<Vec<AuditRecord>>;
}

/// The log behind live pages and cache invalidation.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Appends events that belong to no other change.
    async fn publish(&self, events: Vec<Event>) -> StoreResult<()>;
    /// The newest position.
    async fn head(&self) -> StoreResult<EventId>;
    /// Events after a position, oldest first, at most `limit`.
    async fn after(&self, id: EventId, limit: u32) -> StoreResult<Vec<LoggedEvent>>;
    /// The oldest position still kept, to tell a client that it missed some.
    async fn tail(&self) -> StoreResult<EventId>;
    /// Returns when something may have been written, by this process or another, and after `at_most` in any case.
    async fn changed(&self, at_most: Duration);
    /// Drops events older than this.
    async fn prune(&self, before: OffsetDateTime) -> StoreResult<u64>;
}

/// A sealed value where it lies.
#[derive(Debug, Clone)]
pub struct SealedValue {
    /// Table, as in the associated data.
    pub table: &'static str,
    /// Row id, as in the associated data.
    pub row: String,
    /// Field, as in the associated data.
    pub field: &'static str,
    /// The ciphertext.
    pub sealed: Vec<u8>,
}

/// Every sealed value of the installation, for rotation and for the doctor.
#[async_trait]
pub trait SealedRepo: Send + Sync {
    /// How many there are.
    async fn count(&self) -> StoreResult<u64>;
    /// The next ones after a cursor (`table/row/field`), in a stable order.
    async fn page(&self, after: Option<&str>, limit: u32) -> StoreResult<Vec<SealedValue>>;
    /// Replaces a ciphertext if it is still the one that was read; `false` if somebody wrote it meanwhile.
    async fn replace(&self, old: &SealedValue, new: Vec<u8>) -> StoreResult<bool>;
}

/// Who holds a lease: this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseOwner(pub String);

/// Things that exist once an installation.
#[async_trait]
pub trait InstallationRepo: Send + Sync {
    /// Answers if the database does.
    async fn ping(&self) -> StoreResult<()>;
    /// The database's own clock: leases and due dates are judged on it.
    async fn now(&self) -> StoreResult<OffsetDateTime>;
    /// SHA-256 of the one-time setup secret, if one is open.
    async fn setup_hash(&self) -> StoreResult<Option<[u8; 32]>>;
    /// Opens or closes (`None`) the setup link.
    async fn set_setup_hash(&self, hash: Option<[u8; 32]>) -> StoreResult<()>;
    /// Takes or renews a named lease for `ttl`, in one conditional upsert judged on the database's clock.
    async fn take_lease(&self, name: &str, owner: &LeaseOwner, ttl: Duration) -> StoreResult<bool>;
    /// Gives it back, if it is still ours.
    async fn release_lease(&self, name: &str, owner: &LeaseOwner) -> StoreResult<()>;
    /// A number for `/metrics`: rows a table.
    async fn connection_counts(&self) -> StoreResult<Vec<(ConnectionId, ProviderId)>>;
}
