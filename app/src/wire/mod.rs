//! What travels between the browser and the server: plain `serde` types, no `cfg`, no policy, never a secret (but for
//! [`NewAccessToken`], whose whole point is to show one once).

mod access;
mod audit;
mod builds;
mod device;
mod error;
mod finance;
mod live;
mod moment;
mod notifications;
mod people;
mod providers;
mod sign_in;
mod try_it;
mod usage;

pub use access::{AccessTokenView, NewAccessToken};
pub use audit::{AuditPage, AuditQuery, AuditView};
pub use builds::{BuildDraft, BuildNow, BuildPageView, BuildRow, BuildsView, LogView, ProgramView};
pub use device::{CodeView, DeviceFlowView, DeviceView};
pub use error::{AppError, ErrorCode};
pub use finance::*;
pub use live::LiveEvent;
pub use moment::Moment;
pub use notifications::{ChannelView, NotificationList, NotificationView, TestOutcomeView, WaitingCounts};
pub use people::{PersonView, SessionView, SetupState, Viewer};
pub use providers::{
    AddressField, ConnectOutcome, DisconnectResult, Facts, HealthAction, HealthView, KeyGuess, LinkView, MethodView, ModelView,
    PaidTestView, ProviderDetail, ProviderList, ProviderRow, RowGroup, SyncResult,
};
pub use sign_in::{OwnerSwitch, SignInFailure, SignInView};
pub use try_it::TryEvent;
pub use usage::{UsageBucketView, UsagePeriod, UsageRow, UsageView};
