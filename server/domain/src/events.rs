//! What open pages and caches are told when something changed.
//!
//! An event names *what* changed, never its content: whoever hears it asks again, and is checked again.

use serde::{Deserialize, Serialize};
use vocab::{AccessTokenId, BuildId, EventId, Permission, ProviderId, SessionId, UserId};

/// Something changed. Written in the same transaction as the change itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A connection's standing, method, credential or endpoint.
    ConnectionChanged {
        /// Whose page and row change.
        provider_id: ProviderId,
    },
    /// A sign-in at a provider began, moved on or ended.
    FlowChanged {
        /// Whose page changes.
        provider_id: ProviderId,
    },
    /// The models known for a provider.
    ModelsChanged {
        /// Whose models.
        provider_id: ProviderId,
    },
    /// A step of a running model sync.
    SyncProgress {
        /// Whose models.
        provider_id: ProviderId,
        /// Models handled so far.
        done: u32,
        /// Models in the provider's list.
        total: u32,
    },
    /// A build began, moved on, said something or ended.
    BuildChanged {
        /// Which one.
        build_id: BuildId,
    },
    /// An access token was made, changed or revoked.
    AccessTokenChanged {
        /// Which one.
        token_id: AccessTokenId,
    },
    /// A person's role, password or state changed.
    UserChanged {
        /// Who.
        user_id: UserId,
    },
    /// A browser was signed in.
    SessionStarted {
        /// Whose browser.
        user_id: UserId,
    },
    /// A signed-in browser was signed out.
    SessionEnded {
        /// Whose browser.
        user_id: UserId,
        /// Which browser.
        session_id: SessionId,
    },
    /// Suppliers, contracts, work items or profiles.
    FinanceChanged,
    /// Usage rows were written.
    UsageRecorded,
    /// The sealing keys changed or values were re-sealed.
    KeysChanged,
    /// A notification was raised or closed, or a delivery of one did not succeed.
    NotificationsChanged,
    /// A person has read notifications.
    NotificationsRead {
        /// Whose list changes.
        user_id: UserId,
    },
}

impl Event {
    /// Who may hear it: holders of a permission, or one person only.
    pub fn audience(&self) -> Audience {
        match self {
            Self::ConnectionChanged { .. }
            | Self::FlowChanged { .. }
            | Self::ModelsChanged { .. }
            | Self::SyncProgress { .. }
            | Self::UsageRecorded
            | Self::NotificationsChanged => Audience::Holders(Permission::ViewPlatform),
            Self::BuildChanged { .. } => Audience::Holders(Permission::ManageBuilds),
            Self::AccessTokenChanged { .. } => Audience::Holders(Permission::ManageAccessTokens),
            Self::UserChanged { .. } => Audience::Holders(Permission::ManageTeam),
            Self::SessionStarted { user_id } | Self::SessionEnded { user_id, .. } | Self::NotificationsRead { user_id } => {
                Audience::Person(*user_id)
            }
            Self::FinanceChanged => Audience::Holders(Permission::ViewFinance),
            Self::KeysChanged => Audience::Holders(Permission::ManageSettings),
        }
    }
}

/// Who may hear an [`Event`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody whose role holds the permission.
    Holders(Permission),
    /// One person.
    Person(UserId),
}

/// An event with its place in the log; a client resumes from the last id it saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Position in the log.
    pub id: EventId,
    /// What changed.
    pub event: Event,
}
