//! What is configured, and whether it works.

use super::{Notifications, message};
use crate::error::{ServiceError, ServiceResult};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::people::Caller;
use futures::future::join_all;
use vocab::{Channel, DeliveryId, Permission};

/// A channel that is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelInfo {
    /// Which one.
    pub channel: Channel,
    /// The other end's host.
    pub host: String,
    /// Who gets what goes that way.
    pub recipients: Vec<String>,
}

/// What came of a test message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutcome {
    /// Which way it went.
    pub channel: Channel,
    /// To whom.
    pub recipient: String,
    /// Was it taken?
    pub taken: bool,
    /// The other side's words, or why it was not taken.
    pub words: String,
}

impl Notifications {
    /// The channels that are configured.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_settings`.
    pub async fn channels(&self, caller: &Caller) -> ServiceResult<Vec<ChannelInfo>> {
        caller.require(Permission::ManageSettings)?;
        let recipients = self.recipients().await?;
        let info = |channel: Channel, host: String| ChannelInfo {
            channel,
            host,
            recipients: recipients.iter().filter(|(of, _)| *of == channel).map(|(_, recipient)| recipient.clone()).collect(),
        };
        Ok(self.outlets.messengers.iter().map(|messenger| info(messenger.channel(), messenger.host())).collect())
    }

    /// Sends a test message to everybody who would get a notification now, and says what came of each.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] when nothing is configured.
    pub async fn send_test(&self, caller: &Caller) -> ServiceResult<Vec<TestOutcome>> {
        caller.require(Permission::ManageSettings)?;
        let recipients = self.recipients().await?;
        if recipients.is_empty() {
            return Err(ServiceError::Conflict(
                "Neither mail nor a webhook is configured. Set PURSER_SMTP_URL or PURSER_WEBHOOK_URL first.",
            ));
        }
        let who = caller.actor.name();
        let outcomes = join_all(recipients.into_iter().map(|(channel, recipient)| self.test_one(channel, recipient, who))).await;
        let taken = outcomes.iter().filter(|outcome| outcome.taken).count();
        let detail = format!("taken by {taken} of {}", outcomes.len());
        let trail = TrailBuilder::new(&self.environment, caller);
        let trail = if taken == outcomes.len() {
            trail.done(Action::NOTIFY_TEST, Object::Installation, detail)
        } else {
            trail.failed(Action::NOTIFY_TEST, Object::Installation, detail)
        };
        self.audit.append(trail.build().audit).await?;
        Ok(outcomes)
    }

    async fn test_one(&self, channel: Channel, recipient: String, who: &str) -> TestOutcome {
        let id = DeliveryId::new(self.environment.uuid());
        let message = message::test(id, self.environment.now(), who, &self.outlets.origin);
        let answer = match self.outlets.messenger(channel) {
            Some(messenger) => messenger.send(&recipient, &message).await.map_err(|failure| failure.0),
            None => Err(format!("{} is not configured", channel.label())),
        };
        let taken = answer.is_ok();
        TestOutcome { channel, recipient, taken, words: answer.unwrap_or_else(|words| words) }
    }
}
