//! Operators told in time: which notifications the state of the connections asks for, in which words, and how long a
//! delivery is tried.
//!
//! Notifications follow from states, never from events: what is open is compared with how every connection is now
//! ([`changes`]). So none can be missed, however many checks or processes there were, and none can be raised twice.

mod changes;
mod retry;
mod words;

pub use changes::{Change, Outlook, Present, changes};
pub use retry::{GIVE_UP_AFTER, next_try_after};
pub use words::{event_name, one_line, remedy, title};

use time::OffsetDateTime;
use vocab::{NotificationEnding, NotificationId, NotificationKind, ProviderId};

/// What there is to tell. Never a secret: the cause is what the provider's page shows as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which provider.
    pub provider_id: ProviderId,
    /// Its name then: it may leave the catalogue.
    pub provider_name: String,
    /// What happened.
    pub kind: NotificationKind,
    /// The cause in words, often the provider's own: one line ([`one_line`]), may be empty.
    pub cause: String,
}

/// Something operators were told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What was told.
    pub news: News,
    /// When, on the database's clock.
    pub raised_at: OffsetDateTime,
    /// Is it still so?
    pub state: NotificationState,
}

/// Is it still so?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationState {
    /// Somebody has to act.
    Open,
    /// Not any more.
    Closed {
        /// Since when.
        at: OffsetDateTime,
        /// Why not.
        ending: NotificationEnding,
    },
}

impl Notification {
    /// Does somebody still have to act?
    pub fn is_open(&self) -> bool {
        self.state == NotificationState::Open
    }
}
