//! What goes out, in words.

use crate::ports::{OutboundMessage, Subject};
use domain::notification::{Notification, event_name, remedy, title};
use time::OffsetDateTime;
use vocab::{DeliveryId, ProviderId};

/// The event of a test message.
const TEST: &str = "test";

/// Address of a provider's page.
pub fn provider_link(origin: &str, id: &ProviderId) -> String {
    format!("{origin}/platform/ai/providers/{id}")
}

/// A notification on its way.
pub(super) fn of_notification(delivery_id: DeliveryId, notification: &Notification, origin: &str) -> OutboundMessage {
    let news = &notification.news;
    OutboundMessage {
        delivery_id,
        event: event_name(news.kind),
        at: notification.raised_at,
        title: title(news.kind, &news.provider_name),
        cause: news.cause.clone(),
        remedy: remedy(news.kind).to_owned(),
        link: provider_link(origin, &news.provider_id),
        subject: Some(Subject {
            notification_id: notification.id,
            kind: news.kind,
            provider_id: news.provider_id.clone(),
            provider_name: news.provider_name.clone(),
        }),
    }
}

/// A message that only shows that messages arrive.
pub(super) fn test(delivery_id: DeliveryId, at: OffsetDateTime, who: &str, origin: &str) -> OutboundMessage {
    OutboundMessage {
        delivery_id,
        event: TEST,
        at,
        title: "A test message".to_owned(),
        cause: format!("{} asked for it.", domain::notification::one_line(who, 100)),
        remedy: "There is nothing to do: messages from Purser arrive here.".to_owned(),
        link: format!("{origin}/platform/notifications"),
        subject: None,
    }
}
