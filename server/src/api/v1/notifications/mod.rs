//! Notifications: what operators were told, and whether it can leave the house.

mod channels;
mod list;
mod read;
mod read_all;
mod test;

use crate::api::v1::words;
use crate::state::AppState;
use app::convert::moment;
use domain::notification::{NotificationState, event_name, remedy, title};
use serde::Serialize;
use services::notifications::NotificationPage;
use services::ports::NotificationRecord;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{Channel, DeliveryState, NotificationEnding, NotificationId, NotificationKind, ProviderId};

/// Operations on notifications.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list))
        .routes(routes!(read::read))
        .routes(routes!(read_all::read_all))
        .routes(routes!(channels::channels))
        .routes(routes!(test::test))
}

/// A page of notifications.
#[derive(Serialize, ToSchema)]
pub struct NotificationList {
    /// Newest first.
    notifications: Vec<NotificationView>,
    /// How many the person asking has not read.
    unread: u64,
    /// Send it as `before` for the next page; `null` at the end.
    #[schema(value_type = Option<String>, format = "uuid")]
    next: Option<NotificationId>,
}

/// Something operators were told.
#[derive(Serialize, ToSchema)]
pub struct NotificationView {
    #[schema(value_type = String, format = "uuid")]
    id: NotificationId,
    #[schema(value_type = words::NotificationKind)]
    kind: NotificationKind,
    /// The webhook's `X-Purser-Event`.
    event: &'static str,
    #[schema(value_type = String)]
    provider_id: ProviderId,
    /// The provider's name then.
    provider: String,
    title: String,
    /// The cause, often in the provider's own words; may be empty.
    cause: String,
    remedy: &'static str,
    #[schema(format = DateTime)]
    raised_at: String,
    /// Does somebody still have to act?
    open: bool,
    #[schema(required = false, format = DateTime)]
    closed_at: Option<String>,
    #[schema(required = false, value_type = Option<words::NotificationEnding>)]
    ending: Option<NotificationEnding>,
    /// Has the person asking read it?
    read: bool,
    /// Deliveries that were tried and not taken so far.
    not_delivered: Vec<TroubleView>,
}

/// A delivery that nobody has taken.
#[derive(Serialize, ToSchema)]
pub struct TroubleView {
    #[schema(value_type = words::Channel)]
    channel: Channel,
    #[schema(value_type = words::DeliveryState)]
    state: DeliveryState,
    attempts: u32,
    /// To whom; empty for callers who may not manage the team.
    recipient: String,
    /// The last failure; empty for callers who may not manage the team.
    error: String,
}

impl NotificationList {
    fn new(page: NotificationPage, unread: u64) -> Self {
        Self { notifications: page.records.into_iter().map(NotificationView::from).collect(), unread, next: page.next }
    }
}

impl From<NotificationRecord> for NotificationView {
    fn from(record: NotificationRecord) -> Self {
        let NotificationRecord { notification, read, troubles } = record;
        let (closed_at, ending) = match notification.state {
            NotificationState::Open => (None, None),
            NotificationState::Closed { at, ending } => (Some(moment(at).iso), Some(ending)),
        };
        let news = notification.news;
        Self {
            id: notification.id,
            kind: news.kind,
            event: event_name(news.kind),
            title: title(news.kind, &news.provider_name),
            remedy: remedy(news.kind),
            provider_id: news.provider_id,
            provider: news.provider_name,
            cause: news.cause,
            raised_at: moment(notification.raised_at).iso,
            open: ending.is_none(),
            closed_at,
            ending,
            read,
            not_delivered: troubles
                .into_iter()
                .map(|t| TroubleView { channel: t.channel, state: t.state, attempts: t.attempts, recipient: t.recipient, error: t.error })
                .collect(),
        }
    }
}
