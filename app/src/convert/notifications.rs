//! Notifications.

use super::moment;
use crate::wire::{ChannelView, NotificationList, NotificationView, TestOutcomeView};
use domain::notification::{NotificationState, remedy, title};
use services::notifications::{ChannelInfo, NotificationPage, TestOutcome};
use services::ports::{DeliveryTrouble, NotificationRecord};
use vocab::{DeliveryState, NotificationEnding};

/// A page of them.
pub fn notification_list(page: NotificationPage) -> NotificationList {
    NotificationList { notifications: page.records.into_iter().map(notification).collect(), next: page.next }
}

fn notification(record: NotificationRecord) -> NotificationView {
    let NotificationRecord { notification, read, troubles } = record;
    let ended = match notification.state {
        NotificationState::Open => None,
        NotificationState::Closed { at, ending } => Some((ending_words(ending).to_owned(), moment(at))),
    };
    let news = notification.news;
    NotificationView {
        id: notification.id,
        kind: news.kind,
        title: title(news.kind, &news.provider_name),
        remedy: if ended.is_none() { remedy(news.kind).to_owned() } else { String::new() },
        provider_id: news.provider_id,
        cause: news.cause,
        raised: moment(notification.raised_at),
        ended,
        read,
        troubles: troubles.iter().map(trouble).collect(),
    }
}

const fn ending_words(ending: NotificationEnding) -> &'static str {
    match ending {
        NotificationEnding::Recovered => "Works again",
        NotificationEnding::Replaced => "Something else is wrong now",
        NotificationEnding::Withdrawn => "Disconnected or switched off",
    }
}

fn trouble(trouble: &DeliveryTrouble) -> String {
    let DeliveryTrouble { channel, recipient, state, attempts, error } = trouble;
    let to = if recipient.is_empty() { String::new() } else { format!(" to {recipient}") };
    let why = if error.is_empty() { String::new() } else { format!(": {error}") };
    let (name, tries) = (channel.label(), if *attempts == 1 { "1 try".to_owned() } else { format!("{attempts} tries") });
    match state {
        DeliveryState::GivenUp => format!("Not delivered: {name}{to}, after {tries}{why}"),
        _ => format!("Not delivered yet: {name}{to}, {tries} so far{why}"),
    }
}

/// A way out.
pub fn channel(info: ChannelInfo) -> ChannelView {
    let ChannelInfo { channel, host, recipients } = info;
    ChannelView { channel, host, recipients }
}

/// What came of a test message.
pub fn test_outcome(outcome: TestOutcome) -> TestOutcomeView {
    let TestOutcome { channel, recipient, taken, words } = outcome;
    TestOutcomeView { channel, recipient, taken, words }
}
