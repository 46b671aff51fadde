//! What the use cases need from the outside. Adapters and storage implement these; testkit fakes them.

pub mod builds;
pub mod conflict;
pub mod device;
pub mod figures;
pub mod finance;
pub mod messenger;
pub mod notifications;
pub mod places;
pub mod prices;
pub mod provider_client;
pub mod sandbox;
pub mod sign_in;
pub mod store;
pub mod throttle;
pub mod token_endpoint;
pub mod upstream;

pub use builds::{
    Artefacts, BuildHold, BuildRepo, LogPiece, Looked, Names, OpenSocket, Patience, TokenDesk, TokenSockets, WorkspaceError, Workspaces,
};
pub use device::DeviceFlowRepo;
pub use figures::{BillsOf, DaySum, DaySumsOf, FigureRepo, JobRecord, JobRepo, SnapshotsOf};
pub use finance::{ContractsOf, CoverageOf, FinanceRepo, FinanceWrite, HandOff, HandOffRepo, ItemsOf, PricesOf, Revision};
pub use messenger::{Messenger, OutboundMessage, Outlets, SendFailure, Subject};
pub use notifications::{ClaimedDelivery, DeliveryTrouble, NewDelivery, NewNotification, NotificationRecord, NotificationRepo};
pub use prices::PriceFacts;
pub use provider_client::{CallFailure, ProviderClient, Target};
pub use sandbox::{
    BuildSandbox, HomeFile, HomePath, Output, Program, Programs, ReadFileError, ReadRule, SandboxControl, SandboxEnd, SandboxError,
    SandboxLimits, SandboxNature, SandboxRun, SandboxSpec,
};
pub use sign_in::{FlowRepo, GrantRepo, Rotation};
pub use store::{
    AccessTokenRepo, AuditRepo, ConnectionRepo, EventLog, InstallationRepo, LeaseOwner, ModelRepo, NewOwner, PeopleRepo, SealedRepo,
    SealedValue, SessionRepo, StoreError, StoreResult, Trail, UsageBucket, UsageFilter, UsageGroup, UsageRepo,
};
pub use throttle::ThrottleRepo;
pub use token_endpoint::{IdTokenCheck, IdTokenError, NoReply, TokenEndpoint, TokenReply, TokenRequest};
pub use upstream::{Answer, DeltaStream, ForwardCall, Reply, Upstream};
