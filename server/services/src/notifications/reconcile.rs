//! From how things are to what was told.

use super::{Notifications, changed};
use crate::error::ServiceResult;
use crate::ports::{NewDelivery, NewNotification};
use domain::notification::{Change, News, changes};
use vocab::{Channel, DeliveryId, NotificationEnding, NotificationId};

impl Notifications {
    /// Raises and closes what the present asks for; returns how many changes that were. Any number of processes may do so at
    /// once: each change is written once.
    ///
    /// # Errors
    /// When the database does not answer. What was not written then is written next time.
    pub async fn reconcile(&self) -> ServiceResult<u32> {
        let open = self.repo.open().await?;
        let present = self.overview.healths().await?;
        self.gauge.set(&present);
        let wanted = changes(&present, &open);
        if wanted.is_empty() {
            return Ok(0);
        }
        let recipients = self.recipients().await?;
        let mut written = 0;
        for change in wanted {
            let done = match change {
                Change::Raise(news) => self.repo.raise(&self.new_notification(news, &recipients), changed()).await?,
                Change::Close { id, ending } => self.repo.end(id, ending, None, changed()).await?,
                Change::Recover { id, news } => {
                    let good_news = self.new_notification(news, &recipients);
                    self.repo.end(id, NotificationEnding::Recovered, Some(&good_news), changed()).await?
                }
            };
            written += u32::from(done);
        }
        Ok(written)
    }

    fn new_notification(&self, news: News, recipients: &[(Channel, String)]) -> NewNotification {
        let delivery = |(channel, recipient): &(Channel, String)| NewDelivery {
            id: DeliveryId::new(self.environment.uuid()),
            channel: *channel,
            recipient: recipient.clone(),
        };
        NewNotification { id: NotificationId::new(self.environment.uuid()), news, deliveries: recipients.iter().map(delivery).collect() }
    }
}
