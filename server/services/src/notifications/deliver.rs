//! Getting what was told to people outside the house: at least once, for a day at most.

use super::{Notifications, changed, message};
use crate::error::ServiceResult;
use crate::ports::{ClaimedDelivery, SendFailure, Trail};
use domain::notification::next_try_after;
use futures::future::join_all;
use std::time::Duration;

/// Deliveries tried at once.
const AT_ONCE: u32 = 20;
/// How long a delivery belongs to whoever tries it: longer than any messenger takes.
const HOLD: Duration = Duration::from_mins(2);

impl Notifications {
    /// Tries every delivery whose turn it is; returns how many were tried. They are tried side by side, so that one receiver
    /// that hangs keeps nobody else waiting.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn deliver_due(&self) -> ServiceResult<u32> {
        let claimed = self.repo.claim(AT_ONCE, HOLD).await?;
        let tried = u32::try_from(claimed.len()).unwrap_or(u32::MAX);
        for outcome in join_all(claimed.iter().map(|delivery| self.deliver(delivery))).await {
            outcome?;
        }
        Ok(tried)
    }

    async fn deliver(&self, delivery: &ClaimedDelivery) -> ServiceResult<()> {
        let Some(messenger) = self.outlets.messenger(delivery.channel) else {
            let words = format!("{} is not configured any more", delivery.channel.label());
            return self.give_up(delivery, &words).await;
        };
        let message = message::of_notification(delivery.id, &delivery.notification, &self.outlets.origin);
        match messenger.send(&delivery.recipient, &message).await {
            Ok(_) => {
                count(delivery, "delivered");
                // A list that showed trouble has to lose it.
                let trail = if delivery.attempts > 1 { changed() } else { Trail::default() };
                Ok(self.repo.delivered(delivery.id, trail).await?)
            }
            Err(SendFailure(words)) => self.not_taken(delivery, &words).await,
        }
    }

    async fn not_taken(&self, delivery: &ClaimedDelivery, words: &str) -> ServiceResult<()> {
        let Some(wait) = next_try_after(delivery.attempts, delivery.age) else { return self.give_up(delivery, words).await };
        count(delivery, "failed");
        tracing::info!(delivery = %delivery.id, channel = %delivery.channel, attempts = delivery.attempts, error = words, "a notification was not taken; it will be tried again");
        let wait = Duration::try_from(wait).unwrap_or_default();
        Ok(self.repo.failed(delivery.id, words, Some(wait), changed()).await?)
    }

    async fn give_up(&self, delivery: &ClaimedDelivery, words: &str) -> ServiceResult<()> {
        count(delivery, "given_up");
        tracing::warn!(delivery = %delivery.id, channel = %delivery.channel, attempts = delivery.attempts, error = words, "a notification was not delivered and will not be tried again");
        Ok(self.repo.failed(delivery.id, words, None, changed()).await?)
    }
}

fn count(delivery: &ClaimedDelivery, outcome: &'static str) {
    metrics::counter!("purser_notification_deliveries_total", "channel" => delivery.channel.as_str(), "outcome" => outcome).increment(1);
}
