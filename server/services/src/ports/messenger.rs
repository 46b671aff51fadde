//! How a message leaves the house.

use async_trait::async_trait;
use domain::people::Email;
use std::sync::Arc;
use time::OffsetDateTime;
use vocab::{Channel, DeliveryId, NotificationId, NotificationKind, ProviderId};

/// What is sent, whichever way. Plain text; no secret is ever in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundMessage {
    /// The same at every try, so that a receiver can tell a repetition.
    pub delivery_id: DeliveryId,
    /// For programs, for example `connection.no_funds`.
    pub event: &'static str,
    /// When it happened.
    pub at: OffsetDateTime,
    /// One line: who, and what happened.
    pub title: String,
    /// The cause; one line, may be empty.
    pub cause: String,
    /// What to do about it.
    pub remedy: String,
    /// Where to do it: an address of this installation.
    pub link: String,
    /// What it is about; `None` for a test message.
    pub subject: Option<Subject>,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The notification.
    pub notification_id: NotificationId,
    /// Its kind.
    pub kind: NotificationKind,
    /// The provider.
    pub provider_id: ProviderId,
    /// Its name.
    pub provider_name: String,
}

/// Why nobody took it, in words for people; never a password or a full address of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SendFailure(pub String);

/// One channel.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Which one.
    fn channel(&self) -> Channel;
    /// The other end, for people: a host, and never more of an address than that.
    fn host(&self) -> String;
    /// Sends it once, within bounded time; answers with the other side's words. `recipient` is an e-mail address for mail
    /// and [`Messenger::host`] for the webhook.
    ///
    /// # Errors
    /// [`SendFailure`] when the other side did not take it.
    async fn send(&self, recipient: &str, message: &OutboundMessage) -> Result<String, SendFailure>;
}

/// Every way out that is configured.
#[derive(Clone, Default)]
pub struct Outlets {
    /// At most one a channel.
    pub messengers: Vec<Arc<dyn Messenger>>,
    /// Who gets mail; empty: every active owner and operator.
    pub mail_to: Vec<Email>,
    /// Origin of the links, without a trailing slash (`PURSER_PUBLIC_URL`).
    pub origin: String,
}

impl Outlets {
    /// The messenger of a channel, if it is configured.
    pub fn messenger(&self, channel: Channel) -> Option<&Arc<dyn Messenger>> {
        self.messengers.iter().find(|messenger| messenger.channel() == channel)
    }
}
