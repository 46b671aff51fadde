//! Notifications, as use cases see them: told at most once while open, delivered at least once.

use super::{StoreResult, Trail};
use async_trait::async_trait;
use domain::notification::{News, Notification};
use std::time::Duration;
use time::OffsetDateTime;
use vocab::{Channel, DeliveryId, DeliveryState, NotificationEnding, NotificationId, UserId};

/// A notification to be told, and the deliveries that go with it.
#[derive(Debug, Clone)]
pub struct NewNotification {
    /// Made by the caller.
    pub id: NotificationId,
    /// What to tell.
    pub news: News,
    /// One a recipient.
    pub deliveries: Vec<NewDelivery>,
}

/// A delivery to be tried as soon as possible.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// Made by the caller; stays the same at every try.
    pub id: DeliveryId,
    /// Which way.
    pub channel: Channel,
    /// To whom: an e-mail address, or the webhook's host.
    pub recipient: String,
}

/// A notification with what a list shows beside it.
#[derive(Debug, Clone)]
pub struct NotificationRecord {
    /// The notification.
    pub notification: Notification,
    /// Has the person asking read it? Closed ones from before their account count as read.
    pub read: bool,
    /// Deliveries that were tried and not taken so far.
    pub troubles: Vec<DeliveryTrouble>,
}

/// A delivery that nobody has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryTrouble {
    /// Which way.
    pub channel: Channel,
    /// To whom.
    pub recipient: String,
    /// Pending or given up.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: u32,
    /// The last failure in words.
    pub error: String,
}

/// A delivery whose turn it is; nobody else tries it until the hold is over.
#[derive(Debug, Clone)]
pub struct ClaimedDelivery {
    /// Which one.
    pub id: DeliveryId,
    /// What it tells.
    pub notification: Notification,
    /// Which way.
    pub channel: Channel,
    /// To whom.
    pub recipient: String,
    /// Tries, this one included.
    pub attempts: u32,
    /// How long ago it was written, on the database's clock.
    pub age: time::Duration,
}

/// Notifications and their deliveries. Instants are the database's.
#[async_trait]
pub trait NotificationRepo: Send + Sync {
    /// Those that somebody still has to act on.
    async fn open(&self) -> StoreResult<Vec<Notification>>;
    /// Writes a notification and its deliveries; `false`, and nothing written, when one of the same provider and kind is open.
    async fn raise(&self, new: &NewNotification, trail: Trail) -> StoreResult<bool>;
    /// Closes an open one, and writes the good news that follows from it, already closed; `false`, and nothing written, when
    /// it was closed before.
    async fn end(
        &self,
        id: NotificationId,
        ending: NotificationEnding,
        good_news: Option<&NewNotification>,
        trail: Trail,
    ) -> StoreResult<bool>;
    /// A page, newest first; `before` is the last of the page before.
    async fn page(
        &self,
        reader: Option<UserId>,
        open_only: bool,
        before: Option<NotificationId>,
        limit: u32,
    ) -> StoreResult<Vec<NotificationRecord>>;
    /// How many a person has not read.
    async fn unread(&self, reader: UserId) -> StoreResult<u64>;
    /// Marks one as read; `false` if there is none with that id.
    async fn mark_read(&self, reader: UserId, id: NotificationId, trail: Trail) -> StoreResult<bool>;
    /// Marks all as read.
    async fn mark_all_read(&self, reader: UserId, trail: Trail) -> StoreResult<()>;
    /// Takes deliveries that are due, for `hold`: one statement, so no two processes get the same.
    async fn claim(&self, limit: u32, hold: Duration) -> StoreResult<Vec<ClaimedDelivery>>;
    /// Notes that the other side has taken it.
    async fn delivered(&self, id: DeliveryId, trail: Trail) -> StoreResult<()>;
    /// Notes a failure, and when to try again; `None` gives up.
    async fn failed(&self, id: DeliveryId, error: &str, again_after: Option<Duration>, trail: Trail) -> StoreResult<()>;
    /// Drops what was closed before this, with its deliveries; returns how many.
    async fn prune(&self, before: OffsetDateTime) -> StoreResult<u64>;
}
