//! Notifications on the wire.

use super::Moment;
use serde::{Deserialize, Serialize};
use vocab::{Channel, NotificationId, NotificationKind, ProviderId};

/// How much waits for the person looking; shown beside the places where it is dealt with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingCounts {
    /// Notifications they have not read.
    pub unread: u64,
    /// Providers that need attention.
    pub providers: u64,
    /// Work items to be done; none for who does not see Finance.
    pub work_items: u64,
}

/// A page of notifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationList {
    /// Newest first.
    pub notifications: Vec<NotificationView>,
    /// Pass as `before` for the next page; `None` at the end.
    pub next: Option<NotificationId>,
}

/// Something operators were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationView {
    /// Its id.
    pub id: NotificationId,
    /// What happened.
    pub kind: NotificationKind,
    /// Whose page has the remedy.
    pub provider_id: ProviderId,
    /// The headline.
    pub title: String,
    /// The cause, often in the provider's own words; may be empty.
    pub cause: String,
    /// What to do; empty when there is nothing (any more).
    pub remedy: String,
    /// When it was told.
    pub raised: Moment,
    /// How and when it ended: "Works again", "Disconnected or switched off" …
    pub ended: Option<(String, Moment)>,
    /// Has the person looking read it?
    pub read: bool,
    /// A sentence for each delivery that was not taken.
    pub troubles: Vec<String>,
}

/// A way out of the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelView {
    /// Which one.
    pub channel: Channel,
    /// The other end's host.
    pub host: String,
    /// Who gets what goes that way.
    pub recipients: Vec<String>,
}

/// What came of a test message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestOutcomeView {
    /// Which way it went.
    pub channel: Channel,
    /// To whom.
    pub recipient: String,
    /// Was it taken?
    pub taken: bool,
    /// The other side's words.
    pub words: String,
}
