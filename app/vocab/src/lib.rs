//! The words Purser uses on every floor: typed ids and plain enums shared by the browser and the server.
//!
//! Everything here is `serde`-able, `Copy` where it can be, and free of `cfg`, I/O and policy. An enum's text form
//! ([`as_str`](Health::as_str), `Display`, `FromStr`, `serde`) is one and the same in the database, on the wire and in
//! URLs; its label is what a person reads.

mod access;
mod build;
mod connection;
mod device;
pub mod finance;
mod ids;
mod model;
mod notification;
mod provider;
mod sign_in;
mod text_enum;

pub use access::{Permission, Role, Scope};
pub use build::{BuildFailure, BuildPhase, Lending, WorkspaceKind};
pub use connection::{AuthMethod, Health, Tone, Verdict};
pub use device::{DeviceMode, DevicePhase};
pub use ids::{
    AccessTokenId, AllowanceId, AuditId, BillId, BillLineId, BuildId, ConnectionId, ContractId, DeliveryId, EventId, FinanceProfileId,
    FlowId, GrantId, InvalidProviderId, ModelProfileId, NotificationId, OutboxId, PriceFactId, ProviderId, SessionId, SnapshotId,
    SupplierId, UserId, WorkItemId,
};
pub use model::{CostBasis, ModelClass, ModelStatus, Tier, UsageOutcome};
pub use notification::{Channel, DeliveryState, NotificationEnding, NotificationKind};
pub use provider::{Category, Dialect};
pub use sign_in::{FlowFailure, FlowPhase};
pub use text_enum::UnknownWord;
